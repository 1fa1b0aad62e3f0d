# Production image: PostgreSQL, Redis and the secrets come from the environment (see config.py).
FROM python:3.11-slim-bookworm
ENV PYTHONUNBUFFERED=1 PIP_NO_CACHE_DIR=1
# WeasyPrint lays out PDF with Pango, and needs a typeface.
RUN apt-get update && apt-get install -y --no-install-recommends libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 \
    fonts-liberation && rm -rf /var/lib/apt/lists/*
RUN useradd --system --create-home waymark
WORKDIR /srv/waymark
COPY requirements/base.lock requirements/base.lock
RUN pip install --require-hashes -r requirements/base.lock
COPY . .
USER waymark
EXPOSE 8000
CMD ["gunicorn", "--bind", "0.0.0.0:8000", "--worker-class", "gthread", "--workers", "2", "--threads", "8", "app:create_checked_app()"]

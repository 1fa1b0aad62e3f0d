"""Giving a file back: to be saved, and never shown by the browser."""

from __future__ import annotations

from flask import make_response
from flask.typing import ResponseReturnValue

from app.involvement import queries
from app.involvement.files import KINDS
from app.involvement.views import FileView


def download(file: FileView) -> ResponseReturnValue:
    """A file, to be saved and never shown by the browser: under a name of ours, as what its content is."""
    answer = make_response(queries.file_content(file.id))
    ending = "jpg" if file.kind == "jpeg" else file.kind
    answer.headers["Content-Type"] = KINDS[file.kind]
    answer.headers["Content-Disposition"] = f'attachment; filename="attachment-{file.digest[:8]}.{ending}"'
    answer.headers["X-Content-Type-Options"] = "nosniff"
    answer.headers["Cache-Control"] = "no-store"
    return answer

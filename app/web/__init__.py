"""The web room: base templates, what every page shares, errors, headers, colours and static files."""

from __future__ import annotations

from flask import Flask
from govuk_frontend_wtf.main import WTFormsHelpers
from jinja2 import ChoiceLoader, PackageLoader, PrefixLoader


def register(app: Flask) -> None:
    """Install what every page needs."""
    from app.web import assets, context, csp, errors, filters, theme

    app.jinja_loader = ChoiceLoader(
        [
            PackageLoader("app.web"),
            PrefixLoader(
                {
                    "govuk_frontend_jinja": PackageLoader("govuk_frontend_jinja"),
                    "govuk_frontend_wtf": PackageLoader("govuk_frontend_wtf"),
                }
            ),
        ]
    )
    WTFormsHelpers(app)
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True
    for part in (assets, context, csp, errors, filters):
        part.register(app)
    app.register_blueprint(theme.bp)

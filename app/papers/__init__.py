"""Papers of a rapid review: circulated packs, supplements, read receipts, and how members prepared."""

from __future__ import annotations

from flask import Flask


def register(app: Flask) -> None:
    """Add the room's pages; follow what agencies return and what becomes of meetings."""
    from app.involvement.changes import on_return
    from app.meetings.changes import on_change
    from app.papers import routes_preparing  # noqa: F401  (it adds to the blueprint)
    from app.papers.circulating import add_supplement
    from app.papers.moves import meeting_changed
    from app.papers.routes import papers
    from app.papers.routes_chronology import chronology_pages

    on_return(add_supplement)
    on_change(meeting_changed)
    app.register_blueprint(papers)
    app.register_blueprint(chronology_pages)

"""An agency's own pages: what it is asked, the form, its files, and what it returned. Nothing of any other agency."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, g, render_template, request
from flask.typing import ResponseReturnValue

from app.access.current import current_actor
from app.access.guard import requires
from app.access.permissions import Permission
from app.involvement import file_pages, pages, queries
from app.involvement.checking import check_page, return_of, shown
from app.involvement.desk import mine
from app.involvement.queries import references_for
from app.involvement.rules import content_of

own = Blueprint("own_involvement", __name__, url_prefix="/<slug>/involvement", template_folder="templates")


@own.get("/")
@requires(Permission.INVOLVEMENT_RETURN)
def index() -> ResponseReturnValue:
    """Every request to one's own agencies: those that wait, and those that were answered or withdrawn."""
    actor = current_actor()
    rows = queries.own_requests(actor, g.today)
    known = references_for({one.case_id for one in rows}, actor)
    return render_template("involvement/own_index.html", rows=rows, known=known)


@own.get("/<uuid:request_id>")
@requires(Permission.INVOLVEMENT_RETURN)
def one(request_id: UUID) -> ResponseReturnValue:
    """What is asked and by when; the form's task list; and what the agency returned."""
    desk = mine(request_id)
    desk.viewed("what is asked", g.now)
    view, draft = queries.views_of([desk.row], g.today)[0], desk.draft
    written = content_of(draft.content, desk.scoping.questions) if draft else None
    return render_template(
        "involvement/own.html", desk=desk, view=view, rows=pages.task_list(desk, g.today), states=pages.STATES,
        files=queries.files_of(desk.row), returns=queries.returns_to(desk.row), draft=draft, written=written,
        sees_case=bool(references_for({desk.case.id}, current_actor())), **shown(),
    )  # fmt: skip


@own.route("/<uuid:request_id>/form/<theme>", methods=["GET", "POST"])
@requires(Permission.INVOLVEMENT_RETURN)
def section(request_id: UUID, theme: str) -> ResponseReturnValue:
    """One section of the form."""
    desk = mine(request_id, lock=request.method == "POST")
    desk.viewed(f"form, {theme[:20]}", g.now)
    return pages.section_page(desk, theme)


@own.post("/<uuid:request_id>/form/<theme>/autosave")
@requires(Permission.INVOLVEMENT_RETURN)
def autosave(request_id: UUID, theme: str) -> ResponseReturnValue:
    """Keep what is being typed."""
    return pages.autosave(mine(request_id, lock=True), theme)


@own.route("/<uuid:request_id>/files", methods=["GET", "POST"])
@requires(Permission.INVOLVEMENT_RETURN)
def files(request_id: UUID) -> ResponseReturnValue:
    """The files that go with the return."""
    desk = mine(request_id, lock=request.method == "POST")
    desk.viewed("files", g.now)
    return file_pages.files_page(desk)


@own.post("/<uuid:request_id>/files/<uuid:file_id>/remove")
@requires(Permission.INVOLVEMENT_RETURN)
def remove_file(request_id: UUID, file_id: UUID) -> ResponseReturnValue:
    """Take a file out again."""
    return file_pages.remove_file(mine(request_id, lock=True), file_id)


@own.get("/<uuid:request_id>/files/<uuid:file_id>")
@requires(Permission.INVOLVEMENT_RETURN)
def file(request_id: UUID, file_id: UUID) -> ResponseReturnValue:
    """A file of one's own agency."""
    desk = mine(request_id)
    desk.viewed("a file", g.now)
    return file_pages.own_file(desk, file_id)


@own.route("/<uuid:request_id>/check", methods=["GET", "POST"])
@requires(Permission.INVOLVEMENT_RETURN)
def check(request_id: UUID) -> ResponseReturnValue:
    """Check what was written, and return it."""
    desk = mine(request_id)
    desk.viewed("form, to check", g.now)
    return check_page(desk)


@own.get("/<uuid:request_id>/returns/<number>")
@requires(Permission.INVOLVEMENT_RETURN)
def returned(request_id: UUID, number: str) -> ResponseReturnValue:
    """What one's own agency returned."""
    desk = mine(request_id)
    found = return_of(queries.returns_to(desk.row), number)
    desk.viewed(f"return {found.number}", g.now)
    return render_template("involvement/own_return.html", desk=desk, one=found, **shown())

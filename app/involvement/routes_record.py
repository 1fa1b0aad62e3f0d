"""The Partnership Team's pages on which it records what an agency returned outside Waymark."""

from __future__ import annotations

from uuid import UUID

from flask import request
from flask.typing import ResponseReturnValue

from app.access.guard import requires
from app.access.permissions import Permission
from app.involvement import file_pages, pages
from app.involvement.checking import check_page
from app.involvement.desk import Desk, for_agency
from app.involvement.routes import bp


def _desk(reference: str, request_id: UUID, what: str) -> Desk:
    return for_agency(reference, request_id, f"record {what}", lock=request.method == "POST")


@bp.get("/<uuid:request_id>/record")
@requires(Permission.INVOLVEMENT_RUN)
def record_index(reference: str, request_id: UUID) -> ResponseReturnValue:
    """The task list of the form."""
    return pages.index_page(_desk(reference, request_id, "a return"))


@bp.route("/<uuid:request_id>/record/form/<theme>", methods=["GET", "POST"])
@requires(Permission.INVOLVEMENT_RUN)
def record_section(reference: str, request_id: UUID, theme: str) -> ResponseReturnValue:
    """One section of the form."""
    return pages.section_page(_desk(reference, request_id, f"form, {theme[:20]}"), theme)


@bp.post("/<uuid:request_id>/record/form/<theme>/autosave")
@requires(Permission.INVOLVEMENT_RUN)
def record_autosave(reference: str, request_id: UUID, theme: str) -> ResponseReturnValue:
    """Keep what is being typed."""
    return pages.autosave(_desk(reference, request_id, f"form, {theme[:20]}"), theme)


@bp.route("/<uuid:request_id>/record/files", methods=["GET", "POST"])
@requires(Permission.INVOLVEMENT_RUN)
def record_files(reference: str, request_id: UUID) -> ResponseReturnValue:
    """The files that go with the return."""
    return file_pages.files_page(_desk(reference, request_id, "files"))


@bp.post("/<uuid:request_id>/record/files/<uuid:file_id>/remove")
@requires(Permission.INVOLVEMENT_RUN)
def record_remove_file(reference: str, request_id: UUID, file_id: UUID) -> ResponseReturnValue:
    """Take a file out again."""
    return file_pages.remove_file(_desk(reference, request_id, "files"), file_id)


@bp.get("/<uuid:request_id>/record/files/<uuid:file_id>")
@requires(Permission.INVOLVEMENT_RUN)
def record_file(reference: str, request_id: UUID, file_id: UUID) -> ResponseReturnValue:
    """A file that is attached here."""
    return file_pages.own_file(_desk(reference, request_id, "a file"), file_id)


@bp.route("/<uuid:request_id>/record/check", methods=["GET", "POST"])
@requires(Permission.INVOLVEMENT_RUN)
def record_check(reference: str, request_id: UUID) -> ResponseReturnValue:
    """Check what was written, and record it with its source, time and evidence."""
    return check_page(for_agency(reference, request_id, "record a return"))

"""The pages of papers: what was circulated, one pack or supplement with its files, circulating, and who has read."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from flask import Blueprint, flash, g, make_response, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from app.access.current import acting_for, current_actor
from app.access.guard import refuse, requires
from app.access.permissions import Permission
from app.cases.service import Case
from app.documents.digests import digest_of
from app.documents.writer import DOCX, PDF
from app.involvement.downloads import download as download_file
from app.involvement.queries import FileView
from app.papers import circulating, queries
from app.papers.content import files_of, pack_content
from app.papers.forms import CirculateForm, RemindForm
from app.papers.models import PaperPack
from app.papers.pages import board_of, document, gone, oversees, paper_here, reading
from app.papers.preparing import opened, remind, to_remind
from app.papers.recipients import received_as, recipients_of
from app.procedure.clocks import london_date
from app.procedure.involvement import PURPOSES
from app.serious_incidents.pages import form_key, not_now, seen, show, take_step
from app.web.filters import clock_time, weekday_date

papers = Blueprint(
    "papers", __name__, url_prefix="/<slug>/cases/<reference>/papers", template_folder="templates"
)


@papers.get("/")
@requires(Permission.PAPERS_READ)
def index(reference: str) -> ResponseReturnValue:
    """What was circulated, and what one has read and prepared of it."""
    case, actor = reading(reference, "papers"), current_actor()
    pack = queries.pack_of(case.id)
    mine = queries.preparation_versions(pack, actor.person_id) if pack else []
    members = [one for one in board_of(pack, g.now) if one.prepares and not one.left] if pack else []
    return render_template(
        "papers/index.html", case=case, pack=pack, gone=gone(case.id, pack), mine=mine[0] if mine else None,
        meeting=queries.meeting_for(pack) if pack else None,
        supplements=queries.supplements_of(pack) if pack else [], packs=queries.packs_of(case.id),
        read=_read(case.id, actor.person_id), receives=bool(received_as(actor)), oversees=oversees(actor),
        open_now=pack is not None and queries.may_prepare(pack, g.now), purposes=PURPOSES,
        members=members, confirmed=[one for one in members if one.confirmed_at],
        purpose=queries.purpose_now(case.id),
    )  # fmt: skip


def _read(case_id: UUID, person_id: UUID | None) -> dict[UUID, datetime]:
    """When somebody opened each pack and supplement."""
    every = [one for pack in queries.packs_of(case_id) for one in (pack, *queries.supplements_of(pack))]
    readings = [reading_ for one in every for reading_ in queries.readings_of(one)]
    return {one.paper_id: one.opened_at for one in readings if one.person_id == person_id}


@papers.get("/<paper>")
@requires(Permission.PAPERS_READ)
def one(reference: str, paper: str) -> ResponseReturnValue:
    """One pack or supplement. Opening it as a recipient is its receipt."""
    case = reading(reference, f"{_plain(paper)}")
    found = paper_here(case, paper)
    opened(found, current_actor(), g.now)
    return render_template(
        "papers/one.html", case=case, paper=found, document=document(found), files=files_of(found.content).values(),
        agencies={file: one["agency"] for one in found.content["returns"] for file in [f["id"] for f in one["files"]]},
        readings=queries.readings_of(found) if oversees(current_actor()) else [],
        supplements=queries.supplements_of(found) if not found.supplement else [],
    )  # fmt: skip


def _plain(code: str) -> str:
    """A code for the read log, which names pages: nothing else that an address may hold."""
    return (
        code if len(code) < 12 and code.replace("-", "").isalnum() and code.isascii() else "a wrong address"
    )


@papers.get("/<paper>/word")
@requires(Permission.PAPERS_READ)
def word(reference: str, paper: str) -> ResponseReturnValue:
    """A pack or supplement as the Word document that was made when it was circulated."""
    case = reading(reference, f"{_plain(paper)}, Word document")
    found = paper_here(case, paper)
    return _download(case, found, found.docx, "docx", DOCX)


@papers.get("/<paper>/pdf")
@requires(Permission.PAPERS_READ)
def pdf(reference: str, paper: str) -> ResponseReturnValue:
    """A pack or supplement as the PDF that was made when it was circulated."""
    case = reading(reference, f"{_plain(paper)}, PDF")
    found = paper_here(case, paper)
    return _download(case, found, found.pdf, "pdf", PDF)


def _download(case: Case, paper: PaperPack, content: bytes, ending: str, kind: str) -> ResponseReturnValue:
    opened(paper, current_actor(), g.now)
    answer = make_response(content)
    answer.headers["Content-Type"] = kind
    answer.headers["Content-Disposition"] = (
        f'attachment; filename="{case.reference}-papers-{paper.code}.{ending}"'
    )
    answer.headers["Cache-Control"] = "no-store"
    return answer


@papers.get("/<paper>/files/<uuid:file_id>")
@requires(Permission.PAPERS_READ)
def file(reference: str, paper: str, file_id: UUID) -> ResponseReturnValue:
    """A file that an agency returned, through the pack or supplement that it came with."""
    case = reading(reference, f"{_plain(paper)}, a file")
    kept = files_of(paper_here(case, paper).content).get(str(file_id)) or refuse()
    return download_file(FileView(file_id, kept["name"], kept["kind"], kept["size"], kept["digest"]))


@papers.route("/circulate", methods=["GET", "POST"])
@requires(Permission.PAPERS_CIRCULATE)
def circulate(reference: str) -> ResponseReturnValue:
    """What the pack will hold, to whom it goes and for which meeting; then it goes out (B2-06)."""
    case, form = seen(reference, "papers: circulate"), CirculateForm()
    purpose, key = queries.purpose_now(case.id), form_key(form)
    if purpose is None and not form.is_submitted():
        return not_now(case, circulating.NOTHING_TO_MEET_ABOUT)
    content = pack_content(case, purpose or "rapid-review", g.today)
    known = {str(one.id): one for one in circulating.meetings_to_choose(case.id, g.now)}
    form.offer(
        (name, f"{_day(one.starts_at)}, {one.place}: {_timing(one.starts_at)}") for name, one in known.items()
    )
    if not form.is_submitted():
        form.seen.data = digest_of(content)
        form.meeting.data = next(iter(known), None)
    problem, starts = None, {name: one.starts_at for name, one in known.items()}
    if form.is_submitted():
        made: list[PaperPack] = []
        problem = take_step(form, lambda: made.append(circulating.circulate_pack(
            case.id, circulating.NewPack(form.when(starts), form.note.data or "", key, form.reason.data or "",
                                         form.seen.data or "-"),
            acting_for(Permission.PAPERS_CIRCULATE), g.now)), form.in_words())  # fmt: skip
        if problem is None:
            flash(_done(made[0]), "success")
            return redirect(url_for("papers.index", reference=case.reference), 303)
        form.seen.data = digest_of(content) if problem.again else form.seen.data
    again = any(one.purpose == purpose for one in queries.packs_of(case.id))
    return show(
        "circulate", case, form, problem, "papers", content=content, again=again, late=any(map(_late, starts.values())),
        recipients=recipients_of(case.id, g.now), purpose=PURPOSES[purpose or "rapid-review"],
    )  # fmt: skip


def _day(at: datetime) -> str:
    return f"{weekday_date(london_date(at))} at {clock_time(at)}"


def _late(at: datetime) -> bool:
    timing = circulating.timing_of(at, g.now)
    return bool(timing and timing.late)


def _timing(at: datetime) -> str:
    """By when papers for a meeting were due, and whether that day has passed."""
    timing = circulating.timing_of(at, g.now)
    assert timing is not None
    due_on = weekday_date(timing.due_on)
    if not timing.late:
        return f"a week or more before it; papers are due by {due_on}"
    return f"late, for papers were due by {due_on}. They go out all the same, and say so"


def _done(pack: PaperPack) -> str:
    late = " It says that it is late." if pack.late else ""
    who = len(pack.recipients)
    return (
        f"{pack.called} is circulated. {who} {'person has' if who == 1 else 'people have'} been told.{late}"
    )


@papers.get("/board")
@requires(Permission.INVOLVEMENT_OVERSEE)
def board(reference: str) -> ResponseReturnValue:
    """Who opened the papers, who confirmed, who has not (B2-10)."""
    case = reading(reference, "who has read")
    pack = queries.pack_of(case.id)
    form = RemindForm()
    form_key(form)
    return _board(case, pack, form)


@papers.post("/board")
@requires(Permission.PAPERS_CIRCULATE)
def remind_them(reference: str) -> ResponseReturnValue:
    """Remind members who have not confirmed."""
    case, form = reading(reference, "who has read"), RemindForm()
    key, pack = form_key(form), queries.pack_of(case.id)
    form.offer(to_remind(pack, g.now) if pack else [])
    problem = take_step(
        form,
        lambda: remind(case.id, form.people.data or (), acting_for(Permission.PAPERS_CIRCULATE), g.now, key),
    )
    if problem is None:
        flash("They have been reminded.", "success")
        return redirect(url_for("papers.board", reference=case.reference), 303)
    page = _board(case, queries.pack_of(case.id), form, problem)
    return page, problem.status


def _board(case: Case, pack: PaperPack | None, form: RemindForm, problem: object = None) -> str:
    waiting = to_remind(pack, g.now) if pack else []
    if problem is None:
        form.offer(waiting)
    rows = board_of(pack, g.now) if pack else []
    return render_template(
        "papers/board.html", case=case, pack=pack, rows=rows, form=form, problem=problem, gone=gone(case.id, pack),
        supplements=len(queries.supplements_of(pack)) if pack else 0, waiting=waiting,
        open_now=pack is not None and queries.may_prepare(pack, g.now),
        meeting=queries.meeting_for(pack) if pack else None,
        errors=[(field.id, field.errors[0]) for field in form if field.errors],
    )  # fmt: skip

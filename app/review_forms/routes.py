"""The pages of the form: where it stands, making and reading a version, and the chair's answer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from flask import Blueprint, flash, g, make_response, redirect, request, url_for
from flask.typing import ResponseReturnValue
from flask_wtf import FlaskForm

from app.access.current import current_actor
from app.access.guard import refuse, requires
from app.access.permissions import Permission
from app.cases.obligation_store import history_of
from app.cases.service import Case
from app.documents.writer import DOCX, PDF
from app.procedure.history import History
from app.procedure.rapid_review_duties import Milestones, milestones
from app.procedure.rapid_review_steps import CLOCK
from app.rapid_reviews.routes import refuse_beyond
from app.review_forms import answers, service, turns
from app.review_forms.forms import AnswerForm, MakeForm
from app.review_forms.gathering import Gathered, gather
from app.review_forms.places import link_to
from app.review_forms.queries import ReviewForm, bytes_of, may_read, standing, version_of
from app.review_forms.service import composed
from app.review_forms.writing import finished
from app.serious_incidents.pages import form_key, fresh, not_now, seen, show, take_step
from app.web.text_rules import displayable, whole_number

bp = Blueprint(
    "review_forms",
    __name__,
    url_prefix="/<slug>/cases/<reference>/rapid-review/form",
    template_folder="templates",
)
BOTH = ["GET", "POST"]
TYPES = {"docx": DOCX, "pdf": PDF}


@dataclass(frozen=True, slots=True)
class Subject:
    """The case of an address, its history, and the last day of its rapid review."""

    case: Case
    told: History
    due_on: date | None
    milestones: Milestones | None


def subject(reference: str, page: str) -> Subject:
    """The case of an address where this person reads its rapid review; else the 404 of a wrong address."""
    case = seen(reference, page)
    refuse_beyond(case)
    told = history_of(case.id)
    due_on = told.due_on(CLOCK, told.notified.happened_at) if told.notified else None
    return Subject(case, told, due_on, milestones(told))


@bp.get("")
@requires(Permission.REVIEW_VIEW)
def index(reference: str) -> ResponseReturnValue:
    """Where the form stands: what is missing, its versions, the two milestones, and who has which version."""
    found, actor = subject(reference, "rapid-review form"), current_actor()
    oversees = actor.may(Permission.INVOLVEMENT_OVERSEE)
    reason = turns.under_way(found.told)
    gathered = gather(found.case) if oversees and reason is None else None
    now = standing(found.case.id, g.now)
    return show(
        "index", found.case, FlaskForm(), None, folder="review_forms", found=found, standing=now, gathered=gathered,
        reason=reason, oversees=oversees, links=_links(found.case, gathered), answers=answers,
        changed=_changed(now.latest, gathered), may_read=lambda form: may_read(form, actor),
    )  # fmt: skip


def _links(case: Case, gathered: Gathered | None) -> dict[str, str]:
    return {one.where: link_to(one.where, case.reference) for one in gathered.missing} if gathered else {}


def _changed(latest: ReviewForm | None, gathered: Gathered | None) -> bool:
    """Whether what is recorded differs from the latest version."""
    return latest is not None and gathered is not None and latest.row.digest != gathered.digest


@bp.route("/make", methods=BOTH)
@requires(Permission.REVIEW_RUN)
def make(reference: str) -> ResponseReturnValue:
    """Make a version from what is recorded now (Appendix A, step 11)."""
    found = subject(reference, "make the rapid-review form")
    form, problem = MakeForm(), None
    key = form_key(form)
    reason = turns.under_way(found.told)
    if reason is not None and not form.is_submitted():
        return not_now(found.case, reason)
    latest = standing(found.case.id, g.now).latest
    if form.is_submitted():
        typed = form.typed(key)
        problem = take_step(
            form, lambda: service.make(found.case.id, typed, actor=current_actor(), now=g.now),
            {"reason": typed.reason},
        )  # fmt: skip
        if problem is None:
            made = next(iter(standing(found.case.id, g.now).versions))
            return to_form(found.case, _made(made))
        latest = standing(found.case.id, g.now).latest
    gathered = gather(found.case) if reason is None else None
    complete = "yes" if gathered is not None and not gathered.missing else "no"
    fresh(form, over=str(latest.number if latest else 0), complete=complete)
    return show(
        "make", found.case, form, problem, folder="review_forms", found=found, latest=latest, gathered=gathered,
        links=_links(found.case, gathered), changed=_changed(latest, gathered),
    )  # fmt: skip


def _made(form: ReviewForm) -> str:
    if form.row.missing:
        return f"Version {form.number} is kept as a draft. It is not complete, so it cannot be approved."
    return f"Version {form.number} is made, and the chair of the group is asked to approve it."


@bp.get("/versions/<form>")
@requires(Permission.REVIEW_VIEW)
def version(reference: str, form: str) -> ResponseReturnValue:
    """A version as a page."""
    found = subject(reference, f"rapid-review form {displayable(form)[:9]}")
    one = _version(found.case, form)
    return show(
        "version", found.case, FlaskForm(), None, folder="review_forms", found=found, version=one,
        document=finished(composed(one), one.number, one.answer),
        links={item["where"]: link_to(item["where"], found.case.reference) for item in one.row.missing},
    )  # fmt: skip


@bp.get("/versions/<form>/files/<file>")
@requires(Permission.REVIEW_VIEW)
def download(reference: str, form: str, file: str) -> ResponseReturnValue:
    """A version as a file, as it was written: `docx` or `pdf`."""
    found = subject(reference, f"rapid-review form {displayable(form)[:9]} {displayable(file)[:9]}")
    one = _version(found.case, form)
    kept = next((row for row in one.current_files if row.kind == file), None) or refuse()
    answer = make_response(bytes_of(kept))
    state = "" if kept.approved else "-draft"
    name = f"{found.case.reference}-rapid-review-{one.number}{state}.{kept.kind}"
    answer.headers["Content-Type"] = TYPES[kept.kind]
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    answer.headers["Cache-Control"] = "no-store"
    return answer


@bp.route("/versions/<form>/answer", methods=BOTH)
@requires(Permission.REVIEW_APPROVE)
def answer(reference: str, form: str) -> ResponseReturnValue:
    """Approve a version, or return it with the reasons (B2-18)."""
    found = subject(reference, f"answer the rapid-review form {displayable(form)[:9]}")
    one = _version(found.case, form)
    typing, problem = AnswerForm(), None
    key, reason = form_key(typing), turns.answer(found.told, one)
    if reason is not None and request.method == "GET":
        return not_now(found.case, reason)
    if typing.is_submitted():
        typed = typing.typed(key)
        problem = take_step(
            typing, lambda: service.answer(found.case.id, one.number, typed, actor=current_actor(), now=g.now),
            typing.in_words(),
        )  # fmt: skip
        if problem is None:
            said = "approved" if typed.answer == "approved" else "returned to the Partnership Team"
            return to_form(found.case, f"Version {one.number} is {said}.")
    gathered = gather(found.case) if turns.under_way(found.told) is None else None
    return show(
        "answer", found.case, typing, problem, folder="review_forms", found=found, version=one,
        changed=_changed(one, gathered),
    )  # fmt: skip


def _version(case: Case, number: str) -> ReviewForm:
    one = version_of(case.id, whole_number(number, 9))
    if one is None or not may_read(one, current_actor()):
        refuse()
    return one


def to_form(case: Case, message: str) -> ResponseReturnValue:
    """Back to where the form stands, with what was done said at the top."""
    flash(message, "success")
    return redirect(url_for("review_forms.index", reference=case.reference), 303)

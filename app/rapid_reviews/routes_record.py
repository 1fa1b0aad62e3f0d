"""The pages of the record of a rapid review's meeting."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Blueprint, g, render_template, request, url_for
from flask.typing import ResponseReturnValue

from app.access.current import current_actor
from app.access.guard import refuse, requires
from app.access.permissions import Permission
from app.cases.obligation_store import history_of
from app.cases.service import Case
from app.procedure.rapid_review_close import wanted_parts
from app.procedure.review_record import PARTS, Part, in_words, missing
from app.rapid_reviews import recording
from app.rapid_reviews.record_forms import FORMS, PartForm
from app.rapid_reviews.record_models import ReviewSection
from app.rapid_reviews.record_queries import record_of, versions_of
from app.rapid_reviews.recording import WrittenMeanwhile
from app.rapid_reviews.routes import refuse_beyond
from app.serious_incidents.pages import Difference, Problem, form_key, not_now, onwards, seen, show, take_step
from tenants.db import db

record = Blueprint(
    "review_record",
    __name__,
    url_prefix="/<slug>/cases/<reference>/rapid-review",
    template_folder="templates",
)


@dataclass(frozen=True, slots=True)
class Row:
    """A part of the record in the list: who wrote it last, and how many of its answers are missing."""

    name: str
    part: Part
    newest: ReviewSection | None
    lacks: int
    wanted: bool


@record.get("/record")
@requires(Permission.REVIEW_VIEW)
def index(reference: str) -> ResponseReturnValue:
    """What the meeting of the rapid review recorded, part by part."""
    case = seen(reference, "rapid-review record")
    refuse_beyond(case)
    found, told = record_of(case.id), history_of(case.id)
    wanted = wanted_parts(told)
    rows = [
        Row(
            name,
            part,
            found.versions.get(name),
            len(missing(name, found.sections.get(name, {}))),
            name in wanted,
        )
        for name, part in PARTS.items()
    ]
    return render_template(
        "rapid_reviews/record.html", case=case, rows=rows, record=found, in_words=in_words,
        closed=recording.why_not(told), writes=current_actor().may(Permission.REVIEW_RUN),
    )  # fmt: skip


@record.route("/record/<topic>", methods=["GET", "POST"])
@requires(Permission.REVIEW_RUN)
def section(reference: str, topic: str) -> ResponseReturnValue:
    """Write a part of the record; one that somebody wrote meanwhile is shown beside what was typed."""
    case = seen(reference, f"rapid-review record {topic[:20]}")
    if topic not in PARTS:
        refuse()
    closed = recording.why_not(history_of(case.id))
    if closed is not None and request.method == "GET":
        return not_now(case, closed)
    form, problem = FORMS[topic](), None
    key = form_key(form)
    if request.method == "GET":
        newest = next(iter(versions_of(case.id, topic)), None)
        form.show(newest.content if newest else {}, newest.number if newest else 0)
    else:
        try:
            problem = take_step(
                form, lambda: recording.write(case.id, form.written(key), actor=current_actor(), now=g.now),
                form.in_words(),
            )  # fmt: skip
        except WrittenMeanwhile as error:
            problem = _beside(form, error)
        if problem is None:
            return _saved(case, topic, form)
    return show(
        "section", case, form, problem, folder="rapid_reviews", part=PARTS[topic], name=topic,
        versions=versions_of(case.id, topic), in_words=in_words,
    )  # fmt: skip


def _beside(form: PartForm, error: WrittenMeanwhile) -> Problem:
    """What somebody else kept, beside what was typed; sent once more, it takes the place of theirs."""
    db.session.rollback()
    newest, typed = error.newest, form.in_words()
    form.over.data = str(newest.number)
    return Problem(
        409,
        f"{newest.written_by} kept this part while you were writing",
        "Yours has not been recorded yet. Both are below: bring them together in the form, and save it again.",
        again=True,
        differences=[
            Difference(one.label, typed[one.name], "\n".join(in_words(one, newest.content.get(one.name))))
            for one in PARTS[form.part].questions
        ],
    )


def _saved(case: Case, section: str, form: PartForm) -> ResponseReturnValue:
    lacks = missing(section, form.written(form_key(form)).content)
    said = "It is complete." if not lacks else f"Still to answer: {', '.join(one.label for one in lacks)}"
    address = url_for("review_record.index", reference=case.reference)
    return onwards(address, f"{PARTS[section].title}: saved. {said}")

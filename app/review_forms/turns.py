"""Whose turn it is with the form: why it cannot be made, answered or sent now."""

from __future__ import annotations

from app.procedure.events import EventKind
from app.procedure.history import History
from app.procedure.rapid_review_steps import plan_of
from app.review_forms.queries import ReviewForm, Standing
from app.serious_incidents import words
from app.serious_incidents.errors import AlreadyDone, OutOfTurn, Recorded

WITHDRAWN = "The notification was withdrawn, or never sent: no rapid review is under way."


def under_way(told: History) -> OutOfTurn | None:
    """The form belongs to a rapid review that is planned and held."""
    if told.notified is None:
        return OutOfTurn("There is no rapid review", WITHDRAWN)
    if told.last(EventKind.REVIEW_GROUND_RECORDED) is not None:
        return OutOfTurn("No rapid review is held", "A ground for not holding one is recorded.")
    if plan_of(told) is None:
        return OutOfTurn("It is too early for the form", "The rapid review has not been planned yet.")
    return None


def answer(told: History, form: ReviewForm) -> OutOfTurn | None:
    """A version is answered once, by the chair of the group, while it is the latest."""
    if form.answer is not None:
        said = form.answer
        by = words.by(said.answered_by, said.answered_capacity)
        answers = {"answer": ANSWERS[said.answer], "words": said.words}
        recorded = Recorded(by, words.at(said.answered_at), answers, said.submission_key)
        return AlreadyDone("This version has been answered", recorded)
    if not form.latest:
        return OutOfTurn(
            "There is a later version", "A later version was made. Read that one, and answer it."
        )
    return under_way(told)


ANSWERS = {"approved": "I approve this version", "returned": "I return it to the Partnership Team"}


def send(told: History, found: Standing) -> OutOfTurn | None:
    """Nothing is sent before the chair of the group has approved it."""
    if found.approved is None:
        return OutOfTurn(
            "The form cannot be sent yet",
            "It is sent once the chair of the group has approved a version of it.",
        )
    return under_way(told)

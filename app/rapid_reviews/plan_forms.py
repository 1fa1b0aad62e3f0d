"""The form of the plan of a rapid review."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from wtforms import HiddenField, RadioField
from wtforms.fields.choices import SelectChoice  # type: ignore[attr-defined]

from app.meetings.models import LigMeeting
from app.procedure.rapid_review_plan import Plan
from app.rapid_reviews.plan_models import RapidReviewPlan
from app.rapid_reviews.planning import EXTRAORDINARY, Wanted
from app.serious_incidents.fields import day, line, moment, one_of
from app.serious_incidents.fields import words as several_lines
from app.serious_incidents.forms import YES_NO, WordedForm
from app.web.filters import london_datetime
from app.web.text_rules import whole_number


class PlanForm(WordedForm):
    """The meeting, and the days of the steps before and after it."""

    over = HiddenField()
    meeting: RadioField = one_of("Which meeting of the group is it?", {})
    meeting_at = moment("If an extraordinary meeting is called, when?", when="of the meeting")
    place = line("Where, or by which call?", "Only for an extraordinary meeting")
    returns_on = day("By which day do agencies return?", called="The day for returns")
    papers_on = day(
        "On which day do papers go out?", "A week before the meeting", called="The day for papers"
    )
    approval_on = day(
        "By which day does the chair of the group approve the form?",
        "At the latest the fifteenth working day, on which it must also be sent",
        called="The day for the approval",
    )
    died = one_of("Did the child die?", YES_NO, "Then what those who review the death know is used (B2-17)")
    reason = several_lines("What is the reason, where the plan departs from the procedure or is changed?")

    def offer(self, coming: Sequence[LigMeeting]) -> None:
        """Offer the meetings in the calendar of the group, and one to be called."""
        self.meeting.choices = [
            SelectChoice(str(one.id), f"{london_datetime(one.starts_at)}, {one.kind} meeting, {one.place}")
            for one in coming
        ]
        self.meeting.choices.append(SelectChoice(EXTRAORDINARY, "Call an extraordinary meeting"))

    def propose(self, plan: Plan, before: RapidReviewPlan | None, died: bool | None) -> None:
        """Show what Waymark proposes; where a plan is in force, that plan."""
        chosen = before.meeting_id if before else (plan.meeting.id if plan.meeting else None)
        self.meeting.data = str(chosen) if chosen else EXTRAORDINARY
        if not chosen:
            self.meeting_at.typed |= {
                "day": str(plan.meeting_on.day),
                "month": str(plan.meeting_on.month),
                "year": str(plan.meeting_on.year),
            }
        for name in ("returns_on", "papers_on", "approval_on"):
            self[name].show(getattr(before if before is not None and chosen else plan, name))
        known = before.died if before else died
        self.died.data = None if known is None else ("yes" if known else "no")
        self.over.data = str(before.number if before else 0)

    def typed(self, key: UUID) -> Wanted:
        """The plan as the service reads it."""
        calls, meeting = self.meeting.data == EXTRAORDINARY, None
        if not calls:
            try:
                meeting = UUID(self.meeting.data or "")
            except ValueError:
                meeting = None
        return Wanted(
            meeting=meeting, calls=calls, meeting_at=self.meeting_at.data, place=self.place.cleaned,
            returns_on=self.returns_on.data, papers_on=self.papers_on.data, approval_on=self.approval_on.data,
            died={"yes": True, "no": False}.get(self.died.data or ""), reason=self.reason.cleaned,
            over=whole_number(self.over.data, 5, 0), key=key,
        )  # fmt: skip

    def in_words(self) -> dict[str, str]:
        """What was typed, under its field's name."""
        chosen = {value: label for value, label, *_rest in self.meeting.iter_choices()}
        typed = {"meeting": chosen.get(self.meeting.data or "", ""), "place": self.place.cleaned}
        typed |= {
            name: self[name].in_words() for name in ("meeting_at", "returns_on", "papers_on", "approval_on")
        }
        return typed | {"died": YES_NO.get(self.died.data or "", ""), "reason": self.reason.cleaned}

"""What a rapid review obliges from its meeting to its form with the Panel (Rapid Reviews; 5.2; 5.6; Appendix A)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from app.procedure.clocks import london_date, within_working_days
from app.procedure.events import SAFEGUARDING_PARTNERS, Event, Lcspr, Party, SentTo
from app.procedure.history import History
from app.procedure.marks import duty
from app.procedure.obligation import Obligation
from app.procedure.rapid_review_steps import CLOCK, IN_TIME, MEETING, K, dated, plan_of, planned, sent_to

# The parts of the record that every meeting fills in; a child's death and the key lines of enquiry where they apply.
PARTS = (
    "presentation",
    "findings",
    "other_children",
    "reflections",
    "standards",
    "criteria",
    "circumstances",
    "context",
)
SHARED = (SentTo.LIG_MEMBER, SentTo.PARTNER, SentTo.SCRUTINEER, SentTo.EXECUTIVE)
BY_ANALOGY = 3  # working days, of 8.2: the procedure names no path where the partners do not agree on a practice review


@duty("B2-08", "B2-17", "B2-22")
def meet(history: History) -> list[Obligation]:
    """The meeting is held on the day that was set, and what it established is recorded in all its parts."""
    plan, held = plan_of(history), history.first(K.REVIEW_MEETING_HELD)
    if plan is None:
        return []
    hold = dated(
        "B2-03:meeting", "B2-03", Party.PARTNERSHIP_TEAM, "Hold the rapid review meeting, and record it", MEETING,
        plan.happened_at, planned(plan, "meeting_on"), held,
    )  # fmt: skip
    begun = held or history.first(K.REVIEW_SECTION_RECORDED)
    if begun is None:
        return [hold]
    parts = wanted_parts(history)
    done = {part: _completed(history, part) for part in parts}
    last = max((one for one in done.values() if one), key=lambda one: one.happened_at, default=None)
    complete_now = all(done.values())
    count = sum(one is not None for one in done.values())
    return [
        hold,
        dated(
            "B2-08", "B2-08", Party.PARTNERSHIP_TEAM,
            f"Complete the record of the meeting ({count} of {len(parts)} parts are complete)", MEETING,
            begun.happened_at, None, last if complete_now else None,
        ),
    ]  # fmt: skip


def wanted_parts(history: History) -> list[str]:
    """The parts of the record that this review needs: of a death, what those who review it know (B2-17); of a decision
    to commission a practice review, the key lines of enquiry (B2-16)."""
    plan, made = plan_of(history), history.last(K.LCSPR_DECIDED)
    parts = list(PARTS)
    if plan is not None and plan.facts.get("died"):
        parts.append("child_death")
    if made is not None and made.outcome == Lcspr.COMMISSION.value:
        parts.append("enquiry")
    return parts


def complete_parts(history: History) -> list[str]:
    """The parts of the record that are wanted and complete."""
    return [part for part in wanted_parts(history) if _completed(history, part) is not None]


def _completed(history: History, part: str) -> Event | None:
    """What made a part complete, while its last version is."""
    said = [one for one in history.all(K.REVIEW_SECTION_RECORDED) if one.facts.get("section") == part]
    return said[-1] if said and said[-1].facts.get("complete") else None


@duty("B2-15")
def positions(history: History) -> list[Obligation]:
    """Each of the three partners says whether a practice review is commissioned."""
    begun = history.first(K.REVIEW_MEETING_HELD) or history.first(K.LCSPR_POSITION_TAKEN)
    made = history.first(K.LCSPR_DECIDED)
    if begun is None or plan_of(history) is None:
        return []
    owed = []
    for party in SAFEGUARDING_PARTNERS:
        taken = history.first(K.LCSPR_POSITION_TAKEN, party)
        owed.append(
            dated(
                f"B2-15:{party.value}", "B2-15", party, "Say whether a local child safeguarding practice review is "
                "commissioned, with the rationale", "Rapid Reviews; 5.2: a decision from the safeguarding partners",
                begun.happened_at, None, taken or made, ending="met" if taken else "not needed",
                reason=None if taken else "The decision was recorded.",
            )
        )  # fmt: skip
    return owed


@duty("B2-15")
def decide(history: History) -> list[Obligation]:
    """The decision is recorded once all three agree; where they do not, the Partnership Chair is asked."""
    made, asked = history.first(K.LCSPR_DECIDED), history.first(K.LCSPR_ESCALATED)
    taken = [history.first(K.LCSPR_POSITION_TAKEN, party) for party in SAFEGUARDING_PARTNERS]
    if not all(taken) and made is None:
        return []
    starts = max((one.happened_at for one in taken if one), default=made.happened_at if made else None)
    assert starts is not None
    paragraph = "Rapid Reviews; 5.3: the safeguarding partners decide, with the support of all members"
    owed = [
        dated("B2-15", "B2-15", Party.PARTNERSHIP_TEAM, "Record the decision on a practice review, or ask the "
               "Partnership Chair where the partners do not agree", paragraph,
               starts, None, asked or made)
    ]  # fmt: skip
    if asked is not None:
        calendar = history.calendar_of(CLOCK, asked.happened_at)
        due_on = within_working_days(london_date(asked.happened_at), BY_ANALOGY, calendar)
        owed.append(
            dated(
                "B2-15:chair", "B2-15", Party.PARTNERSHIP_CHAIR, "Decide whether a practice review is commissioned",
                "The procedure names no path here; three working days by analogy with 8.2", asked.happened_at, due_on,
                next(iter(history.after(asked, K.LCSPR_DECIDED)), None),
            )
        )  # fmt: skip
    return owed


@duty("B2-18", "N-06")
def form(history: History) -> list[Obligation]:
    """The form is made once the decision is recorded, and approved by the chair of the group, or made again."""
    plan, made = plan_of(history), history.first(K.LCSPR_DECIDED)
    if plan is None or made is None:
        return []
    # A draft that is not complete cannot be approved, and is nobody's to approve.
    versions = [one for one in history.all(K.REVIEW_FORM_MADE) if one.facts.get("complete", True)]
    owed = [
        dated("B2-18:make", "B2-18", Party.PARTNERSHIP_TEAM, "Make the rapid review form", "Appendix A, step 11",
               made.happened_at, planned(plan, "approval_on"), next(iter(versions), None))
    ]  # fmt: skip
    for version in versions:
        owed += _approval(history, version, planned(plan, "approval_on"))
    return owed


def _approval(history: History, version: Event, by: date | None) -> list[Obligation]:
    """What one version of the form obliges: approved, returned and then made again, or superseded by the next."""
    number = version.facts.get("number")
    said = next((one for kind in (K.REVIEW_FORM_APPROVED, K.REVIEW_FORM_RETURNED) for one in history.all(kind)
                 if one.facts.get("number") == number), None)  # fmt: skip
    made_after = history.after(version, K.REVIEW_FORM_MADE)
    later = next((one for one in made_after if one.facts.get("complete", True)), None)
    owed = [
        dated(
            f"B2-18:{number}", "B2-18", Party.LIG_CHAIR, f"Approve the rapid review form, version {number}",
            "Rapid Reviews; Appendix A, step 11: the chair of the group approves it", version.happened_at, by,
            said or later, ending="met" if said else "superseded", reason=None if said else "A later version was made.",
        )
    ]  # fmt: skip
    if said is not None and said.kind is K.REVIEW_FORM_RETURNED:
        owed.append(
            dated(f"B2-18:again:{number}", "B2-18", Party.PARTNERSHIP_TEAM, "Make the form anew: the chair returned it",
                   "Rapid Reviews: approved by the chair of the group", said.happened_at, by, later)
        )  # fmt: skip
    return owed


@duty("B2-19", "B2-20", "B3-07", "B3-08")
def share(history: History, sent: Event) -> list[Obligation]:
    """Once approved, the form goes to the members, the partners and the scrutineer, the Executive is informed, and the
    Panel, Ofsted and the Department for Education are sent it with the decision and the next steps."""
    approved, made = history.first(K.REVIEW_FORM_APPROVED), history.last(K.LCSPR_DECIDED)
    if approved is None:
        return []
    due_on = history.due_on(CLOCK, sent.happened_at)
    wanted = [
        ("B2-19", SHARED, "Share the rapid review with members, partners and the scrutineer, and inform the Executive",
         "Rapid Reviews; Appendix A, steps 11 and 12"),
        ("B2-20", (SentTo.PANEL, SentTo.OFSTED), "Send the rapid review to the Panel and Ofsted", IN_TIME),
        ("B3-07", (SentTo.DFE,), "Inform the Department for Education of the decision and the next steps", "5.6"),
    ]  # fmt: skip
    if made is not None and made.facts.get("home_office"):
        wanted.append(
            ("B3-08", (SentTo.CHIEF_CASEWORKER_UNIT,), "Inform the Home Office Chief Caseworker Unit", "5.6")
        )
    owed = []
    for key, kinds, action, paragraph in wanted:
        step = dated(key, key, Party.PARTNERSHIP_TEAM, action, paragraph, approved.happened_at, due_on)
        ended = sent_to(history, *kinds)
        owed.append(replace(step, ended=ended, ending="met" if ended else None))
    return owed

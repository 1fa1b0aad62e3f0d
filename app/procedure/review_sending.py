"""To whom a completed rapid review goes, and what is recorded of it (Rapid Reviews; 5.6; Appendix A, steps 11, 12)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from app.procedure.clocks import london_date
from app.procedure.events import SentTo
from app.procedure.marks import duty

S = SentTo
FILES = {
    "both": "The form, as a Word document and as a PDF",
    "pdf": "The form, as a PDF",
    "docx": "The form, as a Word document",
}
NOTICE, DONE = "notice", "done"
DECISION_ONLY = "The decision, the next steps and the reviewer's name where known, without the form"
CONTRIBUTION_ONLY = "Which contribution the review is believed to need, without the form"
ONLY_DONE = "That the rapid review is done"
# The mailboxes that the procedure names in its notes on 5.6. They are proposed, and can be changed before each sending.
MAILBOXES: dict[SentTo, str] = {
    S.PANEL: "Mailbox.NationalReviewPanel@education.gov.uk",
    S.OFSTED: "SCR.SIN@ofsted.gov.uk",
    S.DFE: "Mailbox.CPOD@education.gov.uk",
    S.CHIEF_CASEWORKER_UNIT: "CCUsafeguarding@homeoffice.gov.uk",
}
CHANNELS = {
    "secure-email": "Secure e-mail",
    "national-system": "The Child Safeguarding Online Notification System",
    "other": "Another way",
}
WITHIN = "within Waymark"
LONGEST_ADDRESS = 254


@duty("B2-19")
def inside() -> tuple[SentTo, ...]:
    """The members of the group for their information, the safeguarding partners and the Independent Scrutineer for
    the purposes of scrutiny; the Executive Group is informed."""
    return (S.LIG_MEMBER, S.PARTNER, S.SCRUTINEER, S.EXECUTIVE)


@duty("B2-20")
def by_statute() -> tuple[SentTo, ...]:
    """The form itself goes to the Panel and to Ofsted."""
    return (S.PANEL, S.OFSTED)


@duty("B3-07")
def told_the_decision() -> tuple[SentTo, ...]:
    """The Panel, Ofsted and the Department for Education are informed of the decision, the next steps and the name of
    any reviewer where known, whichever the decision was (5.6)."""
    return (S.PANEL, S.OFSTED, S.DFE)


@duty("B3-08")
def home_office(needed: bool) -> tuple[SentTo, ...]:
    """The Home Office Chief Caseworker Unit is informed of a review that is believed to need a contribution on
    migration, borders or citizenship, and of no other."""
    return (S.CHIEF_CASEWORKER_UNIT,) if needed else ()


def outside(needed: bool) -> tuple[SentTo, ...]:
    """Everybody outside the partnership to whom it is sent, each once, in the order of the procedure."""
    return tuple(dict.fromkeys([*by_statute(), *told_the_decision(), *home_office(needed)]))


def what_may_go(to: SentTo) -> dict[str, str]:
    """What can be sent to a recipient: the form to those whom it must reach; to others perhaps only the decision."""
    if to in by_statute() or to not in outside(True):
        return dict(FILES)
    return {NOTICE: CONTRIBUTION_ONLY if to in home_office(True) else DECISION_ONLY, **FILES}


@dataclass(frozen=True, slots=True)
class SendingFacts:
    """What the Partnership Team records of something sent outside Waymark. Instants are aware.

    `due` is the end of the fifteenth working day where this is the first time that the recipient is sent the form, and
    the clock counts for them; else None.
    """

    to: SentTo
    sent_at: datetime | None
    approved_at: datetime
    due: datetime | None
    channel: str | None
    channel_detail: str
    address: str
    what: str | None
    next_steps: str
    contribution: str
    recorded_late_reason: str
    missed_reason: str
    missed_reported_to: str


@duty("B2-20", "B3-07", "B3-08", "N-06")
def sending_faults(facts: SendingFacts, now: datetime) -> list[tuple[str, str]]:
    """Why a sending cannot be recorded so, as (field, message): each recipient with a possible time, the channel, the
    address and what was sent; where it went after the clock, why, and to whom that was reported (clocks 6 and 7)."""
    return [*_when(facts, now), *_how(facts), *_what(facts)]


def _when(facts: SendingFacts, now: datetime) -> list[tuple[str, str]]:
    if facts.sent_at is None:
        return [("sent_at", "Enter the date and time when it was sent")]
    if facts.sent_at > now:
        return [("sent_at", "It cannot have been sent in the future")]
    if facts.sent_at < facts.approved_at.replace(second=0, microsecond=0):
        return [("sent_at", "This is before the chair of the group approved this version")]
    faults = []
    if recorded_late(facts.sent_at, now) and not facts.recorded_late_reason.strip():
        faults.append(("recorded_late_reason", "Say why this is recorded on a later day than it was sent"))
    if missed(facts):
        if not facts.missed_reason.strip():
            faults.append(("missed_reason", "Say why it was sent after the fifteenth working day"))
        if not facts.missed_reported_to.strip():
            faults.append(("missed_reported_to", "Say to whom the missed clock was reported"))
    return faults


def _how(facts: SendingFacts) -> list[tuple[str, str]]:
    faults = []
    if facts.channel not in CHANNELS:
        faults.append(("channel", "Select how it was sent"))
    elif facts.channel == "other" and not facts.channel_detail.strip():
        faults.append(("channel_detail", "Say how it was sent"))
    if not facts.address.strip():
        faults.append(("address", "Enter the address to which it was sent, or whom it reached"))
    return faults


def _what(facts: SendingFacts) -> list[tuple[str, str]]:
    faults = []
    if facts.what not in what_may_go(facts.to):
        faults.append(("what", "Select what was sent"))
    if facts.to in told_the_decision() and not facts.next_steps.strip():
        faults.append(("next_steps", "Say which next steps they were told of"))
    if facts.to is S.CHIEF_CASEWORKER_UNIT and not facts.contribution.strip():
        faults.append(("contribution", "Say which contribution the review is believed to need"))
    return faults


def recorded_late(sent_at: datetime, now: datetime) -> bool:
    """Whether it is recorded on a later London day than it was sent."""
    return london_date(sent_at) < london_date(now)


@duty("N-06")
def missed(facts: SendingFacts) -> bool:
    """Whether it was sent after the fifteenth working day had ended (the end itself is already too late)."""
    return facts.due is not None and facts.sent_at is not None and facts.sent_at >= facts.due

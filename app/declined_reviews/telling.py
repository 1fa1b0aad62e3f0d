"""Who is told of what is recorded of a decision not to hold a rapid review. No message says what was said."""

from __future__ import annotations

from datetime import datetime

from app.cases.service import Case
from app.procedure.declined_reviews import CLOCK, NOT_AGREED
from app.procedure.events import SAFEGUARDING_PARTNERS, Party
from app.procedure.history import History
from app.serious_incidents import recipients
from app.serious_incidents.recipients import Recipient

RUNNING = (Party.PARTNERSHIP_TEAM, Party.LIG_CHAIR)
OVERSEEING = (*RUNNING, Party.INDEPENDENT_SCRUTINEER)


def said(case: Case, party: Party, outcome: str, on_behalf: bool, mark: str, now: datetime) -> None:
    """Those who run the case are told of an answer; of one that does not agree, everybody concerned; and whoever it was
    recorded for, that it was."""
    everybody = outcome == NOT_AGREED
    to = _people(case, OVERSEEING if everybody else RUNNING, now, partners=everybody)
    _tell("no-review-answered", to, case, mark, now)
    if on_behalf:
        for_them = (
            recipients.representatives(party, case.id, now)
            if party in SAFEGUARDING_PARTNERS
            else recipients.holders(party, case.id, now)
        )
        _tell("no-review-recorded-for-you", for_them, case, mark, now)


def complete(case: Case, told: History, mark: str, now: datetime) -> None:
    """The Partnership Team is told that the Panel can be notified, and by when."""
    sent = told.notified
    due_on = told.due_on(CLOCK, sent.happened_at) if sent is not None else None
    to = _people(case, (Party.PARTNERSHIP_TEAM,), now, partners=False)
    recipients.tell(
        "no-review-complete", to, case_id=case.id, reference=case.reference, now=now, occasion=mark,
        params={"due_on": due_on},
    )  # fmt: skip


def panel_told(case: Case, mark: str, now: datetime) -> None:
    """Everybody concerned is told that the step is done."""
    _tell(
        "notification-recorded", _people(case, (*OVERSEEING, Party.STRATEGIC_MANAGER), now), case, mark, now
    )


def withdrawn(case: Case, mark: str, now: datetime) -> None:
    """Everybody concerned is told that there is something to read."""
    _tell("review-ground", _people(case, OVERSEEING, now), case, mark, now)


def _people(
    case: Case, parties: tuple[Party, ...], now: datetime, *, partners: bool = True
) -> list[Recipient]:
    found = [one for party in parties for one in recipients.holders(party, case.id, now)]
    if partners:
        found += [
            one for party in SAFEGUARDING_PARTNERS for one in recipients.representatives(party, case.id, now)
        ]
    return list(dict.fromkeys(found))


def _tell(kind: str, to: list[Recipient], case: Case, mark: str, now: datetime) -> None:
    recipients.tell(kind, to, case_id=case.id, reference=case.reference, now=now, occasion=mark)

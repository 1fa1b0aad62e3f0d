"""Entering a case that was already under way: every step it has taken is told with its own past date."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select

from app.access.actor import Acting
from app.access.sealing import not_sealed
from app.cases.service import Case, ChildFacts, decided, open_case
from app.entering.models import EnteredCase
from app.ledger.service import record
from app.procedure.clocks import day_start, london_date
from app.procedure.entering import Given, UnderWay, under_way_faults
from app.procedure.events import INITIAL_VIEWERS, SAFEGUARDING_PARTNERS, EventKind, Outcome, Party, Stage
from app.serious_incidents.entered import (
    keep_decision,
    keep_notification,
    keep_response,
    keep_step,
    keep_view,
)
from tenants.db import db
from tenants.registry import agencies

K = EventKind
SAID_BEFORE = "Given before the case was entered in Waymark"


class Faulty(Exception):
    """The case cannot be entered so; field and message for each reason."""

    def __init__(self, faults: list[tuple[str, str]]) -> None:
        super().__init__("; ".join(message for _field, message in faults))
        self.faults = faults


def agency_names() -> dict[str, str]:
    """The agencies of the partnership in scope, by key."""
    return {agency.key: agency.name for agency in agencies()}


def entered_before(own_reference: str, person_id: UUID | None) -> list[bool]:
    """For each case of that own reference, whether this person may know of it."""
    known = not_sealed(EnteredCase.case_id, person_id)
    return list(db.session.scalars(select(known).where(EnteredCase.own_reference == own_reference.strip())))


def faults_of(case: UnderWay, now: datetime, person_id: UUID | None) -> list[tuple[str, str]]:
    """Why this person cannot enter a case; empty where they can. A case that they are sealed out of is no reason."""
    faults = under_way_faults(case, london_date(now), agency_names())
    if case.own_reference.strip() and any(entered_before(case.own_reference, person_id)):
        faults.append(("own_reference", "A case of this reference has been entered already"))
    return faults


def enter_case(under_way: UnderWay, row: dict[str, Any], acting: Acting, now: datetime) -> Case:
    """Enter a case at its stage. The caller commits. Raises Faulty."""
    faults = faults_of(under_way, now, acting.person_id)
    if faults:
        raise Faulty(faults)
    agency = next(one for one in agencies() if one.key == under_way.agency)
    names = under_way.children or ("",)
    case = open_case(
        title=under_way.title.strip(), source="entered", agency_id=agency.id, referred_by=None,
        children=[ChildFacts("subject", name or None, None, "unknown") for name in names], now=now,
    )  # fmt: skip
    entered = EnteredCase(
        case_id=case.id,
        own_reference=under_way.own_reference.strip(),
        row=row,
        entered_at=now,
        entered_by=acting.name,
        apart=len(entered_before(under_way.own_reference, acting.person_id)),
    )
    db.session.add(entered)
    teller = _Teller(case, acting, now)
    teller.tell(K.CASE_ENTERED, london_date(now), Stage.REFERRAL, payload={"row": row})
    _tell_referral(teller, under_way)
    _tell_views(teller, under_way)
    _tell_decision(teller, under_way)
    return case


class _Teller:
    """Records the events of one case with their past dates; those of one day keep their order."""

    def __init__(self, case: Case, acting: Acting, now: datetime) -> None:
        self.case, self.acting, self.now = case, acting, now

    def at(self, day: date) -> datetime:
        """The start of a day, of which no time is known; now where it is today's."""
        return min(day_start(day), self.now)

    def tell(
        self, kind: EventKind, day: date, stage: Stage = Stage.NOTIFICATION, *, party: Party | None = None,
        outcome: str | None = None, facts: dict[str, object] | None = None, payload: dict[str, Any] | None = None,
    ) -> datetime:  # fmt: skip
        """Record one event; returns the instant at which it counts as having happened."""
        moment = self.now if kind is K.CASE_ENTERED else self.at(day)
        record(
            kind, case_id=self.case.id, acting=self.acting, happened_at=moment, now=self.now, stage=stage, party=party,
            outcome=outcome, facts={"entered": True, "date_only": kind is not K.CASE_ENTERED, **(facts or {})},
            payload=payload,
        )  # fmt: skip
        return moment


def _tell_referral(teller: _Teller, case: UnderWay) -> None:
    assert case.referred_on is not None
    told = [("What happened", case.summary.strip())]
    children = len(case.children) or 1
    teller.tell(
        K.REFERRAL_SUBMITTED, case.referred_on, Stage.REFERRAL, party=Party.AGENCY_REPRESENTATIVE,
        facts={"source": "entered", "children": children},
        payload={"record": [["Entered from the partnership's own records", [list(one) for one in told]]]},
    )  # fmt: skip
    teller.tell(K.REFERRAL_ACKNOWLEDGED, case.referred_on, Stage.REFERRAL, party=Party.REFERRER)
    if case.aware_on is not None:
        moment = teller.tell(K.LOCAL_AUTHORITY_AWARE, case.aware_on, party=Party.LOCAL_AUTHORITY)
        keep_step(teller.case.id, "local-authority-aware", teller.acting, moment)
    if case.shared_on is not None:
        for party in INITIAL_VIEWERS:
            moment = teller.tell(K.REFERRAL_SHARED, case.shared_on, party=party)
        keep_step(teller.case.id, "referral-shared", teller.acting, moment)


def _tell_views(teller: _Teller, case: UnderWay) -> None:
    for party, given in ((Party.LIG_CHAIR, case.chair), (Party.SERVICE_DIRECTOR, case.director)):
        if given.on is not None:
            told = {"rationale": SAID_BEFORE, "by_then": given.by}
            moment = teller.tell(
                K.INITIAL_VIEW_GIVEN, given.on, party=party, outcome=given.outcome, payload=told
            )
            keep_view(teller.case.id, party, str(given.outcome), SAID_BEFORE, given.by, moment)
    if case.view_shared_on is None:
        return
    shared = case.chair.outcome if case.chair.outcome == case.director.outcome else None
    for party in SAFEGUARDING_PARTNERS:
        moment = teller.tell(K.INITIAL_VIEW_SHARED, case.view_shared_on, party=party, outcome=shared)
        teller.tell(K.REQUEST_RECEIVED, case.view_shared_on, party=party)
    keep_step(teller.case.id, "initial-view-shared", teller.acting, moment)
    for party in SAFEGUARDING_PARTNERS:
        given = case.responses.get(party, Given())
        if given.on is not None:
            facts: dict[str, object] = {"on_behalf": True, "source": "before"}
            said = {"rationale": SAID_BEFORE, "answered_by": given.by, "source": "before"}
            moment = teller.tell(
                K.RESPONSE_GIVEN, given.on, party=party, outcome=given.outcome, facts=facts, payload=said
            )
            keep_response(
                teller.case.id,
                party,
                str(given.outcome),
                SAID_BEFORE,
                given.by,
                moment,
                teller.acting,
                teller.now,
            )


def _tell_decision(teller: _Teller, case: UnderWay) -> None:
    if case.decision.on is None:
        return
    outcome, moment = str(case.decision.outcome), teller.at(case.decision.on)
    said = {
        party: (given.outcome, given.by, teller.at(given.on or case.decision.on))
        for party, given in case.responses.items()
    }
    keep_decision(teller.case.id, outcome, case.rationale.strip(), case.decision.by, said, moment)
    teller.tell(
        K.DECISION_RECORDED, case.decision.on, outcome=outcome, facts={"number": 1, "maker": "partners"},
        payload={"rationale": case.rationale.strip(), "by_then": case.decision.by},
    )  # fmt: skip
    decided(teller.case, outcome)
    if case.notified_on is not None and outcome == Outcome.NOTIFY.value:
        sent = teller.tell(K.NOTIFICATION_SENT, case.notified_on, party=Party.LOCAL_AUTHORITY)
        keep_notification(
            teller.case.id, sent, case.panel_reference, case.notified_by, teller.acting, teller.now
        )


def case_by_own_reference(own_reference: str) -> UUID | None:
    """The case that was entered under a partnership's own reference, or None."""
    query = select(EnteredCase.case_id).where(EnteredCase.own_reference == own_reference.strip())
    return db.session.scalar(query)

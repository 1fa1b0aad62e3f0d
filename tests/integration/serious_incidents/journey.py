"""A case of the Isle of Wight taken step by step along the decision to notify, by the people of the demo."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from sqlalchemy import select

from app.access.actor import SYSTEM
from app.access.roles import Role
from app.cases.service import ChildFacts, open_case
from app.ledger.service import history, record
from app.outbox.models import OutboxMessage
from app.procedure.events import SAFEGUARDING_PARTNERS, Event, EventKind, Party, Stage
from app.serious_incidents import progress, service
from app.serious_incidents.rules import DecisionAnswers
from tenants.db import db
from tests.support.people import Someone, find
from tests.support.places import Place

MONDAY = datetime(2026, 11, 23, 10, 0, tzinfo=UTC)
TUESDAY_NOON = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
TUESDAY_MIDNIGHT = datetime(2026, 11, 25, 0, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
NOTIFY, NOT = "notify", "do-not-notify"
WHERE = {
    "incident_area": "E06000046",
    "home_area": "E10000014",
    "outside_england": False,
    "looked_after": False,
}
ANSWERS = DecisionAnswers(
    abuse="suspected",
    abuse_rationale="Injuries that nobody has explained",
    limb_a=True,
    limb_a_rationale="At home, in the area",
    limb_b=False,
    limb_b_rationale="It was not abroad",
    harm_kinds=("physical", "emotional"),
    harm_judgement="A lasting effect is likely, though not certain",
    guidance_considered=True,
    guidance_edition="Working Together to Safeguard Children 2023",
    outcome=NOTIFY,
    rationale="The test is met, and the three partners agree",
)

NOT_MET = replace(
    ANSWERS, abuse="neither", limb_a=False, harm_kinds=("none",), outcome=NOT, rationale="The test is not met"
)


class Journey:
    """One case, the people who act in it, and the verbs as they call them; each verb commits."""

    def __init__(self, place: Place, aware: bool = True, referrer: Someone | None = None) -> None:
        self.place = place
        self.team = find(place, Role.PARTNERSHIP_TEAM)
        self.chair = find(place, Role.LIG_CHAIR)
        self.director = find(place, Role.SERVICE_DIRECTOR)
        self.childrens = find(place, Role.PARTNER_REPRESENTATIVE, "childrens-services")
        self.police = find(place, Role.PARTNER_REPRESENTATIVE, "police")
        self.police_too = find(place, Role.PARTNER_REPRESENTATIVE, "police", skip=1)
        self.nurse = find(place, Role.DESIGNATED_PROFESSIONAL, "icb")
        self.partnership_chair = find(place, Role.PARTNERSHIP_CHAIR)
        self.manager = find(place, Role.STRATEGIC_MANAGER)
        self.scrutineer = find(place, Role.INDEPENDENT_SCRUTINEER)
        self.lig_member = find(place, Role.AGENCY_LIG_MEMBER)
        self.answering = {
            Party.LOCAL_AUTHORITY: self.director,
            Party.POLICE: self.police,
            Party.ICB: self.nurse,
        }
        self.case_id, self.reference = self._open(aware, referrer.person_id if referrer else None)

    def _open(self, aware: bool, referred_by: UUID | None) -> tuple[UUID, str]:
        with self.place.pinned():
            case = open_case(
                title="A child aged 4 (invented)", source="agency", agency_id=None, referred_by=referred_by,
                children=[ChildFacts("subject", None, None, "unknown")], now=MONDAY,
            )  # fmt: skip
            common: dict[str, Any] = {"case_id": case.id, "acting": SYSTEM, "now": MONDAY}
            common["stage"] = Stage.REFERRAL
            record(EventKind.REFERRAL_SUBMITTED, happened_at=MONDAY, facts=dict(WHERE), **common)
            record(EventKind.REFERRAL_ACKNOWLEDGED, happened_at=MONDAY, **common)
            if aware:
                common["happened_at"] = MONDAY - 2 * HOUR
                record(EventKind.LOCAL_AUTHORITY_AWARE, party=Party.LOCAL_AUTHORITY, **common)
            db.session.commit()
            return case.id, case.reference

    def do(self, verb: Callable[..., Any], *args: Any, who: Someone | None = None, **named: Any) -> Any:
        """Call a verb on the case in a session of its own and commit."""
        with self.place.pinned():
            if who is not None:
                named["actor"] = who.actor()
            result = verb(self.case_id, *args, **named)
            db.session.commit()
            return result

    def read(self, query: Callable[..., Any], *args: Any) -> Any:
        """Read something of the case in a session of its own."""
        with self.place.pinned():
            return query(self.case_id, *args)

    def events(self, kind: EventKind | None = None, party: Party | None = None) -> list[Event]:
        """The case's history, of a kind and for a party where they are named."""
        told: list[Event] = self.read(history)
        return [one for one in told if kind in (None, one.kind) and party in (None, one.party)]

    def messages(self, kind: str) -> list[OutboxMessage]:
        """The messages of a kind that the case has caused."""
        with self.place.pinned():
            query = select(OutboxMessage).where(
                OutboxMessage.case_reference == self.reference, OutboxMessage.kind == kind
            )
            return list(db.session.scalars(query))

    def state(self) -> progress.Progress:
        """How far it has come."""
        found: progress.Progress = self.read(progress.load)
        return found

    def share(self, now: datetime = MONDAY + HOUR, key: UUID | None = None) -> None:
        self.do(service.share_referral, who=self.team, now=now, key=key or uuid4())

    def view(self, party: Party, outcome: str = NOTIFY, now: datetime = MONDAY + 2 * HOUR) -> None:
        who = self.chair if party is Party.LIG_CHAIR else self.director
        self.do(
            service.give_initial_view, party=party, outcome=outcome, rationale="Because of what we know",
            who=who, now=now, key=uuid4(),
        )  # fmt: skip

    def share_view(self, now: datetime = MONDAY + 3 * HOUR) -> None:
        self.do(service.share_initial_view, who=self.team, now=now, key=uuid4())

    def to_responses(self, director_view: str = NOTIFY) -> Journey:
        """As far as the partners having been asked."""
        self.share()
        self.view(Party.LIG_CHAIR)
        self.view(Party.SERVICE_DIRECTOR, director_view)
        self.share_view()
        return self

    def respond(
        self, party: Party, outcome: str = NOTIFY, *, now: datetime = MONDAY + 5 * HOUR,
        who: Someone | None = None, key: UUID | None = None, seen: str | None = None,
    ) -> Any:  # fmt: skip
        held = self.state().positions.get(party)
        mark = seen if seen is not None else (str(held.id) if held else "")
        answer = service.Answer(party, outcome, "It is what our records show", mark, key or uuid4())
        return self.do(service.respond, answer, who=who or self.answering[party], now=now)

    def receive(self, party: Party, at: datetime = MONDAY + 4 * HOUR) -> Any:
        return self.do(service.request_delivered, party, at, at)

    def silent(self, party: Party) -> bool:
        """A partner that receives the request, whose deputy is contacted, and whose clock then ends."""
        self.receive(party)
        self.do(service.contact_deputy, party, actor=None, now=TUESDAY_NOON)
        deemed: bool = self.do(service.deem, party, TUESDAY_MIDNIGHT)
        return deemed

    def to_decision(self) -> Journey:
        """As far as three answers that agree."""
        self.to_responses()
        for party in SAFEGUARDING_PARTNERS:
            self.respond(party)
        return self

    def version(self) -> int:
        """The case's version now."""
        from app.cases.service import lock

        return int(self.read(lambda case_id: lock(case_id).version))

    def proposed(self, answers: DecisionAnswers = ANSWERS, key: UUID | None = None) -> service.Proposed:
        return service.Proposed(answers, self.version(), key or uuid4())

    def decide(self, who: Someone | None = None, now: datetime = TUESDAY_NOON, **named: Any) -> Any:
        return self.do(service.record_decision, self.proposed(**named), who=who or self.director, now=now)

    def answered_elsewhere(
        self, party: Party, outcome: str = NOTIFY, *, at: datetime, now: datetime, key: UUID | None = None
    ) -> Any:
        """A telephone call that the Partnership Team writes down."""
        typed = service.AnswerElsewhere(
            party=party, outcome=outcome, rationale="As they said on the telephone", answered_at=at,
            answered_by="Alex Invented", capacity="Detective Inspector", source="call",
            evidence="Note of the call, kept with the case", key=key or uuid4(),
        )  # fmt: skip
        return self.do(service.record_for, typed, who=self.team, now=now)

    def meet(
        self, positions: dict[Party, str] | None = None, *, at: datetime, now: datetime | None = None,
        kind: str = "short", scrutineer: bool = True,
    ) -> None:  # fmt: skip
        """A meeting that was held and is recorded, with the positions taken there."""
        came = {
            party: service.Attendance(f"Somebody of {party.value}", "Representative", (positions or {}).get(party),
                                      "After talking it through" if (positions or {}).get(party) else "")
            for party in SAFEGUARDING_PARTNERS
        }  # fmt: skip
        if kind == "exceptional":
            came[Party.PARTNERSHIP_CHAIR] = service.Attendance("The chair", "Partnership Chair")
            if scrutineer:
                came[Party.INDEPENDENT_SCRUTINEER] = service.Attendance(
                    "The scrutineer", "Independent Scrutineer"
                )
        held = service.Held(kind, at, came, "What was said", uuid4())
        self.do(service.record_meeting, held, who=self.team, now=now or at)

    def to_difference(self) -> Journey:
        """Three answers that differ: the police do not want to notify."""
        self.to_responses()
        for party in SAFEGUARDING_PARTNERS:
            self.respond(party, NOT if party is Party.POLICE else NOTIFY)
        return self

    def to_chair(self) -> Journey:
        """A short meeting that did not settle the difference."""
        self.to_difference()
        self.meet(at=MONDAY + 6 * HOUR)
        return self

    def chair_decides(
        self, outcome: str = NOTIFY, *, scrutineer: bool | None = True, now: datetime = MONDAY + 8 * HOUR,
        key: UUID | None = None, who: Someone | None = None,
    ) -> Any:  # fmt: skip
        """The Partnership Chair's decision: at a meeting where the scrutineer mediated, else without a meeting."""
        answers = ANSWERS if outcome == NOTIFY else NOT_MET
        if scrutineer:
            self.meet(at=now, kind="exceptional")
        why = "" if scrutineer else "Nobody could be brought together in time"
        proposed = service.Proposed(answers, self.version(), key or uuid4(), scrutineer, why)
        return self.do(service.record_chair_decision, proposed, who=who or self.partnership_chair, now=now)

    def enter(
        self,
        verb: Callable[..., Any],
        who: Someone,
        now: datetime,
        outcome: str = "",
        key: UUID | None = None,
    ) -> None:
        """Record something beside the decision."""
        self.do(
            verb, service.Entry("In plain words", key or uuid4(), outcome, "A colleague"), who=who, now=now
        )

    def owed(self) -> dict[str, tuple[str, str | None]]:
        """Who owes what, and how it ended, by the obligation's key."""
        from app.cases.queries import obligations_of

        return self.read(
            lambda case_id: {row.key: (row.owner, row.ending) for row in obligations_of(case_id)}
        )  # type: ignore[no-any-return]

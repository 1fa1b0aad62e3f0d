"""Four partnerships, each with people, agencies, settings and cases whose every text holds a word of their own.

`secret` is the canary of a partnership's cases: only its own people who may see cases may ever be given it. `house` is
that of everything else of the partnership (names of its people and agencies, its settings): only its own people are.
`lent` is that of what was released to a commissioned reviewer and of what they submitted: they may be given it besides
those who may see cases. `unsent` is that of their draft, which is shown to nobody but them. A sealed case has a canary
of its own. The rooms beside the decision (people, conflicts, scrutiny, commissions, spreadsheets) are in rooms.py.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from flask import Flask
from sqlalchemy import select, text

from app.access.actor import SYSTEM
from app.access.roles import Role
from app.accounts.deputies import NewDeputy, name_deputy
from app.accounts.queries import deputies_at, members_today
from app.accounts.service import end_membership
from app.cases.models import Case
from app.cases.service import ChildFacts, open_case
from app.entering import linking
from app.entering.requests import CameFirst, open_from_notification
from app.ledger.service import record
from app.partnerships import settings_service
from app.partnerships.arrangements import NewArrangement, record_arrangement
from app.preparation import service as preparation
from app.procedure.entering import Child
from app.procedure.events import SAFEGUARDING_PARTNERS, EventKind, Party, Stage
from app.procedure.preparation import sections
from app.scrutiny.service import NewObservation, observe
from app.serious_incidents import service
from tenants.db import db
from tenants.registry import agencies, current_edition
from tests.integration.referrals.conftest import send, submit
from tests.integration.serious_incidents.journey import ANSWERS, HOUR, MONDAY, NOT, NOT_MET, NOTIFY, Journey
from tests.support.cast import cast, one_more
from tests.support.people import Someone, client_of
from tests.support.places import Place, place
from tests.unit.referrals.typed import whole

# When the probes are made: after everything that was played.
PRESENT = datetime(2026, 12, 3, 10, 0, tzinfo=UTC)
LATE = datetime(2026, 12, 2, 11, 0, tzinfo=UTC)
PLACES = ("isle-of-wight", "hampshire", "portsmouth", "southampton")
FREE_TEXT = {"name", "narrative", "judgement", "told_by", "action", "how_checked", "other_agencies", "why", "lessons",
             "job_title"}  # fmt: skip
STEP = "consult-somebody"


@dataclass(frozen=True, slots=True)
class Sealed:
    """A case with a canary of its own, and who was sealed out of it."""

    secret: str
    reference: str
    someone: Someone


@dataclass
class Nest:
    """A partnership full of canaries, and what its addresses are made of."""

    app: Flask
    place: Place
    people: dict[Role, Someone]
    secret: str
    house: str
    lent: str
    unsent: str
    references: list[str] = field(default_factory=list)
    identifiers: list[str] = field(default_factory=list)
    parts: dict[str, list[str]] = field(default_factory=dict)
    together: list[dict[str, str]] = field(default_factory=list)
    commissioned: Someone | None = None
    sealed: Sealed | None = None

    @property
    def words(self) -> set[str]:
        """Every canary of the nest."""
        return self.of_cases | {self.house}

    @property
    def of_cases(self) -> set[str]:
        """Every canary of the content of cases."""
        return {self.secret, self.lent, self.unsent} | ({self.sealed.secret} if self.sealed else set())

    def knows(self, case: tuple[UUID, str]) -> None:
        """Remember a case for addresses."""
        self.identifiers.append(str(case[0]))
        self.references.append(case[1])

    def names(self, **parts: str) -> None:
        """Remember parts of addresses that belong together, such as a case and a paper of it."""
        self.together.append(parts)
        for name, value in parts.items():
            self.part(name, value)

    def part(self, name: str, value: str) -> None:
        """Remember a part of addresses, and that it is an identifier where it is one."""
        if value not in self.parts.setdefault(name, []):
            self.parts[name].append(value)
        if len(value) == 36 and value not in self.identifiers:
            self.identifiers.append(value)


def hatch(app: Flask, owner: Flask, slug: str) -> Nest:
    """Fill one of the demonstration's partnerships."""
    there = place(app, slug)
    secret, house, lent, unsent = (
        f"{kind}{secrets.token_hex(6)}" for kind in ("canary", "roost", "lent", "unsent")
    )
    nest = Nest(app, there, cast(there, owner), secret, house, lent, unsent)
    name_everybody(nest, owner)
    own_settings(nest)
    arrangement(nest)
    contested, other = Song(nest).contested(), Song(nest)
    if slug == PLACES[0]:
        other.not_notified()
    for song in (contested, other):
        nest.knows((song.case_id, song.reference))
    referred(nest)
    entered(nest)
    came_first(nest)
    compared(nest)
    deputies(nest, owner)
    looked_at(nest)
    return nest


def name_everybody(nest: Nest, owner: Flask) -> None:
    """People, agencies and inboxes carry the canary of the house."""
    people = [someone.person_id for someone in nest.people.values()]
    with nest.place.pinned(owner):
        db.session.execute(
            text(
                "update people set display_name = display_name || ' ' || :house, job_title = :house, "
                "email = :house || '-' || left(id::text, 8) || '@people.example' where id = any(:people)"
            ),
            {"house": nest.house, "people": people},
        )
        db.session.execute(
            text(
                "update agencies set name = name || ' ' || :house, generic_inbox = :house || '@inbox.example'"
            ),
            {"house": nest.house},
        )
        db.session.commit()
    for role, someone in nest.people.items():
        nest.people[role] = replace(someone, name=f"{someone.name} {nest.house}")


def own_settings(nest: Nest) -> None:
    """A procedure of the partnership's own, with a step and names that carry the canary of the house."""
    manager = nest.people[Role.STRATEGIC_MANAGER]
    with nest.place.pinned():
        edition = current_edition()
        step = {"key": STEP, "action": f"Consult somebody {nest.house}", "owner": "partnership-team",
                "trigger": "decision-recorded", "closing": "local-step-done", "blocks": "nothing"}  # fmt: skip
        own = {
            "lig-chair": "Convenor",
            "partnership-team": "Business unit",
            "partnership-chair": "Independent chair",
            "strategic-manager": "Head of the business unit",
            "independent-scrutineer": "Critical friend",
        }
        names = {party: f"{called} {nest.house}" for party, called in own.items()}
        changed = {"names": names, "steps": [step], "clocks": {}, "omitted": []}
        settings_service.adopt(
            {**edition.settings, **changed}, over=edition.number, reason=f"Because {nest.house}",
            acting=manager.actor().acting_as(manager.actor().capacities), now=MONDAY - 9 * HOUR,
        )  # fmt: skip


def arrangement(nest: Nest) -> None:
    """How an agency finds its cases."""
    member = nest.people[Role.AGENCY_LIG_MEMBER]
    with nest.place.pinned():
        agency = next(one for one in agencies() if one.key == "community-health")
        words = f"In words of {nest.house}"
        typed = NewArrangement(agency.id, words, words, words, date(2027, 6, 1), uuid4())
        assert record_arrangement(typed, member.actor().acting_as(member.actor().capacities), MONDAY) == []
        db.session.commit()


class Song(Journey):
    """A case of a nest, taken along the decision with the canary in everything that anybody says."""

    def __init__(self, nest: Nest, secret: str = "") -> None:
        self.nest, self.secret = nest, secret or nest.secret
        self.place, people = nest.place, nest.people
        self.team, self.chair = people[Role.PARTNERSHIP_TEAM], people[Role.LIG_CHAIR]
        self.director, self.police = people[Role.SERVICE_DIRECTOR], people[Role.PARTNER_REPRESENTATIVE]
        self.nurse, self.partnership_chair = (
            people[Role.DESIGNATED_PROFESSIONAL],
            people[Role.PARTNERSHIP_CHAIR],
        )
        self.manager, self.scrutineer = people[Role.STRATEGIC_MANAGER], people[Role.INDEPENDENT_SCRUTINEER]
        self.lig_member = people[Role.AGENCY_LIG_MEMBER]
        self.answering = {
            Party.LOCAL_AUTHORITY: self.director,
            Party.POLICE: self.police,
            Party.ICB: self.nurse,
        }
        self.case_id, self.reference = self._open(aware=True, referred_by=None)

    def _open(self, aware: bool, referred_by: UUID | None) -> tuple[UUID, str]:
        words = f"A child {self.secret}"
        with self.place.pinned():
            child = ChildFacts("subject", words, date(2021, 2, 3), "known", words)
            case = open_case(
                title=words, source="agency", agency_id=None, referred_by=None, children=[child], now=MONDAY
            )
            common: dict[str, Any] = {
                "case_id": case.id,
                "acting": SYSTEM,
                "now": MONDAY,
                "stage": Stage.REFERRAL,
            }
            told = {"record": [["What happened", [["What happened?", words]]]]}
            record(EventKind.REFERRAL_SUBMITTED, happened_at=MONDAY, payload=told, **common)
            record(EventKind.REFERRAL_ACKNOWLEDGED, happened_at=MONDAY, **common)
            record(
                EventKind.LOCAL_AUTHORITY_AWARE,
                happened_at=MONDAY - 2 * HOUR,
                party=Party.LOCAL_AUTHORITY,
                **common,
            )
            db.session.commit()
            return case.id, case.reference

    @property
    def words(self) -> str:
        return f"In words of {self.secret}"

    def view(self, party: Party, outcome: str = NOTIFY, now: datetime = MONDAY + 2 * HOUR) -> None:
        who = self.chair if party is Party.LIG_CHAIR else self.director
        self.do(service.give_initial_view, party=party, outcome=outcome, rationale=self.words, who=who, now=now,
                key=uuid4())  # fmt: skip

    def respond(self, party: Party, outcome: str = NOTIFY, **_more: Any) -> Any:
        answer = service.Answer(party, outcome, self.words, "", uuid4())
        return self.do(service.respond, answer, who=self.answering[party], now=MONDAY + 5 * HOUR)

    def said(self, verb: Callable[..., Any], who: Someone, now: datetime, outcome: str = "") -> None:
        """Something beside the decision."""
        self.do(verb, service.Entry(self.words, uuid4(), outcome, self.words), who=who, now=now)

    def answers(self, outcome: str) -> Any:
        named = ("abuse_rationale", "limb_a_rationale", "limb_b_rationale", "harm_judgement", "rationale")
        return replace(ANSWERS if outcome == NOTIFY else NOT_MET, **dict.fromkeys(named, self.words))

    def contested(self) -> Song:
        """The partners differ, meet, and their chair decides; new information; a late notification; a correction."""
        self.to_responses()
        for party in (Party.LOCAL_AUTHORITY, Party.ICB):
            self.respond(party)
        elsewhere = service.AnswerElsewhere(
            party=Party.POLICE, outcome=NOT, rationale=self.words, answered_at=MONDAY + 5 * HOUR,
            answered_by=self.nest.house, capacity=self.nest.house, source="call", evidence=self.words, key=uuid4(),
        )  # fmt: skip
        self.do(service.record_for, elsewhere, who=self.team, now=MONDAY + 5 * HOUR)
        self.meeting("short", MONDAY + 7 * HOUR)
        self.meeting("exceptional", MONDAY + 9 * HOUR)
        proposed = service.Proposed(self.answers(NOTIFY), self.version(), uuid4(), True)
        self.do(service.record_chair_decision, proposed, who=self.partnership_chair, now=MONDAY + 10 * HOUR)
        self.afterwards()
        return self

    def meeting(self, kind: str, at: datetime) -> None:
        """Arranged, and held."""
        how = {"kind": kind, "when": at, "how": self.words, "key": uuid4()}
        self.do(service.arrange_meeting, who=self.team, now=at - HOUR, **how)
        parties: tuple[Party, ...] = SAFEGUARDING_PARTNERS
        if kind == "exceptional":
            parties = (*parties, Party.PARTNERSHIP_CHAIR, Party.INDEPENDENT_SCRUTINEER)
        came = {party: service.Attendance(self.nest.house, self.nest.house) for party in parties}
        self.do(
            service.record_meeting, service.Held(kind, at, came, self.words, uuid4()), who=self.team, now=at
        )

    def afterwards(self) -> None:
        """What follows a decision to notify."""
        at = MONDAY + 11 * HOUR
        self.said(service.raise_information, self.team, at)
        self.said(service.decline, self.partnership_chair, at + HOUR)
        seen = NewObservation("case", self.words, uuid4())
        self.do(observe, seen, who=self.scrutineer, now=at + HOUR)
        told = [Party.INDEPENDENT_SCRUTINEER, Party.STRATEGIC_MANAGER]
        self.do(service.inform, parties=told, elsewhere_at=at + HOUR, detail=self.words, who=self.team,
                now=at + 2 * HOUR, key=uuid4())  # fmt: skip
        entry = service.Entry(self.words, uuid4())
        self.do(
            service.record_local_step,
            STEP,
            happened_at=at + HOUR,
            typed=entry,
            who=self.team,
            now=at + 2 * HOUR,
        )
        sent = service.Sent(
            LATE - timedelta(days=1), "other", self.words, self.words, self.nest.house, self.words, self.words,
            self.words, uuid4(),
        )  # fmt: skip
        self.do(service.record_notification, sent, who=self.director, now=LATE)
        self.said(service.record_ground, self.director, LATE, "criteria-not-met")
        informed = self.events(EventKind.PARTY_INFORMED)[0]
        wrong = service.Correction(
            informed.number, False, at + HOUR + timedelta(minutes=5), self.words, uuid4()
        )
        self.do(service.correct, wrong, who=self.team, now=LATE)

    def without_meeting(self) -> Song:
        """The partners still differ after their short meeting, and their chair decides without meeting them."""
        self.to_responses()
        for party in SAFEGUARDING_PARTNERS:
            self.respond(party, NOT if party is Party.POLICE else NOTIFY)
        self.meeting("short", MONDAY + 7 * HOUR)
        proposed = service.Proposed(self.answers(NOTIFY), self.version(), uuid4(), False, self.words)
        self.do(service.record_chair_decision, proposed, who=self.partnership_chair, now=MONDAY + 8 * HOUR)
        return self

    def not_notified(self) -> Song:
        """The partners agree not to notify; what follows; the local authority notifies all the same."""
        self.to_responses()
        for party in SAFEGUARDING_PARTNERS:
            self.respond(party, NOT)
        proposed = service.Proposed(self.answers(NOT), self.version(), uuid4())
        self.do(service.record_decision, proposed, who=self.director, now=MONDAY + 6 * HOUR)
        self.said(service.choose_outcome, self.chair, MONDAY + 7 * HOUR, "discussion")
        self.said(service.override, self.director, MONDAY + 8 * HOUR)
        return self


def referred(nest: Nest) -> None:
    """A referral through its pages, one that is still being written, and the preparation of its notification."""
    author = nest.people[Role.AGENCY_LIG_MEMBER]
    client = client_of(nest.app, author)
    for submitted in (True, False):
        draft = begin(nest, author)
        for page, typed in with_canaries(nest.secret).items():
            if not submitted and page not in ("child-1", "incident"):
                continue
            if page == "child-2":
                send(client, nest.place, draft, "children", {}, go="add")
            if page == "other-1":
                send(client, nest.place, draft, "others", with_canaries(nest.secret)["others"], go="add")
            send(client, nest.place, draft, page, typed)
        nest.names(draft_id=draft.rsplit("/", 1)[1], section="incident")
        if submitted:
            answer = submit(client, nest.place, draft)
            assert answer.status_code == 303, answer.get_data(as_text=True)
    with nest.place.pinned():
        case = db.session.scalars(select(Case).order_by(Case.opened_at.desc()).limit(1)).one()
        nest.knows((case.id, case.reference))
        prepare(nest, case.id)
        nest.names(reference=case.reference, part="incident")


def begin(nest: Nest, author: Someone) -> str:
    """The address of a referral that was begun."""
    from app.referrals.queries import ways_to_refer

    with nest.place.pinned():
        way = ways_to_refer(author.actor())[0].value
    answer = client_of(nest.app, author).post(
        f"/{nest.place.slug}/referrals/new", data={"way": way, "start_key": str(uuid4())}
    )
    return str(answer.headers["Location"])


def with_canaries(secret: str) -> dict[str, dict[str, Any]]:
    """A whole referral whose texts all say the canary."""
    pages = {page: dict(typed) for page, typed in whole().items() if page != "cdop"}
    for typed in pages.values():
        for name, value in typed.items():
            if name in FREE_TEXT and isinstance(value, str) and value:
                typed[name] = f"{value} {secret}"
    return pages


def prepare(nest: Nest, case_id: UUID) -> None:
    """Every question of the preparation answered, and declared complete."""
    team = nest.people[Role.PARTNERSHIP_TEAM].actor()
    answers, _prefilled = preparation.answers_of(case_id)
    for key, section in sections(answers):
        typed = {
            asked.name: next(iter(asked.choices)) if asked.kind == "choice" else f"In words of {nest.secret}"
            for asked in section.questions
        }
        preparation.save(case_id, key, typed, version=0, actor=team, now=PRESENT)
    preparation.complete(case_id, actor=team, now=PRESENT)
    db.session.commit()


def entered(nest: Nest) -> None:
    """A case already under way, by its form."""
    client = client_of(nest.app, nest.people[Role.PARTNERSHIP_TEAM])
    words = f"In words of {nest.secret}"
    typed = {
        "own_reference": f"OWN-{nest.secret}", "title": words, "agency": "police", "summary": words, "children": words,
        "submission_key": str(uuid4()), "referred_on-day": "2", "referred_on-month": "11", "referred_on-year": "2026",
    }  # fmt: skip
    answer = client.post(f"/{nest.place.slug}/enter/case", data=typed)
    assert answer.status_code == 303, answer.text
    reference = answer.headers["Location"].rsplit("/", 1)[1]
    with nest.place.pinned():
        nest.knows((db.session.scalars(select(Case.id).where(Case.reference == reference)).one(), reference))


def came_first(nest: Nest) -> None:
    """A notification that came before its referral."""
    words, team = f"In words of {nest.secret}", nest.people[Role.PARTNERSHIP_TEAM]
    typed = CameFirst(words, (Child(words),), words, MONDAY - 3 * HOUR, MONDAY - HOUR, "national-system",
                      f"First {words}", nest.house, "community-health", uuid4())  # fmt: skip
    with nest.place.pinned():
        case, faults = open_from_notification(typed, actor=team.actor(), now=MONDAY)
        assert case is not None, faults
        nest.knows((case.id, case.reference))
        db.session.commit()


def compared(nest: Nest) -> None:
    """Two referrals set beside each other, and found to be of two incidents."""
    with nest.place.pinned():
        team = nest.people[Role.PARTNERSHIP_TEAM].actor()
        one, other = (
            db.session.get_one(Case, (nest.place.id, UUID(nest.identifiers[place]))) for place in (0, 1)
        )
        said = linking.Verdict(False, f"In words of {nest.secret}", "")
        linking.decide(one, other, said, acting=team.acting_as(team.capacities), now=PRESENT)
        db.session.commit()


def deputies(nest: Nest, owner: Flask) -> None:
    """A deputy, and a membership that has ended, each with a reason."""
    deputy = one_more(
        nest.place, owner, (Role.AGENCY_LIG_MEMBER, "childrens-services"), name=f"A deputy {nest.house}"
    )
    reason, team = f"In words of {nest.house}", nest.people[Role.PARTNERSHIP_TEAM]
    with nest.place.pinned():
        acting = team.actor().acting_as(team.actor().capacities)
        members = members_today(PRESENT.date())
        principal = next(
            view for view, person in members if person.id == nest.people[Role.SERVICE_DIRECTOR].person_id
        )
        ending = next(
            view for view, person in members if person.id == nest.people[Role.MAIN_BOARD_MEMBER].person_id
        )
        typed = NewDeputy(principal.membership_id, deputy.person_id, PRESENT.date(),
                          date(2026, 12, 4), reason, uuid4())  # fmt: skip
        assert name_deputy(typed, acting, PRESENT) == []
        end_membership(ending.membership_id, reason=reason, acting=acting, now=PRESENT)
        db.session.commit()
        nest.part("deputy_id", str(deputies_at(None)[-1].deputy_id))
        for view in (principal, ending):
            nest.part("membership_id", str(view.membership_id))
    for someone in nest.people.values():
        nest.part("person_id", str(someone.person_id))
    plain = {"key": "B1-03", "party": "police", "kind": "short", "number": "1", "step": STEP}
    for name, value in plain.items():
        nest.part(name, value)


def looked_at(nest: Nest) -> None:
    """Those who may see the cases do, so that the log of views and every cache hold something."""
    for role, reference in zip((Role.PARTNERSHIP_TEAM, Role.LIG_CHAIR), nest.references, strict=False):
        client = client_of(nest.app, nest.people[role])
        answer = client.get(f"/{nest.place.slug}/cases/{reference}")
        assert answer.status_code == 200
        assert nest.secret in answer.text
    assert nest.secret in client.get(f"/{nest.place.slug}/cases").text

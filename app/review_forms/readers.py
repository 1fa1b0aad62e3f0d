"""To whom a form goes: people who read it in Waymark, and offices that it is sent to outside."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from app.access.own_names import name_of
from app.access.roles import Role
from app.access.sealing import sealed_people
from app.accounts.queries import Holder, holders_of
from app.procedure.clocks import london_date
from app.procedure.events import SAFEGUARDING_PARTNERS, Party, SentTo
from app.procedure.review_sending import MAILBOXES, outside
from app.serious_incidents.words import partner_in_sentence

OFFICES = {
    SentTo.PANEL: "Child Safeguarding Practice Review Panel",
    SentTo.OFSTED: "Ofsted",
    SentTo.DFE: "Department for Education",
    SentTo.CHIEF_CASEWORKER_UNIT: "Home Office Chief Caseworker Unit",
}
AS = {
    SentTo.LIG_MEMBER: "Member of the group",
    SentTo.PARTNER: "Safeguarding partner",
    SentTo.SCRUTINEER: "Independent Scrutineer",
    SentTo.EXECUTIVE: "Executive",
    **OFFICES,
}
ROLES = {
    SentTo.LIG_MEMBER: (Role.AGENCY_LIG_MEMBER,),
    SentTo.SCRUTINEER: (Role.INDEPENDENT_SCRUTINEER,),
    # The Partnership Chair sees what the Executive sees.
    SentTo.EXECUTIVE: (Role.EXECUTIVE_MEMBER, Role.PARTNERSHIP_CHAIR),
}
OF_PARTNER = (Role.SERVICE_DIRECTOR, Role.PARTNER_REPRESENTATIVE, Role.DESIGNATED_PROFESSIONAL)
NOBODY = {
    SentTo.LIG_MEMBER: "The members of the group",
    SentTo.SCRUTINEER: "The Independent Scrutineer",
    SentTo.EXECUTIVE: "The members of the Executive",
}


@dataclass(frozen=True, slots=True)
class Reader:
    """Somebody to whom a form goes. Without `person_id` it is an office outside, or a role that nobody holds today:
    what goes there is sent outside Waymark, and recorded by hand."""

    to: SentTo
    key: str
    name: str
    party: Party | None = None
    person_id: UUID | None = None
    address: str = ""

    @property
    def role(self) -> str:
        """As what it goes to them."""
        return role_of(self.to, self.party)

    @property
    def within(self) -> str:
        """The recipient within a sentence."""
        if self.person_id is None and self.party is not None:
            return partner_in_sentence(self.party)
        plain = self.to is SentTo.OFSTED or self.person_id is not None
        return self.name if plain else f"the {self.name.removeprefix('The ')}"


def role_of(to: SentTo, party: Party | None) -> str:
    """As what a form goes to somebody; for which partner, where it goes to one."""
    return f"{AS[to]}, {name_of(party)}" if party else AS[to]


def inside_now(case_id: UUID, now: datetime) -> list[Reader]:
    """The people of the partnership to whom it goes today, by role; whoever is sealed out of the case is not one."""
    return [one for group in _groups(case_id, now) for one in group.people]


def by_hand(case_id: UUID, home_office: bool, now: datetime) -> list[Reader]:
    """Where it is sent outside Waymark: the offices, and each role that nobody holds or may know of the case."""
    nobody = [group.nobody for group in _groups(case_id, now) if not group.people]
    offices = [Reader(to, to.value, OFFICES[to], address=MAILBOXES[to]) for to in outside(home_office)]
    return [*offices, *nobody]


@dataclass(frozen=True, slots=True)
class _Group:
    people: list[Reader]
    nobody: Reader


def _groups(case_id: UUID, now: datetime) -> list[_Group]:
    sealed, today = sealed_people(case_id), london_date(now)
    groups = []
    for party in SAFEGUARDING_PARTNERS:
        held = holders_of([role.value for role in OF_PARTNER], today, party.value)
        nobody = Reader(SentTo.PARTNER, f"partner-{party.value}", name_of(party), party)
        groups.append(_Group(_people(SentTo.PARTNER, held, sealed, party), nobody))
    for to, roles in ROLES.items():
        held = holders_of([role.value for role in roles], today)
        groups.append(_Group(_people(to, held, sealed, None), Reader(to, to.value, NOBODY[to])))
    return groups


def _people(to: SentTo, held: Sequence[Holder], sealed: set[UUID], party: Party | None) -> list[Reader]:
    once = {one.person_id: one for one in held if one.person_id not in sealed}
    of = f":{party.value}" if party else ""
    return [
        Reader(to, f"{to.value}{of}:{one.person_id}", one.name, party, one.person_id, one.email or "")
        for one in once.values()
    ]

"""Who is told: the people behind each party today, and what they are sent. No message carries content of a
case."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from app.access.sealing import sealed_people
from app.accounts.queries import Holder, holders_of, members_today
from app.outbox.service import post
from app.procedure.clocks import london_date
from app.procedure.events import Party
from app.serious_incidents.rules import IN_ABSENCE, NAMED
from tenants.registry import agencies

ROLES = {
    Party.LIG_CHAIR: ("lig-chair",),
    Party.SERVICE_DIRECTOR: ("service-director",),
    Party.PARTNERSHIP_TEAM: ("partnership-team",),
    Party.INDEPENDENT_SCRUTINEER: ("independent-scrutineer",),
    Party.STRATEGIC_MANAGER: ("strategic-manager",),
    Party.PARTNERSHIP_CHAIR: ("partnership-chair",),
}


@dataclass(frozen=True, slots=True)
class Recipient:
    """Somebody, or a generic inbox (then without a person), who is told something."""

    name: str
    address: str | None
    person_id: UUID | None = None

    @property
    def key(self) -> str:
        """Names the recipient within the key of a message."""
        return str(self.person_id or self.address)


def holders(party: Party, case_id: UUID, now: datetime) -> list[Recipient]:
    """The people who hold the role of a party that is not a safeguarding partner, and may know of the case."""
    return _may_know(_once(holders_of(list(ROLES[party]), london_date(now), None)), case_id)


def referrer(person_id: UUID | None, now: datetime) -> list[Recipient]:
    """Whoever made the referral, where they are still a member."""
    members = [person for _held, person in members_today(london_date(now)) if person.id == person_id]
    return [Recipient(one.display_name, one.email, one.id) for one in members[:1]]


def representatives(party: Party, case_id: UUID, now: datetime) -> list[Recipient]:
    """Who answers for a safeguarding partner: its named decision makers, or those who stand in where there
    are none. Whoever is sealed out of the case is not among them; their deputy is.

    For the local authority that is the Service Director; for the police and the integrated care board every
    representative, the first being the named one.
    """
    named, others = (_may_know(found, case_id) for found in _both(party, now))
    if party is Party.LOCAL_AUTHORITY:
        return named or others
    return named + [one for one in others if one not in named]


def all_sealed_out(party: Party, case_id: UUID, now: datetime) -> bool:
    """Whether a safeguarding partner has people who answer for it, and every one of them is sealed out of the case."""
    found = [one for both in _both(party, now) for one in both]
    return bool(found) and not _may_know(found, case_id)


def deputies(party: Party, case_id: UUID, now: datetime) -> list[Recipient]:
    """Who is contacted before a partner's clock ends in silence (N-04).

    Those who stand in for the named decision maker; where several hold that role (the Designated Nurse and
    the Designated Doctor do) each stands in for the other, and all are contacted. The only one who was asked is
    nobody's deputy.
    """
    named, others = _both(party, now)
    asked = representatives(party, case_id, now)
    found = dict.fromkeys([*(named if len(named) > 1 else []), *others])
    return _may_know([one for one in found if len(asked) > 1 or one not in asked], case_id)


def generic_inbox(party: Party) -> Recipient | None:
    """The inbox of the partner's agency, which is told only that something waits."""
    for agency in agencies():
        if agency.partner == party.value and agency.generic_inbox:
            return Recipient(agency.name, agency.generic_inbox)
    return None


def tell(
    kind: str,
    to: list[Recipient],
    *,
    case_id: UUID,
    reference: str,
    now: datetime,
    party: Party | None = None,
    occasion: str = "",
    params: dict[str, object] | None = None,
) -> int:
    """Post one message to each recipient who has an address; a second call for the same occasion posts
    nothing new. Whoever is sealed out of the case is written nothing, whoever asked for it.

    Returns how many recipients there were.
    """
    for one in to:
        post(
            kind,
            to_person=one.person_id,
            to_address=one.address,
            to_name=one.name,
            key=f"{kind}:{case_id}:{party.value if party else ''}:{occasion}:{one.key}",
            now=now,
            case_reference=reference,
            params=params or {},
            context={"case_id": str(case_id), "party": party.value if party else "", "kind": kind},
        )
    return len(to)


def _both(party: Party, now: datetime) -> tuple[list[Recipient], list[Recipient]]:
    day = london_date(now)
    return (
        _once(holders_of([NAMED[party].value], day, party.value)),
        _once(holders_of([IN_ABSENCE[party].value], day, party.value)),
    )


def _may_know(found: list[Recipient], case_id: UUID) -> list[Recipient]:
    sealed = sealed_people(case_id)
    return [one for one in found if one.person_id not in sealed]


def _once(found: list[Holder]) -> list[Recipient]:
    people = [Recipient(holder.name, holder.email, holder.person_id) for holder in found]
    return list(dict.fromkeys(people))

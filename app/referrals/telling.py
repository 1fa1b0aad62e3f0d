"""Who is told of a referral, and of what. No message carries anything that a referral says."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from app.access.actor import Actor
from app.access.permissions import Permission, grant_for
from app.access.roles import Role
from app.access.sealing import sealed_people
from app.accounts.queries import holders_of, members_today
from app.cases.obligation_store import history_of
from app.outbox.service import post
from app.procedure.clocks import london_date
from app.referrals.models import ReferralDraft


@dataclass(frozen=True, slots=True)
class Told:
    """Somebody who is written to."""

    person_id: UUID
    name: str
    email: str | None


def representatives_of(draft: ReferralDraft, now: datetime) -> list[Told]:
    """Who represents the draft's agency today: everybody who may submit for it, each once, but for whoever is sealed
    out of the case that it is written for."""
    found = {}
    sealed = sealed_people(draft.case_id) if draft.case_id is not None else set()
    for membership, person in members_today(london_date(now)):
        submits = grant_for(Role(membership.role), Permission.REFERRAL_SUBMIT) is not None
        ours = membership.agency_id is not None and membership.agency_id == draft.agency_id
        if submits and ours and person.id not in sealed:
            found[person.id] = Told(person.id, person.display_name, person.email)
    return list(found.values())


def waits_for_representative(draft: ReferralDraft, to: list[Told], now: datetime) -> None:
    """A draft waits for the agency's representative. Shared again after a return, they are told again."""
    assert draft.shared_at is not None
    for one in to:
        _post(
            "referral-draft-shared", one, f"draft-shared:{draft.id}:{draft.shared_at.isoformat()}", draft, now
        )


def returned(draft: ReferralDraft, now: datetime) -> None:
    """The author is told that the draft is theirs again."""
    for membership, person in members_today(london_date(now)):
        if person.id == draft.author_person and membership.agency_id == draft.agency_id:
            one = Told(person.id, person.display_name, person.email)
            _post("referral-draft-returned", one, f"draft-returned:{draft.id}:{now.isoformat()}", draft, now)
            return


def acknowledged(draft: ReferralDraft, actor: Actor, now: datetime) -> None:
    """Who submitted the referral gets its reference; its author too, where that is somebody else (A-02)."""
    people = {actor.person_id, draft.author_person}
    for person in dict(
        (person.id, person) for _membership, person in members_today(london_date(now))
    ).values():
        if person.id in people:
            one = Told(person.id, person.display_name, person.email)
            _post("referral-acknowledged", one, f"referral-acknowledged:{draft.id}", draft, now)


def received(draft: ReferralDraft, now: datetime) -> None:
    """The Partnership Team is told that a referral has come (A-02), and by when it is to be shared (B1-06)."""
    told = history_of(draft.case_id) if draft.case_id else None
    due_on = (
        told.due_on("B1-06", told.submitted.happened_at)
        if told and told.submitted and not told.came_first
        else None
    )
    for holder in holders_of([Role.PARTNERSHIP_TEAM.value], london_date(now)):
        one = Told(holder.person_id, holder.name, holder.email)
        _post("referral-received", one, f"referral-received:{draft.id}", draft, now, {"due_on": due_on})


def _post(
    kind: str,
    one: Told,
    key: str,
    draft: ReferralDraft,
    now: datetime,
    params: dict[str, object] | None = None,
) -> None:
    post(
        kind,
        to_person=one.person_id,
        to_address=one.email,
        to_name=one.name,
        key=f"{key}:{one.person_id}",
        now=now,
        case_reference=draft.reference,
        params=params or {},
        context={"draft_id": str(draft.id), "case_id": str(draft.case_id or ""), "kind": kind},
    )

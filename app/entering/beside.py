"""What stands beside a case because of how it came in: the referral that is waited for, and cases of one incident."""

from __future__ import annotations

from dataclasses import dataclass

from app.access.actor import Actor
from app.access.permissions import Permission
from app.cases.queries import visible_case
from app.cases.service import Case
from app.entering import linking, requests


@dataclass(frozen=True, slots=True)
class Beside:
    """What one person sees beside a case: whether their agency's referral is waited for, cases that may be of the
    same incident, and what was decided on others."""

    asked: bool
    likenesses: list[linking.Likeness]
    verdicts: list[linking.Linked]


def beside(case: Case, actor: Actor) -> Beside:
    """What this person sees beside a case. Other cases only where they may see them."""
    likenesses = linking.likenesses(case) if actor.may(Permission.REFERRAL_LINK) else []
    decided = [
        one for one in linking.verdicts(case.id) if visible_case(one.case.reference, actor) is not None
    ]
    return Beside(requests.waiting_for(actor, case.id) is not None, likenesses, decided)

"""What stands beside a case because of how it came in: the referral that is waited for, and cases of one incident."""

from __future__ import annotations

from dataclasses import dataclass

from app.access.actor import Actor
from app.access.permissions import Permission
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
    likenesses = linking.likenesses(case, actor) if actor.may(Permission.REFERRAL_LINK) else []
    asked = requests.waiting_for(actor, case.id) is not None
    return Beside(asked, likenesses, linking.verdicts(case.id, actor))

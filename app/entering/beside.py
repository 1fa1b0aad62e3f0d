"""What stands beside a case because of how it came in: the referral that is waited for, and cases of one incident."""

from __future__ import annotations

from dataclasses import dataclass

from app.access.actor import Actor
from app.access.permissions import Permission
from app.cases.service import Case
from app.entering import asking, likeness, linking


@dataclass(frozen=True, slots=True)
class Beside:
    """What one person sees beside a case: whether their agency's referral is waited for, who was asked for it, cases
    that may be of the same incident, and those that are linked."""

    mine: bool
    asked: list[asking.Asked]
    likenesses: list[likeness.Likeness]
    linked: list[linking.Linked]

    @property
    def waits(self) -> bool:
        """Whether a referral is waited for."""
        return any(not one.linked for one in self.asked)


def beside(case: Case, actor: Actor) -> Beside:
    """What this person sees beside a case. Other cases only where they may see them."""
    may_ask = actor.may(Permission.REFERRAL_REQUEST)
    linked = [
        one for one in linking.verdicts(case.id, actor) if one.verdict == linking.LINKED and not one.former
    ]
    return Beside(
        asking.waiting_for(actor, case.id) is not None,
        asking.asked_of(case.id) if may_ask else [],
        likeness.likenesses(case, actor) if actor.may(Permission.REFERRAL_LINK) else [],
        linked,
    )

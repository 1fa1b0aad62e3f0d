"""The steps that one person can take now, for the head of the case page."""

from __future__ import annotations

from dataclasses import dataclass

from app.access.actor import Actor
from app.access.permissions import Permission
from app.procedure.events import INITIAL_VIEWERS, Outcome, Party
from app.serious_incidents import rules, words
from app.serious_incidents.progress import Progress
from app.serious_incidents.turns import TO_INFORM


@dataclass(frozen=True, slots=True)
class Action:
    """A step this person can take now: the endpoint of its page, its party where it has one, and its
    words."""

    endpoint: str
    label: str
    party: Party | None = None
    main: bool = True

    @property
    def values(self) -> dict[str, str]:
        """What the address of the page needs beside the case's reference."""
        return {"party": self.party.value} if self.party else {}


def actions_of(found: Progress, actor: Actor) -> list[Action]:
    """The steps that this person can take now."""
    may = actor.may
    actions = []
    if found.shared is None and may(Permission.REFERRAL_SHARE):
        actions.append(Action("serious_incidents.share", "Share the referral"))
    if found.shared is not None and any(
        party not in found.views and actor.has(role) for party, role in rules.VIEWERS.items()
    ):
        actions.append(Action("serious_incidents.initial_view", "Give your initial view"))
    both = all(party in found.views for party in INITIAL_VIEWERS)
    if both and found.view_shared is None and may(Permission.INITIAL_VIEW_SHARE):
        actions.append(
            Action("serious_incidents.share_initial_view", "Share the initial view with the partners")
        )
    if not found.aware and may(Permission.NOTIFICATION_RECORD):
        label = "Record when the local authority became aware"
        actions.append(Action("serious_incidents.awareness", label, main=False))
    if found.view_shared is not None and found.decision is None:
        actions += _while_open(found, actor)
    return actions + _after(found, actor)


def _while_open(found: Progress, actor: Actor) -> list[Action]:
    actions = []
    for party in rules.partners_of(actor.capacities):
        row = found.positions.get(party)
        verb = (
            "Respond" if row is None else ("Give a late answer" if row.kind == "deemed" else "Respond again")
        )
        label = f"{verb} for {words.partner_in_sentence(party)}"
        actions.append(Action("serious_incidents.response", label, party, main=row is None))
    if actor.may(Permission.DEPUTY_CONTACT):
        for party in rules.missing_positions(found.in_force()):
            if found.deputy_contacted(party) is None:
                label = f"Contact the deputy of {words.partner_in_sentence(party)}"
                actions.append(Action("serious_incidents.deputy", label, party, main=False))
    positions = found.in_force()
    outcome = rules.agreed_outcome(one.outcome for one in positions.values())
    if rules.missing_positions(positions) or outcome is None:
        return actions
    if rules.deciding_capacity(actor.capacities, outcome, positions.values()) is not None:
        actions.append(Action("serious_incidents.decision", "Record the decision"))
    return actions


def _after(found: Progress, actor: Actor) -> list[Action]:
    if found.decision is None or found.decision.outcome != Outcome.NOTIFY:
        return []
    actions = []
    if found.notification is None and actor.may(Permission.NOTIFICATION_RECORD):
        actions.append(Action("serious_incidents.notification", "Record the notification to the Panel"))
    if actor.may(Permission.PARTIES_INFORM) and any(found.informed(party) is None for party in TO_INFORM):
        actions.append(Action("serious_incidents.inform", "Inform the scrutineer and the manager"))
    return actions

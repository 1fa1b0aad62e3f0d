"""The steps that one person can take now, for the head of the case page."""

from __future__ import annotations

from dataclasses import dataclass

from app.access.actor import Actor
from app.access.owners import OWNERS, parties_of
from app.access.permissions import Permission
from app.procedure.declined_reviews import awaited
from app.procedure.events import INITIAL_VIEWERS, SAFEGUARDING_PARTNERS, EventKind, Party
from app.procedure.positions import differ
from app.serious_incidents import rules, turns, words
from app.serious_incidents.meetings import CALLED
from app.serious_incidents.progress import Progress
from app.serious_incidents.reaching import receipt_turn


@dataclass(frozen=True, slots=True)
class Action:
    """A step this person can take now: the endpoint of its page, its party where it has one, and its
    words."""

    endpoint: str
    label: str
    party: Party | None = None
    main: bool = True
    kind: str = ""
    step: str = ""

    @property
    def values(self) -> dict[str, str]:
        """What the address of the page needs beside the case's reference."""
        named = {"party": self.party.value if self.party else "", "kind": self.kind, "step": self.step}
        return {name: value for name, value in named.items() if value}


def actions_of(found: Progress, actor: Actor) -> list[Action]:
    """The steps that this person can take now."""
    may = actor.may
    actions = []
    if turns.share(found) is None and may(Permission.REFERRAL_SHARE):
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
    if found.view_shared is not None and found.standing is None:
        actions += _while_open(found, actor)
    if found.view_shared is not None and actor.may(Permission.RESPONSE_RECORD):
        for party in SAFEGUARDING_PARTNERS:
            if turns.answer_elsewhere(found, party) is None:
                label = f"Record an answer of {words.partner_in_sentence(party)}"
                actions.append(Action("serious_incidents.answer_for", label, party, main=False))
    actions += _meetings(found, actor) + _after(found, actor) + _review(found, actor) + _beside(found, actor)
    return sorted(actions, key=lambda action: not action.main)


def _beside(found: Progress, actor: Actor) -> list[Action]:
    """What can be recorded beside the decision: each step whose turn it is."""
    offers = (
        (Permission.RESPONSE_RECORD, turns.put_back, "put_back", "Put the decision back", True),
        (Permission.OUTCOME_CHOOSE, turns.choose_outcome, "what_follows", "Say what follows", True),
        (Permission.DISPUTE_DECIDE, turns.chair_decision, "chair_decision", "Record your decision", True),
        (Permission.INFORMATION_RAISE, turns.raise_information, "new_information", "Raise new information", False),
        (Permission.DECISION_OVERRIDE, turns.confirm, "confirm", "Confirm that you do not notify", True),
        (Permission.NOTIFICATION_RECORD, turns.explain_missed, "missed_clock", "Say why the clock was missed", True),
        (Permission.DECISION_OVERRIDE, turns.override, "override",
         "Notify on the local authority's own duty", False),
        (Permission.REVIEW_GROUND_RECORD, turns.review_ground, "review_ground",
         "Record why no rapid review is held", False),
    )  # fmt: skip
    actions = [
        Action(f"serious_incidents.{name}", label, main=main)
        for permission, turn, name, label, main in offers
        if actor.may(permission) and turn(found) is None
    ]
    actions += _own_steps(found, actor)
    if found.ground is not None and actor.may(Permission.REVIEW_VIEW):
        label = "The decision not to hold a rapid review"
        waits = bool(parties_of(actor) & set(awaited(found.told)))
        actions.append(Action("declined_reviews.index", label, main=waits))
    if actor.may(Permission.OBSERVATION_ADD):
        actions.append(Action("scrutiny.observation", "Add an observation", main=False))
    if found.shared is not None and found.notification is None and actor.may(Permission.PACK_EDIT):
        actions.append(
            Action("preparation.index", "Prepare the notification", main=found.to_be_notified is not None)
        )
    if turns.decline(found) is None and _may_reconsider(found, actor):
        actions.append(Action("serious_incidents.reconsider", "Let the decision stand", main=False))
    return actions


def _own_steps(found: Progress, actor: Actor) -> list[Action]:
    """The steps of the partnership's own procedure that wait for this person."""
    owes, team = parties_of(actor), actor.has(*OWNERS[Party.PARTNERSHIP_TEAM])
    return [
        Action("serious_incidents.local_step", step.action, main=step.owner in owes, step=step.key)
        for step in found.told.settings.own.steps
        if actor.may(Permission.LOCAL_STEP_RECORD)
        and (team or step.owner in owes)
        and turns.local_step(found, step.key) is None
    ]


def _may_reconsider(found: Progress, actor: Actor) -> bool:
    if found.told.chair_decided:
        return actor.may(Permission.DISPUTE_DECIDE)
    return rules.capacity_for(Party.LOCAL_AUTHORITY, actor.capacities) is not None


def _meetings(found: Progress, actor: Actor) -> list[Action]:
    if not actor.may(Permission.MEETING_RECORD) or not (differ(found.told) or found.meetings):
        return []
    actions = []
    for kind in (turns.SHORT, turns.EXCEPTIONAL):
        waiting = found.meeting(kind)
        held = any(row.kind == kind and row.held_at for row in found.meetings)
        if turns.arrange_meeting(found, kind) is None and waiting is None:
            label, main = f"Arrange the {CALLED[kind]}", not held
            actions.append(Action("serious_incidents.arrange_meeting", label, main=main, kind=kind))
        if turns.record_meeting(found, kind) is None:
            label = f"Record the {CALLED[kind]}"
            main = waiting is not None
            actions.append(Action("serious_incidents.record_meeting", label, main=main, kind=kind))
    return actions


def _while_open(found: Progress, actor: Actor) -> list[Action]:
    actions = []
    for party in rules.partners_of(actor.capacities):
        row = found.positions.get(party)
        verb = "Respond" if row is None else "Respond again"
        if row is not None and row.kind == "deemed" and found.told.reopened is None:
            verb = "Give a late answer"
        label = f"{verb} for {words.partner_in_sentence(party)}"
        actions.append(Action("serious_incidents.response", label, party, main=row is None))
        if receipt_turn(found, party) is None:
            label = f"Confirm that {words.partner_in_sentence(party)} received the request"
            actions.append(Action("serious_incidents.confirm_received", label, party, main=False))
    for party in SAFEGUARDING_PARTNERS:
        actions += _reaching(found, actor, party)
    if turns.decision(found) is not None:
        return actions
    positions = found.in_force()
    outcome = rules.agreed_outcome(one.outcome for one in positions.values())
    if rules.missing_positions(positions) or outcome is None:
        return actions
    if rules.deciding_capacity(actor.capacities, outcome, positions.values()) is not None:
        actions.append(Action("serious_incidents.decision", "Record the decision"))
    return actions


def _reaching(found: Progress, actor: Actor, party: Party) -> list[Action]:
    """Reaching a partner, and its deputy; a thing to do where a message came back."""
    who, actions = words.partner_in_sentence(party), []
    if actor.may(Permission.RESPONSE_RECORD) and receipt_turn(found, party) is None:
        bounced = found.told.first(EventKind.REQUEST_BOUNCED, party) is not None
        label = f"Record that {who} received the request"
        actions.append(Action("serious_incidents.received_for", label, party, main=bounced))
    if actor.may(Permission.DEPUTY_CONTACT) and turns.deputy(found, party) is None:
        came_back = found.told.first(EventKind.DEPUTY_CONTACTED, party) is not None
        label = f"Contact the deputy of {who}"
        actions.append(Action("serious_incidents.deputy", label, party, main=came_back))
        label = f"Record that the deputy of {who} was contacted another way"
        actions.append(Action("serious_incidents.deputy_elsewhere", label, party, main=False))
    return actions


def _after(found: Progress, actor: Actor) -> list[Action]:
    if turns.notification(found) is not None and turns.inform(found) is not None:
        return []
    actions = []
    if turns.notification(found) is None and actor.may(Permission.NOTIFICATION_RECORD):
        actions.append(Action("serious_incidents.notification", "Record the notification to the Panel"))
    if actor.may(Permission.PARTIES_INFORM) and turns.inform(found) is None:
        actions.append(Action("serious_incidents.inform", "Inform the scrutineer and the manager"))
    return actions


def _review(found: Progress, actor: Actor) -> list[Action]:
    """Once the Panel is notified the rapid review is planned."""
    told = found.told
    over = told.first(EventKind.RAPID_REVIEW_PLANNED) or told.last(EventKind.REVIEW_GROUND_RECORDED)
    if told.notified is None or over is not None or not actor.may(Permission.REVIEW_RUN):
        return []
    return [Action("rapid_reviews.plan", "Plan the rapid review")]

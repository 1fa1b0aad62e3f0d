"""Whose turn it is: why a step cannot be taken now, asked by the pages before and by the verbs under the
lock."""

from __future__ import annotations

from uuid import UUID

from app.procedure.difference_duties import unresolved
from app.procedure.events import INITIAL_VIEWERS, EventKind, Party
from app.procedure.local_steps import blocking, waiting
from app.procedure.notification_duties import explain_missed as missed_reasons
from app.procedure.positions import differ, shaken
from app.serious_incidents import answers, rules, words
from app.serious_incidents.errors import AlreadyDone, OutOfTurn, Recorded
from app.serious_incidents.models import DecisionEntry, DecisionStep, NotificationDecision
from app.serious_incidents.progress import AWARE, Progress

SHORT, EXCEPTIONAL = "short", "exceptional"
TO_INFORM = (Party.INDEPENDENT_SCRUTINEER, Party.STRATEGIC_MANAGER)


def share(found: Progress) -> OutOfTurn | None:
    """Sharing the referral is the first step, taken once; after a notification that came first there is nothing to
    decide."""
    if found.told.came_first:
        return OutOfTurn("There is nothing to decide", "The Panel was notified before there was a referral.")
    return _taken(found.shared, "The referral has been shared")


def awareness(found: Progress) -> OutOfTurn | None:
    """When the local authority became aware is recorded once; the referral may have said it already."""
    taken = _taken(found.steps.get((AWARE, "")), "When the local authority became aware has been recorded")
    if taken is None and found.aware:
        return OutOfTurn("This is known already", "The referral says when the local authority became aware.")
    return taken


def initial_view(found: Progress, party: Party) -> OutOfTurn | None:
    """A view follows the sharing of the referral, and is given once."""
    row = found.views.get(party)
    if row is not None:
        by = words.by(row.person_name, row.capacity)
        recorded = Recorded(by, words.at(row.given_at), answers.said(row), row.submission_key)
        return AlreadyDone("This view has been given", recorded)
    if found.shared is None:
        return OutOfTurn(
            "It is too early for a view", "The Partnership Team has not shared the referral yet."
        )
    return None


def share_initial_view(found: Progress) -> OutOfTurn | None:
    """The views are shared once, when both have been given."""
    taken = _taken(found.view_shared, "The initial view has been shared")
    if taken is not None:
        return taken
    missing = [words.party_name(party) for party in INITIAL_VIEWERS if party not in found.views]
    if missing:
        names = " and ".join(missing)
        return OutOfTurn("The initial view cannot be shared yet", f"A view is still awaited from: {names}.")
    return None


def response(found: Progress, party: Party) -> OutOfTurn | None:
    """A partner responds once asked; after the decision only the answer of one who had given none is still kept,
    as late."""
    if found.view_shared is None:
        return OutOfTurn(
            "It is too early to respond", "The initial view has not been shared with the partners yet."
        )
    position = found.positions.get(party)
    row = found.standing
    if row is None or position is None or position.kind == "deemed":
        return None
    return OutOfTurn(
        "The decision has been recorded",
        f"{words.by(row.person_name, row.capacity)} recorded it on {words.at(row.decided_at)}. "
        "A response cannot be given or replaced after that.",
    )


def answer_elsewhere(found: Progress, party: Party) -> OutOfTurn | None:
    """An answer given outside Waymark can be recorded once the partners were asked; after the decision only that
    of a partner who had given none: what was deemed it may displace."""
    if found.view_shared is None:
        return OutOfTurn("It is too early to respond", "The initial view has not been shared yet.")
    held = found.positions.get(party)
    if found.standing is None or held is None or held.kind == "deemed":
        return None
    return OutOfTurn(
        "The decision has been recorded",
        "This partner's position is known, and the decision rests on it. Raise what has come to light as new "
        "information.",
    )


def deputy(found: Progress, party: Party) -> OutOfTurn | None:
    """A deputy is contacted once, while the partner's position is unknown; again where no message reached one."""
    taken = _taken(found.deputy_contacted(party), "The deputy has been contacted")
    if taken is not None:
        return taken
    if found.view_shared is None:
        return OutOfTurn("It is too early to contact a deputy", "The initial view has not been shared yet.")
    if party in found.positions:
        return OutOfTurn("There is no need to contact a deputy", "This partner's position is known.")
    if found.standing is not None:
        return OutOfTurn("There is no need to contact a deputy", "The decision has been recorded.")
    return None


def decision(found: Progress) -> OutOfTurn | None:
    """The decision is recorded on three positions that agree, once, and anew where it was put back or is being
    reconsidered. Where they differ after their meeting it is the Partnership Chair's."""
    if found.standing is not None:
        return _decided(found.standing)
    if found.told.chair_decided:
        return OutOfTurn(
            "This decision is the Partnership Chair's", "The Partnership Chair made it, and decides it anew."
        )
    positions = found.in_force()
    missing = rules.missing_positions(positions)
    if missing and not differ(found.told):
        names = ", ".join(words.party_name(party) for party in missing)
        return OutOfTurn("The decision cannot be recorded yet", f"A position is still awaited from: {names}.")
    if agreed(found) is None or missing:
        return _differing(found)
    return _waits(found, "decision")


def chair_decision(found: Progress) -> OutOfTurn | None:
    """The Partnership Chair decides where the partners differ after their short meeting (step 6), and anew
    where that decision was put back or is being reconsidered."""
    if found.told.chair_decided:
        return None if found.told.reopened is not None or found.decision is None else _decided(found.decision)
    if found.standing is not None:
        return _decided(found.standing)
    if not unresolved(found.told):
        return OutOfTurn(
            "This decision is not the Partnership Chair's",
            "The Partnership Chair decides where the partners still differ after a short meeting.",
        )
    return _waits(found, "decision")


def _waits(found: Progress, what: str) -> OutOfTurn | None:
    """The partnership's own steps for which the decision, or the notification, waits. The local authority's own
    duty waits for none of them."""
    steps = blocking(found.told, what)
    if not steps or (what == "notification" and found.told.override is not None):
        return None
    names = "; ".join(step.action for step in steps)
    return OutOfTurn(
        f"The {what} waits for another step",
        f"This partnership's own procedure asks first: {names}. See the case page.",
    )


def local_step(found: Progress, key: str) -> OutOfTurn | None:
    """An added step is recorded as done while it is owed, once."""
    step = next((one for one in found.told.settings.own.steps if one.key == key), None)
    if step is None or step.closing is not EventKind.LOCAL_STEP_DONE:
        return OutOfTurn(
            "There is no such step", "This partnership's own procedure has no step of that name to record."
        )
    done = found.steps.get((f"local:{key}", ""))
    if done is not None:
        return _taken(done, "This step has been done")
    if not waiting(found.told, step):
        return OutOfTurn("It is too early for this step", "What it follows has not happened yet.")
    return None


def _decided(row: NotificationDecision) -> AlreadyDone:
    by = words.by(row.person_name, row.capacity)
    recorded = Recorded(by, words.at(row.decided_at), answers.decided(row), row.submission_key)
    return AlreadyDone("The decision has been recorded", recorded)


def _differing(found: Progress) -> OutOfTurn:
    if unresolved(found.told):
        return OutOfTurn(
            "The partners differ",
            "Their short meeting did not settle it, so the Partnership Chair decides, with the Independent "
            "Scrutineer as mediator. Until then each partner may still replace its own response.",
        )
    return OutOfTurn(
        "The partners differ",
        "A short meeting of the partners is needed. Until then each may replace its own response.",
    )


def agreed(found: Progress) -> str | None:
    """What the positions in force agree on, or None."""
    return rules.agreed_outcome(position.outcome for position in found.in_force().values())


def notification(found: Progress) -> OutOfTurn | None:
    """The notification is recorded once, after a decision to notify."""
    row = found.notification
    if row is not None:
        by = words.by(row.recorded_by_name, row.capacity)
        recorded = Recorded(by, words.at(row.recorded_at), answers.notified(row), row.submission_key)
        return AlreadyDone("The notification has been recorded", recorded)
    return _after_decision(found, "There is no notification to record") or _waits(found, "notification")


def inform(found: Progress) -> OutOfTurn | None:
    """Those who must know are informed once each, after a decision to notify."""
    rows = [row for party in TO_INFORM if (row := found.informed(party)) is not None]
    if len(rows) == len(TO_INFORM):
        return _taken(rows[-1], "They have been informed")
    if found.notification is not None:
        return None
    return _after_decision(found, "There is nobody to inform")


def arrange_meeting(found: Progress, kind: str) -> OutOfTurn | None:
    """A short meeting can be arranged while the partners have not settled it; the exceptional one follows a
    short one that did not settle it."""
    if found.view_shared is None:
        return OutOfTurn("It is too early for a meeting", "The initial view has not been shared yet.")
    if found.standing is not None:
        return OutOfTurn("There is no meeting to arrange", "The decision has been recorded.")
    if kind == EXCEPTIONAL and not (unresolved(found.told) or found.told.chair_decided):
        return OutOfTurn(
            "It is too early for this meeting",
            "The Partnership Chair and the Independent Scrutineer meet where the partners still differ after "
            "a short meeting.",
        )
    return None


def record_meeting(found: Progress, kind: str) -> OutOfTurn | None:
    """A meeting is recorded when it was held; it need not have been arranged in Waymark."""
    if found.view_shared is None:
        return OutOfTurn("It is too early for a meeting", "The initial view has not been shared yet.")
    if found.standing is not None and kind == SHORT:
        return OutOfTurn("There is no meeting to record", "The decision has been recorded.")
    if kind == EXCEPTIONAL and not (unresolved(found.told) or found.told.chair_decided):
        return arrange_meeting(found, kind) or OutOfTurn(
            "There is no meeting to record", "It was not needed."
        )
    return None


def raise_information(found: Progress) -> OutOfTurn | None:
    """New information is raised after a decision; what comes before it belongs in the partners' responses."""
    if found.decision is None:
        return OutOfTurn(
            "There is no decision yet", "Until there is one, tell the partners before they answer."
        )
    return None


def decline(found: Progress) -> OutOfTurn | None:
    """Whoever decided may say that new information does not change the decision."""
    again = found.told.reopened
    if again is None or again.kind is not EventKind.NEW_INFORMATION_RAISED:
        return OutOfTurn("There is nothing to reconsider", "No new information waits for an answer.")
    if shaken(found.told):
        return OutOfTurn(
            "The decision cannot stand as it is",
            "A position on which it rests has changed since. Record a new decision; the former one is kept.",
        )
    return None


def put_back(found: Progress) -> OutOfTurn | None:
    """A decision that has lost what it rested on is put back, once."""
    if found.told.rests_on_displaced is None:
        return OutOfTurn("There is nothing to put back", "What the decision rests on has not changed.")
    done = found.entries_of("put-back", found.decision.number if found.decision else 0)
    return _entered(done, "The decision has been put back")


def override(found: Progress) -> OutOfTurn | None:
    """The local authority may notify at any time on its own duty, wherever the notification does not already
    follow from the local decision, or waits for something (N-03)."""
    done = found.entries_of("override")
    if done:
        return _entered(done, "The local authority has decided to notify")
    if found.notification is not None:
        return OutOfTurn("This is not needed", "The notification has been recorded.")
    if notification(found) is None:
        return OutOfTurn("This is not needed", "The decision is to notify, and nothing stands in its way.")
    return None


def confirm(found: Progress) -> OutOfTurn | None:
    """The Partnership Chair's decision not to notify is confirmed by the local authority, once (clocks 8)."""
    made = found.decision
    if made is None or not found.told.chair_decided or found.to_be_notified is not None:
        return OutOfTurn(
            "There is nothing to confirm", "The Partnership Chair has not decided against notifying."
        )
    if not found.told.settled:
        return OutOfTurn("It is too early to confirm", "The decision is being looked at again.")
    return _entered(found.entries_of("confirmed", made.number), "The local authority has confirmed it")


def explain_missed(found: Progress) -> OutOfTurn | None:
    """Why the statutory clock was missed is said once, where it is not said with the notification."""
    owed = next(iter(missed_reasons(found.told)), None)
    if owed is None:
        return OutOfTurn("There is nothing to explain", "The clock for notifying the Panel was not missed.")
    done = found.entries_of("missed")
    if done or owed.ended is not None:
        return _entered(done, "The reason has been recorded") or OutOfTurn(
            "The reason has been recorded", "It stands beside the notification."
        )
    return None


def choose_outcome(found: Progress) -> OutOfTurn | None:
    """What follows is chosen once for each decision not to notify (A-06)."""
    made = found.decision
    if made is None or found.to_be_notified is not None:
        return OutOfTurn("There is nothing to choose", "This step follows a decision not to notify.")
    if not found.told.settled:
        return OutOfTurn("It is too early to choose", "The decision is being looked at again.")
    if found.notification is not None:
        return OutOfTurn("There is nothing to choose", "The Panel has been notified.")
    if "A-06" in found.told.settings.own.omitted:
        return OutOfTurn(
            "There is nothing to choose", "This partnership's own procedure leaves this step out."
        )
    return _entered(found.entries_of("outcome", made.number), "What follows has been decided")


def review_ground(found: Progress) -> OutOfTurn | None:
    """A ground for not holding a rapid review follows a notification, and is recorded once (N-05). After one that was
    withdrawn, another may be."""
    if found.notification is None:
        return OutOfTurn("There is no rapid review yet", "A rapid review follows a notification.")
    return _entered([found.ground] if found.ground else [], "A ground has been recorded")


def same(reason: OutOfTurn, key: UUID | None) -> bool:
    """Whether the step was taken by this very form, sent a second time."""
    return isinstance(reason, AlreadyDone) and key is not None and reason.recorded.key == key


def _after_decision(found: Progress, heading: str) -> OutOfTurn | None:
    if found.to_be_notified is None:
        if found.decision is None:
            return OutOfTurn(
                f"{heading} yet", "This step follows a decision to notify. There is no decision yet."
            )
        return OutOfTurn(heading, "This step follows a decision to notify. The decision is not to notify.")
    told = found.told
    if told.override is None and (told.rests_on_displaced is not None or shaken(told)):
        return OutOfTurn(
            f"{heading} yet",
            "A position on which the decision rested has changed. It is put back to those who made it, and decided "
            "anew, before anything further is sent. The local authority can notify on its own duty meanwhile.",
        )
    return None


def _entered(rows: list[DecisionEntry], heading: str) -> AlreadyDone | None:
    if not rows:
        return None
    row = rows[-1]
    by = words.by(row.person_name, row.capacity)
    return AlreadyDone(
        heading, Recorded(by, words.at(row.recorded_at), {"words": row.words}, row.submission_key)
    )


def _taken(row: DecisionStep | None, heading: str) -> AlreadyDone | None:
    if row is None:
        return None
    by = words.by(row.person_name, row.capacity)
    return AlreadyDone(heading, Recorded(by, words.at(row.done_at), {}, row.submission_key))

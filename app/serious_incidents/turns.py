"""Whose turn it is: why a step cannot be taken now, asked by the pages before and by the verbs under the
lock."""

from __future__ import annotations

from uuid import UUID

from app.procedure.events import INITIAL_VIEWERS, Outcome, Party
from app.serious_incidents import answers, rules, words
from app.serious_incidents.errors import AlreadyDone, OutOfTurn, Recorded
from app.serious_incidents.models import DecisionStep
from app.serious_incidents.progress import AWARE, Progress

TO_INFORM = (Party.INDEPENDENT_SCRUTINEER, Party.STRATEGIC_MANAGER)


def share(found: Progress) -> OutOfTurn | None:
    """Sharing the referral is the first step, taken once."""
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
    """A partner responds once asked; after the decision only an answer to a deemed agreement is still kept,
    as late."""
    if found.view_shared is None:
        return OutOfTurn(
            "It is too early to respond", "The initial view has not been shared with the partners yet."
        )
    position = found.positions.get(party)
    if found.decision is None or (position is not None and position.kind == "deemed"):
        return None
    row = found.decision
    return OutOfTurn(
        "The decision has been recorded",
        f"{words.by(row.person_name, row.capacity)} recorded it on {words.at(row.decided_at)}. "
        "A response cannot be given or replaced after that.",
    )


def deputy(found: Progress, party: Party) -> OutOfTurn | None:
    """A deputy is contacted once, while the partner's position is unknown."""
    taken = _taken(found.deputy_contacted(party), "The deputy has been contacted")
    if taken is not None:
        return taken
    if found.view_shared is None:
        return OutOfTurn("It is too early to contact a deputy", "The initial view has not been shared yet.")
    if party in found.positions:
        return OutOfTurn("There is no need to contact a deputy", "This partner's position is known.")
    return None


def decision(found: Progress) -> OutOfTurn | None:
    """The decision is recorded once, on three positions that agree."""
    row = found.decision
    if row is not None:
        by = words.by(row.person_name, row.capacity)
        recorded = Recorded(by, words.at(row.decided_at), answers.decided(row), row.submission_key)
        return AlreadyDone("The decision has been recorded", recorded)
    positions = found.in_force()
    missing = rules.missing_positions(positions)
    if missing:
        names = ", ".join(words.party_name(party) for party in missing)
        return OutOfTurn("The decision cannot be recorded yet", f"A position is still awaited from: {names}.")
    if agreed(found) is None:
        return OutOfTurn(
            "The partners differ",
            "A short meeting of the partners is needed. Until then each may replace its own response.",
        )
    return None


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
    return _after_decision(found, "There is no notification to record")


def inform(found: Progress) -> OutOfTurn | None:
    """Those who must know are informed once each, after a decision to notify."""
    rows = [row for party in TO_INFORM if (row := found.informed(party)) is not None]
    if len(rows) == len(TO_INFORM):
        return _taken(rows[-1], "They have been informed")
    return _after_decision(found, "There is nobody to inform")


def same(reason: OutOfTurn, key: UUID | None) -> bool:
    """Whether the step was taken by this very form, sent a second time."""
    return isinstance(reason, AlreadyDone) and key is not None and reason.recorded.key == key


def _after_decision(found: Progress, heading: str) -> OutOfTurn | None:
    if found.decision is None:
        return OutOfTurn(
            f"{heading} yet", "This step follows a decision to notify. There is no decision yet."
        )
    if found.decision.outcome != Outcome.NOTIFY:
        return OutOfTurn(heading, "This step follows a decision to notify. The decision is not to notify.")
    return None


def _taken(row: DecisionStep | None, heading: str) -> AlreadyDone | None:
    if row is None:
        return None
    by = words.by(row.person_name, row.capacity)
    return AlreadyDone(heading, Recorded(by, words.at(row.done_at), {}, row.submission_key))

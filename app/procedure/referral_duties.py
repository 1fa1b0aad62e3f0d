"""Section A and steps 1 to 3 of Section B: acknowledged, shared, an initial view given and shared."""

from __future__ import annotations

from app.procedure.events import INITIAL_VIEWERS, EventKind, Party, Stage
from app.procedure.history import History
from app.procedure.marks import duty
from app.procedure.obligation import Obligation

STEP_2 = "Section B, step 2: shared within one working day"
STEP_3 = "Section B, step 3: an initial view and rationale within one working day"
NAMES = {Party.LIG_CHAIR: "chair of the group", Party.SERVICE_DIRECTOR: "Service Director"}


def referral_obligations(history: History) -> list[Obligation]:
    """What is owed between the referral and the partners' request."""
    return [acknowledge(history), share(history), *initial_views(history), *share_view(history)]


@duty("A-02")
def acknowledge(history: History) -> Obligation:
    """The Partnership Team acknowledges a referral with a reference."""
    assert history.submitted is not None
    done = history.first(EventKind.REFERRAL_ACKNOWLEDGED)
    return history.unclocked(
        "A-02", "A-02", Party.PARTNERSHIP_TEAM, "Acknowledge the referral with a reference",
        "Section A: confirmed in writing on the referral form", history.submitted.happened_at,
        stage=Stage.REFERRAL,
        ended=done.happened_at if done else None,
    )  # fmt: skip


@duty("A-09")
def link_referral(history: History) -> list[Obligation]:
    """Where the notification came first, the referral form is asked for and linked to the same case."""
    asked, linked = history.first(EventKind.REFERRAL_REQUESTED), history.first(EventKind.REFERRAL_LINKED)
    if asked is None:
        return []
    owed = history.unclocked(
        "A-09", "A-09", Party.PARTNERSHIP_TEAM, "See that the referral form is written and linked to this case",
        "Section B, rapid reviews: a referral form is requested where the notification came first",
        asked.happened_at, stage=Stage.REFERRAL, ended=linked.happened_at if linked else None,
    )  # fmt: skip
    return [owed]


@duty("B1-06")
def share(history: History) -> Obligation:
    """The Partnership Team shares the referral with the chair of the group and the Service Director."""
    assert history.submitted is not None
    return history.clocked(
        "B1-06", "B1-06", Party.PARTNERSHIP_TEAM,
        "Share the referral with the chair of the group and the Service Director", STEP_2,
        history.submitted.happened_at, "the referral",
        ended=history.when_all(EventKind.REFERRAL_SHARED, INITIAL_VIEWERS),
    )  # fmt: skip


@duty("B1-07")
def initial_views(history: History) -> list[Obligation]:
    """The chair and the Service Director each give an initial view with its rationale."""
    owed = []
    for party in INITIAL_VIEWERS:
        shared, given = (
            history.first(EventKind.REFERRAL_SHARED, party),
            history.first(EventKind.INITIAL_VIEW_GIVEN, party),
        )
        if shared is not None:
            owed.append(
                history.clocked(
                    f"B1-07:{party.value}", "B1-07", party, "Give your initial view, with the rationale",
                    STEP_3,
                    shared.happened_at, f"the referral reaching the {NAMES[party]}",
                    ended=given.happened_at if given else None,
                )
            )  # fmt: skip
    return owed


@duty("B1-07")
def share_view(history: History) -> list[Obligation]:
    """The Partnership Team passes both views to the three safeguarding partners."""
    given = history.when_all(EventKind.INITIAL_VIEW_GIVEN, INITIAL_VIEWERS)
    if given is None:
        return []
    return [
        history.clocked(
            "B1-07:share", "B1-07", Party.PARTNERSHIP_TEAM,
            "Share the initial view with the three safeguarding partners",
            "Section B, step 3: the initial view is shared with the safeguarding partners", given,
            "both initial views", ended=history.views_shared(),
        )
    ]  # fmt: skip

"""Recommendations in a nest: changed, accepted and withdrawn, with actions that were changed, updated and done."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

from app.access.roles import Role
from app.procedure.recommendations import DONE, OPEN, Content, Progress
from app.recommendations import actions, service
from tenants.db import db
from tenants.registry import agencies
from tests.integration.attacks.nests import PRESENT, Nest, Song

DUE = PRESENT.date() + timedelta(days=40)


def recommendations(nest: Nest, song: Song | None = None) -> None:
    """Play two recommendations of the contested case, or of a song's."""
    case_id = song.case_id if song else UUID(nest.identifiers[0])
    reference = song.reference if song else nest.references[0]
    words = song.words if song else f"In words of {nest.secret}"
    team: dict[str, Any] = {"actor": None, "now": PRESENT}
    with nest.place.pinned():
        team["actor"] = nest.people[Role.PARTNERSHIP_TEAM].actor()
        ours = next(one.id for one in agencies() if one.key == "community-health")
        content = Content(words, words, words, words, DUE, words, words)
        first, second = (
            service.make(case_id, service.Typed(content, (ours,), words, uuid4()), **team).number for _twice in range(2)
        )  # fmt: skip
        service.change(case_id, first, service.Typed(content, (ours,), words, uuid4()), words, 1, **team)
        service.set_state(case_id, first, "accepted", words, 2, uuid4(), **team)
        _actions(nest, case_id, first, ours, words, team)
        service.set_state(case_id, second, "withdrawn", words, 1, uuid4(), **team)
        db.session.commit()
    nest.names(reference=reference, number=str(first), action="1")
    nest.names(reference=reference, number=str(second), action="1")


def _actions(
    nest: Nest, case_id: UUID, number: int, ours: UUID, words: str, team: dict[str, Any]
) -> None:  # fmt: skip
    """One of the agency, changed, updated and done; one of somebody else."""
    own = actions.NewAction(words, ours, "", nest.house, DUE, uuid4())
    action = actions.agree(case_id, number, own, **team)
    other = actions.NewAction(words, None, f"Another {nest.house}", nest.house, DUE, uuid4())
    actions.agree(case_id, number, other, **team)
    changed = actions.Changed(words, nest.house, DUE + timedelta(days=1), words, 1, uuid4())
    actions.change(case_id, number, action, changed, **team)
    member = {"actor": nest.people[Role.AGENCY_LIG_MEMBER].actor(), "now": PRESENT}
    actions.update(case_id, number, action, Progress(words, words, OPEN), 2, uuid4(), **member)
    actions.update(case_id, number, action, Progress(words, words, DONE), 3, uuid4(), **member)

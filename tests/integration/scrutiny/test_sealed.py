"""The Independent Scrutineer who is sealed out of a case learns nothing of it from the audit of another."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest

from app.cases.service import lock
from app.entering import linking
from tenants.db import db
from tests.integration.conflicts.sealing import lift, seal
from tests.integration.scrutiny.conftest import WEDNESDAY
from tests.integration.serious_incidents.journey import Journey
from tests.support.places import Place

WHY = "The same girl, by a second road"


def decide(one: Journey, other: Journey, same: bool) -> None:
    with one.place.pinned():
        acting = one.team.actor().acting_as(one.team.actor().capacities)
        standing = linking.standing(one.case_id, other.case_id, one.team.actor())
        said = linking.Verdict(same, WHY, str(standing.link_id) if standing else "", uuid4())
        linking.decide(lock(one.case_id), lock(other.case_id), said, acting=acting, now=WEDNESDAY)
        db.session.commit()


def everything(journey: Journey, client_as: Callable[..., Any]) -> str:
    """The audit's page, and every file of its export."""
    client = client_as(journey.scrutineer)
    page = client.get(f"/isle-of-wight/scrutiny/{journey.reference}").get_data(as_text=True)
    packed = client.post(f"/isle-of-wight/scrutiny/{journey.reference}/export").data
    with zipfile.ZipFile(io.BytesIO(packed)) as archive:
        return page + "".join(archive.read(name).decode() for name in archive.namelist())


@pytest.mark.duty("S-01")
@pytest.mark.parametrize("undone", [False, True])
def test_an_audit_names_no_case_that_is_hidden(
    wight: Place, now: None, client_as: Callable[..., Any], undone: bool
) -> None:
    one, other = Journey(wight), Journey(wight, aware=False)
    for journey, hidden in ((one, other), (other, one)):
        if journey is one:
            decide(one, other, True)
            if undone:
                decide(one, other, False)
        told = everything(journey, client_as)
        assert hidden.reference in told
        assert WHY in told
        sealed = seal(hidden, journey.scrutineer, now=WEDNESDAY)
        told = everything(journey, client_as)
        assert hidden.reference not in told
        assert WHY not in told
        lift(hidden, sealed, now=WEDNESDAY)

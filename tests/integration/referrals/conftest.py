"""The people of one partnership who write referrals, and a draft to spoil."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID, uuid4

import pytest
from flask.testing import FlaskClient

from app.access.roles import Role
from app.referrals.models import ReferralDraft
from tenants.db import db
from tests.support.people import Someone, find
from tests.support.places import Place
from tests.unit.referrals.typed import whole

AGENCY = "community-health"


@pytest.fixture
def practitioner(wight: Place) -> Someone:
    return find(wight, Role.PRACTITIONER, AGENCY)


@pytest.fixture
def representative(wight: Place) -> Someone:
    return find(wight, Role.AGENCY_LIG_MEMBER, AGENCY)


@pytest.fixture
def cdop_chair(wight: Place) -> Someone:
    return find(wight, Role.CDOP_CHAIR)


@pytest.fixture
def begun(client_as: Callable[[Someone | None], FlaskClient]) -> Callable[[Someone], tuple[FlaskClient, str]]:
    """Begin a referral as somebody: their client, and the address of the draft."""

    def begin(who: Someone) -> tuple[FlaskClient, str]:
        client = client_as(who)
        with who.place.pinned():
            from app.referrals.queries import ways_to_refer

            way = ways_to_refer(who.actor())[0].value
        answer = client.post(f"/{who.place.slug}/referrals/new", data={"way": way, "start_key": str(uuid4())})
        assert answer.status_code == 303
        return client, answer.headers["Location"]

    return begin


def draft_at(place: Place, address: str) -> ReferralDraft:
    """The row behind an address."""
    with place.pinned():
        return db.session.get_one(ReferralDraft, (place.id, UUID(address.rsplit("/", 1)[1])))


def send(
    client: FlaskClient, place: Place, address: str, page: str, typed: dict[str, Any], **extra: Any
) -> Any:
    """Send a page's form as its own latest version."""
    hidden = {"version": draft_at(place, address).version, "form_id": str(uuid4()), "go": "continue"}
    return client.post(f"{address}/{page}", data={**hidden, **typed, **extra})


def fill(
    client: FlaskClient, place: Place, address: str, *, leave: tuple[str, ...] = (), cdop: bool = False
) -> None:
    """Fill in a whole referral, page by page as a person does."""
    for page, typed in whole().items():
        if page in leave or (page == "cdop" and not cdop):
            continue
        if page == "child-2":
            send(client, place, address, "children", {}, go="add")
        if page == "other-1":
            send(client, place, address, "others", whole()["others"], go="add")
        answer = send(client, place, address, page, typed)
        assert answer.status_code in (303, 422), answer.status_code


def submit(
    client: FlaskClient, place: Place, address: str, key: UUID | None = None, version: int | None = None
) -> Any:
    """Submit as from the page "Check your answers"."""
    number = version if version is not None else draft_at(place, address).version
    return client.post(f"{address}/submit", data={"version": number, "submission_key": str(key or uuid4())})

"""The commands that make production's first people."""

from __future__ import annotations

from collections.abc import Callable
from uuid import uuid4

import pytest
from click.testing import Result
from flask import Flask

from app.access.roles import Role
from app.accounts.identity_queries import person_identified, provider_of
from app.accounts.oidc_types import Identity
from app.accounts.queries import memberships_in
from app.clock_source import real_now
from tests.support.places import Place

Command = Callable[..., Result]


@pytest.fixture
def command(app: Flask) -> Command:
    runner = app.test_cli_runner()
    return lambda *words: runner.invoke(args=list(words))


@pytest.fixture
def organisation(command: Command) -> str:
    slug = f"cli-{uuid4().hex[:12]}"
    made = command(
        "organisations", "add", slug, "--name", "An organisation",
        "--issuer", f"https://{slug}.example", "--client-id", "waymark",
    )  # fmt: skip
    assert made.exit_code == 0, made.output
    return slug


def add(command: Command, place: Place, organisation: str, **options: str) -> Result:
    words = {
        "partnership": place.slug,
        "organisation": organisation,
        "subject": "subject-1",
        "name": "Ada Example",
        "role": Role.PARTNER_REPRESENTATIVE.value,
        "agency": "police",
        **options,
    }
    return command("people", "add", *(part for name, value in words.items() for part in (f"--{name}", value)))


def test_a_person_is_added_listed_and_ended(
    app: Flask, command: Command, fresh: Place, organisation: str
) -> None:
    trusted = command("organisations", "trust", organisation, "--partnership", fresh.slug)
    assert trusted.exit_code == 0, trusted.output
    added = add(command, fresh, organisation)
    assert added.exit_code == 0, added.output
    identifier = added.output.split()[0]
    assert f"{identifier}  Ada Example" in command("people", "list", "--partnership", fresh.slug).output
    with app.app_context():
        provider = provider_of(organisation)
        assert provider is not None
        person = person_identified(Identity(provider.id, "subject-1"))
        assert person is not None
    with fresh.pinned():
        held = memberships_in(fresh.id, person.person_id, real_now().date())
    assert [(view.role, view.agency_key) for view in held] == [("partner-representative", "police")]
    ending = ("people", "end", "--partnership", fresh.slug, "--membership", identifier, "--reason", "Left")
    assert command(*ending).exit_code == 0
    assert command("people", "list", "--partnership", fresh.slug).output == ""
    again = command(*ending)
    assert again.exit_code == 1
    assert "already ended" in again.output


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"partnership": "no-such-place"}, "no partnership"),
        ({"organisation": "no-such-organisation"}, "signs people in"),
        ({"agency": "no-such-agency"}, "no agency"),
    ],
)
def test_a_mistake_is_said_and_nothing_is_changed(
    command: Command, fresh: Place, organisation: str, options: dict[str, str], said: str
) -> None:
    refused = add(command, fresh, **{"organisation": organisation, **options})
    assert refused.exit_code == 1
    assert said in refused.output
    assert command("people", "list", "--partnership", fresh.slug).output == ""


def test_an_entra_organisation_without_its_tenant_is_refused(command: Command) -> None:
    refused = command(
        "organisations", "add", f"cli-{uuid4().hex[:12]}", "--name", "An organisation",
        "--issuer", "https://login.microsoftonline.com/common/v2.0", "--client-id", "waymark",
    )  # fmt: skip
    assert refused.exit_code == 1
    assert "one tenant's" in refused.output


@pytest.mark.parametrize(
    ("role", "agency"),
    [
        (Role.PARTNER_REPRESENTATIVE, ""),
        (Role.PARTNER_REPRESENTATIVE, "community-health"),
        (Role.SERVICE_DIRECTOR, "police"),
        (Role.LIG_CHAIR, "police"),
    ],
)
def test_a_role_and_its_agency_fit(
    command: Command, fresh: Place, organisation: str, role: Role, agency: str
) -> None:
    options = {"role": role.value, **({"agency": agency} if agency else {})}
    words = {
        "partnership": fresh.slug,
        "organisation": organisation,
        "subject": "s",
        "name": "Ada",
        **options,
    }
    refused = command(
        "people", "add", *(part for name, value in words.items() for part in (f"--{name}", value))
    )
    assert refused.exit_code == 1
    assert "Nothing was changed: the role" in refused.output
    assert command("people", "list", "--partnership", fresh.slug).output == ""

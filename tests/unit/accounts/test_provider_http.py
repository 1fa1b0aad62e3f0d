from __future__ import annotations

import pytest

from app.accounts.oidc import SignInClient
from app.accounts.oidc_types import ProviderUnreachable, SignInRefused
from app.accounts.provider_http import Directory, checked_url, get_json
from tests.unit.accounts.hostile import ISSUER, Hostile, provider

CALLBACK = "https://waymark.example/sign-in/callback"
DISCOVERY = "/tenant/.well-known/openid-configuration"


@pytest.mark.parametrize(
    "address",
    [
        "http://login.council.example/token",
        "http://127.0.0.1:9/token",
        "ftp://login.council.example/",
        "file:///etc/passwd",
        "//login.council.example/token",
        "https:///token",
        "https://somebody@login.council.example/token",
        "https://login.council.example/token#part",
        "https://[::1/token",
        "",
        None,
        7,
    ],
)
def test_only_https_addresses_are_spoken_to(address: object) -> None:
    with pytest.raises(ProviderUnreachable):
        checked_url(address, loopback=False)


def test_the_demonstration_may_use_http_on_this_machine_and_nowhere_else() -> None:
    assert checked_url("http://127.0.0.1:9/token", loopback=True) == "http://127.0.0.1:9/token"
    for address in (
        "http://127.0.0.1.example/token",
        "http://10.0.0.1/token",
        "http://login.council.example/",
    ):
        with pytest.raises(ProviderUnreachable):
            checked_url(address, loopback=True)


@pytest.mark.parametrize(
    "name", ["authorization_endpoint", "token_endpoint", "jwks_uri", "end_session_endpoint"]
)
def test_a_discovery_document_with_a_plain_http_address_is_not_used(
    oidc: SignInClient, hostile: Hostile, name: str
) -> None:
    hostile.discovery[name] = "http://login.council.example/plain"
    with pytest.raises(ProviderUnreachable):
        oidc.begin(provider(), CALLBACK, "/")


def test_redirects_are_not_followed(hostile: Hostile) -> None:
    hostile.redirects[DISCOVERY] = "http://169.254.169.254/latest"
    with pytest.raises(ProviderUnreachable):
        get_json(ISSUER + "/.well-known/openid-configuration", loopback=False)
    assert hostile.asked == [DISCOVERY]


def test_a_redirect_of_the_token_endpoint_is_not_followed(oidc: SignInClient, hostile: Hostile) -> None:
    _address, pending = oidc.begin(provider(), CALLBACK, "/")
    hostile.redirects["/tenant/token"] = "https://login.elsewhere.example/token"
    with pytest.raises(SignInRefused):
        oidc.finish(provider(), pending, {"code": ["c"], "state": [pending.state], "iss": [ISSUER]})
    assert hostile.asked[-1] == "/tenant/token"


def test_a_provider_that_does_not_answer_is_said_to_be_unreachable(
    oidc: SignInClient, hostile: Hostile
) -> None:
    hostile.down = True
    with pytest.raises(ProviderUnreachable):
        oidc.begin(provider(), CALLBACK, "/")


def test_a_provider_that_fails_while_the_code_is_exchanged_is_unreachable(
    oidc: SignInClient, hostile: Hostile
) -> None:
    _address, pending = oidc.begin(provider(), CALLBACK, "/")
    hostile.token_status = 502
    with pytest.raises(ProviderUnreachable):
        oidc.finish(provider(), pending, {"code": ["c"], "state": [pending.state], "iss": [ISSUER]})


def test_an_endless_document_is_cut_off(hostile: Hostile) -> None:
    hostile.discovery["padding"] = "x" * 600_000
    with pytest.raises(ProviderUnreachable):
        Directory().metadata(provider())


def test_the_document_is_remembered_for_a_while_and_then_fetched_again(hostile: Hostile) -> None:
    at = [0.0]
    directory = Directory(clock=lambda: at[0])
    directory.metadata(provider())
    directory.metadata(provider())
    assert len(hostile.asked) == 1
    at[0] = 601
    directory.metadata(provider())
    assert len(hostile.asked) == 2


def test_a_secret_is_sent_in_the_header_and_its_absence_stops_the_sign_in(
    oidc: SignInClient, hostile: Hostile
) -> None:
    with pytest.raises(ProviderUnreachable, match="MISSING_SECRET"):
        oidc.begin(provider(client_secret_env="MISSING_SECRET"), CALLBACK, "/")
    held = provider(client_secret_env="COUNCIL_SECRET")
    _address, pending = oidc.begin(held, CALLBACK, "/")
    hostile.nonce = pending.nonce
    oidc.finish(held, pending, {"code": ["c"], "state": [pending.state], "iss": [ISSUER]})
    assert "client_secret" not in hostile.forms[-1]


def test_the_way_out_names_the_client_and_where_to_come_back(oidc: SignInClient, hostile: Hostile) -> None:
    address = oidc.sign_out_address(provider(), "https://waymark.example/sign-in")
    assert address is not None
    assert address.startswith(
        f"{ISSUER}/end?client_id=waymark-client&post_logout_redirect_uri=https%3A%2F%2Fwaymark"
    )


def test_signing_out_here_does_not_depend_on_the_provider(oidc: SignInClient, hostile: Hostile) -> None:
    hostile.down = True
    assert oidc.sign_out_address(provider(), "https://waymark.example/") is None

"""Each fault that a relying party built on the library's defaults was found to have, and its neighbours."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from authlib.oauth2.rfc7636 import create_s256_code_challenge
from joserfc.jwk import RSAKey

from app.accounts.oidc import SignInClient
from app.accounts.oidc_types import Identity, Provider, ProviderUnreachable, Refusal, SignInRefused
from tests.unit.accounts.hostile import (
    ISSUER,
    KEY,
    NOW,
    OTHER_ISSUER,
    OTHER_KEY,
    PROVIDER_ID,
    Hostile,
    provider,
    signed_with_public_key,
    unsigned,
)

CALLBACK = "https://waymark.example/sign-in/callback"
GONE = object()


def come_back(oidc: SignInClient, hostile: Hostile, held: Provider, **changes: Any) -> Identity:
    """Begin, and come back with the provider's answer, changed as asked."""
    _address, pending = oidc.begin(held, CALLBACK, "/")
    hostile.nonce = pending.nonce
    answer: dict[str, Any] = {"code": ["c"], "state": [pending.state], "iss": [ISSUER], **changes}
    return oidc.finish(held, pending, {name: value for name, value in answer.items() if value is not GONE})


def refusal(work: Callable[[], object]) -> Refusal:
    with pytest.raises(SignInRefused) as caught:
        work()
    return caught.value.reason


def exchanged(hostile: Hostile) -> bool:
    return any(path.endswith("/token") for path in hostile.asked)


def test_a_person_is_the_subject_of_a_provider(oidc: SignInClient, hostile: Hostile) -> None:
    assert come_back(oidc, hostile, provider()) == Identity(PROVIDER_ID, "person-1")


def test_the_browser_is_sent_with_state_nonce_and_an_s256_challenge(
    oidc: SignInClient, hostile: Hostile
) -> None:
    address, pending = oidc.begin(provider(required_acr="strong"), CALLBACK, "/")
    asked = {name: values[0] for name, values in parse_qs(urlsplit(address).query).items()}
    assert address.startswith(f"{ISSUER}/authorize?")
    assert asked["response_type"] == "code"
    assert asked["redirect_uri"] == CALLBACK
    assert (asked["state"], asked["nonce"]) == (pending.state, pending.nonce)
    assert asked["code_challenge"] == create_s256_code_challenge(pending.verifier)
    assert asked["code_challenge_method"] == "S256"
    assert asked["acr_values"] == "strong"
    assert "openid" in asked["scope"].split()


def test_no_two_sign_ins_share_anything(oidc: SignInClient, hostile: Hostile) -> None:
    _one, first = oidc.begin(provider(), CALLBACK, "/")
    _two, second = oidc.begin(provider(), CALLBACK, "/")
    values = [first.state, first.nonce, first.verifier, second.state, second.nonce, second.verifier]
    assert len(set(values)) == len(values)


def test_the_code_is_exchanged_with_the_verifier(oidc: SignInClient, hostile: Hostile) -> None:
    _address, pending = oidc.begin(provider(), CALLBACK, "/")
    hostile.nonce = pending.nonce
    oidc.finish(provider(), pending, {"code": ["c"], "state": [pending.state], "iss": [ISSUER]})
    form = hostile.forms[-1]
    assert form["code_verifier"] == [pending.verifier]
    assert form["redirect_uri"] == [CALLBACK]


# Fault 1: the issuer of the response


@pytest.mark.parametrize("named", [[OTHER_ISSUER], [ISSUER + "/"], [""], GONE])
def test_another_issuer_in_the_response_is_refused_before_the_code_is_shown_to_anybody(
    oidc: SignInClient, hostile: Hostile, named: Any
) -> None:
    assert refusal(lambda: come_back(oidc, hostile, provider(), iss=named)) is Refusal.OTHER_ISSUER
    assert not exchanged(hostile)


def test_a_provider_known_not_to_name_itself_may_leave_the_issuer_out_but_not_name_another(
    oidc: SignInClient, hostile: Hostile
) -> None:
    hostile.discovery["authorization_response_iss_parameter_supported"] = False
    silent = provider(sends_issuer=False)
    assert come_back(oidc, hostile, silent, iss=GONE).subject == "person-1"
    assert refusal(lambda: come_back(oidc, hostile, silent, iss=[OTHER_ISSUER])) is Refusal.OTHER_ISSUER


def test_a_provider_that_says_it_names_itself_must(oidc: SignInClient, hostile: Hostile) -> None:
    silent = provider(sends_issuer=False)
    assert refusal(lambda: come_back(oidc, hostile, silent, iss=GONE)) is Refusal.OTHER_ISSUER


def test_an_error_of_another_issuer_is_not_believed(oidc: SignInClient, hostile: Hostile) -> None:
    reason = refusal(
        lambda: come_back(oidc, hostile, provider(), iss=[OTHER_ISSUER], error=["access_denied"], code=GONE)
    )
    assert reason is Refusal.OTHER_ISSUER


# Fault 2: issuer and audience of the token


@pytest.mark.parametrize(
    "claims",
    [
        {"iss": OTHER_ISSUER},
        {"iss": ISSUER + "/"},
        {"iss": [ISSUER]},
        {"aud": "another-client"},
        {"aud": ["waymark-client", "another-client"]},
        {"aud": []},
        {"aud": ""},
        {"azp": "another-client"},
        {"sub": ""},
        {"sub": 7},
        {"sub": "x" * 256},
        {"sub": "per\x00son"},
        {"sub": "\ud800"},
    ],
)
def test_wrong_claims_are_refused(oidc: SignInClient, hostile: Hostile, claims: dict[str, Any]) -> None:
    hostile.claims = claims
    assert refusal(lambda: come_back(oidc, hostile, provider())) is Refusal.CLAIMS


@pytest.mark.parametrize("missing", ["iss", "aud", "sub", "exp", "iat", "nonce"])
def test_missing_claims_are_refused(oidc: SignInClient, hostile: Hostile, missing: str) -> None:
    hostile.without = (missing,)
    assert refusal(lambda: come_back(oidc, hostile, provider())) is Refusal.CLAIMS


# Fault 3: algorithms


def test_an_unsigned_token_is_refused_though_the_provider_says_it_may(
    oidc: SignInClient, hostile: Hostile
) -> None:
    hostile.make_token = unsigned
    assert refusal(lambda: come_back(oidc, hostile, provider())) is Refusal.ALGORITHM


def test_a_token_signed_with_the_public_key_as_a_secret_is_refused(
    oidc: SignInClient, hostile: Hostile
) -> None:
    hostile.make_token = signed_with_public_key
    assert refusal(lambda: come_back(oidc, hostile, provider())) is Refusal.ALGORITHM


@pytest.mark.parametrize("trick", [unsigned, signed_with_public_key])
def test_even_a_mistake_in_our_own_settings_cannot_allow_unsafe_algorithms(
    oidc: SignInClient, hostile: Hostile, trick: Callable[[dict[str, Any]], str]
) -> None:
    hostile.make_token = trick
    careless = provider(allowed_algorithms=("none", "HS256", "RS256"))
    assert refusal(lambda: come_back(oidc, hostile, careless)) is Refusal.ALGORITHM


def test_a_safe_algorithm_that_was_not_agreed_is_refused(oidc: SignInClient, hostile: Hostile) -> None:
    hostile.header = {"alg": "PS256", "kid": "one"}
    assert refusal(lambda: come_back(oidc, hostile, provider())) is Refusal.ALGORITHM
    assert come_back(oidc, hostile, provider(allowed_algorithms=("PS256",))).subject == "person-1"


@pytest.mark.parametrize("text", ["", "x", "a.b.c", "é.b.c", "W10.W10.x", "e30.e30."])
def test_what_is_no_token_is_refused(oidc: SignInClient, hostile: Hostile, text: str) -> None:
    hostile.token_answer = {"access_token": "a", "token_type": "Bearer", "id_token": text}
    reason = refusal(lambda: come_back(oidc, hostile, provider()))
    assert reason in (Refusal.NO_ID_TOKEN, Refusal.SIGNATURE, Refusal.ALGORITHM)


# Fault 4: Entra


TENANT = "6f1de9d3-66f0-4c5f-9d4c-9d1f3d0a8b11"


def test_entra_people_are_known_by_tenant_and_object(oidc: SignInClient, hostile: Hostile) -> None:
    hostile.claims = {"tid": TENANT, "oid": "object-9", "sub": "differs-for-each-client"}
    assert come_back(oidc, hostile, provider(entra_tenant=TENANT)).subject == f"{TENANT}:object-9"


@pytest.mark.parametrize("tenant", ["another-tenant", None, ""])
def test_another_entra_tenant_is_refused(oidc: SignInClient, hostile: Hostile, tenant: str | None) -> None:
    hostile.claims = {"tid": tenant, "oid": "object-9"}
    assert refusal(lambda: come_back(oidc, hostile, provider(entra_tenant=TENANT))) is Refusal.TENANT


def test_entra_without_an_object_is_refused(oidc: SignInClient, hostile: Hostile) -> None:
    hostile.claims = {"tid": TENANT}
    assert refusal(lambda: come_back(oidc, hostile, provider(entra_tenant=TENANT))) is Refusal.CLAIMS


@pytest.mark.parametrize("said", ["https://login.council.example/{tenantid}", OTHER_ISSUER, None])
def test_a_discovery_document_of_another_issuer_is_not_used(
    oidc: SignInClient, hostile: Hostile, said: str | None
) -> None:
    hostile.discovery["issuer"] = said
    with pytest.raises(ProviderUnreachable):
        oidc.begin(provider(), CALLBACK, "/")


# Fault 5: nonce, and no token at all


@pytest.mark.parametrize("nonce", ["another", "", 5, "\ud800"])
def test_another_nonce_is_refused(oidc: SignInClient, hostile: Hostile, nonce: object) -> None:
    hostile.claims = {"nonce": nonce}
    assert refusal(lambda: come_back(oidc, hostile, provider())) in (Refusal.NONCE, Refusal.CLAIMS)


def test_an_empty_nonce_of_ours_never_matches(oidc: SignInClient, hostile: Hostile) -> None:
    _address, pending = oidc.begin(provider(), CALLBACK, "/")
    hostile.claims = {"nonce": ""}
    answer = {"code": ["c"], "state": [pending.state], "iss": [ISSUER]}
    assert refusal(lambda: oidc.finish(provider(), replace(pending, nonce=""), answer)) is not None


@pytest.mark.parametrize("token", [None, "", 5, {}, []])
def test_no_id_token_is_refused(oidc: SignInClient, hostile: Hostile, token: object) -> None:
    hostile.token_answer = {"access_token": "a", "token_type": "Bearer", "id_token": token}
    assert refusal(lambda: come_back(oidc, hostile, provider())) is Refusal.NO_ID_TOKEN


def test_an_answer_without_the_word_id_token_is_refused(oidc: SignInClient, hostile: Hostile) -> None:
    hostile.token_answer = {"access_token": "a", "token_type": "Bearer"}
    assert refusal(lambda: come_back(oidc, hostile, provider())) is Refusal.NO_ID_TOKEN


# Fault 6: keys


def key_requests(hostile: Hostile) -> int:
    return sum(path.endswith("/keys") for path in hostile.asked)


def test_a_key_replaced_under_the_same_name_is_fetched_again_once(
    oidc: SignInClient, hostile: Hostile
) -> None:
    come_back(oidc, hostile, provider())
    hostile.signing_key, hostile.published = OTHER_KEY, [OTHER_KEY]
    assert come_back(oidc, hostile, provider()).subject == "person-1"
    assert key_requests(hostile) == 2


def test_an_unknown_key_is_fetched_again_once(oidc: SignInClient, hostile: Hostile) -> None:
    come_back(oidc, hostile, provider())
    new = RSAKey.import_key({**KEY.as_dict(private=True), "kid": "two"})
    hostile.signing_key, hostile.published = new, [new]
    hostile.header = {"alg": "RS256", "kid": "two"}
    assert come_back(oidc, hostile, provider()).subject == "person-1"


def test_bad_signatures_do_not_make_us_fetch_at_every_request(
    oidc: SignInClient, hostile: Hostile, clock: Any
) -> None:
    hostile.signing_key = OTHER_KEY
    for _attempt in range(5):
        assert refusal(lambda: come_back(oidc, hostile, provider())) is Refusal.SIGNATURE
    assert key_requests(hostile) == 2
    clock.at += 31
    assert refusal(lambda: come_back(oidc, hostile, provider())) is Refusal.SIGNATURE
    assert key_requests(hostile) == 3


def test_keys_are_forgotten_after_ten_minutes(oidc: SignInClient, hostile: Hostile, clock: Any) -> None:
    come_back(oidc, hostile, provider())
    hostile.published = [OTHER_KEY]
    clock.at += 601
    hostile.claims = {"iat": int(clock.at), "exp": int(clock.at) + 300}
    assert refusal(lambda: come_back(oidc, hostile, provider())) is Refusal.SIGNATURE


@pytest.mark.filterwarnings("ignore:Key size")
def test_a_small_key_is_not_used(oidc: SignInClient, hostile: Hostile) -> None:
    small = RSAKey.generate_key(1024, {"kid": "one"})
    hostile.signing_key, hostile.published = small, [small]
    assert refusal(lambda: come_back(oidc, hostile, provider())) is Refusal.SIGNATURE


def test_a_token_that_names_no_key_is_only_accepted_where_there_is_one(
    oidc: SignInClient, hostile: Hostile, clock: Any
) -> None:
    hostile.header = {"alg": "RS256"}
    assert come_back(oidc, hostile, provider()).subject == "person-1"
    hostile.published = [KEY, OTHER_KEY]
    clock.at += 601
    hostile.claims = {"iat": int(clock.at), "exp": int(clock.at) + 300}
    assert refusal(lambda: come_back(oidc, hostile, provider())) is Refusal.SIGNATURE


# Fault 7: leeway


@pytest.mark.parametrize(
    "claims",
    [
        {"exp": int(NOW) - 11},
        {"exp": int(NOW) - 119},
        {"iat": int(NOW) + 11},
        {"nbf": int(NOW) + 11},
        {"exp": "never"},
        {"exp": True},
        {"exp": float("inf")},
        {"exp": int(NOW) + 90_000},
        {"exp": 10**400},
    ],
)
def test_a_token_of_another_time_is_refused(
    oidc: SignInClient, hostile: Hostile, claims: dict[str, Any]
) -> None:
    hostile.claims = claims
    assert refusal(lambda: come_back(oidc, hostile, provider())) is Refusal.CLAIMS


def test_clocks_may_differ_by_a_few_seconds(oidc: SignInClient, hostile: Hostile) -> None:
    hostile.claims = {"iat": int(NOW) + 8, "exp": int(NOW) + 308}
    assert come_back(oidc, hostile, provider()).subject == "person-1"


# Fault 8: how strongly somebody signed in


@pytest.mark.parametrize("acr", ["weak", None, ["strong"], ""])
def test_a_weaker_sign_in_than_required_is_refused(oidc: SignInClient, hostile: Hostile, acr: object) -> None:
    hostile.claims = {"acr": acr}
    assert refusal(lambda: come_back(oidc, hostile, provider(required_acr="strong"))) is Refusal.ASSURANCE


def test_the_required_strength_is_accepted(oidc: SignInClient, hostile: Hostile) -> None:
    hostile.claims = {"acr": "strong"}
    assert come_back(oidc, hostile, provider(required_acr="strong")).subject == "person-1"


# Fault 9: e-mail


@pytest.mark.parametrize(
    "claims",
    [
        {},
        {"email": "chair@council.example", "email_verified": True},
        {"email": ["x"], "email_verified": "no"},
    ],
)
def test_the_email_address_is_never_part_of_who_somebody_is(
    oidc: SignInClient, hostile: Hostile, claims: dict[str, Any]
) -> None:
    hostile.claims = claims
    assert come_back(oidc, hostile, provider()) == Identity(PROVIDER_ID, "person-1")


# State, time, and the answer itself


@pytest.mark.parametrize("state", [["another"], [""], GONE])
def test_another_state_is_refused(oidc: SignInClient, hostile: Hostile, state: Any) -> None:
    assert refusal(lambda: come_back(oidc, hostile, provider(), state=state)) is Refusal.NOT_STARTED_HERE
    assert not exchanged(hostile)


def test_a_sign_in_begun_too_long_ago_is_refused(oidc: SignInClient, hostile: Hostile, clock: Any) -> None:
    _address, pending = oidc.begin(provider(), CALLBACK, "/")
    clock.at += 601
    answer = {"code": ["c"], "state": [pending.state], "iss": [ISSUER]}
    assert refusal(lambda: oidc.finish(provider(), pending, answer)) is Refusal.TOO_LATE


@pytest.mark.parametrize(
    "changed", [{"issuer": OTHER_ISSUER}, {"id": "22222222-2222-4222-8222-222222222222"}]
)
def test_a_provider_other_than_the_one_begun_with_is_refused(
    oidc: SignInClient, hostile: Hostile, changed: dict[str, Any]
) -> None:
    _address, pending = oidc.begin(provider(), CALLBACK, "/")
    answer = {"code": ["c"], "state": [pending.state], "iss": [OTHER_ISSUER]}
    assert refusal(lambda: oidc.finish(provider(**changed), pending, answer)) is Refusal.PROVIDER_CHANGED


@pytest.mark.parametrize("doubled", [{"iss": [ISSUER, OTHER_ISSUER]}, {"code": ["a", "b"]}, {"error": []}])
def test_a_doubled_parameter_is_refused(oidc: SignInClient, hostile: Hostile, doubled: Any) -> None:
    assert refusal(lambda: come_back(oidc, hostile, provider(), **doubled)) is Refusal.DOUBLED_PARAMETER


@pytest.mark.parametrize("code", [GONE, [""]])
def test_an_answer_without_a_code_is_refused(oidc: SignInClient, hostile: Hostile, code: Any) -> None:
    assert refusal(lambda: come_back(oidc, hostile, provider(), code=code)) is Refusal.NO_CODE


def test_a_code_that_the_provider_does_not_take_is_refused(oidc: SignInClient, hostile: Hostile) -> None:
    hostile.token_status, hostile.token_answer = 400, {"error": "invalid_grant"}
    assert refusal(lambda: come_back(oidc, hostile, provider())) is Refusal.EXCHANGE_FAILED

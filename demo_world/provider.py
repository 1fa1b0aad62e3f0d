"""Pages and documents of the demonstration's OpenID providers: one issuer for each organisation."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from authlib.common.urls import add_params_to_uri
from authlib.integrations.flask_oauth2 import AuthorizationServer
from authlib.oauth2 import OAuth2Error
from flask import Blueprint, Response, abort, redirect, render_template, request
from flask.typing import ResponseReturnValue
from joserfc.jwk import ECKey

from demo_world.authority import Client, make_authority
from demo_world.keys import ALGORITHM, signing_key
from demo_world.people import Organisation


@dataclass(frozen=True)
class Issuer:
    """One organisation's provider."""

    organisation: Organisation
    address: str
    key: ECKey
    server: AuthorizationServer


def make_issuers(
    organisations: dict[str, Organisation], base: str, key_folder: Path, client: Client
) -> dict[str, Issuer]:
    """An issuer for every organisation, at `<base>/<slug>`."""
    issuers = {}
    for slug, organisation in organisations.items():
        address = f"{base}/{slug}"
        key = signing_key(key_folder, slug)
        issuers[slug] = Issuer(organisation, address, key, make_authority(organisation, address, key, client))
    return issuers


def discovery(issuer: Issuer, client: Client) -> dict[str, Any]:
    """The issuer's discovery document."""
    return {
        "issuer": issuer.address,
        "authorization_endpoint": f"{issuer.address}/authorize",
        "token_endpoint": f"{issuer.address}/token",
        "jwks_uri": f"{issuer.address}/jwks.json",
        "end_session_endpoint": f"{issuer.address}/end-session",
        "response_types_supported": ["code"],
        "grant_types_supported": ["authorization_code"],
        "subject_types_supported": ["public"],
        "scopes_supported": ["openid", "profile", "email"],
        "id_token_signing_alg_values_supported": [ALGORITHM],
        "code_challenge_methods_supported": ["S256"],
        "token_endpoint_auth_methods_supported": ["client_secret_basic" if client.secret else "none"],
        "authorization_response_iss_parameter_supported": True,
    }


def make_blueprint(issuers: dict[str, Issuer], client: Client) -> Blueprint:
    """Routes of all issuers."""
    pages = Blueprint("provider", __name__)

    def issuer_or_404(slug: str) -> Issuer:
        return issuers.get(slug) or abort(404)

    @pages.get("/")
    def index() -> ResponseReturnValue:
        listed = [issuer.organisation for issuer in issuers.values()]
        return render_template("index.html", organisations=listed)

    @pages.get("/<slug>/.well-known/openid-configuration")
    def configuration(slug: str) -> ResponseReturnValue:
        return discovery(issuer_or_404(slug), client)

    @pages.get("/<slug>/jwks.json")
    def key_set(slug: str) -> ResponseReturnValue:
        return {"keys": [issuer_or_404(slug).key.as_dict(private=False)]}

    @pages.route("/<slug>/authorize", methods=["GET", "POST"])
    def authorize(slug: str) -> ResponseReturnValue:
        return _authorize(issuer_or_404(slug))

    @pages.post("/<slug>/token")
    def token(slug: str) -> ResponseReturnValue:
        return issuer_or_404(slug).server.create_token_response()

    @pages.get("/<slug>/end-session")
    def end_session(slug: str) -> ResponseReturnValue:
        return _end_session(issuer_or_404(slug), client)

    return pages


def _authorize(issuer: Issuer) -> ResponseReturnValue:
    try:
        grant = issuer.server.get_consent_grant()
    except OAuth2Error as error:
        if error.redirect_uri:
            return _told(issuer, issuer.server.handle_error_response(None, error))
        return render_template("refused.html", why=error.description or error.error), 400
    if request.method == "GET":
        return render_template("choose.html", organisation=issuer.organisation)
    chosen = issuer.organisation.person(request.form.get("person", ""))
    return issuer.server.create_authorization_response(grant_user=chosen, grant=grant)


def _told(issuer: Issuer, response: Response) -> Response:
    # Authlib names the issuer in answers of the person, but not in refusals of the request itself
    if response.location and "iss=" not in response.location:
        response.location = add_params_to_uri(response.location, {"iss": issuer.address})
    return response


def _end_session(issuer: Issuer, client: Client) -> ResponseReturnValue:
    back = request.args.get("post_logout_redirect_uri", "")
    own = bool(client.base_url) and (back == client.base_url or back.startswith(client.base_url + "/"))
    if own and request.args.get("client_id") == client.client_id:
        state = request.args.get("state")
        return redirect(back + ("?" + urlencode({"state": state}) if state else ""))
    return render_template("ended.html", organisation=issuer.organisation)

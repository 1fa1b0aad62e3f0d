"""How long somebody stays signed in, and how their session is kept.

Sessions live in Redis; the cookie carries only a random number. A session gets a new number at sign-in, ends
after half an hour without a request and ten hours after sign-in, and once ended cannot be written back by a
slower request. Asking when it ends is no use of it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import msgspec
from flask import Flask, Request, Response, current_app, request, session
from flask_session.base import ServerSideSession
from flask_session.redis import RedisSessionInterface
from redis import Redis

from app.accounts import session_index
from app.accounts.browsers import browser_in_words
from app.accounts.oidc_types import Pending
from app.clock_source import real_now

IDLE = timedelta(minutes=30)
ABSOLUTE = timedelta(hours=10)
NOTE_EVERY = timedelta(minutes=1)
KEY_PREFIX = "waymark:session:"
PERSON = "_user_id"  # where Flask-Login looks for it
SIGNED_IN_AT = "signed_in_at"
SEEN_AT = "seen_at"
KEPT_AT = "kept_at"  # when its owner signed out everywhere but here
HANDLE = "handle"  # how its owner's list names it; says nothing of its number
BROWSER = "browser"
ASKS_ONLY = {"static", "own_sessions.ends"}
BEGUN = "sign_ins_begun"
PASSKEY = "passkey"  # the passkey that a session was begun with, and with which it ends
MOST_BEGUN = 4


class PlainSerializer:
    """JSON and nothing else: the usual serializer falls back on pickle, which runs what it reads."""

    def encode(self, stored: ServerSideSession) -> bytes:
        """The session as bytes."""
        return msgspec.json.encode(dict(stored))

    def decode(self, content: bytes) -> dict[str, Any]:
        """The session's content; empty where it cannot be read."""
        try:
            read = msgspec.json.decode(content)
        except msgspec.DecodeError:
            return {}
        return read if isinstance(read, dict) else {}


class Sessions(RedisSessionInterface):
    """Sessions in Redis that only ever update a session which is still there."""

    def __init__(self, app: Flask, client: Redis) -> None:
        super().__init__(app, client, key_prefix=KEY_PREFIX, permanent=False)
        self.serializer = PlainSerializer()

    def open_session(self, app: Flask, request: Request) -> ServerSideSession:
        """The session of the cookie, or a new one with a new number."""
        opened = super().open_session(app, request)
        opened.was_stored = opened.sid == request.cookies.get(app.config["SESSION_COOKIE_NAME"])
        return opened

    def save_session(self, app: Flask, session: ServerSideSession, response: Response) -> None:
        """As the library does. What only asks sets no cookie: an answer that comes late must not undo a sign-in."""
        if request.endpoint not in ASKS_ONLY:
            super().save_session(app, session, response)
            return
        if not session and session.modified:
            self._delete_session(self._get_store_id(session.sid))
        elif session.modified and session.was_stored:
            self._upsert_session(app.permanent_session_lifetime, session, self._get_store_id(session.sid))

    def held(self, number: str) -> dict[str, Any] | None:
        """What the session of that number holds, or None where it has ended."""
        held: dict[str, Any] | None = self._retrieve_session_data(self._get_store_id(number))
        return held

    def end(self, number: str) -> None:
        """End the session of that number."""
        self._delete_session(self._get_store_id(number))

    def regenerate(self, session: ServerSideSession) -> None:
        """Give the session a new number and forget the old one."""
        super().regenerate(session)
        session.was_stored = False

    def _upsert_session(self, session_lifetime: timedelta, session: ServerSideSession, store_id: str) -> None:
        # A request that began before somebody signed out must not bring their session back to life
        self.client.set(
            store_id,
            self.serializer.encode(session),
            ex=int(session_lifetime.total_seconds()),
            xx=session.was_stored,
        )


def install(app: Flask) -> None:
    """Keep sessions so, and check them before each request. Without Redis (pure commands) none are kept."""
    app.permanent_session_lifetime = IDLE
    app.config["SESSION_REFRESH_EACH_REQUEST"] = True
    if "redis" in app.extensions:
        app.session_interface = Sessions(app, app.extensions["redis"])
    app.before_request(end_if_too_old)


@dataclass(frozen=True, slots=True)
class Ends:
    """In how many seconds this session ends: if it is not used, and however it is used."""

    idle: float
    absolute: float


def ends_of(held: Any, at: datetime) -> Ends:
    """When a session ends, from what it holds."""
    now = at.timestamp()
    idle = held.get(SEEN_AT, 0.0) + IDLE.total_seconds() - now
    return Ends(idle, held.get(SIGNED_IN_AT, 0.0) + ABSOLUTE.total_seconds() - now)


def end_if_too_old() -> None:
    """End the session where it has been idle, or has lasted, too long."""
    if request.endpoint == "static" or PERSON not in session:
        return
    at = real_now()
    ends = ends_of(session, at)
    if ends.idle < 0 or ends.absolute < 0:
        session.clear()
    elif request.endpoint not in ASKS_ONLY and _worth_noting(ends):
        use_session(at)


def _worth_noting(ends: Ends) -> bool:
    """Not each request: the time of use is kept to the minute."""
    return HANDLE not in session or IDLE.total_seconds() - ends.idle > NOTE_EVERY.total_seconds()


def use_session(at: datetime) -> None:
    """Note that this session is used now, and keep it in the index of its owner's sessions."""
    session[SEEN_AT] = at.timestamp()
    if HANDLE not in session:
        session[HANDLE], session[BROWSER] = str(uuid4()), browser_in_words(request.user_agent.string)
    _note_in_index()


def began_before(held: Any, moment: datetime) -> bool:
    """Whether a session began before its owner signed out everywhere, and was not the one they kept."""
    return max(held.get(SIGNED_IN_AT, 0.0), held.get(KEPT_AT, 0.0)) < moment.timestamp()


def begin_session(person_id: UUID) -> dict[str, Any]:
    """Sign the person in, in a session with a new number and nothing of the old. Returns what it holds."""
    at = real_now().timestamp()
    words = browser_in_words(request.user_agent.string)
    held = {SIGNED_IN_AT: at, SEEN_AT: at, PERSON: str(person_id), HANDLE: str(uuid4()), BROWSER: words}
    session.clear()
    session.update(held)
    # An empty session is not given a new number, so this comes after something is in it
    sessions().regenerate(session)  # type: ignore[arg-type]
    _note_in_index()
    return held


def begin_passkey_session(person_id: UUID, passkey_id: UUID) -> None:
    """Sign in the person who used that passkey. The session ends when the passkey is removed."""
    begin_session(person_id)
    session[PASSKEY] = str(passkey_id)


def end_session() -> None:
    """Forget everything of this session; its number is worth nothing afterwards."""
    session.clear()


def sessions() -> Sessions:
    """How this application keeps sessions."""
    kept = current_app.session_interface
    assert isinstance(kept, Sessions)
    return kept


def _note_in_index() -> None:
    try:
        person_id = UUID(session[PERSON])
    except ValueError:
        return
    session_index.note(sessions().client, person_id, session[HANDLE], session.sid)  # type: ignore[attr-defined]


def keep_pending(pending: Pending) -> None:
    """Remember a sign-in that was begun; the oldest gives way where several tabs have begun some."""
    begun = [*session.get(BEGUN, []), pending.kept()]
    session[BEGUN] = begun[-MOST_BEGUN:]


def take_pending(state: str) -> Pending | None:
    """The sign-in begun in this session with that state, which is thereby used up; or None."""
    begun = session.get(BEGUN, [])
    found = next((kept for kept in begun if state and kept["state"] == state), None)
    if found is None:
        return None
    session[BEGUN] = [kept for kept in begun if kept is not found]
    return Pending(**found)


def no_store(response: Response) -> Response:
    """Pages of sign-in are kept by no browser and no proxy."""
    response.headers["Cache-Control"] = "no-store"
    return response

"""The cookies of signing in: the session's, and two signed ones that last minutes."""

import base64
import binascii
import json
from collections.abc import Sequence
from dataclasses import astuple
from datetime import datetime
from http.cookies import CookieError, SimpleCookie

from canais_app.accounts.oidc import AuthRequest
from canais_app.kit.encryption import keyed_digest
from canais_app.kit.text import constant_time_equals

SESSION_COOKIE = "canais_sessao"
LOGIN_NOTE_COOKIE = (
    "canais_entrada"  # what was typed and why it was refused, for the page that shows it
)
LOGIN_NOTE_SECONDS = 300
AUTH_REQUEST_COOKIE = (
    "canais_provedor"  # what proves that a browser comes back from where we sent it
)
AUTH_REQUEST_SECONDS = 600


def read_cookie(header: str, name: str) -> str:
    """Return one cookie of a Cookie header, or nothing."""
    try:
        found = SimpleCookie(header).get(name)
    except CookieError:
        return ""
    return found.value if found else ""


def sign_value(purpose: str, parts: Sequence[str], seconds: int, *, now: datetime) -> str:
    """Return words signed for one purpose, good for some seconds. Whoever holds it can read it."""
    body = json.dumps([*parts, int(now.timestamp()) + seconds]).encode()
    packed = base64.urlsafe_b64encode(body).decode().rstrip("=")
    return f"{packed}.{_hmac(purpose, packed)}"


def verify_value(purpose: str, sealed: str, *, now: datetime) -> list[str]:
    """Return the words of a seal of ours that is still good; else none."""
    packed, _, signature = sealed.partition(".")
    if not constant_time_equals(_hmac(purpose, packed), signature):
        return []
    try:
        *parts, until = json.loads(base64.urlsafe_b64decode(packed + "=" * (-len(packed) % 4)))
    except (binascii.Error, ValueError):
        return []
    return parts if now.timestamp() < until else []


def _hmac(purpose: str, packed: str) -> str:
    return keyed_digest(purpose, packed).hex()


def encode_login_note(email: str, reason: str, *, now: datetime) -> str:
    """Return a signed note for the sign-in page: the address typed and why it was refused."""
    return sign_value(LOGIN_NOTE_COOKIE, (email[:200], reason), LOGIN_NOTE_SECONDS, now=now)


def decode_login_note(note: str, *, now: datetime) -> tuple[str, str]:
    """Return address and sentence of a note of ours that is still fresh; else two empty words."""
    email, said = verify_value(LOGIN_NOTE_COOKIE, note, now=now) or ("", "")
    return email, said


def encode_auth_request(leaving: AuthRequest, *, now: datetime) -> str:
    """Return what the browser keeps while its person is at the provider."""
    return sign_value(AUTH_REQUEST_COOKIE, astuple(leaving), AUTH_REQUEST_SECONDS, now=now)


def decode_auth_request(sealed: str, *, now: datetime) -> AuthRequest | None:
    """Return the departure that this browser came from; none when there is none, or too old."""
    parts = verify_value(AUTH_REQUEST_COOKIE, sealed, now=now)
    return AuthRequest(*parts) if parts else None

"""The cookies of signing in: the session's, and two signed ones with a short life."""

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
from canais_app.settings import settings

SESSION_COOKIE = "canais_sessao"
LOGIN_NOTE_COOKIE = "canais_entrada"  # the e-mail typed and why the sign-in was refused
LOGIN_NOTE_SECONDS = 300
AUTH_REQUEST_COOKIE = "canais_provedor"  # ties the provider's callback to this browser
AUTH_REQUEST_SECONDS = 600


def browser_name(cookie: str) -> str:
    """Return the name of a cookie in the browser.

    On https it begins so that browsers take it from this host and over TLS only (RFC 6265bis).
    """
    return f"__Host-{cookie}" if settings().base_url.startswith("https:") else cookie


def read_cookie(header: str, cookie: str) -> str:
    """Return one cookie of a Cookie header, or an empty string."""
    try:
        found = SimpleCookie(header).get(browser_name(cookie))
    except CookieError:
        return ""
    return found.value if found else ""


def sign_value(purpose: str, parts: Sequence[str], seconds: int, *, now: datetime) -> str:
    """Sign strings for one purpose and some seconds; they are readable, not encrypted."""
    body = json.dumps([*parts, int(now.timestamp()) + seconds]).encode()
    packed = base64.urlsafe_b64encode(body).decode().rstrip("=")
    return f"{packed}.{_hmac(purpose, packed)}"


def verify_value(purpose: str, signed: str, *, now: datetime) -> list[str]:
    """Return the strings of a valid signed value; none if it is forged or expired."""
    packed, _, signature = signed.partition(".")
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
    """Return a signed note for the sign-in page: the e-mail typed and why it was refused."""
    return sign_value(LOGIN_NOTE_COOKIE, (email[:200], reason), LOGIN_NOTE_SECONDS, now=now)


def decode_login_note(note: str, *, now: datetime) -> tuple[str, str]:
    """Return the e-mail and the reason of a valid note; else two empty strings."""
    email, reason = verify_value(LOGIN_NOTE_COOKIE, note, now=now) or ("", "")
    return email, reason


def encode_auth_request(request: AuthRequest, *, now: datetime) -> str:
    """Return the cookie that keeps an authorization request while the browser is away."""
    return sign_value(AUTH_REQUEST_COOKIE, astuple(request), AUTH_REQUEST_SECONDS, now=now)


def decode_auth_request(signed: str, *, now: datetime) -> AuthRequest | None:
    """Return the authorization request of this browser; None if missing or expired."""
    parts = verify_value(AUTH_REQUEST_COOKIE, signed, now=now)
    return AuthRequest(*parts) if parts else None

"""The two cookies of signing in: the session's, and the note that keeps what was typed."""

import base64
import binascii
import hashlib
import hmac
import json
from datetime import datetime
from http.cookies import CookieError, SimpleCookie

from canais_app.kit.text import same
from canais_app.settings import settings

SESSION = "canais_sessao"
NOTE = "canais_entrada"
NOTE_SECONDS = 300


def read(header: str, name: str) -> str:
    """Return one cookie of a Cookie header, or nothing."""
    try:
        found = SimpleCookie(header).get(name)
    except CookieError:
        return ""
    return found.value if found else ""


def write_note(email: str, said: str, *, now: datetime) -> str:
    """Return a signed note for the sign-in page: the address typed and why it was refused."""
    body = json.dumps([email[:200], said, int(now.timestamp()) + NOTE_SECONDS]).encode()
    packed = base64.urlsafe_b64encode(body).decode().rstrip("=")
    return f"{packed}.{_sign(packed)}"


def read_note(note: str, *, now: datetime) -> tuple[str, str]:
    """Return address and sentence of a note of ours that is still fresh; else two empty words."""
    packed, _, signature = note.partition(".")
    if not same(_sign(packed), signature):
        return "", ""
    try:
        email, said, until = json.loads(base64.urlsafe_b64decode(packed + "=" * (-len(packed) % 4)))
    except (binascii.Error, ValueError):
        return "", ""
    return (email, said) if now.timestamp() < until else ("", "")


def _sign(packed: str) -> str:
    secret = settings().secret_key.get_secret_value().encode()
    return hmac.new(secret, b"sign-in note|" + packed.encode(), hashlib.sha256).hexdigest()

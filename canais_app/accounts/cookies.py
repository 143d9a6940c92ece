"""The cookies of signing in: the session's, and two signed ones that last minutes."""

import base64
import binascii
import json
from collections.abc import Sequence
from dataclasses import astuple
from datetime import datetime
from http.cookies import CookieError, SimpleCookie

from canais_app.accounts.oidc import Departure
from canais_app.kit.seal import keyed_digest
from canais_app.kit.text import same

SESSION = "canais_sessao"
NOTE = "canais_entrada"  # what was typed and why it was refused, for the page that shows it
NOTE_SECONDS = 300
DEPARTURE = "canais_provedor"  # what proves that a browser comes back from where we sent it
DEPARTURE_SECONDS = 600


def read(header: str, name: str) -> str:
    """Return one cookie of a Cookie header, or nothing."""
    try:
        found = SimpleCookie(header).get(name)
    except CookieError:
        return ""
    return found.value if found else ""


def seal(purpose: str, parts: Sequence[str], seconds: int, *, now: datetime) -> str:
    """Return words signed for one purpose, good for some seconds. Whoever holds it can read it."""
    body = json.dumps([*parts, int(now.timestamp()) + seconds]).encode()
    packed = base64.urlsafe_b64encode(body).decode().rstrip("=")
    return f"{packed}.{_sign(purpose, packed)}"


def unseal(purpose: str, sealed: str, *, now: datetime) -> list[str]:
    """Return the words of a seal of ours that is still good; else none."""
    packed, _, signature = sealed.partition(".")
    if not same(_sign(purpose, packed), signature):
        return []
    try:
        *parts, until = json.loads(base64.urlsafe_b64decode(packed + "=" * (-len(packed) % 4)))
    except (binascii.Error, ValueError):
        return []
    return parts if now.timestamp() < until else []


def _sign(purpose: str, packed: str) -> str:
    return keyed_digest(purpose, packed).hex()


def write_note(email: str, said: str, *, now: datetime) -> str:
    """Return a signed note for the sign-in page: the address typed and why it was refused."""
    return seal(NOTE, (email[:200], said), NOTE_SECONDS, now=now)


def read_note(note: str, *, now: datetime) -> tuple[str, str]:
    """Return address and sentence of a note of ours that is still fresh; else two empty words."""
    email, said = unseal(NOTE, note, now=now) or ("", "")
    return email, said


def write_departure(leaving: Departure, *, now: datetime) -> str:
    """Return what the browser keeps while its person is at the provider."""
    return seal(DEPARTURE, astuple(leaving), DEPARTURE_SECONDS, now=now)


def read_departure(sealed: str, *, now: datetime) -> Departure | None:
    """Return the departure that this browser came from; none when there is none, or too old."""
    parts = unseal(DEPARTURE, sealed, now=now)
    return Departure(*parts) if parts else None

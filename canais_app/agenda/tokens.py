"""Private links' tokens, and the names of the agenda's live topics and message threads.

The database stores a token's hash, and the token encrypted for later messages.
"""

import base64

from canais_app.agenda.models import Appointment, WaitlistEntry
from canais_app.kit import text
from canais_app.kit.encryption import DecryptionError, decrypt, encrypt, keyed_digest


def set_token(row: Appointment | WaitlistEntry, token: str) -> None:
    """Let `token` open the private page of a row."""
    row.token_hash, row.sealed_token = text.hash_token(token), encrypt(token)


def token_of(row: Appointment | WaitlistEntry) -> str:
    """Return the token of a row's private page; empty when the secret key has changed."""
    try:
        return decrypt(row.sealed_token)
    except DecryptionError:
        return ""


def derive_token(purpose: str, *parts: object) -> str:
    """Return the digest of `parts` under the secret key, 43 characters: the same for the same."""
    made = keyed_digest(purpose, *parts)
    return base64.urlsafe_b64encode(made).decode().rstrip("=")


def confirmation_key(row: Appointment) -> str:
    """Return what only the e-mail that asks for a confirmation says: that it was read."""
    return derive_token("confirm", row.token_hash)[:22]


def agenda_topic(agenda_id: int | None) -> str:
    """Return the live topic of an agenda: its month, its desk, its rules."""
    return f"agenda:{agenda_id}"


def appointment_topic(row: Appointment) -> str:
    """Return the live topic of an appointment, which is also the thread of its messages."""
    return f"appointment:{row.id}"


def waitlist_topic(agenda_id: int) -> str:
    """Return the live topic of an agenda's waiting list; each entry is a variant of it."""
    return f"line:{agenda_id}"


def waitlist_thread(entry: WaitlistEntry) -> str:
    """Return the thread of the messages about an entry of a waiting list."""
    return f"waitlist:{entry.id}"

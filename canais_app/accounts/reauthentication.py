"""Asking again who sits there: an open browser alone may not do everything.

argon2 takes a tenth of a second: passwords are compared outside of transactions.
"""

import asyncio
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from canais_app.accounts import login_throttle, passwords, policies
from canais_app.accounts.models import LoginSession, Staff
from canais_app.accounts.roles import Actor, require_signed_in
from canais_app.kit import db
from canais_app.kit.errors import ConflictError, InvalidError


@dataclass(frozen=True)
class Proof:
    """What comparing a typed password with a stored hash gave."""

    stored: str
    holds: bool


def compare(password: str, stored: str) -> Proof:
    """Compare a password with a stored hash; without one it does not hold."""
    return Proof(stored, bool(stored) and passwords.verify_password(password, stored)[0])


async def prove(password: str, *, actor: Actor, now: datetime) -> Proof:
    """Count one try at a person's own password, then compare it in a thread.

    Raises:
        TooManyRequestsError: the account has to wait.
        NotSignedInError: nobody is signed in.
    """
    await db.write(register_password_attempt, actor=actor, now=now)
    stored = await db.read(_stored_hash, actor)
    return await asyncio.to_thread(compare, password, stored)


def _stored_hash(session: Session, actor: Actor) -> str:
    return session.get_one(Staff, actor.staff_id).password_hash


def register_password_attempt(session: Session, *, actor: Actor, now: datetime) -> None:
    """Count one try at one's own password before it is checked.

    In a transaction of its own: the refusal of a wrong one takes back what it was found in.

    Raises:
        TooManyRequestsError: the account has to wait.
    """
    require_signed_in(actor)
    login_throttle.register_attempt(
        session, session.get_one(Staff, actor.staff_id).email, "", now=now
    )


def verify_own_password(
    session: Session, staff: Staff, proof: Proof, field: str, *, now: datetime
) -> None:
    """Check the proof of a password, typed into `field`; its tries are forgiven when it holds.

    Raises:
        InvalidError: it does not hold, or the password was changed meanwhile.
    """
    if not proof.holds or proof.stored != staff.password_hash:
        raise InvalidError("Confira a senha atual.", {field: "A senha atual não confere."})
    login_throttle.reset_attempts(session, staff.email, "", now)


def require_reauthentication(
    session: Session, proof: Proof, field: str, *, actor: Actor, now: datetime
) -> None:
    """Make sure that it is the person themselves, by their password.

    Whom only the provider vouches for has none here: they must have signed in a moment ago.

    Raises:
        InvalidError: the password does not hold.
        ConflictError: the sign-in is too old.
    """
    require_signed_in(actor)
    staff = session.get_one(Staff, actor.staff_id)
    if staff.password_hash:
        verify_own_password(session, staff, proof, field, now=now)
        return
    login = session.get(LoginSession, actor.session_id) if actor.session_id else None
    if login is None or now - login.created_at > policies.RECENT_SIGN_IN:
        raise ConflictError("Saia e entre de novo: isto pede uma entrada de menos de 10 minutos.")

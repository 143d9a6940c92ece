"""Reauthentication: ask for the password again before a sensitive change.

argon2 takes about 0.1 s, so passwords are compared outside transactions.
"""

import asyncio
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from canais_app.accounts import login_throttle, passwords, session_timeouts
from canais_app.accounts.models import LoginSession, Staff
from canais_app.accounts.roles import Actor, require_signed_in
from canais_app.kit import db
from canais_app.kit.errors import ConflictError, InvalidError


@dataclass(frozen=True)
class Proof:
    """The result of comparing a typed password with a stored hash."""

    stored: str
    is_valid: bool


def compare(password: str, stored: str) -> Proof:
    """Compare a password with a stored hash; an empty hash never matches."""
    return Proof(stored, bool(stored) and passwords.verify_password(password, stored)[0])


async def prove(password: str, *, actor: Actor, now: datetime) -> Proof:
    """Count one attempt at a person's own password, then compare it in a thread.

    Raises:
        TooManyRequestsError: the account has to wait.
        AuthenticationRequiredError: nobody is signed in.
    """
    await db.write(register_password_attempt, actor=actor, now=now)
    stored = await db.read(_stored_hash, actor)
    return await asyncio.to_thread(compare, password, stored)


def _stored_hash(session: Session, actor: Actor) -> str:
    return session.get_one(Staff, actor.staff_id).password_hash


def register_password_attempt(session: Session, *, actor: Actor, now: datetime) -> None:
    """Count one attempt in its own transaction, which a later refusal does not roll back.

    Raises:
        TooManyRequestsError: the account has to wait.
    """
    require_signed_in(actor)
    email = session.get_one(Staff, actor.staff_id).email
    login_throttle.register_attempt(session, email, "", now=now)


def verify_own_password(
    session: Session, staff: Staff, proof: Proof, field: str, *, now: datetime
) -> None:
    """Check the proof of a password typed into `field`, and reset its attempts.

    Raises:
        InvalidError: it is wrong, or the password was changed meanwhile.
    """
    if not proof.is_valid or proof.stored != staff.password_hash:
        raise InvalidError("Confira a senha atual.", {field: "A senha atual não confere."})
    login_throttle.reset_attempts(session, staff.email, "", now)


def require_reauthentication(
    session: Session, proof: Proof, field: str, *, actor: Actor, now: datetime
) -> None:
    """Require the password; accounts without one must have signed in recently.

    Raises:
        InvalidError: the password is wrong.
        ConflictError: the sign-in is too old.
    """
    require_signed_in(actor)
    staff = session.get_one(Staff, actor.staff_id)
    if staff.password_hash:
        verify_own_password(session, staff, proof, field, now=now)
        return
    login = session.get(LoginSession, actor.session_id) if actor.session_id else None
    if login is None or now - login.created_at > session_timeouts.RECENT_SIGN_IN:
        raise ConflictError("Saia e entre de novo: isto pede uma entrada de menos de 10 minutos.")

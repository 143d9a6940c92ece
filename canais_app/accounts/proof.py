"""Asking again who sits there: an open browser alone may not do everything."""

from datetime import datetime

from sqlmodel import Session

from canais_app.accounts import backoff, passwords, policies
from canais_app.accounts.models import LoginSession, Staff
from canais_app.accounts.roles import Actor, require_person
from canais_app.kit.errors import ConflictError, InvalidError


def take_try(session: Session, *, actor: Actor, now: datetime) -> None:
    """Count one try at one's own password before it is checked.

    In a transaction of its own: the refusal of a wrong one takes back what it was found in.

    Raises:
        TooManyRequestsError: the account has to wait.
    """
    require_person(actor)
    backoff.take_try(session, session.get_one(Staff, actor.staff_id).email, "", now=now)


def check_password(
    session: Session, staff: Staff, password: str, field: str, *, now: datetime
) -> None:
    """Check a person's own password, typed into `field`; its tries are forgiven when it holds.

    Raises:
        InvalidError: it does not hold.
    """
    if not passwords.check(password, staff.password_hash)[0]:
        raise InvalidError("Confira a senha atual.", {field: "A senha atual não confere."})
    backoff.forgive(session, staff.email, "", now)


def ask_again(session: Session, password: str, field: str, *, actor: Actor, now: datetime) -> None:
    """Make sure that it is the person themselves, by their password.

    Whom only the provider vouches for has none here: they must have signed in a moment ago.

    Raises:
        InvalidError: the password does not hold.
        ConflictError: the sign-in is too old.
    """
    require_person(actor)
    staff = session.get_one(Staff, actor.staff_id)
    if staff.password_hash:
        check_password(session, staff, password, field, now=now)
        return
    login = session.get(LoginSession, actor.session_id) if actor.session_id else None
    if login is None or now - login.created_at > policies.RECENT:
        raise ConflictError("Saia e entre de novo: isto pede uma entrada de menos de 10 minutos.")

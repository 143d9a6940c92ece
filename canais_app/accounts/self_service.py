"""Services for one's own account: password, open sessions."""

import asyncio
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from canais_app.accounts import audit, passwords, queries, reauthentication, sessions
from canais_app.accounts.models import LoginSession, Staff
from canais_app.accounts.reauthentication import Proof
from canais_app.accounts.roles import Actor, require_signed_in
from canais_app.kit import db
from canais_app.kit.errors import NotFoundError
from canais_app.kit.text import format_datetime


@dataclass(frozen=True)
class SessionRow:
    """An open session as the list shows it."""

    id: int
    browser: str
    began: str
    seen: str
    is_this: bool
    person: str = ""


def load_self(session: Session, actor: Actor) -> Staff:
    """Return the actor's own account.

    Raises:
        AuthenticationRequiredError: nobody is signed in.
    """
    require_signed_in(actor)
    return session.get_one(Staff, actor.staff_id)


def describe_browser(agent: str) -> str:
    """Return a short name for a user agent, such as `Firefox em Windows`."""
    browsers = (("Edg", "Edge"), ("Firefox", "Firefox"), ("Chrome", "Chrome"), ("Safari", "Safari"))
    systems = (
        ("Android", "Android"),
        ("iPhone", "iPhone"),
        ("Windows", "Windows"),
        ("Mac OS", "macOS"),
        ("Linux", "Linux"),
    )
    browser = next((name for mark, name in browsers if mark in agent), "")
    system = next((name for mark, name in systems if mark in agent), "")
    if browser and system:
        return f"{browser} em {system}"
    return browser or system or "Navegador não identificado"


def session_view(login: LoginSession, actor: Actor, person: str = "") -> SessionRow:
    """Return a session as a list shows it."""
    return SessionRow(
        login.id or 0,
        describe_browser(login.browser),
        format_datetime(login.created_at),
        format_datetime(login.seen_at),
        login.id == actor.session_id,
        person,
    )


def list_own_sessions(session: Session, *, actor: Actor, now: datetime) -> list[SessionRow]:
    """Return the actor's open sessions, the latest first."""
    staff = load_self(session, actor)
    rows = session.scalars(
        select(LoginSession)
        .where(col(LoginSession.staff_id) == staff.id, col(LoginSession.stage) == "full")
        .order_by(col(LoginSession.seen_at).desc())
    )
    return [session_view(row, actor) for row in rows if queries.is_session_open(row, now=now)]


def end_own_session(session: Session, session_id: int, *, actor: Actor, now: datetime) -> None:
    """Revoke one of the actor's sessions.

    Raises:
        NotFoundError: there is none, or it is another person's.
    """
    staff = load_self(session, actor)
    login = session.get(LoginSession, session_id)
    if login is None or login.staff_id != staff.id:
        raise NotFoundError("Esta sessão não existe.")
    sessions.revoke_session(session, login, actor=actor, now=now)


async def set_password(
    current: str, password: str, repeated: str, *, actor: Actor, now: datetime
) -> None:
    """Set a new password; both are hashed outside transactions.

    Raises:
        InvalidError: the current one is wrong, or the new one breaks a rule.
        TooManyRequestsError: the account has to wait.
    """
    proof, hashed = await reauthentication.prove(current, actor=actor, now=now), ""
    if proof.is_valid:  # otherwise `change_password` refuses
        staff = await db.read(load_self, actor)
        hashed = await asyncio.to_thread(
            passwords.hash_new, password, repeated, staff.name, staff.email
        )
    await db.write(change_password, proof, hashed, actor=actor, now=now)


def change_password(
    session: Session, current: Proof, password_hash: str, *, actor: Actor, now: datetime
) -> None:
    """Store the hash of a new password and sign the other browsers out.

    Raises:
        InvalidError: the current password is wrong.
    """
    staff = load_self(session, actor)
    reauthentication.verify_own_password(session, staff, current, "current", now=now)
    staff.password_hash = password_hash
    sessions.revoke_all(session, staff.id or 0, now=now, but=actor.session_id)
    audit.record_entry(session, actor, "mudar senha", "staff", staff.id, passwords.CHANGED, now=now)

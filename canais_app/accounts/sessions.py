"""Sessions of browsers: open, revoke, sign out."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import update
from sqlmodel import Session, col

from canais_app.accounts import audit, login_throttle, queries, session_timeouts
from canais_app.accounts.models import LoginSession, Staff
from canais_app.accounts.roles import Actor
from canais_app.kit import live
from canais_app.kit.text import generate_token, hash_token

ENDED_CHANGES = {"state": ["open", "ended"]}


def frame_topic(staff_id: int | None) -> str:
    """Return the topic of a person's open pages: their session, their roles, their counts."""
    return f"frame:{staff_id}"


@dataclass(frozen=True)
class OpenedSession:
    """A session just opened; only the cookie holds the token."""

    token: str
    actor: Actor
    waits_for_code: bool = False


def open_password_session(  # noqa: PLR0913 (the parts of a sign-in)
    session: Session,
    staff_id: int,
    *,
    now: datetime,
    email: str = "",
    address: str = "",
    browser: str = "",
    renewed_hash: str = "",
    previous_token: str = "",
) -> OpenedSession:
    """Open a session for a person whose password was right.

    The browser's earlier session is revoked, against session fixation.
    """
    staff = session.get_one(Staff, staff_id)
    login_throttle.reset_attempts(session, email or staff.email, address, now)
    if renewed_hash:
        staff.password_hash = renewed_hash
    revoke_by_token(session, previous_token, now=now)
    return open_session(session, staff, now=now, browser=browser)


def open_session(  # noqa: PLR0913 (the parts of a session)
    session: Session,
    staff: Staff,
    *,
    now: datetime,
    browser: str = "",
    code_given: bool = False,
    by_provider: bool = False,
) -> OpenedSession:
    """Store a new session; in stage `code` if the second step is still to come.

    Sessions `by_provider` need no code here.
    """
    token = generate_token()
    waits = bool(staff.totp_sealed) and not code_given and not by_provider
    login = LoginSession(
        token_hash=hash_token(token),
        staff_id=staff.id or 0,
        created_at=now,
        seen_at=now,
        expires_at=now
        + (session_timeouts.CODE_TIMEOUT if waits else session_timeouts.ABSOLUTE_TIMEOUT),
        browser=browser[:120],
        stage="code" if waits else "full",
        by_provider=by_provider,
    )
    session.add(login)
    session.flush()
    actor = queries.actor_of_session(session, login, staff)
    if not waits:
        means = "provedor" if by_provider else "senha e código" if code_given else "senha"
        change = {"state": ["", "open"], "means": ["", means]}
        audit.record_entry(session, actor, "entrar", "session", login.id, change, now=now)
    return OpenedSession(token, actor, waits)


def sign_out(session: Session, token: str, *, now: datetime) -> bool:
    """Revoke the session of a token, if any; return whether the provider had opened it."""
    found = queries.load_presence(session, token, now=now)
    revoke_by_token(session, token, now=now)
    if found.session_id is None:
        return False
    live.emit(session, frame_topic(found.staff_id))
    actor = found.actor
    if actor.staff_id is not None:
        audit.record_entry(
            session, actor, "sair", "session", found.session_id, ENDED_CHANGES, now=now
        )
    return session.get_one(LoginSession, found.session_id).by_provider


def revoke_by_token(session: Session, token: str, *, now: datetime) -> None:
    """Revoke the session of a token, if there is one."""
    if token:
        session.exec(
            update(LoginSession)
            .where(col(LoginSession.token_hash) == hash_token(token))
            .where(col(LoginSession.revoked_at).is_(None))
            .values(revoked_at=now)
        )


def revoke_all(session: Session, staff_id: int, *, now: datetime, but: int | None = None) -> None:
    """Revoke the open sessions of a person, except the one with id `but`."""
    statement = (
        update(LoginSession)
        .where(col(LoginSession.staff_id) == staff_id)
        .where(col(LoginSession.revoked_at).is_(None))
    )
    if but is not None:
        statement = statement.where(col(LoginSession.id) != but)
    live.emit(session, frame_topic(staff_id))
    session.exec(statement.values(revoked_at=now))


def revoke_session(session: Session, login: LoginSession, *, actor: Actor, now: datetime) -> None:
    """Revoke a session, with an audit entry, unless it is revoked already."""
    if login.revoked_at is None:
        login.revoked_at = now
        live.emit(session, frame_topic(login.staff_id))
        audit.record_entry(
            session, actor, "encerrar sessão", "session", login.id, ENDED_CHANGES, now=now
        )


def load_ends(session: Session, session_id: int | None) -> tuple[datetime, datetime]:
    """Return when a session ends at the latest, and when it ends without a further event."""
    login = session.get_one(LoginSession, session_id)
    return login.expires_at, login.seen_at + session_timeouts.IDLE_TIMEOUT


def update_last_seen(session: Session, session_id: int, *, now: datetime) -> None:
    """Write that the browser was active; the idle timeout starts again."""
    session.exec(update(LoginSession).where(col(LoginSession.id) == session_id).values(seen_at=now))

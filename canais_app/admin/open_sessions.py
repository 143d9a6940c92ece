"""Open sessions of all staff: list and end."""

from datetime import datetime

from sqlmodel import Session, col, select

from canais_app.accounts import queries, self_service, sessions
from canais_app.accounts.models import LoginSession, Staff
from canais_app.accounts.roles import Actor, Permission, require_permission
from canais_app.accounts.self_service import SessionRow
from canais_app.kit import db


def list_open_sessions(session: Session, *, actor: Actor, now: datetime) -> list[SessionRow]:
    """Return every open session, the latest first."""
    require_permission(actor, Permission.MANAGE_STAFF)
    rows = session.exec(
        select(LoginSession, Staff)
        .join(Staff, col(Staff.id) == col(LoginSession.staff_id))
        .where(col(LoginSession.stage) == "full", col(LoginSession.revoked_at).is_(None))
        .order_by(col(LoginSession.seen_at).desc())
    )
    return [
        self_service.session_view(login, actor, staff.name)
        for login, staff in rows
        if queries.is_session_open(login, now=now)
    ]


def end_any_session(session: Session, session_id: int, *, actor: Actor, now: datetime) -> None:
    """Sign a browser out at its next event.

    Raises:
        NotFoundError: no such session.
    """
    require_permission(actor, Permission.MANAGE_STAFF)
    login = db.get_or_404(session, LoginSession, session_id, "Esta sessão não existe.")
    sessions.revoke_session(session, login, actor=actor, now=now)

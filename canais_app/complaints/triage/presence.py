"""Who has a complaint open at the desk, shown before two people answer the same one."""

from datetime import datetime, timedelta

from sqlalchemy import delete
from sqlmodel import Session, col, select

from canais_app.accounts.models import Staff
from canais_app.accounts.roles import Actor, Permission, require_permission
from canais_app.complaints import queries
from canais_app.complaints.models import OpenComplaint
from canais_app.complaints.service import TOPIC
from canais_app.kit import db, live

LEASE = timedelta(minutes=5)  # without a sign of life
_RENEWAL = timedelta(minutes=1)


def enter(session: Session, actor: Actor, protocol: str, *, now: datetime) -> None:
    """Note that a person has a complaint open, and no other one; repeats renew it.

    Raises:
        NotFoundError: no such protocol.
    """
    require_permission(actor, Permission.TRIAGE_COMPLAINTS)
    if actor.staff_id is None:
        return
    row = queries.load_by_protocol(session, protocol)
    known = session.get(OpenComplaint, (row.id, actor.staff_id))
    if known is not None and now - known.seen_at < _RENEWAL:
        return
    _leave(session, actor.staff_id, but=row.id)
    values = {"complaint_id": row.id, "staff_id": actor.staff_id, "seen_at": now}
    statement = db.dialect_insert(session)(OpenComplaint).values(**values)
    session.connection().execute(
        statement.on_conflict_do_update(
            index_elements=["complaint_id", "staff_id"], set_={"seen_at": now}
        )
    )
    if known is None:
        live.emit(session, TOPIC)


def leave(session: Session, actor: Actor, *, now: datetime) -> None:  # noqa: ARG001 (as every service)
    """Note that a person has no complaint open any more."""
    require_permission(actor, Permission.TRIAGE_COMPLAINTS)
    if actor.staff_id is not None and _leave(session, actor.staff_id):
        live.emit(session, TOPIC)


def list_others(
    session: Session, complaint_id: int, staff_id: int | None, *, now: datetime
) -> list[str]:
    """Return the names of the other people who have a complaint open."""
    query = (
        select(Staff.name)
        .join(OpenComplaint, col(OpenComplaint.staff_id) == col(Staff.id))
        .where(
            col(OpenComplaint.complaint_id) == complaint_id,
            col(OpenComplaint.seen_at) > now - LEASE,
            col(OpenComplaint.staff_id) != (staff_id or 0),
        )
    )
    return list(session.exec(query.order_by(col(Staff.name))))


def _leave(session: Session, staff_id: int, but: int | None = None) -> bool:
    conditions = [col(OpenComplaint.staff_id) == staff_id]
    if but is not None:
        conditions.append(col(OpenComplaint.complaint_id) != but)
    left = session.connection().execute(delete(OpenComplaint).where(*conditions))
    return bool(left.rowcount)

"""Edit locks: a lease of fifteen minutes on a unit for one tab of one person, renewed in use.

A lock ends with its tab. It is advisory: it keeps two people from typing at once. Lost updates are
prevented by the unit's version (`service.py`).
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlmodel import Session, col, delete, update

from canais_app.accounts.roles import Actor
from canais_app.directory.editing import change_log
from canais_app.directory.models import EditLock, Unit
from canais_app.kit import db, live
from canais_app.kit.errors import ConflictError
from canais_app.kit.text import format_hour

LEASE = timedelta(minutes=15)
RENEW_INTERVAL = timedelta(minutes=1)  # a lock younger than this is not written again


@dataclass(frozen=True)
class LockHolder:
    """The holder of a unit's lock (`staff_id` 0: none). `until` is in the court's time zone."""

    staff_id: int = 0
    name: str = ""
    until: str = ""


def acquire(
    session: Session, code: str, tab: str = "", *, actor: Actor, now: datetime
) -> LockHolder:
    """Take or renew the lock of a unit for a browser tab.

    Raises:
        NotFoundError: the unit does not exist or is not the actor's.
        ConflictError: another person holds it; the message names them and the end.
    """
    unit = change_log.get_unit(session, code, actor)
    acquire_for_save(session, unit, tab, actor=actor, now=now)
    return load_holder(session, unit.id or 0, now=now)


def acquire_for_save(
    session: Session, unit: Unit, tab: str = "", *, actor: Actor, now: datetime
) -> None:
    """Take or renew the lock of an actor who saves; actors without a `staff_id` need none.

    One conditional statement: of two people at once, one gets it. Without `tab` the lock keeps its
    tab.

    Raises:
        ConflictError: another person holds it.
    """
    if actor.staff_id is None or unit.id is None:
        return
    before = session.get(EditLock, unit.id, populate_existing=True)
    own = before if before is not None and before.staff_id == actor.staff_id else None
    tab = tab or (own.tab if own else "")
    if own and own.tab == tab and own.expires_at - now > LEASE - RENEW_INTERVAL:
        return
    row = {"staff_id": actor.staff_id, "name": actor.name, "tab": tab, "expires_at": now + LEASE}
    put = (
        db.dialect_insert(session)(EditLock)
        .values(unit_id=unit.id, **row)
        .on_conflict_do_update(
            index_elements=["unit_id"],
            set_=row,
            where=(col(EditLock.expires_at) <= now) | (col(EditLock.staff_id) == actor.staff_id),
        )
        .returning(col(EditLock.unit_id))
    )
    if session.connection().execute(put).first() is None:
        other = load_holder(session, unit.id, now=now)
        raise ConflictError(
            f"{other.name} está editando esta unidade até {other.until}. "
            "O que você digitou continua aqui."
        )
    live.emit(session, f"editor:{unit.id}")


def release(session: Session, code: str, tab: str = "", *, actor: Actor) -> None:
    """Release the actor's lock; with `tab`, only the lock of that tab."""
    unit = change_log.get_unit(session, code, actor)
    own = col(EditLock.staff_id) == actor.staff_id
    _delete_lock(session, unit.id or 0, own, *([col(EditLock.tab) == tab] if tab else []))


def renew_for_tab(session: Session, unit_id: int, tab: str, *, actor: Actor, now: datetime) -> None:
    """Renew the lock of a tab whose page was reloaded or whose socket reconnected.

    A save without a lock leaves one without a tab: this tab takes it.
    """
    renewal = update(EditLock).where(
        col(EditLock.unit_id) == unit_id,
        col(EditLock.staff_id) == actor.staff_id,
        col(EditLock.tab).in_((tab, "")),
        col(EditLock.expires_at) > now,
    )
    session.exec(renewal.values(tab=tab, expires_at=now + LEASE))


def expire_for_tab(session: Session, unit_id: int, tab: str, since: datetime) -> None:
    """Delete the lock of a tab that disconnected at `since`, unless it was renewed later."""
    is_old = col(EditLock.expires_at) <= since + LEASE
    _delete_lock(session, unit_id, col(EditLock.tab) == tab, is_old)


def _delete_lock(session: Session, unit_id: int, *conditions: Any) -> None:  # noqa: ANN401 (of SQL)
    statement = delete(EditLock).where(col(EditLock.unit_id) == unit_id, *conditions)
    if session.exec(statement).rowcount:
        live.emit(session, f"editor:{unit_id}")


def load_holder(session: Session, unit_id: int, *, now: datetime) -> LockHolder:
    """Return the current holder of the unit's lock."""
    lock = session.get(EditLock, unit_id, populate_existing=True)
    if lock is None or lock.expires_at <= now:
        return LockHolder()
    return LockHolder(lock.staff_id, lock.name, format_hour(lock.expires_at))

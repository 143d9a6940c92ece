"""One person edits a unit at a time: a lock of fifteen minutes, renewed while they go on.

It belongs to a tab of theirs, and ends with it: a closed page keeps nobody waiting.

The lock keeps people from typing over each other; it guards nothing by itself. What two saves at
once would lose is caught by the unit's version (`editing.py`).
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
    """Who edits a unit; nobody while `staff_id` is 0. `until` is on the court's clock."""

    staff_id: int = 0
    name: str = ""
    until: str = ""


def acquire(
    session: Session, code: str, tab: str = "", *, actor: Actor, now: datetime
) -> LockHolder:
    """Take, or renew, the lock of a unit for a tab of the browser.

    Raises:
        NotFoundError: no such unit, or not this person's.
        ConflictError: somebody else holds it; it says who, until when.
    """
    unit = change_log.get_unit(session, code, actor)
    acquire_for_save(session, unit, tab, actor=actor, now=now)
    return load_holder(session, unit.id or 0, now=now)


def acquire_for_save(
    session: Session, unit: Unit, tab: str = "", *, actor: Actor, now: datetime
) -> None:
    """Take or renew the lock for whoever saves; programs of the system need none.

    One conditional statement: of two people at once, one gets it. Without a `tab` it stays with
    the one that has it.

    Raises:
        ConflictError: somebody else holds it.
    """
    if actor.staff_id is None or unit.id is None:
        return
    before = session.get(EditLock, unit.id, populate_existing=True)
    mine = before if before is not None and before.staff_id == actor.staff_id else None
    tab = tab or (mine.tab if mine else "")
    if mine and mine.tab == tab and mine.expires_at - now > LEASE - RENEW_INTERVAL:
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
    """Give the lock back, if this person holds it (and, where a tab is given, in that tab)."""
    unit = change_log.get_unit(session, code, actor)
    mine = [col(EditLock.staff_id) == actor.staff_id]
    _delete_lock(session, unit.id or 0, *mine, *([col(EditLock.tab) == tab] if tab else []))


def renew_for_tab(session: Session, unit_id: int, tab: str, *, actor: Actor, now: datetime) -> None:
    """Keep the lock for the tab that has it: its page was read anew, or its socket broke.

    What somebody saved without having asked to edit has left them a lock of no tab: this one's.
    """
    again = update(EditLock).where(
        col(EditLock.unit_id) == unit_id,
        col(EditLock.staff_id) == actor.staff_id,
        col(EditLock.tab).in_((tab, "")),
        col(EditLock.expires_at) > now,
    )
    session.exec(again.values(tab=tab, expires_at=now + LEASE))


def expire_for_tab(session: Session, unit_id: int, tab: str, since: datetime) -> None:
    """End the lock of a tab that was gone at `since`, unless it has come back."""
    left = (col(EditLock.tab) == tab, col(EditLock.expires_at) <= since + LEASE)
    _delete_lock(session, unit_id, *left)


def _delete_lock(session: Session, unit_id: int, *whose: Any) -> None:  # noqa: ANN401 (conditions)
    gone = delete(EditLock).where(col(EditLock.unit_id) == unit_id, *whose)
    if session.exec(gone).rowcount:
        live.emit(session, f"editor:{unit_id}")


def load_holder(session: Session, unit_id: int, *, now: datetime) -> LockHolder:
    """Return who edits the unit now."""
    lock = session.get(EditLock, unit_id, populate_existing=True)
    if lock is None or lock.expires_at <= now:
        return LockHolder()
    return LockHolder(lock.staff_id, lock.name, format_hour(lock.expires_at))

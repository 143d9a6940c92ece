"""One person edits a unit at a time: a lock of fifteen minutes, renewed while they go on.

The lock keeps people from typing over each other; it guards nothing by itself. What two saves at
once would lose is caught by the unit's version (`editing.py`).
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import Session, col, delete

from canais_app.accounts.roles import Actor
from canais_app.directory import changes
from canais_app.directory.models import EditLock, Unit
from canais_app.kit import db, live
from canais_app.kit.errors import ConflictError
from canais_app.kit.text import hour_words

HOLD = timedelta(minutes=15)
RENEW = timedelta(minutes=1)  # a lock younger than this is not written again


@dataclass(frozen=True)
class Holder:
    """Who edits a unit; nobody while `staff_id` is 0. `until` is on the court's clock."""

    staff_id: int = 0
    name: str = ""
    until: str = ""


def take(session: Session, code: str, *, actor: Actor, now: datetime) -> Holder:
    """Take, or renew, the lock of a unit.

    Raises:
        NotFoundError: no such unit, or not this person's.
        ConflictError: somebody else holds it; it says who, until when.
    """
    unit = changes.found(session, code, actor)
    ensure(session, unit, actor=actor, now=now)
    return holder(session, unit.id or 0, now=now)


def ensure(session: Session, unit: Unit, *, actor: Actor, now: datetime) -> None:
    """Take or renew the lock for whoever saves; programs of the system need none.

    One conditional statement: of two people at once, one gets it.

    Raises:
        ConflictError: somebody else holds it.
    """
    if actor.staff_id is None or unit.id is None:
        return
    before = session.get(EditLock, unit.id, populate_existing=True)
    mine = before is not None and before.staff_id == actor.staff_id
    if before and mine and before.expires_at - now > HOLD - RENEW:
        return
    row = {"staff_id": actor.staff_id, "name": actor.name, "expires_at": now + HOLD}
    put = (
        db.insert(session)(EditLock)
        .values(unit_id=unit.id, **row)
        .on_conflict_do_update(
            index_elements=["unit_id"],
            set_=row,
            where=(col(EditLock.expires_at) <= now) | (col(EditLock.staff_id) == actor.staff_id),
        )
        .returning(col(EditLock.unit_id))
    )
    if session.connection().execute(put).first() is None:
        other = holder(session, unit.id, now=now)
        raise ConflictError(
            f"{other.name} está editando esta unidade até {other.until}. "
            "O que você digitou continua aqui."
        )
    live.touch(session, f"editor:{unit.id}")


def release(session: Session, code: str, *, actor: Actor) -> None:
    """Give the lock back, if this person holds it."""
    unit = changes.found(session, code, actor)
    gone = delete(EditLock).where(
        col(EditLock.unit_id) == unit.id, col(EditLock.staff_id) == actor.staff_id
    )
    if session.exec(gone).rowcount:
        live.touch(session, f"editor:{unit.id}")


def holder(session: Session, unit_id: int, *, now: datetime) -> Holder:
    """Return who edits the unit now."""
    lock = session.get(EditLock, unit_id, populate_existing=True)
    if lock is None or lock.expires_at <= now:
        return Holder()
    return Holder(lock.staff_id, lock.name, hour_words(lock.expires_at))

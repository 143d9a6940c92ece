"""Walk-ins: lawyers attended without an appointment, by order of arrival, urgent ones first.

Lei 8.906/94, art. 7º, VIII: lawyers may address magistrates "independentemente de horário
previamente marcado […], observando-se a ordem de chegada".
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from pydantic import Field, field_validator
from sqlalchemy import delete
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, select

from canais_app.accounts import audit
from canais_app.accounts.roles import Actor, Permission, require_permission
from canais_app.agenda import access, tokens
from canais_app.agenda.models import WalkIn
from canais_app.agenda.schemas import Lawyer, SingleLine
from canais_app.kit import clock, db, live, text
from canais_app.kit.contacts import format_oab
from canais_app.kit.errors import ConflictError

RETENTION = timedelta(days=30)


class WalkInStatus(StrEnum):
    """A walk-in's status."""

    WAITING = "waiting"
    CALLED = "called"
    ATTENDED = "attended"
    LEFT = "left"


# A call may be reverted; `attended` and `left` are final.
TRANSITIONS = {
    WalkInStatus.WAITING: frozenset(
        {WalkInStatus.CALLED, WalkInStatus.ATTENDED, WalkInStatus.LEFT}
    ),
    WalkInStatus.CALLED: frozenset(
        {WalkInStatus.WAITING, WalkInStatus.ATTENDED, WalkInStatus.LEFT}
    ),
}
WALK_IN_STATUS_NAMES = {WalkInStatus.WAITING: "aguarda", WalkInStatus.CALLED: "foi chamada"}


class WalkInForm(Lawyer):
    """A new walk-in: the lawyer, and the subject in one line."""

    subject: SingleLine = Field(default="", max_length=200, repr=False)
    urgent: bool = False

    @field_validator("urgent", mode="before")
    @classmethod
    def _checkbox(cls, sent: object) -> bool:
        return bool(sent)


@dataclass(frozen=True)
class WalkInView:
    """A walk-in in ready words; `place` is the position within its group, from 1."""

    id: int
    place: int
    name: str
    oab: str
    subject: str
    arrived: str
    is_urgent: bool
    is_called: bool
    words: str


def add_walk_in(
    session: Session, actor: Actor, agenda_id: int, arrival: WalkInForm, *, now: datetime
) -> int:
    """Add a walk-in to today's list and return its id.

    Raises:
        ConflictError: the same OAB is already waiting.
        NotFoundError: the agenda is another unit's.
    """
    access.require_agenda(session, actor, agenda_id, Permission.EDIT_AGENDA, now=now)
    row = WalkIn(
        agenda_id=agenda_id,
        day=clock.to_local_day(now),
        arrived_at=now,
        is_urgent=arrival.urgent,
        name=arrival.name,
        oab=arrival.oab,
        subject=arrival.subject,
    )
    try:
        with session.begin_nested():
            session.add(row)
    except IntegrityError:
        raise ConflictError.at("oab_number", "Esta OAB já está na lista de hoje.") from None
    changes = {"status": ["", row.status]}
    audit.record_entry(
        session, actor, "incluir na lista de chegada", "walk_in", row.id, changes, now=now
    )
    live.emit(session, tokens.agenda_topic(agenda_id))
    return row.id or 0


def set_walk_in_status(
    session: Session, actor: Actor, walk_in_id: int, status: str, *, now: datetime
) -> None:
    """Set a walk-in's status, as `TRANSITIONS` allows.

    Raises:
        ConflictError: the status does not allow it, for instance after a colleague's change.
        NotFoundError: the walk-in does not exist, or is another unit's.
    """
    require_permission(actor, Permission.EDIT_AGENDA)
    row = db.get_or_404(
        session, WalkIn, walk_in_id, "Esta pessoa já não está na lista.", locked=True
    )
    access.require_agenda(session, actor, row.agenda_id, Permission.EDIT_AGENDA, now=now)
    before = row.status
    if status not in list(TRANSITIONS.get(WalkInStatus(before), ())):
        raise ConflictError("A lista mudou. Veja como ela está agora.")
    row.status = status
    row.called_at = now if status == WalkInStatus.CALLED else row.called_at
    row.ended_at = now if status in (WalkInStatus.ATTENDED, WalkInStatus.LEFT) else None
    session.add(row)
    changes = {"status": [before, status]}
    audit.record_entry(
        session, actor, "mover na lista de chegada", "walk_in", row.id, changes, now=now
    )
    live.emit(session, tokens.agenda_topic(row.agenda_id))


def list_walk_ins(session: Session, agenda_id: int, *, now: datetime) -> list[WalkInView]:
    """Return today's waiting walk-ins: urgent ones first, each group by order of arrival."""
    rows = _load_open(session, agenda_id, now)
    groups = ([row for row in rows if row.is_urgent is urgent] for urgent in (True, False))
    return [_view(row, place) for group in groups for place, row in enumerate(group, start=1)]


def delete_old_walk_ins(session: Session, *, now: datetime) -> int:
    """Delete the walk-ins of more than thirty days ago; return how many (nightly job)."""
    old = delete(WalkIn).where(col(WalkIn.arrived_at) < now - RETENTION)
    return session.connection().execute(old).rowcount


def _load_open(session: Session, agenda_id: int, now: datetime) -> Sequence[WalkIn]:
    return session.exec(
        select(WalkIn)
        .where(
            col(WalkIn.agenda_id) == agenda_id,
            col(WalkIn.day) == clock.to_local_day(now),
            col(WalkIn.status).in_([WalkInStatus.WAITING, WalkInStatus.CALLED]),
        )
        .order_by(col(WalkIn.arrived_at), col(WalkIn.id))
    ).all()


def _view(row: WalkIn, place: int) -> WalkInView:
    arrived = text.format_hour(row.arrived_at)
    return WalkInView(
        id=row.id or 0,
        place=place,
        name=row.name,
        oab=format_oab(row.oab),
        subject=row.subject,
        arrived=arrived,
        is_urgent=row.is_urgent,
        is_called=row.status == WalkInStatus.CALLED,
        words=f"chegou às {arrived}, {WALK_IN_STATUS_NAMES[WalkInStatus(row.status)]}",
    )

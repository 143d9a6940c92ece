"""Lawyers received without a time: the list by order of arrival, and the urgent ones.

Lei 8.906/94, art. 7º, VIII: lawyers may address magistrates "independentemente de horário
previamente marcado […], observando-se a ordem de chegada". The list stands beside the agenda.
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
from canais_app.accounts.roles import Actor, Permission, require
from canais_app.agenda import keepers, topics
from canais_app.agenda.models import WalkIn
from canais_app.agenda.requests import Line, Registered
from canais_app.kit import clock, live, text
from canais_app.kit.contacts import format_oab
from canais_app.kit.errors import ConflictError, NotFoundError

KEEP = timedelta(days=30)


class Turn(StrEnum):
    """The life of an entry of the list."""

    WAITING = "waiting"
    CALLED = "called"
    ATTENDED = "attended"
    LEFT = "left"


# What may follow what; calling again or taking back a call is allowed, an end stays an end.
MOVES = {
    Turn.WAITING: frozenset({Turn.CALLED, Turn.ATTENDED, Turn.LEFT}),
    Turn.CALLED: frozenset({Turn.WAITING, Turn.ATTENDED, Turn.LEFT}),
}
WORDS = {Turn.WAITING: "aguarda", Turn.CALLED: "foi chamada"}


class Arrival(Registered):
    """Who came, and in one line why."""

    subject: Line = Field(default="", max_length=200, repr=False)
    urgent: bool = False

    @field_validator("urgent", mode="before")
    @classmethod
    def _box(cls, sent: object) -> bool:
        return bool(sent)


@dataclass(frozen=True)
class WalkInView:
    """One entry of the list, in ready words; `place` counts from 1 within its list."""

    id: int
    place: int
    name: str
    oab: str
    subject: str
    arrived: str
    is_urgent: bool
    is_called: bool
    words: str


def arrive(
    session: Session, actor: Actor, agenda_id: int, arrival: Arrival, *, now: datetime
) -> int:
    """Put somebody at the end of the list; returns the entry's id.

    Raises:
        ConflictError: the same OAB already waits in it.
        NotFoundError: it is another unit's agenda.
    """
    keepers.require_desk(session, actor, agenda_id, Permission.EDIT_AGENDA, now=now)
    row = WalkIn(
        agenda_id=agenda_id,
        day=clock.local_day(now),
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
        said = "Esta OAB já está na lista de hoje."
        raise ConflictError(said, {"oab_number": said}) from None
    audit.record(
        session,
        actor,
        "incluir na lista de chegada",
        "walk_in",
        row.id,
        {"status": ["", row.status]},
        now=now,
    )
    live.touch(session, topics.agenda(agenda_id))
    return row.id or 0


def turn(session: Session, actor: Actor, walk_in_id: int, status: str, *, now: datetime) -> None:
    """Call somebody, take the call back, or end the entry: attended, or gone.

    Raises:
        ConflictError: the entry has ended, or somebody else did the same meanwhile.
        NotFoundError: there is none, or it is another unit's.
    """
    row = session.get(WalkIn, walk_in_id, with_for_update=True)
    if row is None:
        require(actor, Permission.EDIT_AGENDA)
        raise NotFoundError("Esta pessoa já não está na lista.")
    keepers.require_desk(session, actor, row.agenda_id, Permission.EDIT_AGENDA, now=now)
    before = row.status
    if status not in list(MOVES.get(Turn(before), ())):
        raise ConflictError("A lista mudou. Veja como ela está agora.")
    row.status = status
    row.called_at = now if status == Turn.CALLED else row.called_at
    row.ended_at = now if status in (Turn.ATTENDED, Turn.LEFT) else None
    session.add(row)
    change = {"status": [before, status]}
    audit.record(session, actor, "mover na lista de chegada", "walk_in", row.id, change, now=now)
    live.touch(session, topics.agenda(row.agenda_id))


def line(session: Session, agenda_id: int, *, now: datetime) -> list[WalkInView]:
    """Return who waits today: urgent ones first, each list by order of arrival."""
    rows = _open(session, agenda_id, now)
    urgent, others = ([r for r in rows if r.is_urgent is kind] for kind in (True, False))
    return [
        _view(row, place) for some in (urgent, others) for place, row in enumerate(some, start=1)
    ]


def forget(session: Session, *, now: datetime) -> int:
    """Delete entries of more than thirty days ago: nothing needs them (a nightly job)."""
    old = delete(WalkIn).where(col(WalkIn.arrived_at) < now - KEEP)
    return session.connection().execute(old).rowcount


def _open(session: Session, agenda_id: int, now: datetime) -> Sequence[WalkIn]:
    return session.exec(
        select(WalkIn)
        .where(
            col(WalkIn.agenda_id) == agenda_id,
            col(WalkIn.day) == clock.local_day(now),
            col(WalkIn.status).in_([Turn.WAITING, Turn.CALLED]),
        )
        .order_by(col(WalkIn.arrived_at), col(WalkIn.id))
    ).all()


def _view(row: WalkIn, place: int) -> WalkInView:
    arrived = text.hour_words(row.arrived_at)
    return WalkInView(
        id=row.id or 0,
        place=place,
        name=row.name,
        oab=format_oab(row.oab),
        subject=row.subject,
        arrived=arrived,
        is_urgent=row.is_urgent,
        is_called=row.status == Turn.CALLED,
        words=f"chegou às {arrived}, {WORDS[Turn(row.status)]}",
    )

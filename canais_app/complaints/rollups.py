"""The counts that figures are read from, kept in the transaction of what they count."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Integer,
    Select,
    cast,
    delete,
    except_,
    func,
    insert,
    select,
    text,
    update,
)
from sqlalchemy.orm import Mapped
from sqlmodel import Session, col

from canais_app.complaints.models import (
    AnswerDay,
    Complaint,
    ComplaintHour,
    PeopleHour,
    PersonReport,
    StateHour,
    VisitHour,
)
from canais_app.kit import clock, db
from canais_app.kit.models import Table

_HOUR, _DAY = 3600, 86400
_OFFSET = clock.HOURS_BEHIND_UTC * _HOUR
SHOWN_DIFFERENCES = 20  # of each table, in a report


@dataclass(frozen=True)
class Difference:
    """A row of counts that the complaints do not support."""

    key: dict[str, Any]
    stored: int
    counted: int


@dataclass(frozen=True)
class TableCheck:
    """How a table of counts compares with what it counts. `differences` has the first ones."""

    table: str
    total: int
    different: int
    differences: list[Difference]


def count_complaint(session: Session, complaint: Complaint) -> None:
    """Add a complaint to the hour in which it happened, of its unit and of the state."""
    hour, kind = clock.hour_number(complaint.occurred_at), str(complaint.kind)
    key = {"hour": hour, "channel": complaint.channel, "kind": kind}
    _add(session, ComplaintHour, {**key, "unit_id": complaint.unit_id}, "count")
    _add(session, StateHour, key, "count")


def count_person(  # noqa: PLR0913 (a person has that many parts)
    session: Session,
    *,
    unit_id: int,
    channel: str,
    mark: str,
    now: datetime,
    complaint_id: int | None = None,
) -> bool:
    """Count a person once per unit, channel and day; return whether it was the first time.

    `mark` is a `reporter_fingerprint`; without one (a report by staff or a program) the report
    counts as one person.
    """
    statement = db.dialect_insert(session)(PersonReport).values(
        unit_id=unit_id,
        channel=channel,
        day=clock.day_number(now),
        mark=mark or None,
        received_at=now,
        complaint_id=complaint_id,
    )
    stored = session.connection().execute(
        statement.on_conflict_do_nothing().returning(col(PersonReport.id))
    )
    if stored.first() is None:
        return False
    key = {"hour": clock.hour_number(now), "unit_id": unit_id, "channel": channel}
    _add(session, PeopleHour, key, "people")
    return True


def count_visit(session: Session, *, unit_id: int, channel: str, now: datetime) -> None:
    """Count the use of a channel's button."""
    key = {"hour": clock.hour_number(now), "unit_id": unit_id, "channel": channel}
    _add(session, VisitHour, key, "visits")


def count_answer(session: Session, complaint: Complaint, *, now: datetime) -> None:
    """Mark and count the first answer: its day, the days it took, and its punctuality."""
    if complaint.answered_at is not None:
        return
    complaint.answered_at, complaint.is_on_time = now, now <= complaint.due_at
    day = clock.day_number(now)
    key = {
        "day": day,
        "unit_id": complaint.unit_id,
        "wait_days": day - clock.day_number(complaint.created_at),
        "is_on_time": complaint.is_on_time,
    }
    _add(session, AnswerDay, key, "count")


def verify(session: Session) -> list[TableCheck]:
    """Compare each table of counts with the complaints and people, row by row.

    `VisitHour` is not compared: uses of a button are stored nowhere else.
    """
    return [_check(session, table, query) for table, query in _counted(session).items()]


def _check(session: Session, table: type[Table], counted: Select[Any]) -> TableCheck:
    *keys, counter = [column.name for column in counted.selected_columns]
    stored = select(*(getattr(table, name) for name in (*keys, counter)))
    found: dict[tuple[Any, ...], list[int]] = {}
    for place, (ours, theirs) in enumerate(((stored, counted), (counted, stored))):
        for row in session.connection().execute(except_(ours, theirs)):
            found.setdefault(tuple(row[:-1]), [0, 0])[place] = int(row[-1])
    total = session.scalar(select(func.coalesce(func.sum(getattr(table, counter)), 0)))
    return TableCheck(
        table=str(table.__tablename__),
        total=int(total or 0),
        different=len(found),
        differences=[
            Difference(dict(zip(keys, key, strict=True)), *counts)
            for key, counts in list(found.items())[:SHOWN_DIFFERENCES]
        ],
    )


def uncount_answer(session: Session, complaint: Complaint) -> None:
    """Take back the first answer, which was undone."""
    if complaint.answered_at is None:
        return
    day = clock.day_number(complaint.answered_at)
    counted = (
        col(AnswerDay.day) == day,
        col(AnswerDay.unit_id) == complaint.unit_id,
        col(AnswerDay.wait_days) == day - clock.day_number(complaint.created_at),
        col(AnswerDay.is_on_time) == complaint.is_on_time,
    )
    one_less = update(AnswerDay).where(*counted).values(count=AnswerDay.count - 1)
    session.connection().execute(one_less)
    session.connection().execute(delete(AnswerDay).where(*counted, col(AnswerDay.count) <= 0))
    complaint.answered_at = complaint.is_on_time = None


def rebuild(session: Session) -> None:
    """Count everything again from the complaints and people; filing waits meanwhile."""
    if session.get_bind().dialect.name == "postgresql":
        locked = "LOCK TABLE complaint, person_report IN SHARE ROW EXCLUSIVE MODE"
        session.connection().execute(text(locked))
    for table, counted in _counted(session).items():
        session.connection().execute(delete(table))
        names = [column.name for column in counted.selected_columns]
        session.connection().execute(insert(table).from_select(names, counted))


def _counted(session: Session) -> dict[type[Table], Select[Any]]:
    """Return the query that each table of counts must equal."""
    at_hour = _epoch(session, col(Complaint.occurred_at)) // _HOUR
    received = _epoch(session, col(PersonReport.received_at)) // _HOUR
    answered = (_epoch(session, col(Complaint.answered_at)) - _OFFSET) // _DAY
    created = (_epoch(session, col(Complaint.created_at)) - _OFFSET) // _DAY
    channel, kind = col(Complaint.channel), col(Complaint.kind)
    person = col(PersonReport.unit_id), col(PersonReport.channel)
    unit, on_time = col(Complaint.unit_id), col(Complaint.is_on_time)
    return {
        ComplaintHour: _grouped("count", hour=at_hour, unit_id=unit, channel=channel, kind=kind),
        StateHour: _grouped("count", hour=at_hour, channel=channel, kind=kind),
        PeopleHour: _grouped("people", hour=received, unit_id=person[0], channel=person[1]),
        AnswerDay: _grouped(
            "count", day=answered, unit_id=unit, wait_days=answered - created, is_on_time=on_time
        ).where(col(Complaint.answered_at).is_not(None)),
    }


def _grouped(counter: str, **keys: ColumnElement[Any] | Mapped[Any]) -> Select[Any]:
    columns = [key.label(name) for name, key in keys.items()]
    return select(*columns, func.count().label(counter)).group_by(*keys.values())


def _epoch(session: Session, moment: Mapped[Any]) -> ColumnElement[int]:
    """Return whole seconds since 1970 (UTC) of a stored moment."""
    if session.get_bind().dialect.name == "postgresql":
        return cast(func.floor(func.extract("epoch", moment)), BigInteger)
    return cast(func.strftime("%s", moment), Integer)


def _add(session: Session, table: type[Table], key: dict[str, Any], counter: str) -> None:
    statement = db.dialect_insert(session)(table).values(**key, **{counter: 1})
    more = {counter: getattr(table, counter) + 1}
    session.connection().execute(
        statement.on_conflict_do_update(index_elements=list(key), set_=more)
    )

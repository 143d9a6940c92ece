"""The life of situations: they open, change and close by what was judged; one mail an episode."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from sqlalchemy import ColumnElement, String, cast, func, update
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, select

from canais_app.accounts import audit
from canais_app.accounts.roles import SYSTEM
from canais_app.complaints.models import Complaint, PersonReport
from canais_app.complaints.public_status.subscriptions import StatusEvent, notify_subscribers
from canais_app.complaints.situations import alerts
from canais_app.complaints.situations.models import Situation, SituationEvent
from canais_app.complaints.situations.queries import FALSE, TOPIC, Scope, is_public, members_of
from canais_app.complaints.statistics.alarms.judge import QUIET
from canais_app.directory.models import Unit
from canais_app.kit import clock, live

ENTITY = "situação"
POSSIBLE, PROBABLE = "possivel", "provavel"
QUIET_TIME = timedelta(minutes=QUIET)
COMMIT_TIME = timedelta(seconds=30)  # a complaint may be committed after a later judgement
PORTAL = "Portal"


@dataclass(frozen=True)
class Reading:
    """What was judged of a unit's channel, or of several: `seen` people in its window."""

    scope: Scope
    place_id: int
    comarca_id: int | None
    channel: str
    seen: int
    expected: float
    upper: int
    probability: float
    first_at: datetime
    is_probable: bool
    is_possible: bool

    @property
    def key(self) -> tuple[str, int, str]:
        """Return what an open situation is unique by."""
        return self.scope, self.place_id, self.channel


class Judged(Protocol):
    """A judged moment, as `engine.Moment`."""

    groups: list[Reading]

    @property
    def now(self) -> datetime:
        """Return the moment."""
        ...

    def above_normal(self) -> list[Reading]:
        """Return the series above normal."""
        ...

    def read(self, unit_id: int, channel: str) -> Reading | None:
        """Return the reading of a series."""
        ...


def apply(session: Session, judged: Judged) -> None:
    """Open, update and close situations; announce what changed.

    Members of a group are muted: they count to its situation and open none of their own.
    """
    now = judged.now
    rows = session.exec(select(Situation).where(col(Situation.closed_at).is_(None))).all()
    opened = {(row.scope, row.place_id, row.channel): row for row in rows}
    groups = {reading.key: reading for reading in judged.groups}
    for key, row in list(opened.items()):
        if row.incident_id is not None:
            continue  # it lives and ends with its incident
        if row.scope == Scope.UNIT:
            _update(session, row, judged.read(row.place_id, row.channel), now)
        else:
            _update(session, row, groups.get(key), now)
    for reading in judged.groups:
        if reading.key not in opened and (row := open_situation(session, reading, now)):
            opened[reading.key] = row
    _mute_members(session, opened.values(), now)
    covering = [row for row in opened.values() if row.scope != Scope.UNIT and not row.closed_at]
    for reading in judged.above_normal():
        if reading.key not in opened and not any(_covers(row, reading) for row in covering):
            open_situation(session, reading, now)
    _tell_public(session, now)


def _tell_public(session: Session, now: datetime) -> None:
    """Tell those who asked for it of what became public in this round."""
    fresh = select(Situation).where(
        col(Situation.probable_at) == now, col(Situation.closed_at).is_(None)
    )
    for row in session.exec(fresh).all():
        _tell_if_public(session, row, now)


def _tell_if_public(session: Session, row: Situation, now: datetime) -> None:
    if is_public(row):
        members = members_of(session, row)
        notify_subscribers(session, f"situation:{row.id}", StatusEvent.PUBLIC, members, now=now)


def _covers(group: Situation, member: Reading | Situation) -> bool:
    if group.scope == Scope.COMARCA:
        return group.place_id == member.comarca_id
    return group.channel == member.channel


def open_situation(session: Session, reading: Reading, now: datetime) -> Situation | None:
    """Store a new situation; None when another process was first."""
    row = Situation(
        code=draw_code(session, now),
        scope=reading.scope,
        place_id=reading.place_id,
        unit_id=reading.place_id if reading.scope == Scope.UNIT else None,
        comarca_id=reading.comarca_id,
        channel=reading.channel,
        level=POSSIBLE,
        first_report_at=reading.first_at,
        opened_at=now,
        judged_at=now,
    )
    try:
        with session.begin_nested():
            session.add(row)
    except IntegrityError:
        return None
    _store_reading(session, row, reading, now, since=reading.first_at)
    if reading.is_probable:
        _make_probable(session, row, now)
    else:
        add_event(session, row, "possivel", "Possível, só interno.", now=now)
        alerts.announce(session, row, now=now)
    live.emit(session, TOPIC)
    return row


def draw_code(session: Session, now: datetime) -> str:
    """Return the next code of the year, as `2026-0412`."""
    year = clock.to_local_day(now).year
    last = session.exec(
        select(Situation.code)
        .where(col(Situation.code).startswith(f"{year}-"))
        .order_by(col(Situation.id).desc())
        .limit(1)
    ).first()
    return f"{year}-{int(last.partition('-')[2]) + 1 if last else 1:04d}"


def _update(session: Session, row: Situation, reading: Reading | None, now: datetime) -> None:
    """Store what was judged of an open situation; close it after two quiet hours."""
    shown = (row.seen, row.people, row.level, row.quiet_since is None)
    before, row.judged_at = row.judged_at, now
    if reading is None:
        row.seen = row.seen if row.quiet_since else 0
    else:
        _store_reading(session, row, reading, now, since=before - COMMIT_TIME)
        if reading.is_probable and row.probable_at is None and row.verdict != FALSE:
            _make_probable(session, row, now)
    if reading is not None and reading.is_possible:
        row.quiet_since = None
    elif row.quiet_since is None:
        row.quiet_since = now
        add_event(session, row, "calma", "Voltou à faixa normal; em observação.", now=now)
    elif now - row.quiet_since >= QUIET_TIME:
        close(session, row, "Encerrada: duas horas dentro do normal.", now=now)
    session.add(row)
    if shown != (row.seen, row.people, row.level, row.quiet_since is None):
        live.emit(session, TOPIC)


def _store_reading(
    session: Session, row: Situation, reading: Reading, now: datetime, *, since: datetime
) -> None:
    row.seen, row.expected, row.upper = reading.seen, reading.expected, reading.upper
    row.probability = reading.probability
    row.people = count_people(session, row, now)
    _claim_complaints(session, row, since=since, now=now)
    row.kind = _most_frequent_kind(session, row) or row.kind


def _make_probable(session: Session, row: Situation, now: datetime) -> None:
    row.level, row.probable_at = PROBABLE, now
    session.add(row)
    session.flush()
    add_event(session, row, "provavel", "Provável: visível ao público.", now=now)
    audit.record_entry(
        session, SYSTEM, "abriu", ENTITY, row.code, {"nível": ["", PROBABLE]}, now=now
    )
    alerts.announce(session, row, now=now)


def close(session: Session, row: Situation, text: str, *, now: datetime) -> None:
    """Close a situation; the members of a group are judged on their own again."""
    row.closed_at, row.version = now, row.version + 1
    session.add(row)
    add_event(session, row, "encerrada", text, now=now)
    freed = session.exec(select(Situation).where(col(Situation.muted_by_id) == row.id)).all()
    for member in freed:
        member.muted_by_id = None
        session.add(member)
    if row.probable_at is not None:
        change = {"situação": ["aberta", "encerrada"]}
        audit.record_entry(session, SYSTEM, "encerrou", ENTITY, row.code, change, now=now)
        alerts.announce_end(session, row, now=now)
    if row.probable_at is not None and row.incident_id is None and row.muted_by_id is None:
        members = members_of(session, row)
        notify_subscribers(session, f"situation:{row.id}", StatusEvent.ENDED, members, now=now)
    for member in freed:
        _tell_if_public(session, member, now)
    live.emit(session, TOPIC)


def _mute_members(session: Session, rows: Collection[Situation], now: datetime) -> None:
    groups = [row for row in rows if row.scope != Scope.UNIT and row.closed_at is None]
    for member in rows:
        if member.scope != Scope.UNIT or member.muted_by_id or member.closed_at:
            continue
        for group in groups:
            if _covers(group, member):
                member.muted_by_id = group.id
                session.add(member)
                text = f"Conta na situação {group.code}, de várias unidades."
                add_event(session, member, "silenciada", text, now=now)
                live.emit(session, TOPIC)
                break


def count_people(session: Session, row: Situation, now: datetime) -> int:
    """Count the different people since the first report of a situation."""
    who = func.coalesce(col(PersonReport.mark), cast(col(PersonReport.id), String))
    query = select(func.count(func.distinct(who))).where(
        col(PersonReport.received_at) >= row.first_report_at,
        col(PersonReport.received_at) <= now,
        *_about(row, PersonReport),
    )
    return session.exec(query).one()


def _about(
    row: Situation, table: type[PersonReport] | type[Complaint]
) -> tuple[ColumnElement[bool], ...]:
    """Return the conditions of the reports that belong to a situation."""
    if row.scope == Scope.UNIT:
        return (col(table.unit_id) == row.place_id, col(table.channel) == row.channel)
    if row.scope == Scope.CHANNEL:
        return (col(table.channel) == row.channel,)
    units = select(Unit.id).where(col(Unit.comarca_id) == row.place_id)
    return (col(table.unit_id).in_(units), col(table.channel) != "")


def _claim_complaints(session: Session, row: Situation, *, since: datetime, now: datetime) -> None:
    """Assign the complaints received since the last judgement; one taken out stays out."""
    session.flush()
    session.connection().execute(
        update(Complaint)
        .where(
            col(Complaint.created_at) >= since,
            col(Complaint.created_at) <= now,
            col(Complaint.situation_id).is_(None),
            *_about(row, Complaint),
        )
        .values(situation_id=row.id)
    )


def _most_frequent_kind(session: Session, row: Situation) -> str | None:
    return session.exec(
        select(Complaint.kind)
        .where(col(Complaint.situation_id) == row.id)
        .group_by(col(Complaint.kind))
        .order_by(func.count().desc(), col(Complaint.kind))
        .limit(1)
    ).first()


def add_event(  # noqa: PLR0913 (an event has that many parts)
    session: Session,
    row: Situation,
    kind: str,
    text: str,
    *,
    now: datetime,
    who: str = PORTAL,
    staff_id: int | None = None,
) -> SituationEvent:
    """Store what happened in a situation."""
    event = SituationEvent(
        situation_id=row.id or 0, at=now, staff_id=staff_id, who=who, kind=kind, text=text
    )
    session.add(event)
    session.flush()
    return event


def load_events(session: Session, situation_id: int) -> Sequence[SituationEvent]:
    """Return the events of a situation, newest first."""
    query = select(SituationEvent).where(col(SituationEvent.situation_id) == situation_id)
    return session.exec(query.order_by(col(SituationEvent.id).desc())).all()

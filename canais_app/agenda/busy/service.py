"""The busy times of a gabinete's own calendar: connect it, read it when due, say how old it is.

While it cannot be read, the busy times read last stay in force and the desk says since when. A
booking that the calendar later contradicts stays and is a named conflict at the desk.

Functions that take an actor and an agenda raise `NotFoundError` when it is another unit's.
"""

import asyncio
import json
import sys
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from urllib.parse import urlsplit

import structlog
from pydantic import BaseModel, Field, field_validator
from sqlmodel import Session, col, select

from canais_app.accounts import audit
from canais_app.accounts.roles import Actor
from canais_app.agenda import access, queries
from canais_app.agenda.availability import rule_values
from canais_app.agenda.availability.service import AgendaContext
from canais_app.agenda.booking import offers, storage
from canais_app.agenda.busy import fetch
from canais_app.agenda.busy.fetch import CalendarKind, CalendarSource, FetchError
from canais_app.agenda.formatting import format_full_start
from canais_app.agenda.models import AgendaBusy, AgendaCalendar, Appointment
from canais_app.agenda.notifications import appointments
from canais_app.expediente.calendar import Span, subtract_span
from canais_app.kit import clock, db, text
from canais_app.kit.encryption import DecryptionError, decrypt, encrypt

INTERVAL = timedelta(minutes=10)
MAX_INTERVAL = timedelta(hours=1)  # after failures
LEASE = timedelta(minutes=5)  # a claimed reading is due again when its worker died
STALE_AFTER = timedelta(hours=1)
HORIZON = timedelta(days=400)  # no agenda opens further ahead
EXPANSION_TIMEOUT = 120.0  # seconds; the process limits its own processor time
EXPAND = (sys.executable, "-m", "canais_app.agenda.busy.expand")
BATCH = 5
TOO_LONG = "O calendário demorou demais para ser lido: há regras de repetição sem fim?"
ENTITY = "agenda"
log = structlog.get_logger()


class CalendarForm(BaseModel):
    """What connects a calendar. The user and password are those of CalDAV."""

    kind: CalendarKind = CalendarKind.ICS
    address: str = Field(min_length=1, max_length=2000)
    user: str = Field(default="", max_length=200)
    password: str = Field(default="", max_length=200)

    @field_validator("address")
    @classmethod
    def _normalise(cls, written: str) -> str:
        return fetch.normalise_address(written)


@dataclass(frozen=True)
class CalendarView:
    """A connected calendar in words; an empty `host`: none is connected."""

    host: str = ""
    since: str = ""
    last_read: str = ""
    busy: str = ""
    unreadable: str = ""
    warning: str = ""  # why its busy times may be out of date


@dataclass(frozen=True)
class ClaimedReading:
    """A calendar to read now."""

    agenda_id: int
    source: CalendarSource
    own_uids: list[str]
    first: datetime
    last: datetime


@dataclass(frozen=True)
class Reading:
    """What came of a reading: busy times, or a problem in words."""

    spans: tuple[Span, ...] = ()
    unreadable: int = 0
    problem: str = ""


def connect_calendar(
    session: Session, actor: Actor, agenda_id: int, form: CalendarForm, *, now: datetime
) -> None:
    """Read this calendar from now on, instead of the former; check its address first."""
    access.require_rules_access(session, actor, agenda_id)
    source = CalendarSource(form.kind, form.address, form.user, form.password)
    row = session.get(AgendaCalendar, agenda_id) or AgendaCalendar(
        agenda_id=agenda_id, kind="", host="", sealed_source="", connected_at=now, due_at=now
    )
    before, row.kind, row.host = row.host, source.kind, _host(source.address)
    row.sealed_source = encrypt(json.dumps(asdict(source)))
    row.connected_at = row.due_at = now
    row.read_at, row.failures, row.problem, row.unreadable = None, 0, "", 0
    session.add(row)
    changes = {"calendar": [before, row.host]}
    audit.record_entry(session, actor, "ligou calendário", ENTITY, agenda_id, changes, now=now)
    storage.emit_changes(session, agenda_id)


def disconnect_calendar(session: Session, actor: Actor, agenda_id: int, *, now: datetime) -> None:
    """Stop reading the calendar and forget its busy times; their slots are offered again."""
    access.require_rules_access(session, actor, agenda_id)
    row = session.get(AgendaCalendar, agenda_id)
    if row is None:
        return
    changes = {"calendar": [row.host, ""]}
    session.delete(row)
    _replace_busy(session, agenda_id, (), now=now)
    audit.record_entry(session, actor, "desligou calendário", ENTITY, agenda_id, changes, now=now)
    storage.emit_changes(session, agenda_id)


def read_soon(session: Session, actor: Actor, agenda_id: int, *, now: datetime) -> None:
    """Let the worker read the calendar, if one is connected, at its next turn."""
    access.require_rules_access(session, actor, agenda_id)
    row = session.get(AgendaCalendar, agenda_id)
    if row is not None:
        row.due_at = now
        session.add(row)


def load_calendar_view(
    session: Session, actor: Actor, agenda_id: int, *, now: datetime
) -> CalendarView:
    """Return the state of the agenda's calendar; its address is never shown again."""
    access.require_rules_access(session, actor, agenda_id)
    row = session.get(AgendaCalendar, agenda_id)
    if row is None:
        return CalendarView()
    spans = rule_values.load_busy(session, [agenda_id]).get(agenda_id, ())
    ahead = sum(now < end and start < now + timedelta(days=28) for start, end in spans)
    few = text.pluralise(row.unreadable, "compromisso", "compromissos")
    return CalendarView(
        host=row.host,
        since=format_full_start(row.connected_at),
        last_read=format_full_start(row.read_at) if row.read_at else "",
        busy=text.pluralise(ahead, "período ocupado", "períodos ocupados"),
        unreadable=f"{few} sem hora que se entenda: confira." if row.unreadable else "",
        warning=_warning(row, now),
    )


def load_warning(session: Session, agenda_id: int, *, now: datetime) -> str:
    """Return why the busy times of an agenda may be out of date; empty: they are not."""
    row = session.get(AgendaCalendar, agenda_id)
    return _warning(row, now) if row else ""


def _warning(row: AgendaCalendar, now: datetime) -> str:
    if not row.problem and now - (row.read_at or row.connected_at) < STALE_AFTER:
        return ""
    problem = row.problem or "Ninguém o leu na última hora."
    if row.read_at is None:
        return f"O calendário do gabinete ainda não foi lido. {problem}"
    since = format_full_start(row.read_at)
    return f"O calendário do gabinete foi lido por último em {since}. {problem}"


async def read_due() -> int:
    """Read the calendars that are due; return how many were read."""
    now = clock.now()
    if not await db.read(_has_due, now=now):
        return 0
    claimed = await db.write(claim_due, now=now)
    for each in claimed:  # one after the other: each may take a processor for a while
        reading = await _read(each)
        await db.write(store_reading, each.agenda_id, reading, now=clock.now())
    return len(claimed)


def _has_due(session: Session, *, now: datetime) -> bool:
    due = select(AgendaCalendar.agenda_id).where(col(AgendaCalendar.due_at) <= now)
    return session.exec(due.limit(1)).first() is not None


def claim_due(session: Session, *, now: datetime) -> list[ClaimedReading]:
    """Take calendars that are due for five minutes; without a result they are due again."""
    rows = session.exec(
        select(AgendaCalendar)
        .where(col(AgendaCalendar.due_at) <= now)
        .order_by(col(AgendaCalendar.due_at))
        .limit(BATCH)
        .with_for_update(skip_locked=True)
    ).all()
    claimed: list[ClaimedReading] = []
    first = clock.from_wall_clock(clock.to_local_day(now), 0)
    for row in rows:
        row.due_at = now + LEASE
        session.add(row)
        uids = select(Appointment.ics_uid).where(
            col(Appointment.agenda_id) == row.agenda_id, col(Appointment.ends_at) > first
        )
        try:
            source = json.loads(decrypt(row.sealed_source))
        except DecryptionError:
            row.problem = "A chave do portal mudou: ligue o calendário de novo."
            continue
        source["kind"] = CalendarKind(source["kind"])
        claimed.append(
            ClaimedReading(
                row.agenda_id,
                CalendarSource(**source),
                [uid for uid in session.exec(uids) if uid],
                first,
                first + HORIZON,
            )
        )
    return claimed


async def _read(claimed: ClaimedReading) -> Reading:
    try:
        data = await fetch.fetch(claimed.source, claimed.first, claimed.last)
        return await _expand(data, claimed)
    except FetchError as wrong:
        log.info("calendar_not_read", agenda=claimed.agenda_id, problem=str(wrong))
        return Reading(problem=str(wrong))


async def _expand(data: bytes, claimed: ClaimedReading) -> Reading:
    """Expand a calendar in a process of its own, which ends with this call."""
    child = await asyncio.create_subprocess_exec(
        *EXPAND, stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
    )  # fmt: skip
    asked = {
        "first": claimed.first.isoformat(),
        "last": claimed.last.isoformat(),
        "own_uids": claimed.own_uids,
    }
    try:
        async with asyncio.timeout(EXPANSION_TIMEOUT):
            printed, _ = await child.communicate(json.dumps(asked).encode() + b"\n" + data)
    except TimeoutError:
        raise FetchError(TOO_LONG) from None
    finally:
        if child.returncode is None:
            child.kill()
            await child.wait()
    if child.returncode:
        raise FetchError(TOO_LONG)
    answer = json.loads(printed)
    if "problem" in answer:
        raise FetchError(answer["problem"])
    spans = tuple(
        (datetime.fromisoformat(a), datetime.fromisoformat(b)) for a, b in answer["spans"]
    )
    return Reading(spans, answer["unreadable"])


def store_reading(session: Session, agenda_id: int, reading: Reading, *, now: datetime) -> None:
    """Store a reading, unless the calendar was disconnected; a failed one keeps the last spans."""
    row = session.get(AgendaCalendar, agenda_id)
    if row is None:
        return
    was_shown = (row.problem, row.unreadable, row.read_at is None)
    row.problem = reading.problem[:200]
    if reading.problem:
        row.failures += 1
        row.due_at = now + min(INTERVAL * 2 ** min(row.failures - 1, 6), MAX_INTERVAL)
    else:
        row.failures, row.read_at, row.unreadable = 0, now, reading.unreadable
        row.due_at = now + INTERVAL
    session.add(row)
    is_changed = not reading.problem and _replace_busy(session, agenda_id, reading.spans, now=now)
    if is_changed or was_shown != (row.problem, row.unreadable, row.read_at is None):
        storage.emit_changes(session, agenda_id)


def _replace_busy(
    session: Session, agenda_id: int, spans: tuple[Span, ...], *, now: datetime
) -> bool:
    """Replace the busy times and offer what they free to the waiting list; return if they differ.

    The agenda is locked, so that a booking sees either the old or the new ones.
    """
    agenda = queries.load_by_id(session, agenda_id, now=now, locked=True)
    if agenda.busy == spans:
        return False
    row = session.get(AgendaBusy, agenda_id) or AgendaBusy(agenda_id=agenda_id)
    row.spans = [[start.isoformat(), end.isoformat()] for start, end in spans]
    session.add(row)
    session.flush()
    freed = _list_freed(agenda, spans, now)
    if freed:
        renewed = queries.load_by_id(session, agenda_id, now=now)
        for span in freed:
            offered = offers.offer_to_waitlist(session, renewed, span, freed_at=now, now=now)
            appointments.notify(session, renewed, *offered, now=now)
    return True


def _list_freed(agenda: AgendaContext, spans: tuple[Span, ...], now: datetime) -> list[Span]:
    """Return what was busy and is not any more, within what can be booked."""
    end = clock.from_wall_clock(agenda.last_day(now) + timedelta(days=1), 0)
    freed: list[Span] = [(max(a, now), min(b, end)) for a, b in agenda.busy if b > now and a < end]
    for start, until in spans:
        if start >= end:
            break
        freed = subtract_span(freed, start, until)
    return freed


def _host(address: str) -> str:
    return (urlsplit(address).hostname or "")[:200]

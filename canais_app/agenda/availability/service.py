"""The one answer to what is free: load rows as values and let `slots.plan_day` decide.

Listing, holds, bookings, moves and the waiting list all call this module.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import cached_property, lru_cache
from typing import Any

import sqlalchemy as sa
from sqlmodel import Session, SQLModel, col, select

from canais_app.agenda.availability import rule_values, slots
from canais_app.agenda.availability.rule_values import Substitute, Terms, TermsVersions
from canais_app.agenda.availability.slots import DayPlan, Slot, TakenSpan
from canais_app.agenda.errors import SlotNotOfferedError, SlotReservedError, SlotTakenError
from canais_app.agenda.models import (
    ACTIVE_SQL,
    ACTIVE_STATUSES,
    Agenda,
    Appointment,
    AppointmentStatus,
)
from canais_app.directory.models import Comarca, Unit
from canais_app.expediente.calendar import CourtCalendar, Hours, Location, Span
from canais_app.expediente.queries import VERSIONS as CALENDAR_VERSIONS
from canais_app.expediente.queries import load_calendar
from canais_app.kit import cache_version, clock, text

# No slot with its buffers is longer, so rows that far away cannot touch a day.
QUERY_MARGIN = timedelta(days=2)
# The cache versions of all that an `AgendaContext` is made of.
VERSIONS = (*CALENDAR_VERSIONS, rule_values.CACHE_VERSION_TABLE)
# Statuses that the query below gives to an expired hold, and to a seat closed until it is over.
EXPIRED_MARK, CLOSED_MARK = "over", "closed"
ACTIVE_VALUES = frozenset(status.value for status in ACTIVE_STATUSES)
CACHE_SIZE = 20_000  # rows kept in memory: a month of a hundred agendas
OFF_GRID_TEXT = "Este horário não está na agenda. Escolha um dos horários listados."


@dataclass(frozen=True)
class UnitCalendar:
    """The court's calendar where a unit is (`slots.CourtHours`)."""

    calendar: CourtCalendar
    place: Location

    @cached_property
    def _closures_only(self) -> CourtCalendar:
        return CourtCalendar(closures=self.calendar.closures)

    def list_open_spans(self, day: date, hours: Hours, *, on_holidays: bool) -> Sequence[Span]:
        """Return what the calendar leaves of `hours`; closures hold on opted-out holidays too."""
        calendar = self._closures_only if on_holidays else self.calendar
        return calendar.list_open_spans(day, self.place, hours)

    def change_reason(self, day: date, hours: Hours) -> str:
        """Return why the calendar changes `hours` on this day."""
        return self.calendar.open_state_on(day, self.place, hours).reason

    def list_holidays(self, first: date, last: date) -> dict[date, str]:
        """Return the closed days from `first` to `last`, both included, with their names."""
        return self.calendar.list_holidays(first, last, self.place)

    def add_open_days(self, day: date, count: int) -> date:
        """Return the day `count` business days later."""
        return self.calendar.add_open_days(day, count, self.place)


@dataclass(frozen=True)
class AgendaContext:
    """An agenda with its unit, its versions and its calendar: all that availability depends on."""

    row: Agenda
    unit: Unit
    comarca: str
    versions: TermsVersions
    court: UnitCalendar
    blocks: tuple[Span, ...] = ()  # of today and later, under any version
    busy: tuple[Span, ...] = ()  # of the gabinete's own calendar
    substitutes: tuple[Substitute, ...] = ()  # of today and later
    directory: str = ""  # the cache version of the units and their channels

    @property
    def id(self) -> int:
        """The agenda's id."""
        return self.row.id or 0

    @property
    def takes_requests(self) -> bool:
        """Whether the gabinete approves any appointment of today or later."""
        every = (version.terms for version in self.versions.versions)
        return any(
            terms.needs_approval or any(kind.needs_approval for kind in terms.kinds)
            for terms in every
        )

    def terms_at(self, moment: datetime) -> Terms:
        """Return the terms of the court's day of a moment."""
        return self.versions.terms_on(clock.to_local_day(moment))

    def substitute_at(self, moment: datetime) -> Substitute | None:
        """Return the gabinete that substitutes the agenda's own on the court's day of a moment."""
        day = clock.to_local_day(moment)
        return next((one for one in self.substitutes if one.covers(day)), None)

    def attended_by(self, moment: datetime) -> str:
        """Return the name of the substitute at a moment, or an empty string."""
        substitute = self.substitute_at(moment)
        return substitute.name if substitute else ""

    def last_day(self, now: datetime) -> date:
        """Return the last day that can be booked under any version."""
        ends = (
            (one.starts_on, min(one.last_day, slots.last_bookable_day(one.rules, self.court, now)))
            for one in self.versions.versions
        )
        reached = (last for first, last in ends if first <= last)
        return max(reached, default=clock.to_local_day(now))


def closed_reason(agenda: AgendaContext, span: Span) -> str:
    """Return why the court does not open at an appointment's time; empty: it does."""
    start, end = map(clock.to_local, span)
    day = start.date()
    until = "24:00" if end.date() > day else f"{end:%H:%M}"
    hours: Hours = {str(day.weekday()): [[f"{start:%H:%M}", until]]}
    opted_out = day in agenda.versions.rules_on(day).opt_outs
    if slots.is_inside(span, agenda.court.list_open_spans(day, hours, on_holidays=opted_out)):
        return ""
    return agenda.court.change_reason(day, hours) or "sem expediente"


def load_contexts(
    session: Session,
    rows: Sequence[tuple[Agenda, Unit, Comarca | None]],
    tokens: Sequence[str] = (),
    *,
    now: datetime,
) -> list[AgendaContext]:
    """Return agendas with their rules, in a number of queries that does not grow with theirs.

    `tokens` are those of `VERSIONS`, if the caller has read them.
    """
    ids = [agenda.id or 0 for agenda, _, _ in rows]
    *calendar_tokens, _ = tokens or cache_version.read_tokens(session, *VERSIONS)
    calendar = load_calendar(session, calendar_tokens)
    rules = rule_values.load_rules_in_force(session, ids, now=now)
    return [
        AgendaContext(
            agenda,
            unit,
            comarca.name if comarca else "",
            rules[agenda.id or 0].versions,
            UnitCalendar(calendar, Location(comarca_id=unit.comarca_id, unit_id=unit.id)),
            rules[agenda.id or 0].blocks,
            rules[agenda.id or 0].busy,
            rules[agenda.id or 0].substitutes,
            calendar_tokens[-1],
        )
        for agenda, unit, comarca in rows
    ]


def find_free_slot(  # noqa: PLR0913 (an agenda, a start, and the conditions)
    session: Session,
    agenda: AgendaContext,
    start: datetime,
    *,
    now: datetime,
    asked_at: datetime | None = None,
    excluded_id: int | None = None,
    notice: bool = True,
    kind: str = "",
) -> Slot:
    """Return the free slot at `start` for a caller that takes it in this transaction.

    `kind` is the kind of attendance, whose length the slot has; empty: the first.

    Raises:
        SlotTakenError: another person has it.
        SlotNotOfferedError: it is not on the agenda; the sentence says why.
    """
    plan = plan_days(
        session,
        agenda,
        [clock.to_local_day(start)],
        now=now,
        asked_at=asked_at,
        excluded_id=excluded_id,
        notice=notice,
        clearing=True,
        kind=kind,
    )[0]
    slot = next((slot for slot in plan.slots if slot.start == start), None)
    if slot is None:
        raise SlotNotOfferedError(_unavailable_reason(agenda, plan, start, now=now))
    if slot.is_free:
        return slot
    if plan.day_limit:
        raise SlotNotOfferedError("Este dia já chegou ao limite de atendimentos da agenda.")
    raise _taken_error(session, agenda, start, now=now, excluded_id=excluded_id, kind=kind)


def _taken_error(  # noqa: PLR0913 (an agenda, a start, and the conditions)
    session: Session,
    agenda: AgendaContext,
    start: datetime,
    *,
    now: datetime,
    excluded_id: int | None,
    kind: str,
) -> SlotTakenError:
    """Return why no seat of a slot is free: somebody has it, or what it waits for."""
    rules = agenda.versions.rules_on(clock.to_local_day(start), kind)
    busy_from, busy_until = slots.busy_span(start, rules)
    blocking = session.exec(
        select(Appointment.status, Appointment.released_at)
        .where(
            col(Appointment.agenda_id) == agenda.id,
            col(Appointment.busy_from) < busy_until,
            col(Appointment.busy_until) > busy_from,
            col(Appointment.id) != (excluded_id or 0),
            sa.or_(sa.text(ACTIVE_SQL), col(Appointment.released_at) > now),
        )
        .order_by(col(Appointment.released_at))
    ).all()
    statuses = {status for status, _ in blocking}
    public_at = next((at for _, at in blocking if at is not None), None)
    if public_at is not None and public_at <= start:
        then = (
            f"volta para todos às {text.format_hour(public_at)}"
            if public_at < start
            else "não volta a tempo para todos"
        )
        return SlotReservedError(
            f"Este horário foi desmarcado há pouco: vai primeiro para a fila de espera e {then}."
        )
    if statuses == {AppointmentStatus.OFFERED}:
        return SlotReservedError("Este horário está guardado para quem está na fila de espera.")
    if AppointmentStatus.HELD in statuses:
        return SlotReservedError(
            "Outra pessoa está preenchendo os dados para este horário. Se ela não confirmar, ele "
            "volta em até 5 minutos."
        )
    return SlotTakenError()


def _unavailable_reason(
    agenda: AgendaContext, plan: DayPlan, start: datetime, *, now: datetime
) -> str:
    if start <= now:
        return "Este horário já passou. Escolha outro."
    rules = agenda.versions.rules_on(plan.day)
    last = slots.last_bookable_day(rules, agenda.court, now)
    if plan.day > last:
        return f"Esta agenda abre para marcação até {text.format_date(last)}. Escolha um dia antes."
    if plan.state == "closed":
        return f"Não há atendimento nesse dia: {plan.reason}."
    if start < now + timedelta(minutes=rules.notice):
        return f"Marque com pelo menos {text.format_duration(rules.notice)} de antecedência."
    return OFF_GRID_TEXT


def plan_days(  # noqa: PLR0913 (an agenda, days, and the conditions)
    session: Session,
    agenda: AgendaContext,
    days: Sequence[date],
    *,
    now: datetime,
    asked_at: datetime | None = None,
    excluded_id: int | None = None,
    for_waitlist: bool = False,
    notice: bool = True,
    clearing: bool = False,
    kind: str = "",
) -> list[DayPlan]:
    """Return the plan of each day.

    `asked_at` is when the slot was held: the notice counts from there, and so does not run out
    while the form is filled in. `for_waitlist` counts slots that wait for their release as free,
    since the waiting list gets them first. `notice=False` ignores the notice: a request made in
    time may be approved later. `excluded_id` and `clearing`: see `load_taken`. The slots are as
    long as `kind`.
    """
    if not days:
        return []
    taken = load_taken(
        session, [agenda.id], days[0], days[-1], now=now, excluded_id=excluded_id, clearing=clearing
    )[agenda.id]
    if for_waitlist:
        taken = [span for span in taken if span.is_active or span.is_closed]
    return list(plan_with_taken(agenda, days, taken, now=asked_at or now, notice=notice, kind=kind))


def plan_with_taken(  # noqa: PLR0913 (an agenda, days, and the conditions)
    agenda: AgendaContext,
    days: Iterable[date],
    taken: Sequence[TakenSpan],
    *,
    now: datetime,
    notice: bool = True,
    kind: str = "",
) -> Iterator[DayPlan]:
    """Yield the plan of each day under the version in force on it."""
    for version_rules, run in agenda.versions.group_by_rules(days, kind):
        rules = version_rules if notice else replace(version_rules, notice=0)
        yield from slots.iterate_day_plans(run, rules, taken, agenda.court, now=now)


def list_free_slots(plans: Iterable[DayPlan]) -> list[Slot]:
    """Return the bookable slots of several days, in their order."""
    return [slot for plan in plans for slot in plan.slots if slot.is_free]


class _AsStored(sa.types.UserDefinedType[Any]):
    """A moment as the driver returns it (text on SQLite); `_taken_from_row` converts it."""

    cache_ok = True


_STORED = _AsStored()
_row = SQLModel.metadata.tables["appointment"].c
_has_expired = sa.and_(
    _row.status == AppointmentStatus.HELD.value, _row.expires_at <= sa.bindparam("now")
)
# Built once, and its rows are read as the driver returns them: a month has thousands.
_TAKEN = sa.select(
    _row.id,
    _row.agenda_id,
    _row.seat,
    sa.case(
        (_has_expired, EXPIRED_MARK),
        (_row.released_at >= _row.ends_at, CLOSED_MARK),
        else_=_row.status,
    ),
    sa.type_coerce(_row.starts_at, _STORED),
    sa.type_coerce(_row.busy_from, _STORED),
    sa.type_coerce(_row.busy_until, _STORED),
).where(
    _row.agenda_id.in_(sa.bindparam("ids", expanding=True)),
    _row.starts_at >= sa.bindparam("since"),
    _row.starts_at < sa.bindparam("until"),
    sa.or_(sa.text(ACTIVE_SQL), _row.released_at > sa.bindparam("now")),
)


def load_taken(  # noqa: PLR0913 (agendas, days, and the conditions)
    session: Session,
    ids: Sequence[int],
    first: date,
    last: date,
    *,
    now: datetime,
    excluded_id: int | None = None,
    clearing: bool = False,
) -> dict[int, list[TakenSpan]]:
    """Return the taken spans from `first` to `last`, by agenda.

    Expired holds do not count; `clearing` deletes them, because the database's constraint does
    not know that they have expired. Cancelled appointments count until their release: those of a
    closed seat until they are over.
    `excluded_id` is a row that does not count: the caller's own hold, or the appointment moved.
    """
    found: dict[int, list[TakenSpan]] = {key: [] for key in ids}
    expired: list[int] = []
    values = {
        "ids": ids,
        "since": clock.from_wall_clock(first, 0) - QUERY_MARGIN,
        "until": clock.from_wall_clock(last, 0) + QUERY_MARGIN,
        "now": now,
    }
    session.flush()
    result = session.connection().execute(_TAKEN, values)
    rows: Sequence[Sequence[Any]] = result.cursor.fetchall() if result.cursor else ()
    result.close()
    for key, agenda_id, seat, status, start, busy_from, busy_until in rows:
        if status == EXPIRED_MARK:
            expired.append(key)
        elif key != excluded_id:
            found[agenda_id].append(_taken_from_row(seat, status, start, busy_from, busy_until))
    if clearing and expired:
        session.exec(sa.delete(Appointment).where(col(Appointment.id).in_(expired)))
    return found


@lru_cache(maxsize=CACHE_SIZE)
def _taken_from_row(seat: int, status: str, *moments: str | datetime) -> TakenSpan:
    # Cached: every view of a month reads the same rows.
    start, busy_from, busy_until = map(_moment, moments)
    day = clock.to_local_day(start)
    return TakenSpan(
        seat,
        busy_from,
        busy_until,
        day,
        status == "held",
        status in ACTIVE_VALUES,
        status == CLOSED_MARK,
    )


def _moment(stored: str | datetime) -> datetime:
    return datetime.fromisoformat(f"{stored}+00:00") if isinstance(stored, str) else stored

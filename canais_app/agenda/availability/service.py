"""What is free: rows become values, `slots.plan` decides. Listing, hold, book and move ask here."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy import and_, or_
from sqlmodel import Session, SQLModel, col

from canais_app.agenda.access import Substitute
from canais_app.agenda.availability import rule_values, slots
from canais_app.agenda.availability.court import UnitCalendar
from canais_app.agenda.availability.rule_values import Terms, TermsVersions
from canais_app.agenda.availability.slots import DayPlan, Slot, TakenSpan
from canais_app.agenda.errors import SlotNotOfferedError, SlotTakenError
from canais_app.agenda.models import (
    ACTIVE_SQL,
    ACTIVE_STATUSES,
    Agenda,
    Appointment,
    AppointmentStatus,
)
from canais_app.directory.models import Comarca, Unit
from canais_app.expediente.calendar import Location, Span
from canais_app.expediente.queries import VERSIONS as OF_COURT
from canais_app.expediente.queries import load_calendar
from canais_app.kit import cache_version, clock, text

# No slot with its buffers is longer, so rows that far away cannot touch a day.
QUERY_MARGIN = timedelta(days=2)
# What an agenda is made of: as long as none of these changes, it stands as it was read.
VERSIONS = (*OF_COURT, rule_values.CACHE_VERSION_TABLE)
EXPIRED_MARK = "over"  # a hold that ran out, as `taken` reads it
ACTIVE_VALUES = frozenset(
    status.value for status in ACTIVE_STATUSES
)  # plain words, as rows have them
CACHE_SIZE = 20_000  # rows kept in memory: a month of a hundred agendas
OFF_GRID_TEXT = "Este horário não está na agenda. Escolha um dos horários listados."


class _AsStored(sa.types.UserDefinedType[Any]):
    """A moment as the driver gives it: text on SQLite. `_read` makes it one, once for each row."""

    cache_ok = True


def _moment(stored: str | datetime) -> datetime:
    return datetime.fromisoformat(f"{stored}+00:00") if isinstance(stored, str) else stored


@lru_cache(maxsize=CACHE_SIZE)
def _taken_from_row(seat: int, status: str, *moments: str | datetime) -> TakenSpan:
    # The same rows are read at every look at a board.
    start, busy_from, busy_until = map(_moment, moments)
    day = clock.to_local_day(start)
    return TakenSpan(seat, busy_from, busy_until, day, status == "held", status in ACTIVE_VALUES)


_STORED = _AsStored()
_row = SQLModel.metadata.tables["appointment"].c
_ran_out = and_(_row.status == AppointmentStatus.HELD.value, _row.expires_at <= sa.bindparam("now"))
# Made once, and its rows read as the driver gives them: a month has thousands.
_TAKEN = sa.select(
    _row.id,
    _row.agenda_id,
    _row.seat,
    # In the status's own column: one more would be read of each of a month's rows.
    sa.case((_ran_out, EXPIRED_MARK), else_=_row.status),
    sa.type_coerce(_row.starts_at, _STORED),
    sa.type_coerce(_row.busy_from, _STORED),
    sa.type_coerce(_row.busy_until, _STORED),
).where(
    _row.agenda_id.in_(sa.bindparam("ids", expanding=True)),
    _row.starts_at >= sa.bindparam("since"),
    _row.starts_at < sa.bindparam("until"),
    or_(sa.text(ACTIVE_SQL), _row.released_at > sa.bindparam("now")),
)


@dataclass(frozen=True)
class AgendaContext:
    """An agenda with its unit, its versions and its court: all that availability depends on."""

    row: Agenda
    unit: Unit
    comarca: str
    versions: TermsVersions
    court: UnitCalendar
    blocks: tuple[Span, ...] = ()  # of now and later, whichever version they fall in
    substitutes: tuple[Substitute, ...] = ()  # of today and later
    directory: str = ""  # the version of the units and their channels

    @property
    def id(self) -> int:
        """The agenda's id."""
        return self.row.id or 0

    def terms_at(self, moment: datetime) -> Terms:
        """Return the terms of the court's day of a moment."""
        return self.versions.terms_on(clock.to_local_day(moment))

    def substitute_at(self, moment: datetime) -> Substitute | None:
        """Return who stands in for the gabinete on the court's day of a moment."""
        day = clock.to_local_day(moment)
        return next((one for one in self.substitutes if one.covers(day)), None)

    def attended_by(self, moment: datetime) -> str:
        """Return the name of who stands in then, or an empty string."""
        substitute = self.substitute_at(moment)
        return substitute.name if substitute else ""

    def last_day(self, now: datetime) -> date:
        """Return the last day on which it can be booked, whichever version that day is under."""
        ends = (
            (one.starts_on, min(one.last_day, slots.last_bookable_day(one.rules, self.court, now)))
            for one in self.versions.versions
        )
        reached = (last for first, last in ends if first <= last)
        return max(reached, default=clock.to_local_day(now))


def load_contexts(
    session: Session,
    rows: Sequence[tuple[Agenda, Unit, Comarca | None]],
    tokens: Sequence[str] = (),
    *,
    now: datetime,
) -> list[AgendaContext]:
    """Return agendas with their rules; the number of queries does not grow with theirs.

    `tokens` are those of `VERSIONS`, where the caller has asked for them.
    """
    ids = [agenda.id or 0 for agenda, _, _ in rows]
    *court, _ = tokens or cache_version.read_tokens(session, *VERSIONS)
    calendar, directory = load_calendar(session, court), court[-1]
    rules = rule_values.load_rules_in_force(session, ids, now=now)
    return [
        AgendaContext(
            agenda,
            unit,
            comarca.name if comarca else "",
            rules[agenda.id or 0].versions,
            UnitCalendar(calendar, Location(comarca_id=unit.comarca_id, unit_id=unit.id)),
            rules[agenda.id or 0].blocks,
            rules[agenda.id or 0].substitutes,
            directory,
        )
        for agenda, unit, comarca in rows
    ]


def load_taken(  # noqa: PLR0913 (agendas, days, and who asks)
    session: Session,
    ids: Sequence[int],
    first: date,
    last: date,
    *,
    now: datetime,
    excluded_id: int | None = None,
    clearing: bool = False,
) -> dict[int, list[TakenSpan]]:
    """Return what keeps others out from `first` to `last`, by agenda.

    Expired holds do not, and `clearing` deletes them: the constraint would not know that they
    are nobody's. Times given up keep out until their release. `ignoring` is the row of the one
    who asks: their own hold, or the appointment being moved.
    """
    found: dict[int, list[TakenSpan]] = {key: [] for key in ids}
    over: list[int] = []
    since, until = (
        clock.from_wall_clock(first, 0) - QUERY_MARGIN,
        clock.from_wall_clock(last, 0) + QUERY_MARGIN,
    )
    session.flush()
    values = {"ids": ids, "since": since, "until": until, "now": now}
    result = session.connection().execute(_TAKEN, values)
    rows: Sequence[Sequence[Any]] = result.cursor.fetchall() if result.cursor else ()
    result.close()
    for key, agenda_id, seat, status, start, busy_from, busy_until in rows:
        if status == EXPIRED_MARK:
            over.append(key)
        elif key != excluded_id:
            found[agenda_id].append(_taken_from_row(seat, status, start, busy_from, busy_until))
    if clearing and over:
        session.exec(sa.delete(Appointment).where(col(Appointment.id).in_(over)))
    return found


def plan_days(  # noqa: PLR0913 (an agenda, days, and who asks)
    session: Session,
    agenda: AgendaContext,
    days: Sequence[date],
    *,
    now: datetime,
    asked_at: datetime | None = None,
    excluded_id: int | None = None,
    for_the_line: bool = False,
    notice: bool = True,
    clearing: bool = False,
) -> list[DayPlan]:
    """Return the plan of each day: the one function that says what is free.

    `asked_at` is when the time was held, so that its notice does not run out while the form
    is filled in. `for_the_line` counts times that wait for their release as free: the waiting
    list has them before everybody else. Without `notice`, what was asked in time may be answered
    later. Who means to take a time asks with `clearing`: the holds that ran out are deleted.
    """
    if not days:
        return []
    used = load_taken(
        session, [agenda.id], days[0], days[-1], now=now, excluded_id=excluded_id, clearing=clearing
    )[agenda.id]
    if for_the_line:
        used = [one for one in used if one.is_active]
    return list(plan_with_taken(agenda, days, used, now=asked_at or now, notice=notice))


def plan_with_taken(
    agenda: AgendaContext,
    days: Iterable[date],
    used: Sequence[TakenSpan],
    *,
    now: datetime,
    notice: bool = True,
) -> Iterator[DayPlan]:
    """Yield the plan of each day under the version in force on it."""
    for version_rules, run in agenda.versions.group_by_rules(days):
        rules = version_rules if notice else replace(version_rules, notice=0)
        yield from slots.iterate_day_plans(run, rules, used, agenda.court, now=now)


def find_free_slot(  # noqa: PLR0913 (an agenda, a start, and who asks)
    session: Session,
    agenda: AgendaContext,
    start: datetime,
    *,
    now: datetime,
    asked_at: datetime | None = None,
    excluded_id: int | None = None,
    notice: bool = True,
) -> Slot:
    """Return the free slot at `start`, for who takes it in this transaction.

    Raises:
        SlotTakenError: somebody else has it.
        SlotUnavailableError: it is not on the agenda; the sentence says why.
    """
    day = clock.to_local_day(start)
    plan = plan_days(
        session,
        agenda,
        [day],
        now=now,
        asked_at=asked_at,
        excluded_id=excluded_id,
        notice=notice,
        clearing=True,
    )[0]
    for slot in plan.slots:
        if slot.start != start:
            continue
        if slot.is_free:
            return slot
        if plan.day_limit:
            raise SlotNotOfferedError("Este dia já chegou ao limite de atendimentos da agenda.")
        raise SlotTakenError
    raise SlotNotOfferedError(_unavailable_reason(agenda, plan, start, now=now))


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


def list_free_slots(plan: Iterable[DayPlan]) -> list[Slot]:
    """Return the bookable slots of several days, earliest first."""
    return [slot for day in plan for slot in day.slots if slot.is_free]

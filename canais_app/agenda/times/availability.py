"""What is free: rows become values, `slots.plan` decides. Listing, hold, book and move ask here."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy import and_, or_
from sqlmodel import Session, SQLModel, col

from canais_app.agenda.errors import SlotTakenError, SlotUnavailableError
from canais_app.agenda.keepers import Substitute
from canais_app.agenda.models import (
    ACTIVE,
    ACTIVE_SQL,
    Agenda,
    Appointment,
    Status,
)
from canais_app.agenda.times import kept, slots
from canais_app.agenda.times.court import CourtHere
from canais_app.agenda.times.seats import Slot, Taken
from canais_app.agenda.times.slots import DayPlan
from canais_app.agenda.times.terms import Terms
from canais_app.agenda.times.versions import Versions
from canais_app.directory.models import Comarca, Unit
from canais_app.expediente.calendar import Place
from canais_app.expediente.queries import VERSIONS as OF_COURT
from canais_app.expediente.queries import load_calendar
from canais_app.expediente.times import Span
from canais_app.kit import clock, text, versions

# No slot with its buffers is longer, so rows that far away cannot touch a day.
MARGIN = timedelta(days=2)
# What an agenda is made of: as long as none of these changes, it stands as it was read.
VERSIONS = (*OF_COURT, kept.TABLE)
OVER = "over"  # a hold that ran out, as `taken` reads it
COUNTING = frozenset(status.value for status in ACTIVE)  # plain words, as rows have them
REMEMBERED = 20_000  # rows kept in memory: a month of a hundred agendas
OFF_GRID = "Este horário não está na agenda. Escolha um dos horários listados."


class _AsStored(sa.types.UserDefinedType[Any]):
    """A moment as the driver gives it: text on SQLite. `_read` makes it one, once for each row."""

    cache_ok = True


def _moment(stored: str | datetime) -> datetime:
    return datetime.fromisoformat(f"{stored}+00:00") if isinstance(stored, str) else stored


@lru_cache(maxsize=REMEMBERED)
def _read(seat: int, status: str, *moments: str | datetime) -> Taken:
    # The same rows are read at every look at a board.
    start, busy_from, busy_until = map(_moment, moments)
    day = clock.local_day(start)
    return Taken(seat, busy_from, busy_until, day, status == "held", status in COUNTING)


_STORED = _AsStored()
_row = SQLModel.metadata.tables["appointment"].c
_ran_out = and_(_row.status == Status.HELD.value, _row.expires_at <= sa.bindparam("now"))
# Made once, and its rows read as the driver gives them: a month has thousands.
_TAKEN = sa.select(
    _row.id,
    _row.agenda_id,
    _row.seat,
    # In the status's own column: one more would be read of each of a month's rows.
    sa.case((_ran_out, OVER), else_=_row.status),
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
class Published:
    """An agenda with its unit, its versions and its court: all that availability depends on."""

    row: Agenda
    unit: Unit
    comarca: str
    versions: Versions
    court: CourtHere
    blocks: tuple[Span, ...] = ()  # of now and later, whichever version they fall in
    substitutes: tuple[Substitute, ...] = ()  # of today and later
    directory: str = ""  # the version of the units and their channels

    @property
    def id(self) -> int:
        """The agenda's id."""
        return self.row.id or 0

    def terms_at(self, moment: datetime) -> Terms:
        """Return the terms of the court's day of a moment."""
        return self.versions.terms_on(clock.local_day(moment))

    def substitute_at(self, moment: datetime) -> Substitute | None:
        """Return who stands in for the gabinete on the court's day of a moment."""
        day = clock.local_day(moment)
        return next((one for one in self.substitutes if one.covers(day)), None)

    def attended_by(self, moment: datetime) -> str:
        """Return the name of who stands in then, or an empty string."""
        substitute = self.substitute_at(moment)
        return substitute.name if substitute else ""

    def last_day(self, now: datetime) -> date:
        """Return the last day on which it can be booked, whichever version that day is under."""
        ends = (
            (one.starts_on, min(one.last_day, slots.horizon_end(one.rules, self.court, now)))
            for one in self.versions.every
        )
        reached = (last for first, last in ends if first <= last)
        return max(reached, default=clock.local_day(now))


def load(
    session: Session,
    rows: Sequence[tuple[Agenda, Unit, Comarca | None]],
    tokens: Sequence[str] = (),
    *,
    now: datetime,
) -> list[Published]:
    """Return agendas with their rules; the number of queries does not grow with theirs.

    `tokens` are those of `VERSIONS`, where the caller has asked for them.
    """
    ids = [agenda.id or 0 for agenda, _, _ in rows]
    *court, _ = tokens or versions.tokens(session, *VERSIONS)
    calendar, directory = load_calendar(session, court), court[-1]
    rules = kept.rules_of(session, ids, now=now)
    return [
        Published(
            agenda,
            unit,
            comarca.name if comarca else "",
            rules[agenda.id or 0].versions,
            CourtHere(calendar, Place(comarca_id=unit.comarca_id, unit_id=unit.id)),
            rules[agenda.id or 0].blocks,
            rules[agenda.id or 0].substitutes,
            directory,
        )
        for agenda, unit, comarca in rows
    ]


def taken(  # noqa: PLR0913 (agendas, days, and who asks)
    session: Session,
    ids: Sequence[int],
    first: date,
    last: date,
    *,
    now: datetime,
    ignoring: int | None = None,
    clearing: bool = False,
) -> dict[int, list[Taken]]:
    """Return what keeps others out from `first` to `last`, by agenda.

    Expired holds do not, and `clearing` deletes them: the constraint would not know that they
    are nobody's. Times given up keep out until their release. `ignoring` is the row of the one
    who asks: their own hold, or the appointment being moved.
    """
    found: dict[int, list[Taken]] = {key: [] for key in ids}
    over: list[int] = []
    since, until = clock.at(first, 0) - MARGIN, clock.at(last, 0) + MARGIN
    session.flush()
    values = {"ids": ids, "since": since, "until": until, "now": now}
    result = session.connection().execute(_TAKEN, values)
    rows: Sequence[Sequence[Any]] = result.cursor.fetchall() if result.cursor else ()
    result.close()
    for key, agenda_id, seat, status, start, busy_from, busy_until in rows:
        if status == OVER:
            over.append(key)
        elif key != ignoring:
            found[agenda_id].append(_read(seat, status, start, busy_from, busy_until))
    if clearing and over:
        session.exec(sa.delete(Appointment).where(col(Appointment.id).in_(over)))
    return found


def plans(  # noqa: PLR0913 (an agenda, days, and who asks)
    session: Session,
    agenda: Published,
    days: Sequence[date],
    *,
    now: datetime,
    asked_at: datetime | None = None,
    ignoring: int | None = None,
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
    used = taken(
        session, [agenda.id], days[0], days[-1], now=now, ignoring=ignoring, clearing=clearing
    )[agenda.id]
    if for_the_line:
        used = [one for one in used if one.counts]
    return list(planned(agenda, days, used, now=asked_at or now, notice=notice))


def planned(
    agenda: Published,
    days: Iterable[date],
    used: Sequence[Taken],
    *,
    now: datetime,
    notice: bool = True,
) -> Iterator[DayPlan]:
    """Yield the plan of each day under the version in force on it."""
    for version_rules, run in agenda.versions.runs(days):
        rules = version_rules if notice else replace(version_rules, notice=0)
        yield from slots.plan_each(run, rules, used, agenda.court, now=now)


def find(  # noqa: PLR0913 (an agenda, a start, and who asks)
    session: Session,
    agenda: Published,
    start: datetime,
    *,
    now: datetime,
    asked_at: datetime | None = None,
    ignoring: int | None = None,
    notice: bool = True,
) -> Slot:
    """Return the free slot at `start`, for who takes it in this transaction.

    Raises:
        SlotTakenError: somebody else has it.
        SlotUnavailableError: it is not on the agenda; the sentence says why.
    """
    day = clock.local_day(start)
    plan = plans(
        session,
        agenda,
        [day],
        now=now,
        asked_at=asked_at,
        ignoring=ignoring,
        notice=notice,
        clearing=True,
    )[0]
    for slot in plan.slots:
        if slot.start != start:
            continue
        if slot.is_free:
            return slot
        if plan.day_limit:
            raise SlotUnavailableError("Este dia já chegou ao limite de atendimentos da agenda.")
        raise SlotTakenError
    raise SlotUnavailableError(_why_not(agenda, plan, start, now=now))


def _why_not(agenda: Published, plan: DayPlan, start: datetime, *, now: datetime) -> str:
    if start <= now:
        return "Este horário já passou. Escolha outro."
    rules = agenda.versions.rules_on(plan.day)
    last = slots.horizon_end(rules, agenda.court, now)
    if plan.day > last:
        return f"Esta agenda abre para marcação até {text.date_words(last)}. Escolha um dia antes."
    if plan.state == "closed":
        return f"Não há atendimento nesse dia: {plan.reason}."
    if start < now + timedelta(minutes=rules.notice):
        return f"Marque com pelo menos {text.minutes_words(rules.notice)} de antecedência."
    return OFF_GRID


def free_slots(plan: Iterable[DayPlan]) -> list[Slot]:
    """Return the bookable slots of several days, earliest first."""
    return [slot for day in plan for slot in day.slots if slot.is_free]

"""What is free: rows become values, `slots.plan` decides. Listing, hold, book and move ask here."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy import and_, or_
from sqlmodel import Session, col, select

from canais_app.agenda import slots
from canais_app.agenda.court import CourtHere
from canais_app.agenda.errors import SlotTakenError, SlotUnavailableError
from canais_app.agenda.models import (
    ACTIVE,
    Agenda,
    AgendaBlock,
    AgendaHolidayOptOut,
    AgendaOverride,
    AgendaWindow,
    Appointment,
    Status,
)
from canais_app.agenda.slots import DayPlan, Rules, Slot, Taken, Window
from canais_app.directory.models import Comarca, Unit
from canais_app.expediente.calendar import CourtCalendar, Place
from canais_app.expediente.queries import load_calendar
from canais_app.kit import clock, text

# No slot with its buffers is longer, so rows that far away cannot touch a day.
MARGIN = timedelta(days=2)
OFF_GRID = "Este horário não está na agenda. Escolha um dos horários listados."


class _ReadUtc(sa.types.UserDefinedType[datetime]):
    """A stored moment read back. SQLite's text is read four times faster than by its default."""

    cache_ok = True

    def result_processor(self, dialect: Any, coltype: object) -> Any:  # noqa: ANN401 (SQLAlchemy's own)
        """Return how a value from the driver becomes an aware moment."""
        del coltype
        return _from_text if dialect.name == "sqlite" else None


def _from_text(stored: str) -> datetime:
    return datetime.fromisoformat(f"{stored}+00:00")


_UTC = _ReadUtc()


@dataclass(frozen=True)
class Published:
    """An agenda with its unit, its rules and its court: all that availability depends on."""

    row: Agenda
    unit: Unit
    comarca: str
    rules: Rules
    court: CourtHere

    @property
    def id(self) -> int:
        """The agenda's id."""
        return self.row.id or 0


def load(
    session: Session, rows: Sequence[tuple[Agenda, Unit, Comarca | None]], *, now: datetime
) -> list[Published]:
    """Return agendas with their rules; the number of queries does not grow with theirs."""
    ids = [agenda.id or 0 for agenda, _, _ in rows]
    calendar = load_calendar(session)
    windows = _windows(session, ids)
    overrides = _overrides(session, ids, now=now)
    blocks = _blocks(session, ids, now=now)
    opt_outs = _opt_outs(session, ids)
    found: list[Published] = []
    for agenda, unit, comarca in rows:
        key = agenda.id or 0
        rules = _rules(agenda, windows[key], overrides[key], blocks[key], opt_outs[key])
        found.append(
            Published(agenda, unit, comarca.name if comarca else "", rules, _court(calendar, unit))
        )
    return found


def _court(calendar: CourtCalendar, unit: Unit) -> CourtHere:
    return CourtHere(calendar, Place(comarca_id=unit.comarca_id, unit_id=unit.id))


def _rules(
    agenda: Agenda,
    windows: list[Window],
    overrides: dict[date, tuple[slots.Clock, ...]],
    blocks: list[slots.Span],
    opt_outs: set[date],
) -> Rules:
    return Rules(
        windows=tuple(windows),
        overrides=overrides,
        blocks=tuple(blocks),
        opt_outs=frozenset(opt_outs),
        slot=agenda.slot_minutes,
        step=agenda.step_minutes,
        before=agenda.buffer_before,
        after=agenda.buffer_after,
        notice=agenda.notice_minutes,
        horizon=agenda.horizon_days,
        in_business_days=agenda.horizon_in_business_days,
        capacity=agenda.capacity,
        max_per_day=agenda.max_per_day,
    )


def _windows(session: Session, ids: list[int]) -> defaultdict[int, list[Window]]:
    found: defaultdict[int, list[Window]] = defaultdict(list)
    for row in session.exec(select(AgendaWindow).where(col(AgendaWindow.agenda_id).in_(ids))):
        found[row.agenda_id].append(
            Window(
                row.weekday,
                row.starts,
                row.ends,
                row.every_weeks,
                row.nth_week,
                row.valid_from,
                row.valid_until,
            )
        )
    return found


def _overrides(
    session: Session, ids: list[int], *, now: datetime
) -> defaultdict[int, dict[date, tuple[slots.Clock, ...]]]:
    found: defaultdict[int, dict[date, tuple[slots.Clock, ...]]] = defaultdict(dict)
    asked = select(AgendaOverride).where(
        col(AgendaOverride.agenda_id).in_(ids), col(AgendaOverride.day) >= clock.local_day(now)
    )
    for row in session.exec(asked):
        own = found[row.agenda_id].setdefault(row.day, ())
        if row.starts is not None and row.ends is not None:
            found[row.agenda_id][row.day] = (*own, (row.starts, row.ends))
    return found


def _blocks(
    session: Session, ids: list[int], *, now: datetime
) -> defaultdict[int, list[slots.Span]]:
    found: defaultdict[int, list[slots.Span]] = defaultdict(list)
    asked = select(AgendaBlock).where(
        col(AgendaBlock.agenda_id).in_(ids), col(AgendaBlock.ends_at) > now
    )
    for row in session.exec(asked):
        found[row.agenda_id].append((row.starts_at, row.ends_at))
    return found


def _opt_outs(session: Session, ids: list[int]) -> defaultdict[int, set[date]]:
    found: defaultdict[int, set[date]] = defaultdict(set)
    asked = select(AgendaHolidayOptOut).where(col(AgendaHolidayOptOut.agenda_id).in_(ids))
    for row in session.exec(asked):
        found[row.agenda_id].add(row.day)
    return found


def _keeps_out(now: datetime):  # noqa: ANN202 (a SQLAlchemy condition)
    return or_(
        and_(
            col(Appointment.status).in_(ACTIVE),
            or_(col(Appointment.status) != Status.HELD, col(Appointment.expires_at) > now),
        ),
        and_(col(Appointment.status) == Status.CANCELLED, col(Appointment.released_at) > now),
    )


def taken(  # noqa: PLR0913 (agendas, days, and who asks)
    session: Session,
    ids: Sequence[int],
    first: date,
    last: date,
    *,
    now: datetime,
    ignoring: int | None = None,
) -> dict[int, list[Taken]]:
    """Return what keeps others out from `first` to `last`, by agenda.

    Expired holds do not; cancelled times do until their release. `ignoring` is the row of
    the one who asks: their own hold, or the appointment being moved.
    """
    found: dict[int, list[Taken]] = {key: [] for key in ids}
    asked = sa.select(
        col(Appointment.id),
        col(Appointment.agenda_id),
        col(Appointment.seat),
        col(Appointment.status),
        sa.type_coerce(col(Appointment.starts_at), _UTC),
        sa.type_coerce(col(Appointment.busy_from), _UTC),
        sa.type_coerce(col(Appointment.busy_until), _UTC),
    ).where(
        col(Appointment.agenda_id).in_(ids),
        col(Appointment.starts_at) >= clock.at(first, 0) - MARGIN,
        col(Appointment.starts_at) < clock.at(last, 0) + MARGIN,
        _keeps_out(now),
    )
    for key, agenda_id, seat, status, start, busy_from, busy_until in session.execute(asked):
        if key != ignoring:
            held, counts = status == "held", status != "cancelled"
            one = Taken(seat, busy_from, busy_until, clock.local_day(start), held, counts)
            found[agenda_id].append(one)
    return found


def plans(  # noqa: PLR0913 (an agenda, days, and who asks)
    session: Session,
    agenda: Published,
    days: Sequence[date],
    *,
    now: datetime,
    asked_at: datetime | None = None,
    ignoring: int | None = None,
) -> list[DayPlan]:
    """Return the plan of each day: the one function that says what is free.

    `asked_at` is when the time was held, so that its notice does not run out while the form
    is filled in.
    """
    if not days:
        return []
    used = taken(session, [agenda.id], days[0], days[-1], now=now, ignoring=ignoring)
    return slots.plan(days, agenda.rules, used[agenda.id], agenda.court, now=asked_at or now)


def find(  # noqa: PLR0913 (an agenda, a start, and who asks)
    session: Session,
    agenda: Published,
    start: datetime,
    *,
    now: datetime,
    asked_at: datetime | None = None,
    ignoring: int | None = None,
) -> Slot:
    """Return the free slot at `start`.

    Raises:
        SlotTakenError: somebody else has it.
        SlotUnavailableError: it is not on the agenda; the sentence says why.
    """
    day = clock.local_day(start)
    plan = plans(session, agenda, [day], now=now, asked_at=asked_at, ignoring=ignoring)[0]
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
    last = slots.horizon_end(agenda.rules, agenda.court, now)
    if plan.day > last:
        return f"Esta agenda abre para marcação até {text.date_words(last)}. Escolha um dia antes."
    if plan.state == "closed":
        return f"Não há atendimento nesse dia: {plan.reason}."
    if start < now + timedelta(minutes=agenda.rules.notice):
        return f"Marque com pelo menos {notice_words(agenda.rules.notice)} de antecedência."
    return OFF_GRID


def notice_words(minutes: int) -> str:
    """Return `2 horas`, `45 minutos`, `1 dia`."""
    for size, one, many in ((1440, "dia", "dias"), (60, "hora", "horas")):
        if minutes and minutes % size == 0:
            return text.plural(minutes // size, one, many)
    return text.plural(minutes, "minuto", "minutos")


def free_slots(plan: Iterable[DayPlan]) -> list[Slot]:
    """Return the bookable slots of several days, earliest first."""
    return [slot for day in plan for slot in day.slots if slot.is_free]

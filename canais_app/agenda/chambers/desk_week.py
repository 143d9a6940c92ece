"""The gabinete's desk as week grids: what is open, free, booked, held, blocked and busy each day.

Positions are in rem from the grid's first hour: twenty minutes are 1.9 rem high.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from canais_app.agenda.availability.service import AgendaContext
from canais_app.agenda.availability.slots import (
    DayPlan,
    do_overlap,
    open_spans_of_day,
    start_of_day,
    windows_of,
)
from canais_app.agenda.models import Appointment, AppointmentStatus
from canais_app.expediente.calendar import Span
from canais_app.kit import clock, text

REM_PER_MINUTE = 1.9 / 20
DEFAULT_HOURS = (12, 19)  # of a week without any window
ENDED = {AppointmentStatus.ATTENDED: ("✓", "came"), AppointmentStatus.MISSED: ("✕", "missed")}


@dataclass(frozen=True)
class WeekMark:
    """A rectangle of a day; `id` is the appointment's, or 0; `left` and `width` are CSS lengths."""

    id: int
    kind: str  # open, free, held, blocked, busy, booked, came, missed, now, conflict
    top: str
    height: str
    left: str = "0%"
    width: str = "100%"
    time: str = ""
    words: str = ""
    name: str = ""  # in full, for a screen reader


@dataclass(frozen=True)
class WeekDay:
    """A column of the grid: its heading, what is behind and what stands in it."""

    iso: str
    name: str
    today: bool
    summary: str
    conflicts: int
    closed: str  # why there is no window; empty: there is
    ground: list[WeekMark]
    marks: list[WeekMark]


@dataclass(frozen=True)
class Week:
    """A week's grid: its days, the hours at its left and its height."""

    label: str
    days: list[WeekDay]
    hours: list[tuple[str, str]]  # words and top
    height: str
    starts_at: str  # RFC 3339, of the first hour today; empty: today is in another week


@dataclass(frozen=True)
class BookedItem:
    """An appointment with the reason why the rules no longer offer its time."""

    row: Appointment
    conflict: str = ""


def build_week(
    agenda: AgendaContext,
    monday: date,
    plans: dict[date, DayPlan],
    booked: Sequence[BookedItem],
    *,
    now: datetime,
) -> Week:
    """Return the grid of the week of `monday`; `plans` and `booked` hold at least its days."""
    days = [monday + timedelta(days=number) for number in range(7)]
    by_day = {
        day: [one for one in booked if clock.to_local_day(one.row.starts_at) == day] for day in days
    }
    open_spans = {day: _open_spans(agenda, day) for day in days}
    shown = [day for day in days if day.weekday() < 5 or by_day[day] or open_spans[day]]  # noqa: PLR2004 (Saturday)
    first, last = _hours(
        [span for day in shown for span in open_spans[day]]
        + [(one.row.starts_at, one.row.ends_at) for day in shown for one in by_day[day]]
    )
    today = clock.to_local_day(now)
    return Week(
        label=_label(shown[0], shown[-1]),
        days=[
            _build_day(agenda, day, plans.get(day), by_day[day], open_spans[day], first, now=now)
            for day in shown
        ],
        hours=[(f"{hour}h", _rem((hour - first) * 60)) for hour in range(first, last)],
        height=_rem((last - first) * 60),
        starts_at=clock.to_rfc3339(clock.from_wall_clock(today, first)) if today in shown else "",
    )


def _open_spans(agenda: AgendaContext, day: date) -> list[Span]:
    rules = agenda.versions.rules_on(day)
    return open_spans_of_day(day, windows_of(day, rules), rules, agenda.court)


def _hours(spans: Sequence[Span]) -> tuple[int, int]:
    """Return the first and last hour shown: one before and one after what the week has."""
    if not spans:
        return DEFAULT_HOURS
    starts = min(clock.to_local(start).hour for start, _ in spans)
    ends = max(clock.to_local(end - timedelta(minutes=1)).hour + 1 for _, end in spans)
    return max(starts - 1, 0), min(ends + 1, 24)


def _label(first: date, last: date) -> str:
    if first.month == last.month:
        return f"{first.day} a {last.day} de {text.MONTH_NAMES[last.month - 1]}"
    return (
        f"{first.day} de {text.MONTH_NAMES[first.month - 1]} a "
        f"{last.day} de {text.MONTH_NAMES[last.month - 1]}"
    )


def _build_day(  # noqa: PLR0913, PLR0917 (a day and all that is in it)
    agenda: AgendaContext,
    day: date,
    plan: DayPlan | None,
    booked: Sequence[BookedItem],
    open_spans: Sequence[Span],
    first_hour: int,
    *,
    now: datetime,
) -> WeekDay:
    today = clock.to_local_day(now)
    base = clock.from_wall_clock(day, first_hour)
    rules = agenda.versions.rules_on(day)
    whole = (start_of_day(day), start_of_day(day + timedelta(days=1)))
    blocked = [("blocked", "Bloqueado", span) for span in rules.blocks if do_overlap(span, whole)]
    busy = [
        ("busy", "Ocupado no calendário", span) for span in rules.busy if do_overlap(span, whole)
    ]
    ground = [_mark("open", span, base) for span in open_spans]
    ground += [
        _mark(kind, part, base, words=words)
        for kind, words, span in (*blocked, *busy)
        for part in _inside(span, open_spans)
    ]
    free = list(_free_marks(plan, base)) if plan else []
    conflicts = sum(bool(one.conflict) for one in booked)
    return WeekDay(
        iso=day.isoformat(),
        name=f"hoje, {text.format_short_date(day)}"
        if day == today
        else text.format_short_date(day),
        today=day == today,
        summary=_summary(booked, plan, day, today),
        conflicts=conflicts,
        closed="" if open_spans else (plan.reason if plan and plan.reason else "fora da agenda"),
        ground=ground,
        marks=[*free, *_booked_marks(booked, base, now)],
    )


def _inside(span: Span, spans: Iterable[Span]) -> Iterator[Span]:
    """Yield the parts of a span that lie within others."""
    for start, end in spans:
        part = (max(span[0], start), min(span[1], end))
        if part[0] < part[1]:
            yield part


def _summary(booked: Sequence[BookedItem], plan: DayPlan | None, day: date, today: date) -> str:
    came = sum(one.row.status == AppointmentStatus.ATTENDED for one in booked)
    if day < today:
        return f"{len(booked)} · {text.pluralise(came, 'veio', 'vieram')}" if booked else "ninguém"
    if day == today and came:
        return f"{len(booked)} · {came} até agora"
    free = plan.free if plan else 0
    return f"{len(booked)} · {text.pluralise(free, 'livre', 'livres')}"


def _free_marks(plan: DayPlan, base: datetime) -> Iterator[WeekMark]:
    """Yield the free times, those that touch joined, and the times being filled in."""
    run: list[Span] = []
    for slot in plan.slots:
        if slot.status == "held":
            words = "em preenchimento"
            yield _mark("held", (slot.start, slot.end), base, time=_time(slot.start), words=words)
        if slot.is_free and run and run[-1][1] == slot.start:
            run.append((slot.start, slot.end))
            continue
        if run:
            yield _free_run(run, base)
        run = [(slot.start, slot.end)] if slot.is_free else []
    if run:
        yield _free_run(run, base)


def _free_run(run: Sequence[Span], base: datetime) -> WeekMark:
    words = text.pluralise(len(run), "livre", "livres")
    return _mark("free", (run[0][0], run[-1][1]), base, words=words)


def _booked_marks(
    booked: Sequence[BookedItem], base: datetime, now: datetime
) -> Iterator[WeekMark]:
    """Yield the appointments; those that overlap stand side by side."""
    for group in _overlapping_groups(booked):
        width = 100 / len(group)
        for lane, one in enumerate(group):
            row = one.row
            sign, kind = ENDED.get(AppointmentStatus(row.status), ("", "booked"))
            if one.conflict:
                sign, kind = "!", "conflict"
            elif not sign and row.starts_at <= now < row.ends_at:
                sign, kind = "▶", "now"
            name = row.name or "dados apagados"
            state = one.conflict or {"came": "veio", "missed": "faltou", "now": "agora"}.get(
                kind, ""
            )
            yield _mark(
                kind,
                (row.starts_at, row.ends_at),
                base,
                key=row.id or 0,
                left=f"{lane * width:.2f}%",
                width=f"{width:.2f}%",
                time=f"{sign} {_time(row.starts_at)}".strip(),
                words=name,
                name=", ".join(filter(None, (_time(row.starts_at), name, state))),
            )


def _overlapping_groups(booked: Sequence[BookedItem]) -> Iterator[list[BookedItem]]:
    group: list[BookedItem] = []
    until: datetime | None = None
    for one in sorted(booked, key=lambda item: (item.row.starts_at, item.row.seat)):
        if until is not None and one.row.starts_at < until:
            group.append(one)
            until = max(until, one.row.ends_at)
            continue
        if group:
            yield group
        group, until = [one], one.row.ends_at
    if group:
        yield group


def _mark(  # noqa: PLR0913 (a rectangle and its words)
    kind: str,
    span: Span,
    base: datetime,
    *,
    key: int = 0,
    left: str = "0%",
    width: str = "100%",
    time: str = "",
    words: str = "",
    name: str = "",
) -> WeekMark:
    top = (span[0] - base) / timedelta(minutes=1)
    height = (span[1] - span[0]) / timedelta(minutes=1)
    return WeekMark(key, kind, _rem(top), _rem(height), left, width, time, words, name)


def _rem(minutes: float) -> str:
    return f"{minutes * REM_PER_MINUTE:.3f}rem"


def _time(moment: datetime) -> str:
    return text.format_hour(moment)

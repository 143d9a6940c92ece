"""Four weeks of an agenda as a form would make them, before anybody publishes it.

The same `slots.plan` that lists and books is asked, on values: what the preview counts is what
the public would find.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta

from sqlmodel import Session, col, select

from canais_app.accounts.roles import Actor
from canais_app.agenda.availability import rule_values, slots
from canais_app.agenda.availability import service as availability
from canais_app.agenda.availability.service import AgendaContext
from canais_app.agenda.availability.slots import (
    ONE_DAY,
    DayPlan,
    do_overlap,
    slot_grid,
    start_of_day,
    windows_of,
)
from canais_app.agenda.models import Appointment, AppointmentStatus
from canais_app.agenda.rules import form_values, permissions
from canais_app.agenda.rules.form_values import Form, ParsedForm
from canais_app.expediente.calendar import Span
from canais_app.kit import clock, text

PREVIEW_DAYS = 28
CONFLICT_STATUSES = (
    AppointmentStatus.CONFIRMED,
    AppointmentStatus.PRECONFIRMED,
    AppointmentStatus.PENDING,
)


@dataclass(frozen=True)
class PreviewDay:
    """A day of the preview. `words` stand under its number; `why` says why it is empty."""

    iso: str
    number: str
    month: str  # of a month's first day only
    full_name: str
    words: str
    state: str  # free, full, closed, none, past
    today: bool
    conflicts: int
    why: str = ""


@dataclass(frozen=True)
class PreviewTime:
    """A time that the public would see; `taken`: somebody has it already."""

    label: str
    taken: bool


@dataclass(frozen=True)
class PreviewRemark:
    """What a form contradicts (`refuses`), or what is worth knowing; `field` is the form's."""

    field: str
    sentence: str
    refuses: bool


@dataclass(frozen=True)
class PreviewView:
    """Four weeks from a Monday, day by day, with what stands in the way."""

    span: str
    total: str
    weeks: list[list[PreviewDay]]
    times: dict[str, list[PreviewTime]] = field(default_factory=dict[str, list[PreviewTime]])
    conflicts: dict[str, list[str]] = field(default_factory=dict[str, list[str]])
    remarks: list[PreviewRemark] = field(default_factory=list[PreviewRemark])


def preview_rules(
    session: Session, actor: Actor, agenda_id: int, form: Form, *, now: datetime
) -> PreviewView:
    """Return the four weeks from the day a form would be in force.

    Raises:
        NotFoundError: it is another unit's agenda.
    """
    agenda = permissions.load_for_editor(session, actor, agenda_id, now=now)
    typed = form_values.parse_rules_form(form)
    as_if = _context_with_form(agenda, typed, now)
    start = permissions.start_moment(permissions.first_day_of_form(typed, now), now)
    monday = clock.to_local_day(start) - timedelta(days=clock.to_local_day(start).weekday())
    days = [monday + timedelta(days=n) for n in range(PREVIEW_DAYS)]
    plans = availability.plan_days(session, as_if, days, now=start)
    against = _appointments_outside_rules(session, as_if, days, now=now)
    cells = [_preview_day(plan, as_if, against, start) for plan in plans]
    return PreviewView(
        span=_span_text(days),
        total=text.pluralise(sum(len(plan.slots) for plan in plans), "horário", "horários"),
        weeks=[cells[n : n + 7] for n in range(0, PREVIEW_DAYS, 7)],
        times={
            plan.day.isoformat(): [
                PreviewTime(text.format_hour(slot.start), not slot.is_free) for slot in plan.slots
            ]
            for plan in plans
            if plan.slots
        },
        conflicts=against,
        remarks=_remarks(typed, agenda, now),
    )


def _context_with_form(agenda: AgendaContext, typed: ParsedForm, now: datetime) -> AgendaContext:
    first = permissions.first_day_of_form(typed, now)
    blocks = agenda.blocks
    return replace(agenda, versions=agenda.versions.with_version(typed.terms, first, blocks))


def _appointments_outside_rules(
    session: Session, agenda: AgendaContext, days: Sequence[date], *, now: datetime
) -> dict[str, list[str]]:
    """Return, by day, the appointments that would stand outside the rules."""
    rows = session.exec(
        select(Appointment)
        .where(
            col(Appointment.agenda_id) == agenda.id,
            col(Appointment.status).in_(CONFLICT_STATUSES),
            col(Appointment.starts_at) > now,
            col(Appointment.starts_at) >= clock.from_wall_clock(days[0], 0),
            col(Appointment.starts_at) < clock.from_wall_clock(days[-1] + timedelta(days=1), 0),
        )
        .order_by(col(Appointment.starts_at))
    )
    found: defaultdict[str, list[str]] = defaultdict(list)
    for row in rows:
        span = (row.starts_at, row.ends_at)
        why = rule_values.conflict_reason(span, row.modality, agenda.versions, agenda.court)
        if why:
            said = f"{text.format_hour(row.starts_at)}, {row.name}: {why}"
            found[clock.to_local_day(row.starts_at).isoformat()].append(said)
    return dict(found)


def _preview_day(
    plan: DayPlan, agenda: AgendaContext, against: dict[str, list[str]], start: datetime
) -> PreviewDay:
    day, why = plan.day, _empty_reason(plan, agenda, start)
    return PreviewDay(
        iso=day.isoformat(),
        number="1º" if day.day == 1 else str(day.day),
        month=text.MONTH_NAMES[day.month - 1][:3] if day.day == 1 else "",
        full_name=text.format_long_date(day),
        words=text.pluralise(len(plan.slots), "horário", "horários") if plan.slots else why.short,
        state=plan.state,
        today=day == clock.to_local_day(start),
        conflicts=len(against.get(day.isoformat(), ())),
        why=why.long,
    )


@dataclass(frozen=True)
class _EmptyReason:
    short: str = ""
    long: str = ""


def _empty_reason(plan: DayPlan, agenda: AgendaContext, start: datetime) -> _EmptyReason:
    """Return why a day is empty, or what the calendar changes on a day that is not."""
    if plan.state == "past" or plan.slots:
        return _EmptyReason(long=f"{plan.reason}." if plan.reason else "")
    too_near = "Os horários deste dia são mais próximos que a antecedência mínima."
    return next(_reasons(plan, agenda, start), _EmptyReason("sem antecedência", too_near))


def _reasons(plan: DayPlan, agenda: AgendaContext, start: datetime) -> Iterator[_EmptyReason]:
    its = agenda.versions.rules_on(plan.day)
    windows = tuple(windows_of(plan.day, its))
    if plan.state == "closed":
        yield _EmptyReason(plan.reason, f"{plan.reason.capitalize()}.")
    if plan.day in its.overrides and not windows:
        yield _EmptyReason("fechado", "Fechado em “Datas especiais”.")
    if not windows:
        yield _EmptyReason(long="Nenhuma janela neste dia.")
    last = slots.last_bookable_day(its, agenda.court, start)
    if plan.day > last:
        yield _EmptyReason(
            "mais adiante", f"Ainda não abre: a agenda vai até {text.format_date(last)}."
        )
    if not slot_grid(plan.day, windows, its.slot, its.step):
        yield _EmptyReason("não cabe", "Nenhum atendimento cabe nas janelas deste dia.")
    if any(do_overlap(_is_all_day(plan.day), block) for block in its.blocks):
        yield _EmptyReason("bloqueado", "Os horários deste dia estão em período bloqueado.")


def _is_all_day(day: date) -> Span:
    return start_of_day(day), start_of_day(day + ONE_DAY)


def _remarks(typed: ParsedForm, agenda: AgendaContext, now: datetime) -> list[PreviewRemark]:
    wrong = [PreviewRemark(name, said, refuses=True) for name, said in typed.errors.items()]
    found = permissions.find_contradictions_of_form(typed, agenda, now=now)
    return wrong + [
        PreviewRemark(typed.form_field_of(one), one.sentence, one.is_blocking)
        for one in found
        if typed.form_field_of(one) not in typed.errors
    ]


def _span_text(days: Sequence[date]) -> str:
    first, last = (f"{d.day} de {text.MONTH_NAMES[d.month - 1][:3]}." for d in (days[0], days[-1]))
    return f"{first} a {last}"

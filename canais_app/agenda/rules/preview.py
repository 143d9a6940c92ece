"""Preview four weeks of an agenda under an unpublished form.

Uses the same planner as booking (`availability.plan_days`), so it counts what the public would see.
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
    busy_span,
    do_overlap,
    is_busy,
    slot_grid,
    start_of_day,
    windows_of,
)
from canais_app.agenda.models import Appointment, AppointmentStatus
from canais_app.agenda.notifications import changes
from canais_app.agenda.rules import form_values, permissions, validation
from canais_app.agenda.rules.form_values import Form, ParsedForm
from canais_app.kit import clock, text

PREVIEW_DAYS = 28
CONFLICT_STATUSES = (
    AppointmentStatus.CONFIRMED,
    AppointmentStatus.PRECONFIRMED,
    AppointmentStatus.PENDING,
)


@dataclass(frozen=True)
class PreviewDay:
    """A day of the preview. `words` is its caption; `why` explains an empty day."""

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
    """A slot that the public would see; `taken`: it is already booked."""

    label: str
    taken: bool


@dataclass(frozen=True)
class PreviewRemark:
    """An error (`refuses`) or a warning at one field of the form."""

    field: str
    sentence: str
    refuses: bool


@dataclass(frozen=True)
class PreviewView:
    """Four weeks from a Monday; `times` and `conflicts` are by ISO day."""

    span: str = ""
    total: str = ""
    weeks: list[list[PreviewDay]] = field(default_factory=list[list[PreviewDay]])
    times: dict[str, list[PreviewTime]] = field(default_factory=dict[str, list[PreviewTime]])
    conflicts: dict[str, list[str]] = field(default_factory=dict[str, list[str]])
    remarks: list[PreviewRemark] = field(default_factory=list[PreviewRemark])
    impact: str = ""  # whom publishing concerns, in a sentence
    fallen: list[str] = field(default_factory=list[str])  # those who would lose their time


def preview_rules(
    session: Session, actor: Actor, agenda_id: int, form: Form, *, now: datetime
) -> PreviewView:
    """Return the four weeks from a form's first day.

    Raises:
        NotFoundError: the agenda is another unit's.
    """
    agenda = permissions.load_for_editor(session, actor, agenda_id, now=now)
    parsed = form_values.parse_rules_form(form)
    changed = _context_with_form(agenda, parsed, now)
    start = permissions.start_moment(permissions.first_day_of_form(parsed, now), now)
    first = clock.to_local_day(start)
    monday = first - timedelta(days=first.weekday())
    days = [monday + timedelta(days=n) for n in range(PREVIEW_DAYS)]
    plans = availability.plan_days(session, changed, days, now=start)
    coming = changes.load_coming(session, agenda_id, now=now)
    impact = changes.compute_impact(coming, agenda, changed)
    conflicts = _appointments_outside_rules(session, changed, days, now=now)
    cells = [_preview_day(plan, changed, conflicts, start) for plan in plans]
    return PreviewView(
        span=_span_text(days),
        total=text.pluralise(
            sum(_count_bookable(plan, changed) for plan in plans), "horário", "horários"
        ),
        weeks=[cells[n : n + 7] for n in range(0, PREVIEW_DAYS, 7)],
        times={
            plan.day.isoformat(): [
                PreviewTime(text.format_hour(slot.start), not slot.is_free) for slot in plan.slots
            ]
            for plan in plans
            if plan.slots
        },
        conflicts=conflicts,
        remarks=_remarks(parsed, agenda, now),
        impact=impact.words,
        fallen=[
            f"{text.format_short_date(clock.to_local_day(one.row.starts_at))}, "
            f"{text.format_hour(one.row.starts_at)}, {one.row.name}: {one.reason}"
            for one in impact.fallen
        ],
    )


def _context_with_form(agenda: AgendaContext, parsed: ParsedForm, now: datetime) -> AgendaContext:
    first = permissions.first_day_of_form(parsed, now)
    versions = agenda.versions.with_version(parsed.terms, first, agenda.blocks, agenda.busy)
    return replace(agenda, versions=versions)


def _appointments_outside_rules(
    session: Session, agenda: AgendaContext, days: Sequence[date], *, now: datetime
) -> dict[str, list[str]]:
    """Return the appointments that the rules would no longer offer, as texts by ISO day."""
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
    ).all()
    seated = [
        (row.starts_at, row.ends_at) for row in rows if row.status != AppointmentStatus.PENDING
    ]
    crowded = rule_values.overbooked_reasons(seated, agenda.versions)
    found: defaultdict[str, list[str]] = defaultdict(list)
    for row in rows:
        span = (row.starts_at, row.ends_at)
        reason = rule_values.conflict_reason(span, row.modality, agenda.versions, agenda.court)
        if not reason and row.status != AppointmentStatus.PENDING:
            reason = crowded.get(span, "")
        if reason:
            line = f"{text.format_hour(row.starts_at)}, {row.name}: {reason}"
            found[clock.to_local_day(row.starts_at).isoformat()].append(line)
    return dict(found)


def _preview_day(
    plan: DayPlan, agenda: AgendaContext, conflicts: dict[str, list[str]], start: datetime
) -> PreviewDay:
    day, reason = plan.day, _empty_reason(plan, agenda, start)
    count = text.pluralise(_count_bookable(plan, agenda), "horário", "horários")
    return PreviewDay(
        iso=day.isoformat(),
        number="1º" if day.day == 1 else str(day.day),
        month=text.MONTH_NAMES[day.month - 1][:3] if day.day == 1 else "",
        full_name=text.format_long_date(day),
        words=count if plan.slots else reason.short,
        state=plan.state,
        today=day == clock.to_local_day(start),
        conflicts=len(conflicts.get(day.isoformat(), ())),
        why=reason.long,
    )


def _count_bookable(plan: DayPlan, agenda: AgendaContext) -> int:
    """Count the slots of a day that can all be booked: one with buffers takes its neighbours."""
    rules = agenda.versions.rules_on(plan.day)
    count, until = 0, None
    for slot in plan.slots:
        busy_from, busy_until = busy_span(slot.start, rules)
        if until is None or busy_from >= until:
            count, until = count + 1, busy_until
    return min(count, -(-rules.max_per_day // rules.capacity)) if rules.max_per_day else count


@dataclass(frozen=True)
class _EmptyReason:
    short: str = ""
    long: str = ""


def _empty_reason(plan: DayPlan, agenda: AgendaContext, start: datetime) -> _EmptyReason:
    """Return why a day is empty, or what the court's calendar changes on a day with slots."""
    if plan.state == "past" or plan.slots:
        return _EmptyReason(long=f"{plan.reason}." if plan.reason else "")
    too_near = "Os horários deste dia são mais próximos que a antecedência mínima."
    return next(_reasons(plan, agenda, start), _EmptyReason("sem antecedência", too_near))


def _reasons(plan: DayPlan, agenda: AgendaContext, start: datetime) -> Iterator[_EmptyReason]:
    rules = agenda.versions.rules_on(plan.day)
    windows = tuple(windows_of(plan.day, rules))
    if plan.state == "closed":
        yield _EmptyReason(plan.reason, f"{plan.reason.capitalize()}.")
    if plan.day in rules.overrides and not windows:
        yield _EmptyReason("fechado", "Fechado em “Datas especiais”.")
    if not windows:
        yield _EmptyReason(long="Nenhuma janela neste dia.")
    last = slots.last_bookable_day(rules, agenda.court, start)
    if plan.day > last:
        yield _EmptyReason(
            "mais adiante", f"Ainda não abre: a agenda vai até {text.format_date(last)}."
        )
    if not slot_grid(plan.day, windows, rules.slot, rules.step):
        yield _EmptyReason("não cabe", "Nenhum atendimento cabe nas janelas deste dia.")
    whole_day = (start_of_day(plan.day), start_of_day(plan.day + ONE_DAY))
    if any(do_overlap(whole_day, block) for block in rules.blocks):
        yield _EmptyReason("bloqueado", "Os horários deste dia estão em período bloqueado.")
    if is_busy(whole_day, rules.busy):
        yield _EmptyReason("ocupado", "Nestes horários o calendário do gabinete está ocupado.")


def _remarks(parsed: ParsedForm, agenda: AgendaContext, now: datetime) -> list[PreviewRemark]:
    errors = [PreviewRemark(*error, refuses=True) for error in parsed.errors.items()]
    context = permissions.validation_context(parsed, agenda, now=now)
    return errors + [
        PreviewRemark(name, finding.sentence, finding.is_blocking)
        for finding in validation.find_contradictions(parsed.terms, context)
        if (name := parsed.form_field_of(finding)) not in parsed.errors
    ]


def _span_text(days: Sequence[date]) -> str:
    first, last = (f"{d.day} de {text.MONTH_NAMES[d.month - 1][:3]}." for d in (days[0], days[-1]))
    return f"{first} a {last}"

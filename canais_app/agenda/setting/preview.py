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
from canais_app.agenda.models import Appointment, Status
from canais_app.agenda.setting import rules, rules_form
from canais_app.agenda.setting.rules_form import Form, Typed
from canais_app.agenda.times import availability, conflicts, slots
from canais_app.agenda.times.availability import Published
from canais_app.agenda.times.slots import DayPlan
from canais_app.agenda.times.windows import ONE_DAY, grid, midnight, overlaps, windows_of
from canais_app.expediente.times import Span
from canais_app.kit import clock, text

DAYS = 28
STANDING = (Status.CONFIRMED, Status.PRECONFIRMED, Status.PENDING)


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
class Remark:
    """What a form contradicts (`refuses`), or what is worth knowing; `field` is the form's."""

    field: str
    sentence: str
    refuses: bool


@dataclass(frozen=True)
class Preview:
    """Four weeks from a Monday, day by day, with what stands in the way."""

    span: str
    total: str
    weeks: list[list[PreviewDay]]
    times: dict[str, list[PreviewTime]] = field(default_factory=dict[str, list[PreviewTime]])
    conflicts: dict[str, list[str]] = field(default_factory=dict[str, list[str]])
    remarks: list[Remark] = field(default_factory=list[Remark])


def preview(
    session: Session, actor: Actor, agenda_id: int, form: Form, *, now: datetime
) -> Preview:
    """Return the four weeks from the day a form would be in force.

    Raises:
        NotFoundError: it is another unit's agenda.
    """
    agenda = rules.whole(session, actor, agenda_id, now=now)
    typed = rules_form.read(form)
    as_if = _as_if(agenda, typed, now)
    start = rules.start_of(rules.first_day(typed, now), now)
    monday = clock.local_day(start) - timedelta(days=clock.local_day(start).weekday())
    days = [monday + timedelta(days=n) for n in range(DAYS)]
    plans = availability.plans(session, as_if, days, now=start)
    against = _against(session, as_if, days, now=now)
    cells = [_cell(plan, as_if, against, start) for plan in plans]
    return Preview(
        span=_span_words(days),
        total=text.plural(sum(len(plan.slots) for plan in plans), "horário", "horários"),
        weeks=[cells[n : n + 7] for n in range(0, DAYS, 7)],
        times={
            plan.day.isoformat(): [
                PreviewTime(text.hour_words(slot.start), not slot.is_free) for slot in plan.slots
            ]
            for plan in plans
            if plan.slots
        },
        conflicts=against,
        remarks=_remarks(typed, agenda, now),
    )


def _as_if(agenda: Published, typed: Typed, now: datetime) -> Published:
    first = rules.first_day(typed, now)
    blocks = agenda.blocks
    return replace(agenda, versions=agenda.versions.beside(typed.terms, first, blocks))


def _against(
    session: Session, agenda: Published, days: Sequence[date], *, now: datetime
) -> dict[str, list[str]]:
    """Return, by day, the appointments that would stand outside the rules."""
    rows = session.exec(
        select(Appointment)
        .where(
            col(Appointment.agenda_id) == agenda.id,
            col(Appointment.status).in_(STANDING),
            col(Appointment.starts_at) > now,
            col(Appointment.starts_at) >= clock.at(days[0], 0),
            col(Appointment.starts_at) < clock.at(days[-1] + timedelta(days=1), 0),
        )
        .order_by(col(Appointment.starts_at))
    )
    found: defaultdict[str, list[str]] = defaultdict(list)
    for row in rows:
        span = (row.starts_at, row.ends_at)
        why = conflicts.why(span, row.modality, agenda.versions, agenda.court)
        if why:
            said = f"{text.hour_words(row.starts_at)}, {row.name}: {why}"
            found[clock.local_day(row.starts_at).isoformat()].append(said)
    return dict(found)


def _cell(
    plan: DayPlan, agenda: Published, against: dict[str, list[str]], start: datetime
) -> PreviewDay:
    day, why = plan.day, _why(plan, agenda, start)
    return PreviewDay(
        iso=day.isoformat(),
        number="1º" if day.day == 1 else str(day.day),
        month=text.MONTHS[day.month - 1][:3] if day.day == 1 else "",
        full_name=text.day_words(day),
        words=text.plural(len(plan.slots), "horário", "horários") if plan.slots else why.short,
        state=plan.state,
        today=day == clock.local_day(start),
        conflicts=len(against.get(day.isoformat(), ())),
        why=why.long,
    )


@dataclass(frozen=True)
class _Why:
    short: str = ""
    long: str = ""


def _why(plan: DayPlan, agenda: Published, start: datetime) -> _Why:
    """Return why a day is empty, or what the calendar changes on a day that is not."""
    if plan.state == "past" or plan.slots:
        return _Why(long=f"{plan.reason}." if plan.reason else "")
    too_near = "Os horários deste dia são mais próximos que a antecedência mínima."
    return next(_reasons(plan, agenda, start), _Why("sem antecedência", too_near))


def _reasons(plan: DayPlan, agenda: Published, start: datetime) -> Iterator[_Why]:
    its = agenda.versions.rules_on(plan.day)
    windows = tuple(windows_of(plan.day, its))
    if plan.state == "closed":
        yield _Why(plan.reason, f"{plan.reason.capitalize()}.")
    if plan.day in its.overrides and not windows:
        yield _Why("fechado", "Fechado em “Datas especiais”.")
    if not windows:
        yield _Why(long="Nenhuma janela neste dia.")
    last = slots.horizon_end(its, agenda.court, start)
    if plan.day > last:
        yield _Why("mais adiante", f"Ainda não abre: a agenda vai até {text.date_words(last)}.")
    if not grid(plan.day, windows, its.slot, its.step):
        yield _Why("não cabe", "Nenhum atendimento cabe nas janelas deste dia.")
    if any(overlaps(_whole(plan.day), block) for block in its.blocks):
        yield _Why("bloqueado", "Os horários deste dia estão em período bloqueado.")


def _whole(day: date) -> Span:
    return midnight(day), midnight(day + ONE_DAY)


def _remarks(typed: Typed, agenda: Published, now: datetime) -> list[Remark]:
    wrong = [Remark(name, said, refuses=True) for name, said in typed.errors.items()]
    found = rules.findings(typed, agenda, now=now)
    return wrong + [
        Remark(typed.named(one), one.sentence, one.refuses)
        for one in found
        if typed.named(one) not in typed.errors
    ]


def _span_words(days: Sequence[date]) -> str:
    first, last = (f"{d.day} de {text.MONTHS[d.month - 1][:3]}." for d in (days[0], days[-1]))
    return f"{first} a {last}"

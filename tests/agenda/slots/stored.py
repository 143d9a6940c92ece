"""Store a row of the tables in a database."""

from datetime import timedelta

from sqlmodel import Session

from canais_app.agenda.availability.rule_values import DayOverride
from canais_app.agenda.availability.slots import TakenSpan
from canais_app.agenda.models import Agenda, AgendaBlock, AgendaBusy, Appointment, AppointmentStatus
from canais_app.directory.models import Comarca, Unit
from canais_app.expediente.calendar import ClosureRule, DayRule
from canais_app.expediente.models import CalendarDay, Notice, NoticeKind
from canais_app.kit import text
from tests.agenda.slots.cases import CLOSED_UNIT, CLOSURES, COMARCA, DAYS, OTHER, Case
from tests.factories import agenda as make

TERMS = {
    "slot": "slot_minutes",
    "step": "step_minutes",
    "before": "buffer_before",
    "after": "buffer_after",
    "notice": "notice_minutes",
    "horizon": "horizon_days",
    "in_business_days": "horizon_in_business_days",
    "capacity": "capacity",
    "max_per_day": "max_per_day",
    "opt_outs": "opt_outs",
}


def store(session: Session, case: Case) -> str:
    """Store a case, the calendar of all of them, and return the agenda's slug."""
    comarcas = {COMARCA: make.make_comarca(session).id, OTHER: _other_comarca(session)}
    terms = {TERMS[name]: value for name, value in case.rules.items() if name in TERMS}
    agenda = make.make_agenda(session, case.windows, own_days=_own_days(case), **terms)
    unit = session.get_one(Unit, agenda.unit_id)
    unit.comarca_id = comarcas.get(case.place.comarca_id or 0)
    for start, end in case.its.blocks:
        session.add(AgendaBlock(agenda_id=agenda.id or 0, starts_at=start, ends_at=end))
    if case.its.busy:
        spans = [[start.isoformat(), end.isoformat()] for start, end in case.its.busy]
        session.add(AgendaBusy(agenda_id=agenda.id or 0, spans=spans))
    for one in case.taken:
        session.add(_taken(agenda, one, case))
    session.add_all(_day(rule, comarcas) for rule in DAYS)
    is_closed = case.place.unit_id == CLOSED_UNIT
    elsewhere = make.make_unit(session, unit.kind).id
    session.add_all(_notice(rule, unit.id if is_closed else elsewhere) for rule in CLOSURES)
    session.flush()
    return agenda.slug


def _other_comarca(session: Session) -> int | None:
    made = Comarca(slug="outra", name="Outra", ibge_code="0000002", latitude=-15, longitude=-56)
    session.add(made)
    session.flush()
    return made.id


def _own_days(case: Case) -> tuple[DayOverride, ...]:
    return tuple(
        DayOverride(day, *span)
        for day, spans in case.its.overrides.items()
        for span in (spans or ((None, None),))
    )


def _taken(agenda: Agenda, one: TakenSpan, case: Case) -> Appointment:
    later = case.now + timedelta(minutes=1)
    status = (
        AppointmentStatus.HELD
        if one.is_hold
        else AppointmentStatus.CONFIRMED
        if one.is_active
        else AppointmentStatus.CANCELLED
    )
    return Appointment(
        agenda_id=agenda.id or 0,
        seat=one.seat,
        status=status,
        starts_at=one.busy_from,
        ends_at=one.busy_until,
        busy_from=one.busy_from,
        busy_until=one.busy_until,
        modality="video",
        token_hash=text.hash_token(text.generate_token()),
        created_at=case.now,
        expires_at=later if one.is_hold else None,
        released_at=None if one.is_active else one.busy_until if one.is_closed else later,
    )


def _day(rule: DayRule, comarcas: dict[int, int | None]) -> CalendarDay:
    return CalendarDay(
        first_day=rule.first,
        last_day=rule.last,
        effect=rule.effect,
        opens_at=rule.opens,
        name=rule.name,
        comarca_id=comarcas[rule.comarca_id] if rule.comarca_id else None,
    )


def _notice(rule: ClosureRule, unit_id: int | None) -> Notice:
    return Notice(
        kind=NoticeKind.CLOSED,
        text=rule.reason,
        unit_id=unit_id if rule.unit_id else None,
        starts_at=rule.starts,
        ends_at=rule.ends,
        published_at=rule.starts,
        updated_at=rule.starts,
    )

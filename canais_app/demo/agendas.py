"""Demonstration agendas: published rules of varied shape, and appointments."""

from collections import Counter
from collections.abc import Iterator
from datetime import datetime, time, timedelta
from random import Random

from sqlmodel import Session

from canais_app import routes
from canais_app.agenda.availability import rule_values
from canais_app.agenda.availability.rule_values import Terms
from canais_app.agenda.availability.slots import WeeklyWindow, busy_span, slot_grid, windows_of
from canais_app.agenda.models import (
    Agenda,
    AgendaVersion,
    Appointment,
    AppointmentStatus,
    Modality,
    Outcome,
    Requester,
    WalkIn,
)
from canais_app.demo.units import DemoTree
from canais_app.directory.channels import ChannelKind
from canais_app.directory.models import Channel, Unit
from canais_app.expediente.calendar import CourtCalendar, Location
from canais_app.kit import clock
from canais_app.kit.text import hash_token

AGENDA_COUNT = 60
FIRST_UNITS = (
    "Gabinete da 1ª Vara Cível de Sinop",
    "Gabinete do Juizado Especial Cível de Sinop",
    "Gabinete da 1ª Vara Cível de Cuiabá",
    "Gabinete da 2ª Vara de Família de Várzea Grande",
)
SLOT_SHAPES = ((20, 20, 0), (30, 30, 0), (15, 20, 5), (20, 30, 10))  # length, step, buffer after
WINDOW_SHAPES = (
    (time(13), time(15)),
    (time(14), time(17)),
    (time(13), time(16)),
    (time(15), time(18)),
    (time(12), time(14)),
)
MODALITIES = (
    [Modality.VIDEO, Modality.IN_PERSON],
    [Modality.VIDEO],
    [Modality.IN_PERSON],
    [Modality.VIDEO, Modality.IN_PERSON, Modality.PHONE],
)
INSTITUTIONS = {  # by the last digit of a demonstration lawyer's number
    3: (Requester.PUBLIC_DEFENDER, "D", "Defensoria Pública de Mato Grosso"),
    5: (Requester.PROSECUTOR, "M", "Ministério Público de Mato Grosso"),
    7: (Requester.PUBLIC_ATTORNEY, "P", "Procuradoria-Geral do Estado"),
}
SUBJECTS = (
    "Tutela de urgência pendente",
    "Despacho em audiência designada",
    "Expedição de alvará",
    "Pedido de preferência de julgamento",
    "Esclarecimento sobre memoriais",
)
BACK, AHEAD = 30, 28  # days with appointments, before and after today
DAY_RANGE = range(-BACK, AHEAD + 1)
LAWYER_COUNT = 300
ACTIVE_LIMIT = 3
OCCUPANCY = 0.3


def create_agendas(
    session: Session, tree: DemoTree, calendar: CourtCalendar, rng: Random, now: datetime
) -> tuple[int, int]:
    """Write the agendas and their appointments; return how many of each."""
    first = [tree.find_unit(name) for name in FIRST_UNITS]
    others = [unit for unit in tree.chambers if unit not in first]
    chosen = first + rng.sample(others, AGENDA_COUNT - len(first))
    booked = 0
    for unit in chosen:
        agenda = _agenda(tree, unit, now)
        session.add(agenda)
        session.flush()
        terms = _terms(unit, rng)
        session.add(_version(agenda, terms, now))
        session.add(_channel(unit, agenda, now))
        rows = list(_appointments(agenda, unit, terms, calendar, rng, now))
        session.add_all(rows)
        if unit.name == FIRST_UNITS[0]:
            session.add_all(_walk_ins(agenda, now))
        booked += len(rows)
    session.flush()
    return len(chosen), booked


def _agenda(tree: DemoTree, unit: Unit, now: datetime) -> Agenda:
    registry = next(r for r in tree.registries if r.parent_id == unit.parent_id)
    return Agenda(
        slug=unit.slug,
        title=unit.name,
        unit_id=unit.id or 0,
        registry_unit_id=registry.id,
        published=True,
        updated_at=now,
    )


def _walk_ins(agenda: Agenda, now: datetime) -> Iterator[WalkIn]:
    """Return three walk-ins of today, one of them urgent."""
    for number, subject in enumerate(SUBJECTS[:3]):
        yield WalkIn(
            agenda_id=agenda.id or 0,
            day=clock.to_local_day(now),
            arrived_at=now - timedelta(minutes=40 - 12 * number),
            is_urgent=number == 1,
            name=f"Pessoa de demonstração {number + 1}",
            oab=f"MT{number + 1:06d}",
            subject=subject,
        )


def _terms(unit: Unit, rng: Random) -> Terms:
    is_first = unit.name == FIRST_UNITS[0]
    length, step, after = rng.choice(SLOT_SHAPES) if not is_first else SLOT_SHAPES[0]
    modalities = rng.choice(MODALITIES) if not is_first else MODALITIES[0]
    return Terms(
        slot_minutes=length,
        step_minutes=step,
        buffer_after=after,
        notice_minutes=rng.choice((120, 120, 1440)),
        horizon_days=rng.choice((28, 28, 21)),
        modalities=tuple(modalities),
        place=f"{unit.address}, sala do gabinete" if Modality.IN_PERSON in modalities else "",
        video_base_url=f"https://video.exemplo.invalid/{unit.slug}/{{codigo}}"
        if Modality.VIDEO in modalities
        else "",
        windows=tuple(_windows(rng, every_day=is_first)),
    )


def _windows(rng: Random, *, every_day: bool) -> Iterator[WeeklyWindow]:
    days = sorted(rng.sample(range(5), rng.randint(2, 4)))
    for day in [0, 1, 2, 3] if every_day else days:
        yield WeeklyWindow(day, *rng.choice(WINDOW_SHAPES))


def _version(agenda: Agenda, terms: Terms, now: datetime) -> AgendaVersion:
    return AgendaVersion(
        agenda_id=agenda.id or 0,
        number=1,
        starts_on=clock.to_local_day(now) - timedelta(days=BACK),
        terms=rule_values.serialize_terms(terms),
        published_at=now,
        published_by="equipe da unidade",
    )


def _channel(unit: Unit, agenda: Agenda, now: datetime) -> Channel:
    return Channel(
        unit_id=unit.id or 0,
        kind=ChannelKind.APPOINTMENT,
        value=routes.agenda(agenda.slug),
        verified_at=now,
        verified_by="equipe da unidade",
    )


def _appointments(  # noqa: PLR0913, PLR0917 (one agenda's data)
    agenda: Agenda, unit: Unit, terms: Terms, calendar: CourtCalendar, rng: Random, now: datetime
) -> Iterator[Appointment]:
    today, place = clock.to_local_day(now), Location(unit.comarca_id, unit.id)
    active: Counter[int] = Counter()
    for day in (today + timedelta(days=n) for n in DAY_RANGE):
        seen: set[int] = set()
        if not calendar.open_state_on(day, place).is_open:
            continue
        windows = tuple(windows_of(day, terms.rules))
        for start, _ in slot_grid(day, windows, terms.slot_minutes, terms.step_minutes):
            lawyer = rng.randint(1, LAWYER_COUNT)
            if rng.random() > OCCUPANCY or lawyer in seen or active[lawyer] >= ACTIVE_LIMIT:
                continue
            seen.add(lawyer)
            active[lawyer] += start > now
            yield _appointment(agenda, terms, start, lawyer, rng, now)


def _appointment(  # noqa: PLR0913, PLR0917 (one appointment's data)
    agenda: Agenda, terms: Terms, start: datetime, lawyer: int, rng: Random, now: datetime
) -> Appointment:
    end = start + timedelta(minutes=terms.slot_minutes)
    busy_from, busy_until = busy_span(start, terms.rules)
    token, made = f"demo-{rng.getrandbits(128):032x}", start - timedelta(days=rng.randint(1, 12))
    made = min(made, now - timedelta(minutes=rng.randint(5, 600)))
    past = AppointmentStatus.ATTENDED if rng.random() < 0.9 else AppointmentStatus.MISSED  # noqa: PLR2004
    row = Appointment(
        agenda_id=agenda.id or 0,
        status=past if end < now else AppointmentStatus.CONFIRMED,
        starts_at=start,
        ends_at=end,
        busy_from=busy_from,
        busy_until=busy_until,
        modality=rng.choice(terms.modalities),
        code=f"DEM{rng.randint(0, 9999):04d}",
        token_hash=hash_token(token),
        ics_uid=f"{rng.getrandbits(96):024x}@canais.exemplo.invalid",
        name=f"Advocacia de demonstração {lawyer:03d}",
        oab=f"MT9{lawyer:05d}",
        email=f"advocacia{lawyer:03d}@exemplo.invalid",
        phone=f"+55653000{lawyer:04d}",
        subject=rng.choice(SUBJECTS),
        created_at=made,
        confirmed_at=made,
    )
    _vary(row, lawyer, now=now)
    return row


def _vary(row: Appointment, number: int, *, now: datetime) -> None:
    """Let some be of institutions, have needs, be booked by a colleague, or be missed."""
    if found := INSTITUTIONS.get(number % 10):
        requester, letter, row.institution = found
        row.requester, row.oab = requester, f"{letter}MT{number:05d}"
        row.name = f"Membro de demonstração {number:03d}"
    if number % 6 == 0:
        row.preferences, row.access_needs = ["idoso"], ["rampa"]
    if number % 11 == 0:
        row.booked_by_name = "Colega de demonstração"
        row.booked_by_email = f"colega{number:03d}@exemplo.invalid"
    if row.status == AppointmentStatus.MISSED and row.ends_at < now and number % 2:
        row.lawyer_outcome, row.lawyer_outcome_at = Outcome.NOT_ATTENDED, row.ends_at

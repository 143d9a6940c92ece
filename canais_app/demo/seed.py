"""Seed the demonstration: real comarcas and calendar, fictitious units, agendas, complaints."""

from dataclasses import dataclass
from datetime import datetime
from random import Random

from sqlmodel import Session, col, select

from canais_app.demo import agendas, complaints, notices, situations, staff, triage, units
from canais_app.demo.staff import DEMO_PASSWORD, DemoLogin
from canais_app.directory.models import Channel, Unit
from canais_app.directory.reference import load_reference
from canais_app.expediente.queries import TOPIC, load_calendar
from canais_app.expediente.years import seed_years
from canais_app.kit import live
from canais_app.kit.errors import ConflictError
from canais_app.settings import settings

RANDOM_SEED = 20261124
CALENDAR_YEARS = range(2024, 2029)
__all__ = ["DEMO_PASSWORD", "SeedSummary", "seed_demo"]


@dataclass(frozen=True)
class SeedSummary:
    """What was written; `sown` is false when the database had units already."""

    sown: bool
    units: int = 0
    channels: int = 0
    agendas: int = 0
    appointments: int = 0
    complaints: int = 0
    log_ins: tuple[DemoLogin, ...] = ()


def load_facts(session: Session) -> None:
    """Write the real comarcas, origins, municipalities and calendar; allowed in production."""
    load_reference(session)
    seed_years(session, CALENDAR_YEARS)


def seed_demo(session: Session, now: datetime) -> SeedSummary:
    """Write the demonstration into a database without units; change no other database.

    The same `now` gives the same data.

    Raises:
        ConflictError: in production.
    """
    if settings().is_production:
        raise ConflictError("Dados de demonstração são recusados em produção.")
    load_facts(session)
    if session.exec(select(Unit.id).limit(1)).first() is not None:
        return SeedSummary(sown=False, log_ins=_known_log_ins(session))
    rng = Random(RANDOM_SEED)
    tree = units.create_units(session, rng, now)
    notices.create_notices(session, now)
    calendar = load_calendar(session)
    published, booked = agendas.create_agendas(session, tree, calendar, rng, now)
    channels = session.exec(select(Channel).order_by(col(Channel.id))).all()
    reports = complaints.create_complaints(session, tree, channels, calendar, rng, now)
    situations.judge_outages(session, now)  # before there is staff: nobody is told
    log_ins = staff.create_demo_staff(session, tree, now)
    situations.create_situations(session, now)
    triage.share_work(session, now)
    for topic in ("complaints:all", TOPIC):
        live.emit(session, topic)
    return SeedSummary(
        sown=True,
        units=len(tree.units),
        channels=len(channels),
        agendas=published,
        appointments=booked,
        complaints=reports,
        log_ins=log_ins,
    )


def _known_log_ins(session: Session) -> tuple[DemoLogin, ...]:
    emails = set(session.exec(select(staff.Staff.email)))
    return tuple(entry for entry in staff.DEMO_LOGINS if entry.email in emails)

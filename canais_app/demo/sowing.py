"""Sow the whole demonstration: real comarcas and calendar, stand-in units, agendas, complaints."""

from dataclasses import dataclass
from datetime import datetime
from random import Random

from sqlmodel import Session, col, select

from canais_app.demo import agendas, complaints, notices, staff, units
from canais_app.demo.staff import DEMO_PASSWORD, LogIn
from canais_app.directory.models import Channel, Unit
from canais_app.directory.reference import load_reference
from canais_app.expediente.queries import TOPIC, load_calendar
from canais_app.expediente.years import load_days
from canais_app.kit import live
from canais_app.kit.errors import ConflictError
from canais_app.settings import settings

RANDOM_SEED = 20261124
YEARS = range(2024, 2029)
__all__ = ["DEMO_PASSWORD", "Summary", "seed"]


@dataclass(frozen=True)
class Summary:
    """What was sown; `sown` is false when units were there already."""

    sown: bool
    units: int = 0
    channels: int = 0
    agendas: int = 0
    appointments: int = 0
    complaints: int = 0
    log_ins: tuple[LogIn, ...] = ()


def load_facts(session: Session) -> None:
    """Write the real comarcas, origins, municipalities and calendar; allowed in production."""
    load_reference(session)
    load_days(session, YEARS)


def seed(session: Session, now: datetime) -> Summary:
    """Write the demonstration into a database without units; into any other, nothing.

    The same `now` gives the same data.

    Raises:
        ConflictError: in production.
    """
    if settings().is_production:
        raise ConflictError("Dados de demonstração são recusados em produção.")
    load_facts(session)
    if session.exec(select(Unit.id).limit(1)).first() is not None:
        return Summary(sown=False, log_ins=_known_log_ins(session))
    rng = Random(RANDOM_SEED)
    grove = units.plant(session, rng, now)
    notices.post(session, now)
    calendar = load_calendar(session)
    published, taken = agendas.publish(session, grove, calendar, rng, now)
    channels = session.exec(select(Channel).order_by(col(Channel.id))).all()
    reports = complaints.tell(session, grove, channels, calendar, rng, now)
    log_ins = staff.employ(session, grove, now)
    for topic in ("complaints:all", TOPIC):
        live.touch(session, topic)
    return Summary(
        sown=True,
        units=len(grove.units),
        channels=len(channels),
        agendas=published,
        appointments=taken,
        complaints=reports,
        log_ins=log_ins,
    )


def _known_log_ins(session: Session) -> tuple[LogIn, ...]:
    there = set(session.exec(select(staff.Staff.email)))
    return tuple(entry for entry in staff.LOG_INS if entry.email in there)

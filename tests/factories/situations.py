"""Situations and incidents, as the engine and the Corregedoria leave them."""

from datetime import datetime, timedelta
from typing import Any

from sqlmodel import Session, func, select

from canais_app.complaints.situations.models import Incident, IncidentMember, Situation
from canais_app.complaints.situations.queries import IncidentKind, Scope
from canais_app.directory.models import Unit

MINUTE = timedelta(minutes=1)


def make_situation(session: Session, unit: Unit, *, now: datetime, **changes: Any) -> Situation:
    """Store a probable situation of a unit's WhatsApp, open for half an hour."""
    number = session.exec(select(func.count()).select_from(Situation)).one() + 1
    started = now - 30 * MINUTE
    values: dict[str, Any] = {
        "code": f"2026-{number:04d}",
        "scope": Scope.UNIT,
        "place_id": unit.id,
        "unit_id": unit.id,
        "comarca_id": unit.comarca_id,
        "channel": "whatsapp",
        "kind": "sem_resposta",
        "level": "provavel",
        "seen": 5,
        "expected": 0.4,
        "upper": 3,
        "probability": 1e-6,
        "people": 5,
        "first_report_at": started,
        "opened_at": started + 5 * MINUTE,
        "probable_at": started + 5 * MINUTE,
        "judged_at": now,
    }
    made = Situation(**values | changes)
    session.add(made)
    session.flush()
    return made


def make_incident(
    session: Session, *members: tuple[Unit, str], now: datetime, **changes: Any
) -> Incident:
    """Store a confirmed public incident of some units' channels."""
    number = session.exec(select(func.count()).select_from(Incident)).one() + 1
    started = now - 60 * MINUTE
    values: dict[str, Any] = {
        "code": f"2026-{number:03d}",
        "title": "Fórum sem internet",
        "kind": IncidentKind.INCIDENT,
        "status": "confirmado",
        "works": "telefone",
        "started_at": started,
        "noticed_at": started + 10 * MINUTE,
        "confirmed_at": started + 20 * MINUTE,
    }
    made = Incident(**values | changes)
    session.add(made)
    session.flush()
    for unit, channel in members:
        session.add(
            IncidentMember(
                incident_id=made.id or 0, unit_id=unit.id or 0, channel=channel, joined_at=started
            )
        )
    session.flush()
    return made

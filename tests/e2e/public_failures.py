"""Failures as the public may see them, written into the database of the environment.

Run as a program: `python -m tests.e2e.public_failures`. Prints the slug of the failing unit.
"""

import sys
from datetime import timedelta

from sqlmodel import Session, col, select

from canais_app import wiring
from canais_app.complaints import rollups
from canais_app.complaints.situations.models import IncidentUpdate, Situation
from canais_app.directory.models import Unit
from canais_app.kit import clock, db
from tests.factories.situations import MINUTE, make_incident, make_situation


def write_failures(session: Session) -> str:
    """Store a confirmed failure that stays, an incident with news, and use of what works."""
    now = clock.now()
    units = session.exec(
        select(Unit)
        .where(
            col(Unit.kind) == "secretaria",
            col(Unit.active),
            col(Unit.id).not_in(select(Situation.place_id).where(col(Situation.scope) == "unit")),
        )
        .order_by(col(Unit.id))
        .offset(60)  # past the units that other journeys use
        .limit(3)
    ).all()
    make_situation(
        session, units[0], now=now, code="2026-9901", channel="balcao_virtual", people=7,
        confirmed_at=now,
    )  # fmt: skip
    members = [(unit, "telefone") for unit in units[1:]]
    incident = make_incident(
        session, *members, now=now, code="2026-991", next_update_at=now + 60 * MINUTE
    )
    session.add(
        IncidentUpdate(
            incident_id=incident.id or 0,
            at=now - timedelta(minutes=5),
            is_public=True,
            text="Técnico a caminho do fórum.",
        )
    )
    rollups.count_visit(session, unit_id=units[0].id or 0, channel="telefone", now=now)
    return units[0].slug


if __name__ == "__main__":
    wiring.connect_hooks()
    sys.stdout.write(db.write_sync(write_failures))

"""A substitute for the demonstration gabinete's agenda, written into the environment's database.

Run as a program (`python -m tests.e2e.stand_in`), it prints the agenda's slug and who stands in.
"""

import json
import sys
from datetime import datetime, timedelta

from sqlmodel import Session, col, select

from canais_app import wiring
from canais_app.accounts.models import Staff, StaffRole
from canais_app.accounts.roles import SYSTEM
from canais_app.agenda.models import Agenda
from canais_app.agenda.rules import substitutes
from canais_app.agenda.rules.substitutes import SubstitutionRequest
from canais_app.directory.models import Unit
from canais_app.kit import clock, db


def write(session: Session, now: datetime) -> dict[str, str]:
    """Hand the agenda over from today, for three weeks, to another gabinete with an agenda."""
    unit_id = session.exec(
        select(StaffRole.unit_id)
        .join(Staff, col(Staff.id) == col(StaffRole.staff_id))
        .where(col(Staff.email) == "gabinete@exemplo.invalid")
    ).first()
    path = session.exec(select(Unit.path).where(col(Unit.id) == unit_id)).one()
    every = session.exec(
        select(Agenda, Unit)
        .join(Unit, col(Unit.id) == col(Agenda.unit_id))
        .order_by(col(Agenda.id))
    ).all()
    agenda = next(agenda for agenda, unit in every if unit.path.startswith(path))
    other = next(unit for _, unit in every if not unit.path.startswith(path))
    today = clock.to_local_day(now)
    wish = SubstitutionRequest(
        unit=other.slug, first_day=today, last_day=today + timedelta(days=20)
    )
    substitutes.appoint_substitute(session, SYSTEM, agenda.id or 0, wish, now=now)
    return {"slug": agenda.slug, "stands_in": other.name}


if __name__ == "__main__":
    wiring.connect_hooks()
    json.dump(db.write_sync(write, clock.now()), sys.stdout)

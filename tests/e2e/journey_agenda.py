"""An agenda of its own for the demonstration's gabinete person, in the environment's database.

Run as a program with terms as JSON (`python -m tests.e2e.journey_agenda '{"capacity": 3}'`), it
prints the agenda's id, slug and title as JSON; with an agenda's id it refuses its request.
"""

import json
import sys
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, select

from canais_app import wiring
from canais_app.accounts.models import Staff, StaffRole
from canais_app.accounts.roles import OPERATOR, Role
from canais_app.agenda.booking import approvals
from canais_app.agenda.models import Appointment, AppointmentStatus
from canais_app.kit import clock, db
from tests.factories import agenda as make


def write(session: Session, terms: dict[str, Any]) -> dict[str, object]:
    """Write an agenda of every day, and let the person work at it."""
    agenda = make.make_agenda(session, [make.make_window(day) for day in range(7)], **terms)
    agenda.title = f"Gabinete da Jornada {agenda.id}"
    asked = select(Staff.id).where(col(Staff.email) == "gabinete@exemplo.invalid")
    staff_id = session.exec(asked).one()
    session.add(StaffRole(staff_id=staff_id or 0, role=Role.CHAMBERS, unit_id=agenda.unit_id))
    session.add(agenda)
    return {"id": agenda.id, "slug": agenda.slug, "title": agenda.title}


def refuse(session: Session, agenda_id: int, now: datetime) -> dict[str, object]:
    """Refuse the request that waits in an agenda."""
    asked = select(Appointment.id).where(
        col(Appointment.agenda_id) == agenda_id,
        col(Appointment.status) == AppointmentStatus.PENDING,
    )
    approvals.refuse_request(
        session, OPERATOR, session.exec(asked).one() or 0, "Sessão da câmara", now=now
    )
    return {}


if __name__ == "__main__":
    wiring.connect_hooks()
    sent = json.loads(sys.argv[1])
    if isinstance(sent, int):
        json.dump(db.write_sync(refuse, sent, clock.now()), sys.stdout)
    else:
        json.dump(db.write_sync(write, sent), sys.stdout)

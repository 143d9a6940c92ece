"""An agenda of its own for the demonstration's gabinete person, in the environment's database.

Run as a program with terms as JSON (`python -m tests.e2e.journey_agenda '{"capacity": 3}'`), it
prints the agenda's id, slug and title as JSON.
"""

import json
import sys
from typing import Any

from sqlmodel import Session, col, select

from canais_app import wiring
from canais_app.accounts.models import Staff, StaffRole
from canais_app.accounts.roles import Role
from canais_app.kit import db
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


if __name__ == "__main__":
    wiring.connect_hooks()
    json.dump(db.write_sync(write, json.loads(sys.argv[1])), sys.stdout)

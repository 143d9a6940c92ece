"""An agenda with two kinds of attendance, written into the environment's database.

Run as a program (`python -m tests.e2e.kinds_agenda`), it prints the agenda's slug as JSON.
"""

import json
import sys

from sqlmodel import Session

from canais_app import wiring
from canais_app.agenda.availability.rule_values import AttendanceKind
from canais_app.kit import db
from tests.factories import agenda as make


def write(session: Session) -> dict[str, str]:
    """Write the agenda: every day, short talks at once, long ones by approval."""
    long = AttendanceKind(
        name="Despacho longo", minutes=60, instructions="Traga a petição.", needs_approval=True
    )
    agenda = make.make_agenda(
        session,
        [make.make_window(day) for day in range(7)],
        title="Gabinete dos Dois Tipos",
        kinds=(AttendanceKind(name="Conversa"), long),
    )
    return {"slug": agenda.slug}


if __name__ == "__main__":
    wiring.connect_hooks()
    json.dump(db.write_sync(write), sys.stdout)

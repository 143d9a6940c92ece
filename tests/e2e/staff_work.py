"""Work of the Corregedoria on a running portal's data: `python -m tests.e2e.staff_work N ask`."""

import sys
from functools import partial

from sqlmodel import Session, col, select

import canais_app.models  # noqa: F401 (importing registers the tables)
from canais_app import wiring
from canais_app.accounts.models import Staff
from canais_app.accounts.roles import Actor, Grant, Role
from canais_app.complaints.triage import service as triage
from canais_app.kit import clock, db

EMAIL = "corregedoria@exemplo.invalid"


def work(session: Session, protocol: str, step: str) -> None:
    """Ask the reporter for more, or answer."""
    person = session.exec(select(Staff).where(col(Staff.email) == EMAIL)).one()
    actor = Actor(person.id, person.name, (Grant(Role.CORREGEDORIA),))
    act = {
        "ask": partial(triage.ask_reporter, session, actor, protocol, "Em qual navegador?"),
        "answer": partial(triage.answer_complaint, session, actor, protocol, "Trocamos o link."),
    }[step]
    act(now=clock.now())


if __name__ == "__main__":
    wiring.connect_hooks()
    db.write_sync(work, *sys.argv[1:3])

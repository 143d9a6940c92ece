"""An appointment at each stage of its life, written into the database of the environment.

Run as a program (`python -m tests.e2e.states`), it prints the path of each one's page as JSON.
"""

import json
import re
import sys
from datetime import datetime, timedelta

from sqlmodel import Session, col, select

from canais_app import routes, wiring
from canais_app.agenda import appointment_views
from canais_app.agenda.booking import approvals, booking, cancellation, waitlist
from canais_app.agenda.chambers import chambers_desk
from canais_app.agenda.models import Agenda, Appointment, AppointmentStatus
from canais_app.agenda.notifications import appointments, my_appointments
from canais_app.agenda.schemas import WaitlistRequest
from canais_app.kit import clock, db
from canais_app.outbox.models import OutboxMessage
from tests.factories import accounts
from tests.factories import agenda as make
from tests.factories.outbox import payload_of
from tests.people import CHAMBERS_A

ME = "voce@exemplo.invalid"
AGO = timedelta(days=5)


def _agenda(session: Session, unit_id: int | None, **terms: object) -> Agenda:
    every_day = [make.make_window(day) for day in range(7)]
    return make.make_agenda(session, every_day, unit_id=unit_id, title="Gabinete de Teste", **terms)


def _book(session: Session, agenda: Agenda, start: datetime, now: datetime) -> Appointment:
    wish = make.make_booking_request(start, email=ME, case_number="0000001-49.2026.8.11.0015")
    return appointment_views.load_appointment_by_token(
        session, booking.book(session, agenda.slug, wish, now=now).token
    )


def _offered(session: Session, row: Appointment, now: datetime) -> Appointment:
    """Let another lawyer wait for the time of `row`, and give it up."""
    agenda = session.get_one(Agenda, row.agenda_id)
    sent = make.make_booking_form(
        row.starts_at, oab_number="9", email=ME, **{"from": None, "to": None}
    )
    waitlist.join_waitlist(session, agenda.slug, WaitlistRequest.model_validate(sent), now=now)
    cancellation.cancel_by_link(
        session, appointments.appointment_path(row).rpartition("/")[2], now=now
    )
    asked = select(Appointment).where(
        col(Appointment.agenda_id) == agenda.id,
        col(Appointment.status) == AppointmentStatus.OFFERED,
    )
    return session.exec(asked).one()


def _past(session: Session, row: Appointment, status: str) -> Appointment:
    for name in ("starts_at", "ends_at", "busy_from", "busy_until"):
        setattr(row, name, getattr(row, name) - AGO)
    row.status, row.created_at = status, row.created_at - AGO - AGO
    row.confirmed_at = row.created_at
    session.add(row)
    return row


def write(session: Session, now: datetime) -> dict[str, str]:
    """Write one of each; return the paths by the stage's name."""
    unit = accounts.make_unit(session, "a", now=now).id
    actor = accounts.make_actor(session, CHAMBERS_A, now=now)
    start = clock.from_wall_clock(clock.to_local_day(now) + timedelta(days=2), 14)

    def new(**terms: object) -> Appointment:
        return _book(session, _agenda(session, unit, **terms), start, now)

    rows = {
        "on": new(),
        "late": new(cancel_notice=72 * 60),
        "to_confirm": new(confirms_by_email=True),
        "pending": new(needs_approval=True),
        "refused": new(needs_approval=True),
        "cancelled": new(),
        "offered": _offered(session, new(), now),
        # The same again, for the journeys that lead to another stage.
        "to_move": new(),
        "to_accept": new(confirms_by_email=True),
        "to_replace": new(),
        "to_decline": _offered(session, new(), now),
        **{status: _past(session, new(), status) for status in ("attended", "missed")},
    }
    approvals.refuse_request(session, actor, rows["refused"].id or 0, "Sessão da câmara", now=now)
    for name in ("cancelled", "to_replace"):
        chambers_desk.cancel_as_chambers(
            session, actor, rows[name].id or 0, "Sessão da câmara", now=now
        )
    session.flush()
    paths = {name: appointments.appointment_path(row) for name, row in rows.items()}
    paths["no_key"] = paths["to_confirm"].partition("?")[0]
    my_appointments.request_link(session, ME, now=now)
    asked = select(OutboxMessage).where(col(OutboxMessage.kind) == "my_appointments")
    mailed = payload_of(session.exec(asked).one()).text
    return paths | {"mine": re.findall(rf"{routes.MY_APPOINTMENTS}/[\w-]+", mailed)[0]}


if __name__ == "__main__":
    wiring.connect_hooks()
    json.dump(db.write_sync(write, clock.now()), sys.stdout)

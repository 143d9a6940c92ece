"""What is done each night: personal data past its time is forgotten, units are asked to confirm.

Every step is a function of `session` and `now`, safe to repeat and to run twice at once.
Retention: settings, after Res. CNJ 363/2021 and LGPD art. 16.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import CursorResult, Update, func, select, update
from sqlmodel import Session, col

from canais_app.accounts import audit
from canais_app.accounts import service as accounts
from canais_app.accounts.roles import SYSTEM
from canais_app.agenda import walk_ins
from canais_app.agenda.mail import recalling
from canais_app.agenda.models import Appointment, WaitlistEntry
from canais_app.complaints.lifecycle import Status
from canais_app.complaints.models import Complaint, ComplaintEvent
from canais_app.directory import freshness, proposals
from canais_app.kit import clock
from canais_app.outbox import service as outbox
from canais_app.settings import settings

SETTLED = (Status.SOLVED, Status.NOT_CONFIRMED, Status.DUPLICATE)


@dataclass(frozen=True)
class Done:
    """How much one night forgot, and how many units it asked to look at their contacts."""

    appointments: int
    complaints: int
    letters: int
    reminders: int


def run(session: Session, *, now: datetime) -> Done:
    """Do all of the night's work in the caller's transaction."""
    done = Done(
        appointments=forget_lawyers(session, now=now),
        complaints=forget_reporters(session, now=now),
        letters=outbox.forget(session, before=now - _days(settings().appointment_retention_days)),
        reminders=freshness.remind(session, now=now),
    )
    proposals.forget(session, before=now - _days(settings().complaint_retention_days))
    accounts.tidy(session, now=now)
    walk_ins.forget(session, now=now)
    recalling.forget(session, now=now)
    if done.appointments or done.complaints or done.letters:
        changes = {"atendimentos": done.appointments, "reclamações": done.complaints}
        audit.record(session, SYSTEM, "anonimizar", "retenção", "noite", changes, now=now)
    return done


def forget_lawyers(session: Session, *, now: datetime) -> int:
    """Take the person out of appointments, and places in waiting lists, that ended long ago.

    How long the settings say.
    """
    before = now - _days(settings().appointment_retention_days)
    nobody = {"name": "", "oab": "", "email": "", "phone": "", "case_number": "", "subject": ""}
    waited = (
        update(WaitlistEntry)
        .where(
            col(WaitlistEntry.last_day) < clock.local_day(before),
            col(WaitlistEntry.anonymised_at).is_(None),
        )
        .values(**nobody, sealed_token="", anonymised_at=now)
    )
    received = (
        update(Appointment)
        .where(col(Appointment.ends_at) < before, col(Appointment.anonymised_at).is_(None))
        .values(**nobody, cancel_reason="", sealed_token="", anonymised_at=now)
    )
    return _count(session, waited) + _count(session, received)


def forget_reporters(session: Session, *, now: datetime) -> int:
    """Take the person out of complaints whose last move, to an end, is old enough."""
    before = now - _days(settings().complaint_retention_days)
    last_move = (
        select(func.max(col(ComplaintEvent.at)))
        .where(col(ComplaintEvent.complaint_id) == col(Complaint.id))
        .scalar_subquery()
    )
    return _count(
        session,
        update(Complaint)
        .where(
            col(Complaint.status).in_(SETTLED),
            (col(Complaint.name) != "") | (col(Complaint.email) != ""),
            func.coalesce(last_move, col(Complaint.created_at)) < before,
        )
        .values(name="", email=""),
    )


def _days(number: int) -> timedelta:
    return timedelta(days=number)


def _count(session: Session, statement: Update) -> int:
    done: CursorResult[tuple[()]] = session.connection().execute(statement)
    return done.rowcount

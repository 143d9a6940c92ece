"""The nightly job: anonymise personal data past its retention, remind units to verify contacts.

Every step is safe to repeat and to run twice at once. Retention times are settings (Res. CNJ
363/2021, LGPD art. 16).
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import CursorResult, Update, func, update
from sqlmodel import Session, col, select

from canais_app.accounts import audit, drafts
from canais_app.accounts import service as accounts
from canais_app.accounts.roles import SYSTEM
from canais_app.agenda.chambers import walk_ins
from canais_app.agenda.models import Appointment, WaitlistEntry
from canais_app.agenda.notifications import my_appointments
from canais_app.complaints import erasure, reporter
from canais_app.complaints.lifecycle import CLOSED_STATUSES
from canais_app.complaints.models import Complaint
from canais_app.complaints.public_status import subscriptions
from canais_app.directory.editing import corrections, verification
from canais_app.kit import clock, db
from canais_app.outbox import service as outbox
from canais_app.settings import settings

BATCH = 5000  # complaints anonymised in one night: their texts are read, in one transaction


@dataclass(frozen=True)
class RetentionSummary:
    """How many rows were anonymised, and how many units were sent a reminder."""

    appointments: int
    complaints: int
    letters: int
    reminders: int


def run_retention(session: Session, *, now: datetime) -> RetentionSummary:
    """Run the nightly job in the caller's transaction."""
    done = RetentionSummary(
        appointments=anonymise_appointments(session, now=now),
        complaints=anonymise_complaints(session, now=now),
        letters=outbox.anonymise_messages(
            session, before=now - _days(settings().appointment_retention_days)
        ),
        reminders=verification.send_verification_reminders(session, now=now),
    )
    corrections.anonymise_corrections(
        session, before=now - _days(settings().complaint_retention_days)
    )
    accounts.delete_expired(session, now=now)
    drafts.delete_old_drafts(session, now=now)
    walk_ins.delete_old_walk_ins(session, now=now)
    reporter.close_unconfirmed(session, now=now)
    my_appointments.delete_expired_links(session, now=now)
    subscriptions.delete_unconfirmed(session, now=now)
    if done.appointments or done.complaints or done.letters:
        changes = {"atendimentos": done.appointments, "reclamações": done.complaints}
        audit.record_entry(session, SYSTEM, "anonimizar", "retenção", "noite", changes, now=now)
    return done


class _UndoneError(Exception):
    """Ends the transaction of a preview, so that nothing of it is kept."""

    def __init__(self, summary: RetentionSummary) -> None:
        super().__init__()
        self.summary = summary


def preview_retention(*, now: datetime) -> RetentionSummary:
    """Return what the nightly job would do now; its transaction is rolled back."""

    def work(session: Session) -> None:
        raise _UndoneError(run_retention(session, now=now))

    try:
        db.write_sync(work)
    except _UndoneError as undone:
        return undone.summary
    raise AssertionError  # `work` always raises


def anonymise_appointments(session: Session, *, now: datetime) -> int:
    """Remove personal data from appointments and waitlist entries past their retention."""
    before = now - _days(settings().appointment_retention_days)
    blank = {"name": "", "oab": "", "email": "", "phone": "", "case_number": "", "subject": ""}
    desk = {"desk_note": "", "video_link": "", "moderator_link": "", "cancel_reason": ""}
    blank |= {"institution": ""}
    needs = {"preferences": [], "access_needs": [], "client_mark": ""}
    booker = {"booked_by_name": "", "booked_by_email": ""}
    entries = (
        update(WaitlistEntry)
        .where(
            col(WaitlistEntry.last_day) < clock.to_local_day(before),
            col(WaitlistEntry.anonymised_at).is_(None),
        )
        .values(**blank, sealed_token="", anonymised_at=now)
    )
    appointments = (
        update(Appointment)
        .where(col(Appointment.ends_at) < before, col(Appointment.anonymised_at).is_(None))
        .values(**blank, **needs, **booker, **desk, sealed_token="", anonymised_at=now)
    )
    return _count(session, entries) + _count(session, appointments)


def anonymise_complaints(session: Session, *, now: datetime, limit: int = BATCH) -> int:
    """Remove persons and their words from complaints closed longer ago than their retention.

    Texts are replaced by their kind and length; photos are deleted; what staff wrote stays without
    the name and other personal data.
    """
    before = now - _days(settings().complaint_retention_days)
    rows = session.exec(
        select(Complaint)
        .where(
            col(Complaint.status).in_(CLOSED_STATUSES),
            col(Complaint.anonymised_at).is_(None),
            func.coalesce(col(Complaint.closed_at), col(Complaint.created_at)) < before,
        )
        .order_by(col(Complaint.id))
        .limit(limit)
    ).all()
    erasure.erase_words(session, rows)
    erasure.mask_staff_words(session, rows)
    for row in rows:
        row.name = row.email = ""
        row.idempotency_key, row.anonymised_at = None, now
    session.flush()
    return len(rows)


def _days(number: int) -> timedelta:
    return timedelta(days=number)


def _count(session: Session, statement: Update) -> int:
    result: CursorResult[tuple[()]] = session.connection().execute(statement)
    return result.rowcount

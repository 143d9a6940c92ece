"""An agenda's bookings as the gabinete's own programs read them (bearer token)."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import Session, col, select

from canais_app.accounts.roles import Actor, Permission
from canais_app.agenda import access
from canais_app.agenda.availability import limits
from canais_app.agenda.models import Agenda, Appointment, AppointmentStatus
from canais_app.agenda.slot_queries import TimeRange
from canais_app.directory.search.case_number import format_case_number
from canais_app.kit import clock
from canais_app.kit.contacts import format_registration
from canais_app.kit.errors import InvalidError

MAX_RANGE = timedelta(days=92)
SHOWN_STATUSES = (*limits.COUNTED_STATUSES, AppointmentStatus.CANCELLED)


@dataclass(frozen=True)
class StaffBooking:
    """A booking with its person, for those who attend them. Times are RFC 3339."""

    id: int
    code: str
    status: str
    start: str
    end: str
    modality: str
    kind: str
    requester: str
    name: str
    registration: str
    email: str
    phone: str
    booked_by: str
    case_number: str
    subject: str
    preferences: list[str]
    access_needs: list[str]
    answer_until: str
    lawyer_outcome: str
    disputed: bool


def list_bookings(
    session: Session, actor: Actor, slug: str, span: TimeRange, *, now: datetime
) -> list[StaffBooking]:
    """Return the bookings of an agenda that begin in a range, by start; cancelled ones too.

    Raises:
        NotFoundError: there is no such agenda, or it is another unit's.
        InvalidError: the range is longer than 92 days.
    """
    agenda_id = session.exec(select(Agenda.id).where(col(Agenda.slug) == slug)).first() or 0
    access.require_agenda(session, actor, agenda_id, Permission.SEE_AGENDA_DESK, now=now)
    if span.until - span.since > MAX_RANGE:
        raise InvalidError.at("to", "Peça no máximo 92 dias.")
    rows = session.exec(
        select(Appointment)
        .where(
            col(Appointment.agenda_id) == agenda_id,
            col(Appointment.status).in_(SHOWN_STATUSES),
            col(Appointment.code) != "",
            col(Appointment.starts_at) >= span.since,
            col(Appointment.starts_at) < span.until,
        )
        .order_by(col(Appointment.starts_at), col(Appointment.id))
    )
    return [_booking(row) for row in rows]


def _booking(row: Appointment) -> StaffBooking:
    return StaffBooking(
        id=row.id or 0,
        code=row.code,
        status=row.status,
        start=clock.to_rfc3339(row.starts_at),
        end=clock.to_rfc3339(row.ends_at),
        modality=row.modality,
        kind=row.attendance_kind,
        requester=row.requester,
        name=row.name,
        registration=format_registration(row.oab, row.institution),
        email=row.email,
        phone=row.phone,
        booked_by=row.booked_by_name,
        case_number=row.case_number and format_case_number(row.case_number),
        subject=row.subject,
        preferences=list(row.preferences),
        access_needs=list(row.access_needs),
        answer_until=clock.to_rfc3339(row.answer_due_at) if row.answer_due_at else "",
        lawyer_outcome=row.lawyer_outcome,
        disputed=row.disputed_at is not None,
    )

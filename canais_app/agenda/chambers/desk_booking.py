"""The gabinete books for a person who telephones or stands at the counter.

Functions that take an actor raise `NotFoundError` when the agenda is another unit's.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import Session

from canais_app.accounts import audit
from canais_app.accounts.roles import Actor, Permission
from canais_app.agenda import access, queries
from canais_app.agenda.availability import service as availability
from canais_app.agenda.booking import storage
from canais_app.agenda.models import Appointment, AppointmentStatus
from canais_app.agenda.notifications import appointments
from canais_app.agenda.schemas import BookingRequest
from canais_app.kit import clock, text
from canais_app.outbox import messages

MAX_TIMES = 60


@dataclass(frozen=True)
class DeskBookingChoices:
    """What the gabinete may book: free starts, kinds of attendance, modalities."""

    starts: list[datetime]
    kinds: list[str]
    modalities: list[str]


def list_choices(
    session: Session, actor: Actor, agenda_id: int, kind: str, *, now: datetime
) -> DeskBookingChoices:
    """Return the free times of a kind, without the notice, and what else can be chosen.

    Raises:
        InvalidError: the agenda has no such kind.
    """
    access.require_agenda(session, actor, agenda_id, Permission.EDIT_AGENDA, now=now)
    agenda = queries.load_by_id(session, agenda_id, now=now)
    chosen = storage.resolve_kind(agenda, now, kind)
    terms = agenda.terms_at(now)
    first, last = clock.to_local_day(now), agenda.last_day(now)
    days = [first + timedelta(days=number) for number in range((last - first).days + 1)]
    plans = availability.plan_days(session, agenda, days, now=now, notice=False, kind=chosen.name)
    free = [slot.start for slot in availability.list_free_slots(plans) if slot.start > now]
    kinds = [one.name for one in terms.attendance_kinds]
    return DeskBookingChoices(free[:MAX_TIMES], kinds, list(terms.modalities_of(chosen.name)))


def book_as_chambers(
    session: Session, actor: Actor, agenda_id: int, request: BookingRequest, *, now: datetime
) -> int:
    """Book a free time for a person; return the appointment's id.

    It counts at once: without notice, approval, confirmation by e-mail or limits. The person, the
    gabinete and the secretaria are told; the letters say that the gabinete booked.

    Raises:
        SlotTakenError: another person has the time.
        SlotNotOfferedError: the agenda does not offer it.
        InvalidError: the kind or the modality is not offered, or it needs the case number.
    """
    access.require_agenda(session, actor, agenda_id, Permission.EDIT_AGENDA, now=now)
    agenda = queries.load_by_id(session, agenda_id, now=now, locked=True)
    start = storage.parse_start(request.start)
    kind = storage.resolve_kind(agenda, start, request.kind)
    storage.require_case_number(kind, request.case_number)
    modality = storage.resolve_modality(agenda, start, request.modality, kind=kind.name)
    slot = availability.find_free_slot(
        session, agenda, start, now=now, notice=False, kind=kind.name
    )
    token = text.generate_token()
    row = storage.create_row(agenda, slot, AppointmentStatus.CONFIRMED, now=now, token=token)
    storage.assign_token_and_code(row, token)
    storage.copy_lawyer(row, request)
    row.modality, row.attendance_kind, row.confirmed_at = modality, kind.name, now
    row.booked_by_name, row.booked_by_email = agenda.unit.name[:120], ""
    storage.insert_or_conflict(session, row)
    _record(session, actor, row, now)
    change = appointments.AppointmentChange(messages.BOOKED)
    appointments.notify(session, agenda, (row, change), now=now)
    storage.emit_changes(session, agenda.id, row)
    return row.id or 0


def _record(session: Session, actor: Actor, row: Appointment, now: datetime) -> None:
    changes = {"starts_at": ["", row.starts_at.isoformat()]}
    audit.record_entry(
        session, actor, "marcou por quem pediu", "appointment", row.id, changes, now=now
    )

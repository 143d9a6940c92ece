"""Lock agendas and write the rows of taken slots; the other modules of booking share this.

A writer locks the agenda's row before it counts anything, so that limits still hold when it
commits. `availability.find_free_slot` says whether a slot is free; the database's constraint
decides between rivals.
"""

from datetime import datetime, timedelta

from sqlalchemy import delete
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, select

from canais_app.accounts.roles import Actor, Permission, require_permission
from canais_app.agenda import access, appointment_views, queries, tokens
from canais_app.agenda.availability.rule_values import AttendanceKind
from canais_app.agenda.availability.service import AgendaContext
from canais_app.agenda.availability.slots import Slot
from canais_app.agenda.errors import (
    AppointmentNotAccessibleError,
    AppointmentNotFoundError,
    SlotTakenError,
)
from canais_app.agenda.models import (
    Appointment,
    AppointmentStatus,
    Modality,
    Requester,
    WaitlistEntry,
    WaitlistStatus,
)
from canais_app.agenda.schemas import BookingRequest, WaitlistRequest, to_supported_utc
from canais_app.agenda.views import BookingResult
from canais_app.kit import clock, live, text
from canais_app.kit.errors import InvalidError
from canais_app.outbox.messages import generate_event_uid


def lock_by_token(
    session: Session, token: str, *, now: datetime
) -> tuple[AgendaContext, Appointment]:
    """Return the appointment of a private link and its agenda, both locked.

    Raises:
        AppointmentNotFoundError: the link is unknown.
    """
    has_token = col(Appointment.token_hash) == text.hash_token(token)
    found = queries.lock_appointment(session, has_token, now=now)
    if found is None or not appointment_views.is_viewable(found[1]):
        raise AppointmentNotFoundError
    return found


def lock_for_staff(
    session: Session, actor: Actor, appointment_id: int, *, now: datetime
) -> tuple[AgendaContext, Appointment]:
    """Return an appointment and its agenda, both locked, for staff who work that agenda today.

    Raises:
        AppointmentNotAccessibleError: there is none, or it is another unit's.
    """
    require_permission(actor, Permission.EDIT_AGENDA)
    found = queries.lock_appointment(session, col(Appointment.id) == appointment_id, now=now)
    if found is None or not access.can_work(
        session, actor, found[0].id, Permission.EDIT_AGENDA, now=now
    ):
        raise AppointmentNotAccessibleError
    return found


def find_hold(session: Session, token: str) -> Appointment | None:
    """Return the hold of a token, expired or not."""
    if not token:
        return None
    return session.exec(
        select(Appointment).where(
            col(Appointment.token_hash) == text.hash_token(token),
            col(Appointment.status) == AppointmentStatus.HELD,
        )
    ).first()


def parse_start(start: datetime) -> datetime:
    """Return a requested start in UTC.

    Raises:
        InvalidError: its year is not supported.
    """
    try:
        return to_supported_utc(start)
    except ValueError as wrong:
        raise InvalidError.at("start", str(wrong)) from None


def require_requester(agenda: AgendaContext, moment: datetime, requester: str) -> None:
    """Refuse a party where the agenda attends none.

    Raises:
        InvalidError: with the sentence for the field.
    """
    if requester == Requester.PARTY and not agenda.terms_at(moment).accepts_parties:
        raise InvalidError.at(
            "requester",
            "Esta agenda atende advocacia, Defensoria, Ministério Público e procuradorias. "
            "Fale com a secretaria da vara, ou com a Defensoria Pública.",
        )


def require_case_number(kind: AttendanceKind, case_number: str) -> None:
    """Refuse a booking without the case number that its kind of attendance asks for.

    Raises:
        InvalidError: with the sentence for the field.
    """
    if kind.needs_case_number and not case_number:
        raise InvalidError.at("case_number", "Este tipo de atendimento pede o nº do processo.")


def resolve_kind(agenda: AgendaContext, start: datetime, requested: str) -> AttendanceKind:
    """Return the kind of attendance of an appointment: the requested one, or the day's first.

    Raises:
        InvalidError: the agenda does not offer it.
    """
    kind = agenda.terms_at(start).kind_named(requested)
    if kind is None:
        raise InvalidError.at("kind", "Escolha um dos tipos de atendimento desta agenda.")
    return kind


def resolve_modality(
    agenda: AgendaContext, start: datetime, requested: str, *, kind: str = ""
) -> str:
    """Return the modality of an appointment: the requested one, or the first of that day.

    Raises:
        InvalidError: the agenda does not offer it.
    """
    offered = agenda.terms_at(start).modalities_of(kind)
    if not requested and offered:
        return Modality(offered[0])
    if requested not in offered:
        sentence = "Esta agenda não atende dessa forma. Escolha uma das modalidades listadas."
        raise InvalidError.at("modality", sentence)
    return requested


def create_row(
    agenda: AgendaContext, slot: Slot, status: AppointmentStatus, *, now: datetime, token: str
) -> Appointment:
    """Return a new row at `slot` with the hash of `token`; it is not added to a session."""
    row = Appointment(
        agenda_id=agenda.id,
        status=status,
        starts_at=slot.start,
        ends_at=slot.end,
        busy_from=slot.start,
        busy_until=slot.end,
        token_hash=text.hash_token(token),
        created_at=now,
    )
    assign_slot(row, agenda, slot)
    return row


def assign_slot(row: Appointment, agenda: AgendaContext, slot: Slot) -> None:
    """Move a row to a slot: its times, its first free seat and its buffers."""
    rules = agenda.versions.rules_on(clock.to_local_day(slot.start))
    row.starts_at, row.ends_at, row.seat = slot.start, slot.end, slot.seats[0]
    before, after = timedelta(minutes=rules.before), timedelta(minutes=rules.after)
    row.busy_from, row.busy_until = slot.start - before, slot.end + after


def assign_token_and_code(row: Appointment, token: str) -> None:
    """Give a row what a hold lacks: a private page, a code and a calendar UID."""
    tokens.set_token(row, token)
    row.code, row.ics_uid = text.generate_code(4, 2), generate_event_uid()


def copy_lawyer(
    row: Appointment | WaitlistEntry,
    source: Appointment | WaitlistEntry | BookingRequest | WaitlistRequest,
) -> None:
    """Copy the lawyer's data and the subject to a row."""
    row.name, row.oab = source.name, source.oab
    row.email, row.phone = source.email, source.phone
    row.case_number, row.subject = source.case_number, source.subject
    row.requester, row.institution = source.requester, source.institution
    if isinstance(row, Appointment) and isinstance(source, Appointment | BookingRequest):
        row.preferences, row.access_needs = list(source.preferences), list(source.access_needs)
        row.booked_by_name, row.booked_by_email = source.booked_by_name, source.booked_by_email


def insert_or_conflict(
    session: Session, row: Appointment, *, instead_of: Appointment | None = None
) -> None:
    """Write a row, in place of a hold if one is given; the constraint decides between rivals.

    Raises:
        SlotTakenError: another transaction was first. The caller's transaction is rolled back.
    """
    if instead_of is not None:
        session.exec(delete(Appointment).where(col(Appointment.id) == instead_of.id))
    session.add(row)
    try:
        session.flush()
    except IntegrityError:
        raise SlotTakenError from None


def booking_result(row: Appointment) -> BookingResult:
    """Return what the owner of an appointment gets after a change."""
    status = AppointmentStatus(row.status).value
    return BookingResult(row.code, tokens.token_of(row), row.starts_at, row.ends_at, status)


def set_entry_status(session: Session, entry: WaitlistEntry, status: WaitlistStatus) -> None:
    """Change the status of a waitlist entry, and show it to the others who wait."""
    entry.status = status
    session.add(entry)
    live.emit(session, tokens.waitlist_topic(entry.agenda_id))


def emit_changes(session: Session, agenda_id: int, row: Appointment | None = None) -> None:
    """Emit the topic of an agenda and, if given, of one of its appointments."""
    live.emit(session, tokens.agenda_topic(agenda_id))
    if row is not None:
        live.emit(session, tokens.appointment_topic(row))

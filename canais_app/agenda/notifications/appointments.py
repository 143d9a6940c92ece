"""Queue the messages about a change of an appointment, and find the addresses they go to."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from canais_app import routes
from canais_app.agenda import appointment_views, queries, tokens
from canais_app.agenda.availability import limits
from canais_app.agenda.availability.rule_values import Terms
from canais_app.agenda.availability.service import AgendaContext
from canais_app.agenda.formatting import format_needs
from canais_app.agenda.models import (
    MODALITY_NAMES,
    Appointment,
    AppointmentStatus,
    Modality,
    WaitlistEntry,
)
from canais_app.directory.channels import ChannelKind
from canais_app.directory.models import Channel, Unit, UnitKind
from canais_app.directory.search.case_number import format_case_number
from canais_app.kit import cache_version, clock
from canais_app.kit.contacts import format_registration
from canais_app.kit.errors import NotFoundError
from canais_app.outbox import appointment_messages, ics, messages
from canais_app.outbox import service as outbox
from canais_app.outbox.appointment_messages import Alternative, AppointmentContext, WaitlistContext
from canais_app.settings import settings
from canais_app.webhooks import service as webhooks

# The first messages about an appointment: no reminder can have been queued before them.
FIRST_KINDS = (messages.TO_CONFIRM, messages.PENDING, messages.BOOKED, messages.OFFERED)
EVENT_BY_KIND = {
    messages.PENDING: webhooks.APPOINTMENT_REQUESTED,
    messages.BOOKED: webhooks.APPOINTMENT_BOOKED,
    messages.MOVED: webhooks.APPOINTMENT_MOVED,
    messages.CANCELLED: webhooks.APPOINTMENT_CANCELLED,
    messages.REFUSED: webhooks.APPOINTMENT_REFUSED,
    messages.OVERDUE: webhooks.REQUEST_OVERDUE,
}
# The mailboxes of (secretaria named, parent unit, attending unit), until the directory changes.
_mailboxes = cache_version.VersionedCache[tuple[int | None, int | None, int], tuple[str, str]]()


@dataclass(frozen=True)
class AppointmentChange:
    """What changed, beyond the appointment's own fields.

    `until` is the deadline that the message names: to confirm, or to take an offer. `reason` is
    why a request was refused. `kept_start` is the time that stays while a move is not approved.
    `hours_before` is which reminder it is.
    """

    kind: str
    previous_start: datetime | None = None
    alternatives: Sequence[Alternative] = ()
    until: datetime | None = None
    reason: str = ""
    kept_start: datetime | None = None
    hours_before: int = 0


ChangeOf = tuple[Appointment, AppointmentChange]


def notify(session: Session, agenda: AgendaContext, *changes: ChangeOf, now: datetime) -> None:
    """Queue the messages about changed appointments of an agenda in the caller's transaction."""
    queued = [
        message
        for row, change in changes
        for message in _build_messages(session, agenda, row, change, now)
    ]
    outbox.enqueue(session, *queued, now=now)
    events = [
        (EVENT_BY_KIND[change.kind], event_payload(agenda, row))
        for row, change in changes
        if change.kind in EVENT_BY_KIND
    ]
    webhooks.enqueue_all(session, events, now=now)


def event_payload(agenda: AgendaContext, row: Appointment) -> dict[str, object]:
    """Return what other systems are told of an appointment: nothing about the person."""
    return {
        "code": row.code,
        "agenda": agenda.row.slug,
        "unit": agenda.unit.slug,
        "status": row.status,
        "start": clock.to_rfc3339(row.starts_at),
        "end": clock.to_rfc3339(row.ends_at),
        "modality": row.modality,
        "kind": row.attendance_kind,
        "requester": row.requester,
    }


def _build_messages(
    session: Session,
    agenda: AgendaContext,
    row: Appointment,
    change: AppointmentChange,
    now: datetime,
) -> list[messages.Message]:
    start = change.previous_start or row.starts_at
    if (
        change.kind not in FIRST_KINDS
        and row.confirmed_at
        and start <= now + limits.EARLIEST_REMINDER
    ):
        # A reminder that has not been sent is out of date; before the lead time there is none.
        outbox.withdraw(session, tokens.appointment_topic(row))
    return appointment_messages.build_appointment_messages(
        change.kind,
        build_context(agenda, row, change, now=now),
        _recipients(session, agenda, row, change),
        thread=tokens.appointment_topic(row),
        uid=row.ics_uid if row.confirmed_at else "",  # unconfirmed ones have no calendar event
        now=now,
    )


def _recipients(
    session: Session, agenda: AgendaContext, row: Appointment, change: AppointmentChange
) -> dict[messages.Party, str]:
    if change.hours_before in (0, limits.USUAL_REMINDER):
        return find_addresses(session, agenda, row)
    return {"lawyer": row.email}


def notify_waitlisted(
    session: Session, agenda: AgendaContext, entry: WaitlistEntry, *, now: datetime
) -> None:
    """Queue the message that confirms an entry of the waiting list, with the link to leave it."""
    context = WaitlistContext(
        agenda=agenda.row.title,
        unit=agenda.unit.name,
        lawyer=entry.name,
        oab=format_registration(entry.oab, entry.institution),
        first_day=entry.first_day,
        last_day=entry.last_day,
        page_url=settings().base_url + routes.waitlist_status(tokens.token_of(entry)),
    )
    thread = tokens.waitlist_thread(entry)
    message = messages.Message(messages.WAITLISTED, thread, "lawyer", entry.email, asdict(context))
    outbox.enqueue(session, message, now=now)


def agenda_url(agenda: AgendaContext) -> str:
    """Return where another time is booked: the agenda's page, or the list while it is hidden."""
    path = routes.agenda(agenda.row.slug) if agenda.row.published else routes.AGENDAS
    return settings().base_url + path


def appointment_url(token: str) -> str:
    """Return the absolute URL of a private page; empty without a token."""
    return f"{settings().base_url}{routes.appointment(token)}" if token else ""


def appointment_path(row: Appointment) -> str:
    """Return the path of a private page, as only its owner's mailbox may have it.

    The path of a booking that waits for confirmation confirms it. Empty when the secret key has
    changed.
    """
    token = tokens.token_of(row)
    if token and row.status == AppointmentStatus.PRECONFIRMED:
        return f"{routes.appointment(token)}?{routes.CONFIRM_QUERY}={tokens.confirmation_key(row)}"
    return routes.appointment(token) if token else ""


def build_context(
    agenda: AgendaContext, row: Appointment, change: AppointmentChange, *, now: datetime
) -> AppointmentContext:
    """Return the template values of an appointment, with all that any party may see."""
    terms = agenda.terms_at(row.starts_at)
    cancel_until = limits.change_deadline(row.starts_at, terms.cancel_notice)
    is_confirmed = row.status == AppointmentStatus.CONFIRMED
    return AppointmentContext(
        code=row.code,
        agenda=agenda.row.title,
        unit=agenda.unit.name,
        attended_by=agenda.attended_by(row.starts_at),
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        modality=MODALITY_NAMES[Modality(row.modality)],
        lawyer=row.name,
        oab=format_registration(row.oab, row.institution),
        subject=row.subject,
        kind=row.attendance_kind,
        instructions=_instructions(terms, row),
        needs=format_needs(row),
        booked_by=row.booked_by_name,
        sequence=row.ics_sequence,
        where=_location(terms, row),
        video_url=(row.video_link or terms.video_url(row.modality, row.code)) * is_confirmed,
        email=row.email,
        phone=row.phone,
        case_number=row.case_number and format_case_number(row.case_number),
        page_url=settings().base_url + path if (path := appointment_path(row)) else "",
        agenda_url=agenda_url(agenda),
        cancel_until=cancel_until if cancel_until > now else None,
        kept_start=change.kept_start,
        occasion=f"-{change.hours_before}h" if change.hours_before else "",
        previous_start=change.previous_start,
        cancelled_by=row.cancelled_by,
        cancel_reason=change.reason or row.cancel_reason,
        until=change.until,
        alternatives=tuple(change.alternatives),
    )


def _instructions(terms: Terms, row: Appointment) -> str:
    kind = terms.kind_named(row.attendance_kind)
    return kind.instructions if kind else ""


def describe_location(terms: Terms, row: Appointment) -> str:
    """Return where an appointment is: the room, the video's address, or that the gabinete calls."""
    return row.video_link or terms.video_url(row.modality, row.code) or _location(terms, row)


def _location(terms: Terms, row: Appointment) -> str:
    if row.modality == Modality.IN_PERSON:
        return terms.place
    return "" if row.modality == Modality.VIDEO else "O gabinete liga para o telefone informado"


def build_invitation(session: Session, token: str, *, now: datetime) -> str:
    """Return the iCalendar file of an appointment, for its owner.

    Raises:
        AppointmentNotFoundError: the link is unknown.
        NotFoundError: it was never confirmed, so there is no event.
    """
    row = appointment_views.load_appointment_by_token(session, token)
    if not row.confirmed_at:
        raise NotFoundError("Este horário não está confirmado: ainda não há convite.")
    agenda = queries.load_by_id(session, row.agenda_id, now=now)
    kind = messages.CANCELLED if row.status == AppointmentStatus.CANCELLED else messages.BOOKED
    context = build_context(agenda, row, AppointmentChange(kind), now=now)
    event = appointment_messages.build_appointment_event(
        kind, context, "lawyer", row.email, uid=row.ics_uid, now=now
    )
    return ics.serialize_invitation(event)


def find_reply_to(party: messages.Party, row: Appointment) -> str:
    """Return who answers a letter of the gabinete's: the lawyer has the gabinete's own mailbox."""
    return row.email if party == "chambers" else ""


def find_addresses(
    session: Session, agenda: AgendaContext, row: Appointment
) -> dict[messages.Party, str]:
    """Return the address of each party of an appointment; empty without one."""
    substitute = agenda.substitute_at(row.starts_at)
    attending = substitute.unit_id if substitute else agenda.row.unit_id
    chambers, registry = _find_mailboxes(session, agenda, attending)
    # A mailbox of both gets one message, as the gabinete.
    return {
        "lawyer": row.email,
        "booker": row.booked_by_email,
        "chambers": chambers,
        "registry": registry if registry != chambers else "",
    }


def _find_mailboxes(session: Session, agenda: AgendaContext, attending: int) -> tuple[str, str]:
    """Return the mailboxes of the attending gabinete and of the agenda's secretaria, or ""."""
    known = _mailboxes.get(session, agenda.directory)
    key = (agenda.row.registry_unit_id, agenda.unit.parent_id, attending)
    if key not in known:
        registry = _find_registry(session, agenda)
        found = _first_mailboxes(session, attending, registry)
        known[key] = found.get(attending, ""), found.get(registry, "")
    return known[key]


def find_unit_mailbox(session: Session, unit_id: int) -> str:
    """Return a unit's first e-mail channel, or an empty string."""
    return _first_mailboxes(session, unit_id).get(unit_id, "")


def _find_registry(session: Session, agenda: AgendaContext) -> int:
    """Return the agenda's secretaria: the one named, or its sibling in the tree; 0 for none."""
    if agenda.row.registry_unit_id or agenda.unit.parent_id is None:
        return agenda.row.registry_unit_id or 0
    sibling = select(Unit.id).where(
        col(Unit.parent_id) == agenda.unit.parent_id,
        col(Unit.kind) == UnitKind.REGISTRY,
        col(Unit.active),
    )
    return session.exec(sibling.order_by(col(Unit.id))).first() or 0


def _first_mailboxes(session: Session, *unit_ids: int) -> dict[int, str]:
    found = session.exec(
        select(Channel.unit_id, Channel.value)
        .where(
            col(Channel.unit_id).in_(unit_ids),
            col(Channel.kind) == ChannelKind.EMAIL,
            col(Channel.retired_at).is_(None),
        )
        .order_by(col(Channel.position).desc(), col(Channel.id).desc())
    )
    return dict(found.all())  # the last one counts: the first by position

"""Who is told of what happens to an appointment: the lawyer, the gabinete, the secretaria."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime

from sqlmodel import Session

from canais_app import routes
from canais_app.agenda import appointment_views, queries, tokens, topics
from canais_app.agenda.availability import limits
from canais_app.agenda.availability.rule_values import Terms
from canais_app.agenda.availability.service import AgendaContext
from canais_app.agenda.formatting import format_case_number
from canais_app.agenda.models import MODALITY_NAMES, Appointment, AppointmentStatus, Modality
from canais_app.agenda.notifications import recipients
from canais_app.kit.contacts import format_oab
from canais_app.kit.errors import NotFoundError
from canais_app.outbox import appointments, ics, messages
from canais_app.outbox import service as outbox
from canais_app.outbox.appointments import Alternative, AppointmentContext, WaitlistContext
from canais_app.settings import settings

# What is said of an appointment before anybody could be reminded of it.
FIRST_KINDS = (messages.TO_CONFIRM, messages.PENDING, messages.BOOKED, messages.OFFERED)


@dataclass(frozen=True)
class AppointmentChange:
    """What changed, beyond the appointment itself.

    `until` is how long the letter's promise holds: to confirm, to take the offer or one of the
    alternatives. `reason` is why a request was refused.
    """

    kind: str
    previous_start: datetime | None = None
    alternatives: Sequence[Alternative] = ()
    until: datetime | None = None
    reason: str = ""


ChangeOf = tuple[Appointment, AppointmentChange]


def notify(
    session: Session,
    agenda: AgendaContext,
    row: Appointment,
    news: AppointmentChange,
    *,
    now: datetime,
) -> None:
    """Put each party's letter into the caller's transaction."""
    notify_all(session, agenda, [(row, news)], now=now)


def notify_all(
    session: Session,
    agenda: AgendaContext,
    changes: Sequence[ChangeOf],
    *,
    now: datetime,
) -> None:
    """Put the letters about several appointments of an agenda into the caller's transaction."""
    made = [
        letter
        for row, news in changes
        for letter in _build_messages(session, agenda, row, news, now)
    ]
    outbox.enqueue(session, *made, now=now)


def _build_messages(
    session: Session,
    agenda: AgendaContext,
    row: Appointment,
    news: AppointmentChange,
    now: datetime,
) -> list[messages.Message]:
    was = news.previous_start or row.starts_at
    if (
        news.kind not in FIRST_KINDS
        and row.confirmed_at
        and was <= now + appointment_views.REMINDER_LEAD_TIME
    ):
        # A reminder that has not left is of before; earlier than that there is none.
        outbox.withdraw(session, topics.appointment_topic(row))
    return appointments.build_appointment_messages(
        news.kind,
        _context_of(agenda, row, news),
        _recipients(session, agenda, row),
        thread=topics.appointment_topic(row),
        # Nobody's calendar has what never stood.
        uid=row.ics_uid if row.confirmed_at else "",
        now=now,
    )


def notify_waitlisted(  # noqa: PLR0913 (whoever waits, and for which days)
    session: Session,
    agenda: AgendaContext,
    *,
    thread: str,
    email: str,
    name: str,
    oab: str,
    days: tuple[date, date],
    page_url: str,
    now: datetime,
) -> None:
    """Tell a lawyer that he is in the line, and where to leave it.

    `oab` as it is stored, `days` both included; `thread` is the line's own, `waitlist:12`.
    """
    words = WaitlistContext(
        agenda=agenda.row.title,
        unit=agenda.unit.name,
        lawyer=name,
        oab=f"OAB {format_oab(oab)}",
        first_day=days[0],
        last_day=days[1],
        page_url=page_url,
    )
    letter = messages.Message(messages.WAITLISTED, thread, "lawyer", email, asdict(words))
    outbox.enqueue(session, letter, now=now)


def appointment_url(token: str) -> str:
    """Return the whole address of a private page, as letters write it."""
    return f"{settings().base_url}{routes.appointment(token)}" if token else ""


def waitlist_url(token: str) -> str:
    """Return the whole address of a place in a waiting list."""
    return f"{settings().base_url}{routes.waitlist_status(token)}"


def appointment_path(row: Appointment) -> str:
    """Return the path of a private page for who reads the e-mail of its owner.

    It confirms what waits for that. Empty when the secret key has changed.
    """
    token = tokens.token_of(row)
    if token and row.status == AppointmentStatus.PRECONFIRMED:
        return f"{routes.appointment(token)}?{routes.CONFIRM_QUERY}={tokens.confirmation_key(row)}"
    return routes.appointment(token) if token else ""


def _context_of(
    agenda: AgendaContext, row: Appointment, news: AppointmentChange
) -> AppointmentContext:
    terms = agenda.terms_at(row.starts_at)
    return AppointmentContext(
        code=row.code,
        agenda=agenda.row.title,
        unit=agenda.unit.name,
        attended_by=agenda.attended_by(row.starts_at),
        starts_at=row.starts_at,
        ends_at=row.ends_at,
        modality=MODALITY_NAMES[Modality(row.modality)],
        lawyer=row.name,
        oab=f"OAB {format_oab(row.oab)}",
        subject=row.subject,
        sequence=row.ics_sequence,
        where=_location(terms, row),
        video_url=appointment_views.video_url(terms, row)
        if row.status == AppointmentStatus.CONFIRMED
        else "",
        email=row.email,
        phone=row.phone,
        case_number=format_case_number(row.case_number),
        page_url=settings().base_url + path if (path := appointment_path(row)) else "",
        cancel_until=limits.change_deadline(row.starts_at, terms.cancel_notice),
        previous_start=news.previous_start,
        cancelled_by=row.cancelled_by,
        cancel_reason=news.reason or row.cancel_reason,
        until=news.until,
        alternatives=tuple(news.alternatives),
    )


def describe_location(terms: Terms, row: Appointment) -> str:
    """Return where one meets: the room, the video address, or who calls whom."""
    return appointment_views.video_url(terms, row) or _location(terms, row)


def _location(terms: Terms, row: Appointment) -> str:
    if row.modality == Modality.IN_PERSON:
        return terms.place
    return "" if row.modality == Modality.VIDEO else "O gabinete liga para o telefone informado"


def _recipients(
    session: Session, agenda: AgendaContext, row: Appointment
) -> dict[messages.Party, str]:
    substitute = agenda.substitute_at(row.starts_at)
    receives = substitute.unit_id if substitute else agenda.row.unit_id
    chambers, registry = recipients.for_agenda(session, agenda, receives)
    # One mailbox for both reads it once, as the gabinete.
    return {
        "lawyer": row.email,
        "chambers": chambers,
        "registry": registry if registry != chambers else "",
    }


def build_invitation(session: Session, token: str, *, now: datetime) -> str:
    """Return the calendar file of an appointment as its owner may have it.

    Raises:
        NoSuchAppointmentError: the link leads nowhere.
        NotFoundError: it never stood: there is nothing for a calendar.
    """
    row = appointment_views.load_appointment_by_token(session, token)
    if not row.confirmed_at:
        raise NotFoundError("Este horário não está confirmado: ainda não há convite.")
    agenda = queries.load_by_id(session, row.agenda_id, now=now)
    kind = messages.CANCELLED if row.status == AppointmentStatus.CANCELLED else messages.BOOKED
    words = _context_of(agenda, row, AppointmentChange(kind))
    event = appointments.build_appointment_event(
        kind, words, "lawyer", row.email, uid=row.ics_uid, now=now
    )
    return ics.serialize_invitation(event)

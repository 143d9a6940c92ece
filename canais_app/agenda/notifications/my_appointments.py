"""Mail a single-use link that lists the appointments made with an e-mail address.

A request has the same answer for every address: only the mailbox learns whether it has any.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, func, update
from sqlmodel import Session, col, select

from canais_app import routes
from canais_app.agenda import appointment_views, queries, tokens
from canais_app.agenda.models import (
    OPEN_STATUSES,
    Appointment,
    AppointmentStatus,
    MailedLink,
    WaitlistEntry,
    WaitlistStatus,
)
from canais_app.agenda.notifications import appointments
from canais_app.agenda.schemas import normalise_email
from canais_app.kit import text
from canais_app.kit.errors import InvalidError, NotFoundError
from canais_app.outbox import messages
from canais_app.outbox import service as outbox
from canais_app.outbox.messages import Message
from canais_app.settings import settings

LINK_LIFETIME = timedelta(hours=1)
MIN_RESEND_INTERVAL = timedelta(minutes=5)  # so that nobody can flood another's mailbox
LISTED_HISTORY = timedelta(days=30)


@dataclass(frozen=True)
class AppointmentRow:
    """An appointment of the list, as texts. `path` is its page; empty when the key has changed."""

    day: str
    time: str
    agenda: str
    modality: str
    status: str
    status_words: str
    path: str
    is_over: bool
    attended_by: str  # the substitute of that day


@dataclass(frozen=True)
class WaitlistRow:
    """An entry of a waiting list."""

    agenda: str
    days: str
    path: str


@dataclass(frozen=True)
class MyAppointments:
    """An address's appointments: future ones earliest first, past ones latest first; entries."""

    coming: list[AppointmentRow]
    past: list[AppointmentRow]
    waiting: list[WaitlistRow]


def check_email(email: str) -> str:
    """Return the normalised address in lower case, as it is compared.

    Raises:
        InvalidError: it cannot be an address.
    """
    try:
        return normalise_email(email).lower()
    except ValueError as wrong:
        raise InvalidError.at("email", str(wrong)) from None


def request_link(session: Session, email: str, *, now: datetime) -> None:
    """Queue the link to a checked address that has something to list; return nothing either way."""
    recent = select(MailedLink.id).where(
        col(MailedLink.email) == email, col(MailedLink.created_at) > now - MIN_RESEND_INTERVAL
    )
    if session.exec(recent).first() or not _has_any(session, email, now=now):
        return
    token = text.generate_token()
    link = MailedLink(
        token_hash=text.hash_token(token),
        email=email,
        created_at=now,
        expires_at=now + LINK_LIFETIME,
    )
    session.add(link)
    session.flush()
    context = {
        "page_url": settings().base_url + routes.my_appointments_link(token),
        "expires_at": link.expires_at,
    }
    message = Message(messages.MY_APPOINTMENTS, f"mine:{link.id}", "lawyer", email, context)
    outbox.enqueue(session, message, now=now)


def is_valid(session: Session, token: str, *, now: datetime) -> bool:
    """Whether a link still opens; the check does not consume it."""
    asked = select(MailedLink.id).where(*_is_open_link(token, now))
    return session.exec(asked).first() is not None


def consume(session: Session, token: str, *, now: datetime) -> MyAppointments:
    """Consume a link and return the appointments of its address.

    Raises:
        NotFoundError: it is unknown, used, or older than an hour.
    """
    consumed = session.connection().execute(
        update(MailedLink)
        .where(*_is_open_link(token, now))
        .values(used_at=now)
        .returning(col(MailedLink.email))
    )
    email = consumed.scalar()
    if email is None:
        raise NotFoundError("Este link já foi usado ou venceu. Peça outro.")
    return _load_my_appointments(session, email, now=now)


def delete_expired_links(session: Session, *, now: datetime) -> None:
    """Delete the expired links."""
    session.exec(delete(MailedLink).where(col(MailedLink.expires_at) < now))


def _is_open_link(token: str, now: datetime):  # noqa: ANN202 (SQLAlchemy conditions)
    return (
        col(MailedLink.token_hash) == text.hash_token(token),
        col(MailedLink.used_at).is_(None),
        col(MailedLink.expires_at) > now,
    )


def _appointments(email: str, now: datetime):  # noqa: ANN202 (a SQLAlchemy statement)
    return select(Appointment).where(
        func.lower(col(Appointment.email)) == email,
        col(Appointment.status) != AppointmentStatus.HELD,
        col(Appointment.moves_id).is_(None),  # shown on the page of the appointment it would move
        col(Appointment.ends_at) > now - LISTED_HISTORY,
    )


def _waitlist_entries(email: str):  # noqa: ANN202 (a SQLAlchemy statement)
    return select(WaitlistEntry).where(
        func.lower(col(WaitlistEntry.email)) == email,
        col(WaitlistEntry.status).in_((WaitlistStatus.WAITING, WaitlistStatus.OFFERED)),
    )


def _has_any(session: Session, email: str, *, now: datetime) -> bool:
    statements = (_appointments(email, now), _waitlist_entries(email))
    return any(session.exec(asked.limit(1)).first() is not None for asked in statements)


def _load_my_appointments(session: Session, email: str, *, now: datetime) -> MyAppointments:
    rows = session.exec(_appointments(email, now).order_by(col(Appointment.starts_at))).all()
    listed = _appointment_rows(session, rows, now=now)
    entries = session.exec(_waitlist_entries(email).order_by(col(WaitlistEntry.first_day))).all()
    return MyAppointments(
        coming=[row for row in listed if not row.is_over],
        past=[row for row in reversed(listed) if row.is_over],
        waiting=_waitlist_rows(session, entries, now=now),
    )


def _appointment_rows(
    session: Session, rows: Sequence[Appointment], *, now: datetime
) -> list[AppointmentRow]:
    agendas = queries.load_by_ids(session, {row.agenda_id for row in rows}, now=now)
    views = (
        (row, appointment_views.appointment_view(row, agendas[row.agenda_id], now=now))
        for row in rows
    )
    return [
        AppointmentRow(
            day=view.day_words,
            time=view.time_words,
            agenda=view.agenda,
            modality=view.modality_words,
            status=view.status,
            status_words=view.status_words,
            path=appointments.appointment_path(row),
            is_over=row.status not in OPEN_STATUSES or row.ends_at <= now,
            attended_by=view.attended_by,
        )
        for row, view in views
    ]


def _waitlist_rows(
    session: Session, entries: Sequence[WaitlistEntry], *, now: datetime
) -> list[WaitlistRow]:
    agendas = queries.load_by_ids(session, {entry.agenda_id for entry in entries}, now=now)
    return [
        WaitlistRow(
            agenda=agendas[entry.agenda_id].row.title,
            days=f"de {text.format_date(entry.first_day)} a {text.format_date(entry.last_day)}",
            path=routes.waitlist_status(token) if (token := tokens.token_of(entry)) else "",
        )
        for entry in entries
    ]

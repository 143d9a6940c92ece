"""Finding one's appointments again: a link mailed to the address they were booked with.

Whoever asks gets the same answer; only the mailbox learns whether there was anything to list.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, func, update
from sqlmodel import Session, col, select

from canais_app import routes
from canais_app.agenda import appointment_views, queries, tokens
from canais_app.agenda.models import (
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
MIN_RESEND_INTERVAL = timedelta(
    minutes=5
)  # a second letter sooner would only fill somebody's mailbox
LISTED_HISTORY = timedelta(days=30)
OPEN_STATUSES = (
    AppointmentStatus.OFFERED,
    AppointmentStatus.PRECONFIRMED,
    AppointmentStatus.PENDING,
    AppointmentStatus.CONFIRMED,
)


@dataclass(frozen=True)
class AppointmentRow:
    """One appointment of the list, in ready words. `path` is its page; empty: it has none now."""

    day: str
    time: str
    agenda: str
    modality: str
    status: str
    status_words: str
    path: str
    is_over: bool
    attended_by: str  # the gabinete that stands in on that day


@dataclass(frozen=True)
class WaitlistRow:
    """One place in a waiting list."""

    agenda: str
    days: str
    path: str


@dataclass(frozen=True)
class MyAppointments:
    """What an address has: what is to come, earliest first; what was, latest first; lines."""

    coming: list[AppointmentRow]
    past: list[AppointmentRow]
    waiting: list[WaitlistRow]


def check_email(email: str) -> str:
    """Return the address as it is compared.

    Raises:
        InvalidError: it cannot be an address.
    """
    try:
        return normalise_email(email).lower()
    except ValueError as wrong:
        raise InvalidError(str(wrong), {"email": str(wrong)}) from None


def request_link(session: Session, email: str, *, now: datetime) -> None:
    """Mail the link to a `checked` address that has something to list; say nothing either way."""
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
    letter = Message(messages.MY_APPOINTMENTS, f"mine:{link.id}", "lawyer", email, context)
    outbox.enqueue(session, letter, now=now)


def is_valid(session: Session, token: str, *, now: datetime) -> bool:
    """Tell whether a link would still open; asking does not use it up."""
    asked = select(MailedLink.id).where(*_is_open_link(token, now))
    return session.exec(asked).first() is not None


def consume(session: Session, token: str, *, now: datetime) -> MyAppointments:
    """Open a link, this once, and return what its address has.

    Raises:
        NotFoundError: unknown, used or older than an hour.
    """
    used = session.connection().execute(
        update(MailedLink)
        .where(*_is_open_link(token, now))
        .values(used_at=now)
        .returning(col(MailedLink.email))
    )
    email = used.scalar()
    if email is None:
        raise NotFoundError("Este link já foi usado ou venceu. Peça outro.")
    return _load_my_appointments(session, email, now=now)


def delete_expired_links(session: Session, *, now: datetime) -> None:
    """Remove the links that open nothing any more."""
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
        col(Appointment.ends_at) > now - LISTED_HISTORY,
    )


def _waitlist_entries(email: str):  # noqa: ANN202 (a SQLAlchemy statement)
    return select(WaitlistEntry).where(
        func.lower(col(WaitlistEntry.email)) == email,
        col(WaitlistEntry.status).in_((WaitlistStatus.WAITING, WaitlistStatus.OFFERED)),
    )


def _has_any(session: Session, email: str, *, now: datetime) -> bool:
    one = session.exec(_appointments(email, now).limit(1)).first()
    return one is not None or session.exec(_waitlist_entries(email).limit(1)).first() is not None


def _load_my_appointments(session: Session, email: str, *, now: datetime) -> MyAppointments:
    rows = session.exec(_appointments(email, now).order_by(col(Appointment.starts_at))).all()
    found = _appointment_rows(session, rows, now=now)
    places = session.exec(_waitlist_entries(email).order_by(col(WaitlistEntry.first_day))).all()
    return MyAppointments(
        coming=[one for one in found if not one.is_over],
        past=[one for one in reversed(found) if one.is_over],
        waiting=_waitlist_rows(session, places, now=now),
    )


def _appointment_rows(
    session: Session, rows: Sequence[Appointment], *, now: datetime
) -> list[AppointmentRow]:
    agendas = queries.load_by_ids(session, {row.agenda_id for row in rows}, now=now)
    views = [
        (row, appointment_views.appointment_view(row, agendas[row.agenda_id], now=now))
        for row in rows
    ]
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
    session: Session, places: Sequence[WaitlistEntry], *, now: datetime
) -> list[WaitlistRow]:
    agendas = queries.load_by_ids(session, {one.agenda_id for one in places}, now=now)
    return [
        WaitlistRow(
            agenda=agendas[one.agenda_id].row.title,
            days=f"de {text.format_date(one.first_day)} a {text.format_date(one.last_day)}",
            path=routes.waitlist_status(token) if (token := tokens.token_of(one)) else "",
        )
        for one in places
    ]

"""Finding one's appointments again: a link mailed to the address they were booked with.

Whoever asks gets the same answer; only the mailbox learns whether there was anything to list.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, func, update
from sqlmodel import Session, col, select

from canais_app import routes
from canais_app.agenda import own, queries, tokens
from canais_app.agenda.mail import letters
from canais_app.agenda.models import Appointment, MailedLink, Status, Waiting, WaitlistEntry
from canais_app.agenda.requests import clean_email
from canais_app.kit import text
from canais_app.kit.errors import InvalidError, NotFoundError
from canais_app.outbox import messages
from canais_app.outbox import service as outbox
from canais_app.outbox.messages import Letter
from canais_app.settings import settings

LIFE = timedelta(hours=1)
BETWEEN = timedelta(minutes=5)  # a second letter sooner would only fill somebody's mailbox
BACK = timedelta(days=30)
KEPT = (Status.OFFERED, Status.PRECONFIRMED, Status.PENDING, Status.CONFIRMED)


@dataclass(frozen=True)
class Recalled:
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
class Waited:
    """One place in a waiting list."""

    agenda: str
    days: str
    path: str


@dataclass(frozen=True)
class Mine:
    """What an address has: what is to come, earliest first; what was, latest first; lines."""

    coming: list[Recalled]
    past: list[Recalled]
    waiting: list[Waited]


def checked(email: str) -> str:
    """Return the address as it is compared.

    Raises:
        InvalidError: it cannot be an address.
    """
    try:
        return clean_email(email).lower()
    except ValueError as wrong:
        raise InvalidError(str(wrong), {"email": str(wrong)}) from None


def ask(session: Session, email: str, *, now: datetime) -> None:
    """Mail the link to a `checked` address that has something to list; say nothing either way."""
    recent = select(MailedLink.id).where(
        col(MailedLink.email) == email, col(MailedLink.created_at) > now - BETWEEN
    )
    if session.exec(recent).first() or not _has_any(session, email, now=now):
        return
    token = text.new_token()
    link = MailedLink(
        token_hash=text.token_hash(token), email=email, created_at=now, expires_at=now + LIFE
    )
    session.add(link)
    session.flush()
    context = {
        "page_url": settings().base_url + routes.mine(token),
        "expires_at": link.expires_at,
    }
    letter = Letter(messages.MY_APPOINTMENTS, f"mine:{link.id}", "lawyer", email, context)
    outbox.enqueue(session, letter, now=now)


def is_good(session: Session, token: str, *, now: datetime) -> bool:
    """Tell whether a link would still open; asking does not use it up."""
    asked = select(MailedLink.id).where(*_open(token, now))
    return session.exec(asked).first() is not None


def use(session: Session, token: str, *, now: datetime) -> Mine:
    """Open a link, this once, and return what its address has.

    Raises:
        NotFoundError: unknown, used or older than an hour.
    """
    used = session.connection().execute(
        update(MailedLink)
        .where(*_open(token, now))
        .values(used_at=now)
        .returning(col(MailedLink.email))
    )
    email = used.scalar()
    if email is None:
        raise NotFoundError("Este link já foi usado ou venceu. Peça outro.")
    return _mine(session, email, now=now)


def forget(session: Session, *, now: datetime) -> None:
    """Remove the links that open nothing any more."""
    session.exec(delete(MailedLink).where(col(MailedLink.expires_at) < now))


def _open(token: str, now: datetime):  # noqa: ANN202 (SQLAlchemy conditions)
    return (
        col(MailedLink.token_hash) == text.token_hash(token),
        col(MailedLink.used_at).is_(None),
        col(MailedLink.expires_at) > now,
    )


def _appointments(email: str, now: datetime):  # noqa: ANN202 (a SQLAlchemy statement)
    return select(Appointment).where(
        func.lower(col(Appointment.email)) == email,
        col(Appointment.status) != Status.HELD,
        col(Appointment.ends_at) > now - BACK,
    )


def _places(email: str):  # noqa: ANN202 (a SQLAlchemy statement)
    return select(WaitlistEntry).where(
        func.lower(col(WaitlistEntry.email)) == email,
        col(WaitlistEntry.status).in_((Waiting.WAITING, Waiting.OFFERED)),
    )


def _has_any(session: Session, email: str, *, now: datetime) -> bool:
    one = session.exec(_appointments(email, now).limit(1)).first()
    return one is not None or session.exec(_places(email).limit(1)).first() is not None


def _mine(session: Session, email: str, *, now: datetime) -> Mine:
    rows = session.exec(_appointments(email, now).order_by(col(Appointment.starts_at))).all()
    found = _recalled(session, rows, now=now)
    places = session.exec(_places(email).order_by(col(WaitlistEntry.first_day))).all()
    return Mine(
        coming=[one for one in found if not one.is_over],
        past=[one for one in reversed(found) if one.is_over],
        waiting=_waited(session, places, now=now),
    )


def _recalled(session: Session, rows: Sequence[Appointment], *, now: datetime) -> list[Recalled]:
    agendas = queries.by_ids(session, {row.agenda_id for row in rows}, now=now)
    views = [(row, own.view_of(row, agendas[row.agenda_id], now=now)) for row in rows]
    return [
        Recalled(
            day=view.day_words,
            time=view.time_words,
            agenda=view.agenda,
            modality=view.modality_words,
            status=view.status,
            status_words=view.status_words,
            path=letters.path_of(row),
            is_over=row.status not in KEPT or row.ends_at <= now,
            attended_by=view.attended_by,
        )
        for row, view in views
    ]


def _waited(session: Session, places: Sequence[WaitlistEntry], *, now: datetime) -> list[Waited]:
    agendas = queries.by_ids(session, {one.agenda_id for one in places}, now=now)
    return [
        Waited(
            agenda=agendas[one.agenda_id].row.title,
            days=f"de {text.date_words(one.first_day)} a {text.date_words(one.last_day)}",
            path=routes.waiting_place(token) if (token := tokens.of(one)) else "",
        )
        for one in places
    ]

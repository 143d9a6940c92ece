"""One's own appointment: found by its private link, and shown as its owner may see it."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import bindparam
from sqlmodel import Session, col, select

from canais_app.agenda import keepers, queries, tokens, topics
from canais_app.agenda.errors import NoSuchAppointmentError
from canais_app.agenda.models import MODALITY_NAMES, Appointment, Modality, Status
from canais_app.agenda.times import policies
from canais_app.agenda.times.availability import Published
from canais_app.agenda.times.terms import Terms
from canais_app.agenda.views import AppointmentView, OtherTime
from canais_app.agenda.words import case_words, full_words, hours_words, status_words
from canais_app.kit import clock, text
from canais_app.kit.contacts import format_oab

VIDEO_OPENS = timedelta(minutes=10)
REMINDER = timedelta(hours=24)
_OF_LINK = select(Appointment).where(col(Appointment.token_hash) == bindparam("hash"))


def row_by_token(session: Session, token: str) -> Appointment:
    """Return what a private link opens; holds and anonymised appointments have no page.

    Raises:
        NoSuchAppointmentError: the link leads nowhere.
    """
    row = session.exec(_OF_LINK, params={"hash": text.token_hash(token)}).first()
    if row is None or not has_page(row):
        raise NoSuchAppointmentError
    return row


def has_page(row: Appointment) -> bool:
    """Whether a private link opens a row."""
    return row.status != Status.HELD and row.anonymised_at is None


def view_by_token(session: Session, token: str, *, now: datetime) -> AppointmentView:
    """Return what the private page shows.

    Raises:
        NoSuchAppointmentError: the link leads nowhere.
    """
    return _view(session, row_by_token(session, token), now=now)


def view_by_id(session: Session, appointment_id: int, *, now: datetime) -> AppointmentView:
    """Return the same by its id, for the live rooms that private links have opened.

    Raises:
        NoSuchAppointmentError: its data were anonymised meanwhile.
    """
    row = session.get(Appointment, appointment_id)
    if row is None or row.anonymised_at:
        raise NoSuchAppointmentError
    return _view(session, row, now=now)


def _view(session: Session, row: Appointment, *, now: datetime) -> AppointmentView:
    agenda = queries.by_id(session, row.agenda_id, now=now)
    if row.starts_at < now:  # of past days the agenda does not know any more who stood in
        day = clock.local_day(row.starts_at)
        stood_in = keepers.load(session, [agenda.id], since=day)[agenda.id]
        agenda = replace(agenda, substitutes=stood_in)
    return view_of(row, agenda, now=now, alternatives=_alternatives(session, row))


def _alternatives(session: Session, row: Appointment) -> list[OtherTime]:
    if row.cancelled_by != "chambers":
        return []
    kept = session.exec(
        select(Appointment)
        .where(col(Appointment.alternative_to) == row.id, col(Appointment.status) == Status.OFFERED)
        .order_by(col(Appointment.starts_at))
    )
    return [
        OtherTime(
            clock.rfc3339(one.starts_at),
            full_words(one.starts_at),
            tokens.of(one),
            full_words(one.expires_at) if one.expires_at else "",
        )
        for one in kept
    ]


def view_of(
    row: Appointment,
    agenda: Published,
    *,
    now: datetime,
    alternatives: Sequence[OtherTime] = (),
) -> AppointmentView:
    """Return an appointment as its owner may see it."""
    is_request = row.status == Status.PENDING
    kept = row.expires_at if row.status in (Status.OFFERED, Status.PRECONFIRMED) else None
    terms = agenda.terms_at(row.starts_at)
    until = policies.change_deadline(row.starts_at, terms.cancel_notice)
    opens = row.starts_at - VIDEO_OPENS
    video = video_url(terms, row)
    return AppointmentView(
        id=row.id or 0,
        code=row.code,
        status=row.status,
        status_words=status_words(row.status),
        agenda=agenda.row.title,
        agenda_slug=agenda.row.slug,
        agenda_id=agenda.id,
        unit=agenda.unit.name,
        unit_slug=agenda.unit.slug,
        hours=hours_words(agenda.unit),
        start=clock.rfc3339(row.starts_at),
        end=clock.rfc3339(row.ends_at),
        day_words=text.day_words(clock.local_day(row.starts_at)),
        time_words=f"{text.hour_words(row.starts_at)} às {text.hour_words(row.ends_at)}",
        modality=row.modality,
        modality_words=MODALITY_NAMES[Modality(row.modality)],
        place=terms.place,
        video_url=video,
        video_opens=clock.rfc3339(opens) if video else "",
        video_opens_words=full_words(opens) if video else "",
        name=row.name,
        oab=format_oab(row.oab),
        email=row.email,
        phone=row.phone,
        case_number=case_words(row.case_number),
        subject=row.subject,
        booked_at=clock.rfc3339(row.confirmed_at or row.created_at),
        booked_words=full_words(row.confirmed_at or row.created_at),
        cancelled_words=full_words(row.cancelled_at) if row.cancelled_at else "",
        cancelled_by=row.cancelled_by,
        cancel_reason=row.cancel_reason,
        can_change=is_request or (row.status == Status.CONFIRMED and now <= until),
        change_until=clock.rfc3339(until),
        change_until_words=full_words(until),
        reminder_words=full_words(row.starts_at - REMINDER),
        thread=topics.appointment(row),
        attended_by=agenda.attended_by(row.starts_at),
        kept_until=clock.rfc3339(kept) if kept else "",
        kept_until_words=full_words(kept) if kept else "",
        is_alternative=row.alternative_to is not None,
        alternatives=list(alternatives),
    )


def video_url(terms: Terms, row: Appointment) -> str:
    """Return the room of a video appointment: the agenda's base and the code."""
    if row.modality != Modality.VIDEO or not terms.video_base_url:
        return ""
    return f"{terms.video_base_url.rstrip('/')}/{row.code.lower()}"

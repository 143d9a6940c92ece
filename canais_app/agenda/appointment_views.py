"""Load an appointment by its private link, and what its owner's page shows."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from sqlmodel import Session, col, select

from canais_app.agenda import queries, tokens
from canais_app.agenda.availability import limits
from canais_app.agenda.availability.rule_values import load_substitutes
from canais_app.agenda.availability.service import AgendaContext
from canais_app.agenda.errors import AppointmentNotFoundError
from canais_app.agenda.formatting import (
    format_full_start,
    format_needs,
    format_status,
    format_unit_hours,
    provable_facts,
)
from canais_app.agenda.models import (
    MARKABLE_STATUSES,
    MODALITY_NAMES,
    Appointment,
    AppointmentStatus,
    Modality,
)
from canais_app.agenda.views import AlternativeSlot, AppointmentView
from canais_app.directory.search.case_number import format_case_number
from canais_app.kit import clock, text
from canais_app.kit.contacts import format_oab, format_registration

VIDEO_OPENS_BEFORE = timedelta(minutes=10)


def load_appointment_by_token(session: Session, token: str) -> Appointment:
    """Return the appointment of a private link; holds and anonymised ones have no page.

    Raises:
        AppointmentNotFoundError: the link is unknown.
    """
    has_token = col(Appointment.token_hash) == text.hash_token(token)
    row = session.exec(select(Appointment).where(has_token)).first()
    if row is None or not is_viewable(row):
        raise AppointmentNotFoundError
    return row


def is_viewable(row: Appointment) -> bool:
    """Whether a row has a private page."""
    return row.status != AppointmentStatus.HELD and row.anonymised_at is None


def load_view_by_token(session: Session, token: str, *, now: datetime) -> AppointmentView:
    """Return what the private page of a token shows.

    Raises:
        AppointmentNotFoundError: the link is unknown.
    """
    return _load_view(session, load_appointment_by_token(session, token), now=now)


def load_view_by_id(session: Session, appointment_id: int, *, now: datetime) -> AppointmentView:
    """Return the same by its id, for live subscriptions that a private link has opened.

    Raises:
        AppointmentNotFoundError: its data have been anonymised.
    """
    row = session.get(Appointment, appointment_id)
    if row is None or row.anonymised_at:
        raise AppointmentNotFoundError
    return _load_view(session, row, now=now)


def _load_view(session: Session, row: Appointment, *, now: datetime) -> AppointmentView:
    agenda = queries.load_by_id(session, row.agenda_id, now=now)
    if row.starts_at < now:  # the context has the substitutes of today and later only
        day = clock.to_local_day(row.starts_at)
        substitutes = load_substitutes(session, [agenda.id], since=day)[agenda.id]
        agenda = replace(agenda, substitutes=substitutes)
    view = appointment_view(row, agenda, now=now, alternatives=_load_alternatives(session, row))
    return replace(view, move_asked_words=_load_asked_move(session, row))


def _load_asked_move(session: Session, row: Appointment) -> str:
    """Return the time that an open request would move an appointment to, in words."""
    asked = select(Appointment.starts_at).where(
        col(Appointment.moves_id) == row.id, col(Appointment.status) == AppointmentStatus.PENDING
    )
    start = session.exec(asked).first()
    return format_full_start(start) if start else ""


def _load_alternatives(session: Session, row: Appointment) -> list[AlternativeSlot]:
    if row.cancelled_by not in ("chambers", "court"):
        return []
    offers = session.exec(
        select(Appointment)
        .where(
            col(Appointment.alternative_to) == row.id,
            col(Appointment.status) == AppointmentStatus.OFFERED,
        )
        .order_by(col(Appointment.starts_at))
    )
    return [
        AlternativeSlot(
            clock.to_rfc3339(offer.starts_at),
            format_full_start(offer.starts_at),
            tokens.token_of(offer),
            format_full_start(offer.expires_at) if offer.expires_at else "",
        )
        for offer in offers
    ]


def appointment_view(
    row: Appointment,
    agenda: AgendaContext,
    *,
    now: datetime,
    alternatives: Sequence[AlternativeSlot] = (),
) -> AppointmentView:
    """Return an appointment as its owner may see it."""
    is_request = row.status == AppointmentStatus.PENDING
    is_kept = row.status in (AppointmentStatus.OFFERED, AppointmentStatus.PRECONFIRMED)
    kept_until = row.expires_at if is_kept else None
    booked_at = row.confirmed_at or row.created_at
    terms = agenda.terms_at(row.starts_at)
    until = limits.change_deadline(row.starts_at, terms.cancel_notice)
    opens = row.starts_at - VIDEO_OPENS_BEFORE
    kind = terms.kind_named(row.attendance_kind)
    answer_until = row.answer_due_at if is_request else None
    reminders = [row.starts_at - timedelta(hours=hours) for hours in terms.reminder_hours]
    reminder_at = next((at for at in sorted(reminders) if at > max(now, booked_at)), reminders[-1])
    video = row.video_link or terms.video_url(row.modality, row.code)
    if row.status not in MARKABLE_STATUSES:  # the room is for who has the time
        video = ""
    return AppointmentView(
        id=row.id or 0,
        code=row.code,
        status=row.status,
        status_words=format_status(row.status),
        agenda=agenda.row.title,
        agenda_slug=agenda.row.slug,
        agenda_id=agenda.id,
        unit=agenda.unit.name,
        unit_slug=agenda.unit.slug,
        hours=format_unit_hours(agenda.unit),
        start=clock.to_rfc3339(row.starts_at),
        end=clock.to_rfc3339(row.ends_at),
        day_words=text.format_long_date(clock.to_local_day(row.starts_at)),
        time_words=f"{text.format_hour(row.starts_at)} às {text.format_hour(row.ends_at)}",
        modality=row.modality,
        modality_words=MODALITY_NAMES[Modality(row.modality)],
        place=terms.place,
        video_url=video,
        video_opens=clock.to_rfc3339(opens) if video else "",
        video_opens_words=format_full_start(opens) if video else "",
        name=row.name,
        oab=format_oab(row.oab),
        email=row.email,
        phone=row.phone,
        case_number=row.case_number and format_case_number(row.case_number),
        subject=row.subject,
        booked_at=clock.to_rfc3339(booked_at),
        booked_words=format_full_start(booked_at),
        cancelled_words=format_full_start(row.cancelled_at) if row.cancelled_at else "",
        cancelled_by=row.cancelled_by,
        cancel_reason=row.cancel_reason,
        can_change=is_request or (row.status == AppointmentStatus.CONFIRMED and now <= until),
        change_until=clock.to_rfc3339(until),
        change_until_words=format_full_start(until),
        reminder_words=format_full_start(reminder_at),
        reminder_at=clock.to_rfc3339(reminder_at),
        thread=tokens.appointment_topic(row),
        attended_by=agenda.attended_by(row.starts_at),
        kept_until=clock.to_rfc3339(kept_until) if kept_until else "",
        kept_until_words=format_full_start(kept_until) if kept_until else "",
        is_alternative=row.alternative_to is not None,
        requester=row.requester,
        institution=row.institution,
        registration=format_registration(row.oab, row.institution),
        kind=row.attendance_kind,
        instructions=kind.instructions if kind else "",
        preferences=list(row.preferences),
        access_needs=list(row.access_needs),
        needs_words=format_needs(row),
        booked_by=row.booked_by_name,
        answer_until=clock.to_rfc3339(answer_until) if answer_until else "",
        answer_until_words=format_full_start(answer_until) if answer_until else "",
        is_overdue=answer_until is not None and answer_until <= now,
        lawyer_outcome=row.lawyer_outcome,
        can_report=row.status in MARKABLE_STATUSES and row.starts_at <= now,
        complaint_protocol=row.complaint_protocol,
        proofs=[kind for kind, _ in provable_facts(row)],
        alternatives=list(alternatives),
        needs_approval=terms.approves(row.attendance_kind),
    )

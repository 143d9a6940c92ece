"""What a change brings with it: times for the waiting list, and other times for who falls out.

A new version, a block and a closed day of the court's calendar may open times, or leave coming
appointments without one. Callers authorise.
"""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from sqlalchemy import func
from sqlmodel import Session, col, select

from canais_app.accounts import audit
from canais_app.accounts.roles import SYSTEM, Actor
from canais_app.agenda import queries
from canais_app.agenda.availability import service as availability
from canais_app.agenda.availability.service import AgendaContext
from canais_app.agenda.booking import cancellation, offers
from canais_app.agenda.models import Appointment, AppointmentStatus, WaitlistEntry, WaitlistStatus
from canais_app.agenda.notifications import appointments, changes
from canais_app.agenda.notifications.appointments import ChangeOf
from canais_app.agenda.rules import publishing
from canais_app.agenda.rules.publishing import CheckedForm
from canais_app.kit import clock
from canais_app.kit.errors import AppError

NEW_RULES_REASON = "o gabinete mudou os horários da agenda"
ONE_DAY = timedelta(days=1)


def publish(  # noqa: PLR0913 (a version and what becomes of who falls out)
    session: Session,
    actor: Actor,
    agenda_id: int,
    checked: CheckedForm,
    *,
    now: datetime,
    offers_others: bool = False,
) -> None:
    """Publish a version, and offer the times that it opens to the waiting list first.

    `offers_others`: the appointments that it no longer offers are cancelled, with other times
    held for them; otherwise they stay, as conflicts. See `publishing.publish_version` for errors.
    """
    before = queries.load_by_id(session, agenda_id, now=now, locked=True)
    publishing.publish_version(session, actor, agenda_id, checked, now=now)
    session.flush()
    after = queries.load_by_id(session, agenda_id, now=now)
    if offers_others:
        rows = changes.load_coming(session, agenda_id, now=now)
        for one in changes.compute_impact(rows, before, after).fallen:
            cancel_fallen(session, actor, after, one.row, NEW_RULES_REASON, now=now)
    offer_opened(session, before, after, now=now)


def withdraw_version(session: Session, actor: Actor, version_id: int, *, now: datetime) -> None:
    """Withdraw a coming version, and offer the times that this opens to the waiting list first.

    See `publishing.withdraw_version` for errors.
    """
    agenda_id = publishing.require_version(session, actor, version_id).agenda_id
    before = queries.load_by_id(session, agenda_id, now=now, locked=True)
    publishing.withdraw_version(session, actor, version_id, now=now)
    session.flush()
    after = queries.load_by_id(session, agenda_id, now=now)
    offer_opened(session, before, after, now=now)


def cancel_fallen(  # noqa: PLR0913 (an appointment, who cancels it and why)
    session: Session,
    actor: Actor,
    agenda: AgendaContext,
    row: Appointment,
    reason: str,
    *,
    now: datetime,
    by: str = "chambers",
) -> None:
    """Cancel an appointment that has lost its time, and hold the nearest other times for it."""
    try:
        with session.begin_nested():
            others, until = offers.offer_alternatives(session, agenda, row, None, now=now)
    except AppError:  # a time was taken meanwhile: the news matters more
        others, until = [], None
    cancellation.cancel_appointment(
        session, agenda, row, by=by, now=now, reason=reason, alternatives=others, until=until
    )
    fields = {
        "status": [AppointmentStatus.CONFIRMED, AppointmentStatus.CANCELLED],
        "reason": ["", reason],
    }
    audit.record_entry(
        session, actor, "cancelou atendimento", "appointment", row.id, fields, now=now
    )


def offer_opened(
    session: Session, before: AgendaContext, after: AgendaContext, *, now: datetime
) -> None:
    """Offer the times that were not free before a change to the waiting list."""
    days = _days_waited_for(session, after, now=now)
    if not days or not after.row.published:
        return
    seats_before = _free_seats(session, before, days, now=now) if before.row.published else {}
    opened: dict[date, list[datetime]] = {}
    for start, seats in _free_seats(session, after, days, now=now).items():
        if seats > seats_before.get(start, 0):
            opened.setdefault(clock.to_local_day(start), []).append(start)
    offered: list[ChangeOf] = []
    for starts in opened.values():
        span = (min(starts), max(starts) + timedelta(minutes=1))
        offered += offers.offer_to_waitlist(
            session, after, span, freed_at=now, now=now, excluded=()
        )
    appointments.notify(session, after, *offered, now=now)


def _days_waited_for(session: Session, agenda: AgendaContext, *, now: datetime) -> list[date]:
    """Return the bookable days for which somebody waits, from the first to the last of them."""
    asked = select(
        func.min(col(WaitlistEntry.first_day)), func.max(col(WaitlistEntry.last_day))
    ).where(
        col(WaitlistEntry.agenda_id) == agenda.id,
        col(WaitlistEntry.status) == WaitlistStatus.WAITING,
    )
    first, last = session.exec(asked).one()
    if first is None or last is None:
        return []
    first, last = max(first, clock.to_local_day(now)), min(last, agenda.last_day(now))
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]


def _free_seats(
    session: Session, agenda: AgendaContext, days: Sequence[date], *, now: datetime
) -> dict[datetime, int]:
    plans = availability.plan_days(session, agenda, days, now=now, for_waitlist=True)
    return {slot.start: len(slot.seats) for slot in availability.list_free_slots(plans)}


def agendas_with_new_days(session: Session, *, now: datetime) -> list[int]:
    """Return the agendas with a day that has just become bookable, and somebody who waits for it.

    Entries made today saw the day open.
    """
    today = clock.from_wall_clock(clock.to_local_day(now), 0)
    asked = select(
        WaitlistEntry.agenda_id,
        func.min(col(WaitlistEntry.first_day)),
        func.max(col(WaitlistEntry.last_day)),
    ).where(
        col(WaitlistEntry.status) == WaitlistStatus.WAITING, col(WaitlistEntry.created_at) < today
    )
    waiting = session.exec(asked.group_by(col(WaitlistEntry.agenda_id))).all()
    known = queries.load_by_ids(session, [agenda_id for agenda_id, _, _ in waiting], now=now)
    found: list[int] = []
    for agenda_id, first, last in waiting:
        agenda = known[agenda_id]
        if any(first <= day <= last for day in _new_days(agenda, now=now)):
            found.append(agenda_id)
    return found


def offer_new_days(session: Session, agenda_id: int, *, now: datetime) -> int:
    """Offer the days that became bookable today to who waited for them; return how many offers."""
    agenda = queries.load_by_id(session, agenda_id, now=now, locked=True)
    opened_at = clock.from_wall_clock(clock.to_local_day(now), 0)
    offered: list[ChangeOf] = []
    for day in _new_days(agenda, now=now) if agenda.row.published else ():
        span = (clock.from_wall_clock(day, 0), clock.from_wall_clock(day + ONE_DAY, 0))
        # Not to who has declined one of that day's times already.
        offered += offers.offer_to_waitlist(session, agenda, span, freed_at=opened_at, now=now)
    appointments.notify(session, agenda, *offered, now=now)
    return len(offered)


def _new_days(agenda: AgendaContext, *, now: datetime) -> list[date]:
    """Return the days that can be booked today and could not yesterday."""
    first, last = agenda.last_day(now - ONE_DAY), agenda.last_day(now)
    return [first + timedelta(days=n) for n in range(1, (last - first).days + 1)]


def list_closed(session: Session, *, now: datetime) -> list[int]:
    """Return the ids of the coming appointments on whose time the court does not open."""
    asked = select(Appointment).where(
        col(Appointment.status) == AppointmentStatus.CONFIRMED, col(Appointment.starts_at) > now
    )
    rows = session.exec(asked.order_by(col(Appointment.starts_at))).all()
    agendas = queries.load_by_ids(session, {row.agenda_id for row in rows}, now=now)
    return [
        row.id or 0
        for row in rows
        if availability.closed_reason(agendas[row.agenda_id], (row.starts_at, row.ends_at))
    ]


def cancel_closed(session: Session, appointment_id: int, *, now: datetime) -> bool:
    """Cancel an appointment on a closed day, with other times; return whether it still was one."""
    found = queries.lock_appointment(session, col(Appointment.id) == appointment_id, now=now)
    if found is None or found[1].status != AppointmentStatus.CONFIRMED:
        return False
    agenda, row = found
    reason = availability.closed_reason(agenda, (row.starts_at, row.ends_at))
    if reason and row.starts_at > now:
        cancel_fallen(session, SYSTEM, agenda, row, reason, now=now, by="court")
    return bool(reason)

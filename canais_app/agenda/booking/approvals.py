"""The gabinete's answer to requests: a time is taken when it is approved, not when it is asked.

Several requests may wait for one time. The first that is approved has it; the others, for which
nothing is left, are refused with that reason, and their lawyers are told.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import bindparam, or_, update
from sqlmodel import Session, col, select

from canais_app.accounts import audit
from canais_app.accounts.roles import Actor, Permission
from canais_app.agenda import access, queries
from canais_app.agenda.availability import service as availability
from canais_app.agenda.availability.service import AgendaContext
from canais_app.agenda.booking import storage
from canais_app.agenda.errors import SlotTakenError
from canais_app.agenda.formatting import format_case_number, format_status
from canais_app.agenda.models import Agenda, Appointment, AppointmentStatus
from canais_app.agenda.notifications import appointments
from canais_app.agenda.views import RequestView
from canais_app.kit import clock
from canais_app.kit.contacts import format_oab
from canais_app.kit.errors import ConflictError, InvalidError
from canais_app.outbox import messages

OVERTAKEN_REASON = "o gabinete aprovou outro pedido para este horário"
UNANSWERED_REASON = "o horário chegou sem resposta do gabinete"
_OVERTAKE = (
    update(Appointment)
    .where(
        col(Appointment.agenda_id) == bindparam("of"),
        col(Appointment.status) == AppointmentStatus.PENDING,
        col(Appointment.busy_from) < bindparam("ends"),
        col(Appointment.busy_until) > bindparam("begins"),
    )
    .values(expires_at=bindparam("now"))
)


def list_requests(session: Session, actor: Actor, slug: str, *, now: datetime) -> list[RequestView]:
    """Return the requests that wait for an answer: by time, and who asked first before others.

    Raises:
        NotFoundError: there is no such agenda, or it is another unit's.
    """
    agenda_id = session.exec(select(Agenda.id).where(col(Agenda.slug) == slug)).first() or 0
    access.require_agenda(session, actor, agenda_id, Permission.SEE_AGENDA_DESK, now=now)
    rows = session.exec(
        select(Appointment)
        .where(
            col(Appointment.agenda_id) == agenda_id,
            col(Appointment.status) == AppointmentStatus.PENDING,
            col(Appointment.starts_at) > now,
        )
        .order_by(col(Appointment.starts_at), col(Appointment.id))
    )
    return [_request_view(row) for row in rows]


def _request_view(row: Appointment) -> RequestView:
    return RequestView(
        id=row.id or 0,
        code=row.code,
        start=clock.to_rfc3339(row.starts_at),
        end=clock.to_rfc3339(row.ends_at),
        asked_at=clock.to_rfc3339(row.created_at),
        name=row.name,
        oab=format_oab(row.oab),
        email=row.email,
        phone=row.phone,
        case_number=format_case_number(row.case_number),
        subject=row.subject,
        modality=row.modality,
    )


def approve_request(session: Session, actor: Actor, appointment_id: int, *, now: datetime) -> None:
    """Give a lawyer the time that was asked for; whoever is left without it is told.

    Raises:
        NotFoundError: there is no such request, or it is another unit's.
        ConflictError: it was answered before, or somebody else has the time; the sentence says.
        InvalidError: the agenda no longer offers the time.
    """
    agenda, row = _load_request(session, actor, appointment_id, now=now)
    if row.starts_at <= now:
        raise InvalidError("Este horário já passou.")
    try:
        slot = availability.find_free_slot(session, agenda, row.starts_at, now=now, notice=False)
    except SlotTakenError:
        raise ConflictError(f"Este pedido não pode ser aprovado: {OVERTAKEN_REASON}.") from None
    row.status, row.confirmed_at = AppointmentStatus.CONFIRMED, now
    storage.assign_slot(row, agenda, slot)
    storage.insert_or_conflict(session, row)
    _audit_decision(session, actor, row, "aprovou pedido", now=now)
    appointments.notify(
        session, agenda, row, appointments.AppointmentChange(messages.BOOKED), now=now
    )
    _mark_overtaken(session, row, now=now)
    storage.emit_changes(session, agenda.id, row)


def refuse_request(
    session: Session, actor: Actor, appointment_id: int, reason: str, *, now: datetime
) -> None:
    """Refuse a request, with a reason that the lawyer reads.

    Raises:
        NotFoundError: there is no such request, or it is another unit's.
        ConflictError: it was answered before.
        InvalidError: there is no reason.
    """
    agenda, row = _load_request(session, actor, appointment_id, now=now)
    said = " ".join(reason.split())[:200]
    if not said:
        raise InvalidError("Diga o motivo.", {"reason": "Diga o motivo: ele vai no e-mail."})
    _audit_decision(session, actor, row, "recusou pedido", now=now, reason=said)
    _end_request(row, AppointmentStatus.REFUSED, said, now=now)
    session.add(row)
    _notify_lawyers(session, agenda, [row], now=now)


def agendas_with_expired_requests(session: Session, *, now: datetime) -> list[int]:
    """Return the agendas in which requests have run out: `lapse` those of each."""
    return sorted(session.exec(select(Appointment.agenda_id).where(*_has_run_out(now)).distinct()))


def expire_requests(
    session: Session, agenda_id: int, *, now: datetime, limit: int | None = None
) -> int:
    """End an agenda's requests whose time has come, or that an approval left without theirs.

    At most so many; says how many it looked at. Where seats are left of it a request goes on
    waiting. It takes the requests and not the agenda: who books meanwhile does not wait for the
    letters. What somebody answers at this moment is left to them.
    """
    asked = select(Appointment).where(col(Appointment.agenda_id) == agenda_id, *_has_run_out(now))
    asked = asked.order_by(col(Appointment.id)).limit(limit)
    asked = asked.with_for_update(skip_locked=True, key_share=True)
    # An approval writes past the session.
    rows = session.exec(asked.execution_options(populate_existing=True)).all()
    if not rows:
        return 0
    agenda = queries.load_by_id(session, agenda_id, now=now)
    left = _free_starts(session, agenda, [row for row in rows if row.expires_at], now=now)
    ended: list[Appointment] = []
    for row in rows:
        session.add(row)
        if row.expires_at is not None and row.starts_at in left:
            row.expires_at = None
            continue
        overtaken = row.expires_at is not None
        status, why = (
            (AppointmentStatus.REFUSED, OVERTAKEN_REASON)
            if overtaken
            else (AppointmentStatus.EXPIRED, UNANSWERED_REASON)
        )
        _end_request(row, status, why, now=now)
        ended.append(row)
    _notify_lawyers(session, agenda, ended, now=now)
    storage.emit_changes(session, agenda_id)
    return len(rows)


def _has_run_out(now: datetime):  # noqa: ANN202 (SQLAlchemy conditions)
    return (
        col(Appointment.status) == AppointmentStatus.PENDING,
        or_(col(Appointment.starts_at) <= now, col(Appointment.expires_at) <= now),
    )


def _free_starts(
    session: Session, agenda: AgendaContext, rows: Sequence[Appointment], *, now: datetime
) -> set[datetime]:
    """Return the times at which a seat is left on the days of these rows."""
    days = sorted({clock.to_local_day(row.starts_at) for row in rows})
    plans = (availability.plan_days(session, agenda, [day], now=now, notice=False) for day in days)
    return {slot.start for plan in plans for slot in availability.list_free_slots(plan)}


def _load_request(
    session: Session, actor: Actor, appointment_id: int, *, now: datetime
) -> tuple[AgendaContext, Appointment]:
    agenda, row = storage.lock_for_staff(session, actor, appointment_id, now=now)
    if row.status != AppointmentStatus.PENDING:
        why = row.cancel_reason or format_status(row.status).lower()
        raise ConflictError(f"Este pedido já foi respondido: {why}.")
    return agenda, row


def _mark_overtaken(session: Session, given: Appointment, *, now: datetime) -> None:
    """Let the next round of the loop look who is left without a time by this approval.

    The one who is approved waits neither for that nor for the others' letters.
    """
    span = {"begins": given.busy_from, "ends": given.busy_until}
    session.connection().execute(_OVERTAKE, {"of": given.agenda_id, "now": now, **span})


def _end_request(
    row: Appointment, status: AppointmentStatus, reason: str, *, now: datetime
) -> None:
    row.status, row.cancel_reason, row.expires_at = status, reason, None
    row.cancelled_at, row.cancelled_by = now, "chambers"


def _notify_lawyers(
    session: Session, agenda: AgendaContext, ended: Sequence[Appointment], *, now: datetime
) -> None:
    """Store how requests ended, and tell their lawyers."""
    session.flush()
    appointments.notify_all(
        session,
        agenda,
        [(row, appointments.AppointmentChange(messages.REFUSED)) for row in ended],
        now=now,
    )
    for row in ended:
        storage.emit_changes(session, agenda.id, row)


def _audit_decision(  # noqa: PLR0913 (who, what and why)
    session: Session,
    actor: Actor,
    row: Appointment,
    action: str,
    *,
    now: datetime,
    reason: str = "",
) -> None:
    after = AppointmentStatus.REFUSED if reason else AppointmentStatus.CONFIRMED
    changes: dict[str, object] = {"status": [AppointmentStatus.PENDING, after]}
    if reason:
        changes["reason"] = ["", reason]
    audit.record_entry(session, actor, action, "appointment", row.id, changes, now=now)

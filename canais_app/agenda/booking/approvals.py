"""Approve and refuse requests, and expire those without an answer.

A pending request does not block its slot, so several may wait for one. The first to be approved
takes it; the others are refused with that reason if no seat is left.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import exists, or_, update
from sqlalchemy.orm import aliased
from sqlmodel import Session, col, select

from canais_app.accounts import audit
from canais_app.accounts.roles import Actor, Permission
from canais_app.agenda import access, queries
from canais_app.agenda.availability import service as availability
from canais_app.agenda.availability.service import AgendaContext
from canais_app.agenda.booking import cancellation, storage
from canais_app.agenda.errors import SlotReservedError, SlotTakenError
from canais_app.agenda.formatting import format_status
from canais_app.agenda.models import Agenda, Appointment, AppointmentStatus
from canais_app.agenda.notifications import appointments
from canais_app.agenda.views import RequestView
from canais_app.directory.search.case_number import format_case_number
from canais_app.kit import clock
from canais_app.kit.contacts import format_oab
from canais_app.kit.errors import ConflictError, InvalidError
from canais_app.outbox import messages

OVERTAKEN_REASON = "o gabinete aprovou outro pedido para este horário"
NOTHING_TO_MOVE_REASON = "o atendimento que seria mudado já começou ou foi cancelado"
UNANSWERED_REASON = "o horário chegou sem resposta do gabinete"


def list_requests(session: Session, actor: Actor, slug: str, *, now: datetime) -> list[RequestView]:
    """Return the requests that wait for an answer, by start, then in order of arrival.

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
        case_number=row.case_number and format_case_number(row.case_number),
        subject=row.subject,
        modality=row.modality,
    )


def approve_request(session: Session, actor: Actor, appointment_id: int, *, now: datetime) -> None:
    """Approve a request; the other requests that it leaves without a seat are refused later.

    Raises:
        NotFoundError: there is no such request, or it is another unit's.
        ConflictError: it was answered before, or another person has the slot.
        InvalidError: the agenda no longer offers the slot.
    """
    agenda, row = _load_request(session, actor, appointment_id, now=now)
    if row.starts_at <= now:
        raise InvalidError("Este horário já passou.")
    moved = _load_moved(session, row, now=now)
    if row.moves_id and moved is None:
        raise ConflictError(f"Este pedido não pode ser aprovado: {NOTHING_TO_MOVE_REASON}.")
    try:
        slot = availability.find_free_slot(
            session,
            agenda,
            row.starts_at,
            now=now,
            notice=False,
            excluded_id=row.moves_id,
            kind=row.attendance_kind,
        )
    except SlotReservedError as refusal:
        raise ConflictError(f"Ainda não dá para aprovar. {refusal.message}") from None
    except SlotTakenError:
        raise ConflictError(f"Este pedido não pode ser aprovado: {OVERTAKEN_REASON}.") from None
    _audit_decision(session, actor, row, "aprovou pedido", now=now)
    row.answered_at = now
    if moved is not None:
        row.cancelled_at, row.cancelled_by = now, "move"
        row.status, row.expires_at = AppointmentStatus.CANCELLED, None
        session.add(row)
        cancellation.move_to_slot(session, agenda, moved, slot, now=now)
        _mark_overtaken(session, moved, now=now)
        return
    row.status, row.confirmed_at = AppointmentStatus.CONFIRMED, now
    storage.assign_slot(row, agenda, slot)
    storage.insert_or_conflict(session, row)
    booked = appointments.AppointmentChange(messages.BOOKED)
    appointments.notify(session, agenda, (row, booked), now=now)
    _mark_overtaken(session, row, now=now)
    storage.emit_changes(session, agenda.id, row)


def _load_moved(session: Session, request: Appointment, *, now: datetime) -> Appointment | None:
    """Return the appointment that a request would move, while it can be moved."""
    if request.moves_id is None:
        return None
    row = session.get_one(Appointment, request.moves_id)
    can_move = row.status == AppointmentStatus.CONFIRMED and row.starts_at > now
    return row if can_move else None


def refuse_request(
    session: Session, actor: Actor, appointment_id: int, reason: str, *, now: datetime
) -> None:
    """Refuse a request, with a reason for the lawyer.

    Raises:
        NotFoundError: there is no such request, or it is another unit's.
        ConflictError: it was answered before.
        InvalidError: there is no reason.
    """
    agenda, row = _load_request(session, actor, appointment_id, now=now)
    reason = " ".join(reason.split())[:200]
    if not reason:
        raise InvalidError("Diga o motivo.", {"reason": "Diga o motivo: ele vai no e-mail."})
    _audit_decision(session, actor, row, "recusou pedido", now=now, reason=reason)
    _end_request(row, AppointmentStatus.REFUSED, reason, now=now)
    row.answered_at = now
    session.add(row)
    _notify_lawyers(session, agenda, [row], now=now)


def agendas_with_expired_requests(session: Session, *, now: datetime) -> list[int]:
    """Return the ids of the agendas for which `expire_requests` has work."""
    return sorted(session.exec(select(Appointment.agenda_id).where(*_has_expired(now)).distinct()))


def expire_requests(
    session: Session, agenda_id: int, *, now: datetime, limit: int | None = None
) -> int:
    """End at most `limit` requests of an agenda that have expired or were overtaken.

    An overtaken request goes on waiting if a seat is left. Locks the requests, not the agenda, so
    that bookings do not wait for these messages; requests that are being answered are skipped.
    Returns how many it examined.
    """
    asked = select(Appointment).where(col(Appointment.agenda_id) == agenda_id, *_has_expired(now))
    asked = asked.order_by(col(Appointment.id)).limit(limit)
    asked = asked.with_for_update(skip_locked=True, key_share=True)
    # `_mark_overtaken` updates rows without the session's knowledge.
    rows = session.exec(asked.execution_options(populate_existing=True)).all()
    if not rows:
        return 0
    agenda = queries.load_by_id(session, agenda_id, now=now)
    ended: list[Appointment] = []
    for row in rows:
        session.add(row)
        if row.moves_id and _load_moved(session, row, now=now) is None:
            _end_request(row, AppointmentStatus.EXPIRED, NOTHING_TO_MOVE_REASON, now=now)
            ended.append(row)
            continue
        if row.expires_at is not None and _is_free(session, agenda, row, now=now):
            row.expires_at = None
            continue
        if row.expires_at is not None:
            _end_request(row, AppointmentStatus.REFUSED, OVERTAKEN_REASON, now=now)
        else:
            _end_request(row, AppointmentStatus.EXPIRED, UNANSWERED_REASON, now=now)
        ended.append(row)
    _notify_lawyers(session, agenda, ended, now=now)
    storage.emit_changes(session, agenda_id)
    return len(rows)


def _has_expired(now: datetime):  # noqa: ANN202 (SQLAlchemy conditions)
    moved = aliased(Appointment)
    gone = exists().where(
        col(moved.id) == col(Appointment.moves_id),
        or_(col(moved.status) != AppointmentStatus.CONFIRMED, col(moved.starts_at) <= now),
    )
    return (
        col(Appointment.status) == AppointmentStatus.PENDING,
        or_(col(Appointment.starts_at) <= now, col(Appointment.expires_at) <= now, gone),
    )


def _is_free(session: Session, agenda: AgendaContext, row: Appointment, *, now: datetime) -> bool:
    """Whether the time of a request can still be given to it, for as long as its kind takes."""
    plans = availability.plan_days(
        session,
        agenda,
        [clock.to_local_day(row.starts_at)],
        now=now,
        excluded_id=row.moves_id,
        notice=False,
        kind=row.attendance_kind,
    )
    return any(slot.start == row.starts_at for slot in availability.list_free_slots(plans))


def _load_request(
    session: Session, actor: Actor, appointment_id: int, *, now: datetime
) -> tuple[AgendaContext, Appointment]:
    agenda, row = storage.lock_for_staff(session, actor, appointment_id, now=now)
    if row.status != AppointmentStatus.PENDING:
        why = row.cancel_reason or format_status(row.status).lower()
        raise ConflictError(f"Este pedido já foi respondido: {why}.")
    return agenda, row


def _mark_overtaken(session: Session, approved: Appointment, *, now: datetime) -> None:
    """Expire the requests that overlap an approved one; the worker's next run examines them.

    So the approval waits neither for that nor for the other lawyers' messages.
    """
    overlapping = update(Appointment).where(
        col(Appointment.agenda_id) == approved.agenda_id,
        col(Appointment.status) == AppointmentStatus.PENDING,
        col(Appointment.busy_from) < approved.busy_until,
        col(Appointment.busy_until) > approved.busy_from,
    )
    session.connection().execute(overlapping.values(expires_at=now))


def _end_request(
    row: Appointment, status: AppointmentStatus, reason: str, *, now: datetime
) -> None:
    row.status, row.cancel_reason, row.expires_at = status, reason, None
    row.cancelled_at, row.cancelled_by = now, "chambers"


def _notify_lawyers(
    session: Session, agenda: AgendaContext, ended: Sequence[Appointment], *, now: datetime
) -> None:
    """Store the ended requests and notify their lawyers."""
    session.flush()
    changes: list[appointments.ChangeOf] = []
    for row in ended:
        moved = _load_moved(session, row, now=now)
        kept = moved.starts_at if moved else None
        changes.append((row, appointments.AppointmentChange(messages.REFUSED, kept_start=kept)))
        if moved is not None:
            storage.emit_changes(session, agenda.id, moved)
    appointments.notify(session, agenda, *changes, now=now)
    for row in ended:
        storage.emit_changes(session, agenda.id, row)


def _audit_decision(  # noqa: PLR0913 (an actor, a request and the decision)
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

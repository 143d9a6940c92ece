"""Triage by staff. Each function checks the permission (`require_permission`) and audits."""

from datetime import datetime

from sqlmodel import Session

from canais_app.accounts import audit
from canais_app.accounts.roles import Actor, Permission, require_permission
from canais_app.complaints import lifecycle, queries
from canais_app.complaints.errors import IllegalTransitionError
from canais_app.complaints.lifecycle import CLOSED_STATUSES, COMPLAINT_STATUS_NAMES, ComplaintStatus
from canais_app.complaints.models import Complaint, ComplaintEvent
from canais_app.complaints.service import (
    TOPIC,
    add_event,
    change_status,
    compute_due_at,
    notify_reporter,
)
from canais_app.complaints.views import ReporterIdentity
from canais_app.directory.models import Unit
from canais_app.kit import clock, live
from canais_app.kit.errors import InvalidError
from canais_app.outbox.messages import COMPLAINT_ANSWER

ENTITY = "reclamação"


def move_complaint(  # noqa: PLR0913 (a move has that many parts)
    session: Session,
    actor: Actor,
    protocol: str,
    to: ComplaintStatus,
    reason: str,
    *,
    now: datetime,
) -> None:
    """Move a complaint. Its reporter reads `reason`, by e-mail too if an address is known.

    Raises:
        NotFoundError: no such protocol, or its unit is not in the actor's scope.
        ConflictError: its status does not allow the move.
        InvalidError: the move needs a reason.
    """
    complaint = _load_for_triage(session, actor, protocol, to)
    before = ComplaintStatus(complaint.status)
    if not lifecycle.is_legal_transition(before, to):
        raise IllegalTransitionError(
            f"A reclamação está “{COMPLAINT_STATUS_NAMES[before]}” "
            f"e não pode passar a “{COMPLAINT_STATUS_NAMES[to]}”."
        )
    if to in CLOSED_STATUSES | {ComplaintStatus.ANSWERED} and not reason:
        raise InvalidError("Falta dizer o porquê.", {"text": "Quem relatou vai ler este texto."})
    if before in CLOSED_STATUSES:
        complaint.due_at = compute_due_at(session, complaint, clock.to_local_day(now))
    event = change_status(session, complaint, _name(actor), to, reason, now=now)
    audit.record_entry(
        session, actor, "moveu", ENTITY, protocol, {"situação": [before, to]}, now=now
    )
    _send_event(session, complaint, event, now=now)


def write_staff_message(  # noqa: PLR0913 (a message has that many parts)
    session: Session, actor: Actor, protocol: str, message: str, *, public: bool, now: datetime
) -> None:
    """Write to the reporter, or (not `public`) an internal note.

    Raises:
        NotFoundError: no such protocol.
    """
    require_permission(actor, Permission.TRIAGE_COMPLAINTS)
    complaint = queries.load_by_protocol(session, protocol)
    event = add_event(session, complaint, _name(actor), text=message, public=public, now=now)
    kind = "escreveu a quem relatou" if public else "anotou"
    audit.record_entry(session, actor, kind, ENTITY, protocol, {"event": ["", event.id]}, now=now)
    live.emit(session, TOPIC)
    if public:
        _send_event(session, complaint, event, now=now)


def extend_deadline(
    session: Session, actor: Actor, protocol: str, reason: str, *, now: datetime
) -> None:
    """Extend the term by 30 days, once.

    Raises:
        NotFoundError: no such protocol.
        ConflictError: it was extended before, or is closed.
        InvalidError: no reason was given.
    """
    require_permission(actor, Permission.TRIAGE_COMPLAINTS)
    complaint = queries.load_by_protocol(session, protocol)
    if ComplaintStatus(complaint.status) in CLOSED_STATUSES:
        raise IllegalTransitionError("A reclamação está encerrada.")
    if queries.is_extended(queries.load_events(session, complaint)):
        raise IllegalTransitionError("O prazo já foi prorrogado uma vez.")
    if not reason:
        raise InvalidError("Falta dizer o porquê.", {"text": "Diga por que é preciso mais prazo."})
    before = clock.to_local_day(complaint.due_at)
    complaint.due_at = compute_due_at(session, complaint, before)
    after = clock.to_local_day(complaint.due_at)
    session.add(complaint)
    add_event(
        session, complaint, _name(actor), to=lifecycle.DEADLINE_EXTENDED, text=reason, now=now
    )
    audit.record_entry(
        session, actor, "prorrogou", ENTITY, protocol, {"prazo": [before, after]}, now=now
    )
    live.emit(session, TOPIC)


def open_identity(
    session: Session, actor: Actor, protocol: str, reason: str, *, now: datetime
) -> ReporterIdentity:
    """Return the reporter and the unmasked text; the opening and its reason are audited.

    Raises:
        NotFoundError: no such protocol.
        InvalidError: no reason was given.
    """
    require_permission(actor, Permission.OPEN_IDENTITY)
    complaint = queries.load_by_protocol(session, protocol)
    if not reason:
        raise InvalidError("Falta dizer o porquê.", {"why": "A abertura fica registrada."})
    audit.record_entry(
        session, actor, "abriu identidade", ENTITY, protocol, {"motivo": ["", reason]}, now=now
    )
    mark = lifecycle.IDENTITY_OPENED
    add_event(session, complaint, _name(actor), to=mark, text=reason, public=False, now=now)
    return ReporterIdentity(complaint.name, complaint.email, complaint.text)


def _load_for_triage(
    session: Session, actor: Actor, protocol: str, to: ComplaintStatus
) -> Complaint:
    """Return the complaint if the actor may move it; unit managers may only answer."""
    needed = Permission.TRIAGE_COMPLAINTS
    if not actor.can(needed) and to is ComplaintStatus.ANSWERED:
        needed = Permission.ANSWER_COMPLAINTS
    require_permission(actor, needed)
    complaint = queries.load_by_protocol(session, protocol)
    require_permission(actor, needed, session.get_one(Unit, complaint.unit_id).path)
    if needed is Permission.ANSWER_COMPLAINTS and complaint.status != ComplaintStatus.FORWARDED:
        raise IllegalTransitionError("Esta reclamação não está com a unidade.")
    return complaint


def _name(actor: Actor) -> str:
    return actor.name or "Equipe"


def _send_event(
    session: Session, complaint: Complaint, event: ComplaintEvent, *, now: datetime
) -> None:
    context = {
        "unit": session.get_one(Unit, complaint.unit_id).name,
        "status": COMPLAINT_STATUS_NAMES[ComplaintStatus(complaint.status)],
        "words": event.text,
        "sequence": event.id,
    }
    notify_reporter(session, complaint, COMPLAINT_ANSWER, context, now=now)

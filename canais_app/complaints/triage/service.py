"""Triage of one complaint by the Corregedoria. Each function checks the permission and audits.

`version`: see `case.py`. What an action returns can be undone (`bulk.undo_changes`) for ten
seconds, as long as its letters wait.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlmodel import Session, col, select

from canais_app.accounts import audit
from canais_app.accounts import queries as accounts
from canais_app.accounts.models import Staff
from canais_app.accounts.roles import Actor, Permission, require_permission
from canais_app.complaints import lifecycle, queries
from canais_app.complaints.errors import IllegalTransitionError
from canais_app.complaints.lifecycle import CLOSED_STATUSES, PENDING_STATUSES, ComplaintStatus
from canais_app.complaints.models import Complaint
from canais_app.complaints.service import TOPIC, add_event, compute_due_at, end_of_open_day
from canais_app.complaints.triage import letters
from canais_app.complaints.triage.answer_templates import fill_template
from canais_app.complaints.triage.case import (
    ENTITY,
    Change,
    OpenCase,
    lock_complaint,
    lock_original,
    open_case,
    staff_name,
)
from canais_app.complaints.views import ReporterIdentity
from canais_app.directory.models import Unit
from canais_app.expediente.calendar import Location
from canais_app.kit import clock, live
from canais_app.kit.errors import InvalidError
from canais_app.settings import settings


def move_complaint(  # noqa: PLR0913 (a move has that many parts)
    session: Session,
    actor: Actor,
    protocol: str,
    to: ComplaintStatus,
    reason: str,
    *,
    version: int = 0,
    now: datetime,
) -> Change:
    """Move a complaint. Its reporter reads `reason`, by e-mail too if an address is known.

    Raises:
        NotFoundError: no such protocol.
        ConflictError: its status does not allow the move, or somebody was faster.
        InvalidError: the move needs a reason, or (a duplicate) an original.
    """
    if to is ComplaintStatus.FORWARDED:
        return forward_complaint(session, actor, protocol, reason, version=version, now=now)
    case = _open(session, actor, protocol, version, now)
    if to is ComplaintStatus.DUPLICATE:
        raise InvalidError(
            "Falta dizer de qual relato este é duplicado.", {"original": "Escreva o protocolo."}
        )
    before = ComplaintStatus(case.row.status)
    if to in CLOSED_STATUSES | {ComplaintStatus.ANSWERED} and not reason:
        raise InvalidError("Falta dizer o porquê.", {"text": "Quem relatou vai ler este texto."})
    event = case.set_status(to, reason)
    if before in CLOSED_STATUSES:
        case.row.due_at = compute_due_at(session, case.row, clock.to_local_day(now))
        case.row.extended_at = case.row.escalated_at = None
        _leave_original(session, case.row)
    letters.write_reporter(session, case.row, event, now=now)
    return case.done()


def answer_complaint(  # noqa: PLR0913 (an answer has that many parts)
    session: Session, actor: Actor, protocol: str, words: str, *, version: int = 0, now: datetime
) -> Change:
    """Answer the reporter, and those of its duplicates; placeholders of templates are filled.

    Raises:
        NotFoundError: no such protocol.
        ConflictError: it is answered or closed already, or somebody was faster.
        InvalidError: the answer is empty.
    """
    case = _open(session, actor, protocol, version, now)
    if not words.strip():
        raise InvalidError("Falta a resposta.", {"text": "Quem relatou vai ler este texto."})
    case.begin_review()
    filled = fill_template(session, words, case.row, now=now)
    event = case.set_status(ComplaintStatus.ANSWERED, filled)
    letters.write_reporter(session, case.row, event, now=now)
    _answer_duplicates(case, filled)
    return case.done()


def _open(session: Session, actor: Actor, protocol: str, version: int, now: datetime) -> OpenCase:
    require_permission(actor, Permission.TRIAGE_COMPLAINTS)
    return open_case(session, actor, lock_complaint(session, protocol), version, now=now)


def _answer_duplicates(case: OpenCase, words: str) -> None:
    """Give the same answer to the reporters of the complaint's duplicates."""
    if not case.row.duplicates:
        return
    query = select(Complaint).where(
        col(Complaint.duplicate_of_id) == case.row.id,
        col(Complaint.status) == ComplaintStatus.DUPLICATE,
    )
    for other in case.session.exec(query).all():
        event = add_event(
            case.session, other, staff_name(case.actor), text=words,
            staff_id=case.actor.staff_id, now=case.now,
        )  # fmt: skip
        case.change.events.append((other.id or 0, event.id or 0))
        letters.write_reporter(case.session, other, event, now=case.now)


def forward_complaint(  # noqa: PLR0913 (it has that many parts)
    session: Session, actor: Actor, protocol: str, words: str, *, version: int = 0, now: datetime
) -> Change:
    """Send a complaint to its unit's inbox with what the unit should do, by letter too.

    Raises:
        NotFoundError: no such protocol.
        ConflictError: its status does not allow it, or somebody was faster.
        InvalidError: `words` are missing.
    """
    case = _open(session, actor, protocol, version, now)
    row = case.row
    if not words.strip():
        raise InvalidError(
            "Falta dizer o que a unidade deve fazer.", {"text": "A unidade vai ler este texto."}
        )
    case.begin_review()
    event = case.set_status(ComplaintStatus.FORWARDED, "")
    row.forwarded_at, row.unit_answered_at, row.escalated_at = now, None, None
    row.unit_due_at = _unit_due_at(session, row, now)
    letters.write_reporter(session, row, event, now=now)
    filled = fill_template(session, words, row, now=now)
    asked = case.add_event(to=lifecycle.UNIT_ASKED, text=filled, public=False)
    letters.write_unit(session, row, asked, "Uma reclamação espera a sua unidade", now=now)
    return case.done()


def return_to_unit(  # noqa: PLR0913 (it has that many parts)
    session: Session, actor: Actor, protocol: str, words: str, *, version: int = 0, now: datetime
) -> Change:
    """Send a forwarded complaint back to the unit, whose answer was not enough.

    Raises:
        NotFoundError: no such protocol.
        ConflictError: it is not with a unit, or somebody was faster.
        InvalidError: `words` are missing.
    """
    case = _open(session, actor, protocol, version, now)
    if case.row.status != ComplaintStatus.FORWARDED:
        raise IllegalTransitionError("Esta reclamação não está com a unidade.")
    if not words.strip():
        raise InvalidError("Falta dizer o que falta.", {"text": "A unidade vai ler este texto."})
    case.row.unit_answered_at = None
    event = case.add_event(to=lifecycle.UNIT_ASKED_AGAIN, text=words, public=False)
    letters.write_unit(session, case.row, event, "Uma reclamação voltou à sua unidade", now=now)
    case.audit("devolveu à unidade", {"event": ["", event.id]})
    case.touch()
    return case.done()


def ask_reporter(  # noqa: PLR0913 (it has that many parts)
    session: Session, actor: Actor, protocol: str, words: str, *, version: int = 0, now: datetime
) -> Change:
    """Ask the reporter for more: the clock stops until they write.

    Raises:
        NotFoundError: no such protocol.
        ConflictError: no answer is owed any more, or somebody was faster.
        InvalidError: the question is empty.
    """
    case = _open(session, actor, protocol, version, now)
    if case.row.status not in PENDING_STATUSES:
        raise IllegalTransitionError("A reclamação já foi respondida: escreva uma mensagem.")
    if not words.strip():
        raise InvalidError("Falta a pergunta.", {"text": "Quem relatou vai ler este texto."})
    case.row.waiting_since = case.row.waiting_since or now
    event = case.add_event(to=lifecycle.MORE_ASKED, text=words)
    letters.write_reporter(session, case.row, event, now=now)
    case.audit("pediu complemento", {"event": ["", event.id]})
    case.touch()
    return case.done()


def write_staff_message(  # noqa: PLR0913 (a message has that many parts)
    session: Session, actor: Actor, protocol: str, message: str, *, public: bool, now: datetime
) -> None:
    """Write to the reporter, or (not `public`) an internal note.

    Raises:
        NotFoundError: no such protocol.
    """
    case = _open(session, actor, protocol, 0, now)
    event = case.add_event(text=message, public=public)
    case.audit("escreveu a quem relatou" if public else "anotou", {"event": ["", event.id]})
    live.emit(session, TOPIC)
    if public:
        case.touch()
        letters.write_reporter(session, case.row, event, now=now)


def extend_deadline(  # noqa: PLR0913 (it has that many parts)
    session: Session, actor: Actor, protocol: str, reason: str, *, version: int = 0, now: datetime
) -> Change:
    """Extend the term by 30 days, once.

    Raises:
        NotFoundError: no such protocol.
        ConflictError: it was extended before, or is closed, or somebody was faster.
        InvalidError: no reason was given.
    """
    case = _open(session, actor, protocol, version, now)
    row = case.row
    if ComplaintStatus(row.status) in CLOSED_STATUSES:
        raise IllegalTransitionError("A reclamação está encerrada.")
    if row.extended_at is not None:
        raise IllegalTransitionError("O prazo já foi prorrogado uma vez.")
    if not reason:
        raise InvalidError("Falta dizer o porquê.", {"text": "Diga por que é preciso mais prazo."})
    before = clock.to_local_day(row.due_at)
    row.due_at, row.extended_at = compute_due_at(session, row, before), now
    case.add_event(to=lifecycle.DEADLINE_EXTENDED, text=reason)
    case.audit("prorrogou", {"prazo": [before, clock.to_local_day(row.due_at)]})
    case.touch()
    return case.done()


def assign_complaint(  # noqa: PLR0913 (it has that many parts)
    session: Session,
    actor: Actor,
    protocol: str,
    owner_id: int | None,
    *,
    version: int = 0,
    now: datetime,
) -> Change:
    """Give a complaint to a person who triages; None leaves it to nobody.

    Raises:
        NotFoundError: no such protocol.
        ConflictError: it is closed, or somebody was faster.
        InvalidError: this person does not triage.
    """
    case = _open(session, actor, protocol, version, now)
    if case.row.status in CLOSED_STATUSES:
        raise IllegalTransitionError("A reclamação está encerrada.")
    names = {owner.id: owner.name for owner in list_owners(session, actor)}
    if owner_id is not None and owner_id not in names:
        raise InvalidError("Escolha quem faz a triagem.", {"owner": "Escolha uma pessoa da lista."})
    before = case.row.owner_id
    case.row.owner_id = owner_id
    words = f"Com {names[owner_id]}" if owner_id is not None else "Sem responsável"
    case.add_event(to=lifecycle.ASSIGNED, text=words, public=False)
    action = "assumiu" if owner_id == actor.staff_id else "passou"
    case.audit(action, {"responsável": [names.get(before, ""), names.get(owner_id, "")]})
    case.touch()
    return case.done()


def list_owners(session: Session, actor: Actor) -> Sequence[Staff]:
    """Return the active people who triage, by name."""
    require_permission(actor, Permission.TRIAGE_COMPLAINTS)
    return accounts.list_staff_with(session, Permission.TRIAGE_COMPLAINTS)


def mark_read(session: Session, actor: Actor, protocol: str, *, now: datetime) -> None:  # noqa: ARG001 (as every service of the desk)
    """Clear the mark of a message that nobody of the staff has read.

    Raises:
        NotFoundError: no such protocol.
    """
    require_permission(actor, Permission.TRIAGE_COMPLAINTS)
    row = queries.load_by_protocol(session, protocol)
    if row.is_unread:
        row.is_unread = False
        session.add(row)
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
    add_event(session, complaint, staff_name(actor), to=mark, text=reason, public=False,
              staff_id=actor.staff_id, now=now)  # fmt: skip
    return ReporterIdentity(complaint.name, complaint.email, complaint.text)


def _unit_due_at(session: Session, row: Complaint, now: datetime) -> datetime:
    """Return the unit's inner deadline: some days from now, not after the final one."""
    comarca_id = session.get_one(Unit, row.unit_id).comarca_id
    day = clock.to_local_day(now) + timedelta(days=settings().unit_answer_days)
    inner = end_of_open_day(session, Location(comarca_id, row.unit_id), day)
    return min(inner, row.due_at) if row.due_at > now else inner


def _leave_original(session: Session, row: Complaint) -> None:
    """Take a complaint that staff reopen out of its original's duplicates."""
    if row.duplicate_of_id is None:
        return
    original = lock_original(session, row.duplicate_of_id)
    original.duplicates = max(0, original.duplicates - 1)
    row.duplicate_of_id = None
    session.add(original)

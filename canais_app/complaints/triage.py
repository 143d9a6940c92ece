"""What staff do with a complaint. Each call checks who asks and leaves an audit entry."""

from datetime import datetime

from sqlmodel import Session

from canais_app import routes
from canais_app.accounts import audit
from canais_app.accounts.roles import Actor, Permission, require
from canais_app.complaints import lifecycle, queries
from canais_app.complaints.errors import IllegalMoveError
from canais_app.complaints.lifecycle import CLOSED, STATUS_NAMES, Status
from canais_app.complaints.models import Complaint, ComplaintEvent
from canais_app.complaints.service import (
    TOPIC,
    add_event,
    change_status,
    end_of,
    first_open_of,
)
from canais_app.complaints.views import Identity
from canais_app.directory.models import Unit
from canais_app.kit import clock, live
from canais_app.kit.errors import InvalidError
from canais_app.outbox import service as outbox
from canais_app.outbox.messages import COMPLAINT_ANSWER, Letter
from canais_app.settings import settings

ENTITY = "reclamação"


def move(  # noqa: PLR0913 (a move is who, what, where to, why and when)
    session: Session, actor: Actor, protocol: str, to: Status, why: str, *, now: datetime
) -> None:
    """Move a complaint. Its reporter reads `why`, by e-mail too when an address was left.

    Raises:
        NotSignedInError, NotPermittedError: not for this actor.
        NotFoundError: no such protocol, or of a unit that is not the actor's.
        ConflictError: it stands elsewhere meanwhile.
        InvalidError: the move needs a reason.
    """
    complaint = _for(session, actor, protocol, to)
    before = Status(complaint.status)
    if not lifecycle.is_legal(before, to):
        raise IllegalMoveError(
            f"A reclamação está “{STATUS_NAMES[before]}” e não pode passar a “{STATUS_NAMES[to]}”."
        )
    if to in CLOSED | {Status.ANSWERED} and not why:
        raise InvalidError("Falta dizer o porquê.", {"text": "Quem relatou vai ler este texto."})
    if before in CLOSED:
        first_open = first_open_of(session, complaint)
        complaint.due_at = end_of(lifecycle.due_day(clock.local_day(now), first_open))
    event = change_status(session, complaint, _name(actor), to, why, now=now)
    audit.record(session, actor, "moveu", ENTITY, protocol, {"situação": [before, to]}, now=now)
    _tell(session, complaint, event, now=now)


def write(  # noqa: PLR0913 (a message is who, about what, what, for whom)
    session: Session, actor: Actor, protocol: str, said: str, *, public: bool, now: datetime
) -> None:
    """Write to the reporter, or (not `public`) a note that only staff read.

    Raises:
        NotSignedInError, NotPermittedError, NotFoundError: not for this actor, or no protocol.
    """
    require(actor, Permission.TRIAGE_COMPLAINTS)
    complaint = queries.by_number(session, protocol)
    event = add_event(session, complaint, _name(actor), said=said, public=public, now=now)
    kind = "escreveu a quem relatou" if public else "anotou"
    audit.record(session, actor, kind, ENTITY, protocol, {"event": ["", event.id]}, now=now)
    live.touch(session, TOPIC)
    if public:
        _tell(session, complaint, event, now=now)


def extend(session: Session, actor: Actor, protocol: str, why: str, *, now: datetime) -> None:
    """Extend the term by 30 days, once.

    Raises:
        NotSignedInError, NotPermittedError, NotFoundError: not for this actor, or no protocol.
        ConflictError: it was extended before, or is closed.
        InvalidError: no reason was given.
    """
    require(actor, Permission.TRIAGE_COMPLAINTS)
    complaint = queries.by_number(session, protocol)
    if Status(complaint.status) in CLOSED:
        raise IllegalMoveError("A reclamação está encerrada.")
    if queries.was_extended(queries.events_of(session, complaint)):
        raise IllegalMoveError("O prazo já foi prorrogado uma vez.")
    if not why:
        raise InvalidError("Falta dizer o porquê.", {"text": "Diga por que é preciso mais prazo."})
    before = clock.local_day(complaint.due_at)
    after = lifecycle.extended_day(before, first_open_of(session, complaint))
    complaint.due_at = end_of(after)
    session.add(complaint)
    add_event(session, complaint, _name(actor), to=lifecycle.EXTENDED, said=why, now=now)
    audit.record(session, actor, "prorrogou", ENTITY, protocol, {"prazo": [before, after]}, now=now)
    live.touch(session, TOPIC)


def open_identity(
    session: Session, actor: Actor, protocol: str, why: str, *, now: datetime
) -> Identity:
    """Return who reported and the text as written; who opened it, and why, stays on record.

    Raises:
        NotSignedInError, NotPermittedError, NotFoundError: not for this actor, or no protocol.
        InvalidError: no reason was given.
    """
    require(actor, Permission.OPEN_IDENTITY)
    complaint = queries.by_number(session, protocol)
    if not why:
        raise InvalidError("Falta dizer o porquê.", {"why": "A abertura fica registrada."})
    audit.record(
        session, actor, "abriu identidade", ENTITY, protocol, {"motivo": ["", why]}, now=now
    )
    mark = lifecycle.IDENTITY_OPENED
    add_event(session, complaint, _name(actor), to=mark, said=why, public=False, now=now)
    return Identity(complaint.name, complaint.email, complaint.text)


def _for(session: Session, actor: Actor, protocol: str, to: Status) -> Complaint:
    """Return the complaint if the actor may move it there: a manager answers for own units."""
    needed = Permission.TRIAGE_COMPLAINTS
    if not actor.can(needed) and to is Status.ANSWERED:
        needed = Permission.ANSWER_COMPLAINTS
    require(actor, needed)
    complaint = queries.by_number(session, protocol)
    require(actor, needed, session.get_one(Unit, complaint.unit_id).path)
    if needed is Permission.ANSWER_COMPLAINTS and complaint.status != Status.FORWARDED:
        raise IllegalMoveError("Esta reclamação não está com a unidade.")
    return complaint


def _name(actor: Actor) -> str:
    return actor.name or "Equipe"


def _tell(session: Session, complaint: Complaint, event: ComplaintEvent, *, now: datetime) -> None:
    if not complaint.email:
        return
    context = {
        "protocol": complaint.protocol,
        "unit": session.get_one(Unit, complaint.unit_id).name,
        "status": STATUS_NAMES[Status(complaint.status)],
        "words": event.text,
        "page_url": settings().base_url + routes.TRACK,
        "sequence": event.id,
    }
    thread = f"complaint:{complaint.id}"
    letter = Letter(COMPLAINT_ANSWER, thread, "reporter", complaint.email, context)
    outbox.enqueue(session, letter, now=now)

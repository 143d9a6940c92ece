"""A complaint that somebody of the staff is changing: lock, version, event, audit, undo.

`version` is the version that the person has read: another one means that somebody was faster
(`StaleComplaintError`, 409). 0 skips the check.
"""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, select

from canais_app.accounts import audit
from canais_app.accounts.roles import Actor
from canais_app.complaints import lifecycle, queries
from canais_app.complaints.errors import IllegalTransitionError, StaleComplaintError
from canais_app.complaints.lifecycle import COMPLAINT_STATUS_NAMES, ComplaintStatus
from canais_app.complaints.models import Complaint, ComplaintEvent
from canais_app.complaints.service import TOPIC, add_event, change_status, resume_clock
from canais_app.kit import live
from canais_app.kit.text import format_hour

ENTITY = "reclamação"
UNDONE_FIELDS = (
    "status", "owner_id", "duplicate_of_id", "due_at", "closed_at", "waiting_since", "extended_at",
    "forwarded_at", "unit_due_at", "unit_answered_at", "escalated_at",
)  # fmt: skip
_STATUS = ComplaintStatus
_DEEDS: dict[str, str] = {
    _STATUS.IN_REVIEW: "pôs em análise",
    _STATUS.FORWARDED: "encaminhou",
    _STATUS.ANSWERED: "respondeu",
    _STATUS.SOLVED: "encerrou",
    _STATUS.NOT_CONFIRMED: "encerrou",
    _STATUS.DUPLICATE: "juntou a outra",
    lifecycle.DEADLINE_EXTENDED: "prorrogou",
    lifecycle.MORE_ASKED: "pediu complemento de",
    lifecycle.ASSIGNED: "mudou o responsável de",
    lifecycle.UNIT_ANSWERED: "respondeu, pela unidade,",
    lifecycle.UNIT_REFUSED: "devolveu, pela unidade,",
    lifecycle.UNIT_ASKED_AGAIN: "devolveu à unidade",
}


@dataclass
class Change:
    """What an action did to a complaint; `version` is the one after it."""

    protocol: str
    version: int
    before: dict[str, Any]
    at: datetime
    events: list[tuple[int, int]] = field(default_factory=list[tuple[int, int]])  # complaint, event
    answers_first: bool = False  # it was the first answer, which is counted
    handed_over: list[int] = field(default_factory=list[int])  # its duplicates, given to another


@dataclass(frozen=True)
class OpenCase:
    """A complaint that is being changed, by whom, and what is known to undo it."""

    session: Session
    actor: Actor
    row: Complaint
    change: Change
    now: datetime
    author: str = "staff"  # or "unit"

    def add_event(self, *, to: str = "", text: str = "", public: bool = True) -> ComplaintEvent:
        """Store an event by the actor."""
        event = add_event(
            self.session,
            self.row,
            staff_name(self.actor),
            to=to,
            text=text,
            public=public,
            author=self.author,
            staff_id=self.actor.staff_id,
            now=self.now,
        )
        self.change.events.append((self.row.id or 0, event.id or 0))
        return event

    def set_status(self, to: ComplaintStatus, reason: str) -> ComplaintEvent:
        """Move the complaint, if that is legal."""
        before = ComplaintStatus(self.row.status)
        if not lifecycle.is_legal_transition(before, to):
            raise IllegalTransitionError(
                f"A reclamação está “{COMPLAINT_STATUS_NAMES[before]}” "
                f"e não pode passar a “{COMPLAINT_STATUS_NAMES[to]}”."
            )
        resume_clock(self.session, self.row, now=self.now)
        self.change.answers_first = to is _STATUS.ANSWERED and self.row.answered_at is None
        event = change_status(
            self.session,
            self.row,
            staff_name(self.actor),
            to,
            reason,
            staff_id=self.actor.staff_id,
            now=self.now,
        )
        self.change.events.append((self.row.id or 0, event.id or 0))
        self.audit("moveu", {"situação": [before, to]})
        return event

    def begin_review(self) -> None:
        """Take a complaint that was only received into review, as answering it implies."""
        if self.row.status == _STATUS.RECEIVED:
            self.set_status(_STATUS.IN_REVIEW, "")
        if self.row.owner_id is None:
            self.row.owner_id = self.actor.staff_id

    def audit(self, action: str, changes: dict[str, object]) -> None:
        """Write an audit entry about the complaint."""
        audit.record_entry(
            self.session, self.actor, action, ENTITY, self.row.protocol, changes, now=self.now
        )

    def touch(self) -> None:
        """Count a change that is no move of the status."""
        self.row.version += 1
        self.session.add(self.row)
        live.emit(self.session, TOPIC)

    def done(self) -> Change:
        """Store the complaint and return what was done."""
        self.session.add(self.row)
        self.session.flush()
        self.change.version = self.row.version
        return self.change


def staff_name(actor: Actor) -> str:
    """Return how the events of a complaint name an actor."""
    return actor.name or "Equipe"


def lock_complaint(session: Session, protocol: str) -> Complaint:
    """Load a complaint and lock it until the end of the transaction.

    Raises:
        NotFoundError: no such protocol.
    """
    queries.load_by_protocol(session, protocol)
    query = select(Complaint).where(col(Complaint.protocol) == protocol).with_for_update()
    return session.exec(query.execution_options(populate_existing=True)).one()


def lock_original(session: Session, complaint_id: int) -> Complaint:
    """Load the original of a duplicate and lock it, since its count of duplicates changes."""
    query = select(Complaint).where(col(Complaint.id) == complaint_id).with_for_update()
    return session.exec(query.execution_options(populate_existing=True)).one()


def check_version(session: Session, actor: Actor, row: Complaint, version: int) -> None:
    """Raise unless the complaint is as the actor has read it.

    Raises:
        StaleComplaintError: who did what meanwhile.
    """
    if version and row.version != version:
        raise StaleComplaintError(
            f"{describe_last_change(session, actor, row)} "
            "Seu texto está guardado: leia o que mudou antes de enviar."
        )


def describe_last_change(session: Session, actor: Actor, row: Complaint) -> str:
    """Return in a sentence what somebody else did last; empty when nobody did anything."""
    query = (
        select(ComplaintEvent)
        .where(col(ComplaintEvent.complaint_id) == row.id)
        .order_by(col(ComplaintEvent.id).desc())
    )
    for event in session.exec(query.limit(20)):
        if event.staff_id is None or event.staff_id != actor.staff_id:
            deed = _DEEDS.get(event.to_status, "escreveu sobre")
            return f"{event.who} {deed} esta reclamação às {format_hour(event.at)}."
    return "Você mudou esta reclamação em outra janela."


def open_case(  # noqa: PLR0913 (a change has that many parts)
    session: Session,
    actor: Actor,
    row: Complaint,
    version: int,
    *,
    author: str = "staff",
    now: datetime,
) -> OpenCase:
    """Begin a change of a locked complaint by an actor whose permission was checked.

    Raises:
        StaleComplaintError: somebody was faster.
    """
    check_version(session, actor, row, version)
    before = {name: getattr(row, name) for name in UNDONE_FIELDS}
    return OpenCase(
        session, actor, row, Change(row.protocol, row.version, before, now), now, author
    )

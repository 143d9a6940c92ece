"""Proofs (comprovantes): issue them, and verify them by their code without naming anybody."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlmodel import Session, col, select

from canais_app.agenda import appointment_views, queries
from canais_app.agenda.availability import service as availability
from canais_app.agenda.availability.service import AgendaContext
from canais_app.agenda.formatting import format_full_start, provable_facts
from canais_app.agenda.models import Appointment, Proof, ProofKind
from canais_app.kit import clock, text
from canais_app.kit.contacts import format_registration
from canais_app.kit.errors import InvalidError, NotFoundError

CODE_GROUPS = (4, 4, 4)
ONE_MINUTE = timedelta(minutes=1)


PROOF_TITLES = {
    ProofKind.REQUEST: "Pedido de atendimento",
    ProofKind.BOOKING: "Agendamento de atendimento",
    ProofKind.REFUSAL: "Recusa de pedido de atendimento",
    ProofKind.CANCELLATION: "Cancelamento de atendimento",
    ProofKind.ATTENDANCE: "Atendimento realizado, anotado pelo gabinete",
    ProofKind.NOT_ATTENDED: "Declaração de que ninguém atendeu no horário marcado",
    ProofKind.NO_FREE_TIME: "Agenda sem horário livre",
}


@dataclass(frozen=True)
class ProofView:
    """What anybody who has the code may know: that it is genuine, what, and when."""

    code: str
    kind: str
    title: str
    agenda: str
    unit: str
    happened_at: str  # RFC 3339
    happened_words: str
    appointment_words: str  # the time that it is about, or empty
    issued_words: str


@dataclass(frozen=True)
class PrivateProof:
    """A proof as its owner prints it, with the name and the registration."""

    proof: ProofView
    name: str = ""
    registration: str = ""


def issue_proof(session: Session, token: str, kind: str, *, now: datetime) -> str:
    """Return the code of a proof of an appointment; the same fact has the same code.

    Raises:
        AppointmentNotFoundError: the link is unknown.
        InvalidError: there is nothing of this kind to prove.
    """
    row = appointment_views.load_appointment_by_token(session, token)
    moment = dict(provable_facts(row)).get(ProofKind(kind)) if kind in set(ProofKind) else None
    if moment is None:
        raise InvalidError.at("kind", "Este agendamento não tem este comprovante.")
    known = session.exec(
        select(Proof.code).where(
            col(Proof.appointment_id) == row.id,
            col(Proof.kind) == kind,
            col(Proof.happened_at) == moment,
        )
    ).first()
    return known or _store(session, kind, row.agenda_id, moment, now=now, appointment_id=row.id)


def issue_no_free_time(session: Session, slug: str, *, now: datetime) -> str:
    """Return the code of a proof that an agenda has no free slot now; one a minute.

    Raises:
        AgendaNotFoundError: there is no such agenda.
        InvalidError: it has a free slot.
    """
    agenda = queries.load_published(session, slug, now=now, locked=True)
    today = clock.to_local_day(now)
    span = (agenda.last_day(now) - today).days
    days = [today + timedelta(days=n) for n in range(span + 1)]
    free = availability.list_free_slots(availability.plan_days(session, agenda, days, now=now))
    if free:
        start = format_full_start(free[0].start)
        raise InvalidError(f"Esta agenda tem horário livre: {start}.")
    known = session.exec(
        select(Proof.code).where(
            col(Proof.agenda_id) == agenda.id,
            col(Proof.kind) == ProofKind.NO_FREE_TIME,
            col(Proof.happened_at) > now - ONE_MINUTE,
        )
    ).first()
    return known or _store(session, ProofKind.NO_FREE_TIME, agenda.id, now, now=now)


def _store(  # noqa: PLR0913 (a proof)
    session: Session,
    kind: str,
    agenda_id: int,
    moment: datetime,
    *,
    now: datetime,
    appointment_id: int | None = None,
) -> str:
    row = Proof(
        code=text.generate_code(*CODE_GROUPS),
        kind=kind,
        agenda_id=agenda_id,
        appointment_id=appointment_id,
        happened_at=moment,
        issued_at=now,
    )
    session.add(row)
    session.flush()
    return row.code


def verify_proof(session: Session, code: str, *, now: datetime) -> ProofView:
    """Return what a code proves.

    Raises:
        NotFoundError: no proof has this code.
    """
    row = _find(session, code)
    agenda = queries.load_by_id(session, row.agenda_id, now=now)
    found = session.get(Appointment, row.appointment_id) if row.appointment_id else None
    return _view(row, agenda, found)


def load_private_proof(session: Session, token: str, code: str, *, now: datetime) -> PrivateProof:
    """Return a proof for the owner of the appointment's private link.

    Raises:
        AppointmentNotFoundError: the link is unknown.
        NotFoundError: the code is not of this appointment.
    """
    row = appointment_views.load_appointment_by_token(session, token)
    proof = _find(session, code)
    if proof.appointment_id != row.id:
        raise NotFoundError("Este comprovante não é deste agendamento.")
    agenda = queries.load_by_id(session, row.agenda_id, now=now)
    registration = format_registration(row.oab, row.institution)
    return PrivateProof(_view(proof, agenda, row), row.name, registration)


def _find(session: Session, code: str) -> Proof:
    cleaned = code.strip().upper()
    row = session.exec(select(Proof).where(col(Proof.code) == cleaned)).first()
    if row is None:
        raise NotFoundError("Nenhum comprovante tem este código. Confira letra por letra.")
    return row


def _view(row: Proof, agenda: AgendaContext, appointment: Appointment | None) -> ProofView:
    kind = ProofKind(row.kind)
    return ProofView(
        code=row.code,
        kind=kind,
        title=PROOF_TITLES[kind],
        agenda=agenda.row.title,
        unit=agenda.unit.name,
        happened_at=clock.to_rfc3339(row.happened_at),
        happened_words=format_full_start(row.happened_at),
        appointment_words=format_full_start(appointment.starts_at) if appointment else "",
        issued_words=format_full_start(row.issued_at),
    )

"""What the gabinete's staff do at the desk. Every call checks who asks, and for what."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlmodel import Session

from canais_app.accounts import audit
from canais_app.accounts.roles import Actor, Permission, require_permission
from canais_app.agenda import keepers, queries, topics
from canais_app.agenda.lifecycle import cancelling, offering, proposing, taking
from canais_app.agenda.lifecycle.approving import approve_request, refuse_request
from canais_app.agenda.mail import letters
from canais_app.agenda.models import (
    MARKABLE_STATUSES,
    AgendaBlock,
    AppointmentStatus,
)
from canais_app.kit import live
from canais_app.kit.errors import InvalidError, NotFoundError

__all__ = [
    "approve_request",
    "create_block",
    "cancel_as_chambers",
    "mark_attendance",
    "refuse_request",
    "suggest_alternatives",
    "remove_block",
]
MAX_BLOCK_LENGTH = timedelta(days=120)


def mark_attendance(
    session: Session, actor: Actor, appointment_id: int, status: str, *, now: datetime
) -> None:
    """Note that the lawyer came, did not, or take the note back (`confirmed`).

    Raises:
        InvalidError: it has not begun, or it is no appointment that stands.
    """
    row = keepers.load_workable_appointment(session, actor, appointment_id, now=now)
    if status not in MARKABLE_STATUSES or row.status not in MARKABLE_STATUSES:
        raise InvalidError("Este atendimento não pode ser marcado assim.")
    if row.starts_at > now:
        raise InvalidError("O atendimento ainda não começou.")
    before, row.status = row.status, status
    session.add(row)
    audit.record_entry(
        session,
        actor,
        "marcou atendimento",
        "appointment",
        row.id,
        {"status": [before, status]},
        now=now,
    )
    live.emit(session, topics.agenda_topic(row.agenda_id))
    live.emit(session, topics.appointment_topic(row))


def cancel_as_chambers(  # noqa: PLR0913 (who, what, why, and what is offered instead)
    session: Session,
    actor: Actor,
    appointment_id: int,
    reason: str,
    *,
    now: datetime,
    keep_closed: bool = True,
    alternatives: Sequence[datetime] | None = None,
) -> None:
    """Cancel as the gabinete, with a reason that the lawyer reads and three other times.

    The alternatives are kept for the lawyer for 48 hours; without a choice of the gabinete they
    are the nearest free ones (`suggested`).

    Raises:
        InvalidError: there is no reason, it is no longer to come, or there are too many times.
        SlotTakenError: somebody has an alternative.
        SlotUnavailableError: the agenda does not offer it.
    """
    agenda, row = taking.lock_for_staff(session, actor, appointment_id, now=now)
    said = " ".join(reason.split())[:200]
    if not said:
        raise InvalidError("Diga o motivo.", {"reason": "Diga o motivo: ele vai no e-mail."})
    if row.status != AppointmentStatus.CONFIRMED or row.starts_at <= now:
        raise InvalidError("Só se cancela um atendimento que ainda vai acontecer.")
    offered, until = proposing.offer_alternatives(session, agenda, row, alternatives, now=now)
    if keep_closed:
        session.add(
            AgendaBlock(
                agenda_id=row.agenda_id, starts_at=row.starts_at, ends_at=row.ends_at, reason=said
            )
        )
    cancelling.cancel_appointment(
        session,
        queries.load_by_id(session, row.agenda_id, now=now),
        row,
        by="chambers",
        now=now,
        reason=said,
        alternatives=offered,
        until=until,
    )
    changes = {
        "status": [AppointmentStatus.CONFIRMED, AppointmentStatus.CANCELLED],
        "reason": ["", said],
    }
    audit.record_entry(
        session, actor, "cancelou atendimento", "appointment", row.id, changes, now=now
    )


def suggest_alternatives(
    session: Session, actor: Actor, appointment_id: int, *, now: datetime
) -> list[datetime]:
    """Return up to three free times to offer instead of an appointment, nearest first."""
    row = keepers.load_workable_appointment(session, actor, appointment_id, now=now)
    agenda = queries.load_by_id(session, row.agenda_id, now=now)
    return proposing.find_nearest_slots(session, agenda, row, now=now)


def create_block(  # noqa: PLR0913, PLR0917 (a span has that many parts)
    session: Session,
    actor: Actor,
    agenda_id: int,
    start: datetime,
    end: datetime,
    reason: str,
    *,
    now: datetime,
) -> None:
    """Close a span for new appointments; those that stand stay, and show as conflicts.

    Raises:
        InvalidError: the span ends before it begins, is over, or is longer than 120 days.
    """
    keepers.require_agenda(session, actor, agenda_id, Permission.EDIT_AGENDA, now=now)
    if end <= start:
        raise InvalidError(
            "O fim vem antes do começo.", {"until": "Escolha um fim depois do começo."}
        )
    if end <= now:
        raise InvalidError("Este período já passou.", {"day": "Escolha um dia que ainda vem."})
    if end - start > MAX_BLOCK_LENGTH:
        raise InvalidError("Bloqueie no máximo 120 dias.", {"until": "No máximo 120 dias."})
    made = AgendaBlock(
        agenda_id=agenda_id, starts_at=start, ends_at=end, reason=" ".join(reason.split())[:200]
    )
    session.add(made)
    session.flush()
    span = {"span": ["", f"{start.isoformat()}/{end.isoformat()}"]}
    audit.record_entry(session, actor, "bloqueou horário", "agenda", agenda_id, span, now=now)
    live.emit(session, topics.agenda_topic(agenda_id))


def remove_block(session: Session, actor: Actor, block_id: int, *, now: datetime) -> None:
    """Open a closed span again: its times are the waiting list's first, then everybody's.

    Raises:
        NotFoundError: there is none, or it is another unit's.
    """
    found = session.get(AgendaBlock, block_id)
    if found is None:
        require_permission(actor, Permission.EDIT_AGENDA)
        raise NotFoundError("Este bloqueio já não existe.")
    keepers.require_agenda(session, actor, found.agenda_id, Permission.EDIT_AGENDA, now=now)
    span = {"span": [f"{found.starts_at.isoformat()}/{found.ends_at.isoformat()}", ""]}
    opened = (max(found.starts_at, now), found.ends_at)
    session.delete(found)
    session.flush()
    agenda = taking.lock_by_id(session, found.agenda_id, now=now)
    offered = offering.offer_to_waitlist(session, agenda, opened, freed_at=now, now=now, had=())
    letters.notify_all(session, agenda, offered, now=now)
    audit.record_entry(
        session, actor, "desbloqueou horário", "agenda", found.agenda_id, span, now=now
    )
    live.emit(session, topics.agenda_topic(found.agenda_id))

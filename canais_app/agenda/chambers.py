"""What the gabinete's staff do at the desk. Every call checks who asks, and for what."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlmodel import Session

from canais_app.accounts import audit
from canais_app.accounts.roles import Actor, Permission, require
from canais_app.agenda import keepers, queries, topics
from canais_app.agenda.lifecycle import cancelling, offering, proposing, taking
from canais_app.agenda.lifecycle.approving import approve, refuse
from canais_app.agenda.mail import letters
from canais_app.agenda.models import (
    MARKED,
    AgendaBlock,
    Status,
)
from canais_app.kit import live
from canais_app.kit.errors import InvalidError, NotFoundError

__all__ = [
    "approve",
    "block",
    "cancel",
    "mark",
    "refuse",
    "suggested",
    "unblock",
]
MOST_BLOCK = timedelta(days=120)


def mark(
    session: Session, actor: Actor, appointment_id: int, status: str, *, now: datetime
) -> None:
    """Note that the lawyer came, did not, or take the note back (`confirmed`).

    Raises:
        InvalidError: it has not begun, or it is no appointment that stands.
    """
    row = keepers.appointment(session, actor, appointment_id, now=now)
    if status not in MARKED or row.status not in MARKED:
        raise InvalidError("Este atendimento não pode ser marcado assim.")
    if row.starts_at > now:
        raise InvalidError("O atendimento ainda não começou.")
    before, row.status = row.status, status
    session.add(row)
    audit.record(
        session,
        actor,
        "marcou atendimento",
        "appointment",
        row.id,
        {"status": [before, status]},
        now=now,
    )
    live.touch(session, topics.agenda(row.agenda_id))
    live.touch(session, topics.appointment(row))


def cancel(  # noqa: PLR0913 (who, what, why, and what is offered instead)
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
    agenda, row = taking.worked(session, actor, appointment_id, now=now)
    said = " ".join(reason.split())[:200]
    if not said:
        raise InvalidError("Diga o motivo.", {"reason": "Diga o motivo: ele vai no e-mail."})
    if row.status != Status.CONFIRMED or row.starts_at <= now:
        raise InvalidError("Só se cancela um atendimento que ainda vai acontecer.")
    offered, until = proposing.keep(session, agenda, row, alternatives, now=now)
    if keep_closed:
        session.add(
            AgendaBlock(
                agenda_id=row.agenda_id, starts_at=row.starts_at, ends_at=row.ends_at, reason=said
            )
        )
    cancelling.give_up(
        session,
        queries.by_id(session, row.agenda_id, now=now),
        row,
        by="chambers",
        now=now,
        reason=said,
        alternatives=offered,
        until=until,
    )
    changes = {"status": [Status.CONFIRMED, Status.CANCELLED], "reason": ["", said]}
    audit.record(session, actor, "cancelou atendimento", "appointment", row.id, changes, now=now)


def suggested(
    session: Session, actor: Actor, appointment_id: int, *, now: datetime
) -> list[datetime]:
    """Return up to three free times to offer instead of an appointment, nearest first."""
    row = keepers.appointment(session, actor, appointment_id, now=now)
    agenda = queries.by_id(session, row.agenda_id, now=now)
    return proposing.nearest(session, agenda, row, now=now)


def block(  # noqa: PLR0913, PLR0917 (a span has that many parts)
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
    keepers.require_desk(session, actor, agenda_id, Permission.EDIT_AGENDA, now=now)
    if end <= start:
        raise InvalidError(
            "O fim vem antes do começo.", {"until": "Escolha um fim depois do começo."}
        )
    if end <= now:
        raise InvalidError("Este período já passou.", {"day": "Escolha um dia que ainda vem."})
    if end - start > MOST_BLOCK:
        raise InvalidError("Bloqueie no máximo 120 dias.", {"until": "No máximo 120 dias."})
    made = AgendaBlock(
        agenda_id=agenda_id, starts_at=start, ends_at=end, reason=" ".join(reason.split())[:200]
    )
    session.add(made)
    session.flush()
    span = {"span": ["", f"{start.isoformat()}/{end.isoformat()}"]}
    audit.record(session, actor, "bloqueou horário", "agenda", agenda_id, span, now=now)
    live.touch(session, topics.agenda(agenda_id))


def unblock(session: Session, actor: Actor, block_id: int, *, now: datetime) -> None:
    """Open a closed span again: its times are the waiting list's first, then everybody's.

    Raises:
        NotFoundError: there is none, or it is another unit's.
    """
    found = session.get(AgendaBlock, block_id)
    if found is None:
        require(actor, Permission.EDIT_AGENDA)
        raise NotFoundError("Este bloqueio já não existe.")
    keepers.require_desk(session, actor, found.agenda_id, Permission.EDIT_AGENDA, now=now)
    span = {"span": [f"{found.starts_at.isoformat()}/{found.ends_at.isoformat()}", ""]}
    opened = (max(found.starts_at, now), found.ends_at)
    session.delete(found)
    session.flush()
    agenda = taking.locked_by_id(session, found.agenda_id, now=now)
    offered = offering.offer(session, agenda, opened, freed_at=now, now=now, had=())
    letters.tell_all(session, agenda, offered, now=now)
    audit.record(session, actor, "desbloqueou horário", "agenda", found.agenda_id, span, now=now)
    live.touch(session, topics.agenda(found.agenda_id))

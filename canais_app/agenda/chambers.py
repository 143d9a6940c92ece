"""What the gabinete's staff see and do at the desk. Every call checks who asks, and for what."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby
from operator import itemgetter

from sqlmodel import Session, col, select

from canais_app.accounts import audit
from canais_app.accounts.roles import Actor, Permission, require
from canais_app.agenda import (
    cancelling,
    conflicts,
    keepers,
    offering,
    proposing,
    queries,
    quotas,
    taking,
)
from canais_app.agenda.approving import approve, refuse
from canais_app.agenda.availability import Published
from canais_app.agenda.models import (
    MODALITY_NAMES,
    AgendaBlock,
    Appointment,
    Modality,
    Status,
)
from canais_app.kit import clock, live, text
from canais_app.kit.errors import InvalidError, NotFoundError

__all__ = [
    "Desk",
    "DeskAgenda",
    "DeskBlock",
    "DeskDay",
    "DeskItem",
    "agendas_of",
    "approve",
    "block",
    "cancel",
    "desk",
    "desk_of",
    "mark",
    "refuse",
    "suggested",
    "unblock",
]
DESK_DAYS = 8  # today and the week after it
SHOWN = quotas.COUNTED
MARKED = (Status.CONFIRMED, Status.ATTENDED, Status.MISSED)
MOST_BLOCK = timedelta(days=120)


@dataclass(frozen=True)
class DeskAgenda:
    """An agenda that a person works with."""

    id: int
    slug: str
    title: str


@dataclass(frozen=True)
class DeskItem:
    """One person to be received, in ready words. The case number is for the gabinete only."""

    id: int
    time: str
    name: str
    oab: str
    phone: str
    email: str
    case_number: str
    subject: str
    modality: str
    status: str
    status_words: str
    can_mark: bool
    can_cancel: bool
    conflict: str  # why its time is no longer offered; empty: it is


@dataclass(frozen=True)
class DeskDay:
    """A day of the desk."""

    iso: str
    name: str
    today: bool
    people: list[DeskItem]


@dataclass(frozen=True)
class DeskBlock:
    """A span in which nobody is received."""

    id: int
    words: str
    reason: str


@dataclass(frozen=True)
class Desk:
    """Today and the week of an agenda, and what stands in conflict with its rules later on."""

    title: str
    days: list[DeskDay]
    blocks: list[DeskBlock]
    conflicts: list[DeskDay]  # after that week, those whose time is no longer offered


def agendas_of(session: Session, actor: Actor, *, now: datetime) -> list[DeskAgenda]:
    """List the agendas that a person works today: of their units, or in another's place."""
    return [
        DeskAgenda(agenda.id or 0, agenda.slug, agenda.title)
        for agenda in keepers.desks_of(session, actor, now=now)
    ]


def desk(session: Session, actor: Actor, agenda_id: int, *, now: datetime) -> Desk:
    """Return today and the week of one's agenda.

    Raises:
        NotFoundError: it is another unit's.
    """
    check(session, actor, agenda_id, now=now)
    return desk_of(session, agenda_id, now=now)


def check(session: Session, actor: Actor, agenda_id: int, *, now: datetime) -> None:
    """Refuse whoever does not work this agenda today.

    Raises:
        NotFoundError: it is another unit's.
    """
    keepers.require_desk(session, actor, agenda_id, Permission.SEE_AGENDA_DESK, now=now)


def desk_of(session: Session, agenda_id: int, *, now: datetime) -> Desk:
    """Return the same for a live room, whose people `desk` has let in."""
    agenda = queries.by_id(session, agenda_id, now=now)
    first = clock.local_day(now)
    blocks = session.exec(
        select(AgendaBlock)
        .where(col(AgendaBlock.agenda_id) == agenda_id, col(AgendaBlock.ends_at) > now)
        .order_by(col(AgendaBlock.starts_at))
    ).all()
    rows = session.exec(
        select(Appointment)
        .where(
            col(Appointment.agenda_id) == agenda_id,
            col(Appointment.status).in_(SHOWN),
            col(Appointment.starts_at) >= clock.at(first, 0),
        )
        .order_by(col(Appointment.starts_at))
    )
    items = [(clock.local_day(row.starts_at), _item(row, agenda, now)) for row in rows]
    week = [(day, item) for day, item in items if day < first + timedelta(days=DESK_DAYS)]
    return Desk(
        title=agenda.row.title,
        days=_days([(first, None), *week], first),
        blocks=[_block(block) for block in blocks],
        conflicts=_days([one for one in items[len(week) :] if one[1].conflict], first),
    )


def _days(items: Sequence[tuple[date, DeskItem | None]], today: date) -> list[DeskDay]:
    """Return days with their people, earliest first; a day without anybody has no item."""
    return [
        DeskDay(
            day.isoformat(),
            _day_name(day, today=day == today),
            day == today,
            [item for _, item in some if item],
        )
        for day, some in groupby(items, key=itemgetter(0))
    ]


def _day_name(day: date, *, today: bool) -> str:
    words = text.day_words(day)
    return f"Hoje, {words}" if today else words[:1].upper() + words[1:]


def _item(row: Appointment, agenda: Published, now: datetime) -> DeskItem:
    hidden, coming = row.anonymised_at is not None, row.starts_at > now
    span = (row.starts_at, row.ends_at)
    why = conflicts.why(span, row.modality, agenda.versions, agenda.court) if coming else ""
    return DeskItem(
        id=row.id or 0,
        time=f"{text.hour_words(row.starts_at)}–{text.hour_words(row.ends_at)}",
        name=row.name,
        oab=queries.oab_words(row.oab),
        phone=queries.phone_words(row.phone),
        email=row.email,
        case_number=queries.case_words(row.case_number),
        subject=row.subject,
        modality=MODALITY_NAMES[Modality(row.modality)],
        status=row.status,
        status_words=queries.STATUS_WORDS[Status(row.status)],
        can_mark=row.status in MARKED and row.starts_at <= now and not hidden,
        can_cancel=row.status == Status.CONFIRMED and coming,
        conflict=why,
    )


def _block(block: AgendaBlock) -> DeskBlock:
    start, end = clock.local(block.starts_at), clock.local(block.ends_at)
    words = f"{text.date_words(start.date())}, das {text.hour_words(start)} às "
    if end.date() != start.date():
        words += f"{text.date_words(end.date())}, "
    return DeskBlock(block.id or 0, words + text.hour_words(end), block.reason)


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
    live.touch(session, f"agenda:{row.agenda_id}")
    live.touch(session, queries.thread(row))


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
    row = keepers.appointment(session, actor, appointment_id, now=now)
    agenda = taking.locked_by_id(session, row.agenda_id, now=now)
    session.refresh(row)
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
    live.touch(session, f"agenda:{agenda_id}")


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
    offering.offer(session, agenda, opened, freed_at=now, now=now)
    audit.record(session, actor, "desbloqueou horário", "agenda", found.agenda_id, span, now=now)
    live.touch(session, f"agenda:{found.agenda_id}")

"""What the gabinete sees at its desk: today and the week, requests, conflicts, who came."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby
from operator import itemgetter

from sqlmodel import Session, col, select

from canais_app.accounts import audit
from canais_app.accounts.roles import Actor, Permission, require_permission
from canais_app.agenda import access, queries, topics, walk_ins
from canais_app.agenda.availability import limits, rule_values
from canais_app.agenda.availability.service import AgendaContext
from canais_app.agenda.booking import cancellation, offers, storage
from canais_app.agenda.booking.approvals import approve_request, refuse_request
from canais_app.agenda.formatting import format_case_number, format_status
from canais_app.agenda.models import (
    MARKABLE_STATUSES,
    MODALITY_NAMES,
    AgendaBlock,
    Appointment,
    AppointmentStatus,
    Modality,
)
from canais_app.agenda.notifications import appointments
from canais_app.agenda.walk_ins import WalkInView
from canais_app.kit import clock, live, text
from canais_app.kit.contacts import format_oab, format_phone
from canais_app.kit.errors import InvalidError, NotFoundError
from canais_app.outbox import service as outbox

__all__ = [
    "approve_request",
    "cancel_as_chambers",
    "create_block",
    "mark_attendance",
    "refuse_request",
    "remove_block",
    "suggest_alternatives",
]
MAX_BLOCK_LENGTH = timedelta(days=120)


def mark_attendance(
    session: Session, actor: Actor, appointment_id: int, status: str, *, now: datetime
) -> None:
    """Note that the lawyer came, did not, or take the note back (`confirmed`).

    Raises:
        InvalidError: it has not begun, or it is no appointment that stands.
    """
    row = access.load_workable_appointment(session, actor, appointment_id, now=now)
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
    agenda, row = storage.lock_for_staff(session, actor, appointment_id, now=now)
    said = " ".join(reason.split())[:200]
    if not said:
        raise InvalidError("Diga o motivo.", {"reason": "Diga o motivo: ele vai no e-mail."})
    if row.status != AppointmentStatus.CONFIRMED or row.starts_at <= now:
        raise InvalidError("Só se cancela um atendimento que ainda vai acontecer.")
    offered, until = offers.offer_alternatives(session, agenda, row, alternatives, now=now)
    if keep_closed:
        session.add(
            AgendaBlock(
                agenda_id=row.agenda_id, starts_at=row.starts_at, ends_at=row.ends_at, reason=said
            )
        )
    cancellation.cancel_appointment(
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
    row = access.load_workable_appointment(session, actor, appointment_id, now=now)
    agenda = queries.load_by_id(session, row.agenda_id, now=now)
    return offers.find_nearest_slots(session, agenda, row, now=now)


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
    access.require_agenda(session, actor, agenda_id, Permission.EDIT_AGENDA, now=now)
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
    access.require_agenda(session, actor, found.agenda_id, Permission.EDIT_AGENDA, now=now)
    span = {"span": [f"{found.starts_at.isoformat()}/{found.ends_at.isoformat()}", ""]}
    opened = (max(found.starts_at, now), found.ends_at)
    session.delete(found)
    session.flush()
    agenda = storage.lock_by_id(session, found.agenda_id, now=now)
    offered = offers.offer_to_waitlist(session, agenda, opened, freed_at=now, now=now, had=())
    appointments.notify_all(session, agenda, offered, now=now)
    audit.record_entry(
        session, actor, "desbloqueou horário", "agenda", found.agenda_id, span, now=now
    )
    live.emit(session, topics.agenda_topic(found.agenda_id))


DESK_DAYS = 8  # today and the week after it
SHOWN_STATUSES = limits.COUNTED_STATUSES


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
    undelivered: str = ""  # why the last letter to the lawyer did not arrive; empty: nothing known
    can_answer: bool = False  # a request that waits for the gabinete


@dataclass(frozen=True)
class DeskDay:
    """A day of the desk. `attended_by` is the gabinete that stands in on it."""

    iso: str
    name: str
    today: bool
    attended_by: str
    people: list[DeskItem]


@dataclass(frozen=True)
class DeskBlock:
    """A span in which nobody is received."""

    id: int
    words: str
    reason: str


@dataclass(frozen=True)
class DeskView:
    """Today and the week of an agenda, and what stands in conflict with its rules later on."""

    title: str
    stand_ins: list[str]  # who attends in its place, and for whom it attends
    days: list[DeskDay]
    requests: list[DeskDay]  # what waits for an answer, of any day to come
    blocks: list[DeskBlock]
    conflicts: list[DeskDay]  # after that week, those whose time is no longer offered
    line: list[WalkInView]  # who came today without a time


def list_desk_agendas(session: Session, actor: Actor, *, now: datetime) -> list[DeskAgenda]:
    """List the agendas that a person works today: of their units, or in another's place."""
    return [
        DeskAgenda(
            agenda.id or 0,
            agenda.slug,
            f"{agenda.title} (em substituição)" if instead else agenda.title,
        )
        for agenda, instead in access.accessible_agendas(session, actor, now=now)
    ]


def load_desk(session: Session, actor: Actor, agenda_id: int, *, now: datetime) -> DeskView:
    """Return today and the week of one's agenda.

    Raises:
        NotFoundError: it is another unit's.
    """
    require_desk_access(session, actor, agenda_id, now=now)
    return load_desk_by_id(session, agenda_id, now=now)


def require_desk_access(session: Session, actor: Actor, agenda_id: int, *, now: datetime) -> None:
    """Refuse whoever does not work this agenda today.

    Raises:
        NotFoundError: it is another unit's.
    """
    access.require_agenda(session, actor, agenda_id, Permission.SEE_AGENDA_DESK, now=now)


def load_desk_by_id(session: Session, agenda_id: int, *, now: datetime) -> DeskView:
    """Return the same for a live room, whose people `desk` has let in."""
    agenda = queries.load_by_id(session, agenda_id, now=now)
    first = clock.to_local_day(now)
    rows = session.exec(
        select(Appointment)
        .where(
            col(Appointment.agenda_id) == agenda_id,
            col(Appointment.status).in_(SHOWN_STATUSES),
            col(Appointment.starts_at) >= clock.from_wall_clock(first, 0),
        )
        .order_by(col(Appointment.starts_at))
    ).all()
    lost = outbox.find_undelivered(
        session, [topics.appointment_topic(row) for row in rows], "lawyer"
    )
    every = [
        (
            clock.to_local_day(row.starts_at),
            _item(row, agenda, now, lost.get(topics.appointment_topic(row), "")),
        )
        for row in rows
    ]
    items = [one for one in every if not one[1].can_answer]
    week = [(day, item) for day, item in items if day < first + timedelta(days=DESK_DAYS)]
    return DeskView(
        title=agenda.row.title,
        stand_ins=[
            *(one.public_text for one in agenda.substitutes),
            *(
                f"{days.capitalize()} este gabinete atende também a agenda “{title}”."
                for title, days in access.substitutions_by(session, agenda.row.unit_id, since=first)
            ),
        ],
        days=_days([(first, None), *week], first, agenda),
        requests=_days([one for one in every if one[1].can_answer], first, agenda),
        blocks=load_blocks(session, agenda_id, now=now),
        conflicts=_days([one for one in items[len(week) :] if one[1].conflict], first, agenda),
        line=walk_ins.list_walk_ins(session, agenda_id, now=now),
    )


def load_blocks(session: Session, agenda_id: int, *, now: datetime) -> list[DeskBlock]:
    """Return an agenda's blocks of now and later, earliest first."""
    found = session.exec(
        select(AgendaBlock)
        .where(col(AgendaBlock.agenda_id) == agenda_id, col(AgendaBlock.ends_at) > now)
        .order_by(col(AgendaBlock.starts_at))
    )
    return [_block(block) for block in found]


def _days(
    items: Sequence[tuple[date, DeskItem | None]], today: date, agenda: AgendaContext
) -> list[DeskDay]:
    """Return days with their people, earliest first; a day without anybody has no item."""
    return [
        DeskDay(
            day.isoformat(),
            _day_name(day, today=day == today),
            day == today,
            agenda.attended_by(clock.from_wall_clock(day, 12)),
            [item for _, item in some if item],
        )
        for day, some in groupby(items, key=itemgetter(0))
    ]


def _day_name(day: date, *, today: bool) -> str:
    words = text.format_long_date(day)
    return f"Hoje, {words}" if today else words[:1].upper() + words[1:]


def _item(row: Appointment, agenda: AgendaContext, now: datetime, undelivered: str) -> DeskItem:
    hidden, coming = row.anonymised_at is not None, row.starts_at > now
    span = (row.starts_at, row.ends_at)
    why = (
        rule_values.conflict_reason(span, row.modality, agenda.versions, agenda.court)
        if coming
        else ""
    )
    return DeskItem(
        id=row.id or 0,
        time=f"{text.format_hour(row.starts_at)}–{text.format_hour(row.ends_at)}",
        name=row.name,
        oab=format_oab(row.oab),
        phone=format_phone(row.phone),
        email=row.email,
        case_number=format_case_number(row.case_number),
        subject=row.subject,
        modality=MODALITY_NAMES[Modality(row.modality)],
        status=row.status,
        status_words=format_status(row.status),
        can_mark=row.status in MARKABLE_STATUSES and row.starts_at <= now and not hidden,
        can_cancel=row.status == AppointmentStatus.CONFIRMED and coming,
        conflict=why,
        undelivered=undelivered,
        can_answer=row.status == AppointmentStatus.PENDING and coming,
    )


def _block(block: AgendaBlock) -> DeskBlock:
    start, end = clock.to_local(block.starts_at), clock.to_local(block.ends_at)
    words = f"{text.format_date(start.date())}, das {text.format_hour(start)} às "
    if end.date() != start.date():
        words += f"{text.format_date(end.date())}, "
    return DeskBlock(block.id or 0, words + text.format_hour(end), block.reason)

"""What the gabinete sees at its desk: today and the week, requests, conflicts, who came."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby
from operator import itemgetter

from sqlmodel import Session, col, select

from canais_app.accounts.roles import Actor, Permission
from canais_app.agenda import keepers, queries, topics, walk_ins
from canais_app.agenda.models import (
    MARKABLE_STATUSES,
    MODALITY_NAMES,
    AgendaBlock,
    Appointment,
    AppointmentStatus,
    Modality,
)
from canais_app.agenda.times import conflicts, quotas
from canais_app.agenda.times.availability import AgendaContext
from canais_app.agenda.walk_ins import WalkInView
from canais_app.agenda.words import format_case_number, format_status
from canais_app.kit import clock, text
from canais_app.kit.contacts import format_oab, format_phone
from canais_app.outbox import service as outbox

DESK_DAYS = 8  # today and the week after it
SHOWN_STATUSES = quotas.COUNTED_STATUSES


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
        for agenda, instead in keepers.accessible_agendas(session, actor, now=now)
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
    keepers.require_agenda(session, actor, agenda_id, Permission.SEE_AGENDA_DESK, now=now)


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
                for title, days in keepers.substitutions_by(
                    session, agenda.row.unit_id, since=first
                )
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
        conflicts.conflict_reason(span, row.modality, agenda.versions, agenda.court)
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

"""The gabinete's desk: load today and the week, mark attendance, cancel, block periods.

Functions that take an actor and an agenda raise `NotFoundError` when it is another unit's.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import groupby
from operator import itemgetter

from sqlmodel import Session, col, select

from canais_app.accounts import audit
from canais_app.accounts.roles import Actor, Permission
from canais_app.agenda import access, queries, tokens
from canais_app.agenda.availability import limits, rule_values
from canais_app.agenda.availability import service as availability
from canais_app.agenda.availability.service import AgendaContext
from canais_app.agenda.booking import cancellation, offers, storage
from canais_app.agenda.busy import service as busy
from canais_app.agenda.chambers import desk_export, walk_ins
from canais_app.agenda.chambers.desk_week import BookedItem, Week, build_week
from canais_app.agenda.chambers.walk_ins import WalkInView
from canais_app.agenda.formatting import format_full_start, format_needs, format_status
from canais_app.agenda.models import (
    MARKABLE_STATUSES,
    MODALITY_NAMES,
    OUTCOME_NAMES,
    AgendaBlock,
    Appointment,
    AppointmentStatus,
    Modality,
)
from canais_app.agenda.views import BlockView
from canais_app.directory.search.case_number import format_case_number
from canais_app.expediente.calendar import Span
from canais_app.kit import clock, text
from canais_app.kit.contacts import format_oab, format_phone, format_registration
from canais_app.kit.errors import InvalidError
from canais_app.outbox import service as outbox

DESK_DAYS = 8  # today and the week after it
WEEKS_SHOWN = 5  # last week, this one and three more


@dataclass(frozen=True)
class DeskAgenda:
    """An agenda in the desk's agenda chooser."""

    id: int
    slug: str
    title: str


@dataclass(frozen=True)
class DeskItem:
    """An appointment of the desk in ready words. Only the gabinete sees the case number."""

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
    conflict: str  # why the rules no longer offer its time; empty: they do
    undelivered: str = ""  # why the last message to the lawyer failed; empty: no failure known
    can_answer: bool = False  # a pending request
    registration: str = ""
    booked_by: str = ""
    needs: str = ""
    lawyer_says: str = ""  # what the lawyer says of it, beside the gabinete's own mark
    warning: str = ""  # a disputed registration, or a request past its term
    note: str = ""  # the gabinete's own
    kind: str = ""  # of attendance, where the agenda names them
    has_room: bool = False  # by video, confirmed and not over: its links can be set
    video_link: str = ""  # its own; empty: the agenda's
    moderator_link: str = ""  # the gabinete's
    room: str = ""  # the link that the person has


@dataclass(frozen=True)
class DeskDay:
    """A day of the desk. `attended_by` is the substitute gabinete of that day, if any."""

    iso: str
    name: str
    today: bool
    attended_by: str
    people: list[DeskItem]


@dataclass(frozen=True)
class DeskView:
    """An agenda's desk: the coming days, pending requests, blocks, conflicts and walk-ins."""

    title: str
    stand_ins: list[str]  # its substitutes, and the agendas it substitutes
    days: list[DeskDay]
    requests: list[DeskDay]  # pending requests of all coming days
    blocks: list[BlockView]
    conflicts: list[DeskDay]  # after `days`: appointments that the rules no longer offer
    line: list[WalkInView]  # today's walk-ins
    calendar_warning: str = ""  # why busy times of the gabinete's calendar may be out of date
    free_warning: str = ""  # there are no free times in the coming days
    weeks: list[Week] = field(default_factory=list[Week])  # last week, this one and the next ones
    upcoming: str = ""  # who is there or comes next today


def list_desk_agendas(session: Session, actor: Actor, *, now: datetime) -> list[DeskAgenda]:
    """List the agendas that the actor may work with today, as owner or substitute."""
    return [
        DeskAgenda(
            agenda.id or 0,
            agenda.slug,
            f"{agenda.title} (em substituição)" if instead else agenda.title,
        )
        for agenda, instead in access.accessible_agendas(session, actor, now=now)
    ]


def load_desk(session: Session, actor: Actor, agenda_id: int, *, now: datetime) -> DeskView:
    """Return an agenda's desk."""
    require_desk_access(session, actor, agenda_id, now=now)
    return load_desk_by_id(session, agenda_id, now=now)


def require_desk_access(session: Session, actor: Actor, agenda_id: int, *, now: datetime) -> None:
    """Check that the actor may see this agenda's desk today."""
    access.require_agenda(session, actor, agenda_id, Permission.SEE_AGENDA_DESK, now=now)


def load_desk_by_id(session: Session, agenda_id: int, *, now: datetime) -> DeskView:
    """Return a desk without an access check, for live views whose subscribers were checked."""
    agenda = queries.load_by_id(session, agenda_id, now=now)
    first = clock.to_local_day(now)
    rows = session.exec(
        select(Appointment)
        .where(
            col(Appointment.agenda_id) == agenda_id,
            col(Appointment.status).in_(limits.COUNTED_STATUSES),
            col(Appointment.starts_at) >= clock.from_wall_clock(first, 0),
        )
        .order_by(col(Appointment.starts_at))
    ).all()
    threads = [tokens.appointment_topic(row) for row in rows]
    undelivered = outbox.find_undelivered(session, threads, "lawyer")
    seated = [
        (row.starts_at, row.ends_at) for row in rows if row.status != AppointmentStatus.PENDING
    ]
    crowded = rule_values.overbooked_reasons(seated, agenda.versions)
    every = [
        (
            clock.to_local_day(row.starts_at),
            _item(row, agenda, now, undelivered.get(thread, ""), crowded),
        )
        for row, thread in zip(rows, threads, strict=True)
    ]
    requests = [(day, item) for day, item in every if item.can_answer]
    items = [(day, item) for day, item in every if not item.can_answer]
    week = [(day, item) for day, item in items if day < first + timedelta(days=DESK_DAYS)]
    conflicts = [(day, item) for day, item in items[len(week) :] if item.conflict]
    return DeskView(
        title=agenda.row.title,
        stand_ins=[
            *(substitute.public_text for substitute in agenda.substitutes),
            *(
                f"{days.capitalize()} este gabinete atende também a agenda “{title}”."
                for title, days in access.substitutions_by(session, agenda.row.unit_id, since=first)
            ),
        ],
        days=_days([(first, None), *week], first, agenda),
        requests=_days(requests, first, agenda),
        blocks=queries.load_blocks(session, agenda_id, now=now),
        conflicts=_days(conflicts, first, agenda),
        line=walk_ins.list_walk_ins(session, agenda_id, now=now),
        calendar_warning=busy.load_warning(session, agenda_id, now=now),
        free_warning=desk_export.warn_of_few_times(session, agenda, now=now),
        weeks=_load_weeks(session, agenda, crowded, now=now),
        upcoming=_upcoming(rows, now),
    )


def _load_weeks(
    session: Session, agenda: AgendaContext, crowded: Mapping[Span, str], *, now: datetime
) -> list[Week]:
    """Return the grids from last week on; what has begun has no conflict any more."""
    today = clock.to_local_day(now)
    monday = today - timedelta(days=today.weekday() + 7)
    days = [monday + timedelta(days=number) for number in range(7 * WEEKS_SHOWN)]
    asked = select(Appointment).where(
        col(Appointment.agenda_id) == agenda.id,
        col(Appointment.status).in_(MARKABLE_STATUSES),
        col(Appointment.starts_at) >= clock.from_wall_clock(days[0], 0),
        col(Appointment.starts_at) < clock.from_wall_clock(days[-1] + timedelta(days=1), 0),
    )
    booked = [
        BookedItem(row, _conflict(row, agenda, crowded) if row.starts_at > now else "")
        for row in session.exec(asked)
    ]
    plans = availability.plan_days(
        session, agenda, [day for day in days if day >= today], now=now, notice=False
    )
    by_day = {plan.day: plan for plan in plans}
    mondays = [monday + timedelta(weeks=number) for number in range(WEEKS_SHOWN)]
    return [build_week(agenda, one, by_day, booked, now=now) for one in mondays]


def _upcoming(rows: Sequence[Appointment], now: datetime) -> str:
    """Return who is being received now, or comes next today, and where."""
    ahead = [
        row
        for row in rows
        if row.status == AppointmentStatus.CONFIRMED
        and row.ends_at > now
        and clock.to_local_day(row.starts_at) == clock.to_local_day(now)
    ]
    if not ahead:
        return ""
    row, hour = ahead[0], text.format_hour(ahead[0].starts_at)
    doing = {Modality.VIDEO: "abrir a sala de vídeo", Modality.PHONE: "telefonar"}
    what = doing.get(Modality(row.modality), "receber no gabinete")
    return f"{'Agora' if row.starts_at <= now else 'Próximo'}, às {hour}: {what} · {row.name}"


def _conflict(row: Appointment, agenda: AgendaContext, crowded: Mapping[Span, str]) -> str:
    """Return why the rules no longer offer an appointment's time; empty: they do."""
    span = (row.starts_at, row.ends_at)
    conflict = rule_values.conflict_reason(span, row.modality, agenda.versions, agenda.court)
    if not conflict and row.status != AppointmentStatus.PENDING:
        conflict = crowded.get(span, "")
    return conflict


def _days(
    items: Sequence[tuple[date, DeskItem | None]], today: date, agenda: AgendaContext
) -> list[DeskDay]:
    """Group items by day; an item of None makes an empty day."""
    return [
        DeskDay(
            day.isoformat(),
            _day_name(day, today=day == today),
            day == today,
            agenda.attended_by(clock.from_wall_clock(day, 12)),
            [item for _, item in group if item],
        )
        for day, group in groupby(items, key=itemgetter(0))
    ]


def _day_name(day: date, *, today: bool) -> str:
    words = text.format_long_date(day)
    return f"Hoje, {words}" if today else words[:1].upper() + words[1:]


def _item(
    row: Appointment,
    agenda: AgendaContext,
    now: datetime,
    undelivered: str,
    crowded: Mapping[Span, str],
) -> DeskItem:
    hidden, coming = row.anonymised_at is not None, row.starts_at > now
    conflict = _conflict(row, agenda, crowded)
    said = OUTCOME_NAMES.get(row.lawyer_outcome, "")
    has_room = (
        row.status == AppointmentStatus.CONFIRMED
        and row.modality == Modality.VIDEO
        and row.ends_at > now
    )
    terms = agenda.terms_at(row.starts_at)
    room = row.video_link or terms.video_url(row.modality, row.code)
    return DeskItem(
        id=row.id or 0,
        time=f"{text.format_hour(row.starts_at)}–{text.format_hour(row.ends_at)}",
        name=row.name,
        oab=format_oab(row.oab),
        registration=format_registration(row.oab, row.institution),
        booked_by=row.booked_by_name,
        needs=format_needs(row),
        lawyer_says=f"Quem marcou diz: {said}" if said else "",
        warning=_warning(row, now),
        phone=format_phone(row.phone),
        email=row.email,
        case_number=row.case_number and format_case_number(row.case_number),
        subject=row.subject,
        modality=MODALITY_NAMES[Modality(row.modality)],
        status=row.status,
        status_words=format_status(row.status),
        can_mark=row.status in MARKABLE_STATUSES and row.starts_at <= now and not hidden,
        can_cancel=row.status == AppointmentStatus.CONFIRMED and coming,
        conflict=conflict if coming else "",
        undelivered=undelivered,
        can_answer=row.status == AppointmentStatus.PENDING and coming,
        note=row.desk_note,
        has_room=has_room,
        video_link=row.video_link,
        moderator_link=row.moderator_link,
        room=room if has_room else "",
        kind="" if row.attendance_kind == rule_values.DEFAULT_KIND.name else row.attendance_kind,
    )


def _warning(row: Appointment, now: datetime) -> str:
    if row.status == AppointmentStatus.PENDING and row.answer_due_at:
        late = row.answer_due_at <= now
        return f"{'Prazo vencido em' if late else 'Responder até'} " + format_full_start(
            row.answer_due_at
        )
    return "Inscrição contestada: confira com quem marcou" if row.disputed_at else ""


def load_desk_item(
    session: Session, actor: Actor, appointment_id: int, *, now: datetime
) -> DeskItem:
    """Return one appointment of the actor's agendas, as the desk shows it."""
    row = access.load_workable_appointment(session, actor, appointment_id, now=now)
    agenda = queries.load_by_id(session, row.agenda_id, now=now)
    thread = tokens.appointment_topic(row)
    undelivered = outbox.find_undelivered(session, [thread], "lawyer").get(thread, "")
    return _item(row, agenda, now, undelivered, {})


def mark_attendance(
    session: Session, actor: Actor, appointment_id: int, status: str, *, now: datetime
) -> None:
    """Mark an appointment as attended or missed, or reset it to `confirmed`.

    Raises:
        InvalidError: the appointment has not begun, or its status cannot be marked.
    """
    row = access.load_workable_appointment(session, actor, appointment_id, now=now)
    if status not in MARKABLE_STATUSES or row.status not in MARKABLE_STATUSES:
        raise InvalidError("Este atendimento não pode ser marcado assim.")
    if row.starts_at > now:
        raise InvalidError("O atendimento ainda não começou.")
    before, row.status = row.status, status
    session.add(row)
    changes = {"status": [before, status]}
    audit.record_entry(
        session, actor, "marcou atendimento", "appointment", row.id, changes, now=now
    )
    storage.emit_changes(session, row.agenda_id, row)


def cancel_as_chambers(  # noqa: PLR0913 (a cancellation has that many parts)
    session: Session,
    actor: Actor,
    appointment_id: int,
    reason: str,
    *,
    now: datetime,
    keep_closed: bool = True,
    alternatives: Sequence[datetime] | None = None,
) -> None:
    """Cancel for the gabinete, with a reason for the lawyer and up to three other times.

    The alternatives are held for the lawyer for 48 hours; None offers the nearest free slots.
    `keep_closed` blocks the cancelled time, or its seat where others may have the same time.

    Raises:
        InvalidError: the reason is empty, the appointment is over, or there are too many times.
        SlotTakenError: an alternative is already booked.
        SlotNotOfferedError: the agenda does not offer an alternative.
    """
    agenda, row = storage.lock_for_staff(session, actor, appointment_id, now=now)
    reason = " ".join(reason.split())[:200]
    if not reason:
        raise InvalidError("Diga o motivo.", {"reason": "Diga o motivo: ele vai no e-mail."})
    if row.status != AppointmentStatus.CONFIRMED or row.starts_at <= now:
        raise InvalidError("Só se cancela um atendimento que ainda vai acontecer.")
    offered, until = offers.offer_alternatives(session, agenda, row, alternatives, now=now)
    closes_seat = keep_closed and agenda.terms_at(row.starts_at).capacity > 1
    if keep_closed and not closes_seat:
        session.add(
            AgendaBlock(
                agenda_id=row.agenda_id, starts_at=row.starts_at, ends_at=row.ends_at, reason=reason
            )
        )
    cancellation.cancel_appointment(
        session,
        queries.load_by_id(session, row.agenda_id, now=now),
        row,
        by="chambers",
        now=now,
        reason=reason,
        alternatives=offered,
        until=until,
        closes_seat=closes_seat,
    )
    changes = {
        "status": [AppointmentStatus.CONFIRMED, AppointmentStatus.CANCELLED],
        "reason": ["", reason],
    }
    audit.record_entry(
        session, actor, "cancelou atendimento", "appointment", row.id, changes, now=now
    )


def suggest_alternatives(
    session: Session, actor: Actor, appointment_id: int, *, now: datetime
) -> list[datetime]:
    """Return up to three free slots to offer instead of an appointment, nearest first."""
    row = access.load_workable_appointment(session, actor, appointment_id, now=now)
    agenda = queries.load_by_id(session, row.agenda_id, now=now)
    return offers.find_nearest_slots(session, agenda, row, now=now)

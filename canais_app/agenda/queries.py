"""Load agendas with their rules, through a cache; list their free slots, and all by next free."""

from collections.abc import Collection, Sequence
from datetime import date, datetime, timedelta
from itertools import islice
from typing import Any, TypeVar

from sqlalchemy import ColumnElement
from sqlmodel import Session, SQLModel, col, select
from sqlmodel.sql.expression import SelectOfScalar

from canais_app import routes
from canais_app.agenda import statistics
from canais_app.agenda.availability import service as availability
from canais_app.agenda.availability.rule_values import AttendanceKind, Terms
from canais_app.agenda.availability.service import AgendaContext
from canais_app.agenda.availability.slots import is_supported_year
from canais_app.agenda.errors import AgendaNotFoundError
from canais_app.agenda.formatting import format_relative_start, format_unit_hours
from canais_app.agenda.models import Agenda, AgendaBlock, Appointment
from canais_app.agenda.statistics import AgendaStatistics, AppointmentCounts
from canais_app.agenda.views import AgendaCard, AgendaView, AttendanceKindView, BlockView, OpenSlot
from canais_app.directory.models import Comarca, Unit
from canais_app.kit import cache_version, clock, db, text
from canais_app.kit.errors import InvalidError

M = TypeVar("M", bound=SQLModel)

MAX_DAYS = 366

_PUBLISHED = (
    select(Agenda.id)
    .join(Unit, col(Unit.id) == col(Agenda.unit_id))
    .where(col(Agenda.published), col(Unit.active))
)
# Contexts by agenda id, until an agenda, a unit or the court's calendar changes.
_contexts = cache_version.VersionedCache[int, AgendaContext]()


def load_published(
    session: Session, slug: str, *, now: datetime, locked: bool = False
) -> AgendaContext:
    """Return a published agenda with its rules; `locked`: until the transaction ends.

    Raises:
        AgendaNotFoundError: there is none of that name, or it is not published.
    """
    asked = _PUBLISHED.where(col(Agenda.slug) == slug)
    return _load_one(session, asked, now=now, locked=locked)


def load_by_id(
    session: Session, agenda_id: int, *, now: datetime, locked: bool = False
) -> AgendaContext:
    """Return an agenda with its rules, published or not.

    Raises:
        AgendaNotFoundError: there is none.
    """
    asked = select(Agenda.id).where(col(Agenda.id) == agenda_id)
    return _load_one(session, asked, now=now, locked=locked)


def lock_appointment(
    session: Session, condition: ColumnElement[bool], *, now: datetime
) -> tuple[AgendaContext, Appointment] | None:
    """Return the one appointment that meets a condition and its agenda, both locked."""
    # PostgreSQL locks the agenda first, then the appointment, as every writer does; what the
    # session read before it waited is read again.
    asked = (
        select(Appointment)
        .select_from(Agenda)
        .join(Appointment, col(Appointment.agenda_id) == col(Agenda.id))
        .where(condition)
        .execution_options(populate_existing=True)
        .with_for_update(key_share=True, of=(Agenda, Appointment))
    )
    db.limit_lock_wait(session)
    row = session.exec(asked).first()
    return (_load_cached(session, [row.agenda_id], now=now)[0], row) if row else None


def _load_one(
    session: Session, asked: SelectOfScalar[Any], *, now: datetime, locked: bool
) -> AgendaContext:
    if locked:
        db.limit_lock_wait(session)
        asked = asked.with_for_update(key_share=True, of=Agenda)
    agenda_id = session.exec(asked).first()
    if agenda_id is None:
        raise AgendaNotFoundError
    return _load_cached(session, [agenda_id], now=now)[0]


def _ids(session: Session, asked: SelectOfScalar[Any]) -> list[int]:
    return [found for found in session.exec(asked) if found is not None]


def _load_cached(session: Session, ids: Collection[int], *, now: datetime) -> list[AgendaContext]:
    """Return agendas in the order of `ids`, from the cache where it is current."""
    tokens = cache_version.read_tokens(session, *availability.VERSIONS)
    known = _contexts.get(session, *tokens, clock.to_local_day(now))
    if missing := [agenda_id for agenda_id in ids if agenda_id not in known]:
        asked = (
            select(Agenda, Unit, Comarca)
            .join(Unit, col(Unit.id) == col(Agenda.unit_id))
            .join(Comarca, col(Comarca.id) == col(Unit.comarca_id), isouter=True)
            .where(col(Agenda.id).in_(missing))
        )
        # Copies, because a session may change or expire its own rows.
        copies = [
            (_copy(agenda), _copy(unit), _copy(comarca) if comarca else None)
            for agenda, unit, comarca in session.exec(asked)
        ]
        loaded = availability.load_contexts(session, copies, tokens, now=now)
        known |= {agenda.id: agenda for agenda in loaded}
    return [known[agenda_id] for agenda_id in ids if agenda_id in known]


def _copy(row: M) -> M:
    return type(row)(**row.model_dump())


def load_by_ids(
    session: Session, agenda_ids: Collection[int], *, now: datetime
) -> dict[int, AgendaContext]:
    """Return several agendas by id, in as many queries as one needs."""
    return {agenda.id: agenda for agenda in _load_cached(session, agenda_ids, now=now)}


def load_agenda_view(session: Session, slug: str, *, now: datetime) -> AgendaView:
    """Return what the page of a published agenda shows of it.

    Raises:
        AgendaNotFoundError: there is none of that name, or it is not published.
    """
    agenda = load_published(session, slug, now=now)
    terms = agenda.terms_at(now)
    return AgendaView(
        **_heading(agenda, now),
        slot_minutes=terms.slot_minutes,
        place=terms.place,
        hours=format_unit_hours(agenda.unit),
        last_day=agenda.last_day(now).isoformat(),
        confirm_minutes=terms.confirm_minutes,
    )


def _heading(agenda: AgendaContext, moment: datetime) -> dict[str, Any]:
    """Return the fields of `AgendaHeading`, under the terms of a moment."""
    terms = agenda.terms_at(moment)
    recipients = ["lawyer", "chambers", "registry"]
    if terms.confirms_by_email:
        recipients = recipients[:1]
    elif terms.needs_approval:
        recipients = recipients[:2]
    return {
        "id": agenda.id,
        "slug": agenda.row.slug,
        "title": agenda.row.title,
        "unit": agenda.unit.name,
        "unit_slug": agenda.unit.slug,
        "comarca": agenda.comarca,
        "modalities": list(terms.modalities),
        "needs_approval": terms.needs_approval,
        "confirms_by_email": terms.confirms_by_email,
        "cancel_notice": terms.cancel_notice,
        "recipients": recipients,
        "answer_hours": terms.answer_hours,
        "accepts_parties": terms.accepts_parties,
        "kinds": [_kind_view(terms, kind) for kind in terms.attendance_kinds],
    }


def _kind_view(terms: Terms, kind: AttendanceKind) -> AttendanceKindView:
    return AttendanceKindView(
        name=kind.name,
        minutes=terms.minutes_of(kind.name),
        modalities=list(terms.modalities_of(kind.name)),
        instructions=kind.instructions,
        needs_approval=terms.needs_approval or kind.needs_approval,
        needs_case_number=kind.needs_case_number,
    )


def list_open_slots(  # noqa: PLR0913 (a range and a filter)
    session: Session,
    slug: str,
    first: date,
    last: date,
    *,
    now: datetime,
    modality: str = "",
    kind: str = "",
    since: datetime | None = None,
    limit: int | None = None,
) -> list[OpenSlot]:
    """Return the bookable slots from `first` to `last`, both included, of a kind of attendance.

    None before `since`, and at most `limit`: no day after that is planned.

    Raises:
        InvalidError: the range is longer than a year or ends before it begins.
    """
    agenda = load_published(session, slug, now=now)
    require_supported_days(first, last)
    if last < first:
        raise InvalidError.at("to", "O fim vem antes do começo.")
    if (last - first).days > MAX_DAYS:
        raise InvalidError.at("to", "Peça no máximo um ano.")
    days = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    taken = availability.load_taken(session, [agenda.id], first, last, now=now)[agenda.id]
    free = (
        slot
        for plan in availability.plan_with_taken(agenda, days, taken, now=now, kind=kind)
        for slot in plan.slots
        if slot.is_free and (since is None or slot.start >= since)
    )
    offered = ((slot, list(agenda.terms_at(slot.start).modalities_of(kind))) for slot in free)
    wanted = (pair for pair in offered if not modality or modality in pair[1])
    return [
        OpenSlot(
            clock.to_rfc3339(slot.start),
            clock.to_rfc3339(slot.end),
            modality or next(iter(modalities), ""),
            modalities,
            len(slot.seats),
        )
        for slot, modalities in islice(wanted, limit)
    ]


def require_supported_days(*days: date) -> None:
    """Refuse days whose year is not supported.

    Raises:
        InvalidError: with the sentence for the field.
    """
    if not all(is_supported_year(day) for day in days):
        raise InvalidError("Escolha dias deste século.", {"from": "Escolha um dia deste século."})


def list_agenda_paths(session: Session) -> list[str]:
    """Return the paths of the published agendas, sorted."""
    asked = select(Agenda.slug).where(col(Agenda.published))
    return sorted(routes.agenda(slug) for slug in session.exec(asked))


def list_agendas(session: Session, *, now: datetime) -> list[AgendaCard]:
    """Return the published agendas, by their next free slot."""
    every = _load_cached(session, _ids(session, _PUBLISHED), now=now)
    free = _find_first_free(session, every, now=now)
    counts = statistics.load_counts(session, [agenda.id for agenda in every])
    cards = [_card(agenda, free.get(agenda.id), counts[agenda.id], now=now) for agenda in every]
    return sorted(cards, key=lambda card: (card.next_free or "9", text.strip_accents(card.title)))


def _card(
    agenda: AgendaContext, start: datetime | None, counts: AppointmentCounts, *, now: datetime
) -> AgendaCard:
    return AgendaCard(
        **_heading(agenda, start or now),
        next_free=clock.to_rfc3339(start) if start else "",
        next_free_words=format_relative_start(start, now) if start else "",
        figures=statistics.compute_statistics(counts, start, now=now),
    )


def load_unit_statistics(session: Session, unit_slug: str, *, now: datetime) -> AgendaStatistics:
    """Return the statistics of the published agendas of a unit and its subtree, together."""
    path = select(Unit.path).where(col(Unit.slug) == unit_slug).scalar_subquery()
    asked = (
        select(Agenda.id)
        .join(Unit, col(Unit.id) == col(Agenda.unit_id))
        .where(col(Agenda.published), col(Unit.active), col(Unit.path).startswith(path))
    )
    ids = _ids(session, asked)
    if not ids:
        return AgendaStatistics()
    counts = statistics.sum_counts(statistics.load_counts(session, ids).values())
    free = find_next_free(session, ids, now=now)
    return statistics.compute_statistics(counts, min(free.values(), default=None), now=now)


def _find_first_free(
    session: Session, every: Sequence[AgendaContext], *, now: datetime
) -> dict[int, datetime]:
    """Return the first free start of each agenda that has one, in one query."""
    today = clock.to_local_day(now)
    lasts = {agenda.id: agenda.last_day(now) for agenda in every}
    last = max(lasts.values(), default=today)
    taken = availability.load_taken(session, list(lasts), today, last, now=now)
    found: dict[int, datetime] = {}
    for agenda in every:
        its_days = (today + timedelta(days=n) for n in range((lasts[agenda.id] - today).days + 1))
        plans = availability.plan_with_taken(agenda, its_days, taken[agenda.id], now=now)
        if plan := next((plan for plan in plans if plan.free), None):
            found[agenda.id] = availability.list_free_slots([plan])[0].start
    return found


def find_next_free(
    session: Session, agenda_ids: Sequence[int] = (), *, now: datetime, unit_ids: Sequence[int] = ()
) -> dict[int, datetime]:
    """Return the next free start by agenda id, or by unit id if `unit_ids` are given."""
    among = col(Agenda.unit_id).in_(unit_ids) if unit_ids else col(Agenda.id).in_(agenda_ids)
    every = _load_cached(session, _ids(session, _PUBLISHED.where(among)), now=now)
    free = _find_first_free(session, every, now=now)
    found: dict[int, datetime] = {}
    for agenda in every:
        if start := free.get(agenda.id):
            key = agenda.row.unit_id if unit_ids else agenda.id
            found[key] = min(start, found.get(key, start))
    return found


def load_blocks(session: Session, agenda_id: int, *, now: datetime) -> list[BlockView]:
    """Return an agenda's current and future blocks, earliest first; one of each series."""
    found = session.exec(
        select(AgendaBlock)
        .where(col(AgendaBlock.agenda_id) == agenda_id, col(AgendaBlock.ends_at) > now)
        .order_by(col(AgendaBlock.starts_at))
    )
    together: dict[str | int | None, list[AgendaBlock]] = {}
    for block in found:
        together.setdefault(block.series or block.id, []).append(block)
    return [_block_view(*series) for series in together.values()]


def _block_view(block: AgendaBlock, *others: AgendaBlock) -> BlockView:
    start, end = clock.to_local(block.starts_at), clock.to_local(block.ends_at)
    words = f"{text.format_date(start.date())}, das {text.format_hour(start)} às "
    if end.date() != start.date():
        words += f"{text.format_date(end.date())}, "
    words += text.format_hour(end)
    if others:
        last = text.format_date(clock.to_local_day(others[-1].starts_at))
        words += f", e nas semanas seguintes até {last}"
    return BlockView(block.id or 0, words, block.reason)

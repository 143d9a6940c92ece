"""List complaints at the desk: a saved view, filters, search, one page at a time.

A page is read by keyset from a composite index. Such an index begins with equal values (status,
owner, unit), so a view of several statuses is a union of branches, each of them limited: a page
costs the same at any depth and for any number of complaints.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated, Any, Literal

from pydantic import StringConstraints
from sqlalchemy import ColumnElement, CompoundSelect, func, literal_column, tuple_, union_all
from sqlalchemy import select as select_columns
from sqlmodel import Session, col, select

from canais_app.accounts.models import Staff
from canais_app.accounts.roles import Actor, Permission, require_permission
from canais_app.complaints import search
from canais_app.complaints.lifecycle import OPEN_STATUSES, PENDING_STATUSES, ComplaintStatus
from canais_app.complaints.models import Complaint
from canais_app.complaints.statistics import counts
from canais_app.complaints.statistics.filters import QueueFilter
from canais_app.complaints.triage.listing_rows import list_row
from canais_app.complaints.views import QueueRow
from canais_app.directory.models import Comarca, Unit
from canais_app.kit import clock
from canais_app.kit.paging import (
    Page,
    clamp_page_size,
    decode_cursor,
    encode_cursor,
    invalid_cursor,
)
from canais_app.kit.text import format_number, strip_accents

Conditions = list[ColumnElement[bool]]
MAX_COUNT = 10_000  # counts stop here, shown as “10.000+”
MAX_BRANCHES = 120
MAX_FOUND_UNITS = 40
ALL_STATUSES = tuple(ComplaintStatus)
ViewCode = Literal[
    "",
    "abertas",
    "hoje",
    "vencidas",
    "livres",
    "comigo",
    "unidade",
    "unidade-respondeu",
    "nova",
    "respondidas",
    "aguardando",
]
SortCode = Literal["", "prazo", "-prazo", "recentes", "antigas"]


class ListFilter(QueueFilter):
    """The filter of the desk's list, as its address names it.

    `view` is a saved view (empty: all complaints), `q` words or a protocol, `dono` the owner:
    `eu`, `ninguem` or a person's number. Without `sort` views are by deadline, the rest by time.
    """

    view: ViewCode = ""
    q: Annotated[str, StringConstraints(strip_whitespace=True, max_length=120)] = ""
    sort: SortCode = ""
    dono: Annotated[str, StringConstraints(pattern=r"^(eu|ninguem|\d{1,9})?$")] = ""

    @property
    def order(self) -> str:
        """Return the sort order in force."""
        return self.sort or ("prazo" if self.view else "recentes")


@dataclass(frozen=True)
class SavedQueue:
    """A view that every desk has: its statuses, and what else its complaints satisfy."""

    code: str
    name: str
    statuses: tuple[ComplaintStatus, ...]
    conditions: Callable[[Actor, datetime], Conditions] = lambda _actor, _now: []
    tone: str = ""  # of its count


def _is_running() -> ColumnElement[bool]:
    return col(Complaint.waiting_since).is_(None)


def _due_today(_actor: Actor, now: datetime) -> Conditions:
    start = clock.from_wall_clock(clock.to_local_day(now), 0)
    due = col(Complaint.due_at)
    return [due >= start, due < start + timedelta(days=1), _is_running()]


# `is_unread` and NULLs are written as the partial indexes have them (complaints/models.py).
QUEUES = (
    SavedQueue("hoje", "Vencem hoje", PENDING_STATUSES, _due_today, "due"),
    SavedQueue(
        "vencidas",
        "Vencidas",
        PENDING_STATUSES,
        lambda _actor, now: [col(Complaint.due_at) < now, _is_running()],
        "hot",
    ),
    SavedQueue(
        "livres",
        "Sem responsável",
        PENDING_STATUSES,
        lambda _actor, _now: [col(Complaint.owner_id).is_(None)],
    ),
    SavedQueue(
        "comigo",
        "Comigo",
        PENDING_STATUSES,
        lambda actor, _now: [col(Complaint.owner_id) == (actor.staff_id or 0)],
    ),
    SavedQueue(
        "unidade",
        "Na unidade",
        (ComplaintStatus.FORWARDED,),
        lambda _actor, _now: [col(Complaint.unit_answered_at).is_(None)],
    ),
    SavedQueue(
        "unidade-respondeu",
        "Unidade respondeu",
        (ComplaintStatus.FORWARDED,),
        lambda _actor, _now: [col(Complaint.unit_answered_at).is_not(None)],
        "due",
    ),
    SavedQueue(
        "nova",
        "Resposta nova de quem relatou",
        (),
        lambda _actor, _now: [literal_column("complaint.is_unread")],
        "due",
    ),
    SavedQueue("respondidas", "Respondidas", (ComplaintStatus.ANSWERED,)),
    SavedQueue(
        "aguardando",
        "Aguardando quem relatou",
        (),
        lambda _actor, _now: [col(Complaint.waiting_since).is_not(None)],
    ),
    SavedQueue("abertas", "Todas abertas", OPEN_STATUSES),
)
_QUEUES = {queue.code: queue for queue in QUEUES}
_EVERYTHING = SavedQueue("", "Todas", ())


def load_queue_page(  # noqa: PLR0913 (a page has that many parts)
    session: Session,
    actor: Actor,
    filters: QueueFilter,
    *,
    now: datetime,
    cursor: str = "",
    limit: int = 50,
) -> Page[QueueRow]:
    """Return a page of the filtered complaints in the filter's order.

    Raises:
        InvalidError: unknown unit or comarca, or an invalid cursor.
    """
    require_permission(actor, Permission.TRIAGE_COMPLAINTS)
    wanted = _as_list_filter(filters)
    limit = clamp_page_size(limit)
    keys = _page_keys(session, actor, wanted, now, _decode(cursor), limit + 1)
    more = encode_cursor(keys[limit - 1][1].isoformat(), keys[limit - 1][0]) if keys[limit:] else ""
    return Page(load_rows(session, actor, [key[0] for key in keys[:limit]], now=now), more)


def load_rows(
    session: Session, actor: Actor, ids: Sequence[int], *, now: datetime
) -> list[QueueRow]:
    """Return complaints as rows of the list, in the order of `ids`."""
    require_permission(actor, Permission.TRIAGE_COMPLAINTS)
    query = (
        select(Complaint, Unit, Comarca, Staff.name)
        .join(Unit, col(Unit.id) == col(Complaint.unit_id))
        .join(Comarca, col(Comarca.id) == col(Unit.comarca_id), isouter=True)
        .join(Staff, col(Staff.id) == col(Complaint.owner_id), isouter=True)
        .where(col(Complaint.id).in_(ids))
    )
    found = {
        row.id: list_row(row, unit, comarca, owner or "", now=now)
        for row, unit, comarca, owner in session.exec(query)
    }
    return [found[id_] for id_ in ids if id_ in found]


def count_queue(
    session: Session, actor: Actor, filters: QueueFilter, *, now: datetime, after_id: int = 0
) -> int:
    """Count the filtered complaints, at most `MAX_COUNT` in each branch.

    `after_id` counts only those that were filed after a complaint.

    Raises:
        InvalidError: unknown unit or comarca.
    """
    require_permission(actor, Permission.TRIAGE_COMPLAINTS)
    wanted = _as_list_filter(filters)
    extra = [col(Complaint.id) > after_id] if after_id else []
    return _count(session, [(wanted.view, _branches(session, actor, wanted, now))], extra).get(
        wanted.view, 0
    )


def count_views(
    session: Session, actor: Actor, filters: QueueFilter, *, now: datetime
) -> dict[str, int]:
    """Count each saved view within the scope of the filters (without search and owner).

    Raises:
        InvalidError: unknown unit or comarca.
    """
    require_permission(actor, Permission.TRIAGE_COMPLAINTS)
    scope = _as_list_filter(filters).model_copy(update={"q": "", "situacao": "", "dono": ""})
    parts = [
        (queue.code, _branches(session, actor, scope.model_copy(update={"view": queue.code}), now))
        for queue in QUEUES
    ]
    return {queue.code: 0 for queue in QUEUES} | _count(session, parts, [])


def load_newest_id(session: Session) -> int:
    """Return the id of the complaint that was filed last."""
    return session.scalar(select(func.max(col(Complaint.id)))) or 0


def load_filter_names(session: Session, filters: QueueFilter) -> dict[str, str]:
    """Return the names of the filters' unit and comarca."""
    unit = session.exec(select(Unit.name).where(col(Unit.slug) == filters.unidade)).first()
    comarca = session.exec(select(Comarca.name).where(col(Comarca.slug) == filters.comarca)).first()
    return {"unidade": unit or "", "comarca": comarca or ""}


def format_count(count: int) -> str:
    """Return a count as it is shown, with a plus sign where counting stopped."""
    return format_number(MAX_COUNT) + "+" if count >= MAX_COUNT else format_number(count)


def _as_list_filter(filters: QueueFilter) -> ListFilter:
    if isinstance(filters, ListFilter):
        return filters
    return ListFilter.model_validate(filters.model_dump())


def _page_keys(  # noqa: PLR0913, PLR0917 (a page has that many parts)
    session: Session,
    actor: Actor,
    wanted: ListFilter,
    now: datetime,
    position: tuple[datetime, int] | None,
    limit: int,
) -> list[tuple[int, datetime]]:
    """Return the ids of a page with the value they are sorted by."""
    column = col(Complaint.due_at if "prazo" in wanted.order else Complaint.occurred_at)
    descends = wanted.order in ("-prazo", "recentes")
    order = (column.desc(), col(Complaint.id).desc()) if descends else (column, col(Complaint.id))
    after: Conditions = []
    if position is not None:
        here = tuple_(column, col(Complaint.id))
        after = [here < tuple_(*position) if descends else here > tuple_(*position)]
    parts = [
        select_columns(col(Complaint.id).label("id"), column.label("at"))
        .where(*conditions, *after)
        .order_by(*order)
        .limit(limit)
        .subquery()
        for conditions in _branches(session, actor, wanted, now)
    ]
    if not parts:
        return []
    merged = _union(parts)
    end = (merged.c.at.desc(), merged.c.id.desc()) if descends else (merged.c.at, merged.c.id)
    rows = session.execute(select_columns(merged.c.id, merged.c.at).order_by(*end).limit(limit))
    return list(dict.fromkeys((row.id, row.at) for row in rows))


def _union(parts: Sequence[Any]) -> Any:  # noqa: ANN401 (subqueries)
    if len(parts) == 1:
        return parts[0]
    whole: CompoundSelect[Any] = union_all(*[select_columns(part) for part in parts])
    return whole.subquery()


def _count(
    session: Session, views: Sequence[tuple[str, list[Conditions]]], extra: Conditions
) -> dict[str, int]:
    """Count several views in one statement."""
    parts = [
        select_columns(
            literal_column(f"'{code}'").label("code"), func.count().label("found")
        ).select_from(
            select_columns(col(Complaint.id)).where(*conditions, *extra).limit(MAX_COUNT).subquery()
        )
        for code, branches in views
        for conditions in branches
    ]
    totals: dict[str, int] = {}
    for start in range(0, len(parts), MAX_BRANCHES):
        batch = parts[start : start + MAX_BRANCHES]
        statement = union_all(*batch) if len(batch) > 1 else batch[0]
        for code, found in session.execute(statement):
            totals[code] = totals.get(code, 0) + found
    return totals


def _branches(
    session: Session, actor: Actor, wanted: ListFilter, now: datetime
) -> list[Conditions]:
    """Return the conditions of each branch; together they are the filtered complaints."""
    queue = _QUEUES.get(wanted.view, _EVERYTHING)
    narrowed = [*queue.conditions(actor, now), *_owner(wanted, actor), *_period(wanted, now)]
    scope = counts.resolve_scope(session, wanted.to_scope())
    if scope.channel:
        narrowed.append(col(Complaint.channel) == scope.channel)
    if scope.kinds:
        narrowed.append(col(Complaint.kind).in_([str(kind) for kind in scope.kinds]))
    units = _unit_ids(session, scope)
    statuses = _statuses(wanted, queue)
    if not wanted.q:
        return _by_index(wanted, statuses, units, narrowed)
    found = _search(session, wanted.q)
    rest = _status_and_units(statuses, units)
    branches = [[col(Complaint.id).in_(found), *rest, *narrowed]] if found else []
    named = _units_named(session, wanted.q, units)
    return branches + (_by_index(wanted, statuses, named, narrowed) if named else [])


def _by_index(
    wanted: ListFilter,
    statuses: Sequence[ComplaintStatus],
    units: Sequence[int] | None,
    narrowed: Conditions,
) -> list[Conditions]:
    """Split the filtered complaints along the index that has the order of the list."""
    by_deadline = "prazo" in wanted.order
    has_own_index = bool(wanted.dono) or wanted.view in ("livres", "comigo", "nova", "aguardando")
    if by_deadline and not (wanted.view if units is None else has_own_index):
        statuses = statuses or ALL_STATUSES
    by_status: list[Conditions] = [[col(Complaint.status) == str(s)] for s in statuses] or [[]]
    if units is not None and not has_own_index:
        at_unit = [[col(Complaint.unit_id) == unit] for unit in units]
        if not by_deadline:
            places = at_unit if len(units) <= MAX_BRANCHES else [_status_and_units((), units)]
            rest = _status_and_units(statuses, None)
            return [[*place, *rest, *narrowed] for place in places]
        if len(units) * len(by_status) <= MAX_BRANCHES:
            return [[*unit, *own, *narrowed] for unit in at_unit for own in by_status]
    only = _status_and_units((), units)
    return [[*own, *only, *narrowed] for own in by_status]


def _status_and_units(
    statuses: Sequence[ComplaintStatus], units: Sequence[int] | None
) -> Conditions:
    found: Conditions = []
    if statuses:
        found.append(col(Complaint.status).in_([str(status) for status in statuses]))
    if units is not None:
        found.append(col(Complaint.unit_id).in_(units))
    return found


def _statuses(wanted: ListFilter, queue: SavedQueue) -> tuple[ComplaintStatus, ...]:
    if wanted.situacao == "abertas":
        return OPEN_STATUSES
    if wanted.situacao:
        return (ComplaintStatus(wanted.situacao),)
    return queue.statuses


def _owner(wanted: ListFilter, actor: Actor) -> Conditions:
    if not wanted.dono:
        return []
    if wanted.dono == "ninguem":
        return [col(Complaint.owner_id).is_(None)]
    owner = actor.staff_id or 0 if wanted.dono == "eu" else int(wanted.dono)
    return [col(Complaint.owner_id) == owner]


def _period(wanted: ListFilter, now: datetime) -> Conditions:
    start, end = wanted.span(now)
    found: Conditions = []
    if start is not None:
        found.append(col(Complaint.occurred_at) >= start)
    if end is not None:
        found.append(col(Complaint.occurred_at) < end)
    return found


def _unit_ids(session: Session, scope: counts.DashboardScope) -> list[int] | None:
    """Return the units of the scope; None: all."""
    query = select(Unit.id)
    if scope.comarca_id is None and scope.unit_id is None:
        return None
    if scope.comarca_id is not None:
        query = query.where(col(Unit.comarca_id) == scope.comarca_id)
    if scope.unit_path:
        query = query.where(col(Unit.path).startswith(scope.unit_path, autoescape=True))
    return [id_ for id_ in session.exec(query) if id_ is not None]


def _search(session: Session, words: str) -> list[int]:
    """Return the complaints with a protocol, or with words in their texts."""
    query = search.parse_text_query(words)
    if not query.protocols:
        return search.find_ids(session, query)
    known = select(Complaint.id).where(col(Complaint.protocol).in_(query.protocols))
    return [id_ for id_ in session.exec(known) if id_ is not None]


def _units_named(session: Session, words: str, within: Sequence[int] | None) -> list[int]:
    """Return the units in whose name (or comarca's) all words stand; none when it is too many."""
    parts = strip_accents(words).split()
    query = select(Unit.id, Unit.name, Comarca.name).join(
        Comarca, col(Comarca.id) == col(Unit.comarca_id), isouter=True
    )
    found = [
        unit_id
        for unit_id, name, comarca in session.exec(query)
        if unit_id is not None and all(p in strip_accents(f"{name} {comarca or ''}") for p in parts)
    ]
    kept = [unit_id for unit_id in found if within is None or unit_id in within]
    return kept if len(kept) <= MAX_FOUND_UNITS else []


def _decode(cursor: str) -> tuple[datetime, int] | None:
    key = decode_cursor(cursor, str, int)
    if not key:
        return None
    try:
        moment = datetime.fromisoformat(str(key[0]))
    except ValueError:
        raise invalid_cursor() from None
    if moment.tzinfo is None:
        raise invalid_cursor()
    return moment, int(key[1])

"""List the complaints behind a figure: filtered, one page at a time."""

from datetime import datetime

from sqlalchemy import ColumnElement, func, tuple_
from sqlmodel import Session, col, select

from canais_app import routes
from canais_app.accounts.roles import Actor, Permission, require_permission
from canais_app.complaints.kinds import COMPLAINT_KIND_NAMES, ComplaintKindCode
from canais_app.complaints.lifecycle import CLOSED_STATUSES, COMPLAINT_STATUS_NAMES, ComplaintStatus
from canais_app.complaints.models import Complaint
from canais_app.complaints.queries import format_deadline_of, is_late
from canais_app.complaints.statistics import counts
from canais_app.complaints.statistics.filters import QueueFilter
from canais_app.complaints.views import QueueRow
from canais_app.directory.labels import channel_label
from canais_app.directory.models import Comarca, Unit
from canais_app.kit import text
from canais_app.kit.errors import InvalidError
from canais_app.kit.paging import Page, clamp_page_size, decode_cursor, encode_cursor
from canais_app.kit.personal_data import mask_personal_data

_EXCERPT = 160


def load_queue_page(  # noqa: PLR0913 (a page has that many parts)
    session: Session,
    actor: Actor,
    filters: QueueFilter,
    *,
    now: datetime,
    cursor: str = "",
    limit: int = 30,
) -> Page[QueueRow]:
    """Return a page of the filtered complaints, newest first.

    Raises:
        InvalidError: unknown unit or comarca, or an invalid cursor.
    """
    require_permission(actor, Permission.TRIAGE_COMPLAINTS)
    limit = clamp_page_size(limit)
    order = (col(Complaint.occurred_at).desc(), col(Complaint.id).desc())
    query = (
        select(Complaint, Unit, Comarca)
        .join(Unit, col(Unit.id) == col(Complaint.unit_id))
        .join(Comarca, col(Comarca.id) == col(Unit.comarca_id), isouter=True)
        .where(*_conditions(session, filters, now), *_after(cursor))
        .order_by(*order)
        .limit(limit + 1)
    )
    found = session.exec(query).all()
    more = ""
    if len(found) > limit:
        last = found[limit - 1][0]
        more = encode_cursor(last.occurred_at.isoformat(), last.id or 0)
    return Page([_queue_row(*row, now=now) for row in found[:limit]], more)


def count_queue(session: Session, actor: Actor, filters: QueueFilter, *, now: datetime) -> int:
    """Count the filtered complaints.

    Raises:
        InvalidError: unknown unit or comarca.
    """
    require_permission(actor, Permission.TRIAGE_COMPLAINTS)
    query = select(func.count()).select_from(Complaint).where(*_conditions(session, filters, now))
    return session.exec(query).one()


def load_filter_names(session: Session, filters: QueueFilter) -> dict[str, str]:
    """Return the names of the filters' unit and comarca."""
    unit = session.exec(select(Unit.name).where(col(Unit.slug) == filters.unidade)).first()
    comarca = session.exec(select(Comarca.name).where(col(Comarca.slug) == filters.comarca)).first()
    return {"unidade": unit or "", "comarca": comarca or ""}


def _queue_row(row: Complaint, unit: Unit, comarca: Comarca | None, *, now: datetime) -> QueueRow:
    masked = " ".join(mask_personal_data(row.text).split())
    return QueueRow(
        protocol=row.protocol,
        href=routes.complaint(row.protocol),
        occurred=text.format_datetime(row.occurred_at),
        unit=unit.name,
        comarca=comarca.name if comarca else "",
        channel=channel_label(row.channel) or "Nenhum em particular",
        kind=COMPLAINT_KIND_NAMES[ComplaintKindCode(row.kind)],
        status=row.status,
        status_words=COMPLAINT_STATUS_NAMES[ComplaintStatus(row.status)],
        deadline=format_deadline_of(row, now),
        late=is_late(row, now),
        text=masked if len(masked) <= _EXCERPT else masked[:_EXCERPT].rstrip() + "…",
    )


def _after(cursor: str) -> list[ColumnElement[bool]]:
    key = decode_cursor(cursor)
    if not key:
        return []
    wrong = InvalidError("O cursor não vale.", {"cursor": "Use o valor de `next`."})
    if len(key) != 2 or not isinstance(key[1], int):  # noqa: PLR2004 (a moment and an id)
        raise wrong
    try:
        at = datetime.fromisoformat(str(key[0]))
    except ValueError:
        raise wrong from None
    if at.tzinfo is None:
        raise wrong
    position = tuple_(col(Complaint.occurred_at), col(Complaint.id))
    return [position < tuple_(at, key[1])]


def _conditions(session: Session, filters: QueueFilter, now: datetime) -> list[ColumnElement[bool]]:
    start, end = filters.span(now)
    found: list[ColumnElement[bool]] = []
    if start is not None:
        found.append(col(Complaint.occurred_at) >= start)
    if end is not None:
        found.append(col(Complaint.occurred_at) < end)
    if filters.situacao == "abertas":
        found.append(col(Complaint.status).not_in([str(status) for status in CLOSED_STATUSES]))
    elif filters.situacao:
        found.append(col(Complaint.status) == str(filters.situacao))
    scope = counts.resolve_scope(session, filters.to_scope())
    return found + counts.scope_conditions(scope, Complaint)

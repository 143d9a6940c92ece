"""Complaints as files: the list of the desk, and one with its history for other systems."""

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from sqlmodel import Session

from canais_app.accounts.models import Staff
from canais_app.accounts.roles import Actor, Permission, require_permission
from canais_app.complaints import queries
from canais_app.complaints.kinds import KIND_BY_CODE
from canais_app.complaints.models import Complaint
from canais_app.complaints.triage import listing
from canais_app.complaints.triage.listing import ListFilter
from canais_app.complaints.views import QueueRow
from canais_app.directory.models import Comarca, Unit
from canais_app.kit.paging import MAX_PAGE_SIZE
from canais_app.kit.personal_data import mask_personal_data

if TYPE_CHECKING:
    from pandas import DataFrame

MAX_ROWS = 20_000
COLUMNS = {
    "protocol": "protocolo",
    "status_words": "situação",
    "deadline": "prazo",
    "owner": "responsável",
    "unit": "unidade",
    "comarca": "comarca",
    "channel": "canal",
    "kind": "o que houve",
    "occurred": "quando",
    "same": "iguais",
    "text": "texto sem dados pessoais",
}


@dataclass(frozen=True)
class EventRecord:
    """An event; `author` is `reporter`, `staff`, `unit` or `system`."""

    at: datetime
    author: str
    who: str
    from_status: str
    to_status: str
    public: bool
    text: str


@dataclass(frozen=True)
class ComplaintRecord:
    """A complaint without its reporter; texts are pseudonymised."""

    protocol: str
    version: int
    status: str
    unit: str
    unit_slug: str
    comarca: str
    channel: str
    kind: str
    cause_group: str
    text: str
    occurred_at: datetime
    created_at: datetime
    due_at: datetime
    unit_due_at: datetime | None
    forwarded_at: datetime | None
    unit_answered_at: datetime | None
    answered_at: datetime | None
    closed_at: datetime | None
    waiting_since: datetime | None
    owner: str
    duplicate_of: str
    duplicates: int
    is_on_time: bool | None
    is_resolved: bool | None
    is_useful: bool | None
    events: list[EventRecord]


def load_table(session: Session, actor: Actor, wanted: ListFilter, *, now: datetime) -> "DataFrame":
    """Return the list of the desk as a table, in its order, up to `MAX_ROWS` rows.

    Raises:
        InvalidError: unknown unit or comarca.
    """
    from pandas import DataFrame

    rows: list[QueueRow] = []
    cursor = ""
    while len(rows) < MAX_ROWS:
        page = listing.load_queue_page(
            session, actor, wanted, now=now, cursor=cursor, limit=MAX_PAGE_SIZE
        )
        rows += page.items
        cursor = page.next
        if not cursor:
            break
    return DataFrame(
        [[getattr(row, name) for name in COLUMNS] for row in rows], columns=list(COLUMNS.values())
    )


def load_record(session: Session, actor: Actor, protocol: str) -> ComplaintRecord:
    """Return a complaint with its history.

    Raises:
        NotFoundError: no such protocol.
    """
    require_permission(actor, Permission.TRIAGE_COMPLAINTS)
    row = queries.load_by_protocol(session, protocol)
    unit = session.get_one(Unit, row.unit_id)
    comarca = session.get(Comarca, unit.comarca_id) if unit.comarca_id else None
    original = session.get(Complaint, row.duplicate_of_id) if row.duplicate_of_id else None
    owner = session.get(Staff, row.owner_id) if row.owner_id else None
    return ComplaintRecord(
        protocol=row.protocol,
        version=row.version,
        status=row.status,
        unit=unit.name,
        unit_slug=unit.slug,
        comarca=comarca.name if comarca else "",
        channel=row.channel,
        kind=row.kind,
        cause_group=KIND_BY_CODE[row.kind].group,
        text=mask_personal_data(row.text),
        occurred_at=row.occurred_at,
        created_at=row.created_at,
        due_at=row.due_at,
        unit_due_at=row.unit_due_at,
        forwarded_at=row.forwarded_at,
        unit_answered_at=row.unit_answered_at,
        answered_at=row.answered_at,
        closed_at=row.closed_at,
        waiting_since=row.waiting_since,
        owner=owner.name if owner else "",
        duplicate_of=original.protocol if original else "",
        duplicates=row.duplicates,
        is_on_time=row.is_on_time,
        is_resolved=row.is_resolved,
        is_useful=row.is_useful,
        events=[
            EventRecord(
                event.at,
                event.author,
                event.who,
                event.from_status,
                event.to_status,
                event.public,
                mask_personal_data(event.text),
            )
            for event in queries.load_events(session, row)
        ],
    )

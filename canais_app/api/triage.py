"""REST for other ombudsman systems: the complaints of the desk, and one with its history."""

import asyncio
from io import BytesIO
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response
from pydantic import BaseModel

from canais_app import routes
from canais_app.api.complaints import ProtocolPath
from canais_app.api.deps import (
    NO_STORE_HEADERS,
    CookieActor,
    Moment,
    TokenActor,
    ViewModel,
    attachment,
)
from canais_app.complaints.statistics.filters import filled_filters
from canais_app.complaints.triage import listing, records
from canais_app.complaints.triage.listing import ListFilter
from canais_app.kit import clock, db, export
from canais_app.kit.errors import NotFoundError
from canais_app.kit.forms import parse_form

router = APIRouter(prefix=routes.API, tags=["relatos"])
files = APIRouter()
_FIELDS = ("view", "q", "sort", "dono")
_PLAIN = {"status": "situacao", "channel": "canal", "kind": "tipo", "unit": "unidade"}


class ComplaintItem(ViewModel):
    """A complaint in the list; its text is pseudonymised."""

    protocol: str
    version: int
    status: str
    status_words: str
    unit: str
    comarca: str
    channel: str
    kind: str
    occurred: str
    deadline: str
    late: bool
    owner: str
    unread: bool
    same: int
    text: str


class ComplaintList(BaseModel):
    """A page of complaints, and the cursor of the next one."""

    items: list[ComplaintItem]
    next: str | None


class RecordEvent(ViewModel):
    """Something that happened to a complaint, with who did it."""

    at: Moment
    author: str
    who: str
    from_status: str
    to_status: str
    public: bool
    text: str


class ComplaintRecord(ViewModel):
    """A complaint with its whole history. Nobody's identity; texts are pseudonymised."""

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
    occurred_at: Moment
    created_at: Moment
    due_at: Moment
    unit_due_at: Moment | None
    forwarded_at: Moment | None
    unit_answered_at: Moment | None
    answered_at: Moment | None
    closed_at: Moment | None
    waiting_since: Moment | None
    owner: str
    duplicate_of: str
    duplicates: int
    is_on_time: bool | None
    is_resolved: bool | None
    is_useful: bool | None
    events: list[RecordEvent]


@router.get("/complaints")
async def list_complaints(
    request: Request,
    response: Response,
    actor: TokenActor,
    cursor: Annotated[str, Query(max_length=200)] = "",
    limit: Annotated[int, Query(ge=1, le=100)] = 50,
) -> ComplaintList:
    """List complaints (staff): `view`, `q`, `sort`, `dono`, and the filters of the desk's address.

    `view` is `hoje`, `vencidas`, `livres`, `comigo`, `unidade`, `unidade-respondeu`, `nova`,
    `respondidas`, `aguardando` or `abertas`; `sort` is `prazo`, `-prazo`, `recentes` or `antigas`.
    """
    wanted = _parse(dict(request.query_params))
    page = await db.read(
        listing.load_queue_page, actor, wanted, now=clock.now(), cursor=cursor, limit=limit
    )
    response.headers.update(NO_STORE_HEADERS)
    items = [ComplaintItem.model_validate(row) for row in page.items]
    return ComplaintList(items=items, next=page.next or None)


@files.get(routes.COMPLAINTS_EXPORT, include_in_schema=False)
async def download_list(request: Request, kind: str, actor: CookieActor) -> Response:
    """Return the list of the desk as a file, exactly the filtered view."""
    now = clock.now()
    wanted = _parse(dict(request.query_params))
    frame = await db.read(records.load_table, actor, wanted, now=now)
    if kind not in ("csv", "xlsx"):
        raise NotFoundError("Este arquivo não existe.")
    headers = NO_STORE_HEADERS | attachment(f"{clock.to_local_day(now)}-reclamacoes.{kind}")
    if kind == "csv":
        text = await asyncio.to_thread(export.to_csv, frame)
        return Response(text, media_type=export.CSV_MEDIA, headers=headers)
    out = BytesIO()
    await asyncio.to_thread(export.to_xlsx, {"Reclamações": frame}, out)
    return Response(out.getvalue(), media_type=export.XLSX_MEDIA, headers=headers)


@router.get("/complaints/{protocol}/record")
async def read_record(
    protocol: ProtocolPath, response: Response, actor: TokenActor
) -> ComplaintRecord:
    """Return a complaint with its history (staff), for another ombudsman system."""
    response.headers.update(NO_STORE_HEADERS)
    record = await db.read(records.load_record, actor, protocol)
    return ComplaintRecord.model_validate(record)


def _parse(query: dict[str, Any]) -> ListFilter:
    renamed = {_PLAIN.get(name, name): value for name, value in query.items()}
    own = {name: renamed[name] for name in _FIELDS if renamed.get(name)}
    return parse_form(ListFilter, {**filled_filters(renamed), **own})

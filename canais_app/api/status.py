"""The public status for programs and other sites: JSON, CSV, Atom, and a badge."""

from datetime import datetime
from html import escape
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import Response
from pydantic import BaseModel, Field
from sqlmodel import Session

from canais_app import routes
from canais_app.api import atom
from canais_app.api.deps import ClientAddress, Moment, ViewModel
from canais_app.api.public_answers import (
    NoParameters,
    accept_parameters,
    answer_bytes,
    answer_model,
    get_and_head,
)
from canais_app.complaints.public_status.board import load_status_board
from canais_app.complaints.public_status.datasets import DATASET_BY_NAME
from canais_app.complaints.public_status.feed import list_feed_entries
from canais_app.complaints.public_status.places import LEVEL_WORDS
from canais_app.complaints.public_status.suppression import SMALL
from canais_app.complaints.public_status.views import PublicIncident, StatusBoard
from canais_app.kit import clock, db, export, limits
from canais_app.kit.errors import NotFoundError
from canais_app.settings import settings

_COLOURS = {
    "relatada": "#801650",
    "confirmada": "#801650",
    "manutencao": "#5B4300",
    "fechada": "#5B4300",
    "normal": "#0F6B1B",
}
_UNKNOWN = "#555F6D"
_LETTER = 6.6  # width of a letter at 11 px, in pixels
_MARGIN, _MAX_NAME = 10, 48


def render_badge(name: str, words: str, level: str) -> str:
    """Return the picture of a place and its level in words, at most some 500 pixels wide."""
    name = name if len(name) <= _MAX_NAME else name[: _MAX_NAME - 1] + "…"
    left, right = (round(len(part) * _LETTER) + 2 * _MARGIN for part in (name, words))
    label = escape(f"{name}: {words}")
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{left + right}" height="24" role="img" '
        f'aria-label="{label}"><title>{label}</title>'
        f'<clipPath id="r"><rect width="{left + right}" height="24" rx="5"/></clipPath>'
        f'<g clip-path="url(#r)"><rect width="{left}" height="24" fill="#071D41"/>'
        f'<rect x="{left}" width="{right}" height="24" fill="{_COLOURS.get(level, _UNKNOWN)}"/></g>'
        '<g fill="#fff" font-family="Verdana,DejaVu Sans,sans-serif" font-size="11" '
        f'text-anchor="middle"><text x="{left / 2}" y="16">{escape(name)}</text>'
        f'<text x="{left + right / 2}" y="16">{escape(words)}</text></g></svg>'
    )


router = APIRouter(tags=["situação"])
READ = "120/minute"
CSV_ANSWER = {200: {"content": {"text/csv": {}}}}
MAX_AGE = 15  # seconds
Slug = Annotated[str, Query(max_length=160)]


class ChannelLevelItem(ViewModel):
    """A channel in trouble. `people` is null when fewer than 5; `works` lists what works there."""

    channel: str
    level: str
    since: Moment
    unit: str
    unit_name: str
    people: int | None
    people_words: str
    works: list[str]
    incident: str


class PlaceItem(ViewModel):
    """A comarca or a unit: its level, and its reports of 24 hours (null when fewer than 5)."""

    slug: str
    name: str
    level: str
    words: str
    reports: int | None
    channels: list[ChannelLevelItem]


class IncidentNews(BaseModel):
    """Public news of an incident."""

    at: str
    text: str


class IncidentItem(BaseModel):
    """A public incident or maintenance with its news, newest first."""

    code: str
    kind: str
    title: str
    status: str
    started_at: str
    ends_at: str | None
    next_update_at: str | None
    works: str
    units: list[str]
    channels: list[str]
    updates: list[IncidentNews]


class PlannedItem(ViewModel):
    """Work, a closure or another notice to come."""

    when: str
    text: str


class NoticeItem(ViewModel):
    """A closure or a notice, in force or announced."""

    scope: str
    kind: str
    text: str
    act: str
    starts_at: Moment
    ends_at: Moment | None


class StatusResponse(BaseModel):
    """The public status of the state by comarca, of a comarca by unit, or of a unit."""

    title: str
    at: str = Field(description="When these data were read (RFC 3339).")
    level: str
    sentence: str
    reports: int | None = Field(description="Reports of the last 24 hours; null when fewer than 5.")
    items: list[PlaceItem]
    incidents: list[IncidentItem]
    planned: list[PlannedItem]
    notices: list[NoticeItem]
    next: str | None = None


@get_and_head(
    router,
    f"{routes.API}/status",
    response_model=StatusResponse,
    dependencies=[Depends(accept_parameters("comarca", "unit"))],
)
async def get_public_status(
    request: Request, address: ClientAddress, comarca: Slug = "", unit: Slug = ""
) -> Response:
    """Return levels, since when, what works, incidents and planned work; small counts are null."""
    limits.check_rate_limit(READ, "read", address)
    board = await db.read(load_status_board, now=clock.now(), comarca=comarca, unit=unit)
    return answer_model(request, _status_response(board), max_age=MAX_AGE)


@get_and_head(
    router,
    routes.open_data_file("status", "csv"),
    response_class=Response,
    responses=CSV_ANSWER,
    dependencies=[NoParameters],
)
async def get_status_csv(request: Request, address: ClientAddress) -> Response:
    """Return the channels in trouble now as CSV."""
    limits.check_rate_limit(READ, "read", address)
    board = await db.read(load_status_board, now=clock.now())
    columns = tuple(DATASET_BY_NAME["status"].columns)
    rows = [tuple(row.values()) for row in _status_rows(board)]
    body = export.open_data_lines(rows, columns, header=True).encode()
    return answer_bytes(request, body, export.CSV_MEDIA, max_age=MAX_AGE)


class StatusRow(BaseModel):
    """A channel in trouble, as in the CSV."""

    unidade: str
    nome: str
    comarca: str
    canal: str
    nivel: str
    desde: str
    pessoas: int | str


class StatusRows(BaseModel):
    """The channels in trouble now."""

    items: list[StatusRow]
    next: str | None = None


@get_and_head(
    router,
    routes.open_data_file("status", "json"),
    response_model=StatusRows,
    dependencies=[NoParameters],
)
async def get_status_rows(request: Request, address: ClientAddress) -> Response:
    """Return the channels in trouble now as JSON."""
    limits.check_rate_limit(READ, "read", address)
    board = await db.read(load_status_board, now=clock.now())
    rows = [StatusRow.model_validate(row) for row in _status_rows(board)]
    return answer_model(request, StatusRows(items=rows), max_age=MAX_AGE)


@get_and_head(
    router,
    f"{routes.API}/status/hours.csv",
    response_class=Response,
    responses=CSV_ANSWER,
    dependencies=[Depends(accept_parameters("comarca", "unit"))],
)
async def get_hours(
    request: Request, address: ClientAddress, comarca: Slug = "", unit: Slug = ""
) -> Response:
    """Return the reports of the last 24 hours by channel and hour, as the page draws them."""
    limits.check_rate_limit(READ, "read", address)
    board = await db.read(load_status_board, now=clock.now(), comarca=comarca, unit=unit)
    rows = [
        (strip.channel, *bar.words.split(": ", 1)) for strip in board.strips for bar in strip.bars
    ]
    body = export.open_data_lines(rows, ("canal", "hora", "relatos"), header=True).encode()
    return answer_bytes(request, body, export.CSV_MEDIA, max_age=MAX_AGE)


@get_and_head(router, routes.STATUS_FEED, include_in_schema=False)
async def get_state_feed(request: Request) -> Response:
    """Return the public failures of the state as an Atom feed."""
    return await _feed(request, "", "Falhas dos canais de atendimento em Mato Grosso")


@get_and_head(router, routes.COMARCA_STATUS_FEED, include_in_schema=False)
async def get_comarca_feed(request: Request, slug: str) -> Response:
    """Return the public failures of a comarca as an Atom feed."""
    return await _feed(request, slug[:160], "Falhas dos canais de atendimento da comarca")


@get_and_head(router, routes.STATUS_BADGE, include_in_schema=False, dependencies=[NoParameters])
async def get_badge(request: Request, address: ClientAddress, slug: str) -> Response:
    """Return the status of a unit, of a comarca, or of the state (`estado`) as a small picture."""
    limits.check_rate_limit(READ, "read", address)
    board = await db.read(_badge_board, slug[:160], now=clock.now())
    level = board.places[0].level if board.kind == "unidade" else board.level
    body = render_badge(board.title, LEVEL_WORDS[level], level).encode()
    return answer_bytes(request, body, "image/svg+xml", max_age=60)


def _badge_board(session: Session, slug: str, *, now: datetime) -> StatusBoard:
    if slug == "estado":
        return load_status_board(session, now=now)
    try:
        return load_status_board(session, now=now, comarca=slug)
    except NotFoundError:
        return load_status_board(session, now=now, unit=slug)


async def _feed(request: Request, comarca: str, title: str) -> Response:
    entries = await db.read(list_feed_entries, now=clock.now(), comarca=comarca)
    body = atom.render_status_atom(
        entries,
        title=title,
        path=routes.status_feed(comarca),
        comarca=comarca,
        base=settings().base_url,
    )
    return answer_bytes(request, body, f"{atom.MEDIA_TYPE}; charset=utf-8", max_age=60)


def _status_response(board: StatusBoard) -> StatusResponse:
    return StatusResponse(
        title=board.title,
        at=clock.to_rfc3339(board.at.replace(second=0, microsecond=0)),
        level=board.level,
        sentence=board.sentence,
        reports=board.reports,
        items=[PlaceItem.model_validate(place) for place in board.places],
        incidents=[_incident_item(found) for found in board.incidents],
        planned=[PlannedItem.model_validate(row) for row in board.planned],
        notices=[NoticeItem.model_validate(notice) for notice in board.notices],
    )


def _incident_item(found: PublicIncident) -> IncidentItem:
    return IncidentItem(
        code=found.code,
        kind=found.kind,
        title=found.title,
        status=found.status,
        started_at=clock.to_rfc3339(found.started_at),
        ends_at=_moment(found.ends_at),
        next_update_at=_moment(found.next_update_at),
        works=found.works,
        units=found.units,
        channels=found.channels,
        updates=[IncidentNews(at=clock.to_rfc3339(at), text=text) for at, text in found.updates],
    )


def _moment(moment: datetime | None) -> str | None:
    return clock.to_rfc3339(moment) if moment else None


def _status_rows(board: StatusBoard) -> list[dict[str, object]]:
    return [
        {
            "unidade": row.unit,
            "nome": row.unit_name,
            "comarca": place.name if place.slug else "",
            "canal": row.channel,
            "nivel": row.level,
            "desde": clock.to_rfc3339(row.since),
            "pessoas": (row.people or SMALL) if row.people_words else "",
        }
        for place in board.places
        for row in place.channels
    ]

"""The court's calendar and notices in the API, and notices as Atom feeds."""

import hashlib
from datetime import date, timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response
from pydantic import StringConstraints
from sqlmodel import Session

from canais_app import routes
from canais_app.api import atom
from canais_app.directory import notices, snapshot
from canais_app.directory.views import NoticeView
from canais_app.expediente.calendar import CourtCalendar
from canais_app.expediente.queries import load_calendar
from canais_app.expediente.rules import Location
from canais_app.kit import clock, db
from canais_app.kit.errors import InvalidError
from canais_app.settings import settings

router = APIRouter()
DEFAULT_SPAN, MAX_SPAN = timedelta(days=30), timedelta(days=366)
Slug = Annotated[str, StringConstraints(max_length=160)]


@router.get(f"{routes.API}/calendar", tags=["calendário"])
async def get_calendar(
    comarca: Slug = "",
    first: Annotated[date | None, Query(alias="from")] = None,
    last: Annotated[date | None, Query(alias="to")] = None,
) -> dict[str, Any]:
    """Return whether the court opens on each day, its hours, and why not; default: 31 days.

    These are the court's general hours; a unit may have others (`GET /units/{slug}`).
    """
    items = await db.read(_calendar_days, comarca, *_default_span(first, last))
    return {"comarca": comarca or None, "items": items, "next": None}


def _default_span(first: date | None, last: date | None) -> tuple[date, date]:
    start = first or clock.to_local_day(clock.now())
    end = last or min(start, date.max - DEFAULT_SPAN) + DEFAULT_SPAN
    if not timedelta(0) <= end - start < MAX_SPAN:
        raise InvalidError("Confira o período.", {"to": "Escolha até um ano, do começo ao fim."})
    return start, end


def _calendar_days(session: Session, comarca: str, first: date, last: date) -> list[dict[str, Any]]:
    court = load_calendar(session)
    place = Location(snapshot.load_snapshot(session).find_comarca(comarca).id if comarca else None)
    return [
        _calendar_day(first + timedelta(days=number), court, place)
        for number in range((last - first).days + 1)
    ]


def _calendar_day(day: date, court: CourtCalendar, place: Location) -> dict[str, Any]:
    state = court.open_state_on(day, place)
    return {
        "date": day.isoformat(),
        "is_open": state.is_open,
        "opens": state.opens.strftime("%H:%M") if state.opens else None,
        "closes": state.closes.strftime("%H:%M") if state.closes else None,
        "reason": state.reason or None,
        "deadlines_suspended": state.deadlines_suspended,
    }


def notice_item(view: NoticeView) -> dict[str, Any]:
    """Return a notice in the API's format."""
    return {
        "id": view.uid,
        "scope": view.scope,
        "comarca": view.comarca or None,
        "unit": view.unit or None,
        "channel": view.channel or None,
        "kind": view.kind,
        "text": view.text,
        "act": view.act,
        "act_url": view.act_url,
        "alternative": view.alternative,
        "in_force": view.in_force,
        "starts_at": clock.to_rfc3339(view.starts_at),
        "ends_at": clock.to_rfc3339(view.ends_at) if view.ends_at else None,
        "updated_at": clock.to_rfc3339(view.updated_at),
    }


@router.get(f"{routes.API}/notices", tags=["calendário"])
async def list_notices(comarca: Slug = "", unit: Slug = "") -> dict[str, Any]:
    """Return notices in force and announced, of the state or of a comarca or unit."""
    found = await db.read(notices.list_for_place, now=clock.now(), comarca=comarca, unit=unit)
    return {"items": [notice_item(view) for view in found], "next": None}


@router.api_route(routes.NOTICES_FEED, methods=["GET", "HEAD"], include_in_schema=False)
async def get_state_feed(request: Request) -> Response:
    """Return the notices of the whole state as an Atom feed."""
    found = await db.read(notices.list_published, now=clock.now())
    return _feed(request, found, routes.NOTICES_FEED, "Avisos do Poder Judiciário de Mato Grosso")


@router.api_route(routes.COMARCA_NOTICES_FEED, methods=["GET", "HEAD"], include_in_schema=False)
async def get_comarca_feed(request: Request, slug: str) -> Response:
    """Return the notices of a comarca and of the whole state as an Atom feed."""
    name, found = await db.read(_comarca_notices, slug[:160])
    title = f"Avisos da comarca de {name}"
    return _feed(request, found, routes.notices_feed(slug), title, slug)


def _comarca_notices(session: Session, slug: str) -> tuple[str, list[NoticeView]]:
    found = snapshot.load_snapshot(session).find_comarca(slug)
    return found.name, notices.list_published(session, now=clock.now(), comarca=slug)


def _feed(
    request: Request, found: list[NoticeView], path: str, title: str, comarca: str = ""
) -> Response:
    body = atom.render_atom(
        found, title=title, path=path, comarca=comarca, base=settings().base_url
    )
    tag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    headers = {"ETag": tag, "Cache-Control": "public, max-age=60"}
    if tag in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    return Response(body, media_type=f"{atom.MEDIA_TYPE}; charset=utf-8", headers=headers)

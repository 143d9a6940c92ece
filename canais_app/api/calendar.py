"""The court's calendar and notices in the API, and notices as Atom feeds."""

from datetime import date, timedelta
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import Response
from pydantic import BaseModel, StringConstraints
from sqlmodel import Session

from canais_app import routes
from canais_app.api import atom
from canais_app.api.deps import Day
from canais_app.api.public_answers import (
    accept_parameters,
    answer_bytes,
    answer_model,
    get_and_head,
)
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


MAX_AGE = 60  # seconds


class DayItem(BaseModel):
    """A day of the court; times are `12:00`, in the court's zone."""

    date: str
    is_open: bool
    opens: str | None
    closes: str | None
    reason: str | None
    deadlines_suspended: bool


class CalendarResponse(BaseModel):
    """Days of the court, in a comarca when one was named."""

    comarca: str | None
    items: list[DayItem]
    next: str | None = None


class NoticeItem(BaseModel):
    """A notice; `comarca` and `unit` are slugs, null when it concerns the whole state."""

    id: str
    scope: str
    comarca: str | None
    unit: str | None
    channel: str | None
    kind: str
    text: str
    act: str
    act_url: str
    alternative: str
    in_force: bool
    starts_at: str
    ends_at: str | None
    updated_at: str


class NoticeList(BaseModel):
    """Notices in force, then announced ones."""

    items: list[NoticeItem]
    next: str | None = None


@get_and_head(
    router,
    f"{routes.API}/calendar",
    tags=["calendário"],
    response_model=CalendarResponse,
    dependencies=[Depends(accept_parameters("comarca", "from", "to"))],
)
async def get_calendar(
    request: Request,
    comarca: Slug = "",
    first: Annotated[Day | None, Query(alias="from")] = None,
    last: Annotated[Day | None, Query(alias="to")] = None,
) -> Response:
    """Return whether the court opens on each day, its hours, and why not; default: 31 days.

    These are the court's general hours; a unit may have others (`GET /units/{slug}`).
    """
    items = await db.read(_calendar_days, comarca, *_default_span(first, last))
    found = CalendarResponse(comarca=comarca or None, items=items)
    return answer_model(request, found, max_age=MAX_AGE)


def _default_span(first: date | None, last: date | None) -> tuple[date, date]:
    start = first or clock.to_local_day(clock.now())
    end = last or min(start, date.max - DEFAULT_SPAN) + DEFAULT_SPAN
    if not timedelta(0) <= end - start < MAX_SPAN:
        raise InvalidError("Confira o período.", {"to": "Escolha até um ano, do começo ao fim."})
    return start, end


def _calendar_days(session: Session, comarca: str, first: date, last: date) -> list[DayItem]:
    court = load_calendar(session)
    place = Location(snapshot.load_snapshot(session).find_comarca(comarca).id if comarca else None)
    return [
        _calendar_day(first + timedelta(days=number), court, place)
        for number in range((last - first).days + 1)
    ]


def _calendar_day(day: date, court: CourtCalendar, place: Location) -> DayItem:
    state = court.open_state_on(day, place)
    return DayItem(
        date=day.isoformat(),
        is_open=state.is_open,
        opens=state.opens.strftime("%H:%M") if state.opens else None,
        closes=state.closes.strftime("%H:%M") if state.closes else None,
        reason=state.reason or None,
        deadlines_suspended=state.deadlines_suspended,
    )


def notice_item(view: NoticeView) -> NoticeItem:
    """Return a notice in the API's format."""
    return NoticeItem(
        id=view.uid,
        scope=view.scope,
        comarca=view.comarca or None,
        unit=view.unit or None,
        channel=view.channel or None,
        kind=view.kind,
        text=view.text,
        act=view.act,
        act_url=view.act_url,
        alternative=view.alternative,
        in_force=view.in_force,
        starts_at=clock.to_rfc3339(view.starts_at),
        ends_at=clock.to_rfc3339(view.ends_at) if view.ends_at else None,
        updated_at=clock.to_rfc3339(view.updated_at),
    )


@get_and_head(
    router,
    f"{routes.API}/notices",
    tags=["calendário"],
    response_model=NoticeList,
    dependencies=[Depends(accept_parameters("comarca", "unit"))],
)
async def list_notices(request: Request, comarca: Slug = "", unit: Slug = "") -> Response:
    """Return notices in force and announced, of the state or of a comarca or unit."""
    found = await db.read(notices.list_for_place, now=clock.now(), comarca=comarca, unit=unit)
    items = [notice_item(view) for view in found]
    return answer_model(request, NoticeList(items=items), max_age=MAX_AGE)


@get_and_head(router, routes.NOTICES_FEED, include_in_schema=False)
async def get_state_feed(request: Request) -> Response:
    """Return the notices of the whole state as an Atom feed."""
    found = await db.read(notices.list_published, now=clock.now())
    return _feed(request, found, routes.NOTICES_FEED, "Avisos do Poder Judiciário de Mato Grosso")


@get_and_head(router, routes.COMARCA_NOTICES_FEED, include_in_schema=False)
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
    return answer_bytes(request, body, f"{atom.MEDIA_TYPE}; charset=utf-8", max_age=MAX_AGE)

"""State of the public status page: the place in its address, its levels and pictures, live."""

import asyncio
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from urllib.parse import parse_qs, urlencode

import reflex as rx
from sqlmodel import Session

from canais_app import routes
from canais_app.complaints.public_status.board import load_status_board
from canais_app.complaints.public_status.subscriptions import STATE, STATE_NAME
from canais_app.complaints.public_status.views import (
    AxisLabel,
    ChannelHistory,
    ChannelStrip,
    PlannedWork,
    StatusBoard,
    StatusCard,
    Tile,
)
from canais_app.complaints.service import TOPIC as COMPLAINTS
from canais_app.complaints.situations.queries import TOPIC as SITUATIONS
from canais_app.directory import queries as directory
from canais_app.directory.views import NamedChoice
from canais_app.expediente import queries as calendar
from canais_app.kit import clock, db, live
from canais_app.kit.errors import AppError
from canais_app.kit.text import WEEKDAYS_BARE, format_date, format_hour, format_number, slugify

TOPIC = "status:all"
REFRESH_SECONDS = 30  # pages say how old their data are; two minutes are too old


class PublicStatusState(rx.State):
    """Rebuilt from the address and the database at every visit."""

    title: str = ""
    kind: str = ""
    at: str = ""  # RFC 3339
    moment: str = ""
    alarm: str = ""
    rest: str = ""
    cards: list[StatusCard] = []
    strips_title: str = ""
    strips: list[ChannelStrip] = []
    axis: list[AxisLabel] = []
    hours: list[list[str]] = []
    tiles: list[Tile] = []
    troubled: list[dict[str, str]] = []
    places: list[dict[str, str]] = []
    history_title: str = ""
    history_note: str = ""
    history: list[ChannelHistory] = []
    planned: list[PlannedWork] = []
    comarcas: list[NamedChoice] = []
    comarca: str = ""
    place: str = STATE
    place_name: str = STATE_NAME
    feed: str = routes.STATUS_FEED
    hours_file: str = ""
    problem: str = ""

    @rx.event
    async def load(self) -> None:
        """Show the state, or the comarca or unit of the address."""
        place = place_of(self.router.url.query_parameters)
        self.problem = ""
        now = clock.now()
        await live.subscribe(self, TOPIC, urlencode(place))
        try:
            board = await db.read(_board, place, now)
        except AppError as refusal:
            self.problem, place = refusal.message, {}
            await live.subscribe(self, TOPIC)
            board = await db.read(_board, place, now)
        self.comarca = place.get("comarca", "")
        self.place = subscription_place(place)
        self.place_name = board.title if place else STATE_NAME
        self.feed = routes.status_feed(self.comarca)
        self.hours_file = routes.status_hours(place)
        self.comarcas = await db.read(directory.list_comarca_choices)
        for name, value in _status_vars(board).items():
            setattr(self, name, value)


def place_of(query: Mapping[str, Any]) -> dict[str, str]:
    """Return the comarca or the unit of an address; a comarca may be typed by its name."""
    comarca = slugify(str(query.get("comarca", ""))[:160])
    unit = str(query.get("unidade", ""))[:160]
    return {"comarca": comarca} if comarca else {"unidade": unit} if unit else {}


def subscription_place(place: Mapping[str, str]) -> str:
    """Return the place that news are asked for."""
    return next((f"{kind}:{slug}" for kind, slug in place.items()), STATE)


def format_moment(at: datetime) -> str:
    """Return `terça, 01/12/2026, 14h32`."""
    day = clock.to_local_day(at)
    return f"{WEEKDAYS_BARE[day.weekday()]}, {format_date(day)}, {format_hour(at)}"


def hour_table(board: StatusBoard) -> list[list[str]]:
    """Return the hours as rows: the hour, then each channel's words."""
    columns = [[bar.words.partition(": ")[2] for bar in strip.bars] for strip in board.strips]
    hours = [bar.words.partition(": ")[0] for bar in board.strips[0].bars]
    return [[hour, *cells] for hour, *cells in zip(hours, *columns, strict=True)]


def list_troubled(board: StatusBoard) -> list[dict[str, str]]:
    """Return the comarcas with something now, as links."""
    return [
        {"name": tile.name, "href": tile.href} for tile in board.tiles if tile.state in ("hi", "cl")
    ]


def _place_rows(board: StatusBoard) -> list[dict[str, str]]:
    return [
        {
            "name": place.name,
            "href": place.href,
            "words": place.words,
            "level": place.level,
            "reports": f"{format_number(place.reports)} relatos em 24 h" if place.reports else "",
        }
        for place in board.places
    ]


def _board(session: Session, place: Mapping[str, str], now: datetime) -> StatusBoard:
    return load_status_board(
        session, now=now, comarca=place.get("comarca", ""), unit=place.get("unidade", "")
    )


def _status_vars(board: StatusBoard) -> dict[str, object]:
    return {
        "title": board.title,
        "kind": board.kind,
        "at": clock.to_rfc3339(board.at),
        "moment": format_moment(board.at),
        "alarm": board.alarm,
        "rest": board.rest,
        "cards": board.cards,
        "strips_title": board.strips_title,
        "strips": board.strips,
        "axis": board.axis,
        "hours": hour_table(board),
        "tiles": board.tiles,
        "troubled": list_troubled(board),
        "places": _place_rows(board),
        "history_title": board.history_title,
        "history_note": board.history_note,
        "history": board.history,
        "planned": board.planned,
    }


def _read_room(session: Session, room: str, now: datetime) -> dict[str, object]:
    place = {name: values[0] for name, values in parse_qs(room.partition("#")[2]).items()}
    return _status_vars(_board(session, place, now))


async def refresh_status() -> None:
    """Send new data to every open page, so that their age stays below two minutes."""
    while True:
        await asyncio.sleep(REFRESH_SECONDS)
        live.broadcaster.on_change(TOPIC)


def register() -> None:
    """Register the live view of the public status."""
    live.register_view("status", PublicStatusState, _read_room)
    for topic in (calendar.TOPIC, COMPLAINTS, SITUATIONS):
        live.depends_on("status", topic)

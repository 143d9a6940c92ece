"""State of the public status page: the place in its address, notices and counts, live."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any
from urllib.parse import parse_qs, urlencode

import reflex as rx
from sqlmodel import Session

from canais_app import routes
from canais_app.complaints.public_status.board import load_status_board
from canais_app.complaints.service import TOPIC as COMPLAINTS
from canais_app.complaints.views import StatusBoard
from canais_app.directory import queries as directory
from canais_app.directory.notices import notice_announcer
from canais_app.directory.views import NamedChoice, NoticeView
from canais_app.expediente import queries as calendar
from canais_app.kit import clock, db, live
from canais_app.kit.errors import AppError
from canais_app.kit.events import EventResult

TOPIC = "status:all"


class PublicStatusState(rx.State):
    """Rebuilt from the address and the database at every visit."""

    title: str = ""
    kind: str = ""
    at: str = ""
    sentence: str = ""
    reported: list[dict[str, Any]] = []
    quiet: list[dict[str, Any]] = []
    planned: list[NoticeView] = []
    feed: str = routes.NOTICES_FEED
    comarcas: list[NamedChoice] = []
    comarca: str = ""
    problem: str = ""
    news: str = ""

    @rx.event
    async def load(self) -> None:
        """Show the state, or the comarca or unit of the address."""
        query = self.router.url.query_parameters
        place = {name: str(query[name])[:160] for name in ("comarca", "unidade") if name in query}
        self.problem = self.news = ""
        room, now = await live.subscribe(self, TOPIC, urlencode(place)), clock.now()
        try:
            board = await db.read(_board, place, now)
        except AppError as refusal:
            self.problem, place = refusal.message, {}
            room = await live.subscribe(self, TOPIC)
            board = await db.read(_board, place, now)
        self.comarca = place.get("comarca", "")
        self.feed = routes.notices_feed(self.comarca) if self.comarca else routes.NOTICES_FEED
        self.comarcas = await db.read(directory.list_comarca_choices)
        notice_announcer.announce_changes(room, board.planned)
        for name, value in _status_vars(board).items():
            setattr(self, name, value)

    @rx.event
    async def choose(self, slug: str) -> EventResult:
        """Show a comarca, or the state when none is chosen."""
        known = [c.code for c in self.comarcas]
        return rx.redirect(routes.status(slug if slug in known else ""))


def _board(session: Session, place: Mapping[str, str], now: datetime) -> StatusBoard:
    return load_status_board(
        session, now=now, comarca=place.get("comarca", ""), unit=place.get("unidade", "")
    )


def _status_vars(board: StatusBoard) -> dict[str, object]:
    places = [asdict(place) for place in board.places]
    return {
        "title": board.title,
        "kind": board.kind,
        "at": board.at,
        "sentence": board.sentence,
        "reported": [place for place in places if place["count"]],
        "quiet": [place for place in places if not place["count"]],
        "planned": board.planned,
    }


def _read_room(session: Session, room: str, now: datetime) -> dict[str, object]:
    place = {name: values[0] for name, values in parse_qs(room.partition("#")[2]).items()}
    board = _board(session, place, now)
    return {**_status_vars(board), "news": notice_announcer.announce_changes(room, board.planned)}


def register() -> None:
    """Register the live view of the public status."""
    live.register_view("status", PublicStatusState, _read_room)
    live.depends_on("status", calendar.TOPIC)
    live.depends_on("status", COMPLAINTS)

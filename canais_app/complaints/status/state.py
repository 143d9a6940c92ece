"""What the public status page knows: the place in its address, and plain counts."""

from dataclasses import asdict
from typing import Any

import reflex as rx

from canais_app import routes
from canais_app.complaints import public
from canais_app.complaints.queries import moment_words
from canais_app.complaints.views import StatusBoard
from canais_app.directory import queries as directory
from canais_app.directory.views import NoticeView
from canais_app.kit import clock, db
from canais_app.kit.errors import AppError


class Situation(rx.State):
    """Rebuilt from the address and the database at every visit."""

    title: str = ""
    kind: str = ""
    at: str = ""
    sentence: str = ""
    reported: list[dict[str, Any]] = []
    quiet: list[dict[str, Any]] = []
    planned: list[dict[str, str]] = []
    comarcas: list[dict[str, str]] = []
    comarca: str = ""
    problem: str = ""

    @rx.event
    async def load(self) -> None:
        """Show the state, the comarca or the unit that the address names."""
        query = self.router.url.query_parameters
        comarca, unit = str(query.get("comarca", "")), str(query.get("unidade", ""))
        self.problem, self.comarca = "", comarca
        now = clock.now()
        try:
            board = await db.in_reading(public.status_board, now=now, comarca=comarca, unit=unit)
        except AppError as refusal:
            self.problem = refusal.message
            board = await db.in_reading(public.status_board, now=now)
        self.comarcas = [
            {"slug": c.slug, "name": c.name} for c in await db.in_reading(directory.comarcas)
        ]
        self._show(board)

    @rx.event
    async def choose(self, slug: str):  # noqa: ANN201 (Reflex's own event type)
        """Go to the address of a comarca; of the state when none."""
        known = [c["slug"] for c in self.comarcas]
        chosen = f"?comarca={slug}" if slug in known else ""
        return rx.redirect(routes.STATUS + chosen)

    def _show(self, board: StatusBoard) -> None:
        self.title, self.kind = board.title, board.kind
        self.at, self.sentence = board.at, board.sentence
        places = [asdict(place) for place in board.places]
        self.reported = [place for place in places if place["count"]]
        self.quiet = [place for place in places if not place["count"]]
        self.planned = [_planned(notice) for notice in board.planned]


def _planned(notice: NoticeView) -> dict[str, str]:
    return {
        "text": notice.text,
        "scope": notice.scope,
        "when": _when(notice),
        "act": notice.act,
        "act_url": notice.act_url if notice.act_url.startswith("https://") else "",
        "alternative": notice.alternative,
    }


def _when(notice: NoticeView) -> str:
    start = moment_words(notice.starts_at)
    if notice.ends_at is None:
        return f"Desde {start}, sem previsão de término"
    return f"De {start} até {moment_words(notice.ends_at)}"

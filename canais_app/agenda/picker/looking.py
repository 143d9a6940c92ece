"""Looking at the board: its room, four weeks of it, one day."""

from datetime import date, datetime

import reflex as rx

from canais_app.agenda import boards, topics
from canais_app.agenda.picker import view, weeks, zones
from canais_app.agenda.picker.about import About
from canais_app.agenda.picker.news import Memory, News
from canais_app.agenda.picker.view import Shown
from canais_app.agenda.picker.weeks import Weeks
from canais_app.agenda.times.moments import is_day
from canais_app.kit import clock, live
from canais_app.kit.db import in_reading

memory = Memory()


class Looking(rx.State, mixin=True):
    """The board, which its room sends whole at each change, and the day one looks at."""

    board: Shown = Shown()
    news: News = News()
    weeks: Weeks = Weeks()
    about: About = About()
    day: str = ""
    day_name: str = ""
    zone: str = rx.SessionStorage("", name="canais_fuso")
    zone_words: str = ""
    _slug: str = ""
    _agenda_id: int = 0
    _last_day: str = ""

    @rx.event
    async def choose_day(self, day: str) -> None:
        """Show the times of a day."""
        if is_day(day):
            self._choose(day)

    @rx.event
    async def see_later(self) -> None:
        """Show the next four weeks."""
        await self._turn(1)

    @rx.event
    async def see_earlier(self) -> None:
        """Show the four weeks before."""
        await self._turn(-1)

    async def _turn(self, way: int) -> None:
        if self._agenda_id and is_day(self.weeks.first_day):
            self.day = ""
            first = date.fromisoformat(self.weeks.first_day)
            await self._show(first + way * weeks.LENGTH, clock.now())

    async def _refresh(self) -> None:
        if self._agenda_id and is_day(self.weeks.first_day):
            await self._show(date.fromisoformat(self.weeks.first_day), clock.now())

    async def _show(self, first: date, now: datetime) -> None:
        last_day = date.fromisoformat(self._last_day)
        self.weeks = weeks.shown(first, clock.local_day(now), last_day)
        first = date.fromisoformat(self.weeks.first_day)
        topic, variant = topics.agenda(self._agenda_id), first.isoformat()
        watched = live.is_watched(f"{topic}#{variant}")
        room = await live.join(self, topic, variant)  # pyright: ignore[reportArgumentType]
        board = await in_reading(boards.board_of, self._agenda_id, first, now=now)
        memory.meet(room, view.marks(board), watched=watched)
        self.board, self.news = view.shown(board, now), News()
        stays = is_day(self.day) and first <= date.fromisoformat(self.day) < first + weeks.LENGTH
        self._choose(self.day if stays else self.board.first_open)

    def _choose(self, day: str) -> None:
        self.day = day
        self.day_name = view.day_name(date.fromisoformat(day)) if day else ""
        noon = clock.at(date.fromisoformat(day), 12) if day else clock.now()
        self.zone_words = zones.difference_words(zones.known(self.zone), noon)

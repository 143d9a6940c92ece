"""Looking at the board: its room, four weeks of it, one day."""

from datetime import date, datetime

import reflex as rx

from canais_app.agenda import boards, topics
from canais_app.agenda.picker import view, weeks, zones
from canais_app.agenda.picker.about import AgendaSummaryView
from canais_app.agenda.picker.news import LatestChange, SlotStatusCache
from canais_app.agenda.picker.view import MonthView
from canais_app.agenda.picker.weeks import WeeksView
from canais_app.agenda.times.moments import is_iso_day
from canais_app.kit import clock, live
from canais_app.kit.db import read

slot_status_cache = SlotStatusCache()


class CalendarState(rx.State, mixin=True):
    """The board, which its room sends whole at each change, and the day one looks at."""

    board: MonthView = MonthView()
    news: LatestChange = LatestChange()
    weeks: WeeksView = WeeksView()
    about: AgendaSummaryView = AgendaSummaryView()
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
        if is_iso_day(day):
            self._choose(day)

    @rx.event
    async def show_later_weeks(self) -> None:
        """Show the next four weeks."""
        await self._page_weeks(1)

    @rx.event
    async def show_earlier_weeks(self) -> None:
        """Show the four weeks before."""
        await self._page_weeks(-1)

    async def _page_weeks(self, way: int) -> None:
        if self._agenda_id and is_iso_day(self.weeks.first_day):
            self.day = ""
            first = date.fromisoformat(self.weeks.first_day)
            await self._show(first + way * weeks.SPAN, clock.now())

    async def _refresh(self) -> None:
        if self._agenda_id and is_iso_day(self.weeks.first_day):
            await self._show(date.fromisoformat(self.weeks.first_day), clock.now())

    async def _show(self, first: date, now: datetime) -> None:
        last_day = date.fromisoformat(self._last_day)
        self.weeks = weeks.weeks_view(first, clock.to_local_day(now), last_day)
        first = date.fromisoformat(self.weeks.first_day)
        topic, variant = topics.agenda_topic(self._agenda_id), first.isoformat()
        watched = live.has_subscribers(f"{topic}#{variant}")
        room = await live.subscribe(self, topic, variant)  # pyright: ignore[reportArgumentType]
        board = await read(boards.load_month_by_id, self._agenda_id, first, now=now)
        slot_status_cache.set_default(room, view.slot_status(board), watched=watched)
        self.board, self.news = view.month_view(board, now), LatestChange()
        stays = is_iso_day(self.day) and first <= date.fromisoformat(self.day) < first + weeks.SPAN
        self._choose(self.day if stays else self.board.first_open)

    def _choose(self, day: str) -> None:
        self.day = day
        self.day_name = view.format_day_name(date.fromisoformat(day)) if day else ""
        noon = clock.from_wall_clock(date.fromisoformat(day), 12) if day else clock.now()
        self.zone_words = zones.format_offset(zones.parse_zone(self.zone), noon)

"""Base State of the picker: the live month board and the chosen day."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

import reflex as rx

from canais_app.agenda import tokens
from canais_app.agenda.formatting import is_iso_day
from canais_app.agenda.picker import timezones, view
from canais_app.agenda.picker.view import AgendaSummaryView, LatestChange, MonthView
from canais_app.kit import clock, live, text
from canais_app.kit.db import read
from canais_app.kit.last_shown import LastShown

SPAN = timedelta(days=28)


@dataclass
class WeeksView:
    """Four weeks from a Monday (ISO), and whether there are earlier and later ones."""

    first_day: str = ""
    span: str = ""
    until: str = ""
    has_earlier: bool = False
    has_later: bool = False


def first_monday(day: date, today: date) -> date:
    """Return the first Monday of the four-week page, counted from this week, that has a day."""
    start = monday_of(today)
    return start + max(0, (day - start).days) // SPAN.days * SPAN


def weeks_view(first: date, today: date, last_day: date) -> WeeksView:
    """Return the four weeks from `first`, limited to the page of `last_day`."""
    start, last = monday_of(today), first_monday(last_day, today)
    first = min(max(monday_of(first), start), last)
    return WeeksView(
        first_day=first.isoformat(),
        span=format_weeks_span(first),
        until=text.format_day_and_month(first + SPAN - timedelta(days=1)),
        has_earlier=first > start,
        has_later=first < last,
    )


def monday_of(day: date) -> date:
    """Return the Monday of a day's week."""
    return day - timedelta(days=day.weekday())


def format_weeks_span(first: date) -> str:
    """Return `23 de nov. a 20 de dez.`."""
    days = (first, first + SPAN - timedelta(days=1))
    return " a ".join(f"{day.day} de {text.MONTH_NAMES[day.month - 1][:3]}." for day in days)


slot_status_shown = LastShown[dict[str, str]]()


class CalendarState(rx.State, mixin=True):
    """The board, replaced as a whole by each live update, and the chosen day."""

    board: MonthView = MonthView()
    news: LatestChange = LatestChange()
    weeks: WeeksView = WeeksView()
    about: AgendaSummaryView = AgendaSummaryView()
    day: str = ""
    day_name: str = ""
    current_day: str = ""  # of the appointment that would move; empty: none
    month_words: str = ""
    whole_month: bool = False  # on narrow screens, instead of the strip of days
    zone: str = rx.SessionStorage("", name="canais_fuso")
    zone_words: str = ""
    _slug: str = ""
    _agenda_id: int = 0
    _last_day: str = ""

    @rx.event
    async def choose_day(self, day: str) -> None:
        """Show the slots of a day."""
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

    @rx.event
    def toggle_month(self) -> None:
        """Show the whole month instead of the strip of days, or the strip again."""
        self.whole_month = not self.whole_month

    async def _page_weeks(self, pages: int) -> None:
        self.day = ""
        await self._refresh(pages * SPAN)

    async def _refresh(self, shift: timedelta = timedelta()) -> None:
        if self._agenda_id and is_iso_day(self.weeks.first_day):
            await self._show(date.fromisoformat(self.weeks.first_day) + shift, clock.now())

    async def _show(self, first: date, now: datetime) -> None:
        last_day = date.fromisoformat(self._last_day)
        self.weeks = weeks_view(first, clock.to_local_day(now), last_day)
        first = date.fromisoformat(self.weeks.first_day)
        topic, variant = tokens.agenda_topic(self._agenda_id), self._variant(first)
        watched = live.has_subscribers(f"{topic}#{variant}")
        room = await live.subscribe(self, topic, variant)  # pyright: ignore[reportArgumentType]
        board = await read(view.read_board, room, now)
        # Other viewers are still to hear of a change that this visitor has just made.
        remember = slot_status_shown.set_default if watched else slot_status_shown.swap
        remember(room, view.slot_status(board))
        self.board, self.news = view.month_view(board, now), LatestChange()
        self.month_words = text.MONTH_NAMES[(first + SPAN / 2).month - 1]
        is_shown = is_iso_day(self.day) and first <= date.fromisoformat(self.day) < first + SPAN
        self._choose(self.day if is_shown else self.board.first_open)

    def _variant(self, first: date) -> str:
        """Return the variant of the agenda's live room: what the board shows."""
        raise NotImplementedError

    def _choose(self, day: str) -> None:
        self.day = day
        self.day_name = view.format_day_name(date.fromisoformat(day)) if day else ""
        noon = clock.from_wall_clock(date.fromisoformat(day), 12) if day else clock.now()
        self.zone_words = timezones.format_offset(timezones.parse_zone(self.zone), noon)

"""The court's calendar as an agenda sees it: from its own unit."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from canais_app.expediente.calendar import CourtCalendar, Hours, Location, Span


@dataclass(frozen=True)
class UnitCalendar:
    """The calendar at one place (`slots.Court`)."""

    calendar: CourtCalendar
    place: Location

    @cached_property
    def _without_days(self) -> CourtCalendar:
        return CourtCalendar(closures=self.calendar.closures)

    def list_open_spans(self, day: date, hours: Hours, *, on_holidays: bool) -> Sequence[Span]:
        """Return what the calendar leaves of `hours`; closures hold on opted-out holidays too."""
        calendar = self._without_days if on_holidays else self.calendar
        return calendar.list_open_spans(day, self.place, hours)

    def change_reason(self, day: date, hours: Hours) -> str:
        """Return why the calendar changes `hours` on this day."""
        return self.calendar.open_state_on(day, self.place, hours).reason

    def list_holidays(self, first: date, last: date) -> dict[date, str]:
        """Return the closed days from `first` to `last`, both included, with their names."""
        return self.calendar.list_holidays(first, last, self.place)

    def add_open_days(self, day: date, count: int) -> date:
        """Return the day `count` business days later."""
        return self.calendar.add_open_days(day, count, self.place)

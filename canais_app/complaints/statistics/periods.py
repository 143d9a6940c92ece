"""The hours of a period, of the period before it, and of the days it is compared with.

Hours are whole hours since 1970 (UTC), days are the court's since 1970; Cuiabá is at UTC−4.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from canais_app.complaints.statistics.alarms.history import REFERENCE_DAYS, SKIPPED_DAYS
from canais_app.complaints.statistics.filters import Scope
from canais_app.kit import clock

EPOCH = date(1970, 1, 1)
YEAR_SHIFT = 364  # days: the same weekday a year ago
SPARK_WEEKS = 8
DAY_HOURS = 24
LOOK_BACK_DAYS = 120  # days searched for those that a day is compared with
Array = NDArray[Any]


@dataclass(frozen=True)
class Period:
    """A period in hours and days, and how the past is weighed against it."""

    now: datetime
    first_hour: int
    end: float  # in hours; a fraction while the last hour lasts
    shift_days: int
    is_open: Callable[[date], bool]
    known_since: date | None  # the first whole day with counts
    known_references: dict[tuple[date, date], list[int]]  # shared by periods of one place

    @property
    def until_hour(self) -> int:
        """The first hour after the period; the present hour has begun."""
        present = clock.hour_number(self.now)
        return present + 1 if self.end >= present else int(np.ceil(self.end))

    @property
    def first_day(self) -> int:
        """The first day, as a number."""
        return day_of(self.first_hour)

    @property
    def until_day(self) -> int:
        """The first day after the period."""
        return day_of(self.until_hour - 1) + 1

    @cached_property
    def dates(self) -> list[date]:
        """The days of the period."""
        return [date_of(day) for day in range(self.first_day, self.until_day)]

    @cached_property
    def is_before_known(self) -> bool:
        """Whether complaints were counted during the whole period before."""
        since = self.known_since
        return since is not None and self.dates[0] - timedelta(days=self.shift_days) >= since

    @property
    def spark_start(self) -> int:
        """The Monday, as a day, with which the eight whole weeks before this one begin."""
        today = clock.to_local_day(self.now)
        return (today - EPOCH).days - today.weekday() - 7 * SPARK_WEEKS

    @cached_property
    def oldest_hour(self) -> int:
        """The first hour that any figure of the period needs."""
        back = max(self.shift_days, LOOK_BACK_DAYS)
        return min(self.first_hour - 24 * back, hour_of(self.spark_start))

    @cached_property
    def references(self) -> list[list[int]]:
        """The reference days of each day of the period, as day numbers."""
        if self.known_since is None:
            return [[] for _ in self.dates]
        return [self._references(day, self.known_since) for day in self.dates]

    def _references(self, day: date, first: date) -> list[int]:
        known = self.known_references.get((day, first))
        if known is None:
            days = list_reference_days(day, self.is_open, first=first)
            known = self.known_references[day, first] = [(other - EPOCH).days for other in days]
        return known

    @property
    def frame(self) -> tuple[object, ...]:
        """What sums of reports depend on: periods of one frame have the same sums."""
        return (
            self.first_hour,
            self.until_hour,
            self.shift_days,
            self.spark_start,
            self.known_since,
            id(self.known_references),
        )

    @property
    def hour_share(self) -> float:
        """The share of the last hour that has passed; 0 when the period ends on the hour."""
        return self.end - int(self.end)

    @cached_property
    def expected_weights(self) -> tuple[Array, Array]:
        """The weight of each hour since `oldest_hour`, and of those of which `hour_share` counts.

        The weighted sum is the expected count. A day without references expects what it has: no
        excess is claimed.
        """
        weights = self._no_weights()
        for day, references in zip(
            range(self.first_day, self.until_day), self.references, strict=True
        ):
            length = min(DAY_HOURS, int(self.end) - hour_of(day))
            for other in references or [day]:
                share = 1 / max(len(references), 1)
                self._weigh(weights, hour_of(other), length, share, is_over=length == DAY_HOURS)
        return weights

    @cached_property
    def before_weights(self) -> tuple[Array, Array]:
        """The same for the period before: 1, or 0 if it was not counted."""
        weights = self._no_weights()
        if self.is_before_known:
            start = self.first_hour - 24 * self.shift_days
            length = int(self.end) - self.first_hour
            self._weigh(weights, start, length, 1.0, is_over=False)
        return weights

    def _no_weights(self) -> tuple[Array, Array]:
        size = max(self.until_hour - self.oldest_hour, 0)
        return np.zeros(size), np.zeros(size)

    def _weigh(
        self, weights: tuple[Array, Array], start: int, length: int, weight: float, *, is_over: bool
    ) -> None:
        begin = start - self.oldest_hour
        if begin < 0:
            return
        weights[0][begin : begin + length] += weight
        if not is_over:
            weights[1][begin + length] += weight


def day_of(hour: int) -> int:
    """Return the court's day of an hour."""
    return (hour - clock.HOURS_BEHIND_UTC) // 24


def hour_of(day: int) -> int:
    """Return the first hour of a day of the court."""
    return day * 24 + clock.HOURS_BEHIND_UTC


def date_of(day: int) -> date:
    """Return the date of a day number."""
    return EPOCH + timedelta(days=day)


def build_period(  # noqa: PLR0913 (what a period depends on)
    filters: Scope,
    *,
    compare: str,
    now: datetime,
    is_open: Callable[[date], bool],
    first_hour: int | None,
    known_references: dict[tuple[date, date], list[int]] | None = None,
) -> Period:
    """Return a filter's period; `compare` "ano" sets it against the same days a year ago.

    Otherwise it is set against the days before it, by weekday: whole weeks earlier.
    """
    start, end = filters.period_start(now), filters.period_end(now)
    days = -(-(end - start) // timedelta(days=1))
    return Period(
        now=now,
        first_hour=clock.hour_number(start),
        end=end.timestamp() / 3600,
        shift_days=YEAR_SHIFT if compare == "ano" or days > YEAR_SHIFT else -(-days // 7) * 7,
        is_open=is_open,
        # The day of the first record is incomplete.
        known_since=None if first_hour is None else date_of(day_of(first_hour) + 1),
        known_references={} if known_references is None else known_references,
    )


def list_reference_days(
    day: date, is_open: Callable[[date], bool], *, first: date | None = None
) -> list[date]:
    """List the days that `day` is compared with, newest first, none before `first`.

    The last 20 of its kind (open or closed), without the newest two.
    """
    kind, found = is_open(day), list[date]()
    for back in range(1, LOOK_BACK_DAYS + 1):
        candidate = day - timedelta(days=back)
        if first is not None and candidate < first:
            break
        if is_open(candidate) == kind:
            found.append(candidate)
        if len(found) == REFERENCE_DAYS + SKIPPED_DAYS:
            break
    return found[SKIPPED_DAYS:]

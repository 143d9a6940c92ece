"""Parse a range of days or moments, and list the free slots that begin in it.

Days are the court's, the last one included. A moment has its own offset (without one it is on
the court's clock), and a range of moments is half-open: `[from, to)`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from sqlmodel import Session

from canais_app.agenda import queries
from canais_app.agenda.availability.slots import ONE_DAY, is_supported_year
from canais_app.agenda.views import OpenSlot
from canais_app.kit import clock
from canais_app.kit.errors import InvalidError

DEFAULT_RANGE = timedelta(days=27)  # four weeks, with the first day
UNREADABLE_TEXT = "Escreva a data como 2026-11-25, ou um momento como 2026-11-25T14:00-04:00."
BACKWARDS_TEXT = "O fim vem antes do começo."


@dataclass(frozen=True)
class TimeRange:
    """A range of starts, `[since, until)`, moments in UTC."""

    since: datetime
    until: datetime

    @property
    def days(self) -> tuple[date, date]:
        """The court's days that it touches, both included."""
        last = max(self.since, self.until - timedelta.resolution)
        return clock.to_local_day(self.since), clock.to_local_day(last)

    def contains_slot(self, slot: OpenSlot) -> bool:
        """Whether a slot begins in it."""
        return self.since <= datetime.fromisoformat(slot.start) < self.until


def parse_time_range(first: str, last: str, *, now: datetime) -> TimeRange:
    """Return the range of two texts; by default from today, and four weeks long.

    Raises:
        InvalidError: a text cannot be parsed, its year is not supported, or the end is first.
    """
    begin = _parse_bound("from", first) if first else clock.to_local_day(now)
    since = begin if isinstance(begin, datetime) else clock.from_wall_clock(begin, 0)
    end = _parse_bound("to", last) if last else clock.to_local_day(since) + DEFAULT_RANGE
    until = end if isinstance(end, datetime) else clock.from_wall_clock(end + ONE_DAY, 0)
    if until < since or (until == since and not isinstance(end, datetime)):
        raise InvalidError.at("to", BACKWARDS_TEXT)
    return TimeRange(since, until)


def is_parsable_bound(words: str) -> bool:
    """Whether a text is a day or a moment."""
    try:
        _parse(words)
    except ValueError:
        return False
    return True


def list_slots_in_range(  # noqa: PLR0913 (a range, filters and a limit)
    session: Session,
    slug: str,
    time_range: TimeRange,
    *,
    now: datetime,
    modality: str = "",
    kind: str = "",
    limit: int | None = None,
) -> Sequence[OpenSlot]:
    """Return the free slots that begin in a range, earliest first, at most `limit`.

    Raises:
        AgendaNotFoundError: there is no published agenda of that name.
        InvalidError: the range is longer than a year.
    """
    found = queries.list_open_slots(
        session,
        slug,
        *time_range.days,
        now=now,
        modality=modality,
        kind=kind,
        since=time_range.since,
        limit=limit,
    )
    return [slot for slot in found if time_range.contains_slot(slot)]


def _parse_bound(name: str, words: str) -> date | datetime:
    try:
        found = _parse(words)
    except ValueError:
        raise InvalidError.at(name, UNREADABLE_TEXT) from None
    if not is_supported_year(found):
        raise InvalidError.at(name, "Escolha um dia deste século.")
    return found.astimezone(UTC) if isinstance(found, datetime) else found


def _parse(words: str) -> date | datetime:
    if "/" in words:
        return datetime.strptime(words, "%d/%m/%Y").date()  # noqa: DTZ007 (a day has no zone)
    try:
        return date.fromisoformat(words)
    except ValueError:
        # An unescaped `+` of a URL arrives as a space.
        found = datetime.fromisoformat(words.upper().replace(" ", "+"))
    return found if found.tzinfo else found.replace(tzinfo=clock.TZ)

"""The terms of an agenda: all that a gabinete sets, as one value.

A version of an agenda is its terms from a day on. They are stored whole, as JSON, and never
changed afterwards: what was published can be read, compared and kept in memory by its text.
"""

from dataclasses import dataclass
from datetime import date, time
from functools import cached_property, lru_cache

from pydantic import BaseModel, ConfigDict, field_validator

from canais_app.agenda.models import Modality
from canais_app.agenda.times.windows import END_OF_DAY, ClockSpan, SlotRules, WeeklyWindow

CACHE_SIZE = 4096  # versions kept in memory


@dataclass(frozen=True)
class DayOverride:
    """A day with a window of its own instead of the weekly ones; without times it is closed."""

    day: date
    starts: time | None = None
    ends: time | None = None

    @property
    def is_closed(self) -> bool:
        """Whether nobody is received on that day."""
        return self.starts is None or self.ends is None


class Terms(BaseModel):
    """What holds for the days of a version. Lengths, buffers and notices are in minutes.

    `opt_outs` are closed days of the court's calendar on which this gabinete receives all the
    same. A limit of 0 is no limit. Terms may contradict themselves: see `contradictions`.
    """

    model_config = ConfigDict(frozen=True)

    windows: tuple[WeeklyWindow, ...] = ()
    own_days: tuple[DayOverride, ...] = ()
    opt_outs: tuple[date, ...] = ()
    slot_minutes: int = 20
    step_minutes: int = 20
    buffer_before: int = 0
    buffer_after: int = 0
    notice_minutes: int = 120
    horizon_days: int = 28
    horizon_in_business_days: bool = False
    capacity: int = 1
    modalities: tuple[str, ...] = ()  # `Modality`
    place: str = ""
    video_base_url: str = ""
    max_per_day: int = 0
    max_per_oab_per_day: int = 1
    max_per_oab_per_month: int = 0
    max_active_per_oab: int = 3
    max_active_per_case: int = 1
    release_delay: int = 30
    cancel_notice: int = 120
    needs_approval: bool = False
    confirms_by_email: bool = False
    confirm_minutes: int = 30
    offer_minutes: int = 120

    @field_validator("windows", "own_days", mode="before")
    @classmethod
    def _until_midnight(cls, rows: object) -> object:
        """Read an end at `24:00`, which `time` cannot say, as the end of the day."""
        if not isinstance(rows, list):
            return rows
        return [
            row | {"ends": END_OF_DAY}
            if isinstance(row, dict) and row.get("ends") in ("24:00", "24:00:00")
            else row
            for row in rows
        ]

    @property
    def overrides(self) -> dict[date, tuple[ClockSpan, ...]]:
        """The windows of each day that has its own; none: closed."""
        found: dict[date, tuple[ClockSpan, ...]] = {}
        for own in self.own_days:
            span = ((own.starts, own.ends),) if own.starts and own.ends else ()
            found[own.day] = (*found.get(own.day, ()), *span)
        return found

    @cached_property
    def rules(self) -> SlotRules:
        """The part that makes slots; an agenda's blocks are no part of a version."""
        return SlotRules(
            windows=self.windows,
            overrides=self.overrides,
            opt_outs=frozenset(self.opt_outs),
            slot=self.slot_minutes,
            step=self.step_minutes,
            before=self.buffer_before,
            after=self.buffer_after,
            notice=self.notice_minutes,
            horizon=self.horizon_days,
            in_business_days=self.horizon_in_business_days,
            capacity=self.capacity,
            max_per_day=self.max_per_day,
        )


@lru_cache(maxsize=CACHE_SIZE)
def parse_terms(stored: str) -> Terms:
    """Return terms as they were stored (JSON). The same text is read once.

    Where no way of receiving is named it is in person, which needs neither link nor number: what
    is listed can be booked.
    """
    found = Terms.model_validate_json(stored)
    in_person = {"modalities": (Modality.IN_PERSON.value,)}
    return found if found.modalities else found.model_copy(update=in_person)


def serialize_terms(terms: Terms) -> str:
    """Return terms as they are stored."""
    return terms.model_dump_json()

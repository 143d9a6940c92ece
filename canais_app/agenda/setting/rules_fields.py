"""The fields of the rules form: what may be typed into each, and the sentence when it may not."""

import re
from datetime import date, time
from typing import Annotated

from pydantic import AfterValidator, BaseModel, field_validator

from canais_app.agenda.times.moments import is_supported_year
from canais_app.agenda.times.terms import DayOverride
from canais_app.agenda.times.windows import WeeklyWindow
from canais_app.kit import text
from canais_app.kit.errors import InvalidError
from canais_app.kit.forms import ShortText

_REPEATS = re.compile(r"^(?:cada-([1-8])|mes-(-1|[1-5]))$")


def _between(least: int, most: int, *, minutes: bool = False) -> AfterValidator:
    words = [text.format_duration(n) if minutes else str(n) for n in (least, most)]

    def check(value: int) -> int:
        if not least <= value <= most:
            raise ValueError(f"De {words[0]} a {words[1]}.")
        return value

    return AfterValidator(check)


def _this_century(day: date | None) -> date | None:
    if day is not None and not is_supported_year(day):
        raise ValueError("Escolha um dia deste século.")
    return day


FormDay = Annotated[date, AfterValidator(_this_century)]
OptionalFormDay = Annotated[date | None, AfterValidator(_this_century)]
LimitField = Annotated[int, _between(0, 999)]
BufferField = Annotated[int, _between(0, 480, minutes=True)]
SlotField = Annotated[int, _between(5, 480, minutes=True)]


class RulesFields(BaseModel):
    """The fields that stand once in the form. Lengths are in minutes."""

    title: ShortText = ""
    registry: ShortText = ""
    starts_on: OptionalFormDay = None
    place: ShortText = ""
    video_base_url: ShortText = ""
    slot_minutes: SlotField = 20
    step_minutes: SlotField = 20
    buffer_before: BufferField = 0
    buffer_after: BufferField = 0
    capacity: Annotated[int, _between(1, 50)] = 1
    notice_minutes: Annotated[int, _between(0, 60 * 1440, minutes=True)] = 120
    horizon_days: Annotated[int, _between(1, 365)] = 28
    horizon_in_business_days: bool = False
    max_per_day: LimitField = 0
    max_per_oab_per_day: LimitField = 1
    max_per_oab_per_month: LimitField = 0
    max_active_per_oab: LimitField = 3
    max_active_per_case: LimitField = 1
    release_delay: Annotated[int, _between(0, 7 * 1440, minutes=True)] = 30
    cancel_notice: Annotated[int, _between(0, 30 * 1440, minutes=True)] = 120
    needs_approval: bool = False
    confirms_by_email: bool = False
    confirm_minutes: Annotated[int, _between(5, 1440, minutes=True)] = 30
    offer_minutes: Annotated[int, _between(5, 2880, minutes=True)] = 120

    @field_validator("starts_on", mode="before")
    @classmethod
    def _empty_is_today(cls, sent: object) -> object:
        return sent or None

    @field_validator("video_base_url")
    @classmethod
    def _an_address(cls, link: str) -> str:
        if link and not re.fullmatch(r"https://[^\s/?#]+\.[^\s]+", link):
            raise ValueError("Escreva um link que comece com https://.")
        return link


class WindowFields(BaseModel):
    """A weekly window as it is typed; `repeats` is `cada-2` (weeks) or `mes--1` (the last)."""

    weekday: Annotated[int, _between(0, 6)]
    starts: time
    ends: time
    repeats: str = "cada-1"
    valid_from: OptionalFormDay = None
    valid_until: OptionalFormDay = None

    @field_validator("valid_from", "valid_until", mode="before")
    @classmethod
    def _empty_is_open(cls, sent: object) -> object:
        return sent or None

    @field_validator("repeats")
    @classmethod
    def _known(cls, sent: str) -> str:
        if _REPEATS.match(sent) is None:
            raise ValueError("Escolha uma das opções.")
        return sent

    def to_window(self) -> WeeklyWindow:
        """Return the rule that it says."""
        found = _REPEATS.match(self.repeats)
        every, nth = found.groups() if found else (None, None)
        return WeeklyWindow(
            self.weekday,
            self.starts,
            self.ends,
            int(every or 1),
            int(nth or 0),
            self.valid_from,
            self.valid_until,
        )


class DayOverrideFields(BaseModel):
    """A special day as it is typed: closed, or with one window (several rows: several)."""

    day: FormDay
    closed: bool = False
    starts: time | None = None
    ends: time | None = None

    @field_validator("starts", "ends", mode="before")
    @classmethod
    def _empty_is_none(cls, sent: object) -> object:
        return sent or None

    def to_day_override(self) -> DayOverride:
        """Return the rule that it says.

        Raises:
            InvalidError: it is neither closed nor has both times.
        """
        if self.closed:
            return DayOverride(self.day)
        for name, value in (("starts", self.starts), ("ends", self.ends)):
            if value is None:
                said = "Diga o horário, ou marque “fechado”."
                raise InvalidError(said, {name: said})
        return DayOverride(self.day, self.starts, self.ends)

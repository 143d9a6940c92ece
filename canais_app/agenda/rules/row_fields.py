"""The rows of the rules form that are added and removed: windows, special days, kinds."""

import re
from datetime import time
from typing import Annotated

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    Field,
    StringConstraints,
    field_validator,
)

from canais_app.agenda.availability.rule_values import AttendanceKind, DayOverride
from canais_app.agenda.availability.slots import END_OF_DAY, WeeklyWindow
from canais_app.agenda.models import Modality
from canais_app.agenda.schemas import FormDay, NoneIfEmpty, OptionalFormDay, SingleLine
from canais_app.kit import text
from canais_app.kit.errors import InvalidError

MIN_MINUTES = 5  # of an appointment
MAX_KIND_NAME, MAX_INSTRUCTIONS = 80, 500
_CLOCK_TIME = re.compile(r"^(\d{1,2}):(\d\d)(?::(\d\d)(?:\.\d+)?)?$")
_REPEATS = re.compile(r"^(?:cada-([1-8])|mes-(-1|[1-5]))$")


def between(least: int, most: int, *, minutes: bool = False) -> AfterValidator:
    """Return a check of a whole number from `least` to `most`; minutes are said as a duration."""
    limits = [text.format_duration(n) if minutes else str(n) for n in (least, most)]

    def check(value: int) -> int:
        if not least <= value <= most:
            raise ValueError(f"De {limits[0]} a {limits[1]}.")
        return value

    return AfterValidator(check)


def _read_end(sent: object) -> object:
    """Read an end at midnight (24:00, 00:00, 23:59) as the end of the day, and round seconds up."""
    if not isinstance(sent, str) or not (found := _CLOCK_TIME.match(sent.strip())):
        return sent
    hour, minute, second = (int(part or 0) for part in found.groups())
    minutes = hour * 60 + minute + (second > 0)
    if minutes in (0, 23 * 60 + 59, 24 * 60):
        return END_OF_DAY
    return f"{minutes // 60:02d}:{minutes % 60:02d}" if minutes < 24 * 60 else sent


OptionalTime = Annotated[time | None, NoneIfEmpty]
EndTime = Annotated[time, BeforeValidator(_read_end)]
OptionalEndTime = Annotated[time | None, BeforeValidator(_read_end), NoneIfEmpty]


class WindowFields(BaseModel):
    """A weekly window's row; `repeats` is `cada-2` (weeks) or `mes--1` (last of the month)."""

    weekday: Annotated[int, between(0, 6)]
    starts: time
    ends: EndTime
    repeats: str = "cada-1"
    valid_from: OptionalFormDay = None
    valid_until: OptionalFormDay = None

    @field_validator("repeats")
    @classmethod
    def _check_repeats(cls, sent: str) -> str:
        if _REPEATS.match(sent) is None:
            raise ValueError("Escolha uma das opções.")
        return sent

    def to_window(self) -> WeeklyWindow:
        """Return the row as a window."""
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
    """A special day's row: closed, or with one window (one row per window)."""

    day: FormDay
    closed: bool = False
    starts: OptionalTime = None
    ends: OptionalEndTime = None

    def to_day_override(self) -> DayOverride:
        """Return the row as a day override.

        Raises:
            InvalidError: the day is open and lacks a time.
        """
        if self.closed:
            return DayOverride(self.day)
        for name, value in (("starts", self.starts), ("ends", self.ends)):
            if value is None:
                raise InvalidError.at(name, "Diga o horário, ou marque “fechado”.")
        return DayOverride(self.day, self.starts, self.ends)


ZeroIfEmpty = BeforeValidator(lambda sent: sent or 0)


class KindFields(BaseModel):
    """A kind of attendance's row; without a length or modalities it has the agenda's."""

    name: SingleLine = Field(default="", max_length=MAX_KIND_NAME)
    minutes: Annotated[int, ZeroIfEmpty, between(0, 480, minutes=True)] = 0
    instructions: Annotated[
        str, StringConstraints(strip_whitespace=True, max_length=MAX_INSTRUCTIONS)
    ] = ""
    needs_approval: bool = False
    needs_case_number: bool = False
    answer_hours: Annotated[int, ZeroIfEmpty, between(0, 240)] = 0
    video: bool = False
    presencial: bool = False
    telefone: bool = False

    def to_kind(self) -> AttendanceKind:
        """Return the row as a kind of attendance.

        Raises:
            InvalidError: it has no name, or a length shorter than any appointment.
        """
        if not self.name:
            raise InvalidError.at("name", "Dê um nome, como “Despacho de urgência”.")
        if 0 < self.minutes < MIN_MINUTES:
            raise InvalidError.at("minutes", f"Ao menos {MIN_MINUTES} minutos, ou deixe em branco.")
        return AttendanceKind(
            modalities=tuple(m.value for m in Modality if getattr(self, m.value)),
            **self.model_dump(exclude={m.value for m in Modality}),
        )

"""Rows of the court's calendar. The yearly Portaria decides, so days are data."""

from datetime import date, datetime, time

from sqlmodel import Field, SQLModel

from canais_app.expediente.calendar import Effect

__all__ = ["CalendarDay", "Closure", "Effect"]


class CalendarDay(SQLModel, table=True):
    """A holiday, recess or late opening, from `first_day` to `last_day`, both included."""

    __tablename__ = "calendar_day"  # pyright: ignore[reportAssignmentType]

    id: int | None = Field(default=None, primary_key=True)
    first_day: date = Field(index=True)
    last_day: date = Field(index=True)
    effect: str = Field(max_length=24)
    opens_at: time | None = None
    name: str = Field(max_length=120)
    act: str = Field(default="", max_length=120)
    comarca_id: int | None = Field(default=None, foreign_key="comarca.id", index=True)
    source: str = Field(default="", max_length=120)


class Closure(SQLModel, table=True):
    """A closure by Portaria of the state, one comarca or one unit; `ends_at` may be unknown."""

    __tablename__ = "closure"  # pyright: ignore[reportAssignmentType]

    id: int | None = Field(default=None, primary_key=True)
    starts_at: datetime = Field(index=True)
    ends_at: datetime | None = None
    reason: str = Field(max_length=200)
    act: str = Field(default="", max_length=120)
    act_url: str = Field(default="", max_length=300)
    alternative: str = Field(default="", max_length=200)
    comarca_id: int | None = Field(default=None, foreign_key="comarca.id", index=True)
    unit_id: int | None = Field(default=None, foreign_key="unit.id", index=True)

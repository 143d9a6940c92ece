"""Change the court's calendar: days, recess, and closures by Portaria."""

from collections.abc import Sequence
from datetime import date, datetime, time

from pydantic import BaseModel, Field, model_validator
from sqlalchemy import column, select, table
from sqlmodel import Session, col

from canais_app.accounts import audit
from canais_app.accounts.roles import Actor, Permission, require
from canais_app.expediente.calendar import Effect
from canais_app.expediente.holidays import days_of, recess_of
from canais_app.expediente.models import CalendarDay, Closure
from canais_app.expediente.queries import TOPIC
from canais_app.kit import live
from canais_app.kit.errors import ConflictError, InvalidError, NotFoundError

LONGEST = 400  # days in one row of the calendar
# The directory stands above this room: only these columns are read here.
_COMARCA = table("comarca", column("id"), column("slug"))
_UNIT = table("unit", column("id"), column("path"))


class NewDay(BaseModel):
    """A row of the calendar as the administrator writes it."""

    first_day: date
    last_day: date
    effect: Effect
    name: str = Field(min_length=1, max_length=120)
    opens_at: time | None = None
    act: str = Field(default="", max_length=120)
    comarca_id: int | None = None

    @model_validator(mode="after")
    def _fits(self) -> "NewDay":
        if not 0 <= (self.last_day - self.first_day).days < LONGEST:
            raise ValueError(f"O último dia vem até {LONGEST} dias depois do primeiro.")
        if (self.effect == Effect.OPENS_LATE) != (self.opens_at is not None):
            raise ValueError("Diga a hora de abrir só quando o dia abre mais tarde.")
        return self


class NewClosure(BaseModel):
    """A closure by Portaria of the state, one comarca or one unit and what hangs under it."""

    starts_at: datetime
    ends_at: datetime | None = None
    reason: str = Field(min_length=3, max_length=200)
    act: str = Field(default="", max_length=120)
    act_url: str = Field(default="", max_length=300, pattern=r"^(https://.*)?$")
    alternative: str = Field(default="", max_length=200)
    comarca_id: int | None = None
    unit_id: int | None = None

    @model_validator(mode="after")
    def _fits(self) -> "NewClosure":
        if self.ends_at is not None and self.ends_at <= self.starts_at:
            raise ValueError("O fim vem depois do começo.")
        return self


def add_day(session: Session, actor: Actor, wish: NewDay, *, now: datetime) -> CalendarDay:
    """Put a row into the calendar.

    Raises:
        ConflictError: the same day of the same place already has that effect.
    """
    require(actor, Permission.EDIT_CALENDAR)
    if session.scalar(_same_day(wish)) is not None:
        raise ConflictError("Este dia já está no calendário.")
    row = CalendarDay(**wish.model_dump(), source=actor.name)
    session.add(row)
    session.flush()
    audit.record(session, actor, "incluir dia", "calendário", row.id, _said(wish), now=now)
    _tell(session)
    return row


def remove_day(session: Session, actor: Actor, day_id: int, *, now: datetime) -> None:
    """Take a row out of the calendar.

    Raises:
        NotFoundError: there is no such row.
    """
    require(actor, Permission.EDIT_CALENDAR)
    row = session.get(CalendarDay, day_id)
    if row is None:
        raise NotFoundError("Este dia não está no calendário.")
    session.delete(row)
    was = {name: [value, ""] for name, value in row.model_dump(exclude={"id"}).items()}
    audit.record(session, actor, "retirar dia", "calendário", day_id, was, now=now)
    _tell(session)


def close(session: Session, actor: Actor, wish: NewClosure, *, now: datetime) -> Closure:
    """Close a place from a moment on, with or without an end.

    Raises:
        InvalidError: comarca and unit are both given: one place per closure.
    """
    require(actor, Permission.EDIT_CALENDAR, _path_of(session, wish.unit_id))
    if wish.comarca_id is not None and wish.unit_id is not None:
        raise InvalidError("Escolha a comarca ou a unidade, não as duas.")
    row = Closure(**wish.model_dump())
    session.add(row)
    session.flush()
    audit.record(session, actor, "fechar", "fechamento", row.id, _said(wish), now=now)
    _tell(session)
    return row


def end_closure(
    session: Session, actor: Actor, closure_id: int, ends_at: datetime, *, now: datetime
) -> Closure:
    """Say when a closure ends, or ended.

    Raises:
        NotFoundError: there is no such closure.
        InvalidError: the end is not after the beginning.
    """
    row = session.get(Closure, closure_id)
    if row is None:
        raise NotFoundError("Este fechamento não existe.")
    require(actor, Permission.EDIT_CALENDAR, _path_of(session, row.unit_id))
    if ends_at <= row.starts_at:
        raise InvalidError("O fim vem depois do começo.", {"ends_at": "Escolha um fim posterior."})
    changes = {"ends_at": [row.ends_at, ends_at]}
    row.ends_at = ends_at
    session.add(row)
    audit.record(session, actor, "reabrir", "fechamento", row.id, changes, now=now)
    _tell(session)
    return row


def load_days(session: Session, years: Sequence[int]) -> int:
    """Write the days of `years` that are not there yet; return how many were written.

    Rows already there are left as they are: an administrator may have changed them.
    """
    comarcas = dict(session.connection().execute(select(_COMARCA.c.slug, _COMARCA.c.id)).all())
    there = set(
        session.connection()
        .execute(select(col(CalendarDay.first_day), col(CalendarDay.comarca_id)))
        .all()
    )
    written = 0
    running = [recess_of(min(years) - 1)] if years else []  # it ends in the first year
    for day in [*running, *(day for year in years for day in days_of(year))]:
        comarca_id = comarcas.get(day.comarca) if day.comarca else None
        if (day.first, comarca_id) in there or (day.comarca and comarca_id is None):
            continue
        session.add(
            CalendarDay(
                first_day=day.first,
                last_day=day.last,
                effect=day.effect,
                opens_at=day.opens,
                name=day.name,
                comarca_id=comarca_id,
                source=day.source,
            )
        )
        written += 1
    session.flush()
    if written:
        _tell(session)
    return written


def _same_day(wish: NewDay):  # noqa: ANN202 (a SQLAlchemy statement)
    return select(col(CalendarDay.id)).where(
        col(CalendarDay.first_day) == wish.first_day,
        col(CalendarDay.effect) == wish.effect,
        col(CalendarDay.comarca_id).is_(None)
        if wish.comarca_id is None
        else col(CalendarDay.comarca_id) == wish.comarca_id,
    )


def _path_of(session: Session, unit_id: int | None) -> str:
    if unit_id is None:
        return ""
    return session.scalar(select(_UNIT.c.path).where(_UNIT.c.id == unit_id)) or ""


def _said(wish: BaseModel) -> dict[str, list[object]]:
    return {name: ["", value] for name, value in wish.model_dump(mode="json").items()}


def _tell(session: Session) -> None:
    session.info[TOPIC] = True  # this process forgets what it kept, after the commit
    live.touch(session, TOPIC)

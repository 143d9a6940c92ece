"""The scope of all screens of the Corregedoria: period, comarca, unit, channel, kind.

It is in the address (`?p=7d&comarca=sinop`), travels with every link and names live views.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Annotated, Literal, Self
from urllib.parse import urlencode

from pydantic import AfterValidator, BaseModel, Field, StringConstraints, model_validator

from canais_app.complaints.kinds import (
    CAUSE_GROUP_NAMES,
    COMPLAINT_KIND_NAMES,
    CauseGroup,
    kinds_of_group,
)
from canais_app.complaints.lifecycle import ComplaintStatus
from canais_app.directory.channels import ChannelKind
from canais_app.kit import clock
from canais_app.kit.forms import parse_form

FIRST_YEAR, LAST_YEAR = 2000, 2100
MAX_PERIOD_DAYS = 366  # days of a custom period
# Days with today; "24h" is the last 24 full hours.
PERIOD_DAYS = {"hoje": 1, "7d": 7, "28d": 28, "30d": 30, "ano": 365}
LAST_WEEK = "semana"  # Monday to Sunday
Period = Literal["", "24h", "hoje", "7d", "semana", "28d", "30d", "ano"]
Slug = Annotated[str, StringConstraints(pattern=r"^[a-z0-9-]{0,160}$")]
# The names of cause groups and of kinds, by what the address holds.
KIND_NAMES: dict[str, str] = {**CAUSE_GROUP_NAMES, **COMPLAINT_KIND_NAMES}


def is_supported_day(day: date) -> bool:
    """Whether days and years around it can be calculated with, too."""
    return FIRST_YEAR <= day.year <= LAST_YEAR


def _check_kind(value: str) -> str:
    if value and value not in KIND_NAMES:
        raise ValueError("Escolha um tipo da lista.")
    return value


def _check_day(day: date) -> date:
    if not is_supported_day(day):
        raise ValueError("Escolha um dia entre 2000 e 2100.")
    return day


Day = Annotated[date, AfterValidator(_check_day)]
KindOrGroup = Annotated[str, AfterValidator(_check_kind)]
_RANGE = re.compile(r"(\d{4}-\d{2}-\d{2})\.\.(\d{4}-\d{2}-\d{2})")


@dataclass(frozen=True)
class Scope:
    """What a screen shows. Empty means all; with dates, `period` is "datas".

    An empty `period` is the screen's own (`with_default`). `kind` is a kind of complaint or a
    cause group (`kinds`).
    """

    period: str = "24h"
    first: date | None = None
    last: date | None = None
    comarca: str = ""
    unit: str = ""
    channel: str = ""
    kind: str = ""

    def to_fields(self) -> dict[str, str]:
        """Return the fields of the address."""
        return {
            "p": "" if self.first else self.period,
            "de": self.first.isoformat() if self.first else "",
            "ate": self.last.isoformat() if self.last else "",
            "comarca": self.comarca,
            "unidade": self.unit,
            "canal": self.channel,
            "tipo": self.kind,
        }

    def to_query(self, **changes: str) -> str:
        """Return the query of an address, with some fields changed."""
        return urlencode({k: v for k, v in {**self.to_fields(), **changes}.items() if v})

    def to_variant(self) -> str:
        """Return the variant of the live view: one per distinct scope."""
        when = f"{self.first}..{self.last}" if self.first else self.period
        return f"{when}|{self.comarca}|{self.unit}|{self.channel}|{self.kind}"

    def with_default(self, period: str) -> Self:
        """Return the scope with a screen's own period, if none is chosen."""
        return self if self.period else replace(self, period=period)

    @property
    def kinds(self) -> tuple[str, ...]:
        """The kinds of complaint that are chosen; empty: all."""
        if self.kind in set(CauseGroup):
            return tuple(kinds_of_group(CauseGroup(self.kind)))
        return (self.kind,) if self.kind else ()

    def period_start(self, now: datetime) -> datetime:
        """Return the first moment of the period: a full hour; days begin at 0h in Cuiabá."""
        return (
            clock.from_wall_clock(self.first, 0) if self.first else _period_start(self.period, now)
        )

    def period_end(self, now: datetime) -> datetime:
        """Return the end of the period: now, or the end of the last chosen day."""
        if self.period == LAST_WEEK:
            return self.period_start(now) + timedelta(days=7)
        if self.last is None:
            return now
        return min(now, clock.from_wall_clock(self.last + timedelta(days=1), 0))


class QueueFilter(BaseModel):
    """Filters as an address names them; empty ones select all.

    `p` is a period up to now; `de` and `ate` are days of the court, both included.
    """

    unidade: Slug = ""
    comarca: Slug = ""
    canal: ChannelKind | None = None
    tipo: KindOrGroup = ""
    situacao: Literal["", "abertas"] | ComplaintStatus = ""
    p: Period = ""
    de: Day | None = None
    ate: Day | None = None

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.de and self.ate and self.ate < self.de:
            raise ValueError("A data final vem antes da inicial.")
        return self

    def span(self, now: datetime) -> tuple[datetime | None, datetime | None]:
        """Return the start and end of the period of the failures; None: no limit."""
        if self.de or self.ate:
            end = clock.from_wall_clock(self.ate + timedelta(days=1), 0) if self.ate else None
            return clock.from_wall_clock(self.de, 0) if self.de else None, end
        if not self.p:
            return None, None
        start = _period_start(self.p, now)
        return start, start + timedelta(days=7) if self.p == LAST_WEEK else None

    def to_scope(self) -> Scope:
        """Return the scope: without the status, and without a period unless one is chosen."""
        return Scope(
            period="datas" if self.de else self.p,
            first=self.de,
            last=self.ate,
            comarca=self.comarca,
            unit=self.unidade,
            channel=self.canal or "",
            kind=self.tipo,
        )


class _FigureFilters(QueueFilter):
    """Filters of figures: both dates or none, a period that has begun, up to a year."""

    today: date = Field(default=date.max, exclude=True)

    @model_validator(mode="after")
    def _dates_make_a_period(self) -> Self:
        if (self.de is None) != (self.ate is None):
            raise ValueError("Escolha a data inicial e a final.")
        if self.de is None or self.ate is None:
            return self
        if self.de > self.today:
            raise ValueError("O período ainda não começou.")
        if (self.ate - self.de).days >= MAX_PERIOD_DAYS:
            raise ValueError("Escolha um período de até um ano.")
        return self


def _period_start(period: str, now: datetime) -> datetime:
    """Return the first moment of a period: a full hour; days begin at 0h in Cuiabá."""
    if period == "24h":
        return now.replace(minute=0, second=0, microsecond=0) - timedelta(hours=23)
    today = clock.to_local_day(now)
    if period == LAST_WEEK:
        return clock.from_wall_clock(today - timedelta(days=today.weekday() + 7), 0)
    return clock.from_wall_clock(today - timedelta(days=PERIOD_DAYS[period] - 1), 0)


def filled_filters(sent: Mapping[str, object]) -> dict[str, object]:
    """Return the filled filters of an address or a form; other fields are dropped."""
    return {
        name: sent[name] for name in QueueFilter.model_fields if sent.get(name) not in (None, "")
    }


def parse_scope(sent: Mapping[str, object], *, now: datetime) -> Scope:
    """Return the scope that an address or a form names; its period may be empty.

    Raises:
        InvalidError: a pt-BR sentence per field; "geral": about both dates.
    """
    found = parse_form(_FigureFilters, {**filled_filters(sent), "today": clock.to_local_day(now)})
    return found.to_scope()


def parse_filter(sent: Mapping[str, object], *, now: datetime, default: str = "24h") -> Scope:
    """Return the scope that an address or a form names, with a period.

    Raises:
        InvalidError: as `parse_scope`.
    """
    return parse_scope(sent, now=now).with_default(default)


def parse_filter_variant(variant: str, *, now: datetime) -> Scope:
    """Return the scope of a live view's variant.

    Raises:
        InvalidError: not a valid variant.
    """
    when, comarca, unit, channel, kind = (variant.split("|") + [""] * 5)[:5]
    dates = _RANGE.fullmatch(when)
    period = {"de": dates[1], "ate": dates[2]} if dates else {"p": when}
    rest = {"comarca": comarca, "unidade": unit, "canal": channel, "tipo": kind}
    return parse_filter({**period, **rest}, now=now)

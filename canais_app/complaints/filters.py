"""Which complaints a list shows: what stands in its address, checked."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Annotated, Literal, Self

from pydantic import BaseModel, StringConstraints, model_validator

from canais_app.complaints.lifecycle import Status
from canais_app.complaints.models import Kind
from canais_app.directory.models import ChannelKind
from canais_app.kit import clock

Slug = Annotated[str, StringConstraints(pattern=r"^[a-z0-9-]{0,160}$")]
PERIODS = {"24h": timedelta(hours=24), "7d": timedelta(days=7), "30d": timedelta(days=30)}
FIELDS = ("unidade", "comarca", "canal", "tipo", "situacao", "p", "de", "ate")


class Filters(BaseModel):
    """The filters of a list. Days are the court's, both included; `p` is a period up to now."""

    unidade: Slug = ""
    comarca: Slug = ""
    canal: Literal[""] | ChannelKind = ""
    tipo: Literal[""] | Kind = ""
    situacao: Literal["", "abertas"] | Status = ""
    p: Literal["", "24h", "7d", "30d"] = ""
    de: date | None = None
    ate: date | None = None

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.de and self.ate and self.ate < self.de:
            raise ValueError("A data final vem antes da inicial.")
        return self

    def span(self, now: datetime) -> "Span":
        """Return the moments between which a complaint must have happened."""
        if self.de or self.ate:
            end = clock.at(self.ate + timedelta(days=1), 0) if self.ate else None
            return Span(clock.at(self.de, 0) if self.de else None, end)
        if self.p == "24h":  # the dashboard counts full hours
            start = now.replace(minute=0, second=0, microsecond=0) - timedelta(hours=23)
            return Span(start, None)
        if self.p:
            first = clock.local_day(now) - PERIODS[self.p] + timedelta(days=1)
            return Span(clock.at(first, 0), None)
        return Span(None, None)


@dataclass(frozen=True)
class Span:
    """From `start` until before `end`; none: no limit."""

    start: datetime | None
    end: datetime | None


def asked(sent: Mapping[str, object]) -> dict[str, object]:
    """Return the known, filled filters of an address or a form."""
    return {name: sent[name] for name in FIELDS if sent.get(name) not in (None, "")}

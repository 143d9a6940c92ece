"""Which terms hold on which day: an agenda's versions follow each other, half-open, by day."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cached_property
from itertools import groupby

import sqlalchemy as sa
from sqlmodel import Session, col

from canais_app.agenda.models import AgendaVersion
from canais_app.agenda.times import terms
from canais_app.agenda.times.terms import Terms
from canais_app.agenda.times.windows import Rules
from canais_app.expediente.times import Span

NOTHING = Rules()


@dataclass(frozen=True)
class Version:
    """Terms in force in `[starts_on, ends_on)`, days of the court; no end: until changed."""

    number: int
    starts_on: date
    ends_on: date | None
    terms: Terms
    blocks: tuple[Span, ...] = ()

    def covers(self, day: date) -> bool:
        """Whether the version is in force on a day."""
        return self.starts_on <= day and (self.ends_on is None or day < self.ends_on)

    @property
    def last_day(self) -> date:
        """The last day on which it is in force."""
        return self.ends_on - timedelta(days=1) if self.ends_on else date.max

    @cached_property
    def rules(self) -> Rules:
        """What makes its slots, the agenda's blocks included."""
        return replace(self.terms.rules, blocks=self.blocks) if self.blocks else self.terms.rules


@dataclass(frozen=True)
class Versions:
    """An agenda's versions, earliest first; where two hold, the one that began last counts."""

    every: tuple[Version, ...] = ()

    def on(self, day: date) -> Version | None:
        """Return the version in force on a day; None before the first."""
        return next((version for version in reversed(self.every) if version.covers(day)), None)

    def rules_on(self, day: date) -> Rules:
        """Return the day's rules; without a version there is no window."""
        version = self.on(day)
        return version.rules if version else NOTHING

    def terms_on(self, day: date) -> Terms:
        """Return the terms of what is on a day: before the first version, those of the first."""
        version = self.on(day) or next(iter(self.every), None)
        return version.terms if version else Terms()

    def runs(self, days: Iterable[date]) -> Iterator[tuple[Rules, list[date]]]:
        """Part days into runs under the same rules, so that each is planned at once."""
        for _, run in groupby(days, key=self.on):
            part = list(run)
            yield self.rules_on(part[0]), part

    def beside(self, terms: Terms, first: date, blocks: tuple[Span, ...]) -> "Versions":
        """Return the same with one more version from `first` on, as if it were published."""
        cut, ends_on = self.room_for(first)
        others = (replace(one, ends_on=first) if one is cut else one for one in self.every)
        new = Version(0, first, ends_on, terms, blocks)
        return Versions(tuple(sorted((*others, new), key=lambda one: one.starts_on)))

    def room_for(self, first: date) -> tuple[Version | None, date | None]:
        """Return the version that a new one from `first` on cuts short, and where it ends."""
        cut = self.on(first)
        later = (one.starts_on for one in self.every if one.starts_on > first)
        return cut, cut.ends_on if cut else min(later, default=None)


def load(
    session: Session,
    agenda_ids: Sequence[int],
    blocks: Mapping[int, Sequence[Span]],
    *,
    since: date,
) -> dict[int, Versions]:
    """Return the versions in force on `since` or later, by agenda: one query for all."""
    asked = (
        sa.select(
            col(AgendaVersion.agenda_id),
            col(AgendaVersion.number),
            col(AgendaVersion.starts_on),
            col(AgendaVersion.ends_on),
            col(AgendaVersion.terms),
        )
        .where(
            col(AgendaVersion.agenda_id).in_(agenda_ids),
            # One that was replaced before it began is in force on no day.
            col(AgendaVersion.ends_on).is_(None)
            | (col(AgendaVersion.ends_on) > since)
            & (col(AgendaVersion.ends_on) > col(AgendaVersion.starts_on)),
        )
        .order_by(col(AgendaVersion.starts_on), col(AgendaVersion.number))
    )
    found: defaultdict[int, list[Version]] = defaultdict(list)
    for agenda_id, number, starts_on, ends_on, stored in session.execute(asked):
        closed = tuple(blocks.get(agenda_id, ()))
        found[agenda_id].append(Version(number, starts_on, ends_on, terms.read(stored), closed))
    return {agenda_id: Versions(tuple(found[agenda_id])) for agenda_id in agenda_ids}

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
from canais_app.agenda.times.windows import SlotRules
from canais_app.expediente.times import Span

NO_RULES = SlotRules()


@dataclass(frozen=True)
class TermsVersion:
    """Terms in force in `[starts_on, ends_on)`, days of the court; no end: until changed."""

    number: int
    starts_on: date
    ends_on: date | None
    terms: Terms
    blocks: tuple[Span, ...] = ()

    def is_in_force(self, day: date) -> bool:
        """Whether the version is in force on a day."""
        return self.starts_on <= day and (self.ends_on is None or day < self.ends_on)

    @property
    def last_day(self) -> date:
        """The last day on which it is in force."""
        return self.ends_on - timedelta(days=1) if self.ends_on else date.max

    @cached_property
    def rules(self) -> SlotRules:
        """What makes its slots, the agenda's blocks included."""
        return replace(self.terms.rules, blocks=self.blocks) if self.blocks else self.terms.rules


@dataclass(frozen=True)
class TermsVersions:
    """An agenda's versions, earliest first; where two hold, the one that began last counts."""

    versions: tuple[TermsVersion, ...] = ()

    def version_on(self, day: date) -> TermsVersion | None:
        """Return the version in force on a day; None before the first."""
        return next(
            (version for version in reversed(self.versions) if version.is_in_force(day)), None
        )

    def rules_on(self, day: date) -> SlotRules:
        """Return the day's rules; without a version there is no window."""
        version = self.version_on(day)
        return version.rules if version else NO_RULES

    def terms_on(self, day: date) -> Terms:
        """Return the terms of what is on a day: before the first version, those of the first."""
        version = self.version_on(day) or next(iter(self.versions), None)
        return version.terms if version else Terms()

    def group_by_rules(self, days: Iterable[date]) -> Iterator[tuple[SlotRules, list[date]]]:
        """Part days into runs under the same rules, so that each is planned at once."""
        for _, run in groupby(days, key=self.version_on):
            part = list(run)
            yield self.rules_on(part[0]), part

    def with_version(self, terms: Terms, first: date, blocks: tuple[Span, ...]) -> "TermsVersions":
        """Return the same with one more version from `first` on, as if it were published."""
        cut, ends_on = self.find_superseded(first)
        others = (replace(one, ends_on=first) if one is cut else one for one in self.versions)
        new = TermsVersion(0, first, ends_on, terms, blocks)
        return TermsVersions(tuple(sorted((*others, new), key=lambda one: one.starts_on)))

    def find_superseded(self, first: date) -> tuple[TermsVersion | None, date | None]:
        """Return the version that a new one from `first` on cuts short, and where it ends."""
        cut = self.version_on(first)
        later = (one.starts_on for one in self.versions if one.starts_on > first)
        return cut, cut.ends_on if cut else min(later, default=None)


def load_versions(
    session: Session,
    agenda_ids: Sequence[int],
    blocks: Mapping[int, Sequence[Span]],
    *,
    since: date,
) -> dict[int, TermsVersions]:
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
    found: defaultdict[int, list[TermsVersion]] = defaultdict(list)
    for agenda_id, number, starts_on, ends_on, stored in session.execute(asked):
        closed = tuple(blocks.get(agenda_id, ()))
        found[agenda_id].append(
            TermsVersion(number, starts_on, ends_on, terms.parse_terms(stored), closed)
        )
    return {agenda_id: TermsVersions(tuple(found[agenda_id])) for agenda_id in agenda_ids}

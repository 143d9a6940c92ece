"""The counts that figures are read from, in memory as columns, kept up to date by increments.

A running server loads the tables of counts once and afterwards adds what was filed, answered and
rated since. Nearly all cells of a matrix of series by hours would be empty: parallel arrays with
a row per count take a twentieth of the memory and keep the kinds apart. Rows are sorted by time,
so a period is a slice.
"""

import asyncio
import threading
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

import numpy as np
import structlog
from numpy.typing import NDArray
from sqlalchemy import func, select
from sqlmodel import Session, col

from canais_app.complaints.kinds import ComplaintKindCode
from canais_app.complaints.models import AnswerDay, Complaint, ComplaintHour, StateHour, VisitHour
from canais_app.directory.channels import ChannelKind
from canais_app.kit import clock, db
from canais_app.kit.models import Table
from canais_app.settings import settings

CHANNELS = ("", *(str(kind) for kind in ChannelKind))
KINDS = tuple(str(kind) for kind in ComplaintKindCode)
OVERLAP = timedelta(minutes=2)  # a transaction may commit this long after the time it writes
RELOAD_AFTER = timedelta(hours=6)  # visits, and ratings that were changed, come with it
TAIL_ROWS = 2000  # added rows that are kept apart from the sorted ones
BATCH = 50_000
Array = NDArray[Any]
log = structlog.get_logger()


@dataclass(frozen=True)
class Columns:
    """Rows of counts as parallel arrays; `at` is an hour or day number and sorts the base.

    `tail` has rows that were added since, in any order.
    """

    base: dict[str, Array]
    tail: dict[str, Array] | None = None

    def between(self, first: int, until: int) -> dict[str, Array]:
        """Return the rows with `first <= at < until`."""
        at = self.base["at"]
        # In the column's own type: numpy would otherwise convert the whole column first.
        low, high = np.searchsorted(at, np.array((first, until), at.dtype))
        found = {name: column[low:high] for name, column in self.base.items()}
        if self.tail is None:
            return found
        inside = (self.tail["at"] >= first) & (self.tail["at"] < until)
        if not inside.any():
            return found
        return {
            name: np.concatenate((column, self.tail[name][inside]))
            for name, column in found.items()
        }

    def added_since(self, earlier: "Columns") -> dict[str, Array] | None:
        """Return the rows that an earlier state lacks; None when the base is another."""
        if self.base is not earlier.base:
            return None
        known = 0 if earlier.tail is None else len(earlier.tail["at"])
        if self.tail is None:
            return {name: column[:0] for name, column in self.base.items()}
        return {name: column[known:] for name, column in self.tail.items()}

    def plus(self, rows: dict[str, Array]) -> "Columns":
        """Return these rows and more."""
        if not len(rows["at"]):
            return self
        tail = rows
        if self.tail is not None:
            tail = {name: np.concatenate((self.tail[name], rows[name])) for name in rows}
        if len(tail["at"]) < TAIL_ROWS:
            return Columns(self.base, tail)
        merged = {name: np.concatenate((self.base[name], tail[name])) for name in rows}
        order = np.argsort(merged["at"], kind="stable")
        return Columns({name: column[order] for name, column in merged.items()})


@dataclass(frozen=True)
class Facts:
    """All counts at one moment. `version` rises with each change."""

    at: datetime
    reports: Columns  # at (hour), unit, channel, kind, count
    visits: Columns  # at (day), unit, channel, count
    answers: Columns  # at (day), unit, wait (days), on_time, count
    ratings: Columns  # at (day), unit, solved, count
    first_hour: int | None
    version: int = 0
    seen: Mapping[str, frozenset[int]] = field(default_factory=dict[str, frozenset[int]])


def _as_columns(rows: Iterable[Any], types: Mapping[str, str]) -> dict[str, Array]:
    """Return rows of integers as arrays of the types, batch by batch."""
    parts: list[Array] = []
    batch: list[Any] = []
    for row in rows:
        batch.append(tuple(row))
        if len(batch) == BATCH:
            parts.append(np.array(batch, np.int64))
            batch = []
    if batch:
        parts.append(np.array(batch, np.int64))
    table = np.concatenate(parts) if parts else np.empty((0, len(types)), np.int64)
    return {name: table[:, n].astype(kind) for n, (name, kind) in enumerate(types.items())}


_REPORTS = {"at": "i4", "unit": "i4", "channel": "i1", "kind": "i1", "count": "i4"}
_VISITS = {"at": "i4", "unit": "i4", "channel": "i1", "count": "i4"}
_ANSWERS = {"at": "i4", "unit": "i4", "wait": "i2", "on_time": "i1", "count": "i4"}
_RATINGS = {"at": "i4", "unit": "i4", "solved": "i1", "count": "i4"}
_CHANNEL_NUMBER = {name: n for n, name in enumerate(CHANNELS)}
_KIND_NUMBER = {name: n for n, name in enumerate(KINDS)}


def load_facts(session: Session, now: datetime) -> Facts:
    """Read all counts from their tables."""
    channels, kinds = _CHANNEL_NUMBER, _KIND_NUMBER
    reports = (
        (hour, unit, channels[channel], kinds[kind], count)
        for hour, unit, channel, kind, count in _rows(
            session, ComplaintHour, "hour", "unit_id", "channel", "kind", "count"
        )
    )
    visits = (
        ((hour - clock.HOURS_BEHIND_UTC) // 24, unit, channels[channel], count)
        for hour, unit, channel, count in _rows(
            session, VisitHour, "hour", "unit_id", "channel", "visits"
        )
    )
    answers = _rows(session, AnswerDay, "day", "unit_id", "wait_days", "is_on_time", "count")
    found = _recent(session, now - OVERLAP)
    first = session.scalar(select(func.min(col(StateHour.hour))))
    return Facts(
        at=now,
        reports=Columns(_as_columns(reports, _REPORTS)),
        visits=Columns(_as_columns(visits, _VISITS)),
        answers=Columns(_as_columns(answers, _ANSWERS)),
        ratings=Columns(_as_columns(_ratings(session), _RATINGS)),
        first_hour=first,
        seen={name: frozenset(row[0] for row in rows) for name, rows in found.items()},
    )


def _rows(session: Session, table: type[Table], *names: str) -> Iterator[Any]:
    """Yield the columns of all rows, by the first column, which begins the primary key."""
    columns = [getattr(table, name) for name in names]
    query = select(*columns).order_by(columns[0]).execution_options(yield_per=BATCH)
    yield from session.connection().execute(query)


def _ratings(session: Session) -> list[tuple[int, int, int, int]]:
    rated: Any = col(Complaint.rated_at)
    query = select(rated, col(Complaint.unit_id), col(Complaint.is_resolved))
    rows = session.connection().execute(query.where(rated.is_not(None)).order_by(rated))
    return [(clock.day_number(at), unit, int(bool(solved)), 1) for at, unit, solved in rows]


def _recent(session: Session, since: datetime) -> dict[str, list[Any]]:
    """Return what was filed, answered and rated since a moment, by the moment written."""
    row: Any = Complaint
    queries: dict[str, Any] = {
        "reports": select(
            row.id, row.occurred_at, row.unit_id, row.channel, row.kind
        ).where(row.created_at >= since),
        "answers": select(
            row.id, row.answered_at, row.unit_id, row.created_at,
            row.is_on_time,
        ).where(row.answered_at >= since, row.answered_at.is_not(None)),
        "ratings": select(
            row.id, row.rated_at, row.unit_id, row.is_resolved
        ).where(row.rated_at >= since, row.rated_at.is_not(None)),
    }  # fmt: skip
    connection = session.connection()
    return {name: list(connection.execute(query)) for name, query in queries.items()}


def refresh_facts(session: Session, facts: Facts, now: datetime) -> Facts:
    """Add what was filed, answered and rated since; the same object if nothing was."""
    found = _recent(session, facts.at - OVERLAP)
    new = {
        name: [row for row in rows if row[0] not in facts.seen[name]]
        for name, rows in found.items()
    }
    changed = any(new.values())
    reports = (
        (clock.hour_number(at), unit, _CHANNEL_NUMBER[channel], _KIND_NUMBER[kind], 1)
        for _, at, unit, channel, kind in new["reports"]
    )
    answers = (
        (day := clock.day_number(at), unit, day - clock.day_number(created), int(bool(fine)), 1)
        for _, at, unit, created, fine in new["answers"]
    )
    ratings = (
        (clock.day_number(at), unit, int(bool(solved)), 1) for _, at, unit, solved in new["ratings"]
    )
    first = [clock.hour_number(row[1]) for row in new["reports"]]
    known = [] if facts.first_hour is None else [facts.first_hour]
    return replace(
        facts,
        at=now,
        reports=facts.reports.plus(_as_columns(reports, _REPORTS)),
        answers=facts.answers.plus(_as_columns(answers, _ANSWERS)),
        ratings=facts.ratings.plus(_as_columns(ratings, _RATINGS)),
        first_hour=min([*known, *first], default=None),
        version=facts.version + changed,
        seen={name: frozenset(row[0] for row in rows) for name, rows in found.items()},
    )


@dataclass
class FactStore:
    """This process's facts. Only a server keeps them; a command reads what it needs anew."""

    keeps: bool = False
    facts: Facts | None = None
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def current(self, session: Session, now: datetime) -> Facts:
        """Return the facts with all that is committed."""
        if not self.keeps:
            return load_facts(session, now)
        with self._lock:
            if self.facts is None:
                self.facts = load_facts_at_once(now)
            if now > self.facts.at:  # else they were read after `now`
                self.facts = refresh_facts(session, self.facts, now)
            return self.facts

    def reload(self, now: datetime) -> None:
        """Replace the facts by what the tables say."""
        fresh = load_facts_at_once(now)
        with self._lock:
            before = self.facts
            self.facts = replace(fresh, version=before.version + 1 if before else 0)
        if before is not None:
            log.info("facts_reloaded", reports=len(fresh.reports.base["at"]))


async def keep_facts() -> None:
    """Load the facts, and again every few hours (a lifespan task of the app)."""
    fact_store.keeps = True
    while True:
        try:
            await asyncio.to_thread(fact_store.reload, clock.now())
        except Exception:
            log.exception("facts_not_loaded")
        await asyncio.sleep(RELOAD_AFTER.total_seconds())


def load_facts_at_once(now: datetime) -> Facts:
    """Read all counts in one snapshot of the database, which PostgreSQL has to be asked for."""
    options: dict[str, Any] = {"reads": True}
    if not settings().is_sqlite:
        options["isolation_level"] = "REPEATABLE READ"
    with db.long_running(), db.get_engine().connect().execution_options(**options) as connection:
        return load_facts(Session(connection), now)


fact_store = FactStore()

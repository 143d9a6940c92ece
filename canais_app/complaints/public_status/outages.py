"""Public outages of units for cards and pages: reported, confirmed by a person, in maintenance.

Cards are read far more often than outages change, so each process caches them and updates its
open pages only when they differ.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlmodel import Session

from canais_app.complaints.public_status.suppression import format_count
from canais_app.complaints.situations import queries
from canais_app.complaints.situations.queries import LEVEL_NAMES, PublicLevel, Trouble
from canais_app.directory import hooks
from canais_app.directory.hooks import Outage
from canais_app.directory.labels import channel_label
from canais_app.expediente import queries as calendar
from canais_app.kit import clock, db, live
from canais_app.kit.text import format_hour

# What a card says first of a unit with several troubles.
WORST_FIRST = (PublicLevel.CONFIRMED, PublicLevel.REPORTED, PublicLevel.MAINTENANCE)
MAX_AGE = timedelta(seconds=30)  # a maintenance begins and ends with time alone


def read_outages(session: Session, now: datetime) -> dict[int, Outage]:
    """Return the public outages by unit id."""
    troubles = queries.list_troubles(session, now)
    by_unit: defaultdict[int, list[Trouble]] = defaultdict(list)
    for trouble in troubles:
        by_unit[trouble.unit_id].append(trouble)
    working = queries.load_working(session, by_unit, troubles, now)
    return {unit_id: outage_of(mine, working.get(unit_id, ())) for unit_id, mine in by_unit.items()}


def outage_of(troubles: Sequence[Trouble], working: Sequence[str]) -> Outage:
    """Join the troubles of a unit's channels, and say what works if that is known."""
    levels = {trouble.level for trouble in troubles}
    worst = next(level for level in WORST_FIRST if level in levels)
    words = [trouble.words for trouble in troubles]
    if working:
        words.append(f"Funcionam: {' e '.join(channel_label(channel) for channel in working)}.")
    told = {trouble.channel: _describe(trouble) for trouble in troubles if trouble.channel}
    return Outage(status=worst, words=" ".join(words), channels=told)


def _describe(trouble: Trouble) -> str:
    """Return what is said at the channel itself: level, since when, how many people."""
    known = trouble.people and trouble.level is not PublicLevel.MAINTENANCE
    people = f", {format_count(trouble.people, 'pessoa', 'pessoas')}" if known else ""
    until = f", até {format_hour(trouble.until)}" if trouble.until else ""
    return f"{LEVEL_NAMES[trouble.level]} desde {format_hour(trouble.since)}{people}{until}"


@dataclass
class OutageCache:
    """The outages that this process knows, refreshed when situations or the calendar change."""

    outages: Mapping[int, Outage] = field(default_factory=dict[int, Outage])
    read_at: datetime | None = None
    dirty: bool = False

    def on_change(self, topic: str) -> None:
        """Mark the cache as stale when situations or the calendar changed."""
        self.dirty = self.dirty or topic in (queries.TOPIC, calendar.TOPIC)

    def read(self, session: Session, now: datetime) -> None:
        """Read at once, in a process without change notifications (a command)."""
        self.outages = read_outages(session, now)

    async def refresh(self) -> bool:
        """Refresh a stale or old cache; return whether the outages changed."""
        now = clock.now()
        if self.read_at and not self.dirty and now - self.read_at < MAX_AGE:
            return False
        self.dirty, self.read_at = False, now
        before, self.outages = self.outages, await db.read(read_outages, now)
        if self.outages == before:
            return False
        live.broadcaster.on_change(hooks.OUTAGES_TOPIC)
        return True

    def outages_of_units(
        self, _session: Session, unit_ids: Sequence[int], _now: datetime
    ) -> Mapping[int, Outage]:
        """Return the cached outages of some units."""
        return {id_: self.outages[id_] for id_ in unit_ids if id_ in self.outages}


outage_cache = OutageCache()

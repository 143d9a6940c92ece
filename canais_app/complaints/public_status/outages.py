"""Public outages of channels: reported by users, or confirmed by a notice of maintenance.

Only probable alarms become public. Cards are read far more often than outages change, so each
process caches them and updates its open pages only when they differ.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlmodel import Session

from canais_app.complaints.service import TOPIC
from canais_app.complaints.statistics.alarms import Alarm, detect_alarms, load_suppressed
from canais_app.complaints.statistics.anomaly import AlarmLevel
from canais_app.complaints.statistics.baseline import load_baseline
from canais_app.complaints.statistics.counts import DashboardScope, load_unit_names
from canais_app.directory import hooks, notices
from canais_app.directory.hooks import Outage
from canais_app.directory.labels import channel_label
from canais_app.directory.models import Unit
from canais_app.expediente import queries as calendar
from canais_app.expediente.rules import NoticeKind
from canais_app.kit import clock, db, live
from canais_app.kit.text import format_hour

REPORTED, CONFIRMED = "relatada", "confirmada"
STATUS_TEXTS = {
    REPORTED: "Instabilidade relatada por usuários",
    CONFIRMED: "Instabilidade confirmada",
}
MAX_AGE = timedelta(seconds=30)  # "the last hour" moves on although nothing is filed


def read_outages(session: Session, now: datetime) -> dict[int, Outage]:
    """Return the public outages by unit id."""
    state = DashboardScope()
    history, names = load_baseline(session, state, now), load_unit_names(session)
    closed, _ = load_suppressed(session, now)
    declared = [
        notices.scope_notice(row)
        for row in calendar.load_notices_since(session, now)
        if row.kind == NoticeKind.MAINTENANCE and row.is_in_force(now)
    ]
    found: defaultdict[int, list[tuple[str, Alarm]]] = defaultdict(list)
    for alarm in detect_alarms(session, state, history, names=names, suppressed=closed):
        if alarm.level == AlarmLevel.PROBABLE:
            unit = session.get_one(Unit, alarm.unit.id)
            confirmed = any(notice.applies_to(unit, {alarm.channel}) for notice in declared)
            found[alarm.unit.id].append((CONFIRMED if confirmed else REPORTED, alarm))
    return {unit_id: _outage_of(alarms) for unit_id, alarms in found.items()}


def _outage_of(alarms: Sequence[tuple[str, Alarm]]) -> Outage:
    """Join the outages of a unit's channels; one confirmed makes the whole confirmed."""
    confirmed = any(status == CONFIRMED for status, _ in alarms)
    return Outage(
        status=CONFIRMED if confirmed else REPORTED,
        words=" ".join(_outage_text(status, alarm) for status, alarm in alarms),
    )


def _outage_text(status: str, alarm: Alarm) -> str:
    channel = f": {channel_label(alarm.channel)}" if alarm.channel else ""
    return f"{STATUS_TEXTS[status]}{channel}, desde {format_hour(alarm.since)}."


@dataclass
class OutageCache:
    """The outages that this process knows, refreshed when complaints or the calendar change."""

    outages: Mapping[int, Outage] = field(default_factory=dict[int, Outage])
    read_at: datetime | None = None
    dirty: bool = False

    def on_change(self, topic: str) -> None:
        """Mark the cache as stale when complaints or the calendar changed."""
        self.dirty = self.dirty or topic in (TOPIC, calendar.TOPIC)

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

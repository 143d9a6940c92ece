"""What everybody may know of a failing channel: reported by users, or confirmed by a person.

Only what the statistics call *provável* goes public. Cards are read far more often than it
changes, so each process keeps it in memory, and tells its open pages only when it is another.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlmodel import Session

from canais_app.complaints.counts import Scope
from canais_app.complaints.measures.alarms import Alarm, find_alarms
from canais_app.complaints.measures.closures import read_closures
from canais_app.complaints.measures.history import read_history
from canais_app.complaints.measures.units import name_units
from canais_app.complaints.service import TOPIC
from canais_app.complaints.spikes import Level
from canais_app.directory import extras, notices
from canais_app.directory.extras import Trouble
from canais_app.directory.models import Unit
from canais_app.directory.said import channel_name
from canais_app.expediente import queries as calendar
from canais_app.expediente.rules import NoticeKind
from canais_app.kit import clock, db, live
from canais_app.kit.text import hour_words

REPORTED, CONFIRMED = "relatada", "confirmada"
SAID = {REPORTED: "Instabilidade relatada por usuários", CONFIRMED: "Instabilidade confirmada"}
STALE = timedelta(seconds=30)  # "the last hour" moves on although nothing is filed


def read_troubles(session: Session, now: datetime) -> dict[int, Trouble]:
    """Return the public trouble of each unit that has one, by unit id."""
    state = Scope()
    history, names = read_history(session, state, now), name_units(session)
    closed, _ = read_closures(session, now)
    declared = [
        notices.scoped(row)
        for row in calendar.notices_since(session, now)
        if row.kind == NoticeKind.MAINTENANCE and row.in_force(now)
    ]
    found: defaultdict[int, list[tuple[str, Alarm]]] = defaultdict(list)
    for alarm in find_alarms(session, state, history, names=names, muted=closed):
        if alarm.level == Level.PROBABLE:
            unit = session.get_one(Unit, alarm.unit.id)
            said = any(notice.concerns(unit, {alarm.channel}) for notice in declared)
            found[alarm.unit.id].append((CONFIRMED if said else REPORTED, alarm))
    return {unit_id: _trouble(alarms) for unit_id, alarms in found.items()}


def _trouble(alarms: Sequence[tuple[str, Alarm]]) -> Trouble:
    """Say each channel's trouble; one that is confirmed makes it the unit's."""
    confirmed = any(status == CONFIRMED for status, _ in alarms)
    return Trouble(
        status=CONFIRMED if confirmed else REPORTED,
        words=" ".join(_words(status, alarm) for status, alarm in alarms),
    )


def _words(status: str, alarm: Alarm) -> str:
    channel = f": {channel_name(alarm.channel)}" if alarm.channel else ""
    return f"{SAID[status]}{channel}, desde {hour_words(alarm.since)}."


@dataclass
class Watch:
    """What this process knows, read again when complaints or the calendar change."""

    known: Mapping[int, Trouble] = field(default_factory=dict[int, Trouble])
    read_at: datetime | None = None
    stirred: bool = False

    def hear(self, topic: str) -> None:
        """Take note that what is known may be out of date."""
        self.stirred = self.stirred or topic in (TOPIC, calendar.TOPIC)

    def read(self, session: Session, now: datetime) -> None:
        """Read at once, in a process that hears of no change (a command)."""
        self.known = read_troubles(session, now)

    async def look(self) -> bool:
        """Read anew when there is reason to; return whether open pages were told of a change."""
        now = clock.now()
        if self.read_at and not self.stirred and now - self.read_at < STALE:
            return False
        self.stirred, self.read_at = False, now
        before, self.known = self.known, await db.in_reading(read_troubles, now)
        if self.known == before:
            return False
        live.hub.hear(extras.TROUBLES)
        return True

    def of_units(
        self, _session: Session, unit_ids: Sequence[int], _now: datetime
    ) -> Mapping[int, Trouble]:
        """Return what is known of some units."""
        return {id_: self.known[id_] for id_ in unit_ids if id_ in self.known}


watch = Watch()

"""What is in alarm now, and what a declared closure silences."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from canais_app import routes
from canais_app.complaints.dashboard import view
from canais_app.complaints.dashboard.words.names import place, short
from canais_app.complaints.figures import Snapshot
from canais_app.complaints.measures.alarms import Alarm
from canais_app.complaints.measures.closures import Muted
from canais_app.complaints.models import KIND_NAMES, Kind
from canais_app.complaints.spikes import Level, once_in
from canais_app.directory.said import channel_name
from canais_app.kit import clock, text


def alarm_words(alarms: Sequence[Alarm]) -> str:
    """Return how many units are in alarm, for the headline."""
    count = len({alarm.unit.slug for alarm in alarms})
    if not count:
        return "Nenhuma unidade acima do normal"
    return text.plural(count, "unidade acima do normal", "unidades acima do normal")


def alarm_row(alarm: Alarm, snapshot: Snapshot) -> view.AlarmRow:
    """Say what is seen, how sure the statistics are, and since when."""
    probable = alarm.level == Level.PROBABLE
    return view.AlarmRow(
        unit=short(alarm.unit),
        place=place(alarm.unit),
        unit_href=routes.dashboard(snapshot.chosen.query(unidade=alarm.unit.slug)),
        channel=channel_name(alarm.channel),
        kind=KIND_NAMES[Kind(alarm.kind)].lower(),
        seen=str(alarm.seen),
        href=routes.complaint_list(
            snapshot.chosen.query(
                p="24h", de="", ate="", unidade=alarm.unit.slug, canal=alarm.channel
            )
        ),
        expected=text.number_words(alarm.expected, 1),
        sure="Provável" if probable else "Possível",
        chance=f"por acaso, {once_in(alarm.p)}",
        probable=probable,
        since=text.hour_words(alarm.since),
        lasting=_lasting(snapshot.at - alarm.since),
    )


def _lasting(time: timedelta) -> str:
    minutes = int(time.total_seconds() // 60)
    if minutes < 60:  # noqa: PLR2004 (an hour)
        return f"há {minutes} min"
    return f"há {minutes // 60} h {minutes % 60:02d}"


def closure_words(one: Muted, now: datetime) -> str:
    """Say which place is closed, why and since when."""
    day = clock.local_day(one.since)
    since = text.hour_words(one.since) if day == clock.local_day(now) else text.short_day(day)
    act = f" ({one.act})" if one.act else ""
    return f"{one.place}: {one.reason}, desde {since}{act}"

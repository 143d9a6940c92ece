"""What is in alarm now, and what a declared closure silences."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from canais_app import routes
from canais_app.complaints.dashboard import view
from canais_app.complaints.dashboard.words.names import short_unit_name, unit_place
from canais_app.complaints.figures import DashboardSnapshot
from canais_app.complaints.measures.alarms import Alarm
from canais_app.complaints.measures.closures import Suppressed
from canais_app.complaints.models import COMPLAINT_KIND_NAMES, ComplaintKindCode
from canais_app.complaints.spikes import AlarmLevel, format_return_period
from canais_app.directory.said import channel_label
from canais_app.kit import clock, text


def format_alarm_count(alarms: Sequence[Alarm]) -> str:
    """Return how many units are in alarm, for the headline."""
    count = len({alarm.unit.slug for alarm in alarms})
    if not count:
        return "Nenhuma unidade acima do normal"
    return text.pluralise(count, "unidade acima do normal", "unidades acima do normal")


def present_alarm(alarm: Alarm, snapshot: DashboardSnapshot) -> view.AlarmRow:
    """Say what is seen, how sure the statistics are, and since when."""
    probable = alarm.level == AlarmLevel.PROBABLE
    return view.AlarmRow(
        unit=short_unit_name(alarm.unit),
        place=unit_place(alarm.unit),
        unit_href=routes.dashboard(snapshot.chosen.to_query(unidade=alarm.unit.slug)),
        channel=channel_label(alarm.channel),
        kind=COMPLAINT_KIND_NAMES[ComplaintKindCode(alarm.kind)].lower(),
        seen=str(alarm.seen),
        href=routes.complaint_list(
            snapshot.chosen.to_query(
                p="24h", de="", ate="", unidade=alarm.unit.slug, canal=alarm.channel
            )
        ),
        expected=text.format_number(alarm.expected, 1),
        sure="Provável" if probable else "Possível",
        chance=f"por acaso, {format_return_period(alarm.p)}",
        probable=probable,
        since=text.format_hour(alarm.since),
        lasting=_format_duration(snapshot.at - alarm.since),
    )


def _format_duration(time: timedelta) -> str:
    minutes = int(time.total_seconds() // 60)
    if minutes < 60:  # noqa: PLR2004 (an hour)
        return f"há {minutes} min"
    return f"há {minutes // 60} h {minutes % 60:02d}"


def format_closure(one: Suppressed, now: datetime) -> str:
    """Say which place is closed, why and since when."""
    day = clock.to_local_day(one.since)
    since = (
        text.format_hour(one.since)
        if day == clock.to_local_day(now)
        else text.format_short_date(day)
    )
    act = f" ({one.act})" if one.act else ""
    return f"{one.place}: {one.reason}, desde {since}{act}"

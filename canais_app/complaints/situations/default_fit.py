"""What is usual before the first nightly fit: last month's people and a cautious prior."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func
from sqlmodel import Session, col, select

from canais_app.complaints.models import PeopleHour
from canais_app.complaints.statistics.alarms.history import DAY_KINDS, HOURS, WEEKDAYS
from canais_app.directory.channels import ChannelKind
from canais_app.kit import clock

REACH = timedelta(days=28)
SHAPE, DAYS = 0.5, 10.0  # as if each series had had half a person in ten open days
PHI, KAPPA = 1.2, 0.2  # counts vary a little more than by chance
ALPHA, GROUP_ALPHA = 2e-4, 1e-6
COURT_HOURS = range(12, 19)
COURT_SHARE = 0.9  # of an open day's reports in the court's hours
CLOSED_SHARE = 0.1  # of an open day, on a closed one


def default_figures(session: Session, now: datetime) -> dict[str, Any]:
    """Return figures as `calibration_json.to_figures` does, from the people of the last month."""
    today = clock.from_wall_clock(clock.to_local_day(now), 0)
    since = clock.hour_number(max(today - REACH, _first_day(session, now)))
    rows = session.exec(
        select(PeopleHour.unit_id, PeopleHour.channel, func.sum(col(PeopleHour.people)))
        .where(col(PeopleHour.hour) >= since, col(PeopleHour.hour) < clock.hour_number(today))
        .group_by(col(PeopleHour.unit_id), col(PeopleHour.channel))
    ).all()
    days = max((clock.hour_number(today) - since) / HOURS * 5 / 7, 0.0)
    channel = {"a": SHAPE, "b": DAYS, "phi": PHI, "kappa": KAPPA, "profile": _profile()}
    return {
        "alpha": ALPHA,
        "group_alpha": GROUP_ALPHA,
        "channels": {kind.value: channel for kind in ChannelKind},
        "series": [[unit, kind, float(total), days, None] for unit, kind, total in rows],
    }


def _first_day(session: Session, now: datetime) -> datetime:
    first = session.exec(select(func.min(PeopleHour.hour))).one()
    return clock.hour_start(first) if first is not None else now


def _profile() -> list[list[float]]:
    """Return the share of an average open day by kind of day and hour."""
    other = (1 - COURT_SHARE) / (HOURS - len(COURT_HOURS))
    day = [
        COURT_SHARE / len(COURT_HOURS) if hour in COURT_HOURS else other for hour in range(HOURS)
    ]
    return [day] * WEEKDAYS + [[share * CLOSED_SHARE for share in day]] * (DAY_KINDS - WEEKDAYS)

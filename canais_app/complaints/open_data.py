"""What is published of all complaints: counts that point at nobody."""

from collections import Counter
from dataclasses import dataclass

from sqlalchemy import func
from sqlmodel import Session, col, select

from canais_app.complaints.models import ComplaintHour
from canais_app.directory.models import Comarca, Unit
from canais_app.kit import clock

FEWEST = 5  # smaller counts could point at a person and are not published


@dataclass(frozen=True)
class OpenRow:
    """A published count: `count` is empty when it is suppressed."""

    month: str
    comarca: str
    unit: str
    unit_name: str
    channel: str
    count: int | None


def open_rows(session: Session) -> list[OpenRow]:
    """Count all complaints by month, unit and channel; counts under five are suppressed."""
    asked = select(
        ComplaintHour.hour,
        ComplaintHour.unit_id,
        ComplaintHour.channel,
        func.sum(col(ComplaintHour.count)),
    ).group_by(col(ComplaintHour.hour), col(ComplaintHour.unit_id), col(ComplaintHour.channel))
    counted: Counter[tuple[str, int, str]] = Counter()
    for hour, unit_id, channel, count in session.exec(asked).all():
        counted[clock.local(hour).strftime("%Y-%m"), unit_id, channel] += count
    places = {
        unit.id: (unit, comarca.name if comarca else "")
        for unit, comarca in session.exec(select(Unit, Comarca).join(Comarca, isouter=True)).all()
    }
    rows = [
        OpenRow(
            month=month,
            comarca=places[unit_id][1],
            unit=places[unit_id][0].slug,
            unit_name=places[unit_id][0].name,
            channel=channel,
            count=count if count >= FEWEST else None,
        )
        for (month, unit_id, channel), count in counted.items()
    ]
    return sorted(rows, key=lambda row: (row.month, row.comarca, row.unit, row.channel))

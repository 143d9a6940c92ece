"""Open data of all complaints: counts that identify no one."""

from sqlalchemy import func
from sqlmodel import Session, col, select

from canais_app.complaints.models import ComplaintHour
from canais_app.directory.models import Comarca, Unit
from canais_app.kit import clock, export

SUPPRESSION_THRESHOLD = 5  # smaller counts could identify a person and are not published


def open_csv(session: Session) -> str:
    """Count all complaints by month, unit and channel; counts under five are suppressed."""
    from pandas import DataFrame

    hour, unit, channel = (
        col(ComplaintHour.hour),
        col(ComplaintHour.unit_id),
        col(ComplaintHour.channel),
    )
    query = select(hour, unit, channel, func.sum(col(ComplaintHour.count)))
    counts = [
        (clock.to_local(clock.hour_start(at)).strftime("%Y-%m"), unit_id, kind, int(count))
        for at, unit_id, kind, count in session.exec(query.group_by(hour, unit, channel))
    ]
    units = session.exec(
        select(Unit.id, Unit.slug, Unit.name, Comarca.name).join(Comarca, isouter=True)
    )
    names = [(id_, slug, name, comarca or "") for id_, slug, name, comarca in units]
    table = (
        DataFrame(counts, columns=["mes", "id", "canal", "relatos"])
        .groupby(["mes", "id", "canal"], as_index=False)
        .sum()
        .merge(DataFrame(names, columns=["id", "unidade", "nome", "comarca"]), on="id")
        .sort_values(["mes", "comarca", "unidade", "canal"])
    )
    suppressed = (
        table["relatos"]
        .astype(object)
        .mask(table["relatos"] < SUPPRESSION_THRESHOLD, f"<{SUPPRESSION_THRESHOLD}")
    )
    columns = ["mes", "comarca", "unidade", "nome", "canal", "relatos"]
    return export.to_open_data(table.assign(relatos=suppressed)[columns])

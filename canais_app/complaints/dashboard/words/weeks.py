"""Which units stand out this week."""

from datetime import date

from canais_app import routes
from canais_app.complaints.dashboard import view
from canais_app.complaints.dashboard.words.names import complaints_href, format_short_day
from canais_app.complaints.measures.history import DAY
from canais_app.complaints.measures.units import UnitName
from canais_app.complaints.measures.weeks import WeekMatrix
from canais_app.complaints.slices import DashboardFilter
from canais_app.complaints.spikes import AlarmLevel
from canais_app.kit import text


def present_weeks(weeks: WeekMatrix, filters: DashboardFilter, units: int) -> view.WeekMatrixView:
    """Mark the weeks that stand out, each linked to the complaints behind it."""
    shown = [sum(column) for column in zip(*[row.seen for row in weeks.rows], strict=True)]
    others = [t - s for t, s in zip(weeks.totals, shown or [0] * len(weeks.totals), strict=True)]
    return view.WeekMatrixView(
        title=_weeks_title(weeks),
        about="Relatos por unidade e semana (início na segunda). ▲ provável · △ possível · "
        f"{format_short_day(weeks.starts[-1])} em curso",
        heads=[format_short_day(start) for start in weeks.starts],
        rows=[
            view.WeekRowView(
                unit=row.unit.name,
                href=routes.dashboard(filters.to_query(unidade=row.unit.slug)),
                cells=[
                    _week_cell(seen, level, start, row.unit, filters)
                    for seen, level, start in zip(row.seen, row.levels, weeks.starts, strict=True)
                ],
            )
            for row in weeks.rows
        ],
        others=[
            f"Outras {text.format_number(max(units - len(weeks.rows), 0))} unidades",
            *[text.format_number(count) for count in others],
        ],
        totals=["Total", *[text.format_number(total) for total in weeks.totals]],
        csv=routes.figures_file("semanas.csv", filters.without_unit().to_query()),
    )


def _weeks_title(weeks: WeekMatrix) -> str:
    names = [row.unit.name for row in weeks.rows if row.levels[-1] > AlarmLevel.NORMAL]
    if not names:
        return "Nenhuma unidade destoa nesta semana"
    if len(names) == 1:
        return f"{names[0]} destoa nesta semana"
    return f"{len(names)} unidades destoam nesta semana"


def _week_cell(
    seen: int, level: AlarmLevel, start: date, unit: UnitName, chosen: DashboardFilter
) -> view.WeekCell:
    mark, sure, shade = {
        AlarmLevel.NORMAL: ("", "", ""),
        AlarmLevel.POSSIBLE: ("△", "possível", "possible"),
        AlarmLevel.PROBABLE: ("▲", "provável", "probable"),
    }[level]
    href = complaints_href(chosen, start, start + 6 * DAY, unidade=unit.slug)
    return view.WeekCell(str(seen), mark, sure, shade, href if seen else "")

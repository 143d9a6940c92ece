"""At which hours of which weekdays the reports come."""

from canais_app import routes
from canais_app.complaints.dashboard import view
from canais_app.complaints.dashboard.words.names import format_short_day
from canais_app.complaints.measures.weeks import HourlyMeans
from canais_app.complaints.slices import DashboardFilter
from canais_app.kit import text

OPENS, CLOSES = 12, 19  # public hours of the court: marked in the table


def present_heat(heat: HourlyMeans, filters: DashboardFilter) -> view.HeatTable:
    """Shade the hours; those when hardly anybody writes stand together."""
    groups = [(0, 7), *[(h, h + 1) for h in range(7, 20)], (20, 24)]
    rows = [(first, last, _merge_quiet_hours(heat, first, last)) for first, last in groups]
    darkest = max((max(cells) / (last - first) for first, last, cells in rows), default=0)
    return view.HeatTable(
        title=_heat_title(heat),
        about=f"Média em dias abertos, {format_short_day(heat.first)} a {format_short_day(heat.last)}",
        rows=[
            view.HeatRow(
                hours=f"{first}h" if last == first + 1 else f"{first}h–{last - 1}h",
                working=OPENS <= first < CLOSES,
                cells=[
                    view.HeatCell(_format_mean(c), _shade_of(c / (last - first), darkest))
                    for c in cells
                ],
            )
            for first, last, cells in rows
        ],
        totals=[_format_mean(sum(row[d] for row in heat.means)) for d in range(7)],
        csv=routes.figures_file("horas.csv", filters.to_query()),
    )


def _merge_quiet_hours(heat: HourlyMeans, first: int, last: int) -> list[float]:
    return [sum(heat.means[hour][day] for hour in range(first, last)) for day in range(7)]


def _heat_title(heat: HourlyMeans) -> str:
    peak, day, hour = max(
        (mean, -day, -hour) for hour, row in enumerate(heat.means) for day, mean in enumerate(row)
    )
    if not peak:
        return "Sem relatos nas últimas quatro semanas"
    return f"Pico: {text.WEEKDAYS_BARE[-day]} às {-hour}h"


def _format_mean(value: float) -> str:
    return text.format_number(value, 0 if value >= 9.95 or not value else 1)  # noqa: PLR2004


def _shade_of(value: float, darkest: float) -> str:
    if not value or not darkest:
        return "s0"
    return f"s{min(6, 1 + int(6 * value / darkest))}"

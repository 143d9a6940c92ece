"""At which hours of which weekdays the reports come."""

from canais_app import routes
from canais_app.complaints.dashboard import view
from canais_app.complaints.dashboard.words.names import day_words
from canais_app.complaints.measures.weeks import Heat
from canais_app.complaints.slices import Slice
from canais_app.kit import text

OPENS, CLOSES = 12, 19  # public hours of the court: marked in the table


def heat_of(heat: Heat, chosen: Slice) -> view.HeatTable:
    """Shade the hours; those when hardly anybody writes stand together."""
    groups = [(0, 7), *[(h, h + 1) for h in range(7, 20)], (20, 24)]
    rows = [(first, last, _together(heat, first, last)) for first, last in groups]
    darkest = max((max(cells) / (last - first) for first, last, cells in rows), default=0)
    return view.HeatTable(
        title=_title(heat),
        about=f"Média em dias abertos, {day_words(heat.first)} a {day_words(heat.last)}",
        rows=[
            view.HeatRow(
                hours=f"{first}h" if last == first + 1 else f"{first}h–{last - 1}h",
                working=OPENS <= first < CLOSES,
                cells=[view.HeatCell(_mean(c), _shade(c / (last - first), darkest)) for c in cells],
            )
            for first, last, cells in rows
        ],
        totals=[_mean(sum(row[d] for row in heat.means)) for d in range(7)],
        csv=routes.figures_file("horas.csv", chosen.query()),
    )


def _together(heat: Heat, first: int, last: int) -> list[float]:
    return [sum(heat.means[hour][day] for hour in range(first, last)) for day in range(7)]


def _title(heat: Heat) -> str:
    peak, day, hour = max(
        (mean, -day, -hour) for hour, row in enumerate(heat.means) for day, mean in enumerate(row)
    )
    if not peak:
        return "Sem relatos nas últimas quatro semanas"
    return f"Pico: {text.WEEKDAYS_BARE[-day]} às {-hour}h"


def _mean(value: float) -> str:
    return text.number_words(value, 0 if value >= 9.95 or not value else 1)  # noqa: PLR2004


def _shade(value: float, darkest: float) -> str:
    if not value or not darkest:
        return "s0"
    return f"s{min(6, 1 + int(6 * value / darkest))}"

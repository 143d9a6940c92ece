"""Which units stand out this week."""

from datetime import date

from canais_app import routes
from canais_app.complaints.dashboard import view
from canais_app.complaints.dashboard.words.names import behind, day_words
from canais_app.complaints.measures.history import DAY
from canais_app.complaints.measures.units import UnitName
from canais_app.complaints.measures.weeks import Weeks
from canais_app.complaints.slices import Slice
from canais_app.complaints.spikes import Level
from canais_app.kit import text


def weeks_of(weeks: Weeks, chosen: Slice, units: int) -> view.Matrix:
    """Mark the weeks that stand out, each linked to the complaints behind it."""
    shown = [sum(column) for column in zip(*[row.seen for row in weeks.rows], strict=True)]
    others = [t - s for t, s in zip(weeks.totals, shown or [0] * len(weeks.totals), strict=True)]
    return view.Matrix(
        title=_title(weeks),
        about="Relatos por unidade e semana (início na segunda). ▲ provável · △ possível · "
        f"{day_words(weeks.starts[-1])} em curso",
        heads=[day_words(start) for start in weeks.starts],
        rows=[
            view.WeekRow(
                unit=row.unit.name,
                href=routes.dashboard(chosen.query(unidade=row.unit.slug)),
                cells=[
                    _cell(seen, level, start, row.unit, chosen)
                    for seen, level, start in zip(row.seen, row.levels, weeks.starts, strict=True)
                ],
            )
            for row in weeks.rows
        ],
        others=[
            f"Outras {text.number_words(max(units - len(weeks.rows), 0))} unidades",
            *[text.number_words(count) for count in others],
        ],
        totals=["Total", *[text.number_words(total) for total in weeks.totals]],
        csv=routes.figures_file("semanas.csv", chosen.without_unit().query()),
    )


def _title(weeks: Weeks) -> str:
    names = [row.unit.name for row in weeks.rows if row.levels[-1] > Level.NORMAL]
    if not names:
        return "Nenhuma unidade destoa nesta semana"
    if len(names) == 1:
        return f"{names[0]} destoa nesta semana"
    return f"{len(names)} unidades destoam nesta semana"


def _cell(seen: int, level: Level, start: date, unit: UnitName, chosen: Slice) -> view.WeekCell:
    mark, sure, shade = {
        Level.NORMAL: ("", "", ""),
        Level.POSSIBLE: ("△", "possível", "possible"),
        Level.PROBABLE: ("▲", "provável", "probable"),
    }[level]
    href = behind(chosen, start, start + 6 * DAY, unidade=unit.slug)
    return view.WeekCell(str(seen), mark, sure, shade, href if seen else "")

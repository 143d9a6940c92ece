"""Present the series, the hours of the week and the units by week: titles, texts and cells."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

from canais_app import routes
from canais_app.complaints.dashboard import view
from canais_app.complaints.statistics.anomaly import AlarmLevel
from canais_app.complaints.statistics.baseline import DAY
from canais_app.complaints.statistics.counts import UnitName
from canais_app.complaints.statistics.figures import DashboardSnapshot
from canais_app.complaints.statistics.filters import KIND_NAMES, DashboardFilter
from canais_app.complaints.statistics.trends import HourlyMeans, SeriesPoint, WeekMatrix
from canais_app.directory.labels import channel_label
from canais_app.expediente.calendar import CLOSES, OPENS
from canais_app.kit import clock, text
from canais_app.ui.charts import LinePoint, build_line_shape

MARKS = {
    AlarmLevel.NORMAL: ("", "", ""),
    AlarmLevel.POSSIBLE: ("△", "possível", "possible"),
    AlarmLevel.PROBABLE: ("▲", "provável", "probable"),
}


def present_series(
    snapshot: DashboardSnapshot, points: Sequence[SeriesPoint], filters: DashboardFilter
) -> view.SeriesView:
    """Present a line; its title interprets the newest point."""
    if not points:
        return view.SeriesView()
    hourly = filters.period == "24h"
    where = snapshot.unit.name if filters.unit and snapshot.unit else snapshot.comarca or "Estado"
    known = points[-1].days > 0
    shape = build_line_shape(
        [_line_point(point, n, points, hourly=hourly) for n, point in enumerate(points)],
        hot=known and points[-1].seen > points[-1].high,
    )
    title = _hour_title(points[-1]) if hourly else _days_title(points)
    name = "serie-unidade.csv" if filters.unit else "serie.csv"
    return view.SeriesView(
        title=title,
        about=f"{where}{format_filters(filters)}, {_period_text(points, hourly=hourly)}",
        heard=f"{title}. {where}. Os números estão em Ver tabela.",
        shape=replace(shape, value=str(points[-1].seen)),
        rows=[_point_row(point, hourly=hourly) for point in points],
        csv=routes.figures_file(name, filters.to_query()),
    )


def _period_text(points: Sequence[SeriesPoint], *, hourly: bool) -> str:
    last = points[-1]
    normal = f"o normal para agora vai de {last.low} a {last.high}." if last.days else ""
    if hourly:
        return f"últimas 24 horas. Cada ponto soma os 60 minutos anteriores; {normal}".strip("; ")
    first = clock.to_local_day(points[0].start)
    until = clock.to_local_day(last.end - timedelta(microseconds=1))
    dates = f"{text.format_date(first)} a {text.format_date(until)}"
    return f"{dates}. Cada ponto soma um dia, de 0h a 24h."


def _compare_text(seen: float, expected: float) -> str:
    if expected <= 0:
        return "acima do esperado"
    ratio = seen / expected
    if ratio >= 2.75:  # noqa: PLR2004 (reads as "three times")
        return f"{round(ratio)} vezes o esperado"
    return "o dobro do esperado" if ratio >= 1.75 else "acima do esperado"  # noqa: PLR2004


def _hour_title(last: SeriesPoint) -> str:
    seen = text.pluralise(last.seen, "relato na última hora", "relatos na última hora")
    if not last.days:
        return f"{seen}: ainda sem dias para comparar"
    if last.seen >= last.limit:
        return f"{seen}: {_compare_text(last.seen, last.expected)}, além do limite do alarme"
    if last.seen > last.high:
        return f"{seen}: {_compare_text(last.seen, last.expected)}"
    return f"{seen}: {'abaixo' if last.seen < last.low else 'dentro'} do esperado"


def _days_title(points: Sequence[SeriesPoint]) -> str:
    seen, days = sum(p.seen for p in points), len(points)
    total = f"{text.pluralise(seen, 'relato', 'relatos')} em {text.pluralise(days, 'dia', 'dias')}"
    expected = sum(p.expected for p in points if p.days)
    compared = sum(p.seen for p in points if p.days)
    if expected < 1:
        return f"{total}: ainda sem dias para comparar"
    change = round(100 * (compared / expected - 1))
    if abs(change) < 5:  # noqa: PLR2004 (percent, nothing to speak of)
        return f"{total}: como o esperado"
    return f"{total}: {abs(change)}% {'acima' if change > 0 else 'abaixo'} do esperado"


def _line_point(
    point: SeriesPoint, n: int, points: Sequence[SeriesPoint], *, hourly: bool
) -> LinePoint:
    known = point.days > 0
    return LinePoint(
        words=_tick_label(point, n, points, hourly=hourly),
        seen=point.seen,
        low=point.low if known else None,
        high=point.high if known else None,
        before=point.last_week,
        limit=point.limit if known and hourly else None,
        minor=n % 2 == 1 if not hourly else n % 6 != 5,  # noqa: PLR2004 (every second label)
    )


def _tick_label(point: SeriesPoint, n: int, points: Sequence[SeriesPoint], *, hourly: bool) -> str:
    left = len(points) - 1 - n
    if hourly:
        return text.format_hour(point.end) if left % 3 == 0 else ""
    step = max(1, -(-len(points) // 7))
    day = clock.to_local_day(point.start)
    return f"{day.day}/{day.month}" if left % step == 0 else ""


def _point_row(point: SeriesPoint, *, hourly: bool) -> list[str]:
    """Return a row of the data table: time, seen, expected, band, last week, limit."""
    day = clock.to_local_day(point.start)
    when = (
        text.WEEKDAY_SHORT_NAMES[clock.to_local(point.end).weekday()]
        + " "
        + text.format_hour(point.end)
    )
    return [
        when if hourly else text.format_short_date(day),
        str(point.seen),
        text.format_number(point.expected, 1) if point.days else "–",
        f"{point.low} a {point.high}" if point.days else "–",
        text.format_number(point.last_week, 1 if hourly else 0),
        str(point.limit) if point.days else "–",
    ]


def present_heat(heat: HourlyMeans, filters: DashboardFilter) -> view.HeatTable:
    """Present the table of hours; the quiet hours of night and morning are merged."""
    groups = [(0, 7), *[(h, h + 1) for h in range(7, 20)], (20, 24)]
    rows = [(first, last, _merge_quiet_hours(heat, first, last)) for first, last in groups]
    darkest = max((max(cells) / (last - first) for first, last, cells in rows), default=0)
    return view.HeatTable(
        title=_heat_title(heat),
        about=(
            f"Média em dias abertos, {format_short_day(heat.first)} a {format_short_day(heat.last)}"
        ),
        rows=[
            view.HeatRow(
                hours=f"{first}h" if last == first + 1 else f"{first}h–{last - 1}h",
                working=OPENS <= first * 60 < CLOSES,
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


def present_weeks(weeks: WeekMatrix, filters: DashboardFilter, units: int) -> view.WeekMatrixView:
    """Present the weeks with their alarm marks, linked to the complaints."""
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
    seen: int, level: AlarmLevel, start: date, unit: UnitName, filters: DashboardFilter
) -> view.WeekCell:
    mark, sure, shade = MARKS[level]
    href = complaints_href(filters, start, start + 6 * DAY, unidade=unit.slug)
    return view.WeekCell(str(seen), mark, sure, shade, href if seen else "")


def format_filters(filters: DashboardFilter) -> str:
    """Return ` (WhatsApp, não responde)`; empty without a channel or kind."""
    parts = [channel_label(filters.channel)] if filters.channel else []
    parts += [KIND_NAMES[filters.kind].lower()] if filters.kind else []
    return f" ({', '.join(parts)})" if parts else ""


def format_short_day(day: date) -> str:
    """Return `24/11`."""
    return f"{day.day}/{day.month}"


def complaints_href(filters: DashboardFilter, first: date, last: date, **changes: str) -> str:
    """Return the address of a filter's complaints on some days."""
    dates = {"p": "", "de": first.isoformat(), "ate": last.isoformat()}
    return routes.complaint_list(filters.to_query(**dates, **changes))

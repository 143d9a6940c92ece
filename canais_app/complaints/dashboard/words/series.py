"""What a line over time says, and its points as a table."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta

from canais_app import routes
from canais_app.complaints.dashboard import view
from canais_app.complaints.dashboard.words.names import format_filters
from canais_app.complaints.figures import DashboardSnapshot
from canais_app.complaints.measures.weeks import SeriesPoint
from canais_app.complaints.slices import DashboardFilter
from canais_app.kit import clock, text
from canais_app.ui.charts import LinePoint, build_line_shape


def present_series(
    snapshot: DashboardSnapshot, points: Sequence[SeriesPoint], filters: DashboardFilter
) -> view.SeriesView:
    """Draw a line, and say what its newest point means."""
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
    said = f"{text.pluralise(seen, 'relato', 'relatos')} em {text.pluralise(days, 'dia', 'dias')}"
    expected = sum(p.expected for p in points if p.days)
    compared = sum(p.seen for p in points if p.days)
    if expected < 1:
        return f"{said}: ainda sem dias para comparar"
    change = round(100 * (compared / expected - 1))
    if abs(change) < 5:  # noqa: PLR2004 (percent, nothing to speak of)
        return f"{said}: como o esperado"
    return f"{said}: {abs(change)}% {'acima' if change > 0 else 'abaixo'} do esperado"


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
    """Return a point as words: time, seen, expected, band, last week, limit."""
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

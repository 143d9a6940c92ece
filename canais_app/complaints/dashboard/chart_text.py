"""Which units stand out this week."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta

from canais_app import routes
from canais_app.complaints.dashboard import view
from canais_app.complaints.lifecycle import COMPLAINT_STATUS_NAMES, ComplaintStatus
from canais_app.complaints.models import COMPLAINT_KIND_NAMES, ComplaintKindCode
from canais_app.complaints.statistics.alarms import Alarm, Suppressed
from canais_app.complaints.statistics.anomaly import AlarmLevel, format_return_period
from canais_app.complaints.statistics.baseline import DAY
from canais_app.complaints.statistics.counts import UnitName
from canais_app.complaints.statistics.figures import DashboardSnapshot, Deadline, Deadlines
from canais_app.complaints.statistics.filters import DashboardFilter
from canais_app.complaints.statistics.trends import HourlyMeans, SeriesPoint, UnitExcess, WeekMatrix
from canais_app.directory.labels import channel_label
from canais_app.kit import clock, text
from canais_app.ui.charts import LinePoint, build_line_shape, build_spark_path


def short_unit_name(unit: UnitName) -> str:
    """Return the name without the sector, which `place` says."""
    return unit.name.partition(" — ")[0]


def unit_place(unit: UnitName) -> str:
    """Return the sector, and the comarca where the name does not say it."""
    sector = unit.name.partition(" — ")[2]
    comarca = "" if unit.comarca in unit.name else unit.comarca
    return " · ".join(part for part in (sector, comarca) if part)


def format_filters(filters: DashboardFilter) -> str:
    """Return ` (WhatsApp, não responde)`; empty when nothing is chosen."""
    parts = [channel_label(filters.channel)] if filters.channel else []
    parts += [COMPLAINT_KIND_NAMES[ComplaintKindCode(filters.kind)].lower()] if filters.kind else []
    return f" ({', '.join(parts)})" if parts else ""


def format_short_day(day: date) -> str:
    """Return `24/11`."""
    return f"{day.day}/{day.month}"


def complaints_href(filters: DashboardFilter, first: date, last: date, **changes: str) -> str:
    """Return the address of the complaints of some days of a slice."""
    dates = {"p": "", "de": first.isoformat(), "ate": last.isoformat()}
    return routes.complaint_list(filters.to_query(**dates, **changes))


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


def present_deadlines(snapshot: DashboardSnapshot) -> view.DeadlinesView:
    """Group the open complaints by the day they are due; the overdue come first."""
    due, chosen = snapshot.deadlines, snapshot.chosen
    today = clock.to_local_day(snapshot.at)
    days: dict[date | None, list[Deadline]] = {}
    for item in due.items:
        day = clock.to_local_day(item.due_at)
        days.setdefault(day if day >= today else None, []).append(item)
    overdue = (
        text.pluralise(due.overdue, "vencido", "vencidos") if due.overdue else "Nenhum vencido"
    )
    said = format_due_count(due)
    return view.DeadlinesView(
        title=said[0].upper() + said[1:],
        about=f"{overdue}. 30 dias, mais 30 uma vez",
        days=[
            view.DeadlineDay(
                _deadline_day(day, today), day == today, [_deadline_row(i, today) for i in items]
            )
            for day, items in days.items()
        ],
        all_words=f"Ver {text.pluralise(due.open, 'aberta', 'abertas')}" if due.open else "",
        all_href=routes.complaint_list(
            DashboardFilter(
                comarca=chosen.comarca, unit=chosen.unit, channel=chosen.channel, kind=chosen.kind
            ).to_query(situacao="abertas")
        ),
        csv=routes.figures_file("prazos.csv", chosen.to_query()),
    )


def format_due_count(due: Deadlines) -> str:
    """Return how many answers are due today, for the headline."""
    if due.today:
        return text.pluralise(due.today, "prazo vence hoje", "prazos vencem hoje")
    return "nenhum prazo vence hoje"


def _deadline_day(day: date | None, today: date) -> str:
    if day is None:
        return "Vencidos"
    name = f"{text.WEEKDAYS_BARE[day.weekday()]}, {format_short_day(day)}"
    if day == today:
        return f"Hoje, {name}"
    if day == today + DAY:
        return f"Amanhã, {name}"
    return name[0].upper() + name[1:]


def _deadline_row(item: Deadline, today: date) -> view.DeadlineRow:
    late = (today - clock.to_local_day(item.due_at)).days
    words = f"dia {item.day} de {item.days}"
    if late > 0:
        words = f"vencido há {text.pluralise(late, 'dia', 'dias')}"
    return view.DeadlineRow(
        unit=item.unit.name,
        about=f"{item.protocol} · {COMPLAINT_STATUS_NAMES[ComplaintStatus(item.status)].lower()}",
        href=routes.complaint(item.protocol),
        due=words,
        pressing=late >= 0,
    )


OPENS, CLOSES = 12, 19  # public hours of the court: marked in the table


def present_heat(heat: HourlyMeans, filters: DashboardFilter) -> view.HeatTable:
    """Shade the hours; those when hardly anybody writes stand together."""
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


SHOWN_UNITS = 9  # units in the ranking
COUNT_NAMES = ("Nenhuma", "Uma", "Duas", "Três")


def present_ranking(snapshot: DashboardSnapshot) -> view.RankingView:
    """List the first units, and the others and all of them as sums."""
    rows, chosen = snapshot.ranking, snapshot.chosen
    largest = max((row.excess for row in rows), default=0)
    alarmed = {alarm.unit.slug for alarm in snapshot.alarms}
    rest = rows[SHOWN_UNITS:]
    return view.RankingView(
        title=_ranking_title(rows),
        about=f"Unidades por excesso sobre o esperado, {_span_text(chosen)}"
        f"{format_filters(chosen) or ', todos os canais'}",
        rows=[_rank_row(row, snapshot, largest, alarmed) for row in rows[:SHOWN_UNITS]],
        others=_ranking_sums(f"Outras {text.format_number(len(rest))} unidades com relatos", rest)
        if rest
        else [],
        total=_ranking_sums(snapshot.comarca or "Estado", rows),
        csv=routes.figures_file("unidades.csv", chosen.without_unit().to_query()),
    )


def _span_text(chosen: DashboardFilter) -> str:
    if chosen.first and chosen.last:
        return f"{text.format_date(chosen.first)} a {text.format_date(chosen.last)}"
    return {"24h": "24 horas", "7d": "7 dias", "30d": "30 dias"}[chosen.period]


def _ranking_title(rows: Sequence[UnitExcess]) -> str:
    over = [row.excess for row in rows if row.excess >= 0.5]  # noqa: PLR2004 (half a report)
    if not over:
        return "Nenhuma unidade acima do esperado" if rows else "Nenhum relato no período"
    top = over[:3]
    verb = "soma" if len(top) == 1 else "somam"
    unit = "unidade" if len(top) == 1 else "unidades"
    more = f"{round(sum(top))} dos {round(sum(over))} relatos a mais"
    return f"{COUNT_NAMES[len(top)]} {unit} {verb} {more}"


def _ranking_sums(name: str, rows: Sequence[UnitExcess]) -> list[str]:
    seen, expected = sum(r.seen for r in rows), sum(r.expected for r in rows)
    return [
        name,
        text.format_number(seen),
        text.format_number(expected, 1),
        _format_signed(seen - expected),
    ]


def _rank_row(
    row: UnitExcess, snapshot: DashboardSnapshot, largest: float, alarmed: set[str]
) -> view.RankRow:
    share = max(row.excess, 0) / largest if largest > 0 else 0
    step = "hora" if snapshot.chosen.period == "24h" else "dia"
    return view.RankRow(
        slug=row.unit.slug,
        unit=short_unit_name(row.unit),
        place=unit_place(row.unit),
        unit_href=routes.dashboard(snapshot.chosen.to_query(unidade=row.unit.slug)),
        channel=channel_label(row.channel),
        seen=str(row.seen),
        href=_ranking_href(snapshot, unidade=row.unit.slug),
        expected=text.format_number(row.expected, 1),
        excess=_format_signed(row.excess),
        width=f"{100 * share:.0f}%",
        hot=row.unit.slug in alarmed,
        spark=build_spark_path(row.recent),
        spark_words=f"pico de {max(row.recent, default=0)} por {step}",
    )


def _ranking_href(snapshot: DashboardSnapshot, **changes: str) -> str:
    chosen = snapshot.chosen
    period = {} if chosen.first else {"p": chosen.period}
    return routes.complaint_list(chosen.to_query(**period, **changes))


def _format_signed(value: float) -> str:
    shown = text.format_number(abs(value), 1)
    if shown == "0,0":
        return shown
    return f"{'+' if value > 0 else '−'}{shown}"


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

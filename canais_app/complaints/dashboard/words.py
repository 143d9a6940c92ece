"""From numbers to words: what the figures of a snapshot say, in plain pt-BR."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta

from canais_app import routes
from canais_app.complaints.dashboard import view
from canais_app.complaints.figures import (
    Alarm,
    Deadline,
    Deadlines,
    Heat,
    Muted,
    Point,
    Snapshot,
    UnitExcess,
    UnitName,
    Weeks,
)
from canais_app.complaints.lifecycle import STATUS_NAMES, Status
from canais_app.complaints.models import KIND_NAMES, Kind
from canais_app.complaints.slices import Slice
from canais_app.complaints.spikes import Level, once_in
from canais_app.directory.models import CHANNEL_NAMES, ChannelKind
from canais_app.kit import clock, text
from canais_app.ui.charts import LinePoint, line_shape, spark_path

SHOWN = 9  # units in the ranking
DAY = timedelta(days=1)
COUNTED = ("Nenhuma", "Uma", "Duas", "Três")
WEEKDAYS = tuple(day.removesuffix("-feira") for day in text.WEEKDAYS)
OPENS, CLOSES = 12, 19  # public hours of the court: marked in the heat table


def channel_name(channel: str) -> str:
    """Return the name of a channel as people say it."""
    return CHANNEL_NAMES[ChannelKind(channel)] if channel in list(ChannelKind) else channel


def kind_name(kind: str) -> str:
    """Return the name of a kind of complaint."""
    return KIND_NAMES[Kind(kind)] if kind in list(Kind) else kind


def view_of(snapshot: Snapshot) -> view.View:
    """Put a snapshot into words."""
    here, alarms = clock.local(snapshot.at), snapshot.alarms
    return view.View(
        stamp=snapshot.at.isoformat(),
        time=text.hour_words(snapshot.at),
        iso=here.isoformat(timespec="seconds"),
        alarm_words=_alarm_words(alarms),
        alarming=bool(alarms),
        rest_words=f" agora; {_due_words(snapshot.deadlines)}",
        summary=_summary(snapshot),
        alarms=[_alarm(alarm, snapshot) for alarm in alarms],
        calm="Nenhuma unidade com mais relatos, na última hora, do que o acaso explica.",
        muted=[_muted(one, snapshot.at) for one in snapshot.muted],
        series=_series(snapshot, snapshot.series, snapshot.chosen.without_unit()),
        unit_series=_series(snapshot, snapshot.unit_series, snapshot.chosen),
        has_unit=bool(snapshot.unit_series) and snapshot.unit is not None,
        ranking=_ranking(snapshot),
        heat=_heat(snapshot.heat, snapshot.chosen),
        weeks=_weeks(snapshot.weeks, snapshot.chosen, snapshot.units),
        due=_due(snapshot.deadlines, snapshot),
        xlsx=routes.figures_file("painel.xlsx", snapshot.chosen.query()),
    )


def _alarm_words(alarms: Sequence[Alarm]) -> str:
    count = len({alarm.unit.slug for alarm in alarms})
    if not count:
        return "Nenhuma unidade acima do normal"
    return text.plural(count, "unidade acima do normal", "unidades acima do normal")


def _due_words(due: Deadlines) -> str:
    if due.today:
        return text.plural(due.today, "prazo vence hoje", "prazos vencem hoje")
    return "nenhum prazo vence hoje"


def _summary(snapshot: Snapshot) -> str:
    where = f"na comarca de {snapshot.comarca}" if snapshot.comarca else "no Estado"
    probable = sum(alarm.level == Level.PROBABLE for alarm in snapshot.alarms)
    possible = len(snapshot.alarms) - probable
    parts = [
        text.plural(count, one, many)
        for count, one, many in (
            (probable, "falha provável", "falhas prováveis"),
            (possible, "falha possível", "falhas possíveis"),
            (snapshot.deadlines.open, "reclamação aberta", "reclamações abertas"),
        )
        if count
    ]
    if snapshot.deadlines.overdue:
        parts.append(text.plural(snapshot.deadlines.overdue, "prazo vencido", "prazos vencidos"))
    units = f"{text.plural(snapshot.units, 'unidade', 'unidades')} {where}"
    return f"{units}: {', '.join(parts) or 'nenhuma reclamação aberta'}."


def _behind(chosen: Slice, first: date, last: date, **changes: str) -> str:
    dates = {"p": "", "de": first.isoformat(), "ate": last.isoformat()}
    return routes.complaint_list(chosen.query(**dates, **changes))


def _period_behind(snapshot: Snapshot, **changes: str) -> str:
    chosen = snapshot.chosen
    period = {} if chosen.first else {"p": chosen.period}
    return routes.complaint_list(chosen.query(**period, **changes))


def _alarm(alarm: Alarm, snapshot: Snapshot) -> view.AlarmRow:
    probable = alarm.level == Level.PROBABLE
    return view.AlarmRow(
        unit=_short(alarm.unit),
        place=_place(alarm.unit),
        unit_href=routes.dashboard(snapshot.chosen.query(unidade=alarm.unit.slug)),
        channel=channel_name(alarm.channel),
        kind=kind_name(alarm.kind).lower(),
        seen=str(alarm.seen),
        href=routes.complaint_list(
            snapshot.chosen.query(
                p="24h", de="", ate="", unidade=alarm.unit.slug, canal=alarm.channel
            )
        ),
        expected=text.number_words(alarm.expected, 1),
        sure="Provável" if probable else "Possível",
        chance=f"por acaso, {once_in(alarm.p)}",
        probable=probable,
        since=text.hour_words(alarm.since),
        lasting=_lasting(snapshot.at - alarm.since),
    )


def _short(unit: UnitName) -> str:
    """Return the name without the sector, which `_place` says."""
    return unit.name.partition(" — ")[0]


def _place(unit: UnitName) -> str:
    """Return the sector, and the comarca where the name does not say it."""
    sector = unit.name.partition(" — ")[2]
    comarca = "" if unit.comarca in unit.name else unit.comarca
    return " · ".join(part for part in (sector, comarca) if part)


def _lasting(time: timedelta) -> str:
    minutes = int(time.total_seconds() // 60)
    if minutes < 60:  # noqa: PLR2004 (an hour)
        return f"há {minutes} min"
    return f"há {minutes // 60} h {minutes % 60:02d}"


def _muted(one: Muted, now: datetime) -> str:
    day = clock.local_day(one.since)
    since = text.hour_words(one.since) if day == clock.local_day(now) else text.short_day(day)
    act = f" ({one.act})" if one.act else ""
    return f"{one.place}: {one.reason}, desde {since}{act}"


def _series(snapshot: Snapshot, points: Sequence[Point], chosen: Slice) -> view.Series:
    if not points:
        return view.Series()
    hourly = chosen.period == "24h"
    where = snapshot.unit.name if chosen.unit and snapshot.unit else snapshot.comarca or "Estado"
    known = points[-1].days > 0
    shape = line_shape(
        [_line_point(point, n, points, hourly=hourly) for n, point in enumerate(points)],
        hot=known and points[-1].seen > points[-1].high,
    )
    title = _hour_title(points[-1]) if hourly else _days_title(points)
    name = "serie-unidade.csv" if chosen.unit else "serie.csv"
    return view.Series(
        title=title,
        about=f"{where}{_filter_words(chosen)}, {_period_words(points, hourly=hourly)}",
        heard=f"{title}. {where}. Os números estão em Ver tabela.",
        shape=replace(shape, value=str(points[-1].seen)),
        rows=[series_row(point, hourly=hourly) for point in points],
        csv=routes.figures_file(name, chosen.query()),
    )


def _filter_words(chosen: Slice) -> str:
    parts = [channel_name(chosen.channel)] if chosen.channel else []
    parts += [kind_name(chosen.kind).lower()] if chosen.kind else []
    return f" ({', '.join(parts)})" if parts else ""


def _period_words(points: Sequence[Point], *, hourly: bool) -> str:
    last = points[-1]
    normal = f"o normal para agora vai de {last.low} a {last.high}." if last.days else ""
    if hourly:
        return f"últimas 24 horas. Cada ponto soma os 60 minutos anteriores; {normal}".strip("; ")
    first = clock.local_day(points[0].start)
    until = clock.local_day(last.end - timedelta(microseconds=1))
    dates = f"{text.date_words(first)} a {text.date_words(until)}"
    return f"{dates}. Cada ponto soma um dia, de 0h a 24h."


def _compare(seen: float, expected: float) -> str:
    if expected <= 0:
        return "acima do esperado"
    ratio = seen / expected
    if ratio >= 2.75:  # noqa: PLR2004 (reads as "three times")
        return f"{round(ratio)} vezes o esperado"
    return "o dobro do esperado" if ratio >= 1.75 else "acima do esperado"  # noqa: PLR2004


def _hour_title(last: Point) -> str:
    seen = text.plural(last.seen, "relato na última hora", "relatos na última hora")
    if not last.days:
        return f"{seen}: ainda sem dias para comparar"
    if last.seen >= last.limit:
        return f"{seen}: {_compare(last.seen, last.expected)}, além do limite do alarme"
    if last.seen > last.high:
        return f"{seen}: {_compare(last.seen, last.expected)}"
    return f"{seen}: {'abaixo' if last.seen < last.low else 'dentro'} do esperado"


def _days_title(points: Sequence[Point]) -> str:
    seen, days = sum(p.seen for p in points), len(points)
    said = f"{text.plural(seen, 'relato', 'relatos')} em {text.plural(days, 'dia', 'dias')}"
    expected = sum(p.expected for p in points if p.days)
    compared = sum(p.seen for p in points if p.days)
    if expected < 1:
        return f"{said}: ainda sem dias para comparar"
    change = round(100 * (compared / expected - 1))
    if abs(change) < 5:  # noqa: PLR2004 (percent, nothing to speak of)
        return f"{said}: como o esperado"
    return f"{said}: {abs(change)}% {'acima' if change > 0 else 'abaixo'} do esperado"


def _line_point(point: Point, n: int, points: Sequence[Point], *, hourly: bool) -> LinePoint:
    known = point.days > 0
    return LinePoint(
        words=_tick_words(point, n, points, hourly=hourly),
        seen=point.seen,
        low=point.low if known else None,
        high=point.high if known else None,
        before=point.last_week,
        limit=point.limit if known and hourly else None,
        minor=n % 2 == 1 if not hourly else n % 6 != 5,  # noqa: PLR2004 (every second label)
    )


def _tick_words(point: Point, n: int, points: Sequence[Point], *, hourly: bool) -> str:
    left = len(points) - 1 - n
    if hourly:
        return text.hour_words(point.end) if left % 3 == 0 else ""
    step = max(1, -(-len(points) // 7))
    day = clock.local_day(point.start)
    return f"{day.day}/{day.month}" if left % step == 0 else ""


def series_row(point: Point, *, hourly: bool) -> list[str]:
    """Return a point as words: time, seen, expected, band, last week, limit."""
    day = clock.local_day(point.start)
    when = text.WEEKDAYS_SHORT[clock.local(point.end).weekday()] + " " + text.hour_words(point.end)
    return [
        when if hourly else text.short_day(day),
        str(point.seen),
        text.number_words(point.expected, 1) if point.days else "–",
        f"{point.low} a {point.high}" if point.days else "–",
        text.number_words(point.last_week, 1 if hourly else 0),
        str(point.limit) if point.days else "–",
    ]


def _signed(value: float) -> str:
    shown = text.number_words(abs(value), 1)
    if shown == "0,0":
        return shown
    return f"{'+' if value > 0 else '−'}{shown}"


def _ranking(snapshot: Snapshot) -> view.Ranking:
    rows, chosen = snapshot.ranking, snapshot.chosen
    largest = max((row.excess for row in rows), default=0)
    alarmed = {alarm.unit.slug for alarm in snapshot.alarms}
    rest = rows[SHOWN:]
    return view.Ranking(
        title=_ranking_title(rows),
        about=f"Unidades por excesso sobre o esperado, {_span_words(chosen)}"
        f"{_filter_words(chosen) or ', todos os canais'}",
        rows=[_rank_row(row, snapshot, largest, alarmed) for row in rows[:SHOWN]],
        others=_sums(f"Outras {text.number_words(len(rest))} unidades com relatos", rest)
        if rest
        else [],
        total=_sums(snapshot.comarca or "Estado", rows),
        csv=routes.figures_file("unidades.csv", chosen.without_unit().query()),
    )


def _span_words(chosen: Slice) -> str:
    if chosen.first and chosen.last:
        return f"{text.date_words(chosen.first)} a {text.date_words(chosen.last)}"
    return {"24h": "24 horas", "7d": "7 dias", "30d": "30 dias"}[chosen.period]


def _ranking_title(rows: Sequence[UnitExcess]) -> str:
    over = [row.excess for row in rows if row.excess >= 0.5]  # noqa: PLR2004 (half a report)
    if not over:
        return "Nenhuma unidade acima do esperado" if rows else "Nenhum relato no período"
    top = over[:3]
    verb = "soma" if len(top) == 1 else "somam"
    unit = "unidade" if len(top) == 1 else "unidades"
    more = f"{round(sum(top))} dos {round(sum(over))} relatos a mais"
    return f"{COUNTED[len(top)]} {unit} {verb} {more}"


def _sums(name: str, rows: Sequence[UnitExcess]) -> list[str]:
    seen, expected = sum(r.seen for r in rows), sum(r.expected for r in rows)
    return [
        name,
        text.number_words(seen),
        text.number_words(expected, 1),
        _signed(seen - expected),
    ]


def _rank_row(
    row: UnitExcess, snapshot: Snapshot, largest: float, alarmed: set[str]
) -> view.RankRow:
    share = max(row.excess, 0) / largest if largest > 0 else 0
    step = "hora" if snapshot.chosen.period == "24h" else "dia"
    return view.RankRow(
        slug=row.unit.slug,
        unit=_short(row.unit),
        place=_place(row.unit),
        unit_href=routes.dashboard(snapshot.chosen.query(unidade=row.unit.slug)),
        channel=channel_name(row.channel),
        seen=str(row.seen),
        href=_period_behind(snapshot, unidade=row.unit.slug),
        expected=text.number_words(row.expected, 1),
        excess=_signed(row.excess),
        width=f"{100 * share:.0f}%",
        hot=row.unit.slug in alarmed,
        spark=spark_path(row.recent),
        spark_words=f"pico de {max(row.recent, default=0)} por {step}",
    )


def _heat(heat: Heat, chosen: Slice) -> view.HeatTable:
    groups = [(0, 7), *[(h, h + 1) for h in range(7, 20)], (20, 24)]
    rows = [(first, last, _together(heat, first, last)) for first, last in groups]
    darkest = max((max(cells) / (last - first) for first, last, cells in rows), default=0)
    return view.HeatTable(
        title=_heat_title(heat),
        about=f"Média em dias abertos, {_day(heat.first)} a {_day(heat.last)}",
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


def _heat_title(heat: Heat) -> str:
    peak, day, hour = max(
        (mean, -day, -hour) for hour, row in enumerate(heat.means) for day, mean in enumerate(row)
    )
    if not peak:
        return "Sem relatos nas últimas quatro semanas"
    return f"Pico: {WEEKDAYS[-day]} às {-hour}h"


def _mean(value: float) -> str:
    return text.number_words(value, 0 if value >= 9.95 or not value else 1)  # noqa: PLR2004


def _shade(value: float, darkest: float) -> str:
    if not value or not darkest:
        return "s0"
    return f"s{min(6, 1 + int(6 * value / darkest))}"


def _day(day: date) -> str:
    return f"{day.day}/{day.month}"


def _weeks(weeks: Weeks, chosen: Slice, units: int) -> view.Matrix:
    shown = [sum(column) for column in zip(*[row.seen for row in weeks.rows], strict=True)]
    others = [t - s for t, s in zip(weeks.totals, shown or [0] * len(weeks.totals), strict=True)]
    return view.Matrix(
        title=_weeks_title(weeks),
        about="Relatos por unidade e semana (início na segunda). ▲ provável · △ possível · "
        f"{_day(weeks.starts[-1])} em curso",
        heads=[_day(start) for start in weeks.starts],
        rows=[
            view.WeekRow(
                unit=row.unit.name,
                href=routes.dashboard(chosen.query(unidade=row.unit.slug)),
                cells=[
                    _week_cell(seen, level, start, row.unit, chosen)
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


def _weeks_title(weeks: Weeks) -> str:
    names = [row.unit.name for row in weeks.rows if row.levels[-1] > Level.NORMAL]
    if not names:
        return "Nenhuma unidade destoa nesta semana"
    if len(names) == 1:
        return f"{names[0]} destoa nesta semana"
    return f"{len(names)} unidades destoam nesta semana"


def _week_cell(
    seen: int, level: Level, start: date, unit: UnitName, chosen: Slice
) -> view.WeekCell:
    mark, sure, shade = {
        Level.NORMAL: ("", "", ""),
        Level.POSSIBLE: ("△", "possível", "possible"),
        Level.PROBABLE: ("▲", "provável", "probable"),
    }[level]
    href = _behind(chosen, start, start + 6 * DAY, unidade=unit.slug)
    return view.WeekCell(str(seen), mark, sure, shade, href if seen else "")


def _due(due: Deadlines, snapshot: Snapshot) -> view.Due:
    today = clock.local_day(snapshot.at)
    days: dict[date | None, list[Deadline]] = {}
    for item in due.items:
        day = clock.local_day(item.due_at)
        days.setdefault(day if day >= today else None, []).append(item)
    overdue = text.plural(due.overdue, "vencido", "vencidos") if due.overdue else "Nenhum vencido"
    said = _due_words(due)
    return view.Due(
        title=said[0].upper() + said[1:],
        about=f"{overdue}. 30 dias, mais 30 uma vez",
        days=[
            view.DueDay(_due_day(day, today), day == today, [_due_row(i, today) for i in items])
            for day, items in days.items()
        ],
        all_words=f"Ver {text.plural(due.open, 'aberta', 'abertas')}" if due.open else "",
        all_href=routes.complaint_list(
            Slice(
                comarca=snapshot.chosen.comarca,
                unit=snapshot.chosen.unit,
                channel=snapshot.chosen.channel,
                kind=snapshot.chosen.kind,
            ).query(situacao="abertas")
        ),
        csv=routes.figures_file("prazos.csv", snapshot.chosen.query()),
    )


def _due_day(day: date | None, today: date) -> str:
    if day is None:
        return "Vencidos"
    name = f"{WEEKDAYS[day.weekday()]}, {_day(day)}"
    if day == today:
        return f"Hoje, {name}"
    if day == today + DAY:
        return f"Amanhã, {name}"
    return name[0].upper() + name[1:]


def _due_row(item: Deadline, today: date) -> view.DueRow:
    late = (today - clock.local_day(item.due_at)).days
    words = f"dia {item.day} de {item.days}"
    if late > 0:
        words = f"vencido há {text.plural(late, 'dia', 'dias')}"
    return view.DueRow(
        unit=item.unit.name,
        about=f"{item.protocol} · {STATUS_NAMES[Status(item.status)].lower()}",
        href=routes.complaint(item.protocol),
        due=words,
        pressing=late >= 0,
    )

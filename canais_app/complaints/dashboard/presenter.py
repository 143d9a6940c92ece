"""Present a snapshot as the page's view: the headline, alarms, ranking and deadlines."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta

from canais_app import routes
from canais_app.complaints.dashboard import view
from canais_app.complaints.dashboard.chart_text import (
    format_filters,
    format_short_day,
    present_heat,
    present_series,
    present_weeks,
)
from canais_app.complaints.kinds import COMPLAINT_KIND_NAMES, ComplaintKindCode
from canais_app.complaints.lifecycle import COMPLAINT_STATUS_NAMES, ComplaintStatus
from canais_app.complaints.statistics.alarms import Alarm, Suppressed
from canais_app.complaints.statistics.anomaly import AlarmLevel, format_return_period
from canais_app.complaints.statistics.baseline import DAY
from canais_app.complaints.statistics.counts import UnitName
from canais_app.complaints.statistics.figures import DashboardSnapshot, Deadline, Deadlines
from canais_app.complaints.statistics.filters import PERIOD_DAYS, DashboardFilter
from canais_app.complaints.statistics.trends import UnitExcess
from canais_app.directory.labels import channel_label
from canais_app.kit import clock, text
from canais_app.ui.charts import build_spark_path

SHOWN_UNITS = 9  # units in the ranking
COUNT_NAMES = ("Nenhuma", "Uma", "Duas", "Três")


def present_dashboard(snapshot: DashboardSnapshot) -> view.DashboardView:
    """Return the page's view of a snapshot."""
    alarms = snapshot.alarms
    return view.DashboardView(
        stamp=snapshot.at.isoformat(),
        time=text.format_hour(snapshot.at),
        iso=clock.to_local(snapshot.at).isoformat(timespec="seconds"),
        alarm_words=_format_alarm_count(alarms),
        alarming=bool(alarms),
        rest_words=f" agora; {_format_due_count(snapshot.deadlines)}",
        summary=_summary(snapshot),
        alarms=[_present_alarm(alarm, snapshot) for alarm in alarms],
        calm="Nenhuma unidade com mais relatos, na última hora, do que o acaso explica.",
        muted=[_format_closure(closure, snapshot.at) for closure in snapshot.suppressed],
        series=present_series(snapshot, snapshot.series, snapshot.chosen.without_unit()),
        unit_series=present_series(snapshot, snapshot.unit_series, snapshot.chosen),
        has_unit=bool(snapshot.unit_series) and snapshot.unit is not None,
        ranking=_present_ranking(snapshot),
        heat=present_heat(snapshot.heat, snapshot.chosen),
        weeks=present_weeks(snapshot.weeks, snapshot.chosen, snapshot.units),
        due=_present_deadlines(snapshot),
        xlsx=routes.figures_file("painel.xlsx", snapshot.chosen.to_query()),
    )


def _summary(snapshot: DashboardSnapshot) -> str:
    where = f"na comarca de {snapshot.comarca}" if snapshot.comarca else "no Estado"
    probable = sum(alarm.level == AlarmLevel.PROBABLE for alarm in snapshot.alarms)
    possible = len(snapshot.alarms) - probable
    parts = [
        text.pluralise(count, one, many)
        for count, one, many in (
            (probable, "falha provável", "falhas prováveis"),
            (possible, "falha possível", "falhas possíveis"),
            (snapshot.deadlines.open, "reclamação aberta", "reclamações abertas"),
        )
        if count
    ]
    if snapshot.deadlines.overdue:
        parts.append(text.pluralise(snapshot.deadlines.overdue, "prazo vencido", "prazos vencidos"))
    units = f"{text.pluralise(snapshot.units, 'unidade', 'unidades')} {where}"
    return f"{units}: {', '.join(parts) or 'nenhuma reclamação aberta'}."


def _format_alarm_count(alarms: Sequence[Alarm]) -> str:
    count = len({alarm.unit.slug for alarm in alarms})
    if not count:
        return "Nenhuma unidade acima do normal"
    return text.pluralise(count, "unidade acima do normal", "unidades acima do normal")


def _present_alarm(alarm: Alarm, snapshot: DashboardSnapshot) -> view.AlarmRow:
    probable = alarm.level == AlarmLevel.PROBABLE
    return view.AlarmRow(
        unit=_short_unit_name(alarm.unit),
        place=_unit_place(alarm.unit),
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


def _format_closure(closure: Suppressed, now: datetime) -> str:
    day = clock.to_local_day(closure.since)
    since = (
        text.format_hour(closure.since)
        if day == clock.to_local_day(now)
        else text.format_short_date(day)
    )
    act = f" ({closure.act})" if closure.act else ""
    return f"{closure.place}: {closure.reason}, desde {since}{act}"


def _present_deadlines(snapshot: DashboardSnapshot) -> view.DeadlinesView:
    """Group the open complaints by due day, the overdue first."""
    due, chosen = snapshot.deadlines, snapshot.chosen
    today = clock.to_local_day(snapshot.at)
    days: dict[date | None, list[Deadline]] = {}
    for item in due.items:
        day = clock.to_local_day(item.due_at)
        days.setdefault(day if day >= today else None, []).append(item)
    overdue = (
        text.pluralise(due.overdue, "vencido", "vencidos") if due.overdue else "Nenhum vencido"
    )
    title = _format_due_count(due)
    return view.DeadlinesView(
        title=title[0].upper() + title[1:],
        about=f"{overdue}. 30 dias, mais 30 uma vez",
        days=[
            view.DeadlineDay(
                _deadline_day(day, today), day == today, [_deadline_row(i, today) for i in items]
            )
            for day, items in days.items()
        ],
        all_words=f"Ver {text.pluralise(due.open, 'aberta', 'abertas')}" if due.open else "",
        all_href=routes.complaint_list(
            replace(chosen, period="24h", first=None, last=None).to_query(situacao="abertas")
        ),
        csv=routes.figures_file("prazos.csv", chosen.to_query()),
    )


def _format_due_count(due: Deadlines) -> str:
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


def _present_ranking(snapshot: DashboardSnapshot) -> view.RankingView:
    """Return the first units, and the sums of the others and of all."""
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
    return "24 horas" if chosen.period == "24h" else f"{PERIOD_DAYS[chosen.period]} dias"


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
    chosen = snapshot.chosen
    period = {} if chosen.first else {"p": chosen.period}
    step = "hora" if chosen.period == "24h" else "dia"
    return view.RankRow(
        slug=row.unit.slug,
        unit=_short_unit_name(row.unit),
        place=_unit_place(row.unit),
        unit_href=routes.dashboard(chosen.to_query(unidade=row.unit.slug)),
        channel=channel_label(row.channel),
        seen=str(row.seen),
        href=routes.complaint_list(chosen.to_query(**period, unidade=row.unit.slug)),
        expected=text.format_number(row.expected, 1),
        excess=_format_signed(row.excess),
        width=f"{100 * share:.0f}%",
        hot=row.unit.slug in alarmed,
        spark=build_spark_path(row.recent),
        spark_words=f"pico de {max(row.recent, default=0)} por {step}",
    )


def _format_signed(value: float) -> str:
    shown = text.format_number(abs(value), 1)
    if shown == "0,0":
        return shown
    return f"{'+' if value > 0 else '−'}{shown}"


def _short_unit_name(unit: UnitName) -> str:
    """Return the name without the sector, which `_unit_place` gives."""
    return unit.name.partition(" — ")[0]


def _unit_place(unit: UnitName) -> str:
    """Return the sector, and the comarca if the name does not contain it."""
    sector = unit.name.partition(" — ")[2]
    comarca = "" if unit.comarca in unit.name else unit.comarca
    return " · ".join(part for part in (sector, comarca) if part)

"""From a snapshot to the page: the headline, and what each figure says."""

from canais_app import routes
from canais_app.complaints.dashboard import view
from canais_app.complaints.dashboard.chart_text import (
    format_alarm_count,
    format_closure,
    format_due_count,
    present_alarm,
    present_deadlines,
    present_heat,
    present_ranking,
    present_series,
    present_weeks,
)
from canais_app.complaints.statistics.anomaly import AlarmLevel
from canais_app.complaints.statistics.figures import DashboardSnapshot
from canais_app.kit import clock, text


def present_dashboard(snapshot: DashboardSnapshot) -> view.DashboardView:
    """Put a snapshot into words."""
    here, alarms = clock.to_local(snapshot.at), snapshot.alarms
    return view.DashboardView(
        stamp=snapshot.at.isoformat(),
        time=text.format_hour(snapshot.at),
        iso=here.isoformat(timespec="seconds"),
        alarm_words=format_alarm_count(alarms),
        alarming=bool(alarms),
        rest_words=f" agora; {format_due_count(snapshot.deadlines)}",
        summary=_summary(snapshot),
        alarms=[present_alarm(alarm, snapshot) for alarm in alarms],
        calm="Nenhuma unidade com mais relatos, na última hora, do que o acaso explica.",
        muted=[format_closure(one, snapshot.at) for one in snapshot.suppressed],
        series=present_series(snapshot, snapshot.series, snapshot.chosen.without_unit()),
        unit_series=present_series(snapshot, snapshot.unit_series, snapshot.chosen),
        has_unit=bool(snapshot.unit_series) and snapshot.unit is not None,
        ranking=present_ranking(snapshot),
        heat=present_heat(snapshot.heat, snapshot.chosen),
        weeks=present_weeks(snapshot.weeks, snapshot.chosen, snapshot.units),
        due=present_deadlines(snapshot),
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

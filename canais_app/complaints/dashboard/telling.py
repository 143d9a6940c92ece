"""From a snapshot to the page: the headline, and what each figure says."""

from canais_app import routes
from canais_app.complaints.dashboard import view
from canais_app.complaints.dashboard.words.alarms import alarm_row, alarm_words, closure_words
from canais_app.complaints.dashboard.words.deadlines import due_of, due_words
from canais_app.complaints.dashboard.words.heat import heat_of
from canais_app.complaints.dashboard.words.ranking import ranking_of
from canais_app.complaints.dashboard.words.series import series_of
from canais_app.complaints.dashboard.words.weeks import weeks_of
from canais_app.complaints.figures import Snapshot
from canais_app.complaints.spikes import Level
from canais_app.kit import clock, text


def view_of(snapshot: Snapshot) -> view.View:
    """Put a snapshot into words."""
    here, alarms = clock.local(snapshot.at), snapshot.alarms
    return view.View(
        stamp=snapshot.at.isoformat(),
        time=text.hour_words(snapshot.at),
        iso=here.isoformat(timespec="seconds"),
        alarm_words=alarm_words(alarms),
        alarming=bool(alarms),
        rest_words=f" agora; {due_words(snapshot.deadlines)}",
        summary=_summary(snapshot),
        alarms=[alarm_row(alarm, snapshot) for alarm in alarms],
        calm="Nenhuma unidade com mais relatos, na última hora, do que o acaso explica.",
        muted=[closure_words(one, snapshot.at) for one in snapshot.muted],
        series=series_of(snapshot, snapshot.series, snapshot.chosen.without_unit()),
        unit_series=series_of(snapshot, snapshot.unit_series, snapshot.chosen),
        has_unit=bool(snapshot.unit_series) and snapshot.unit is not None,
        ranking=ranking_of(snapshot),
        heat=heat_of(snapshot.heat, snapshot.chosen),
        weeks=weeks_of(snapshot.weeks, snapshot.chosen, snapshot.units),
        due=due_of(snapshot),
        xlsx=routes.figures_file("painel.xlsx", snapshot.chosen.query()),
    )


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

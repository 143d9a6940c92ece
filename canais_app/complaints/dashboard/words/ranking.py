"""Which units stand above what was expected."""

from collections.abc import Sequence

from canais_app import routes
from canais_app.complaints.dashboard import view
from canais_app.complaints.dashboard.words.names import format_filters, short_unit_name, unit_place
from canais_app.complaints.figures import DashboardSnapshot
from canais_app.complaints.measures.weeks import UnitExcess
from canais_app.complaints.slices import DashboardFilter
from canais_app.directory.said import channel_label
from canais_app.kit import text
from canais_app.ui.charts import build_spark_path

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

"""Which units stand above what was expected."""

from collections.abc import Sequence

from canais_app import routes
from canais_app.complaints.dashboard import view
from canais_app.complaints.dashboard.words.names import filter_words, place, short
from canais_app.complaints.figures import Snapshot
from canais_app.complaints.measures.weeks import UnitExcess
from canais_app.complaints.slices import Slice
from canais_app.directory.said import channel_name
from canais_app.kit import text
from canais_app.ui.charts import spark_path

SHOWN = 9  # units in the ranking
COUNTED = ("Nenhuma", "Uma", "Duas", "Três")


def ranking_of(snapshot: Snapshot) -> view.Ranking:
    """List the first units, and the others and all of them as sums."""
    rows, chosen = snapshot.ranking, snapshot.chosen
    largest = max((row.excess for row in rows), default=0)
    alarmed = {alarm.unit.slug for alarm in snapshot.alarms}
    rest = rows[SHOWN:]
    return view.Ranking(
        title=_title(rows),
        about=f"Unidades por excesso sobre o esperado, {_span_words(chosen)}"
        f"{filter_words(chosen) or ', todos os canais'}",
        rows=[_row(row, snapshot, largest, alarmed) for row in rows[:SHOWN]],
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


def _title(rows: Sequence[UnitExcess]) -> str:
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


def _row(row: UnitExcess, snapshot: Snapshot, largest: float, alarmed: set[str]) -> view.RankRow:
    share = max(row.excess, 0) / largest if largest > 0 else 0
    step = "hora" if snapshot.chosen.period == "24h" else "dia"
    return view.RankRow(
        slug=row.unit.slug,
        unit=short(row.unit),
        place=place(row.unit),
        unit_href=routes.dashboard(snapshot.chosen.query(unidade=row.unit.slug)),
        channel=channel_name(row.channel),
        seen=str(row.seen),
        href=_behind(snapshot, unidade=row.unit.slug),
        expected=text.number_words(row.expected, 1),
        excess=_signed(row.excess),
        width=f"{100 * share:.0f}%",
        hot=row.unit.slug in alarmed,
        spark=spark_path(row.recent),
        spark_words=f"pico de {max(row.recent, default=0)} por {step}",
    )


def _behind(snapshot: Snapshot, **changes: str) -> str:
    chosen = snapshot.chosen
    period = {} if chosen.first else {"p": chosen.period}
    return routes.complaint_list(chosen.query(**period, **changes))


def _signed(value: float) -> str:
    shown = text.number_words(abs(value), 1)
    if shown == "0,0":
        return shown
    return f"{'+' if value > 0 else '−'}{shown}"

"""The figures of an analysis as plain tables: what a screen, a CSV, an XLSX and a PDF share."""

from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import lru_cache

import numpy as np

from canais_app import routes
from canais_app.complaints.kinds import (
    CAUSE_GROUP_NAMES,
    COMPLAINT_KIND_NAMES,
    KIND_BY_CODE,
    CauseGroup,
    ComplaintKindCode,
)
from canais_app.complaints.statistics.figures import Analysis
from canais_app.complaints.statistics.filters import Scope
from canais_app.complaints.statistics.unit_table import GROUPS, UnitRow
from canais_app.directory.labels import channel_label
from canais_app.kit import clock, text

Cell = str | int | float | None


@dataclass(frozen=True)
class Table:
    """A titled table; `name` is that of its sheet and file, `links` has an address per row."""

    name: str
    title: str
    about: str
    head: tuple[str, ...]
    rows: list[tuple[Cell, ...]]
    links: list[str] = field(default_factory=list[str])
    # Counts of the same weeks for each row, drawn beside each other on one scale.
    weeks: list[tuple[int, ...]] = field(default_factory=list[tuple[int, ...]])


def scope_words(analysis: Analysis) -> str:
    """Return the scope of an analysis in words."""
    scope = analysis.filters
    days = analysis.period.dates
    parts = [f"{text.format_date(days[0])} a {text.format_date(days[-1])}"]
    if analysis.unit:
        parts.append(analysis.unit.name)
    elif analysis.comarca:
        parts.append(f"comarca de {analysis.comarca}")
    else:
        parts.append("todas as comarcas")
    if scope.channel:
        parts.append(channel_label(scope.channel))
    if scope.kind:
        parts.append(kind_words(scope.kind))
    return ", ".join(parts)


def kind_words(kind: str) -> str:
    """Return the name of a kind of complaint or of a cause group."""
    if kind in set(CauseGroup):
        return f"causa: {CAUSE_GROUP_NAMES[CauseGroup(kind)].lower()}"
    return COMPLAINT_KIND_NAMES[ComplaintKindCode(kind)].lower()


@lru_cache(maxsize=4096)
def complaints_href(scope: Scope, **changes: str) -> str:
    """Return the address of the complaints of a scope, with some fields changed."""
    return routes.complaint_list(scope.to_query(**changes))


def totals_table(analysis: Analysis) -> Table:
    """Return the five totals with those of the period before."""
    now, before = analysis.totals.now, analysis.totals.before
    return Table(
        "totais",
        "Totais",
        f"Comparado com {compared_words(analysis)}",
        ("medida", "no período", "antes"),
        [
            ("relatos", now.seen, before.seen),
            ("esperado", round(now.expected, 1), None),
            ("acessos", now.visits, before.visits),
            ("relatos por mil acessos", _rounded(now.rate), _rounded(before.rate)),
            ("respostas", now.answers, before.answers),
            ("no prazo (%)", _percent(now.on_time_share), _percent(before.on_time_share)),
            ("dias até responder (mediana)", now.median_days, before.median_days),
            ("responderam se resolveu", now.ratings, before.ratings),
            ("resolveu (%)", _percent(now.solved_share), _percent(before.solved_share)),
        ],
    )  # fmt: skip


def compared_words(analysis: Analysis) -> str:
    """Return the period that an analysis is compared with: `28/9 a 25/10/2026`."""
    shift = timedelta(days=analysis.period.shift_days)
    first, last = (day - shift for day in (analysis.period.dates[0], analysis.period.dates[-1]))
    return f"{first.day}/{first.month} a {text.format_date(last)}"


def units_table(analysis: Analysis, order: str) -> Table:
    """Return every unit with figures in the period, and the sum of the scope."""
    table = analysis.rows
    is_heard = (table["seen"] > 0) | (table["before"] > 0)
    places = table.sort(order)
    rows = [table.row(n) for n in places[is_heard[places]]]
    groups = [f"{CAUSE_GROUP_NAMES[group].lower()}" for group in GROUPS]
    quiet = np.flatnonzero(~is_heard)
    body = [_unit_cells(row) for row in rows]
    if len(quiet):
        body.append(_unit_cells(table.add_up(quiet), f"Outras {len(quiet)} sem relatos"))
    total = analysis.totals.now
    body.append(_unit_cells(total, "Total" if analysis.filters.unit else place_words(analysis)))
    return Table(
        "unidades",
        "Unidades",
        f"{scope_words(analysis)}. Ordem: {order_words(order)}",
        (
            "unidade", "comarca", "relatos", "antes", "esperado", "acessos", "por mil acessos",
            "limite inferior", "limite superior", "posição", *groups, "tipo mais frequente",
            "respostas", "no prazo (%)", "dias (mediana)", "resolveu (%)",
        ),
        body,
        [routes.dossier(row.unit.slug) for row in rows if row.unit],
    )  # fmt: skip


def place_words(analysis: Analysis) -> str:
    """Return the name of the scope's place: "Estado", a comarca, a unit."""
    return analysis.unit.name if analysis.unit else analysis.comarca or "Estado"


def order_words(order: str) -> str:
    """Return an order of the table in words."""
    names = {
        "unidade": "unidade", "relatos": "relatos", "mudanca": "mudança", "esperado": "esperado",
        "taxa": "por mil acessos", "tecnica": "causa técnica", "prazo": "no prazo",
        "dias": "dias até responder", "satisfacao": "satisfação",
    }  # fmt: skip
    way = "decrescente" if order.startswith("-") else "crescente"
    return f"{names[order.removeprefix('-')]}, {way}"


def _unit_cells(row: UnitRow, name: str = "") -> tuple[Cell, ...]:
    return (
        name or (row.unit.name if row.unit else ""),
        row.unit.comarca if row.unit else "",
        row.seen,
        row.before,
        round(row.expected, 1),
        row.visits,
        _rounded(row.rate),
        _rounded(row.low),
        _rounded(row.high),
        row.position,
        *row.groups,
        COMPLAINT_KIND_NAMES[ComplaintKindCode(row.kind)] if row.kind else "",
        row.answers,
        _percent(row.on_time_share),
        row.median_days,
        _percent(row.solved_share),
    )


def series_table(analysis: Analysis) -> Table:
    """Return the points of the series."""
    return Table(
        "serie",
        "Série",
        scope_words(analysis),
        ("início", "relatos", "antes", "esperado", "normal de", "normal até"),
        [
            (
                moment_words(point.start, point.end),
                point.seen,
                point.before,
                _rounded(point.expected),
                point.low if point.expected is not None else None,
                point.high if point.expected is not None else None,
            )
            for point in analysis.series
        ],
    )


def moment_words(start: datetime, end: datetime) -> str:
    """Return the name of a point of a series: a day, an hour, a week."""
    day = clock.to_local_day(start)
    if end - start < timedelta(days=1):
        return f"{text.format_short_date(day)}, {text.format_hour(start)}"
    if end - start > timedelta(days=1):
        return f"semana de {day.day}/{day.month}"
    return text.format_short_date(day)


def kinds_table(analysis: Analysis) -> Table:
    """Return the kinds of complaint, and who has to act on each."""
    total = analysis.totals.now.seen
    rows: list[tuple[Cell, ...]] = []
    for row in analysis.kinds:
        kind = KIND_BY_CODE[ComplaintKindCode(row.kind)]
        share = round(100 * row.seen / total) if total else None
        rows.append((kind.name, CAUSE_GROUP_NAMES[kind.group], row.seen, row.before, share))
    head = ("tipo", "quem age", "relatos", "antes", "% dos relatos")
    return Table("tipos", "Tipos", scope_words(analysis), head, rows)


def channels_table(analysis: Analysis) -> Table:
    """Return the channels."""
    rows: list[tuple[Cell, ...]] = [
        (channel_label(row.channel) or "Nenhum em particular", row.seen, row.before)
        for row in analysis.channels
    ]
    return Table("canais", "Canais", scope_words(analysis), ("canal", "relatos", "antes"), rows)


def hours_table(analysis: Analysis) -> Table:
    """Return the mean of each hour and weekday."""
    head = ("hora", *(day.removesuffix("-feira") for day in text.WEEKDAY_NAMES))
    rows: list[tuple[Cell, ...]] = [
        (f"{hour}h", *(round(value, 2) for value in means))
        for hour, means in enumerate(analysis.heat.means)
    ]
    return Table("horas", "Horas", scope_words(analysis), head, rows)


def all_tables(analysis: Analysis, order: str) -> list[Table]:
    """Return the tables of a view, in the order of the screen."""
    return [
        totals_table(analysis),
        units_table(analysis, order),
        series_table(analysis),
        channels_table(analysis),
        kinds_table(analysis),
        hours_table(analysis),
    ]


def format_cell(value: Cell) -> str:
    """Return a cell as text in pt-BR; "–" when nothing is known."""
    if value is None:
        return "–"
    if isinstance(value, float):
        return text.format_number(value, 0 if value == int(value) else 1)
    return text.format_number(value) if isinstance(value, int) else value


def days_words(first: date, last: date) -> str:
    """Return `26/10 a 22/11`."""
    return f"{first.day}/{first.month} a {last.day}/{last.month}"


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 1)


def _percent(share: float | None) -> int | None:
    return None if share is None else round(100 * share)

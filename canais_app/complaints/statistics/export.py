"""Export the dashboard's figures as tables: CSV and XLSX."""

import io
from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING

from sqlmodel import Session

from canais_app.accounts.roles import Actor, Permission, require_permission
from canais_app.complaints.statistics import figures
from canais_app.complaints.statistics.figures import DashboardSnapshot, SeriesPoint
from canais_app.complaints.statistics.filters import DashboardFilter
from canais_app.kit import clock, export
from canais_app.kit.errors import NotFoundError
from canais_app.kit.text import WEEKDAY_NAMES, strip_accents

if TYPE_CHECKING:
    from pandas import DataFrame


class TableName(StrEnum):
    """The tables, by the names of their files."""

    SERIES = "serie"
    UNIT_SERIES = "serie-unidade"
    UNITS = "unidades"
    HOURS = "horas"
    WEEKS = "semanas"
    DEADLINES = "prazos"


def load_tables(
    session: Session, actor: Actor, filters: DashboardFilter, *, now: datetime
) -> "dict[TableName, DataFrame]":
    """Return every table of a filter; moments are on Cuiabá's clock, to the minute.

    Raises:
        InvalidError: the filter names a comarca or unit that does not exist.
    """
    found = figures.load_dashboard_snapshot(session, actor, filters, now=now)
    return {
        TableName.SERIES: _series(found.series),
        TableName.UNIT_SERIES: _series(found.unit_series),
        TableName.UNITS: _units(found),
        TableName.HOURS: _hours(found),
        TableName.WEEKS: _weeks(found),
        TableName.DEADLINES: _deadlines(found),
    }


def _frame(rows: Sequence[Sequence[object]], columns: Sequence[str]) -> "DataFrame":
    from pandas import DataFrame

    return DataFrame(list(rows), columns=list(columns)).round(2)


def _moment(moment: datetime) -> str:
    return clock.to_local(moment).isoformat(timespec="minutes")


def _series(points: Sequence[SeriesPoint]) -> "DataFrame":
    return _frame(
        [
            (_moment(p.start), _moment(p.end), p.seen, p.expected, p.low, p.high, p.limit)
            for p in points
        ],
        (
            "inicio",
            "fim",
            "observado",
            "esperado",
            "minimo_normal",
            "maximo_normal",
            "limite_do_alarme",
        ),
    )


def _units(found: DashboardSnapshot) -> "DataFrame":
    return _frame(
        [
            (r.unit.slug, r.unit.name, r.unit.comarca, r.seen, r.expected, r.excess)
            for r in found.ranking
        ],
        ("unidade", "nome", "comarca", "observado", "esperado", "excesso"),
    )


def _hours(found: DashboardSnapshot) -> "DataFrame":
    days = [strip_accents(day.removesuffix("-feira")) for day in WEEKDAY_NAMES]
    return _frame([(hour, *row) for hour, row in enumerate(found.heat.means)], ("hora", *days))


def _weeks(found: DashboardSnapshot) -> "DataFrame":
    weeks = found.weeks
    rows = [(row.unit.slug, row.unit.name, *row.seen) for row in weeks.rows]
    starts = [start.isoformat() for start in weeks.starts]
    return _frame([*rows, ("total", "Total", *weeks.totals)], ("unidade", "nome", *starts))


def _deadlines(found: DashboardSnapshot) -> "DataFrame":
    return _frame(
        [
            (d.protocol, d.unit.slug, d.unit.name, d.status, _moment(d.due_at))
            for d in found.deadlines.items
        ],
        ("protocolo", "unidade", "nome", "situacao", "prazo"),
    )


def export_figure(
    session: Session, actor: Actor, name: str, filters: DashboardFilter, *, now: datetime
) -> tuple[bytes, str]:
    """Return a file's bytes and media type: `unidades.csv`, `painel.xlsx`.

    Raises:
        NotFoundError: there is no such file.
    """
    require_permission(actor, Permission.SEE_DASHBOARD)
    stem, _, kind = name.rpartition(".")
    if name == "painel.xlsx":
        tables = load_tables(session, actor, filters, now=now)
        content = io.BytesIO()
        export.to_xlsx({table.value: frame for table, frame in tables.items()}, content)
        return content.getvalue(), export.XLSX_MEDIA
    if kind != "csv" or stem not in list(TableName):
        raise NotFoundError("Este arquivo não existe.")
    table = load_tables(session, actor, filters, now=now)[TableName(stem)]
    return export.to_csv(table).encode(), export.CSV_MEDIA

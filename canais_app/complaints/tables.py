"""The dashboard's figures as tables of plain values, for files and for other programs."""

import csv
import io
from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum

from sqlmodel import Session

from canais_app.accounts.roles import Actor, Permission, require
from canais_app.complaints import figures
from canais_app.complaints.figures import Point, Snapshot
from canais_app.complaints.slices import Slice
from canais_app.kit import clock, text
from canais_app.kit.errors import NotFoundError

Cell = str | int | float
Table = list[list[Cell]]


class Name(StrEnum):
    """The tables there are, as their files are called."""

    SERIES = "serie"
    UNIT_SERIES = "serie-unidade"
    UNITS = "unidades"
    HOURS = "horas"
    WEEKS = "semanas"
    DEADLINES = "prazos"


def read(session: Session, actor: Actor, chosen: Slice, *, now: datetime) -> dict[Name, Table]:
    """Return every table of a slice, each with its head as the first row.

    Raises:
        NotSignedInError, NotPermittedError: the actor may not see the dashboard.
        InvalidError: the slice names a comarca or unit that does not exist.
    """
    found = figures.snapshot(session, actor, chosen, now=now)
    return {
        Name.SERIES: _series(found.series),
        Name.UNIT_SERIES: _series(found.unit_series),
        Name.UNITS: _units(found),
        Name.HOURS: _hours(found),
        Name.WEEKS: _weeks(found),
        Name.DEADLINES: _deadlines(found),
    }


def _moment(moment: datetime) -> str:
    return clock.local(moment).isoformat(timespec="minutes")


def _series(points: Sequence[Point]) -> Table:
    head: list[Cell] = ["inicio", "fim", "observado", "esperado", "minimo_normal", "maximo_normal"]
    return [
        [*head, "limite_do_alarme"],
        *[
            [_moment(p.start), _moment(p.end), p.seen, round(p.expected, 2), p.low, p.high, p.limit]
            for p in points
        ],
    ]


def _units(found: Snapshot) -> Table:
    head: list[Cell] = ["unidade", "nome", "comarca", "observado", "esperado", "excesso"]
    return [
        head,
        *[
            [u.slug, u.name, u.comarca, r.seen, round(r.expected, 2), round(r.excess, 2)]
            for r in found.ranking
            for u in [r.unit]
        ],
    ]


def _hours(found: Snapshot) -> Table:
    days = ["segunda", "terca", "quarta", "quinta", "sexta", "sabado", "domingo"]
    rows = [[hour, *[round(m, 2) for m in row]] for hour, row in enumerate(found.heat.means)]
    return [["hora", *days], *rows]


def _weeks(found: Snapshot) -> Table:
    starts = [start.isoformat() for start in found.weeks.starts]
    rows: Table = [[row.unit.slug, row.unit.name, *row.seen] for row in found.weeks.rows]
    return [["unidade", "nome", *starts], *rows, ["total", "Total", *found.weeks.totals]]


def _deadlines(found: Snapshot) -> Table:
    head: list[Cell] = ["protocolo", "unidade", "nome", "situacao", "prazo"]
    return [
        head,
        *[
            [d.protocol, d.unit.slug, d.unit.name, d.status, _moment(d.due_at)]
            for d in found.deadlines.items
        ],
    ]


def as_csv(table: Table) -> str:
    """Write a table as CSV that a Brazilian spreadsheet opens (BOM, semicolons, no formulas)."""
    out = io.StringIO()
    out.write("\ufeff")
    writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
    writer.writerows([[_safe(cell) for cell in row] for row in table])
    return out.getvalue()


def _safe(cell: Cell) -> str:
    """Write numbers with a comma, and words so that no spreadsheet takes them for a formula."""
    if isinstance(cell, float):
        return str(cell).replace(".", ",")
    return text.neutral(cell) if isinstance(cell, str) else str(cell)


def as_xlsx(tables: dict[Name, Table]) -> bytes:
    """Write all tables as one workbook, a sheet each."""
    from openpyxl import Workbook  # late: a third of a second at start for a rare wish

    book = Workbook(write_only=True)
    for name, table in tables.items():
        sheet = book.create_sheet(name.value)
        for row in table:
            sheet.append([_safe(cell) if isinstance(cell, str) else cell for cell in row])
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def file_of(
    session: Session, actor: Actor, name: str, chosen: Slice, *, now: datetime
) -> tuple[bytes, str]:
    """Return a file's bytes and media type: `unidades.csv`, `painel.xlsx`.

    Raises:
        NotSignedInError, NotPermittedError: the actor may not see the dashboard.
        NotFoundError: there is no such file.
    """
    require(actor, Permission.SEE_DASHBOARD)
    stem, _, kind = name.rpartition(".")
    if name == "painel.xlsx":
        tables = read(session, actor, chosen, now=now)
        media = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
        return as_xlsx(tables), media
    if kind != "csv" or stem not in list(Name):
        raise NotFoundError("Este arquivo não existe.")
    table = read(session, actor, chosen, now=now)[Name(stem)]
    return as_csv(table).encode(), "text/csv; charset=utf-8"

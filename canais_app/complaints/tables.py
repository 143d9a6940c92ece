"""The dashboard's figures as tables, for files and for other programs."""

import io
from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING

from sqlmodel import Session

from canais_app.accounts.roles import Actor, Permission, require
from canais_app.complaints import figures
from canais_app.complaints.figures import Point, Snapshot
from canais_app.complaints.slices import Slice
from canais_app.kit import clock, export
from canais_app.kit.errors import NotFoundError
from canais_app.kit.text import WEEKDAYS, fold

if TYPE_CHECKING:
    from pandas import DataFrame


class Name(StrEnum):
    """The tables there are, as their files are called."""

    SERIES = "serie"
    UNIT_SERIES = "serie-unidade"
    UNITS = "unidades"
    HOURS = "horas"
    WEEKS = "semanas"
    DEADLINES = "prazos"


def read(
    session: Session, actor: Actor, chosen: Slice, *, now: datetime
) -> "dict[Name, DataFrame]":
    """Return every table of a slice; moments are Cuiabá's, to the minute.

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


def _frame(rows: Sequence[Sequence[object]], columns: Sequence[str]) -> "DataFrame":
    from pandas import DataFrame

    return DataFrame(list(rows), columns=list(columns)).round(2)


def _moment(moment: datetime) -> str:
    return clock.local(moment).isoformat(timespec="minutes")


def _series(points: Sequence[Point]) -> "DataFrame":
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


def _units(found: Snapshot) -> "DataFrame":
    return _frame(
        [
            (r.unit.slug, r.unit.name, r.unit.comarca, r.seen, r.expected, r.excess)
            for r in found.ranking
        ],
        ("unidade", "nome", "comarca", "observado", "esperado", "excesso"),
    )


def _hours(found: Snapshot) -> "DataFrame":
    days = [fold(day.removesuffix("-feira")) for day in WEEKDAYS]
    return _frame([(hour, *row) for hour, row in enumerate(found.heat.means)], ("hora", *days))


def _weeks(found: Snapshot) -> "DataFrame":
    weeks = found.weeks
    rows = [(row.unit.slug, row.unit.name, *row.seen) for row in weeks.rows]
    starts = [start.isoformat() for start in weeks.starts]
    return _frame([*rows, ("total", "Total", *weeks.totals)], ("unidade", "nome", *starts))


def _deadlines(found: Snapshot) -> "DataFrame":
    return _frame(
        [
            (d.protocol, d.unit.slug, d.unit.name, d.status, _moment(d.due_at))
            for d in found.deadlines.items
        ],
        ("protocolo", "unidade", "nome", "situacao", "prazo"),
    )


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
        out = io.BytesIO()
        export.to_xlsx({table.value: frame for table, frame in tables.items()}, out)
        return out.getvalue(), export.XLSX_MEDIA
    if kind != "csv" or stem not in list(Name):
        raise NotFoundError("Este arquivo não existe.")
    table = read(session, actor, chosen, now=now)[Name(stem)]
    return export.to_csv(table).encode(), export.CSV_MEDIA

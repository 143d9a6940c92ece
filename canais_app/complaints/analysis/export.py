"""Export the analysis: one table as CSV, or exactly the view as XLSX or PDF."""

import io
from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING

from sqlmodel import Session

from canais_app.accounts.roles import Actor, Permission, require_permission
from canais_app.complaints.analysis.figure_text import (
    channels_title,
    heat_title,
    kinds_title,
    series_title,
)
from canais_app.complaints.analysis.presenter import headline
from canais_app.complaints.analysis.query import DEFAULT_ORDER, AnalysisQuery
from canais_app.complaints.statistics import questions, tables
from canais_app.complaints.statistics.dossier import METHOD, Dossier, build_dossier
from canais_app.complaints.statistics.figures import Analysis, build_analysis
from canais_app.complaints.statistics.tables import Table
from canais_app.kit import export, text
from canais_app.kit.errors import NotFoundError

if TYPE_CHECKING:
    from pandas import DataFrame

# Renders a file's bytes, with their media type: seconds of CPU, so outside of a transaction.
RenderFile = Callable[[], tuple[bytes, str]]
PDF_MEDIA = "application/pdf"
# The columns of the table of units that fit a page.
PRINTED_COLUMNS = (0, 2, 3, 4, 6, 9, 14, 16, 17, 18)


def prepare_file(
    session: Session, actor: Actor, name: str, query: AnalysisQuery, *, now: datetime
) -> RenderFile:
    """Read what a file shows (`unidades.csv`, `analise.xlsx`, `analise.pdf`), to be rendered.

    Raises:
        NotFoundError: there is no such file.
        InvalidError: the scope names a comarca or unit that does not exist.
    """
    require_permission(actor, Permission.SEE_DASHBOARD)
    stem, _, kind = name.rpartition(".")
    if name not in ("analise.xlsx", "analise.pdf", "dossie.pdf", "pergunta.csv") and (
        kind != "csv" or stem not in TABLES
    ):
        raise NotFoundError("Este arquivo não existe.")
    analysis = build_analysis(session, query.scope, compare=query.compare, now=now)
    if name == "pergunta.csv":
        answer = questions.answer(session, analysis, query.choice)
        if answer is None:
            raise NotFoundError("Este arquivo não existe.")
        return partial(_to_csv, answer)
    if name == "dossie.pdf":
        return partial(_to_dossier, build_dossier(session, analysis))
    if kind == "csv":
        return partial(_to_csv, titled_tables(analysis, query.order)[stem])
    return partial(_to_xlsx if kind == "xlsx" else _to_pdf, analysis, query)


TABLES = ("totais", "unidades", "serie", "canais", "tipos", "horas")


def titled_tables(analysis: Analysis, order: str) -> dict[str, Table]:
    """Return the tables of a view by name, titled as on the screen."""
    titles = {
        "totais": headline(analysis),
        "serie": series_title(analysis),
        "canais": channels_title(
            analysis.channels, is_before_known=analysis.period.is_before_known
        ),
        "tipos": kinds_title(analysis),
        "horas": heat_title(analysis),
    }
    found = {table.name: table for table in tables.all_tables(analysis, order)}
    return {
        name: Table(name, titles.get(name, table.title), table.about, table.head, table.rows)
        for name, table in found.items()
    }


def to_frame(table: Table) -> "DataFrame":
    """Return a table as a DataFrame."""
    from pandas import DataFrame

    return DataFrame(table.rows, columns=list(table.head)).convert_dtypes()


def about_lines(analysis: Analysis, order: str) -> list[str]:
    """Return what a file says of itself: scope, comparison, order, date of the data."""
    return [
        f"Recorte: {tables.scope_words(analysis)}",
        f"Comparado com {tables.compared_words(analysis)}",
        f"Ordem: {tables.order_words(order)}",
        f"Dados de {text.format_datetime(analysis.at)}, horário de Cuiabá",
    ]


def _to_csv(table: Table) -> tuple[bytes, str]:
    return export.to_csv(to_frame(table)).encode(), export.CSV_MEDIA


def _to_dossier(dossier: Dossier) -> tuple[bytes, str]:
    from canais_app.complaints.statistics.pdf import Block, render

    analysis = dossier.analysis
    titles = titled_tables(analysis, DEFAULT_ORDER)
    blocks = [
        Block(titles["totais"]),
        Block(titles["serie"], points=analysis.series),
        Block(titles["tipos"]),
        *(
            Block(table)
            for table in (dossier.alarms, dossier.incidents, dossier.deadlines, dossier.contacts)
        ),
    ]
    name = analysis.unit.name if analysis.unit else ""
    lines = [*about_lines(analysis, DEFAULT_ORDER), METHOD]
    footer = f"{lines[0]} · {lines[3]}"
    return render(f"Dossiê: {name}", lines, blocks, footer=footer), PDF_MEDIA


def _to_xlsx(analysis: Analysis, query: AnalysisQuery) -> tuple[bytes, str]:
    lines: list[tuple[tables.Cell, ...]] = [
        (headline(analysis),),
        *((line,) for line in about_lines(analysis, query.order)),
    ]
    about = Table("sobre", "", "", ("análise",), lines)
    shown, out = titled_tables(analysis, query.order), io.BytesIO()
    export.to_xlsx({table.name: to_frame(table) for table in (about, *shown.values())}, out)
    return out.getvalue(), export.XLSX_MEDIA


def _to_pdf(analysis: Analysis, query: AnalysisQuery) -> tuple[bytes, str]:
    from canais_app.complaints.statistics.pdf import Block, render

    shown = titled_tables(analysis, query.order)
    blocks = [
        Block(shown["totais"]),
        Block(shown["serie"], points=analysis.series),
        Block(shown["unidades"], columns=PRINTED_COLUMNS),
        Block(shown["canais"]),
        Block(shown["tipos"]),
        Block(shown["horas"]),
    ]
    lines = about_lines(analysis, query.order)
    footer = f"{lines[0]} · {lines[-1]}"
    return render(headline(analysis), lines, blocks, footer=footer), PDF_MEDIA

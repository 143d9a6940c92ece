"""Export the analysis: one table as CSV, or exactly the view as XLSX or PDF."""

import io
from datetime import datetime
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

PDF_MEDIA = "application/pdf"
# The columns of the table of units that fit a page.
PRINTED_COLUMNS = (0, 2, 3, 4, 6, 9, 14, 16, 17, 18)


def export_file(
    session: Session, actor: Actor, name: str, query: AnalysisQuery, *, now: datetime
) -> tuple[bytes, str]:
    """Return a file's bytes and media type: `unidades.csv`, `analise.xlsx`, `analise.pdf`.

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
        return export.to_csv(to_frame(answer)).encode(), export.CSV_MEDIA
    if name == "dossie.pdf":
        return dossier_pdf(build_dossier(session, analysis)), PDF_MEDIA
    shown = titled_tables(analysis, query.order)
    if kind == "csv":
        return export.to_csv(to_frame(shown[stem])).encode(), export.CSV_MEDIA
    if kind == "xlsx":
        return _to_xlsx(analysis, query, list(shown.values())), export.XLSX_MEDIA
    return _to_pdf(analysis, query, shown), PDF_MEDIA


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


def dossier_pdf(dossier: Dossier) -> bytes:
    """Return the dossier of a unit as a PDF."""
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
    return render(f"Dossiê: {name}", lines, blocks, footer=f"{lines[0]} · {lines[3]}")


def _to_xlsx(analysis: Analysis, query: AnalysisQuery, shown: list[Table]) -> bytes:
    lines: list[tuple[tables.Cell, ...]] = [
        (headline(analysis),),
        *((line,) for line in about_lines(analysis, query.order)),
    ]
    about = Table("sobre", "", "", ("análise",), lines)
    out = io.BytesIO()
    export.to_xlsx({table.name: to_frame(table) for table in (about, *shown)}, out)
    return out.getvalue()


def _to_pdf(analysis: Analysis, query: AnalysisQuery, shown: dict[str, Table]) -> bytes:
    from canais_app.complaints.statistics.pdf import Block, render

    blocks = [
        Block(shown["totais"]),
        Block(shown["serie"], points=analysis.series),
        Block(shown["unidades"], columns=PRINTED_COLUMNS),
        Block(shown["canais"]),
        Block(shown["tipos"]),
        Block(shown["horas"]),
    ]
    lines = about_lines(analysis, query.order)
    return render(headline(analysis), lines, blocks, footer=f"{lines[0]} · {lines[-1]}")

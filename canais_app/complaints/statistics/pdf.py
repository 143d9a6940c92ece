"""Write figures and tables as a PDF: page numbers, the scope, the date of the data."""

import io
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from reportlab.lib.colors import HexColor
from reportlab.lib.pagesizes import A4, landscape
from reportlab.lib.styles import ParagraphStyle
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Flowable, KeepTogether, Paragraph, SimpleDocTemplate, Spacer
from reportlab.platypus import Table as Grid

from canais_app.complaints.statistics.series import SeriesPoint
from canais_app.complaints.statistics.tables import Cell, Table, format_cell, moment_words

INK, MUTED, LINE = HexColor("#1B2430"), HexColor("#555F6D"), HexColor("#DFE3EA")
HEAD, BAND, OBSERVED = HexColor("#F4F6F9"), HexColor("#E3E8EF"), HexColor("#12436D")
MARGIN, CHART_HEIGHT, LABELS = 36.0, 150.0, 10
TITLE = ParagraphStyle("title", fontName="Helvetica-Bold", fontSize=16, leading=20, textColor=INK)
HEADING = ParagraphStyle(
    "heading", fontName="Helvetica-Bold", fontSize=11.5, leading=15, textColor=INK, spaceBefore=10
)
TEXT = ParagraphStyle("text", fontName="Helvetica", fontSize=8.5, leading=12, textColor=MUTED)
CELL = ParagraphStyle("cell", fontName="Helvetica", fontSize=7.5, leading=9, textColor=INK)


@dataclass(frozen=True)
class Block:
    """A table, or a series with its points, under its title."""

    table: Table
    points: Sequence[SeriesPoint] = field(default_factory=tuple)
    columns: tuple[int, ...] = ()  # of the table that are printed; empty: all


def render(title: str, about: Sequence[str], blocks: Sequence[Block], *, footer: str) -> bytes:
    """Return the PDF; `about` are lines under the title, `footer` stands on each page."""
    out = io.BytesIO()
    story: list[Any] = [Paragraph(_plain(title), TITLE)]
    story += [Paragraph(_plain(line), TEXT) for line in about]
    for block in blocks:
        story += _block(block)
    document = SimpleDocTemplate(
        out,
        pagesize=landscape(A4),
        leftMargin=MARGIN,
        rightMargin=MARGIN,
        topMargin=MARGIN,
        bottomMargin=MARGIN + 8,
        title=_plain(title),
        author="Tribunal de Justiça do Estado de Mato Grosso",
        lang="pt-BR",
    )

    class Numbered(_NumberedCanvas):
        words = footer

    document.build(story, canvasmaker=Numbered)
    return out.getvalue()


class _NumberedCanvas(Canvas):
    """Writes the number of each page, once all pages are known."""

    words = ""

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401 (Canvas's own arguments)
        super().__init__(*args, **{**kwargs, "invariant": 1})
        self._kept: list[dict[str, Any]] = []

    def showPage(self) -> None:  # noqa: N802 (Canvas's name)
        """Keep the page until all are known."""
        self._kept.append(dict(self.__dict__))
        self._startPage()  # type: ignore[attr-defined]

    def save(self) -> None:
        """Number the pages and write them."""
        width = landscape(A4)[0]
        for number, page in enumerate(self._kept, 1):
            self.__dict__.update(page)
            self.setFont("Helvetica", 7.5)
            self.setFillColor(MUTED)
            self.drawString(MARGIN, 22, _plain(self.words))
            self.drawRightString(width - MARGIN, 22, f"Página {number} de {len(self._kept)}")
            super().showPage()
        super().save()


def _block(block: Block) -> list[Any]:
    table = block.table
    head: list[Any] = [
        Paragraph(_plain(table.title), HEADING),
        Paragraph(_plain(table.about), TEXT),
        Spacer(1, 4),
    ]
    if block.points:
        head.append(_Series(block.points))
        return [KeepTogether(head)]
    if not table.rows:
        return [*head, Paragraph("Nada no período.", TEXT)]
    return [*head[:-1], Spacer(1, 4), _grid(table, block.columns)]


def _grid(table: Table, columns: tuple[int, ...]) -> Grid:
    chosen = columns or tuple(range(len(table.head)))
    rows = [[table.head[n] for n in chosen]]
    body = [[_cell(row[n], n) for n in chosen] for row in table.rows]
    width = landscape(A4)[0] - 2 * MARGIN
    first = min(0.3 * width, width / 2) if len(chosen) > 2 else width / 2  # noqa: PLR2004 (a label and a number)
    others = (width - first) / max(len(chosen) - 1, 1)
    style: list[tuple[Any, ...]] = [
        ("FONT", (0, 0), (-1, -1), "Helvetica", 7.5),
        ("FONT", (0, 0), (-1, 0), "Helvetica-Bold", 7.5),
        ("BACKGROUND", (0, 0), (-1, 0), HEAD),
        ("TEXTCOLOR", (0, 0), (-1, -1), INK),
        ("LINEBELOW", (0, 0), (-1, -1), 0.4, LINE),
        ("ALIGN", (1, 0), (-1, -1), "RIGHT"),
        ("VALIGN", (0, 0), (-1, -1), "MIDDLE"),
        ("TOPPADDING", (0, 0), (-1, -1), 2),
        ("BOTTOMPADDING", (0, 0), (-1, -1), 2),
    ]
    head = [[Paragraph(_plain(words), CELL) for words in rows[0]]]
    return Grid([*head, *body], [first, *[others] * (len(chosen) - 1)], repeatRows=1, style=style)


def _cell(value: Cell, column: int) -> Any:  # noqa: ANN401 (a text or a paragraph)
    words = _plain(format_cell(value))
    return Paragraph(words, CELL) if column == 0 or isinstance(value, str) else words


class _Series(Flowable):
    """The line of the period over its normal range, with the period before."""

    def __init__(self, points: Sequence[SeriesPoint]) -> None:
        super().__init__()
        self.points = points
        self.width, self.height = landscape(A4)[0] - 2 * MARGIN, CHART_HEIGHT

    def draw(self) -> None:
        """Draw on the page's canvas."""
        page: Canvas = self.canv  # type: ignore[attr-defined]
        points, left, bottom = self.points, 30.0, 16.0
        most = max(max(p.seen, p.before or 0, p.high) for p in points) or 1
        step = (self.width - left) / max(len(points) - 1, 1)

        def at(n: int, value: float) -> tuple[float, float]:
            return left + n * step, bottom + (self.height - bottom - 8) * value / most

        band = page.beginPath()
        known = [n for n, p in enumerate(points) if p.expected is not None]
        if len(known) > 1:
            band.moveTo(*at(known[0], points[known[0]].high))
            for n in known[1:]:
                band.lineTo(*at(n, points[n].high))
            for n in reversed(known):
                band.lineTo(*at(n, points[n].low))
            band.close()
            page.setFillColor(BAND)
            page.drawPath(band, stroke=0, fill=1)
        page.setFillColor(MUTED)
        page.setFont("Helvetica", 7)
        page.drawRightString(left - 4, bottom, "0")
        page.drawRightString(left - 4, at(0, most)[1] - 3, format_cell(most))
        for n in range(0, len(points), max(1, -(-len(points) // LABELS))):
            page.drawString(at(n, 0)[0], 4, moment_words(points[n].start, points[n].end))
        before = [at(n, p.before) for n, p in enumerate(points) if p.before is not None]
        if before:
            self._line(page, before, dashed=True)
        self._line(page, [at(n, p.seen) for n, p in enumerate(points)], dashed=False)

    def _line(self, page: Canvas, places: list[tuple[float, float]], *, dashed: bool) -> None:
        path = page.beginPath()
        path.moveTo(*places[0])
        for place in places[1:]:
            path.lineTo(*place)
        page.setStrokeColor(MUTED if dashed else OBSERVED)
        page.setLineWidth(0.8 if dashed else 1.8)
        page.setDash([2, 2] if dashed else [])
        page.drawPath(path)
        page.setDash([])


def _plain(words: str) -> str:
    """Return a text in the characters of the PDF's own fonts, safe in a paragraph."""
    known = words.replace("−", "–").encode("cp1252", "ignore").decode("cp1252")
    return known.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")

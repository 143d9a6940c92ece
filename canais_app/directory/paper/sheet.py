"""A comarca's contacts on one A4 page (PDF), in the largest size that fits."""

import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from reportlab.lib.colors import HexColor
from reportlab.lib.pagesizes import A4
from reportlab.lib.utils import simpleSplit
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.pdfgen.canvas import Canvas

from canais_app.directory.channels import type_of
from canais_app.directory.views import UnitCard

WIDTH, HEIGHT = A4
MARGIN, GAP, HEAD, FOOT = 30.0, 14.0, 62.0, 26.0
INK, MUTED, LINE = HexColor("#1B2430"), HexColor("#555F6D"), HexColor("#DFE3EA")
SIZES = [size / 4 for size in range(44, 11, -1)]  # 11 pt down to 3 pt
LEAD, BETWEEN = 1.22, 0.45  # line height, space before a unit; in font sizes


@dataclass(frozen=True)
class _Line:
    text: str
    bold: bool = False
    starts: bool = False  # the first line of a unit


@dataclass(frozen=True)
class _Layout:
    size: float
    columns: int
    lines: Sequence[Sequence[_Line]]

    @property
    def width(self) -> float:
        """The width of one column, in points."""
        return _column_width(self.columns)


def render_comarca_sheet(
    comarca: str, units: Sequence[UnitCard], *, printed: str, address: str
) -> bytes:
    """Return a PDF of one A4 page with the contacts of every unit of a comarca.

    `printed` is the day in words; `address` is the URL of the current data.
    """
    out = io.BytesIO()
    page = Canvas(out, pagesize=A4, invariant=True, lang="pt-BR")
    page.setTitle(f"Contatos da comarca de {comarca}")
    page.setAuthor("Tribunal de Justiça do Estado de Mato Grosso")
    _frame(page, comarca, units, printed, address)
    layout = _fit(comarca, units)
    for number, lines in enumerate(layout.lines):
        _column(page, layout, lines, MARGIN + number * (layout.width + GAP))
    page.save()
    return out.getvalue()


def _frame(
    page: Canvas, comarca: str, units: Sequence[UnitCard], printed: str, address: str
) -> None:
    page.setFillColor(INK)
    page.setFont("Helvetica-Bold", 15)
    page.drawString(MARGIN, HEIGHT - 36, f"Comarca de {comarca}: canais de atendimento")
    page.setFillColor(MUTED)
    page.setFont("Helvetica", 8.5)
    demo = "Dados de demonstração: contatos fictícios. " if any(u.is_demo for u in units) else ""
    page.drawString(
        MARGIN,
        HEIGHT - 50,
        f"{demo}Segunda a sexta, das 12h às 19h, salvo outro horário na página da unidade. "
        f"Impresso em {printed}.",
    )
    page.drawString(MARGIN, FOOT - 10, f"Sempre atual em {address} · Ouvidoria: 0800 647 1420")


def _fit(comarca: str, units: Sequence[UnitCard]) -> _Layout:
    """Return the layout with the largest font that holds every unit."""
    height = HEIGHT - HEAD - FOOT - 8
    columns, blocks = 2, list[list[_Line]]()
    for size in SIZES:
        for columns in (2, 3, 4):
            blocks = [list(_block(unit, comarca, size, columns)) for unit in units]
            filled = _fill(blocks, height / size, columns)
            if filled is not None:
                return _Layout(size, columns, filled)
    return _Layout(SIZES[-1], columns, _fill(blocks, float("inf"), columns) or [])


def _fill(
    blocks: Sequence[Sequence[_Line]], most: float, columns: int
) -> Sequence[Sequence[_Line]] | None:
    """Put blocks, unsplit, into columns of at most `most` font sizes; None: too many."""
    found: list[list[_Line]] = [[]]
    for block in blocks:
        if found[-1] and _height(found[-1]) + _height(block) > most:
            found.append([])
        found[-1].extend(block)
    return found if len(found) <= columns and all(_height(c) <= most for c in found) else None


def _height(lines: Sequence[_Line]) -> float:
    return len(lines) * LEAD + sum(line.starts for line in lines) * BETWEEN


def _block(unit: UnitCard, comarca: str, size: float, columns: int) -> Iterator[_Line]:
    name = unit.name.replace(f" de {comarca}", "")
    wrapped = simpleSplit(name, "Helvetica-Bold", size, _column_width(columns))
    for number, text in enumerate(wrapped):
        yield _Line(text, bold=True, starts=number == 0)
    for text in _contacts(unit, size, _column_width(columns)):
        yield _Line(text)


def _contacts(unit: UnitCard, size: float, width: float) -> Iterator[str]:
    """Yield the contacts in as few lines as possible; a contact is never split."""
    line = ""
    for channel in unit.channels:
        name = type_of(channel.kind).sheet
        if name is None:
            continue
        words = f"{name} {channel.value}".strip()
        longer = f"{line} · {words}" if line else words
        if line and stringWidth(longer, "Helvetica", size) > width:
            yield line
            longer = words
        line = longer
    if line:
        yield line


def _column_width(columns: int) -> float:
    return (WIDTH - 2 * MARGIN - (columns - 1) * GAP) / columns


def _column(page: Canvas, layout: _Layout, lines: Sequence[_Line], left: float) -> None:
    top = HEIGHT - HEAD - 8
    for line in lines:
        if line.starts:
            page.setStrokeColor(LINE)
            page.setLineWidth(0.4)
            page.line(left, top, left + layout.width, top)
            top -= layout.size * BETWEEN
        top -= layout.size * LEAD
        wide = stringWidth(line.text, _font(line), layout.size)
        page.setFillColor(INK if line.bold else MUTED)
        # A contact that is wider than its column gets a smaller font.
        page.setFont(_font(line), layout.size * min(1.0, layout.width / wide) if wide else 1)
        page.drawString(left, top + layout.size * 0.22, line.text)


def _font(line: _Line) -> str:
    return "Helvetica-Bold" if line.bold else "Helvetica"

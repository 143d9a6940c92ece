"""A unit's poster (PDF): the QR code of its page, and its contacts."""

import io
from collections.abc import Iterable

from reportlab.lib.colors import HexColor
from reportlab.lib.pagesizes import A4
from reportlab.lib.utils import simpleSplit
from reportlab.pdfgen.canvas import Canvas

from canais_app.directory.channels import type_of
from canais_app.directory.paper import qr
from canais_app.directory.views import UnitPage

WIDTH, HEIGHT = A4
MARGIN = 56.0
BAND, INK, MUTED, BLUE = (HexColor(c) for c in ("#071D41", "#1B2430", "#555F6D", "#1351B4"))
DEMO, DEMO_INK = HexColor("#FFF5C2"), HexColor("#5B4300")
CODE_SIZE = 236.0
MAX_CONTACTS = 6
OMBUDSMAN = "Nenhum canal atende? Ouvidoria do Judiciário: 0800 647 1420, das 12h às 19h."


def render_poster(page: UnitPage, base_url: str) -> bytes:
    """Return the poster as a PDF of one A4 page."""
    out = io.BytesIO()
    sheet = Canvas(out, pagesize=A4, invariant=True, lang="pt-BR")
    sheet.setTitle(f"Cartaz: {page.card.name}")
    sheet.setAuthor("Tribunal de Justiça do Estado de Mato Grosso")
    address = f"{base_url}{page.card.href}"
    top = _band(sheet, is_demo=page.card.is_demo)
    top = _name(sheet, page, top)
    top = _code(sheet, address, top)
    _contacts(sheet, _contact_lines(page), top)
    _foot(sheet)
    sheet.save()
    return out.getvalue()


def _band(sheet: Canvas, *, is_demo: bool) -> float:
    sheet.setFillColor(BAND)
    sheet.rect(0, HEIGHT - 78, WIDTH, 78, stroke=0, fill=1)
    sheet.setFillColor(HexColor("#FFFFFF"))
    sheet.setFont("Helvetica-Bold", 17)
    sheet.drawString(MARGIN, HEIGHT - 40, "Canais de Atendimento")
    sheet.setFont("Helvetica", 11.5)
    sheet.drawString(MARGIN, HEIGHT - 58, "Poder Judiciário de Mato Grosso")
    if not is_demo:
        return HEIGHT - 78
    sheet.setFillColor(DEMO)
    sheet.rect(0, HEIGHT - 100, WIDTH, 22, stroke=0, fill=1)
    sheet.setFillColor(DEMO_INK)
    sheet.setFont("Helvetica-Bold", 10)
    sheet.drawCentredString(WIDTH / 2, HEIGHT - 93, "Dados de demonstração: contatos fictícios")
    return HEIGHT - 100


def _name(sheet: Canvas, page: UnitPage, top: float) -> float:
    size = 30 if len(page.card.name) < 40 else 24 if len(page.card.name) < 90 else 18  # noqa: PLR2004
    top -= 34
    sheet.setFillColor(INK)
    for line in simpleSplit(page.card.name, "Helvetica-Bold", size, WIDTH - 2 * MARGIN)[:4]:
        sheet.setFont("Helvetica-Bold", size)
        top -= size * 0.95
        sheet.drawString(MARGIN, top, line)
        top -= size * 0.2
    sheet.setFillColor(MUTED)
    sheet.setFont("Helvetica", 13)
    top -= 20
    sheet.drawString(MARGIN, top, f"Atendimento: {page.hours} (horário de Cuiabá)"[:95])
    return top


def _code(sheet: Canvas, address: str, top: float) -> float:
    rows = qr.qr_modules(address)
    step = CODE_SIZE / len(rows)
    left, top = (WIDTH - CODE_SIZE) / 2, top - 34
    sheet.setFillColor(BAND)
    for number, row in enumerate(rows):
        for column, dark in enumerate(row):
            if dark:  # slightly wider, so that no white line shows between two modules
                y = top - (number + 1) * step
                sheet.rect(left + column * step, y, step + 0.05, step + 0.05, stroke=0, fill=1)
    top -= CODE_SIZE + 26
    sheet.setFillColor(BLUE)
    sheet.setFont("Helvetica-Bold", 15)
    sheet.drawCentredString(WIDTH / 2, top, "Aponte a câmera e veja o canal que atende agora")
    top -= 18
    sheet.setFillColor(MUTED)
    size = 10.5 if len(address) < 90 else 8  # noqa: PLR2004
    for line in simpleSplit(address, "Helvetica", size, WIDTH - 2 * MARGIN)[:2]:
        sheet.setFont("Helvetica", size)
        sheet.drawCentredString(WIDTH / 2, top, line)
        top -= size * 1.3
    return top


def _contact_lines(page: UnitPage) -> Iterable[tuple[str, str]]:
    for channel in page.card.channels[:MAX_CONTACTS]:
        yield channel.name, type_of(channel.kind).poster or channel.value


def _contacts(sheet: Canvas, lines: Iterable[tuple[str, str]], top: float) -> None:
    top -= 14
    for name, words in lines:
        sheet.setStrokeColor(HexColor("#DFE3EA"))
        sheet.line(MARGIN, top, WIDTH - MARGIN, top)
        top -= 21
        sheet.setFillColor(MUTED)
        sheet.setFont("Helvetica", 12)
        sheet.drawString(MARGIN, top, name)
        sheet.setFillColor(INK)
        sheet.setFont("Helvetica-Bold", 13 if len(words) < 48 else 10)  # noqa: PLR2004
        sheet.drawString(MARGIN + 126, top, words)
        top -= 9


def _foot(sheet: Canvas) -> None:
    sheet.setFillColor(MUTED)
    sheet.setFont("Helvetica", 10.5)
    sheet.drawCentredString(WIDTH / 2, 36, OMBUDSMAN)

"""A proof as a PDF of one page, with the address and the QR code that verify it."""

import io

from reportlab.lib.colors import HexColor
from reportlab.lib.pagesizes import A4
from reportlab.lib.utils import simpleSplit
from reportlab.pdfgen.canvas import Canvas

from canais_app import routes
from canais_app.agenda.proofs import PrivateProof
from canais_app.directory.paper import qr

WIDTH, HEIGHT = A4
MARGIN = 64.0
CODE_SIZE = 120.0
BAND, INK, MUTED = HexColor("#071D41"), HexColor("#1B2430"), HexColor("#555F6D")


def render_proof(shown: PrivateProof, base_url: str, *, is_demo: bool) -> bytes:
    """Return the PDF; without a name it is what anybody may have."""
    out = io.BytesIO()
    sheet = Canvas(out, pagesize=A4, invariant=True, lang="pt-BR")
    sheet.setTitle(f"Comprovante {shown.proof.code}")
    sheet.setAuthor("Tribunal de Justiça do Estado de Mato Grosso")
    _band(sheet, is_demo=is_demo)
    top = _title(sheet, shown.proof.title)
    for term, words in _facts(shown):
        top = _fact(sheet, term, words, top)
    _verification(sheet, base_url + routes.proof(shown.proof.code), top - 24)
    sheet.save()
    return out.getvalue()


def _facts(shown: PrivateProof) -> list[tuple[str, str]]:
    proof = shown.proof
    facts = [
        ("Agenda", proof.agenda),
        ("Unidade", proof.unit if proof.unit != proof.agenda else ""),
        ("Em", f"{proof.happened_words} (horário de Cuiabá)"),
        ("Horário do atendimento", proof.appointment_words),
        ("Nome", shown.name),
        ("Inscrição", shown.registration if shown.name else ""),
        ("Código", proof.code),
        ("Emitido em", proof.issued_words),
    ]
    return [(term, words) for term, words in facts if words]


def _band(sheet: Canvas, *, is_demo: bool) -> None:
    sheet.setFillColor(BAND)
    sheet.rect(0, HEIGHT - 78, WIDTH, 78, stroke=0, fill=1)
    sheet.setFillColor(HexColor("#FFFFFF"))
    sheet.setFont("Helvetica-Bold", 17)
    sheet.drawString(MARGIN, HEIGHT - 40, "Comprovante")
    sheet.setFont("Helvetica", 11.5)
    demo = " · dados de demonstração" if is_demo else ""
    sheet.drawString(MARGIN, HEIGHT - 58, f"Poder Judiciário de Mato Grosso{demo}")


def _title(sheet: Canvas, title: str) -> float:
    top = HEIGHT - 128
    sheet.setFillColor(INK)
    sheet.setFont("Helvetica-Bold", 20)
    for line in simpleSplit(title, "Helvetica-Bold", 20, WIDTH - 2 * MARGIN):
        sheet.drawString(MARGIN, top, line)
        top -= 26
    return top - 10


def _fact(sheet: Canvas, term: str, words: str, top: float) -> float:
    sheet.setFillColor(MUTED)
    sheet.setFont("Helvetica", 10.5)
    sheet.drawString(MARGIN, top, term)
    sheet.setFillColor(INK)
    top -= 17
    for line in simpleSplit(words, "Helvetica", 13, WIDTH - 2 * MARGIN)[:4]:
        sheet.setFont("Helvetica", 13)
        sheet.drawString(MARGIN, top, line)
        top -= 17
    return top - 7


def _verification(sheet: Canvas, address: str, top: float) -> None:
    rows = qr.qr_modules(address)
    step = CODE_SIZE / len(rows)
    sheet.setFillColor(BAND)
    for number, row in enumerate(rows):
        for column, dark in enumerate(row):
            if dark:  # slightly wider, so that no white line shows between two modules
                y = top - (number + 1) * step
                x = MARGIN + column * step
                sheet.rect(x, y, step + 0.05, step + 0.05, stroke=0, fill=1)
    sheet.setFillColor(INK)
    sheet.setFont("Helvetica", 11)
    left, line = MARGIN + CODE_SIZE + 20, top - 40
    for words in ("Qualquer pessoa confere este comprovante em:", address):
        for part in simpleSplit(words, "Helvetica", 11, WIDTH - MARGIN - left):
            sheet.drawString(left, line, part)
            line -= 16

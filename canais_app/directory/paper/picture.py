"""Pictures for those who share a page: what it is about, when it is open, how to call it (PNG)."""

import io
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

import reportlab
from PIL import Image, ImageDraw, ImageFont

from canais_app.directory.channels import type_of
from canais_app.directory.views import UnitPage

SIZE = (1200, 630)  # the size that Open Graph's readers crop to
MARGIN = 72
BAND, WHITE, INK, MUTED, BLUE = "#071D41", "#FFFFFF", "#1B2430", "#555F6D", "#1351B4"
_FONTS = Path(reportlab.__file__).parent / "fonts"


def render_unit(page: UnitPage) -> bytes:
    """Return the picture of a unit."""
    phones = [c.value for c in page.card.channels if type_of(c.kind).is_phone][:2]
    return render_picture(page.card.name, [f"Atendimento: {page.hours}", " · ".join(phones)])


def render_picture(title: str, lines: Sequence[str]) -> bytes:
    """Return a picture with a title and lines under it; too long ones are cut."""
    picture = Image.new("RGB", SIZE, WHITE)
    draw = ImageDraw.Draw(picture)
    draw.rectangle((0, 0, SIZE[0], 110), fill=BAND)
    draw.text((MARGIN, 32), "Canais de Atendimento", WHITE, load_font(36, bold=True))
    draw.text((MARGIN + 560, 42), "Poder Judiciário de Mato Grosso", WHITE, load_font(26))
    top = 170.0
    for row in _wrap(draw, title, load_font(58, bold=True), 3):
        draw.text((MARGIN, top), row, INK, load_font(58, bold=True))
        top += 76
    top += 24
    for place, line in enumerate(filter(None, lines)):
        for row in _wrap(draw, line, load_font(34, bold=place > 0), 2):
            draw.text((MARGIN, top), row, BLUE if place else MUTED, load_font(34, bold=place > 0))
            top += 50
    draw.rectangle((0, SIZE[1] - 12, SIZE[0], SIZE[1]), fill=BLUE)
    out = io.BytesIO()
    picture.quantize(32).save(out, "PNG", optimize=True)
    return out.getvalue()


@lru_cache(maxsize=8)
def load_font(size: int, *, bold: bool = False) -> ImageFont.FreeTypeFont:
    """Return the face of the pictures at a size in pixels."""
    return ImageFont.truetype(_FONTS / ("VeraBd.ttf" if bold else "Vera.ttf"), size)


def _wrap(
    draw: ImageDraw.ImageDraw, text: str, font: ImageFont.FreeTypeFont, most: int
) -> list[str]:
    """Return the text as at most `most` lines that fit, the last one cut with an ellipsis."""
    width, rows = SIZE[0] - 2 * MARGIN, [""]
    for word in text.split():
        longer = f"{rows[-1]} {word}".strip()
        if draw.textlength(longer, font) <= width:
            rows[-1] = longer
        else:
            rows.append(word)
    if len(rows) > most:
        rows = [*rows[: most - 1], f"{rows[most - 1].rstrip(' ,.')}…"]
    return rows

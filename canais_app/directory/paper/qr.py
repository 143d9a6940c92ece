"""QR codes of the portal's own addresses."""

import io

import segno


def render_svg(address: str) -> str:
    """Return a QR code as an SVG drawing, dark on white, with its quiet zone."""
    out = io.BytesIO()
    segno.make(address, error="m", micro=False).save(
        out, kind="svg", scale=8, border=4, dark="#071D41", light="#FFFFFF", xmldecl=False
    )
    return out.getvalue().decode()


def qr_modules(address: str) -> list[list[bool]]:
    """Return a QR code as rows of dark (true) and light modules, without the quiet zone."""
    code = segno.make(address, error="q", micro=False)
    return [[bool(module) for module in row] for row in code.matrix]

"""A small SVG that other sites show: a place and its level."""

from html import escape

_COLOURS = {
    "relatada": "#801650",
    "confirmada": "#801650",
    "manutencao": "#5B4300",
    "fechada": "#5B4300",
    "normal": "#0F6B1B",
}
_UNKNOWN = "#555F6D"
_LETTER = 6.6  # width of a letter at 11 px, in pixels
_MARGIN, _MAX_NAME = 10, 48


def render_badge(name: str, words: str, level: str) -> str:
    """Return the picture of a place and its level in words, at most some 500 pixels wide."""
    name = name if len(name) <= _MAX_NAME else name[: _MAX_NAME - 1] + "…"
    left, right = (round(len(part) * _LETTER) + 2 * _MARGIN for part in (name, words))
    label = escape(f"{name}: {words}")
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{left + right}" height="24" role="img" '
        f'aria-label="{label}"><title>{label}</title>'
        f'<clipPath id="r"><rect width="{left + right}" height="24" rx="5"/></clipPath>'
        f'<g clip-path="url(#r)"><rect width="{left}" height="24" fill="#071D41"/>'
        f'<rect x="{left}" width="{right}" height="24" fill="{_COLOURS.get(level, _UNKNOWN)}"/></g>'
        '<g fill="#fff" font-family="Verdana,DejaVu Sans,sans-serif" font-size="11" '
        f'text-anchor="middle"><text x="{left / 2}" y="16">{escape(name)}</text>'
        f'<text x="{left + right / 2}" y="16">{escape(words)}</text></g></svg>'
    )

"""The head of every page; design tokens are in `assets/canais.css`."""

import reflex as rx

from canais_app import routes

# Before the first drawing, so that nothing jumps; `assets/keep.js` stores them.
_APPLY_ADJUSTMENTS = (
    "try{Object.assign(document.documentElement.dataset,"
    'JSON.parse(localStorage.getItem("ajustes")||"{}"))}catch{}'
)


def head_components() -> list[rx.Component]:
    """Return the components of the head."""
    return [
        rx.el.meta(name="viewport", content="width=device-width, initial-scale=1"),
        rx.el.meta(name="color-scheme", content="light dark"),
        rx.el.meta(name="theme-color", content="#071D41"),
        rx.el.link(
            rel="preload",
            href="/fonts/raleway.woff2",
            custom_attrs={"as": "font", "type": "font/woff2", "crossOrigin": "anonymous"},
        ),
        rx.el.script(_APPLY_ADJUSTMENTS, custom_attrs={"data-ajustes": ""}),
        rx.el.script(src="/keep.js", defer=True),
        rx.el.script(src="/visits.js", defer=True),
        rx.el.link(
            rel="alternate",
            href=routes.NOTICES_FEED,
            type="application/atom+xml",
            title="Avisos do Poder Judiciário de Mato Grosso",
        ),
        rx.el.link(rel="icon", href="/favicon.svg", type="image/svg+xml"),
        rx.el.link(rel="apple-touch-icon", href="/icone-180.png"),
        rx.el.link(rel="manifest", href="/manifest.webmanifest"),
    ]

"""Pages rendered here, in the frame that Reflex built: header, footer and styles, no React.

They are plain HTML and forms, so that they work without JavaScript and without a socket; cookies
hidden from scripts can be set. The frame is the built page of `/relatar` without React, so
that header and footer are written once (`ui/shell.py`).
"""

import os
import re
from functools import lru_cache
from pathlib import Path

from fastapi.responses import HTMLResponse
from markupsafe import escape

from canais_app.api.html.templating import render_template
from canais_app.settings import ROOT

BUILD_FOLDER = ROOT / ".web" / "build" / "client"
BUILT_PAGE = BUILD_FOLDER / "relatar" / "index.html"
_FALLBACK = (
    '<!DOCTYPE html><html lang="pt-BR"><head><meta charset="utf-8">'
    '<meta name="viewport" content="width=device-width, initial-scale=1">'
    '<link rel="stylesheet" href="/canais.css"></head>'
    '<body><main id="conteudo" tabindex="-1"></main></body></html>'
)
# Every script but our own: small files, such as `/visits.js`, and that of the adjustments.
_SCRIPT = re.compile(
    r'<script\b(?![^>]*(?:src="/[\w-]+[.]js"|data-ajustes))[^>]*>.*?</script>',
    re.DOTALL | re.IGNORECASE,
)
_PRELOAD = re.compile(r'<link rel="modulepreload"[^>]*>', re.IGNORECASE)
_REST = re.compile(r"<!--.*?-->|<template\b.*?</template>|<div hidden[^>]*></div>", re.DOTALL)
_HEAD = re.compile(r'<title>.*?</title>|<meta [^>]*(?:name|property)="(?:description|og:)[^>]*>')
_STYLESHEET = re.compile(r'<link href="/(assets/[^"]+[.]css)" rel="stylesheet"[^>]*>')
_STYLE_PRELOAD = re.compile(r'<link as="style" [^>]*rel="preload"[^>]*>')
# The script of the build that starts React.
_ENTRY = re.compile(r'<script type="module" async="">(import "/assets/.*?)</script>', re.DOTALL)
_MAIN = re.compile(r"(<main\b[^>]*>).*?(</main>)", re.DOTALL)
_OWN_SCRIPT = '<script src="/report.js" defer></script>'


def render_page(
    template: str, title: str, *, status: int = 200, index: bool = False, **values: object
) -> HTMLResponse:
    """Return a page whose `<main>` is a template. Pages of one person are not indexed."""
    main = render_template(template, title=title, **values)
    head = (
        f"<title>{escape(title)} · Canais de Atendimento</title>"
        + ("" if index else '<meta name="robots" content="noindex">')
        + _OWN_SCRIPT
    )
    # A form that is gone back to keeps what was typed, unless it holds a person's own things.
    cache = "no-cache" if index else "no-store"
    return HTMLResponse(
        render_frame(main, head, is_form=True), status, headers={"Cache-Control": cache}
    )


def render_frame(main: str, head: str, *, is_form: bool = False) -> str:
    """Return a page with this `<main>` and, at the end of its head, `head`; both are HTML.

    `is_form`: the menu marks `/relatar` and leaves the bottom of a phone to the form's actions.
    """
    # In development the styles of an earlier build are not served.
    is_built = os.environ.get("REFLEX_ENV_MODE") == "prod" and BUILT_PAGE.exists()
    frame = _read_frame(BUILT_PAGE.stat().st_mtime_ns if is_built else 0)
    if not is_form:
        frame = frame.replace(' aria-current="page"', "", 1).replace('"page form"', '"page"', 1)
    page = frame.replace("</head>", f"{head}</head>", 1)
    return _MAIN.sub(lambda m: f"{m[1]}{main}{m[2]}", page, count=1)


def render_frame_body(main: str) -> str:
    """Return what stands in the body of such a page."""
    return body_of(render_frame(main, ""))


def drop_scripts(page: str) -> str:
    """Return a page without React."""
    return _PRELOAD.sub("", _SCRIPT.sub("", page))


def start_later(page: str, milliseconds: int | None) -> str:
    """Return a page whose React is fetched and started by `/keep.js`: at a sign of a person.

    `milliseconds`: after loading, without a sign, too; None: never.
    """
    after = "" if milliseconds is None else f' data-after="{milliseconds}"'
    held = rf'<script type="text/plain" id="react"{after}>\1</script>'
    return _ENTRY.sub(held, _PRELOAD.sub("", page), count=1)


def body_of(page: str) -> str:
    """Return what stands in the body of a page."""
    return page[page.index("<body>") + len("<body>") : page.rindex("</body>")]


def read_built(path: Path) -> str:
    """Return a page of the build, its styles inside, so that nothing delays the first drawing."""
    return _read_built(path, path.stat().st_mtime_ns)


@lru_cache(maxsize=24)
def _read_built(path: Path, _changed: int) -> str:
    # The words are drawn before the scripts need the line.
    built = path.read_text("utf-8").replace(
        '<link rel="modulepreload"', '<link rel="modulepreload" fetchpriority="low"'
    )
    found = _STYLESHEET.search(built)
    sheet = BUILD_FOLDER / found[1] if found else BUILD_FOLDER
    if found is None or not sheet.is_file():
        return built
    style = f"<style>{sheet.read_text('utf-8')}</style>"
    # React expects its link, which is left for paper: other media do not wait for it.
    link = found[0].replace("<link ", '<link media="print" ', 1)
    return _STYLE_PRELOAD.sub("", built, count=1).replace(found[0], style + link, 1)


@lru_cache(maxsize=2)
def _read_frame(changed: int) -> str:
    """Return the built page without scripts, title and description."""
    built = drop_scripts(read_built(BUILT_PAGE) if changed else _FALLBACK)
    for pattern in (_REST, _HEAD):
        built = pattern.sub("", built)
    return built.replace('href="/relatar/#conteudo"', 'href="#conteudo"')

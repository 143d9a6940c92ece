"""Prerender dynamic pages, so that they are readable before any script runs.

Reflex builds one empty shell for all dynamic routes, as `/unidade/[slug]`. Title, description,
canonical URL, structured data and a readable body are inserted into it.
"""

import html
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from fastapi import Request
from fastapi.responses import Response

from canais_app import routes
from canais_app.api.html.frame import (
    BUILD_FOLDER,
    body_of,
    drop_scripts,
    read_built,
    render_frame_body,
    start_later,
)
from canais_app.api.public_answers import answer_page
from canais_app.settings import settings

SHELL_FILE = BUILD_FOLDER / "__spa-fallback.html"
_FALLBACK_HTML = (
    "<!DOCTYPE html><html lang='pt-BR'><head><meta charset='utf-8'></head><body></body></html>"
)
SHARE_IMAGE = "/cartao.png"
LIVE_AFTER = 5000  # milliseconds; live pages open their socket then, though nobody touches them
_EMPTY_BOX = 'name="busca" value=""'
_BODY_PLACE = '<div id="sem-javascript"></div>'
_FALLBACK_PAGE = _FALLBACK_HTML.replace("<body>", f"<body><noscript>{_BODY_PLACE}</noscript>")
_HIDDEN_STYLE = "<style>.js-only{display:none!important}</style>"
_HEAD = re.compile(r"<head[^>]*>", re.IGNORECASE)
_HEAD_END = re.compile(r"</head>", re.IGNORECASE)
_BODY_END = re.compile(r"</body>", re.IGNORECASE)
_TITLE = re.compile(r"<title>.*?</title>", re.IGNORECASE | re.DOTALL)
_OG_IMAGE = re.compile(r'<meta [^>]*property="og:image"[^>]*>')
_BUILT_TITLE = re.compile(r"<title>(.*?)</title>", re.DOTALL)
_BUILT_DESCRIPTION = re.compile(r'<meta content="([^"]*)" name="description"')
_DESCRIPTION = re.compile(r"<meta[^>]*name=[\"']description[\"'][^>]*>", re.IGNORECASE)


@dataclass(frozen=True)
class PageInfo:
    """What a page's head says of it. Without title and description those of the build stay."""

    path: str
    title: str = ""
    description: str = ""
    image: str = ""  # the path of a picture to share; empty: the portal's own
    index: bool = True
    data: Mapping[str, Any] = field(default_factory=dict[str, Any])  # schema.org
    # Milliseconds after loading at which React starts though nobody has touched the page; None:
    # not before somebody does.
    starts_after: int | None = None


def prerender_page(request: Request, info: PageInfo, main: str, *, status: int = 200) -> Response:
    """Return the shell of dynamic pages with a page's metadata and its `<main>`, as HTML."""
    return answer_page(request, _in_shell(info, render_frame_body(main)), status=status)


def prerender_drawn_page(
    request: Request, info: PageInfo, body: str, *, status: int = 200, words: str = ""
) -> Response:
    """Return a page of the build as the server draws it, in the shell of dynamic pages.

    `body` is escaped HTML for the place of `shell.server_rendered`, `words` are in the search box.
    """
    built = _read_page(info)
    built = built.replace(_EMPTY_BOX, f'name="busca" value="{escape_html(words)}"', 1)
    page = _in_shell(_with_built_words(info, built), body_of(_draw(built, body)))
    return answer_page(request, page, status=status)


def prerender_built_page(request: Request, info: PageInfo, body: str = "") -> Response:
    """Return a page of the build that nothing alive belongs to.

    With a `body` for the place of `shell.server_rendered` it has no scripts.
    """
    built = _read_page(info)
    head = _sharing_tags(_with_built_words(info, built))
    built = _OG_IMAGE.sub("", built, count=1)
    page = _draw(built, body) if body else start_later(built, info.starts_after)
    hidden = _HIDDEN_STYLE if body else f"<noscript>{_HIDDEN_STYLE}</noscript>"
    page = _HEAD_END.sub(lambda m: head + hidden + m.group(), page, 1)
    return answer_page(request, page)


def _read_page(info: PageInfo) -> str:
    """Return the page of the build at a path."""
    name = info.path.strip("/")
    path = BUILD_FOLDER / name / "index.html"
    built = read_built(path) if path.exists() else _FALLBACK_PAGE
    # The build links its pages by their folders, which would load the page again.
    slash = "/" if name else ""
    built = built.replace(f'href="/{name}{slash}#conteudo"', 'href="#conteudo"', 1)
    if info.path == routes.HOME and not info.index:  # an answer: the box is slim on phones
        built = built.replace('class="finder-hero"', 'class="finder-hero off"', 1)
        built = built.replace('class="card finder"', 'class="card finder on"', 1)
    return built


def _draw(built: str, body: str) -> str:
    """Return a page of the build without scripts, with its content."""
    shown = drop_scripts(built).replace("<noscript>", "").replace("</noscript>", "")
    return shown.replace(_BODY_PLACE, body, 1)


def _in_shell(info: PageInfo, body: str) -> str:
    """Return the shell of dynamic pages with a body, which is shown until React has drawn its own.

    What needs JavaScript is hidden in it (`assets/canais.css`).
    """
    shell = _DESCRIPTION.sub("", _TITLE.sub("", _read_shell()))
    shell = _HEAD.sub(lambda m: m.group() + render_info(info), shell, count=1)
    # React fails on a script before its own tags, so structured data goes last in the head.
    shell = _HEAD_END.sub(lambda m: _json_ld_script(info) + m.group(), shell, count=1)
    if info.starts_after != 0:
        shell = start_later(shell, info.starts_after)
    # At the end of the body, because React ignores what follows its own elements.
    readable = f'<div class="before-js">{body}</div>'
    return _BODY_END.sub(lambda m: readable + m.group(), shell, count=1)


def prerender_not_found(request: Request, path: str) -> Response:
    """Return a 404 that still loads the portal's page."""
    main = (
        '<div class="wrap section stack"><h1>Não encontramos esta página</h1>'
        '<p>O endereço pode ter mudado. <a href="/">Procure a unidade</a> ou veja as '
        '<a href="/comarcas">comarcas de A a Z</a>.</p></div>'
    )
    info = PageInfo(path, "Página não encontrada", "Este endereço não existe.", index=False)
    return prerender_page(request, info, main, status=404)


def escape_html(words: str) -> str:
    """Escape text for HTML content and attributes."""
    return html.escape(words, quote=True)


def render_info(info: PageInfo) -> str:
    """Return a page's title, description, canonical address and sharing card as HTML."""
    return (
        f"<title>{escape_html(info.title)}</title>"
        f'<meta name="description" content="{escape_html(info.description)}">'
        f"{_sharing_tags(info)}"
    )


def _with_built_words(info: PageInfo, built: str) -> PageInfo:
    """Return the info with the title and the description of a built page."""
    title, words = _BUILT_TITLE.search(built), _BUILT_DESCRIPTION.search(built)
    return replace(
        info,
        title=html.unescape(title[1]) if title else "",
        description=html.unescape(words[1]) if words else "",
    )


def _sharing_tags(info: PageInfo) -> str:
    """Return the canonical address and the sharing card (Open Graph), or `noindex`."""
    if not info.index:
        return '<meta name="robots" content="noindex">'
    base = settings().base_url
    card = {
        "title": info.title,
        "description": info.description,
        "url": f"{base}{info.path}",
        "image": f"{base}{info.image or SHARE_IMAGE}",
        "type": "website",
        "locale": "pt_BR",
        "site_name": "Canais de Atendimento do TJMT",
    }
    tags = (
        f'<meta property="og:{name}" content="{escape_html(value)}">'
        for name, value in card.items()
    )
    return "".join(
        [
            f'<link rel="canonical" href="{escape_html(card["url"])}">',
            *tags,
            '<meta name="twitter:card" content="summary_large_image">',
        ]
    )


def _json_ld_script(info: PageInfo) -> str:
    if not info.data:
        return ""
    data = json.dumps({"@context": "https://schema.org", **info.data}, ensure_ascii=False)
    safe = data.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")
    return f'<script type="application/ld+json">{safe}</script>'


def _read_shell() -> str:
    return read_built(SHELL_FILE) if SHELL_FILE.exists() else _FALLBACK_HTML

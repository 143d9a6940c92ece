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
from canais_app.api.html.frame import BUILD_FOLDER, drop_scripts, read_built, render_frame_body
from canais_app.api.public_answers import answer_page
from canais_app.settings import settings

SHELL_FILE = BUILD_FOLDER / "__spa-fallback.html"
_FALLBACK_HTML = (
    "<!DOCTYPE html><html lang='pt-BR'><head><meta charset='utf-8'></head><body></body></html>"
)
SHARE_IMAGE = "/cartao.png"
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


def prerender_page(request: Request, info: PageInfo, main: str, *, status: int = 200) -> Response:
    """Return the shell of dynamic pages with a page's metadata and its `<main>`, as HTML.

    The page is drawn in its frame and shown until the scripts have drawn it.
    """
    shell = _DESCRIPTION.sub("", _TITLE.sub("", _read_shell()))
    shell = _HEAD.sub(lambda m: m.group() + render_info(info), shell, count=1)
    # React fails on a script before its own tags, so structured data goes last in the head.
    shell = _HEAD_END.sub(lambda m: _json_ld_script(info) + m.group(), shell, count=1)
    readable = f'<div class="before-js">{render_frame_body(main)}</div>'
    # At the end of the body, because React ignores what follows its own elements.
    shell = _BODY_END.sub(lambda m: readable + m.group(), shell, count=1)
    return answer_page(request, shell, status=status)


def prerender_built_page(
    request: Request, info: PageInfo, body: str, *, status: int = 200, scripts: bool = True
) -> Response:
    """Return a page of the build with its content for browsers without JavaScript.

    `body` is escaped HTML for the place of `shell.server_rendered`. Without `scripts` every
    browser shows it.
    """
    name = info.path.strip("/")
    path = BUILD_FOLDER / name / "index.html"
    built = read_built(path) if path.exists() else _FALLBACK_PAGE
    head = _sharing_tags(_with_built_words(info, built))
    built = _OG_IMAGE.sub("", built, count=1)
    if not scripts:
        built = drop_scripts(built).replace("<noscript>", "").replace("</noscript>", "")
        head += _HIDDEN_STYLE
    else:
        head += f"<noscript>{_HIDDEN_STYLE}</noscript>"
    built = _HEAD_END.sub(lambda m: head + m.group(), built, count=1)
    # The build links its pages by their folders, which would load the page again.
    slash = "/" if name else ""
    built = built.replace(f'href="/{name}{slash}#conteudo"', 'href="#conteudo"', 1)
    if info.path == routes.HOME and not info.index:  # an answer: the box is slim on phones
        built = built.replace('class="finder-hero"', 'class="finder-hero off"', 1)
        built = built.replace('class="card finder"', 'class="card finder on"', 1)
    page = built.replace(_BODY_PLACE, body, 1)
    return answer_page(request, page, status=status)


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

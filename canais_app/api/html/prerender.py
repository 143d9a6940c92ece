"""Prerender dynamic pages, so that they are readable before any script runs.

Reflex builds one empty shell for all dynamic routes, as `/unidade/[slug]`. Title, description,
canonical URL, structured data and a readable body are inserted into it.
"""

import html
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

from fastapi import Request
from fastapi.responses import Response

from canais_app.api.public_answers import answer_page
from canais_app.settings import ROOT, settings

BUILD_FOLDER = ROOT / ".web" / "build" / "client"
SHELL_FILE = BUILD_FOLDER / "__spa-fallback.html"
_FALLBACK_HTML = (
    "<!DOCTYPE html><html lang='pt-BR'><head><meta charset='utf-8'></head><body></body></html>"
)
_BODY_PLACE = '<div id="sem-javascript"></div>'
_FALLBACK_PAGE = _FALLBACK_HTML.replace("<body>", f"<body><noscript>{_BODY_PLACE}</noscript>")
_HIDE_SCRIPTED = "<noscript><style>.js-only{display:none!important}</style></noscript>"
_HEAD = re.compile(r"<head[^>]*>", re.IGNORECASE)
_HEAD_END = re.compile(r"</head>", re.IGNORECASE)
_BODY_END = re.compile(r"</body>", re.IGNORECASE)
_TITLE = re.compile(r"<title>.*?</title>", re.IGNORECASE | re.DOTALL)
_DESCRIPTION = re.compile(r"<meta[^>]*name=[\"']description[\"'][^>]*>", re.IGNORECASE)


@dataclass(frozen=True)
class PrerenderedPage:
    """A page's metadata and body. `body` is escaped HTML."""

    title: str
    description: str
    path: str
    body: str
    data: Mapping[str, Any] = field(default_factory=dict[str, Any])
    status: int = 200


def prerender_page(request: Request, page: PrerenderedPage) -> Response:
    """Return the shell with a page's metadata and body."""
    shell = _DESCRIPTION.sub("", _TITLE.sub("", _read_shell()))
    shell = _HEAD.sub(lambda m: m.group() + _head(page), shell, count=1)
    # React fails on a script before its own tags, so structured data goes last in the head.
    shell = _HEAD_END.sub(lambda m: _json_ld_script(page) + m.group(), shell, count=1)
    readable = f"<noscript><main>{page.body}</main></noscript>"
    # At the end of the body, because React ignores what follows its own elements.
    shell = _BODY_END.sub(lambda m: readable + m.group(), shell, count=1)
    return answer_page(request, shell, status=page.status)


def prerender_built_page(request: Request, name: str, body: str, *, status: int = 200) -> Response:
    """Return a page of the build with its content for browsers without JavaScript.

    `name` is its path without the slash, `body` escaped HTML for the place of
    `shell.server_rendered`.
    """
    path = BUILD_FOLDER / name / "index.html"
    built = _read(path, path.stat().st_mtime_ns) if path.exists() else _FALLBACK_PAGE
    built = _HEAD_END.sub(lambda m: _HIDE_SCRIPTED + m.group(), built, count=1)
    # The build links its pages by their folders, which would load the page again.
    built = built.replace(f'href="/{name}/#conteudo"', 'href="#conteudo"', 1)
    page = built.replace(_BODY_PLACE, body, 1)
    return answer_page(request, page, status=status)


def prerender_not_found(request: Request, path: str) -> Response:
    """Return a 404 that still loads the portal's page."""
    body = (
        "<h1>Não encontramos esta página</h1><p>O endereço pode ter mudado. "
        '<a href="/">Procure a unidade</a> ou veja as '
        '<a href="/comarcas">comarcas de A a Z</a>.</p>'
    )
    return prerender_page(
        request,
        PrerenderedPage(
            "Página não encontrada", "Este endereço não existe.", path, body, status=404
        ),
    )


def escape_html(words: str) -> str:
    """Escape text for HTML content and attributes."""
    return html.escape(words, quote=True)


def _head(page: PrerenderedPage) -> str:
    address = f"{settings().base_url}{page.path}"
    parts = [
        f"<title>{escape_html(page.title)}</title>",
        f'<meta name="description" content="{escape_html(page.description)}">',
        f'<link rel="canonical" href="{escape_html(address)}">' if page.status == 200 else "",  # noqa: PLR2004
        '<meta name="robots" content="noindex">' if page.status != 200 else "",  # noqa: PLR2004
        f'<meta property="og:title" content="{escape_html(page.title)}">',
    ]
    return "".join(parts)


def _json_ld_script(page: PrerenderedPage) -> str:
    if not page.data:
        return ""
    data = json.dumps({"@context": "https://schema.org", **page.data}, ensure_ascii=False)
    safe = data.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")
    return f'<script type="application/ld+json">{safe}</script>'


def _read_shell() -> str:
    if not SHELL_FILE.exists():
        return _FALLBACK_HTML
    return _read(SHELL_FILE, SHELL_FILE.stat().st_mtime_ns)


@lru_cache(maxsize=8)
def _read(path: Path, _changed: int) -> str:
    return path.read_text(encoding="utf-8")

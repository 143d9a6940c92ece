"""A unit's prerendered page, QR code and poster, a comarca's sheet, the offline bundle."""

import gzip
from collections.abc import Iterable

from fastapi import APIRouter, Request
from fastapi.responses import Response

from canais_app import routes
from canais_app.api.html.prerender import (
    PrerenderedPage,
    escape_html,
    prerender_not_found,
    prerender_page,
)
from canais_app.api.public_answers import (
    CORS_HEADERS,
    accepts_gzip,
    answer_bytes,
    get_and_head,
    is_known,
)
from canais_app.directory import offline, queries, schema_org
from canais_app.directory.errors import UnitMovedError
from canais_app.directory.paper import qr
from canais_app.directory.paper.poster import render_poster
from canais_app.directory.paper.sheet import render_comarca_sheet
from canais_app.directory.unit_page import load_unit_page
from canais_app.directory.views import ChannelView, UnitPage
from canais_app.kit import clock, db
from canais_app.kit.errors import NotFoundError
from canais_app.kit.text import format_date
from canais_app.settings import settings

router = APIRouter(include_in_schema=False)
PDF_MEDIA_TYPE = "application/pdf"
DAY = 86_400  # seconds
YES_NO = ("não", "sim")


@get_and_head(router, "/unidade/{slug}")
async def get_unit_page(request: Request, slug: str) -> Response:
    """Return a unit's prerendered page, or a 404."""
    try:
        page = await db.read(load_unit_page, slug, now=clock.now())
    except UnitMovedError:
        raise
    except NotFoundError:
        return prerender_not_found(request, routes.unit(slug))
    card = page.card
    where = (
        f" — comarca de {card.comarca}" if card.comarca and card.comarca not in card.name else ""
    )
    names = ", ".join(dict.fromkeys(channel.name for channel in card.channels))
    return prerender_page(
        request,
        PrerenderedPage(
            title=f"{card.name}{where} · Canais de Atendimento do TJMT",
            description=f"{card.name}: {names}. Atendimento: {page.hours}. {card.summary}."[:300],
            path=card.href,
            body=_body(page),
            data=schema_org.unit_json_ld(page, settings().base_url),
        ),
    )


def _body(page: UnitPage) -> str:
    card = page.card
    address = " · ".join(filter(None, page.texts.values()))
    features = (f"{f.name}: {YES_NO[f.has]} {f.note}".strip() for f in page.features)
    sectors = (
        f'<a href="{escape_html(row.href)}">{escape_html(row.name)}</a>'
        for row in (*page.above, *page.sisters)
    )
    return "".join(
        [
            f"<h1>{escape_html(card.name)}</h1><p>{escape_html(card.summary)}</p>",
            f"<p>Atendimento: {escape_html(page.hours)} (horário de Cuiabá).</p>",
            f"<p><b>Agora:</b> {escape_html(card.status_words)}</p>" if card.status_words else "",
            _list("Dias diferentes", (escape_html(f"{d.when}: {d.reason}") for d in page.special)),
            _list("Avisos", (escape_html(f"{n.text} {n.act}".strip()) for n in page.notices)),
            _list("Canais", (_channel_html(row) for row in card.channels if row.href)),
            f"<p>{escape_html(address)}</p>" if address else "",
            _list("Acessibilidade do prédio", map(escape_html, features)),
            _list("Setores relacionados", sectors),
            f'<p><a href="{escape_html(card.report_href)}">Relatar falha</a></p>',
        ]
    )


def _list(title: str, items: Iterable[str]) -> str:
    """Return a heading and a list of HTML items; empty without items."""
    shown = "".join(f"<li>{item}</li>" for item in items)
    return f"<h2>{title}</h2><ul>{shown}</ul>" if shown else ""


def _channel_html(channel: ChannelView) -> str:
    hours = f" ({escape_html(channel.hours)})" if channel.hours else ""
    link = f'<a href="{escape_html(channel.href)}">{escape_html(channel.value)}</a>'
    trouble = f" — {escape_html(channel.trouble)}" if channel.trouble else ""
    return f"{escape_html(channel.name)}: {link}{hours}{trouble}"


@get_and_head(router, "/unidade/{slug}/qr.svg")
async def unit_qr_code(request: Request, slug: str) -> Response:
    """Return the QR code of a unit's page."""
    card = await db.read(queries.load_unit_card, slug, now=clock.now())
    drawing = qr.render_svg(f"{settings().base_url}{card.href}")
    return answer_bytes(request, drawing.encode(), "image/svg+xml", max_age=DAY)


@get_and_head(router, "/unidade/{slug}/cartaz.pdf")
async def get_unit_poster(request: Request, slug: str) -> Response:
    """Return a unit's poster (PDF)."""
    page = await db.read(load_unit_page, slug, now=clock.now())
    body = render_poster(page, settings().base_url)
    return _pdf_response(request, body, f"cartaz-{page.card.slug}.pdf")


@get_and_head(router, "/comarcas/{slug}.pdf")
async def get_comarca_sheet(request: Request, slug: str) -> Response:
    """Return a comarca's contacts on one page (PDF)."""
    now = clock.now()
    name, cards = await db.read(queries.load_comarca_cards, slug, now=now)
    body = render_comarca_sheet(
        name,
        cards,
        printed=format_date(clock.to_local_day(now)),
        address=f"{settings().base_url}{routes.HOME}",
    )
    return _pdf_response(request, body, f"contatos-{slug}.pdf")


@get_and_head(router, "/diretorio.json")
async def offline_bundle(request: Request) -> Response:
    """Return the whole directory for the service worker's offline cache."""
    version, body = await db.read(offline.load_offline_bundle)
    etag = f'"{version}"'
    headers = CORS_HEADERS | {"ETag": etag, "Cache-Control": "no-cache", "Vary": "Accept-Encoding"}
    if is_known(request, etag):
        return Response(status_code=304, headers=headers)
    if not accepts_gzip(request):
        return Response(gzip.decompress(body), media_type="application/json", headers=headers)
    headers["Content-Encoding"] = "gzip"
    return Response(body, media_type="application/json", headers=headers)


def _pdf_response(request: Request, body: bytes, name: str) -> Response:
    response = answer_bytes(request, body, PDF_MEDIA_TYPE, max_age=300)
    response.headers["Content-Disposition"] = f'inline; filename="{name}"'
    return response

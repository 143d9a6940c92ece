"""A unit's prerendered page, QR code and poster, a comarca's sheet, the offline bundle."""

import gzip

from fastapi import APIRouter, Request
from fastapi.responses import Response

from canais_app import routes
from canais_app.api.html.prerender import LIVE_AFTER, PageInfo, prerender_not_found, prerender_page
from canais_app.api.html.templating import render_template
from canais_app.api.public_answers import (
    CORS_HEADERS,
    accepts_gzip,
    answer_bytes,
    get_and_head,
    is_known,
)
from canais_app.directory import offline, queries, schema_org
from canais_app.directory.errors import UnitMovedError
from canais_app.directory.models import TEXT_FIELDS
from canais_app.directory.paper import qr
from canais_app.directory.paper.poster import render_poster
from canais_app.directory.paper.sheet import render_comarca_sheet
from canais_app.directory.unit_page import load_unit_page
from canais_app.kit import clock, db
from canais_app.kit.errors import NotFoundError
from canais_app.kit.text import format_date
from canais_app.settings import settings

router = APIRouter(include_in_schema=False)
PDF_MEDIA_TYPE = "application/pdf"
DAY = 86_400  # seconds


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
    info = PageInfo(
        card.href,
        title=f"{card.name}{where} · Canais de Atendimento do TJMT",
        description=f"{card.name}: {names}. Atendimento: {page.hours}. {card.summary}."[:300],
        image=routes.unit_picture(slug),
        data=schema_org.unit_json_ld(page, settings().base_url),
        starts_after=LIVE_AFTER,
    )
    main = render_template(
        "unit.html.j2",
        page=page,
        card=card,
        comarca_path=routes.comarca_page(card.comarca_slug) if card.comarca else routes.COMARCAS,
        facts=[(field.label, page.texts[field.name]) for field in TEXT_FIELDS],
        routes=routes,
    )
    return prerender_page(request, info, main)


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

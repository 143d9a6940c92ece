"""Downloads of the Corregedoria's figures and of photos, for staff."""

import asyncio

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response

from canais_app import routes
from canais_app.agenda.chambers import desk_export
from canais_app.api.deps import NO_STORE_HEADERS, CookieActor, attachment
from canais_app.complaints import attachments
from canais_app.complaints.analysis import export
from canais_app.complaints.analysis.query import read_query
from canais_app.complaints.statistics.filters import parse_scope
from canais_app.kit import clock, db
from canais_app.kit.forms import parse_id

router = APIRouter()


@router.get(routes.CORREGEDORIA, include_in_schema=False)
async def redirect_to_situations(request: Request) -> RedirectResponse:
    """Redirect the Corregedoria's address to its first screen, with the scope."""
    query = f"?{request.url.query}" if request.url.query else ""
    return RedirectResponse(routes.CORREGEDORIA_SITUATIONS + query)


@router.get(f"{routes.CORREGEDORIA}/arquivos/{{name}}", include_in_schema=False)
async def download_figure(request: Request, name: str, actor: CookieActor) -> Response:
    """Return a figure of the analysis as a file, filtered by the query."""
    now = clock.now()
    sent = dict(request.query_params)
    query = read_query(sent, parse_scope(sent, now=now))
    render = await db.read(export.prepare_file, actor, name[:80], query, now=now)
    body, media = await asyncio.to_thread(render)
    headers = NO_STORE_HEADERS | attachment(f"{clock.to_local_day(now)}-{name[:80]}")
    return Response(body, media_type=media, headers=headers)


@router.get(f"{routes.CHAMBERS}/arquivos/{{name}}", include_in_schema=False)
async def download_agenda(name: str, actor: CookieActor, agenda: str = "") -> Response:
    """Return the appointments of an agenda as a file."""
    now = clock.now()
    prepare = desk_export.prepare_file
    render = await db.write(prepare, actor, parse_id(agenda), name[:80], now=now)
    body, media = await asyncio.to_thread(render)
    headers = NO_STORE_HEADERS | attachment(f"{clock.to_local_day(now)}-{name[:80]}")
    return Response(body, media_type=media, headers=headers)


@router.get(routes.ATTACHMENT, include_in_schema=False)
async def download_photo(id: str, actor: CookieActor) -> Response:  # noqa: A002 (of the path)
    """Return the photo of a complaint, to be saved, never shown in the portal's own pages."""
    number = parse_id(id)
    body = await db.write(attachments.read_photo, actor, number, now=clock.now())
    headers = {
        **NO_STORE_HEADERS,
        **attachment(f"foto-{number}.jpg"),
        "X-Content-Type-Options": "nosniff",
        "Content-Security-Policy": "default-src 'none'; sandbox",
    }
    return Response(body, media_type=attachments.MEDIA_TYPE, headers=headers)

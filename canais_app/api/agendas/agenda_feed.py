"""The calendar feed of an agenda, polled by calendar programs."""

import hashlib

from fastapi import APIRouter, Request, Response

from canais_app import routes
from canais_app.agenda import feeds
from canais_app.api.deps import ClientAddress
from canais_app.kit import clock, db, limits

router = APIRouter(tags=["agendas"])
RATE_LIMIT = "60/minute"


@router.get(routes.AGENDA_FEED, response_class=Response)
async def get_feed(slug: str, request: Request, address: ClientAddress, key: str = "") -> Response:
    """Return an agenda as iCalendar; 404 for a wrong key.

    `If-None-Match` is answered by 304 while nothing has changed. The feed names no attendee.
    """
    limits.check_rate_limit(RATE_LIMIT, "feed", address)
    body = await db.read(feeds.read_feed, slug, key, now=clock.now())
    etag = f'"{hashlib.sha256(body.encode()).hexdigest()[:32]}"'
    headers = {"ETag": etag, "Referrer-Policy": "no-referrer"}
    if etag in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    return Response(body, media_type="text/calendar; charset=utf-8", headers=headers)

"""The calendar address of a gabinete's agenda, as calendar programs read it again and again."""

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
    """Give the agenda as iCalendar to who has its key; 404 for any other key.

    With `If-None-Match` the answer is 304 while nothing has changed. Names nobody as attendee.
    """
    limits.check_rate_limit(RATE_LIMIT, "feed", address)
    words = await db.read(feeds.read_feed, slug, key, now=clock.now())
    mark = f'"{hashlib.sha256(words.encode()).hexdigest()[:32]}"'
    headers = {"ETag": mark, "Referrer-Policy": "no-referrer"}
    if mark in request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    return Response(words, media_type="text/calendar; charset=utf-8", headers=headers)

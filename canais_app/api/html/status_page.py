"""The public status page with its content for browsers without JavaScript."""

from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import Response
from sqlmodel import Session

from canais_app import routes
from canais_app.api.deps import ClientAddress
from canais_app.api.html.prerender import LIVE_AFTER, PageInfo, prerender_drawn_page
from canais_app.api.html.templating import render_template
from canais_app.api.public_answers import get_and_head
from canais_app.complaints.public_status.board import load_status_board
from canais_app.complaints.public_status.subscriptions import STATE_NAME
from canais_app.complaints.status.state import (
    format_moment,
    hour_table,
    list_troubled,
    place_of,
    subscription_place,
)
from canais_app.directory import queries as directory
from canais_app.kit import clock, db, limits
from canais_app.kit.errors import AppError, NotFoundError

router = APIRouter(include_in_schema=False)
READ = "120/minute"


@get_and_head(router, routes.STATUS)
async def get_status_page(request: Request, address: ClientAddress) -> Response:
    """Return the status of the state, or of the comarca or unit of the address."""
    limits.check_rate_limit(READ, "read", address)
    place, status, problem = place_of(request.query_params), 200, ""
    try:
        content = await db.read(_load_content, place)
    except AppError as refusal:
        status = NotFoundError.status
        problem = refusal.message
        content = await db.read(_load_content, {})
    body = render_template("status.html.j2", **content, problem=problem)
    info = PageInfo(routes.STATUS, index=not problem, starts_after=LIVE_AFTER)
    return prerender_drawn_page(request, info, body, status=status)


def _load_content(session: Session, place: dict[str, str]) -> dict[str, Any]:
    board = load_status_board(
        session, now=clock.now(), comarca=place.get("comarca", ""), unit=place.get("unidade", "")
    )
    return {
        "board": board,
        "moment": format_moment(board.at),
        "table": hour_table(board),
        "troubled": list_troubled(board),
        "comarcas": directory.list_comarca_choices(session),
        "place": subscription_place(place),
        "place_name": board.title if place else STATE_NAME,
        "feed": routes.status_feed(place.get("comarca", "")),
        "routes": routes,
    }

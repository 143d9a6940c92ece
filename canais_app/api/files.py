"""Downloads of the Corregedoria's figures, for staff."""

from fastapi import APIRouter, Request
from fastapi.responses import Response

from canais_app import routes
from canais_app.accounts import cookies
from canais_app.accounts import queries as accounts
from canais_app.accounts.roles import PUBLIC
from canais_app.complaints.statistics import export
from canais_app.complaints.statistics.filters import parse_filter
from canais_app.kit import clock, db

router = APIRouter()


@router.get(f"{routes.CORREGEDORIA}/arquivos/{{name}}", include_in_schema=False)
async def download_figure(request: Request, name: str) -> Response:
    """Return a figure of the dashboard as a file, filtered by the query."""
    now = clock.now()
    token = request.cookies.get(cookies.SESSION_COOKIE, "")
    actor = await db.read(accounts.actor_of_session_token, token, now=now) if token else PUBLIC
    chosen = parse_filter(dict(request.query_params), now=now)
    body, media = await db.read(export.export_figure, actor, name[:80], chosen, now=now)
    filename = f"{clock.to_local_day(now)}-{name[:80]}"
    headers = {
        "Content-Disposition": f'attachment; filename="{filename}"',
        "Cache-Control": "no-store",
    }
    return Response(body, media_type=media, headers=headers)

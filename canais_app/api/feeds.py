"""Figures for other programs and for files: the Corregedoria's counts, staff only."""

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from canais_app import routes
from canais_app.accounts import cookies
from canais_app.accounts import queries as accounts
from canais_app.accounts.roles import PUBLIC
from canais_app.api.deps import Who
from canais_app.complaints import tables
from canais_app.complaints.slices import Slice, parse_slice
from canais_app.complaints.tables import By
from canais_app.kit import clock, db
from canais_app.kit.errors import InvalidError

router = APIRouter()


def _split(words: str) -> list[By]:
    names = [word.strip() for word in words.split(",") if word.strip()]
    if not names or len(set(names)) < len(names) or set(names) - set(By):
        known = ", ".join(By)
        raise InvalidError("Confira o pedido.", {"by": f"Use uma ou mais destas: {known}."})
    return [By(name) for name in names]


def _slice(start: date | None, end: date | None, rest: dict[str, str]) -> Slice:
    sent: dict[str, object] = {**rest}
    if start is not None or end is not None:
        sent |= {"de": start, "ate": end}
    else:
        sent |= {"p": "30d"}
    return parse_slice(sent, now=clock.now())


@router.get(f"{routes.API}/stats/complaints", tags=["Reclamações"])
async def count_complaints(  # noqa: PLR0913, PLR0917 (the query's parts)
    who: Who,
    start: Annotated[date | None, Query(alias="from")] = None,
    end: Annotated[date | None, Query(alias="to")] = None,
    by: str = "unit,day",
    comarca: str = "",
    unit: str = "",
    channel: str = "",
    kind: str = "",
) -> dict[str, object]:
    """Count complaints by unit, day, channel or kind between two days; 30 days when not said."""
    rest = {"comarca": comarca, "unidade": unit, "canal": channel, "tipo": kind}
    chosen = _slice(start, end, rest)
    now = clock.now()
    first, last = clock.local_day(chosen.start(now)), chosen.last or clock.local_day(now)
    split = _split(by)
    items = await db.in_reading(tables.count_by, who, first, last, split=split, chosen=chosen)
    return {"from": first, "to": last, "items": items, "next": None}


@router.get(f"{routes.CORREGEDORIA}/arquivos/{{name}}", include_in_schema=False)
async def download(request: Request, name: str) -> Response:
    """Send a figure of the dashboard as a file, for the slice in the address."""
    now = clock.now()
    token = request.cookies.get(cookies.SESSION, "")
    actor = await db.in_reading(accounts.actor_of_cookie, token, now=now) if token else PUBLIC
    chosen = parse_slice(dict(request.query_params), now=now)
    body, media = await db.in_reading(tables.file_of, actor, name[:80], chosen, now=now)
    shown = f"{clock.local_day(now)}-{name[:80]}"
    headers = {
        "Content-Disposition": f'attachment; filename="{shown}"',
        "Cache-Control": "no-store",
    }
    return Response(body, media_type=media, headers=headers)

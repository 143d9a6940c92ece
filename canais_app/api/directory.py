"""The directory in the API: units, comarcas, and the origin of a case."""

from dataclasses import asdict
from typing import Annotated, Any

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel, StringConstraints

from canais_app import routes
from canais_app.agenda import queries as agendas
from canais_app.api.calendar import notice_item
from canais_app.api.deps import ClientAddress
from canais_app.directory import queries, unit_page, unit_search
from canais_app.directory.channels import ChannelKind
from canais_app.directory.models import UnitKind
from canais_app.directory.unit_search import UnitFilters
from canais_app.directory.views import UnitCard
from canais_app.kit import clock, db, limits
from canais_app.kit.paging import decode_offset, encode_offset

router = APIRouter(prefix=routes.API, tags=["diretório"])
CASE_RATE = "60/minute"
SEARCH_RATE = "600/minute"


class CaseNumberRequest(BaseModel):
    """A case number, in the body to keep it out of URLs."""

    number: Annotated[str, StringConstraints(strip_whitespace=True, max_length=60)]


class UnitSearchQuery(BaseModel):
    """A search of units; empty filters are ignored."""

    q: Annotated[str, StringConstraints(max_length=unit_search.MAX_QUERY_LENGTH)] = ""
    comarca: Annotated[str, StringConstraints(max_length=80)] = ""
    kind: UnitKind | None = None
    channel: ChannelKind | None = None
    competence: Annotated[str, StringConstraints(max_length=80)] = ""
    open_now: bool = False
    limit: int = 20
    cursor: Annotated[str, StringConstraints(max_length=200)] = ""


def _unit(card: UnitCard) -> dict[str, Any]:
    return {
        "slug": card.slug,
        "name": card.name,
        "comarca": card.comarca,
        "kind": card.kind,
        "competences": card.competences,
        "channels": [
            {
                key: value
                for key, value in asdict(channel).items()
                if key != "id" and (value or key == "value")
            }
            for channel in card.channels
        ],
        "open": {
            "is_open": card.is_open,
            "reason": card.open_reason,
            "next_change": card.next_change or None,
            "words": card.open_words,
            "deadlines_suspended": card.deadlines_suspended,
            "on_call": card.on_call,
        },
        "status": card.status or "normal",
        "notices": card.notices,
        "agenda": card.agenda_href or None,
        "next_free": card.next_free or None,
        "verified": card.verified or None,
        "is_demo": card.is_demo,
        "url": card.href,
        "score": card.score,
        "score_parts": card.parts,
    }


@router.get("/units")
async def search_units(
    query: Annotated[UnitSearchQuery, Query()], address: ClientAddress, response: Response
) -> dict[str, Any]:
    """Return the units that match the query and the filters, best first."""
    limits.check_rate_limit(SEARCH_RATE, "units", address)
    answer = await db.read(
        unit_search.find_units,
        query.q,
        UnitFilters(
            comarca=query.comarca,
            kind=query.kind or "",
            channel=query.channel or "",
            competence=query.competence,
            open_now=query.open_now,
        ),
        now=clock.now(),
        limit=query.limit,
        offset=decode_offset(query.cursor),
    )
    if answer.case:
        response.headers["Cache-Control"] = "no-store"
    return {
        "items": [_unit(card) for card in answer.items],
        "next": encode_offset(answer.next) or None,
        "total": answer.total,
        "did_you_mean": answer.did_you_mean or None,
        "understood": [
            {"kind": part.kind, "label": part.label, "words": part.words}
            for part in answer.understood
        ],
        "advice": answer.advice or (answer.case.message if answer.case else None),
    }


@router.get("/units/{slug}")
async def get_unit_details(slug: str) -> dict[str, Any]:
    """Return a unit with its sectors, notices, and the statistics of its agendas."""
    now = clock.now()
    page = await db.read(unit_page.load_unit_page, slug, now=now)
    return {
        **_unit(page.card),
        "degree": page.degree,
        **page.texts,
        "hours": page.hours,
        "above": [{"slug": card.slug, "name": card.name} for card in page.above],
        "sectors": [{"slug": card.slug, "name": card.name} for card in page.sisters],
        "notices": [notice_item(view) for view in page.notices],
        "figures": asdict(await db.read(agendas.load_unit_statistics, slug, now=now)),
    }


@router.get("/comarcas")
async def list_comarcas() -> dict[str, Any]:
    """Return the installed comarcas from A to Z with the towns that each serves."""
    found = await db.read(queries.list_comarcas)
    items = [
        {"slug": row.slug, "name": row.name, "towns": row.towns, "units": row.units}
        for row in found
    ]
    return {"items": items, "next": None}


@router.post("/case-lookup")
async def look_up_case(request: CaseNumberRequest, address: ClientAddress) -> dict[str, Any]:
    """Return the origin of a case and its units. The number is neither stored nor logged."""
    limits.check_rate_limit(CASE_RATE, "case", address)
    answer = await db.read(unit_search.find_case_origin, request.number, now=clock.now())
    return {
        "valid": answer.valid,
        "origin_code": answer.origin_code or None,
        "comarca": answer.comarca or None,
        "units": [_unit(card) for card in answer.units],
        "message": answer.message,
    }

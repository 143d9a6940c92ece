"""The directory in the API: units, comarcas, and the origin of a case."""

from datetime import datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response
from pydantic import BaseModel, ConfigDict, StringConstraints

from canais_app import routes
from canais_app.agenda import queries as agendas
from canais_app.agenda.statistics import AgendaStatistics
from canais_app.api.calendar import NoticeItem, notice_item
from canais_app.api.deps import ClientAddress, ViewModel, attachment
from canais_app.api.public_answers import NoParameters, answer_bytes, answer_model, get_and_head
from canais_app.directory import queries, unit_page, unit_search, vcard
from canais_app.directory.channels import ChannelKind
from canais_app.directory.models import UnitKind
from canais_app.directory.unit_search import UnitFilters
from canais_app.directory.views import ChannelView, UnitCard, UnitPage
from canais_app.kit import clock, db, limits
from canais_app.kit.paging import decode_offset, encode_offset
from canais_app.settings import settings

router = APIRouter(prefix=routes.API, tags=["diretório"])
CASE_RATE = "60/minute"
SEARCH_RATE = "600/minute"
MAX_AGE = 30  # seconds
COMARCAS_MAX_AGE = 3600
UNIT_EXAMPLE = {
    "code": "TJMT-00519",
    "slug": "2a-vara-civel-de-sinop",
    "name": "2ª Vara Cível de Sinop",
    "comarca": "Sinop",
    "kind": "vara",
    "competences": ["cível"],
    "channels": [
        {
            "kind": "telefone",
            "name": "Telefone",
            "label": "(66) 3000-0123",
            "value": "(66) 3000-0123",
            "href": "tel:+556630000123",
            "note": None,
            "hours": None,
            "verified": "2026-11-18",
            "trouble": None,
        }
    ],
    "open": {
        "is_open": True,
        "reason": "",
        "next_change": "2026-11-30T19:00:00-04:00",
        "words": "Aberta · fecha às 19h",
        "deadlines_suspended": False,
        "on_call": False,
    },
    "status": "normal",
    "notices": [],
    "agenda": None,
    "next_free": None,
    "verified": "2026-11-18",
    "updated_at": "2026-11-18T10:20:00-04:00",
    "is_demo": False,
    "url": "/unidade/2a-vara-civel-de-sinop",
    "score": 0.0,
    "score_parts": {},
}


class CaseNumberRequest(BaseModel):
    """A case number, in the body to keep it out of URLs."""

    number: Annotated[str, StringConstraints(strip_whitespace=True, max_length=60)]


class UnitSearchQuery(BaseModel):
    """A search of units; empty filters are ignored."""

    model_config = ConfigDict(extra="forbid")

    q: Annotated[str, StringConstraints(max_length=unit_search.MAX_QUERY_LENGTH)] = ""
    comarca: Annotated[str, StringConstraints(max_length=80)] = ""
    kind: UnitKind | None = None
    channel: ChannelKind | None = None
    competence: Annotated[str, StringConstraints(max_length=80)] = ""
    degree: Literal["1", "2"] | None = None
    open_now: bool = False
    limit: int = 20
    cursor: Annotated[str, StringConstraints(max_length=200)] = ""


class ChannelItem(BaseModel):
    """A channel. `value` is for people, `href` for programs; `hours` null: those of the unit."""

    kind: ChannelKind
    name: str
    label: str
    value: str
    href: str | None
    note: str | None
    hours: str | None
    verified: str | None
    trouble: str | None


class OpenItem(BaseModel):
    """Whether the unit is open now, why not, and when that changes (RFC 3339)."""

    is_open: bool
    reason: str
    next_change: str | None
    words: str
    deadlines_suspended: bool
    on_call: bool


class UnitItem(BaseModel):
    """A unit. `code` never changes; `slug` and `url` follow the name."""

    model_config = ConfigDict(json_schema_extra={"examples": [UNIT_EXAMPLE]})

    code: str
    slug: str
    name: str
    comarca: str
    kind: UnitKind
    competences: list[str]
    channels: list[ChannelItem]
    open: OpenItem
    status: str
    notices: list[str]
    agenda: str | None
    next_free: str | None
    verified: str | None
    updated_at: str
    is_demo: bool
    url: str
    score: float
    score_parts: dict[str, float]


class UnderstoodItem(ViewModel):
    """What some words of the query were taken to mean."""

    kind: str
    label: str
    words: str


class UnitList(BaseModel):
    """Units, best first, and how the query was understood."""

    items: list[UnitItem]
    next: str | None
    total: int
    did_you_mean: str | None
    understood: list[UnderstoodItem]
    advice: str | None


class UnitLink(ViewModel):
    """A related unit."""

    code: str
    slug: str
    name: str


class HoursItem(BaseModel):
    """Weekly hours of a day: 1 is Monday (ISO 8601), times in the court's zone."""

    weekday: int
    opens: str
    closes: str


class SpecialHoursItem(BaseModel):
    """Days with other hours, both included; without times the unit is closed."""

    first: str
    last: str
    reason: str
    opens: str | None
    closes: str | None


class UnitDetails(UnitItem):
    """A unit with its hours by day, the units around it, notices, and figures of its agendas."""

    degree: int | None
    address: str
    room: str
    hours: str
    hours_by_day: list[HoursItem]
    special_hours: list[SpecialHoursItem]
    above: list[UnitLink]
    sectors: list[UnitLink]
    notices: list[NoticeItem]  # pyright: ignore[reportIncompatibleVariableOverride]
    figures: AgendaStatistics


class ComarcaItem(ViewModel):
    """A comarca with the towns that it serves, and the number of its units."""

    slug: str
    name: str
    towns: list[str]
    units: int


class ComarcaList(BaseModel):
    """The installed comarcas from A to Z."""

    items: list[ComarcaItem]
    next: str | None = None


class CaseOrigin(BaseModel):
    """Where a case began, as its number tells."""

    valid: bool
    origin_code: str | None
    comarca: str | None
    units: list[UnitItem]
    message: str


def _channel(view: ChannelView) -> ChannelItem:
    return ChannelItem(
        kind=ChannelKind(view.kind),
        name=view.name,
        label=view.label,
        value=view.value,
        href=view.href or None,
        note=view.note or None,
        hours=view.hours or None,
        verified=view.verified_on or None,
        trouble=view.trouble or None,
    )


def _unit(card: UnitCard) -> UnitItem:
    return UnitItem(
        code=card.code,
        slug=card.slug,
        name=card.name,
        comarca=card.comarca,
        kind=UnitKind(card.kind),
        competences=card.competences,
        channels=[_channel(view) for view in card.channels],
        open=OpenItem(
            is_open=card.is_open,
            reason=card.open_reason,
            next_change=card.next_change or None,
            words=card.open_words,
            deadlines_suspended=card.deadlines_suspended,
            on_call=card.on_call,
        ),
        status=card.status or "normal",
        notices=card.notices,
        agenda=card.agenda_href or None,
        next_free=card.next_free or None,
        verified=card.verified_on or None,
        updated_at=card.updated_at,
        is_demo=card.is_demo,
        url=card.href,
        score=card.score,
        score_parts=card.parts,
    )


def _details(page: UnitPage, figures: AgendaStatistics) -> UnitDetails:
    return UnitDetails.model_validate(
        {
            **_unit(page.card).model_dump(),
            "degree": int(page.degree[0]) if page.degree else None,
            **page.texts,
            "hours": page.hours,
            "hours_by_day": [
                HoursItem(weekday=day + 1, opens=opens, closes=closes)
                for day, opens, closes in page.spans
            ],
            "special_hours": [
                SpecialHoursItem(
                    first=days.first.isoformat(),
                    last=days.last.isoformat(),
                    reason=days.reason,
                    opens=days.opens or None,
                    closes=days.closes or None,
                )
                for days in page.special
            ],
            "above": [UnitLink.model_validate(card) for card in page.above],
            "sectors": [UnitLink.model_validate(card) for card in page.sisters],
            "notices": [notice_item(view) for view in page.notices],
            "figures": figures,
        }
    )


@get_and_head(router, "/units", response_model=UnitList)
async def search_units(
    request: Request, query: Annotated[UnitSearchQuery, Query()], address: ClientAddress
) -> Response:
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
            degree=int(query.degree or 0),
            open_now=query.open_now,
        ),
        now=clock.now(),
        limit=query.limit,
        offset=decode_offset(query.cursor),
    )
    found = UnitList(
        items=[_unit(card) for card in answer.items],
        next=encode_offset(answer.next) or None,
        total=answer.total,
        did_you_mean=answer.did_you_mean or None,
        understood=[UnderstoodItem.model_validate(part) for part in answer.understood],
        advice=answer.advice or (answer.case.message if answer.case else None),
    )
    response = answer_model(request, found, max_age=MAX_AGE)
    if answer.case:
        response.headers["Cache-Control"] = "no-store"
    return response


@get_and_head(
    router,
    "/units/{slug}.vcf",
    response_class=Response,
    responses={200: {"content": {vcard.MEDIA_TYPE: {}}}},
    dependencies=[NoParameters],
)
async def get_unit_vcard(request: Request, slug: str, address: ClientAddress) -> Response:
    """Return a unit as a contact card (vCard 4.0, RFC 6350)."""
    limits.check_rate_limit(SEARCH_RATE, "units", address)
    page = await db.read(unit_page.load_unit_page, slug, now=clock.now())
    response = answer_bytes(
        request,
        vcard.serialize_unit(page, settings().base_url).encode(),
        f"{vcard.MEDIA_TYPE}; charset=utf-8",
        max_age=COMARCAS_MAX_AGE,
        modified=datetime.fromisoformat(page.card.updated_at),
    )
    response.headers.update(attachment(f"{page.card.slug}.vcf"))
    return response


@get_and_head(router, "/units/{slug}", response_model=UnitDetails, dependencies=[NoParameters])
async def get_unit_details(request: Request, slug: str, address: ClientAddress) -> Response:
    """Return a unit with its sectors, notices, and the statistics of its agendas."""
    limits.check_rate_limit(SEARCH_RATE, "units", address)
    now = clock.now()
    page = await db.read(unit_page.load_unit_page, slug, now=now)
    figures = await db.read(agendas.load_unit_statistics, slug, now=now)
    return answer_model(request, _details(page, figures), max_age=MAX_AGE)


@get_and_head(router, "/comarcas", response_model=ComarcaList, dependencies=[NoParameters])
async def list_comarcas(request: Request) -> Response:
    """Return the installed comarcas from A to Z with the towns that each serves."""
    found = await db.read(queries.list_comarcas)
    items = [ComarcaItem.model_validate(row) for row in found]
    return answer_model(request, ComarcaList(items=items), max_age=COMARCAS_MAX_AGE)


@router.post("/case-lookup")
async def look_up_case(request: CaseNumberRequest, address: ClientAddress) -> CaseOrigin:
    """Return the origin of a case and its units. The number is neither stored nor logged."""
    limits.check_rate_limit(CASE_RATE, "case", address)
    answer = await db.read(unit_search.find_case_origin, request.number, now=clock.now())
    return CaseOrigin(
        valid=answer.valid,
        origin_code=answer.origin_code or None,
        comarca=answer.comarca or None,
        units=[_unit(card) for card in answer.units],
        message=answer.message,
    )

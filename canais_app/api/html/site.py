"""The public pages with today's content in the HTML: home, search, agendas, comarcas, fixed ones.

They are the pages of the build, in which what needs JavaScript has the class `js-only`.
"""

from dataclasses import replace
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Form, Request
from fastapi.responses import RedirectResponse, Response
from sqlmodel import Session

from canais_app import routes
from canais_app.agenda import queries as agendas
from canais_app.agenda.listing.state import agenda_row, filter_rows
from canais_app.api.deps import ClientAddress, RequireOwnOrigin
from canais_app.api.html.frame import render_frame
from canais_app.api.html.prerender import (
    PageInfo,
    prerender_built_page,
    prerender_drawn_page,
    prerender_not_found,
    render_info,
)
from canais_app.api.html.templating import render_template
from canais_app.api.public_answers import answer_page, get_and_head
from canais_app.directory import notices, queries, unit_search
from canais_app.directory.channels import ChannelKind
from canais_app.directory.finder.case_choices import list_case_choices
from canais_app.directory.finder.parts import PJE, PJE_HINT, SHORTCUTS
from canais_app.directory.search import case_number
from canais_app.directory.unit_search import UnitFilters
from canais_app.directory.views import SearchAnswer
from canais_app.kit import clock, db, limits
from canais_app.kit.errors import AppError, NotFoundError
from canais_app.kit.text import pluralise

router = APIRouter(include_in_schema=False)
SEARCH_RATE = "240/minute"
PAGE_SIZE = 20
MAX_SHOWN = 100  # cards of one answer without JavaScript
FIXED_PAGES = (
    routes.COMARCAS,
    routes.ABOUT,
    routes.ACCESSIBILITY,
    routes.PRIVACY,
    routes.OPEN_DATA,
)
WITHOUT_SLASH = (
    *FIXED_PAGES,
    routes.AGENDAS,
    routes.STATUS,
    routes.TRANSPARENCY,
    "/unidade/{slug}",
    "/agenda/{slug}",
    "/comarcas/{slug}",
)


@get_and_head(router, routes.HOME)
async def get_home(request: Request, address: ClientAddress) -> Response:
    """Return the home page, or the answer to the search in the address."""
    sent = request.query_params
    words = sent.get("q", "")[: unit_search.MAX_QUERY_LENGTH + 1]
    channel = sent.get("canal", "")
    filters = UnitFilters(
        channel=channel if channel in set(ChannelKind) else "",
        degree=2 if sent.get("grau") == "2" else 0,
        open_now=sent.get("aberta") == "1",
    )
    shown = sent.get("mostrar", "")
    count = min(int(shown), MAX_SHOWN) if shown.isdecimal() and len(shown) < 4 else PAGE_SIZE  # noqa: PLR2004
    if words or filters != UnitFilters():
        limits.check_rate_limit(SEARCH_RATE, "search", address)
    content = await db.read(_load_home, words, filters, count)
    body = render_template("home.html.j2", **content, shortcuts=SHORTCUTS, routes=routes)
    is_search = content["answer"] is not None or bool(content["problem"])
    info = PageInfo(routes.HOME, index=not is_search)
    shown = "" if content["answer"] and content["answer"].case else words
    answer = prerender_drawn_page(request, info, body, words=shown)
    if content["answer"] and content["answer"].case:
        answer.headers["Cache-Control"] = "no-store"
    return answer


@router.post(routes.SEARCH_FORM, dependencies=[RequireOwnOrigin])
async def search(
    request: Request, address: ClientAddress, busca: Annotated[str, Form()] = ""
) -> Response:
    """Redirect to the answer of a search; a case number, kept out of addresses, is answered."""
    words = busca.strip()[: unit_search.MAX_QUERY_LENGTH + 1]
    if case_number.can_be_in_address(words):
        return RedirectResponse(home_path(words, UnitFilters()), 303)
    limits.check_rate_limit(SEARCH_RATE, "search", address)
    content = await db.read(_load_home, words, UnitFilters(), PAGE_SIZE)
    body = render_template("home.html.j2", **content, shortcuts=SHORTCUTS, routes=routes)
    answer = prerender_built_page(request, PageInfo(routes.HOME, index=False), body)
    answer.headers["Cache-Control"] = "no-store"
    return answer


def home_path(words: str, filters: UnitFilters, **more: object) -> str:
    """Return the address of a search."""
    given = {
        "q": words,
        "canal": filters.channel,
        "grau": filters.degree,
        "aberta": "1" if filters.open_now else "",
        **more,
    }
    query = urlencode({name: value for name, value in given.items() if value})
    return f"{routes.HOME}?{query}" if query else routes.HOME


def _load_home(session: Session, words: str, filters: UnitFilters, count: int) -> dict[str, Any]:
    now = clock.now()
    answer: SearchAnswer | None = None
    problem = ""
    if words.strip() or filters != UnitFilters():
        try:
            answer = unit_search.find_units(session, words, filters, now=now, limit=count)
        except AppError as refusal:
            problem = refusal.message
    is_more = answer is not None and answer.next and count < MAX_SHOWN
    return {
        "answer": answer,
        "problem": problem,
        "choices": list_case_choices(session, answer.case) if answer and answer.case else [],
        "pje": (PJE, PJE_HINT),
        "notices": notices.list_current_and_announced(session, now),
        "filters": _filter_links(words, filters) if answer and not answer.case else [],
        "suggestion": home_path(answer.did_you_mean, filters) if answer else "",
        "more": home_path(words, filters, mostrar=count + PAGE_SIZE) if is_more else "",
    }


def _filter_links(words: str, filters: UnitFilters) -> list[tuple[str, str, bool]]:
    """Return each filter with the address that turns it on, or off."""
    counter = ChannelKind.VIRTUAL_COUNTER
    has_counter = filters.channel == counter
    turned = (
        ("Aberta agora", replace(filters, open_now=not filters.open_now), filters.open_now),
        ("Balcão Virtual", replace(filters, channel="" if has_counter else counter), has_counter),
        ("2º grau", replace(filters, degree=0 if filters.degree else 2), bool(filters.degree)),
    )
    return [(label, home_path(words, after), is_on) for label, after, is_on in turned]


@get_and_head(router, routes.AGENDAS)
async def get_agendas(request: Request, address: ClientAddress) -> Response:
    """Return the published agendas with the next free time of each."""
    limits.check_rate_limit(SEARCH_RATE, "search", address)
    words = request.query_params.get("q", "")[:200]
    comarca = request.query_params.get("comarca", "")[:80]
    cards = await db.read(agendas.list_agendas, now=clock.now())
    rows = filter_rows([agenda_row(card) for card in cards], words, comarca)
    body = render_template(
        "agendas.html.j2",
        rows=rows,
        words=words,
        found=pluralise(len(rows), "agenda publicada", "agendas publicadas"),
        routes=routes,
    )
    return prerender_drawn_page(request, PageInfo(routes.AGENDAS), body)


@get_and_head(router, routes.COMARCA)
async def get_comarca(request: Request, slug: str) -> Response:
    """Return a comarca: its units with their channels now, its towns and notices."""
    try:
        content = await db.read(_load_comarca, slug)
    except NotFoundError:
        return prerender_not_found(request, routes.COMARCAS)
    name, towns = content["name"], content["towns"]
    info = PageInfo(
        routes.comarca_page(slug),
        title=f"Comarca de {name} · Canais de Atendimento do TJMT",
        description=f"Telefone, e-mail, WhatsApp e Balcão Virtual das unidades da comarca de {name}"
        + (f", que atende também {', '.join(towns)}" if towns else "")
        + ".",
    )
    main = render_template("comarca.html.j2", **content, slug=slug, routes=routes)
    return answer_page(request, render_frame(main, render_info(info)))


def _load_comarca(session: Session, slug: str) -> dict[str, Any]:
    now = clock.now()
    name, cards = queries.load_comarca_cards(session, slug, now=now)
    found = next(row for row in queries.list_comarcas(session) if row.slug == slug)
    return {
        "name": name,
        "cards": cards,
        "towns": found.towns,
        "count": pluralise(found.units, "unidade", "unidades"),
        "notices": notices.list_for_place(session, now=now, comarca=slug),
    }


def _serve_fixed(path: str) -> None:
    async def serve(request: Request) -> Response:
        return prerender_built_page(request, PageInfo(path))

    get_and_head(router, path, name=f"page{path}")(serve)


async def drop_slash(request: Request) -> RedirectResponse:
    """Redirect to the address without its last slash."""
    query = f"?{request.url.query}" if request.url.query else ""
    return RedirectResponse(request.url.path.rstrip("/") + query, 308)


for _path in FIXED_PAGES:
    _serve_fixed(_path)
for _path in WITHOUT_SLASH:
    get_and_head(router, f"{_path}/")(drop_slash)

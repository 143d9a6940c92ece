"""Agenda pages readable without JavaScript, the sitemap and robots.txt."""

from xml.sax.saxutils import escape as xml

from fastapi import APIRouter, Request
from fastapi.responses import Response

from canais_app import routes
from canais_app.agenda import queries as agendas
from canais_app.agenda.models import MODALITY_NAMES, Modality
from canais_app.api.html.prerender import PageInfo, prerender_not_found, prerender_page
from canais_app.api.html.templating import render_template
from canais_app.api.public_answers import answer_bytes, get_and_head
from canais_app.directory import queries
from canais_app.kit import clock, db
from canais_app.kit.errors import NotFoundError
from canais_app.settings import settings

router = APIRouter(include_in_schema=False)
MAX_AGE = 3600  # seconds
PUBLIC_PATHS = (
    routes.HOME,
    routes.COMARCAS,
    routes.AGENDAS,
    routes.REPORT,
    routes.STATUS,
    routes.ABOUT,
    routes.ACCESSIBILITY,
    routes.PRIVACY,
    routes.OPEN_DATA,
    routes.TRANSPARENCY,
)


@get_and_head(router, "/agenda/{slug}")
async def agenda_page(request: Request, slug: str) -> Response:
    """Return an agenda's prerendered page, or a 404."""
    try:
        view = await db.read(agendas.load_agenda_view, slug, now=clock.now())
    except NotFoundError:
        return prerender_not_found(request, routes.agenda(slug))
    names = ", ".join(MODALITY_NAMES[Modality(m)].lower() for m in view.modalities)
    main = render_template(
        "agenda.html.j2",
        view=view,
        modalities=names,
        unit_path=routes.unit(view.unit_slug),
        routes=routes,
    )
    info = PageInfo(
        routes.agenda(slug),
        title=f"{view.title} · Agendar com magistrado",
        description=f"Horários livres para advogados: {view.unit}. Atendimento por {names}.",
        image=routes.agenda_picture(slug),
        starts_after=0,  # nobody can book before
    )
    return prerender_page(request, info, main)


def _sitemap_url(path: str, changed: str = "") -> str:
    when = f"<lastmod>{changed}</lastmod>" if changed else ""
    return f"<url><loc>{xml(settings().base_url + path)}</loc>{when}</url>"


@get_and_head(router, "/sitemap.xml")
async def get_sitemap(request: Request) -> Response:
    """Return the sitemap of all public pages."""
    units = await db.read(queries.list_unit_paths)
    open_agendas = await db.read(agendas.list_agenda_paths)
    comarcas = await db.read(queries.list_comarca_choices)
    places = [routes.comarca_page(row.code) for row in comarcas]
    fixed = [_sitemap_url(path) for path in (*PUBLIC_PATHS, *places, *open_agendas)]
    rows = "".join([*fixed, *(_sitemap_url(path, f"{changed}") for path, changed in units)])
    text = (
        '<?xml version="1.0" encoding="UTF-8"?>'
        f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{rows}</urlset>'
    )
    return answer_bytes(request, text.encode(), "application/xml", max_age=MAX_AGE)


@get_and_head(router, "/robots.txt")
async def get_robots(request: Request) -> Response:
    """Allow search engines only on public pages."""
    private = (
        routes.STAFF_HOME,
        routes.CHAMBERS,
        routes.MANAGEMENT,
        routes.CORREGEDORIA,
        routes.ADMIN,
    )
    lines = [
        "User-agent: *",
        *(
            f"Disallow: {path}"
            for path in (*private, "/agendamento/", f"{routes.MY_APPOINTMENTS}/")
        ),
    ]
    body = "\n".join([*lines, f"Sitemap: {settings().base_url}/sitemap.xml", ""]).encode()
    return answer_bytes(request, body, "text/plain; charset=utf-8", max_age=MAX_AGE)

"""The public pages that must be readable without JavaScript, the sitemap and robots.txt."""

from typing import Any
from xml.sax.saxutils import escape as xml

from fastapi import APIRouter
from fastapi.responses import HTMLResponse, PlainTextResponse, Response

from canais_app import routes
from canais_app.agenda import queries as agendas
from canais_app.agenda.models import MODALITY_NAMES, Modality
from canais_app.api.shell import Readable, escape, missing, respond
from canais_app.directory import queries
from canais_app.directory.views import ChannelView, UnitPage
from canais_app.kit import clock, db
from canais_app.kit.errors import NotFoundError
from canais_app.settings import settings

router = APIRouter(include_in_schema=False)
PUBLIC = (
    routes.HOME,
    routes.COMARCAS,
    routes.AGENDAS,
    routes.REPORT,
    routes.STATUS,
    routes.ABOUT,
    routes.ACCESSIBILITY,
    routes.PRIVACY,
    routes.OPEN_DATA,
)
DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
CONTACTS = {"telefone": "telephone", "whatsapp": "telephone", "email": "email"}


@router.api_route("/unidade/{slug}", methods=["GET", "HEAD"])
async def unit(slug: str) -> HTMLResponse:
    """Return a unit's page with its words in the HTML; unknown ones are a real 404."""
    try:
        page = await db.in_reading(queries.unit_page, slug, now=clock.now())
    except NotFoundError:
        return missing(routes.unit(slug))
    card = page.card
    where = (
        f" — comarca de {card.comarca}" if card.comarca and card.comarca not in card.name else ""
    )
    ways = ", ".join(dict.fromkeys(channel.name for channel in card.channels))
    return respond(
        Readable(
            title=f"{card.name}{where} · Canais de Atendimento do TJMT",
            description=f"{card.name}: {ways}. Atendimento: {page.hours}. {card.summary}."[:300],
            path=card.href,
            body=_unit_body(page),
            data=_unit_data(page),
        )
    )


def _unit_body(page: UnitPage) -> str:
    card = page.card
    ways = "".join(f"<li>{_way(channel)}</li>" for channel in card.channels if channel.href)
    notices = "".join(f"<li>{escape(f'{n.text} {n.act}'.strip())}</li>" for n in page.notices)
    sectors = "".join(
        f'<li><a href="{escape(row.href)}">{escape(row.name)}</a></li>'
        for row in (*page.above, *page.sisters)
    )
    address = " · ".join(part for part in (page.address, page.room) if part)
    return "".join(
        [
            f"<h1>{escape(card.name)}</h1><p>{escape(card.summary)}</p>",
            f"<p>Atendimento: {escape(page.hours)} (horário de Cuiabá).</p>",
            f"<h2>Avisos</h2><ul>{notices}</ul>" if notices else "",
            f"<h2>Canais</h2><ul>{ways}</ul>",
            f"<p>{escape(address)}</p>" if address else "",
            f"<h2>Setores relacionados</h2><ul>{sectors}</ul>" if sectors else "",
            f'<p><a href="{escape(card.report_href)}">Relatar falha</a></p>',
        ]
    )


def _way(channel: ChannelView) -> str:
    hours = f" ({escape(channel.hours)})" if channel.hours else ""
    link = f'<a href="{escape(channel.href)}">{escape(channel.value)}</a>'
    return f"{escape(channel.name)}: {link}{hours}"


def _unit_data(page: UnitPage) -> dict[str, Any]:
    card = page.card
    data: dict[str, Any] = {
        "@type": "Courthouse" if card.kind == "diretoria" else "GovernmentOffice",
        "name": card.name,
        "url": f"{settings().base_url}{card.href}",
        "parentOrganization": {
            "@type": "GovernmentOrganization",
            "name": "Tribunal de Justiça do Estado de Mato Grosso",
        },
        "contactPoint": [
            {"@type": "ContactPoint", "contactType": c.name, CONTACTS[c.kind]: c.value}
            for c in card.channels
            if c.kind in CONTACTS
        ],
        "openingHoursSpecification": [
            {"@type": "OpeningHoursSpecification", "dayOfWeek": DAYS[day], "opens": a, "closes": b}
            for day, a, b in page.spans
        ],
    }
    if page.address:
        data["address"] = {
            "@type": "PostalAddress",
            "streetAddress": page.address,
            "addressLocality": card.comarca,
            "addressRegion": "MT",
            "addressCountry": "BR",
        }
    return data


@router.api_route("/agenda/{slug}", methods=["GET", "HEAD"])
async def agenda(slug: str) -> HTMLResponse:
    """Return an agenda's page with its words in the HTML; unknown ones are a real 404."""
    try:
        view = await db.in_reading(agendas.agenda_view, slug, now=clock.now())
    except NotFoundError:
        return missing(routes.agenda(slug))
    ways = ", ".join(MODALITY_NAMES[Modality(m)].lower() for m in view.modalities)
    body = (
        f"<h1>{escape(view.title)}</h1><p>{escape(view.unit)}</p>"
        f"<p>Atendimento a advogadas e advogados, de {view.slot_minutes} minutos: {escape(ways)}. "
        "Para escolher um horário aqui é preciso JavaScript; sem ele, use os canais da unidade: "
        f'<a href="{escape(routes.unit(view.unit_slug))}">{escape(view.unit)}</a>. Advogados podem '
        "ser recebidos sem hora marcada, por ordem de chegada (Lei 8.906/94, art. 7º, VIII).</p>"
    )
    return respond(
        Readable(
            title=f"{view.title} · Agendar com magistrado",
            description=f"Horários livres para advogados: {view.unit}. Atendimento por {ways}.",
            path=routes.agenda(slug),
            body=body,
        )
    )


@router.api_route("/sitemap.xml", methods=["GET", "HEAD"])
async def sitemap() -> Response:
    """Return every public page, units from the database."""
    units = await db.in_reading(queries.unit_paths)
    rows = "".join(
        f"<url><loc>{xml(settings().base_url + path)}</loc></url>" for path in (*PUBLIC, *units)
    )
    text = (
        '<?xml version="1.0" encoding="UTF-8"?>'
        f'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">{rows}</urlset>'
    )
    return Response(text, media_type="application/xml")


@router.api_route("/robots.txt", methods=["GET", "HEAD"])
async def robots() -> PlainTextResponse:
    """Welcome search engines to the public pages only."""
    private = (routes.DESK, routes.CHAMBERS, routes.MANAGEMENT, routes.CORREGEDORIA, routes.ADMIN)
    lines = ["User-agent: *", *(f"Disallow: {path}" for path in (*private, "/agendamento/"))]
    return PlainTextResponse("\n".join([*lines, f"Sitemap: {settings().base_url}/sitemap.xml", ""]))

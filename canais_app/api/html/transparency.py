"""The page of evidence for the CNJ's Ranking da Transparência, and its file."""

from fastapi import APIRouter, Request
from fastapi.responses import Response

from canais_app import routes
from canais_app.api.deps import ClientAddress, attachment
from canais_app.api.html.frame import render_frame
from canais_app.api.html.prerender import PageInfo, prerender_not_found, render_info
from canais_app.api.html.templating import render_template
from canais_app.api.public_answers import NoParameters, answer_bytes, answer_page, get_and_head
from canais_app.directory import cards, transparency
from canais_app.kit import clock, db, export, limits
from canais_app.kit.text import format_date, format_datetime, format_number
from canais_app.settings import settings

router = APIRouter(include_in_schema=False)
READ = "120/minute"
MAX_AGE = 300  # seconds
SECOND_DEGREE = "2o-grau"  # the place of units without a comarca, in the address


@get_and_head(router, routes.TRANSPARENCY)
async def get_transparency_page(request: Request, address: ClientAddress) -> Response:
    """Return how many units publish each contact, or those of the comarca of the address."""
    limits.check_rate_limit(READ, "read", address)
    now = clock.now()
    evidence = await db.read(transparency.load_evidence, now=now)
    chosen = request.query_params.get("comarca", "")
    slug = "" if chosen == SECOND_DEGREE else chosen
    place = next((row for row in evidence.places if chosen and row.slug == slug), None)
    if chosen and place is None:
        return prerender_not_found(request, routes.TRANSPARENCY)
    main = render_template(
        "transparency.html.j2",
        evidence=evidence,
        place=place,
        units=[unit for unit in evidence.units if place and unit.comarca_slug == slug],
        at=format_datetime(now),
        days=cards.FRESH.days,
        second_degree=SECOND_DEGREE,
        format_date=format_date,
        format_number=format_number,
        routes=routes,
    )
    info = PageInfo(
        routes.TRANSPARENCY,
        title="Transparência dos contatos · Canais de Atendimento do TJMT",
        description="Quantas unidades do TJMT publicam telefone, horário e Balcão Virtual, e "
        "quando cada contato foi conferido.",
        index=place is None,
    )
    return answer_page(request, render_frame(main, render_info(info)))


@get_and_head(router, routes.TRANSPARENCY_FILE, dependencies=[NoParameters])
async def get_transparency_file(request: Request, address: ClientAddress) -> Response:
    """Return every unit with what it publishes, and the moment at which it was true (CSV)."""
    limits.check_rate_limit(READ, "read", address)
    now = clock.now().replace(second=0, microsecond=0)  # asked again at once: the same file
    evidence = await db.read(transparency.load_evidence, now=now)
    rows = transparency.evidence_rows(evidence, settings().base_url)
    body = "".join(export.csv_chunks(rows, transparency.COLUMNS)).encode()
    answer = answer_bytes(request, body, export.CSV_MEDIA, max_age=MAX_AGE)
    answer.headers.update(attachment(f"transparencia-{clock.to_local_day(now)}.csv"))
    return answer

"""Files that other programs look for: pictures to share, icons, manifest, security.txt."""

import io
import json
from datetime import timedelta
from functools import lru_cache

from fastapi import APIRouter, Request
from fastapi.responses import Response
from PIL import Image, ImageDraw

from canais_app import routes
from canais_app.agenda import queries as agendas
from canais_app.api.public_answers import answer_bytes, get_and_head
from canais_app.directory.paper import picture
from canais_app.directory.unit_page import load_unit_page
from canais_app.kit import clock, db
from canais_app.kit.errors import NotFoundError
from canais_app.settings import settings

router = APIRouter(include_in_schema=False)
PNG = "image/png"
HOUR, DAY = 3600, 86_400  # seconds
SECURITY_DAYS = 180  # RFC 9116 advises less than a year
ICON_SIZES = (180, 192, 512)


@get_and_head(router, "/unidade/{slug}/cartao.png")
async def get_unit_picture(request: Request, slug: str) -> Response:
    """Return the picture of a unit: name, hours, phone."""
    page = await db.read(load_unit_page, slug, now=clock.now())
    return answer_bytes(request, picture.render_unit(page), PNG, max_age=HOUR)


@get_and_head(router, "/agenda/{slug}/cartao.png")
async def get_agenda_picture(request: Request, slug: str) -> Response:
    """Return the picture of an agenda: its name and unit."""
    view = await db.read(agendas.load_agenda_view, slug, now=clock.now())
    body = picture.render_picture(view.title, ["Agendar com magistrado", view.unit])
    return answer_bytes(request, body, PNG, max_age=HOUR)


@get_and_head(router, "/cartao.png")
async def get_picture(request: Request) -> Response:
    """Return the picture of the portal."""
    words = "Fale com a unidade certa, pelo canal que funciona agora."
    lines = ["Telefone, e-mail, WhatsApp, Balcão Virtual e agendamento"]
    return answer_bytes(request, picture.render_picture(words, lines), PNG, max_age=DAY)


@get_and_head(router, "/favicon.ico")
async def get_favicon(request: Request) -> Response:
    """Return the icon for programs that read no other."""
    return answer_bytes(request, _icon(48, "ICO"), "image/vnd.microsoft.icon", max_age=DAY)


@get_and_head(router, "/icone-{size}.png")
async def get_icon(request: Request, size: int) -> Response:
    """Return the icon at one of its sizes.

    Raises:
        NotFoundError: another size.
    """
    if size not in ICON_SIZES:
        raise NotFoundError("Este tamanho não existe.")
    return answer_bytes(request, _icon(size, "PNG"), PNG, max_age=DAY)


@lru_cache(maxsize=8)
def _icon(size: int, kind: str) -> bytes:
    """Return the portal's mark; its margin is that of maskable icons."""
    drawing = Image.new("RGB", (512, 512), picture.BAND)
    draw = ImageDraw.Draw(drawing)
    draw.text((256, 256), "MT", picture.WHITE, picture.load_font(210, bold=True), anchor="mm")
    out = io.BytesIO()
    drawing.resize((size, size), Image.Resampling.LANCZOS).save(out, kind)
    return out.getvalue()


@get_and_head(router, "/manifest.webmanifest")
async def get_manifest(request: Request) -> Response:
    """Return what a phone needs to install the portal."""
    manifest = {
        "name": "Canais de Atendimento do TJMT",
        "short_name": "Canais TJMT",
        "lang": "pt-BR",
        "start_url": routes.HOME,
        "scope": routes.HOME,
        "display": "standalone",
        "background_color": "#F8F9FB",
        "theme_color": picture.BAND,
        "icons": [
            {"src": f"/icone-{size}.png", "sizes": f"{size}x{size}", "type": PNG,
             "purpose": "any maskable"}
            for size in ICON_SIZES
        ],
        "shortcuts": [
            {"name": "Agendar com magistrado", "url": routes.AGENDAS},
            {"name": "Relatar falha", "url": routes.REPORT},
            {"name": "Situação dos canais", "url": routes.STATUS},
        ],
    }  # fmt: skip
    body = json.dumps(manifest, ensure_ascii=False).encode()
    return answer_bytes(request, body, "application/manifest+json", max_age=DAY)


@get_and_head(router, "/.well-known/security.txt")
async def get_security_contact(request: Request) -> Response:
    """Return how to tell of a weakness (RFC 9116)."""
    until = clock.to_local_day(clock.now()) + timedelta(days=SECURITY_DAYS)
    lines = (
        "Contact: mailto:ouvidoria@tjmt.jus.br",
        f"Expires: {until.isoformat()}T00:00:00-04:00",
        "Preferred-Languages: pt-BR, en",
        f"Canonical: {settings().base_url}/.well-known/security.txt",
        "",
    )
    return answer_bytes(
        request, "\n".join(lines).encode(), "text/plain; charset=utf-8", max_age=DAY
    )

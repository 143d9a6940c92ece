"""The page on which anybody verifies a proof; it works without JavaScript."""

from fastapi import APIRouter
from fastapi.responses import HTMLResponse

from canais_app import routes
from canais_app.agenda import proofs
from canais_app.api.deps import ClientAddress
from canais_app.api.html.plain_pages import render_plain_page
from canais_app.kit import clock, db, limits
from canais_app.kit.errors import NotFoundError

router = APIRouter(include_in_schema=False)
VERIFY = "30/minute"


@router.api_route(routes.PROOF, methods=["GET", "HEAD"])
async def get_proof_page(code: str, address: ClientAddress) -> HTMLResponse:
    """Show that a proof is genuine, what it proves and when; nothing about a person."""
    limits.check_rate_limit(VERIFY, "verify", address)
    try:
        found = await db.read(proofs.verify_proof, code[:20], now=clock.now())
    except NotFoundError as refusal:
        return render_plain_page("Comprovante não encontrado", refusal.message, status=404)
    about = found.appointment_words and f"Horário do atendimento: {found.appointment_words}."
    facts = (
        f"{found.title}.",
        f"Agenda: {found.agenda}.",
        f"Em {found.happened_words}, horário de Cuiabá.",
        about,
        f"Código {found.code}, emitido em {found.issued_words}.",
        "Esta página não mostra o nome de quem pediu o comprovante.",
    )
    return render_plain_page("Comprovante autêntico", *filter(None, facts))

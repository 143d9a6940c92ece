"""Forms of the news about failures by e-mail; they work without JavaScript.

Opening a link changes nothing: programs that check mail follow links, but press no button.
"""

from typing import Annotated

from fastapi import APIRouter, Form
from fastapi.responses import HTMLResponse

from canais_app import routes
from canais_app.api.deps import ClientAddress, RequireOwnOrigin
from canais_app.api.html.plain_pages import HOME_LINK, PostButton, render_plain_page
from canais_app.complaints.public_status import subscriptions
from canais_app.complaints.public_status.subscriptions import SubscriptionForm
from canais_app.complaints.service import reporter_fingerprint
from canais_app.kit import clock, db, limits
from canais_app.kit.errors import AppError
from canais_app.kit.forms import parse_form

router = APIRouter(include_in_schema=False)
LINK_LIMIT = "30/minute"
STATUS_LINK = ("Situação dos canais", routes.STATUS)
Typed = Annotated[str, Form()]


@router.post(routes.STATUS_SUBSCRIPTION_FORM, dependencies=[RequireOwnOrigin])
async def request_subscription(
    address: ClientAddress, email: Typed = "", place: Typed = ""
) -> HTMLResponse:
    """Queue the confirmation letter; the answer is the same for every address."""
    now = clock.now()
    try:
        form = parse_form(SubscriptionForm, {"email": email, "place": place})
        await db.write(
            subscriptions.request_subscription,
            form,
            reporter=reporter_fingerprint(address, now=now),
            now=now,
        )
    except AppError as refusal:
        return _refusal(refusal)
    return render_plain_page(
        "Confira o seu e-mail",
        f"Enviamos um link para {form.email}, se este endereço ainda não recebe estes avisos.",
        "Abra o link e use o botão “Confirmar”: só então os avisos começam.",
        links=(STATUS_LINK, HOME_LINK),
    )


@router.get(routes.STATUS_SUBSCRIPTION)
async def show_subscription(token: str, address: ClientAddress) -> HTMLResponse:
    """Show a subscription, with the buttons that confirm and end it."""
    limits.check_rate_limit(LINK_LIMIT, "status-link", address)
    try:
        found = await db.read(subscriptions.load_subscription, token, now=clock.now())
    except AppError as refusal:
        return _refusal(refusal)
    leave = PostButton("Parar de receber", routes.status_unsubscribe(token), "sec")
    if found.is_confirmed:
        return render_plain_page(
            "Você recebe estes avisos",
            f"Avisos de falha: {found.place_name}.",
            actions=(leave,),
            links=(STATUS_LINK, HOME_LINK),
        )
    return render_plain_page(
        "Receber avisos de falha",
        f"Avisos por e-mail: {found.place_name}. Um quando um canal falha, um quando é "
        "confirmado, as novidades e um quando volta.",
        actions=(PostButton("Confirmar", routes.status_subscription(token)),),
        links=(STATUS_LINK, HOME_LINK),
    )


@router.post(routes.STATUS_SUBSCRIPTION, dependencies=[RequireOwnOrigin])
async def confirm_subscription(token: str, address: ClientAddress) -> HTMLResponse:
    """Confirm a subscription."""
    limits.check_rate_limit(LINK_LIMIT, "status-link", address)
    try:
        found = await db.write(subscriptions.confirm, token, now=clock.now())
    except AppError as refusal:
        return _refusal(refusal)
    return render_plain_page(
        "Pronto: você recebe os avisos",
        f"Avisos de falha: {found.place_name}. Cada e-mail tem o link para parar.",
        actions=(PostButton("Parar de receber", routes.status_unsubscribe(token), "sec"),),
        links=(STATUS_LINK, HOME_LINK),
    )


@router.get(routes.STATUS_UNSUBSCRIBE)
async def ask_to_unsubscribe(token: str, address: ClientAddress) -> HTMLResponse:
    """Show the button that ends a subscription."""
    limits.check_rate_limit(LINK_LIMIT, "status-link", address)
    return render_plain_page(
        "Parar de receber avisos?",
        "O seu e-mail é apagado desta lista.",
        actions=(PostButton("Parar de receber", routes.status_unsubscribe(token)),),
        links=(STATUS_LINK, HOME_LINK),
    )


@router.post(routes.STATUS_UNSUBSCRIBE)
async def unsubscribe(token: str, address: ClientAddress) -> HTMLResponse:
    """End a subscription. Mail programs send this too (RFC 8058), so no origin is asked."""
    limits.check_rate_limit(LINK_LIMIT, "status-link", address)
    await db.write(subscriptions.unsubscribe, token)
    return render_plain_page(
        "Você não recebe mais estes avisos",
        "O seu e-mail foi apagado desta lista.",
        links=(STATUS_LINK, HOME_LINK),
    )


def _refusal(refusal: AppError) -> HTMLResponse:
    words = " ".join(refusal.errors.values()) or refusal.message
    return render_plain_page(
        "Não foi possível", words, links=(STATUS_LINK, HOME_LINK), status=refusal.status
    )

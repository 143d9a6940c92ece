"""Pages to follow a report: the receipt, the tracking, and what its reporter does there.

A session cookie hidden from scripts opens the report on this device; protocol and secret are in
it, encrypted, so that every request passes the same check as with typed codes.
"""

import json
from collections.abc import Callable
from typing import Annotated, Any
from urllib.parse import quote

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from canais_app import routes
from canais_app.api.deps import NO_STORE_HEADERS, ClientAddress, RequireOwnOrigin, attachment
from canais_app.api.html.frame import render_page
from canais_app.api.html.templating import render_template
from canais_app.api.sessions import is_served_by_https, redirect_after_form
from canais_app.complaints import queries, reporter
from canais_app.complaints.intake import view
from canais_app.complaints.lifecycle import CLOSED_STATUSES, ComplaintStatus
from canais_app.complaints.schemas import ComplaintMessageForm, RatingForm
from canais_app.complaints.views import FiledComplaint, ReporterView
from canais_app.kit import clock, db, limits
from canais_app.kit.encryption import DecryptionError, decrypt, encrypt
from canais_app.kit.errors import AppError, BusyError, NotFoundError
from canais_app.kit.forms import parse_form
from canais_app.kit.personal_data import describe_kinds
from canais_app.settings import settings

router = APIRouter(include_in_schema=False)
COOKIE = "canais_relato"  # protocol and secret, encrypted; ends with the browser
SHOWN_COOKIE = "canais_recibo"  # whether the receipt has shown the code
SHOWN_SECONDS = 900  # in which the file with the code can be saved
RATE_LIMIT = "30/minute"  # guesses at a secret code from one address
RECEIPT = f"{routes.TRACK}/recibo"
NEWS = {
    "mensagem": "Mensagem enviada.",
    "reabrir": "Relato reaberto.",
    "avaliar": "Obrigado por responder.",
    "retirar": "Texto, mensagens e foto retirados.",
}
Typed = Annotated[str, Form()]
Keys = tuple[str, str]


def open_receipt(filed: FiledComplaint) -> RedirectResponse:
    """Redirect to the receipt of a report just filed, open on this device."""
    answer = redirect_after_form(RECEIPT)
    _set_cookie(answer, (filed.protocol, filed.secret))
    _set_shown(answer, "novo")
    return answer


@router.get(RECEIPT)
async def show_receipt(request: Request) -> Response:
    """Show the receipt; the code only the first time."""
    keys, shown = _keys(request), request.cookies.get(SHOWN_COOKIE, "")
    if keys is None or not shown:
        return redirect_after_form(routes.TRACK)
    answer = await _render(keys, with_receipt=True, with_code=shown == "novo")
    if shown == "novo":
        _set_shown(answer, "visto")
    return answer


@router.get(f"{RECEIPT}/relato.html")
async def save_receipt(request: Request) -> Response:
    """Return the file with protocol and code, for a few minutes after the report."""
    keys = _keys(request)
    if keys is None or not request.cookies.get(SHOWN_COOKIE):
        raise NotFoundError("O código só pode ser guardado logo depois do envio.")
    report = await db.read(queries.load_reporter_view, *keys, now=clock.now())
    page = render_template(
        "receipt_file.html.j2",
        protocol=keys[0],
        secret=keys[1],
        about=_about(report),
        address=settings().base_url + routes.TRACK,
    )
    headers = NO_STORE_HEADERS | attachment(f"relato-{keys[0]}.html")
    return HTMLResponse(page, headers=headers)


@router.get(f"{routes.TRACK}/")
async def drop_slash() -> RedirectResponse:
    """Redirect to the address without its last slash."""
    return RedirectResponse(routes.TRACK, 308)


@router.api_route(routes.TRACK, methods=["GET", "HEAD"])
async def show_report(request: Request, feito: str = "") -> Response:
    """Show the report that this device has opened, or the form that opens one."""
    return await _render(_keys(request), news=NEWS.get(feito, ""))


@router.post(f"{routes.TRACK}/abrir", dependencies=[RequireOwnOrigin])
async def open_report(address: ClientAddress, protocol: Typed = "", secret: Typed = "") -> Response:
    """Open a report by its codes; on a refusal the typed values stay."""
    keys = (protocol.strip()[:40], queries.normalise_secret(secret[:40]))
    try:
        limits.check_rate_limit(RATE_LIMIT, "track", address)
        await db.read(queries.load_reporter_view, *keys, now=clock.now())
    except (AppError, BusyError) as refusal:
        typed = {"protocol": protocol[:40], "secret": secret[:40]}
        return await _render(None, refusal=refusal, typed=typed)
    answer = redirect_after_form(routes.TRACK)
    _set_cookie(answer, keys)
    return answer


@router.post(f"{routes.TRACK}/mensagem", dependencies=[RequireOwnOrigin])
async def write_message(request: Request, address: ClientAddress, text: Typed = "") -> Response:
    """Add a message to the open report."""
    return await _write(request, address, "mensagem", reporter.add_reporter_message, text)


@router.post(f"{routes.TRACK}/reabrir", dependencies=[RequireOwnOrigin])
async def reopen_report(request: Request, address: ClientAddress, text: Typed = "") -> Response:
    """Reopen the open report."""
    return await _write(request, address, "reabrir", reporter.reopen_complaint, text)


@router.post(f"{routes.TRACK}/avaliar", dependencies=[RequireOwnOrigin])
async def rate_answer(
    request: Request, address: ClientAddress, is_resolved: Typed = "", is_useful: Typed = ""
) -> Response:
    """Store what the answer was worth."""
    sent = {"is_resolved": is_resolved or None, "is_useful": is_useful or None}
    return await _act(
        request, address, "avaliar", reporter.rate_answer, lambda: (parse_form(RatingForm, sent),)
    )


@router.post(f"{routes.TRACK}/retirar", dependencies=[RequireOwnOrigin])
async def withdraw_text(request: Request, address: ClientAddress) -> Response:
    """Withdraw the text, the messages and the photo of the open report."""
    return await _act(request, address, "retirar", reporter.withdraw_text, tuple)


@router.post(f"{routes.TRACK}/fechar", dependencies=[RequireOwnOrigin])
async def close_report() -> Response:
    """Close the report on this device."""
    answer = redirect_after_form(routes.TRACK)
    answer.delete_cookie(COOKIE, path=routes.TRACK)
    answer.delete_cookie(SHOWN_COOKIE, path=routes.TRACK)
    return answer


async def _write(
    request: Request, address: str, done: str, work: Callable[..., None], typed: str
) -> Response:
    def parse() -> tuple[str]:
        return (parse_form(ComplaintMessageForm, {"text": typed}).text,)

    return await _act(request, address, done, work, parse, typed={"text": typed})


async def _act(  # noqa: PLR0913 (one for every form of the page)
    request: Request,
    address: str,
    done: str,
    work: Callable[..., None],
    parse: Callable[[], tuple[Any, ...]],
    *,
    typed: dict[str, str] | None = None,
) -> Response:
    """Change the open report and show it, with what was done or why it was refused."""
    keys = _keys(request)
    if keys is None:
        return redirect_after_form(routes.TRACK)
    try:
        limits.check_rate_limit(RATE_LIMIT, "track", address)
        await db.write(work, *keys, *parse(), now=clock.now())
    except (AppError, BusyError) as refusal:
        return await _render(keys, refusal=refusal, typed=typed)
    return redirect_after_form(f"{routes.TRACK}?feito={done}")


async def _render(  # noqa: PLR0913 (what the page may show)
    keys: Keys | None,
    *,
    news: str = "",
    refusal: AppError | BusyError | None = None,
    typed: dict[str, str] | None = None,
    with_receipt: bool = False,
    with_code: bool = False,
) -> HTMLResponse:
    now, report, working = clock.now(), None, []
    if keys is not None:
        try:
            report = await db.read(queries.load_reporter_view, *keys, now=now)
            working = await db.read(view.load_working, report.unit_slug, now=now)
        except NotFoundError:
            keys = None
    receipt = None
    if with_receipt and keys and report:
        receipt = _receipt(report, keys[1] if with_code else "")
    return render_page(
        "track.html.j2",
        "Relato recebido" if receipt else "Acompanhar relato",
        status=refusal.status if refusal else 200,
        report=report,
        receipt=receipt,
        working=working,
        coming=_coming(report) if report else [],
        personal=" e ".join(describe_kinds(report.text)) if report and with_receipt else "",
        news=news if report else "",
        problem=str(refusal) if refusal else "",
        errors=refusal.errors if isinstance(refusal, AppError) else {},
        typed={"protocol": "", "secret": "", "text": "", **(typed or {})},
    )


def _receipt(report: ReporterView, secret: str) -> dict[str, str]:
    both = f"Protocolo {report.protocol}, código secreto {secret}"
    body = f"{both}\n{_about(report)}\nAcompanhar: {settings().base_url}{routes.TRACK}"
    subject = f"Relato {report.protocol}"
    return {
        "secret": secret,
        "about": _about(report),
        "both": body,
        "mailto": f"mailto:?subject={quote(subject)}&body={quote(body)}",
        "email": report.email,
    }


def _about(report: ReporterView) -> str:
    return " · ".join(filter(None, (report.channel_words, report.unit, report.received)))


def _coming(report: ReporterView) -> list[tuple[str, str]]:
    """Return the steps still ahead, with their dates."""
    status = ComplaintStatus(report.status)
    if status in CLOSED_STATUSES:
        return []
    confirm = ("Sua confirmação", "perguntamos se resolveu; dá para reabrir")
    if status is ComplaintStatus.ANSWERED:
        return [confirm]
    review = ("Em análise na Corregedoria", "confere os relatos iguais")
    answer = ("Resposta", f"até {report.due}. São 30 dias; prazo em dia fechado passa ao próximo")
    return [*([review] if status is ComplaintStatus.RECEIVED else []), answer, confirm]


def _keys(request: Request) -> Keys | None:
    """Return protocol and secret of the open report, if this device has one."""
    try:
        protocol, secret = json.loads(decrypt(request.cookies.get(COOKIE, "")))
    except (DecryptionError, ValueError, TypeError):
        return None
    return str(protocol), str(secret)


def _set_cookie(answer: Response, keys: Keys) -> None:
    answer.set_cookie(
        COOKIE,
        encrypt(json.dumps(keys)),
        path=routes.TRACK,
        httponly=True,
        samesite="lax",
        secure=is_served_by_https(),
    )


def _set_shown(answer: Response, value: str) -> None:
    answer.set_cookie(
        SHOWN_COOKIE,
        value,
        max_age=SHOWN_SECONDS,
        path=routes.TRACK,
        httponly=True,
        samesite="lax",
        secure=is_served_by_https(),
    )

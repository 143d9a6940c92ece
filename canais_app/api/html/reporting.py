"""Pages to report a failure, "eu também" among them: plain forms that need no JavaScript."""

import asyncio
from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any

import structlog
from fastapi import APIRouter, Form, Query, Request
from fastapi.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from sqlalchemy.exc import SQLAlchemyError
from starlette.datastructures import UploadFile

from canais_app import routes
from canais_app.api.deps import ClientAddress, RequireOwnOrigin, is_too_large
from canais_app.api.html.frame import render_page
from canais_app.api.html.tracking import open_receipt
from canais_app.api.sessions import redirect_after_form
from canais_app.complaints import attachments, service
from canais_app.complaints.intake import view
from canais_app.complaints.intake.view import FoundUnits, ReportForm
from canais_app.complaints.kinds import COMPLAINT_KINDS
from canais_app.complaints.schemas import MAX_TEXT_LENGTH, parse_report
from canais_app.complaints.views import FiledComplaint
from canais_app.directory.labels import channel_label
from canais_app.kit import clock, db, limits, text
from canais_app.kit.errors import AppError, BusyError, ConflictError, InvalidError
from canais_app.kit.personal_data import describe_kinds

router = APIRouter(include_in_schema=False)
MAX_FORM_BYTES = attachments.MAX_BYTES + 64 * 1024
log = structlog.get_logger()
CHECK_LIMIT = "60/minute"
Typed = Annotated[str, Form()]
Asked = Annotated[str, Query(max_length=200)]
TITLE = "Relatar falha"
FIELDS = ("channel", "what", "text", "occurred_at", "name", "email")
LABELS = {
    "unit": "Unidade",
    "channel": "Canal",
    "kind": "O que houve",
    "text": "Texto",
    "photo": "Foto",
    "occurred_at": "Quando foi",
    "email": "E-mail",
    "name": "Nome",
}


class BrokenError(AppError):
    """A failure of ours; what was typed stays on the page."""

    status = 500
    message = "Algo falhou do nosso lado. O que você escreveu continua aqui: tente de novo."

    def __init__(self, cause: Exception) -> None:
        super().__init__()
        self.__cause__ = cause


@router.get(f"{routes.REPORT}/")
async def drop_slash(request: Request) -> RedirectResponse:
    """Redirect to the address without its last slash."""
    query = f"?{request.url.query}" if request.url.query else ""
    return RedirectResponse(routes.REPORT + query, 308)


@router.api_route(routes.REPORT, methods=["GET", "HEAD"])
async def show_form(
    unidade: Asked = "", canal: Asked = "", q: Asked = "", contado: Asked = ""
) -> HTMLResponse:
    """Show the form of a unit, or the search for it."""
    now = clock.now()
    found, problem = FoundUnits(q), ""
    if unidade:
        try:
            form = await db.read(view.load_report_form, unidade, now=now)
        except AppError as refusal:
            problem = f"{refusal.message} Procure por ela abaixo."
        else:
            channels = {row.kind for row in form.channels}
            typed = {"channel": canal if canal in channels else ""}
            counted = contado if contado in channels else ""
            return _render(form, now=now, typed=typed, counted=counted)
    try:
        found = await db.read(view.search_units, q, now=now)
    except AppError as refusal:
        problem = refusal.message
    return _render(None, now=now, found=found, problem=problem)


@router.post(routes.REPORT, dependencies=[RequireOwnOrigin])
async def file_report(request: Request, address: ClientAddress) -> Response:
    """File the report and show its receipt; a refusal shows the form with what was typed."""
    now = clock.now()
    if await is_too_large(request, MAX_FORM_BYTES):
        return _render(None, now=now, problem="A foto passa de 5 MB: envie uma menor.", status=413)
    async with request.form(max_files=1, max_fields=20) as form:
        sent = {name: value for name, value in form.items() if isinstance(value, str)}
        upload = form.get("photo")
        photo = await upload.read() if isinstance(upload, UploadFile) else b""
    try:
        filed = await _file(sent, photo, address, now=now)
    except (AppError, BusyError) as refusal:
        return await _refuse(sent, refusal, now=now)
    except Exception as wrong:
        log.exception("report_failed")
        return await _refuse(sent, BrokenError(wrong), now=now)
    return open_receipt(filed)


@router.post(f"{routes.REPORT}/eu-tambem", dependencies=[RequireOwnOrigin])
async def count_me_too(address: ClientAddress, unit: Typed = "", channel: Typed = "") -> Response:
    """Count the person and return to the unit's form."""
    now = clock.now()
    reporter = service.reporter_fingerprint(address, now=now)
    try:
        await db.write(service.count_me_too, unit[:160], channel[:24], now=now, reporter=reporter)
    except (AppError, BusyError) as refusal:
        return await _refuse({"unit": unit, "channel": channel}, refusal, now=now)
    return redirect_after_form(f"{routes.report(unit)}&contado={channel}#contado")


@router.post(f"{routes.REPORT}/conferir", dependencies=[RequireOwnOrigin])
async def check_text(address: ClientAddress, text: Typed = "") -> JSONResponse:
    """Return which personal data a text seems to hold; nothing is stored."""
    limits.check_rate_limit(CHECK_LIMIT, "check-text", address)
    found = await asyncio.to_thread(describe_kinds, text[:MAX_TEXT_LENGTH])
    return JSONResponse({"found": found})


async def _file(
    sent: Mapping[str, str], photo: bytes, address: str, *, now: datetime
) -> FiledComplaint:
    """Validate everything first, so that all errors are told at once."""
    channel, kind = _split_choice(sent)
    errors: dict[str, str] = {}
    prepared = report = None
    try:
        report = parse_report(_report_fields(sent, channel, kind), now=now)
    except InvalidError as refusal:
        errors = refusal.errors
    try:
        prepared = await asyncio.to_thread(attachments.prepare_photo, photo) if photo else None
    except InvalidError as refusal:
        errors |= refusal.errors
    if report is None or errors:
        count = text.pluralise(len(errors), "resposta", "respostas")
        raise InvalidError(f"Falta corrigir {count}.", errors)
    reporter = service.reporter_fingerprint(address, now=now)
    return await db.write(
        service.file_complaint, report, now=now, reporter=reporter, photo=prepared
    )


def _split_choice(sent: Mapping[str, str]) -> tuple[str, str]:
    """Return channel and kind of a choice such as `telefone:nao_atende`.

    A choice of another channel than the chosen one is none: it was hidden when it was sent.
    """
    chosen = sent.get("channel", "")
    channel, _, kind = sent.get("what", "").partition(":")
    return (chosen, "") if chosen and chosen != channel else (channel, kind)


def _report_fields(sent: Mapping[str, str], channel: str, kind: str) -> dict[str, Any]:
    fields: dict[str, Any] = {
        name: sent[name] for name in ("unit", "text", "name", "email", "site") if sent.get(name)
    }
    if when := sent.get("occurred_at"):
        fields["occurred_at"] = _in_court_zone(when)
    key = sent.get("key", "")
    return {**fields, "channel": channel, "kind": kind, "idempotency_key": key}


def _in_court_zone(typed: str) -> object:
    try:
        return datetime.fromisoformat(typed).replace(tzinfo=clock.TZ)
    except ValueError:
        return typed


async def _refuse(
    sent: Mapping[str, str], refusal: AppError | BusyError, *, now: datetime
) -> HTMLResponse:
    try:
        form = await db.read(view.load_report_form, sent.get("unit", "")[:160], now=now)
    except (AppError, BusyError, SQLAlchemyError):
        form = None
    errors = refusal.errors if isinstance(refusal, AppError) else {}
    return _render(
        form,
        now=now,
        # A used key would refuse every other report of this form.
        typed={**sent, "key": ""} if isinstance(refusal, ConflictError) else sent,
        problem=str(refusal),
        errors=errors,
        status=refusal.status,
    )


def _render(  # noqa: PLR0913 (what the page may show)
    form: ReportForm | None,
    *,
    now: datetime,
    typed: Mapping[str, str] | None = None,
    found: FoundUnits | None = None,
    problem: str = "",
    errors: Mapping[str, str] | None = None,
    counted: str = "",
    status: int = 200,
) -> HTMLResponse:
    typed, errors = typed or {}, errors or {}
    return render_page(
        "report.html.j2",
        TITLE if form is None else f"Relatar falha: {form.unit}",
        status=status,
        index=status == 200,  # noqa: PLR2004
        form=form,
        found=found or FoundUnits(),
        typed={name: typed.get(name, "") for name in FIELDS},
        key=typed.get("key") or text.generate_token(),
        problem=problem,
        errors=errors,
        listed=[(name, label) for name, label in LABELS.items() if name in errors],
        counted=counted,
        counted_name=channel_label(counted),
        no_channel=[
            view.KindChoice(f":{row.kind}", row.name, "", row.icon)
            for row in COMPLAINT_KINDS
            if not row.channels
        ],
        at=f"agora, {text.format_hour(now)}",
    )

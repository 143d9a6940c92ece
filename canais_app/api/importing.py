"""The file of the directory, in and out of a staff member's browser."""

import asyncio
import io
from pathlib import PurePath

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response
from starlette.datastructures import UploadFile

from canais_app import routes
from canais_app.accounts.roles import Actor, Permission, require_permission
from canais_app.api.admin import CookieActor
from canais_app.api.sessions import RequireOwnOrigin, redirect_after_form
from canais_app.directory.spreadsheet import pending_imports
from canais_app.directory.spreadsheet import service as spreadsheet
from canais_app.kit import clock, db, export, limits
from canais_app.kit.errors import (
    AuthenticationRequiredError,
    InvalidError,
    NotFoundError,
    PermissionDeniedError,
    TooManyRequestsError,
)

router = APIRouter(include_in_schema=False)
RATE_LIMIT = "30/hour"  # files from one person
MAX_FORM_BYTES = 64 * 1024  # bytes of a form around its file
MAX_DRAINED_BYTES = 256 * 1024 * 1024  # bytes; beyond, the connection ends
MEDIA_TYPES = {".csv": export.CSV_MEDIA, ".xlsx": export.XLSX_MEDIA}


@router.post(routes.IMPORT_FORM, dependencies=[RequireOwnOrigin])
async def receive_upload(request: Request, who: CookieActor) -> RedirectResponse:
    """Keep a file and go to what it would change; or back to the form, saying why not."""
    try:
        require_permission(who, Permission.SHAPE_DIRECTORY)
        limits.check_rate_limit(RATE_LIMIT, "import", str(who.staff_id))
        key = await _store_upload(request, who)
    except AuthenticationRequiredError:
        return redirect_after_form(f"{routes.SIGN_IN}?voltar={routes.ADMIN_IMPORT}")
    except PermissionDeniedError:
        return redirect_after_form(f"{routes.STAFF_HOME}?recusado=1")
    except TooManyRequestsError:
        return redirect_after_form(f"{routes.ADMIN_IMPORT}?erro=espera")
    except _UploadRefusedError as why:
        return redirect_after_form(f"{routes.ADMIN_IMPORT}?erro={why}")
    return redirect_after_form(f"{routes.ADMIN_IMPORT}?arquivo={key}")


class _UploadRefusedError(Exception):
    """Why a file is not even looked at: a word of the page's address."""


async def _store_upload(request: Request, who: Actor) -> str:
    """Read the form, no more of it than a file may have."""
    length = request.headers.get("content-length", "")
    size = int(length) if length.isdecimal() else MAX_DRAINED_BYTES
    if size > pending_imports.MAX_UPLOAD_BYTES + MAX_FORM_BYTES:
        await _drain_body(request, size)
        raise _UploadRefusedError("tamanho")
    async with request.form(max_files=1, max_fields=1) as form:
        sent = form.get("arquivo")
        if not isinstance(sent, UploadFile) or not sent.filename:
            raise _UploadRefusedError("vazio")
        try:
            kind = spreadsheet.file_kind(PurePath(sent.filename).name)
        except InvalidError:
            raise _UploadRefusedError("final") from None
        content = await sent.read()
    if not content:
        raise _UploadRefusedError("vazio")
    file = spreadsheet.UploadedFile(kind, content)
    return await asyncio.to_thread(pending_imports.store_upload, file, actor=who, now=clock.now())


async def _drain_body(request: Request, size: int) -> None:
    """Hear a body out and keep none of it: a browser reads no answer before it has sent all."""
    if size < MAX_DRAINED_BYTES:
        async for _ in request.stream():
            pass


@router.get(routes.DIRECTORY_EXPORT)
def export_directory(name: str, who: CookieActor) -> Response:
    """Return the whole directory as `unidades.csv` or `unidades.xlsx`."""
    require_permission(who, Permission.SHAPE_DIRECTORY)
    kind = PurePath(name).suffix
    if name not in {f"unidades{one}" for one in MEDIA_TYPES}:
        raise NotFoundError("Este arquivo não existe.")
    out = io.BytesIO()
    db.read_sync(spreadsheet.export_file, kind, out, actor=who)
    day = clock.to_local_day(clock.now()).isoformat()
    saved_as = f'attachment; filename="unidades-{day}{kind}"'
    sent = {"Content-Disposition": saved_as, "Cache-Control": "no-store"}
    return Response(out.getvalue(), media_type=MEDIA_TYPES[kind], headers=sent)

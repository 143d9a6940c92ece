"""Upload and download of the units file by staff."""

import asyncio
import io
from pathlib import PurePath

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response
from starlette.datastructures import UploadFile

from canais_app import routes
from canais_app.accounts.roles import Actor, Permission, require_permission
from canais_app.api.deps import NO_STORE_HEADERS, CookieActor, attachment, is_too_large
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
RATE_LIMIT = "30/hour"  # files of one person
MAX_FORM_BYTES = 64 * 1024  # the form without its file
MEDIA_TYPES = {".csv": export.CSV_MEDIA, ".xlsx": export.XLSX_MEDIA}


@router.post(routes.IMPORT_FORM, dependencies=[RequireOwnOrigin])
async def receive_upload(request: Request, actor: CookieActor) -> RedirectResponse:
    """Store a file and redirect to its preview, or back to the form with the reason."""
    try:
        require_permission(actor, Permission.SHAPE_DIRECTORY)
        limits.check_rate_limit(RATE_LIMIT, "import", str(actor.staff_id))
        key = await _store_upload(request, actor)
    except AuthenticationRequiredError:
        return redirect_after_form(f"{routes.SIGN_IN}?voltar={routes.ADMIN_IMPORT}")
    except PermissionDeniedError:
        return redirect_after_form(f"{routes.STAFF_HOME}?recusado=1")
    except TooManyRequestsError:
        return redirect_after_form(f"{routes.ADMIN_IMPORT}?erro=espera")
    except _UploadRefusedError as refusal:
        return redirect_after_form(f"{routes.ADMIN_IMPORT}?erro={refusal}")
    return redirect_after_form(f"{routes.ADMIN_IMPORT}?arquivo={key}")


class _UploadRefusedError(Exception):
    """Why an upload is refused: the `erro` parameter of the page's address."""


async def _store_upload(request: Request, actor: Actor) -> str:
    """Read the form up to the size limit, and store its file; return the key."""
    if await is_too_large(request, pending_imports.MAX_UPLOAD_BYTES + MAX_FORM_BYTES):
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
    return await asyncio.to_thread(pending_imports.store_upload, file, actor=actor, now=clock.now())


@router.get(routes.DIRECTORY_EXPORT)
def export_directory(name: str, actor: CookieActor) -> Response:
    """Return the whole directory as `unidades.csv` or `unidades.xlsx`."""
    require_permission(actor, Permission.SHAPE_DIRECTORY)
    kind = PurePath(name).suffix
    if name not in {f"unidades{suffix}" for suffix in MEDIA_TYPES}:
        raise NotFoundError("Este arquivo não existe.")
    out = io.BytesIO()
    db.read_sync(spreadsheet.export_file, kind, out, actor=actor)
    day = clock.to_local_day(clock.now()).isoformat()
    headers = NO_STORE_HEADERS | attachment(f"unidades-{day}{kind}")
    return Response(out.getvalue(), media_type=MEDIA_TYPES[kind], headers=headers)

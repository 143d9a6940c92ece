"""The file of the directory, in and out of a staff member's browser."""

import asyncio
import io
from pathlib import PurePath

from fastapi import APIRouter, Request
from fastapi.responses import RedirectResponse, Response
from starlette.datastructures import UploadFile

from canais_app import routes
from canais_app.accounts.roles import Actor, Permission, require
from canais_app.api.admin import SignedIn
from canais_app.api.sessions import OwnOrigin, go
from canais_app.directory.files import drafts, service
from canais_app.kit import clock, db, export, limits
from canais_app.kit.errors import (
    InvalidError,
    NotFoundError,
    NotPermittedError,
    NotSignedInError,
    TooManyRequestsError,
)

router = APIRouter(include_in_schema=False)
RULE = "30/hour"  # files from one person
FORM = 64 * 1024  # bytes of a form around its file
MOST_HEARD = 256 * 1024 * 1024  # bytes; beyond, the connection ends
MEDIA = {".csv": export.CSV_MEDIA, ".xlsx": export.XLSX_MEDIA}


@router.post(routes.IMPORT_FORM, dependencies=[OwnOrigin])
async def receive(request: Request, who: SignedIn) -> RedirectResponse:
    """Keep a file and go to what it would change; or back to the form, saying why not."""
    try:
        require(who, Permission.SHAPE_DIRECTORY)
        limits.check(RULE, "import", str(who.staff_id))
        key = await _keep(request, who)
    except NotSignedInError:
        return go(f"{routes.SIGN_IN}?voltar={routes.ADMIN_IMPORT}")
    except NotPermittedError:
        return go(f"{routes.DESK}?recusado=1")
    except TooManyRequestsError:
        return go(f"{routes.ADMIN_IMPORT}?erro=espera")
    except _NotTakenError as why:
        return go(f"{routes.ADMIN_IMPORT}?erro={why}")
    return go(f"{routes.ADMIN_IMPORT}?arquivo={key}")


class _NotTakenError(Exception):
    """Why a file is not even looked at: a word of the page's address."""


async def _keep(request: Request, who: Actor) -> str:
    """Read the form, no more of it than a file may have."""
    length = request.headers.get("content-length", "")
    size = int(length) if length.isdecimal() else MOST_HEARD
    if size > drafts.MOST_SENT + FORM:
        await _let_by(request, size)
        raise _NotTakenError("tamanho")
    async with request.form(max_files=1, max_fields=1) as form:
        sent = form.get("arquivo")
        if not isinstance(sent, UploadFile) or not sent.filename:
            raise _NotTakenError("vazio")
        try:
            kind = service.kind_of(PurePath(sent.filename).name)
        except InvalidError:
            raise _NotTakenError("final") from None
        content = await sent.read()
    if not content:
        raise _NotTakenError("vazio")
    file = service.Sent(kind, content)
    return await asyncio.to_thread(drafts.keep, file, actor=who, now=clock.now())


async def _let_by(request: Request, size: int) -> None:
    """Hear a body out and keep none of it: a browser reads no answer before it has sent all."""
    if size < MOST_HEARD:
        async for _ in request.stream():
            pass


@router.get(routes.DIRECTORY_EXPORT)
def export_directory(name: str, who: SignedIn) -> Response:
    """Return the whole directory as `unidades.csv` or `unidades.xlsx`."""
    require(who, Permission.SHAPE_DIRECTORY)
    kind = PurePath(name).suffix
    if name not in {f"unidades{one}" for one in MEDIA}:
        raise NotFoundError("Este arquivo não existe.")
    out = io.BytesIO()
    db.run_reading(service.export_file, kind, out, actor=who)
    day = clock.local_day(clock.now()).isoformat()
    saved_as = f'attachment; filename="unidades-{day}{kind}"'
    sent = {"Content-Disposition": saved_as, "Cache-Control": "no-store"}
    return Response(out.getvalue(), media_type=MEDIA[kind], headers=sent)

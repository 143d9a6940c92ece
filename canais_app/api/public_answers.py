"""Public GET answers: typed, with ETag and 304, HEAD, CORS and gzip; unknown parameters refused."""

import gzip
import hashlib
import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from email.utils import format_datetime
from pathlib import Path
from typing import Any

from fastapi import APIRouter, Depends, Request
from fastapi.responses import FileResponse, HTMLResponse, Response
from pydantic import BaseModel
from starlette.datastructures import Headers
from starlette.routing import compile_path
from starlette.types import ASGIApp, Receive, Scope, Send

from canais_app.api.deps import attachment
from canais_app.kit.errors import InvalidError

MIN_GZIP_BYTES = 1000
_public_reads: list[re.Pattern[str]] = []  # the paths of `get_and_head`
PREFLIGHT_HEADERS = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Allow-Methods": "GET, HEAD",
    "Access-Control-Allow-Headers": "If-None-Match, If-Modified-Since, Range",
    "Access-Control-Max-Age": "86400",
}
CORS_HEADERS = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Expose-Headers": "ETag, Link, Retry-After",
    "Cross-Origin-Resource-Policy": "cross-origin",
}


def get_and_head(
    router: APIRouter,
    path: str,
    **options: Any,  # noqa: ANN401 (the options of a route)
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Decorate a handler of GET and HEAD; only GET is documented, as their ids must differ."""

    def decorate(handler: Callable[..., Any]) -> Callable[..., Any]:
        hidden: dict[str, Any] = {**options, "include_in_schema": False}
        router.get(path, **options)(handler)
        router.head(path, **hidden)(handler)
        pattern, _, _ = compile_path(f"{router.prefix}{path}")
        _public_reads.append(pattern)
        return handler

    return decorate


class PublicReadsMiddleware:
    """ASGI middleware that answers browsers which ask whether another site may read public data.

    It stands before Reflex's own, which allows the portal's origin only.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a preflight of a public read; pass everything else on."""
        if scope["type"] == "http" and scope["method"] == "OPTIONS":
            wanted = Headers(scope=scope).get("access-control-request-method", "")
            if wanted in ("GET", "HEAD") and is_public_read(scope["path"]):
                await Response(status_code=204, headers=PREFLIGHT_HEADERS)(scope, receive, send)
                return
        await self.app(scope, receive, send)


def is_public_read(path: str) -> bool:
    """Whether `path` is read by anybody, from any site."""
    return any(pattern.match(path) for pattern in _public_reads)


def accept_parameters(*names: str) -> Callable[[Request], None]:
    """Return a dependency that refuses query parameters of any other name."""

    def check(request: Request) -> None:
        unknown = set(request.query_params) - set(names)
        if unknown:
            errors = {name[:60]: "Este parâmetro não existe." for name in sorted(unknown)[:5]}
            raise InvalidError("Confira os parâmetros do endereço.", errors)

    return check


NoParameters = Depends(accept_parameters())


def answer_model(request: Request, model: BaseModel, *, max_age: int) -> Response:
    """Return a model as JSON with its ETag, or 304 when the caller has it already."""
    body = model.model_dump_json().encode()
    return answer_bytes(request, body, "application/json", max_age=max_age)


def answer_bytes(
    request: Request,
    body: bytes,
    media_type: str,
    *,
    max_age: int,
    modified: datetime | None = None,
) -> Response:
    """Return a body with its ETag, gzipped when accepted, or 304."""
    headers = CORS_HEADERS | {"Cache-Control": f"public, max-age={max_age}"}
    if modified is not None:
        headers["Last-Modified"] = format_datetime(modified.astimezone(UTC), usegmt=True)
    return _answer(request, Response(body, media_type=media_type, headers=headers))


def _answer(request: Request, answer: Response) -> Response:
    """Return an answer with its ETag, gzipped when accepted, or 304."""
    body = bytes(answer.body)
    etag = f'"{hashlib.sha256(body).hexdigest()[:32]}"'
    answer.headers.update({"ETag": etag, "Vary": "Accept-Encoding"})
    if answer.status_code == 200 and is_known(request, etag, answer.headers):  # noqa: PLR2004
        kept = {
            k: v for k, v in answer.headers.items() if k not in ("content-length", "content-type")
        }
        return Response(status_code=304, headers=kept)
    if len(body) >= MIN_GZIP_BYTES and accepts_gzip(request):
        answer.body = gzip.compress(body, 5, mtime=0)
        answer.headers.update({"Content-Encoding": "gzip", "Content-Length": str(len(answer.body))})
    return answer


def answer_page(request: Request, page: str, *, status: int = 200) -> Response:
    """Return a page of HTML, asked for anew each time: unchanged, it is a 304."""
    return _answer(request, HTMLResponse(page, status, headers={"Cache-Control": "no-cache"}))


def answer_file(request: Request, path: Path, media_type: str, *, max_age: int) -> Response:
    """Return a file with ETag and ranges, its gzip when accepted, or 304; memory stays flat."""
    packed = Path(f"{path}.gz")
    use_gzip = accepts_gzip(request) and "range" not in request.headers and packed.exists()
    state = path.stat()
    etag = f'"{state.st_mtime_ns:x}-{state.st_size:x}"'
    headers = {
        **CORS_HEADERS,
        **attachment(path.name),
        "ETag": etag,
        "Cache-Control": f"public, max-age={max_age}",
        "Vary": "Accept-Encoding",
    }
    if is_known(request, etag):
        return Response(status_code=304, headers=headers)
    if use_gzip:
        headers["Content-Encoding"] = "gzip"
    return FileResponse(packed if use_gzip else path, media_type=media_type, headers=headers)


def is_known(request: Request, etag: str, headers: Mapping[str, str] | None = None) -> bool:
    """Whether the caller has this version (RFC 9110, 13.1.2 and 13.1.3; the tag comes first)."""
    sent = request.headers.get("if-none-match", "")
    modified = (headers or {}).get("last-modified")
    if sent or modified is None:
        tags = {tag.strip().removeprefix("W/") for tag in sent.split(",")}
        return bool(tags & {etag, "*"})
    return request.headers.get("if-modified-since") == modified


def accepts_gzip(request: Request) -> bool:
    """Whether the caller accepts gzip."""
    return "gzip" in request.headers.get("accept-encoding", "")

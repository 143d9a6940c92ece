"""Forms are accepted from the portal's own pages only (CSRF)."""

from urllib.parse import urlsplit

from fastapi import Depends, Request

from canais_app.kit.errors import PermissionDeniedError
from canais_app.settings import settings


def require_own_origin(request: Request) -> None:
    """Refuse a form sent from another site (CSRF). Browsers always name the origin of a POST.

    Raises:
        PermissionDeniedError: another origin, a hidden one, or a cross-site request.
    """
    origin = request.headers.get("origin")
    if origin is None:
        foreign = request.headers.get("sec-fetch-site", "same-origin") not in (
            "same-origin",
            "none",
        )
    else:
        foreign = not _is_own_origin(origin, request)
    if foreign:
        raise PermissionDeniedError("Este formulário só pode ser enviado pelo próprio portal.")


def _is_own_origin(origin: str, request: Request) -> bool:
    if settings().public_url:
        return origin == _origin_of(settings().public_url)
    return urlsplit(origin).netloc == request.headers.get("host", "")


def _origin_of(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


RequireOwnOrigin = Depends(require_own_origin)

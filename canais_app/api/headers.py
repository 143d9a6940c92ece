"""What every answer says to the browser: what may run, who may frame, what may be kept.

The pages' inline scripts are allowed by their hashes, computed from the build that is served
(a build changes them); nothing else inline runs, and nothing is evaluated from text.
"""

import base64
import hashlib
import re
from collections.abc import Iterable
from functools import lru_cache
from pathlib import Path

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from canais_app import routes
from canais_app.settings import ROOT, settings

BUILD_FOLDER = ROOT / ".web" / "build" / "client"
YEAR_SECONDS = 31_536_000  # seconds
_SCRIPT = re.compile(r"<script\b([^>]*)>(.*?)</script>", re.DOTALL | re.IGNORECASE)
_NOT_RUN = re.compile(r"""\bsrc\s*=|type\s*=\s*["']?application/(?:ld\+)?json""", re.IGNORECASE)
# Pages and answers that hold a secret, a person's data, or a staff member's view.
PRIVATE_PREFIXES = (
    routes.APPOINTMENT.partition("[")[0].rstrip("/"),
    routes.MY_APPOINTMENTS,
    routes.TRACK,
    routes.SIGN_IN,
    routes.RECOVER,
    routes.SET_PASSWORD.partition("[")[0].rstrip("/"),
    routes.ACCOUNT,
    routes.STAFF_HOME,
    routes.CHAMBERS,
    routes.MANAGEMENT,
    routes.CORREGEDORIA,
    routes.ADMIN,
    "/sessao",
    "/metrics",
    f"{routes.API}/appointments",
    f"{routes.API}/complaints",
    f"{routes.API}/stats",
    f"{routes.API}/case-lookup",
)
_FIXED = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=(), payment=(), usb=()",
}


# A stylesheet or script obeys the policy of the page it is in; its own would only be weight.
_ON_FILES = {"X-Content-Type-Options": "nosniff"}


def is_static_file(path: str) -> bool:
    """Tell whether `path` is a part of pages, never a page."""
    return path.startswith(("/assets/", "/fonts/"))


def inline_hashes(pages: Iterable[str]) -> list[str]:
    """Return the CSP sources of every inline script that runs in these pages, sorted."""
    found: set[str] = set()
    for page in pages:
        for attributes, body in _SCRIPT.findall(page):
            if body and not _NOT_RUN.search(attributes):
                # The parser hands line ends over as LF (HTML 13.2.3.5).
                text = body.replace("\r\n", "\n").replace("\r", "\n")
                digest = hashlib.sha256(text.encode()).digest()
                found.add(f"'sha256-{base64.b64encode(digest).decode()}'")
    return sorted(found)


def content_security_policy(hashes: Iterable[str], base_url: str) -> str:
    """Return the content security policy of the pages."""
    socket = base_url.replace("http", "ws", 1)
    parts = [
        "default-src 'self'",
        " ".join(["script-src 'self'", *hashes]),
        "style-src 'self' 'unsafe-inline'",  # React and Reflex write style attributes
        "img-src 'self' data:",
        "font-src 'self'",
        f"connect-src 'self' {socket}",
        "object-src 'none'",
        "base-uri 'self'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    ]
    if base_url.startswith("https:"):
        parts.append("upgrade-insecure-requests")
    return "; ".join(parts)


def is_private(path: str) -> bool:
    """Tell whether the answer at `path` must not be kept by anybody."""
    is_feed = path.startswith(f"{routes.API}/agendas/") and not path.endswith("/slots")
    return is_feed or any(path == p or path.startswith(f"{p}/") for p in PRIVATE_PREFIXES)


@lru_cache(maxsize=1)
def _fixed_headers(built: Path = BUILD_FOLDER) -> dict[str, str]:
    """Return the headers of every answer; read at the first one, when the build is there."""
    pages = (path.read_text("utf-8") for path in built.rglob("*.html"))
    base = settings().base_url
    fixed = _FIXED | {
        "Content-Security-Policy": content_security_policy(inline_hashes(pages), base)
    }
    if base.startswith("https:"):
        fixed["Strict-Transport-Security"] = f"max-age={YEAR_SECONDS}"
    return fixed


def _cache_control(path: str, status: int, said: str | None) -> str | None:
    """Return the `Cache-Control` of an answer; what a handler said stays where it may."""
    if is_private(path):
        return "no-store"
    if said is not None:
        return said
    if path.startswith("/assets/"):  # names hold a hash of the content
        return (
            f"public, max-age={YEAR_SECONDS}, immutable"
            if status in (200, 206, 304)
            else "no-store"
        )
    if path.startswith(f"{routes.API}/"):
        return "no-store"
    if path.startswith("/fonts/"):
        return "public, max-age=604800"
    return "no-cache"  # kept, and asked about: a new build is seen at once


class SecurityHeadersMiddleware:
    """ASGI middleware that puts these headers on every HTTP answer."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on and complete its answer."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        path: str = scope["path"]
        if settings().base_url.startswith("https:"):
            scope["scheme"] = "https"  # TLS ends at the proxy; a redirect must not leave it

        async def complete(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in (
                    _ON_FILES if is_static_file(path) else _fixed_headers()
                ).items():
                    headers.setdefault(name, value)
                keeping = _cache_control(path, message["status"], headers.get("cache-control"))
                if keeping:
                    headers["Cache-Control"] = keeping
                if is_private(path):
                    headers["X-Robots-Tag"] = "noindex"
            await send(message)

        await self.app(scope, receive, complete)

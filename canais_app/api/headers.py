"""Security and cache headers of every answer.

The content security policy allows the pages' inline scripts by their hashes, computed from the
build that is served, and neither other inline scripts nor `eval`.
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
YEAR_SECONDS = 31_536_000
_SCRIPT = re.compile(r"<script\b([^>]*)>(.*?)</script>", re.DOTALL | re.IGNORECASE)
_NOT_RUN = re.compile(r"""\bsrc\s*=|type\s*=\s*["']?application/(?:ld\+)?json""", re.IGNORECASE)
# Answers with secrets, personal data or staff views.
PRIVATE_PREFIXES = (
    routes.APPOINTMENT.partition("[")[0].rstrip("/"),
    routes.MY_APPOINTMENTS,
    routes.TRACK,
    routes.STATUS_SUBSCRIPTION_FORM,
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
# Features of browsers (W3C's list of policy-controlled features) that no page uses.
_UNUSED_FEATURES = (
    "accelerometer", "ambient-light-sensor", "autoplay", "battery", "bluetooth",
    "browsing-topics", "camera", "display-capture", "encrypted-media", "gamepad",
    "gyroscope", "hid", "identity-credentials-get", "idle-detection", "local-fonts",
    "magnetometer", "microphone", "midi", "otp-credentials", "payment", "picture-in-picture",
    "publickey-credentials-create", "publickey-credentials-get", "screen-wake-lock", "serial",
    "speaker-selection", "storage-access", "usb", "window-management", "xr-spatial-tracking",
)  # fmt: skip
_FIXED = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Reporting-Endpoints": f'portal="{routes.SECURITY_REPORTS}"',
    "Cross-Origin-Opener-Policy": "same-origin",
    # The list of comarcas asks where the device is, on press.
    "Permissions-Policy": ", ".join(
        ["geolocation=(self)", *(f"{name}=()" for name in _UNUSED_FEATURES)]
    ),
}


# Stylesheets and scripts obey the policy of the page that loads them.
_ON_FILES = {"X-Content-Type-Options": "nosniff"}


def is_static_file(path: str) -> bool:
    """Return whether `path` is a file of the pages, not a page."""
    return path.startswith(("/assets/", "/fonts/"))


def inline_hashes(pages: Iterable[str]) -> list[str]:
    """Return the CSP sources of every inline script that runs in these pages, sorted."""
    found: set[str] = set()
    for page in pages:
        for attributes, body in _SCRIPT.findall(page):
            if body and not _NOT_RUN.search(attributes):
                # Browsers hash after normalising line ends to LF (HTML 13.2.3.5).
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
        "script-src-attr 'none'",
        "style-src 'self' 'unsafe-inline'",  # React and Reflex write style attributes
        "img-src 'self' data:",
        "font-src 'self'",
        f"connect-src 'self' {socket}",
        "object-src 'none'",
        "base-uri 'self'",
        "form-action 'self'",
        "frame-ancestors 'none'",
        f"report-uri {routes.SECURITY_REPORTS}",  # Firefox and Safari know only this one
        "report-to portal",
    ]
    if base_url.startswith("https:"):
        parts.append("upgrade-insecure-requests")
    return "; ".join(parts)


def is_private(path: str) -> bool:
    """Return whether the answer at `path` must not be stored by any cache."""
    is_feed = path.startswith(f"{routes.API}/agendas/") and not path.endswith("/slots")
    return is_feed or any(path == p or path.startswith(f"{p}/") for p in PRIVATE_PREFIXES)


@lru_cache(maxsize=1)
def _fixed_headers(built: Path = BUILD_FOLDER) -> dict[str, str]:
    """Return the headers of every page; computed at the first answer, once the build exists."""
    pages = (path.read_text("utf-8") for path in built.rglob("*.html"))
    base = settings().base_url
    fixed = _FIXED | {
        "Content-Security-Policy": content_security_policy(inline_hashes(pages), base)
    }
    if base.startswith("https:"):
        fixed["Strict-Transport-Security"] = f"max-age={YEAR_SECONDS}"
    return fixed


def _cache_control(path: str, status: int, given: str | None) -> str:
    """Return the `Cache-Control` of an answer; a handler's own holds unless `path` is private."""
    if is_private(path):
        return "no-store"
    if given is not None:
        return given
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
    return "no-cache"  # revalidated, so that a new build shows at once


class SecurityHeadersMiddleware:
    """ASGI middleware that adds these headers to every HTTP answer."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on and add headers to its answer."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        path: str = scope["path"]
        if settings().base_url.startswith("https:"):
            scope["scheme"] = "https"  # TLS ends at the proxy; a redirect must not leave it

        async def complete(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                fixed = _ON_FILES if is_static_file(path) else _fixed_headers()
                for name, value in fixed.items():
                    headers.setdefault(name, value)
                given = headers.get("cache-control")
                headers["Cache-Control"] = _cache_control(path, message["status"], given)
                if is_private(path):
                    headers["X-Robots-Tag"] = "noindex"
                if headers.get("access-control-allow-origin") == "*":
                    del headers["access-control-allow-credentials"]  # any site, without cookies
            await send(message)

        await self.app(scope, receive, complete)

"""What browsers report about the content security policy: one log line, without addresses."""

import json
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import structlog
from fastapi import APIRouter, Request

from canais_app import routes
from canais_app.api.deps import ClientAddress, RequireOwnOrigin
from canais_app.kit import limits

router = APIRouter(include_in_schema=False)
LIMIT = "20/minute"
MAX_REPORTS = 10  # of one request
_WORD = re.compile(r"[a-z-]{1,40}")
_HOST = re.compile(r"[a-z0-9.-]{1,100}")
log = structlog.get_logger()


@router.post(routes.SECURITY_REPORTS, status_code=204, dependencies=[RequireOwnOrigin])
async def receive_reports(request: Request, address: ClientAddress) -> None:
    """Log which directive was violated by what kind of source; the page's address may be secret."""
    limits.check_rate_limit(LIMIT, "security-reports", address)
    for directive, blocked in violations(await request.body()):
        log.warning("policy_violated", directive=directive, blocked=blocked)


def violations(body: bytes) -> list[tuple[str, str]]:
    """Return the directive and the blocked source of each report; none of what cannot be read.

    The source is a host, or a word such as `inline` or `eval`. Formats: the Reporting API's list,
    and `report-uri`'s object (CSP level 3).
    """
    try:
        sent = json.loads(body)
    except (ValueError, RecursionError):
        return []
    return list(_violations(sent))[:MAX_REPORTS]


def _violations(sent: Any) -> Iterator[tuple[str, str]]:  # noqa: ANN401 (what anybody sends)
    for report in sent if isinstance(sent, list) else [sent]:
        if not isinstance(report, dict):
            continue
        body = report.get("body", report.get("csp-report"))
        if not isinstance(body, dict):
            continue
        directive = body.get("effectiveDirective", body.get("effective-directive"))
        blocked = body.get("blockedURL", body.get("blocked-uri"))
        if isinstance(directive, str) and _WORD.fullmatch(directive):
            yield directive, _source(blocked)


def _source(blocked: object) -> str:
    if not isinstance(blocked, str):
        return ""
    if _WORD.fullmatch(blocked):
        return blocked
    try:
        host = urlsplit(blocked).hostname or ""
    except ValueError:
        return ""
    return host if _HOST.fullmatch(host) else ""

"""Fetch a calendar from its address, within limits of size and time.

Every hop is checked (`kit/public_address`) and connected to by the address that was checked, so
that neither a redirect nor a second look-up of the name leads into our own network. The operator
may name origins of the court's network that calendars are read from (`CANAIS_CALENDAR_ORIGINS`).
"""

import asyncio
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from http import HTTPStatus
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from canais_app.kit import public_address
from canais_app.kit.errors import InvalidError
from canais_app.settings import settings

if TYPE_CHECKING:
    import httpx2

MAX_BYTES = 5 * 1024 * 1024
TIMEOUT = 20.0  # seconds, for all hops together
MAX_REDIRECTS = 5
XML = "application/xml; charset=utf-8"
# The events of a range with their moved instances (RFC 4791, 7.8).
REPORT = """<?xml version="1.0" encoding="utf-8"?>
<c:calendar-query xmlns:d="DAV:" xmlns:c="urn:ietf:params:xml:ns:caldav">
<d:prop><c:calendar-data/></d:prop>
<c:filter><c:comp-filter name="VCALENDAR"><c:comp-filter name="VEVENT">
<c:time-range start="{first:%Y%m%dT%H%M%SZ}" end="{last:%Y%m%dT%H%M%SZ}"/>
</c:comp-filter></c:comp-filter></c:filter>
</c:calendar-query>"""


class CalendarKind(StrEnum):
    """How a calendar is read."""

    ICS = "ics"  # a file at a secret address
    CALDAV = "caldav"  # a collection, usually with user and password


class FetchError(Exception):
    """The calendar could not be fetched; the message is a sentence for staff."""


@dataclass(frozen=True)
class CalendarSource:
    """Where a calendar is, and who reads it."""

    kind: CalendarKind
    address: str
    user: str = ""
    password: str = ""


def normalise_address(address: str) -> str:
    """Return an https address of what people paste: `webcal://` is a calendar's https."""
    written = address.strip()
    for scheme in ("webcal://", "webcals://", "caldavs://", "caldav://"):
        if written.lower().startswith(scheme):
            return "https://" + written[len(scheme) :]
    return written


async def check_address(address: str) -> None:
    """Refuse an address that must not be read.

    Raises:
        InvalidError: not https, unknown, or of a private network that the operator did not name.
    """
    await public_address.resolve_public(address, allow_private=_is_named(address))


async def fetch(source: CalendarSource, first: datetime, last: datetime) -> bytes:
    """Return the calendar as it was sent, at most 5 MB.

    Raises:
        FetchError: no answer in time, refused, redirected to a private address, or too large.
    """
    import httpx2

    try:
        async with asyncio.timeout(TIMEOUT):
            return await _follow(source, first.astimezone(UTC), last.astimezone(UTC))
    except TimeoutError:
        raise FetchError("O servidor do calendário não respondeu a tempo.") from None
    except InvalidError as refusal:
        raise FetchError(refusal.message) from None
    except (httpx2.HTTPError, httpx2.InvalidURL) as wrong:
        raise FetchError("Não foi possível falar com o servidor do calendário.") from wrong


async def _follow(source: CalendarSource, first: datetime, last: datetime) -> bytes:
    import httpx2

    url = httpx2.URL(source.address)
    origin = _origin(source.address)
    async with httpx2.AsyncClient(timeout=TIMEOUT, follow_redirects=False) as client:
        for _ in range(MAX_REDIRECTS + 1):
            target = await public_address.resolve_public(
                str(url), allow_private=_is_named(str(url))
            )
            # A password goes to the origin it was given for, and to no other.
            credentials = (
                (source.user, source.password) if _origin(str(url)) == origin else ("", "")
            )
            request = client.build_request(
                "REPORT" if source.kind == CalendarKind.CALDAV else "GET",
                url.copy_with(host=target.ip, userinfo=b""),
                headers=_headers(source.kind, url.netloc.decode("ascii").rpartition("@")[2]),
                content=REPORT.format(first=first, last=last).encode()
                if source.kind == CalendarKind.CALDAV
                else None,
                extensions={"sni_hostname": target.host},
            )
            auth = httpx2.BasicAuth(*credentials) if any(credentials) else None
            answer = await client.send(request, auth=auth, stream=True)
            try:
                if not answer.is_redirect:
                    return await _read(answer)
                url = url.join(answer.headers["location"])
            finally:
                await answer.aclose()
    raise FetchError("O endereço leva de um lugar a outro sem fim.")


def _headers(kind: CalendarKind, host: str) -> dict[str, str]:
    # Uncompressed, so that the limit of size is that of what is kept in memory.
    headers = {"Host": host, "User-Agent": "canais-calendario/1", "Accept-Encoding": "identity"}
    if kind == CalendarKind.CALDAV:
        return headers | {"Content-Type": XML, "Depth": "1"}
    return headers | {"Accept": "text/calendar, text/plain;q=0.5, */*;q=0.1"}


async def _read(answer: "httpx2.Response") -> bytes:
    if answer.status_code in (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN):
        raise FetchError("O servidor do calendário recusou o usuário ou a senha.")
    if answer.status_code in (HTTPStatus.NOT_FOUND, HTTPStatus.GONE):
        raise FetchError("Não há calendário neste endereço.")
    if not answer.is_success:
        raise FetchError(f"O servidor do calendário respondeu {answer.status_code}.")
    if answer.headers.get("content-encoding", "identity") != "identity":
        raise FetchError("O servidor do calendário só responde comprimido.")
    body = bytearray()
    async for chunk in answer.aiter_raw():
        body += chunk
        if len(body) > MAX_BYTES:
            raise FetchError("O calendário tem mais de 5 MB.")
    return bytes(body)


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}".lower()


def _is_named(address: str) -> bool:
    """Whether the operator named the origin of an address as one of the court's own."""
    return _origin(address) in settings().calendar_origins

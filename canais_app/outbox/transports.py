"""How a message leaves: SMTP, the console, or `.eml` files."""

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager, suppress
from email.message import EmailMessage
from pathlib import Path
from typing import Protocol
from urllib.parse import parse_qs, unquote, urlsplit

import aiosmtplib

from canais_app.settings import settings

CONNECT_SECONDS = 10
SEND_SECONDS = 60
SERVICE_CLOSING_CODE = 421  # RFC 5321: the service is not available now
MESSAGE_TOO_LARGE_CODE = 552


class TransportUnreachableError(Exception):
    """There is no server to talk to, or it takes nothing from us: no letter is to blame.

    `midway` says that the line broke while a letter was being handed over: that is one try.
    """

    def __init__(self, said: str, *, midway: bool = False) -> None:
        super().__init__(said)
        self.said = said
        self.midway = midway


class MessageRefusedError(Exception):
    """The letter was not taken. `for_good` says that trying again is of no use (SMTP 5xx)."""

    def __init__(self, said: str, *, for_good: bool) -> None:
        super().__init__(said)
        self.said = said
        self.for_good = for_good


class Connection(Protocol):
    """An open way out; messages go one after the other."""

    async def send(self, message: EmailMessage) -> None:
        """Hand the message over.

        Raises:
            RefusedError: when it was not taken.
            UnreachableError: when the server went away before it had the message.
        """
        ...


class Transport(Protocol):
    """A kind of way out."""

    def open(self) -> AbstractAsyncContextManager[Connection]:
        """Open it for some messages.

        Raises:
            UnreachableError: when it cannot be opened now.
        """
        ...


class FileTransport:
    """Writes `.eml` files: what leaves without a mail server."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @asynccontextmanager
    async def open(self) -> AsyncIterator[Connection]:
        """Make the folder."""
        self.folder.mkdir(parents=True, exist_ok=True)
        yield self

    async def send(self, message: EmailMessage) -> None:
        """Write one file named after the Message-ID: a repeat replaces it."""
        name = re.sub(r"[^\w.-]+", "_", str(message["Message-ID"]).strip("<>"))
        path = self.folder / f"{name}.eml"
        await asyncio.to_thread(lambda: path.write_bytes(bytes(message)))


class SmtpTransport:
    """Speaks SMTP to the server of `CANAIS_SMTP_URL`.

    `smtp://` turns to TLS when the server offers it, and must when there is a password to send;
    `smtps://` is TLS from the first byte; `?tls=off` never asks for it (a relay on the same
    machine). Certificates are checked. `patience` is the seconds that one letter may take.
    """

    def __init__(self, url: str, patience: float = SEND_SECONDS) -> None:
        parts = urlsplit(url)
        self.secure = parts.scheme == "smtps"
        self.host = parts.hostname or "localhost"
        self.port = parts.port or (465 if self.secure else 25)
        self.user = unquote(parts.username or "") or None
        self.password = unquote(parts.password or "") or None
        self.patience = patience
        if self.secure or parse_qs(parts.query).get("tls") == ["off"]:
            self.start_tls = False
        else:
            self.start_tls = True if self.password else None

    @asynccontextmanager
    async def open(self) -> AsyncIterator[Connection]:
        """Connect and sign in."""
        client = _ImpatientSmtpClient(
            hostname=self.host,
            port=self.port,
            username=self.user,
            password=self.password,
            use_tls=self.secure,
            start_tls=self.start_tls,
            timeout=CONNECT_SECONDS,
        )
        try:
            await client.connect()
        except (aiosmtplib.SMTPException, OSError) as wrong:
            client.close()
            raise TransportUnreachableError(_server_reply(wrong)) from wrong
        try:
            yield _SmtpConnection(client, self.patience)
            with suppress(aiosmtplib.SMTPException, OSError):
                await client.quit()
        finally:
            client.close()


class _ImpatientSmtpClient(aiosmtplib.SMTP):
    """A client that leaves at once: all it waits for, it has heard before it closes.

    TLS would stay until the server has said good-bye too: a socket held for thirty seconds, or
    left open where the loop ends before that.
    """

    def close(self) -> None:
        """Cut the line."""
        if isinstance(self.transport, asyncio.WriteTransport):
            self.transport.abort()
        super().close()


class _SmtpConnection:
    """An open SMTP connection."""

    def __init__(self, client: aiosmtplib.SMTP, patience: float) -> None:
        self.client = client
        self.patience = patience

    async def send(self, message: EmailMessage) -> None:
        """Send one message; what the server answers decides what becomes of it."""
        try:
            async with asyncio.timeout(self.patience):  # aiosmtplib's is for each command
                await self.client.send_message(message)
        except aiosmtplib.SMTPRecipientsRefused as wrong:
            answer = wrong.recipients[0]
            raise MessageRefusedError(
                _server_reply(answer), for_good=_is_5xx(answer.code)
            ) from wrong
        except aiosmtplib.SMTPResponseException as wrong:
            raise _refusal(wrong) from wrong
        except OSError as wrong:  # a lost connection or a time-out, aiosmtplib's too
            raise TransportUnreachableError(_server_reply(wrong), midway=True) from wrong
        except aiosmtplib.SMTPNotSupported as wrong:  # an address beyond ASCII
            raise MessageRefusedError(_server_reply(wrong), for_good=True) from wrong
        except (aiosmtplib.SMTPException, ValueError) as wrong:
            raise MessageRefusedError(_server_reply(wrong), for_good=False) from wrong


def create_transport() -> Transport:
    """Return the way out that the settings ask for."""
    url = settings().smtp_url.get_secret_value()
    return SmtpTransport(url) if url else FileTransport(settings().var_dir / "mail")


def _refusal(wrong: aiosmtplib.SMTPResponseException) -> Exception:
    """Tell a refused letter from a server that refuses us (closing, or our sender or log-in)."""
    is_ours = isinstance(wrong, aiosmtplib.SMTPSenderRefused | aiosmtplib.SMTPAuthenticationError)
    if wrong.code == SERVICE_CLOSING_CODE or (is_ours and wrong.code != MESSAGE_TOO_LARGE_CODE):
        return TransportUnreachableError(_server_reply(wrong))
    return MessageRefusedError(_server_reply(wrong), for_good=_is_5xx(wrong.code))


def _is_5xx(code: int) -> bool:
    return 500 <= code < 600  # noqa: PLR2004 (RFC 5321, 4.2.1: permanent refusals)


def _server_reply(wrong: Exception) -> str:
    if isinstance(wrong, aiosmtplib.SMTPResponseException):
        return f"{wrong.code} {wrong.message}"[:300]
    return f"{type(wrong).__name__}: {wrong}"[:300]

"""Transports of messages: SMTP, or `.eml` files without a mail server."""

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
    """The server cannot be reached or accepts nothing from us: no message is at fault.

    `is_midway`: the connection broke while a message was being sent, which counts as an attempt.
    """

    def __init__(self, reply: str, *, is_midway: bool = False) -> None:
        super().__init__(reply)
        self.reply = reply
        self.is_midway = is_midway


class MessageRefusedError(Exception):
    """The server refused the message; `is_permanent` for SMTP 5xx."""

    def __init__(self, reply: str, *, is_permanent: bool) -> None:
        super().__init__(reply)
        self.reply = reply
        self.is_permanent = is_permanent


class Connection(Protocol):
    """An open connection, which sends one message after the other."""

    async def send(self, message: EmailMessage) -> None:
        """Send one message.

        Raises:
            MessageRefusedError: the server refused it.
            TransportUnreachableError: the connection was lost before the server had it.
        """
        ...


class Transport(Protocol):
    """A way to send messages."""

    def open(self) -> AbstractAsyncContextManager[Connection]:
        """Open a connection.

        Raises:
            TransportUnreachableError: it cannot be opened now.
        """
        ...


class FileTransport:
    """Writes `.eml` files, for a portal without a mail server."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    @asynccontextmanager
    async def open(self) -> AsyncIterator[Connection]:
        """Make the folder."""
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
        except OSError as wrong:
            raise TransportUnreachableError(_server_reply(wrong)) from wrong
        yield self

    async def send(self, message: EmailMessage) -> None:
        """Write one file, named by the Message-ID: a repeat replaces it.

        It is written aside and renamed. A full disk is no fault of the message.
        """
        name = re.sub(r"[^\w.-]+", "_", str(message["Message-ID"]).strip("<>"))
        try:
            await asyncio.to_thread(_write_whole, self.folder / f"{name}.eml", bytes(message))
        except OSError as wrong:
            raise TransportUnreachableError(_server_reply(wrong)) from wrong


def _write_whole(path: Path, content: bytes) -> None:
    aside = path.with_name(f"{path.name}.part")
    try:
        aside.write_bytes(content)
        aside.replace(path)
    except OSError:
        aside.unlink(missing_ok=True)
        raise


class SmtpTransport:
    """Speaks SMTP to the server of `CANAIS_SMTP_URL`.

    `smtp://` uses STARTTLS when the server offers it, and requires it when there is a password;
    `smtps://` is TLS from the first byte; `?tls=off` never uses it (a relay on the same machine).
    Certificates are checked. `send_seconds` limits the time of one message.
    """

    def __init__(self, url: str, send_seconds: float = SEND_SECONDS) -> None:
        parts = urlsplit(url)
        self.secure = parts.scheme == "smtps"
        self.host = parts.hostname or "localhost"
        self.port = parts.port or (465 if self.secure else 25)
        self.user = unquote(parts.username or "") or None
        self.password = unquote(parts.password or "") or None
        self.send_seconds = send_seconds
        if self.secure or parse_qs(parts.query).get("tls") == ["off"]:
            self.start_tls = False
        else:
            self.start_tls = True if self.password else None

    @asynccontextmanager
    async def open(self) -> AsyncIterator[Connection]:
        """Connect and log in."""
        client = _SmtpClient(
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
            yield _SmtpConnection(client, self.send_seconds)
            with suppress(aiosmtplib.SMTPException, OSError):
                await client.quit()
        finally:
            client.close()


class _SmtpClient(aiosmtplib.SMTP):
    """A client that closes at once.

    TLS would wait up to thirty seconds for the server's close_notify, or leave the socket open
    when the loop ends before.
    """

    def close(self) -> None:
        """Abort the connection."""
        if isinstance(self.transport, asyncio.WriteTransport):
            self.transport.abort()
        super().close()


class _SmtpConnection:
    """An open SMTP connection."""

    def __init__(self, client: aiosmtplib.SMTP, send_seconds: float) -> None:
        self.client = client
        self.send_seconds = send_seconds

    async def send(self, message: EmailMessage) -> None:
        """Send one message and raise the error that the server's reply stands for."""
        try:
            async with asyncio.timeout(self.send_seconds):  # aiosmtplib's own limit is per command
                await self.client.send_message(message)
        except aiosmtplib.SMTPRecipientsRefused as wrong:
            raise _refused(wrong.recipients[0]) from wrong
        except aiosmtplib.SMTPResponseException as wrong:
            raise _classify(wrong) from wrong
        except OSError as wrong:  # a lost connection or a time-out, aiosmtplib's too
            raise TransportUnreachableError(_server_reply(wrong), is_midway=True) from wrong
        except aiosmtplib.SMTPNotSupported as wrong:  # a non-ASCII address
            raise MessageRefusedError(_server_reply(wrong), is_permanent=True) from wrong
        except (aiosmtplib.SMTPException, ValueError) as wrong:
            raise MessageRefusedError(_server_reply(wrong), is_permanent=False) from wrong


def create_transport() -> Transport:
    """Return the transport of the settings."""
    url = settings().smtp_url.get_secret_value()
    return SmtpTransport(url) if url else FileTransport(settings().var_dir / "mail")


def _classify(wrong: aiosmtplib.SMTPResponseException) -> Exception:
    """Distinguish a refused message from a server that refuses our sender or log-in, or closes."""
    is_ours = isinstance(wrong, aiosmtplib.SMTPSenderRefused | aiosmtplib.SMTPAuthenticationError)
    if wrong.code == SERVICE_CLOSING_CODE or (is_ours and wrong.code != MESSAGE_TOO_LARGE_CODE):
        return TransportUnreachableError(_server_reply(wrong))
    return _refused(wrong)


def _refused(wrong: aiosmtplib.SMTPResponseException) -> MessageRefusedError:
    is_permanent = 500 <= wrong.code < 600  # noqa: PLR2004 (RFC 5321, 4.2.1)
    return MessageRefusedError(_server_reply(wrong), is_permanent=is_permanent)


def _server_reply(wrong: Exception) -> str:
    if isinstance(wrong, aiosmtplib.SMTPResponseException):
        return f"{wrong.code} {wrong.message}"[:300]
    return f"{type(wrong).__name__}: {wrong}"[:300]

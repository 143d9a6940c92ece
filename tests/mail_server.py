"""A real SMTP server for the tests: it keeps what it takes and refuses what it is told to."""

import asyncio
import socket
import ssl
from asyncio.trsock import TransportSocket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session


@dataclass
class MailServer:
    """`refusals` maps a recipient to the answers given before it is accepted (or for ever)."""

    port: int
    taken: list[EmailMessage] = field(default_factory=list)
    refusals: dict[str, list[str]] = field(default_factory=dict)
    slow: float = 0.0  # seconds before DATA is answered
    hang_up: int = 0  # how many messages are answered by closing the connection
    lingers: bool = False  # leaves its side of the line open after QUIT
    answers: list[str] = field(default_factory=list)  # to DATA, before any is taken
    tls: ssl.SSLContext | None = None
    from_first_byte: bool = False  # TLS as `smtps://` has it; else by STARTTLS
    login: tuple[str, str] | None = None  # the only one that is let in
    knows_utf8: bool = True  # SMTPUTF8: mailboxes beyond ASCII
    connections: int = 0
    over_tls: int = 0  # messages that came encrypted
    lines: dict[TransportSocket, asyncio.WriteTransport] = field(default_factory=dict)

    async def handle_RCPT(  # noqa: N802 (aiosmtpd's name)
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: Any
    ) -> str:
        answers = self.refusals.get(address, [])
        if answers:
            return answers.pop(0) if len(answers) > 1 or answers[0][0] == "4" else answers[0]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_EHLO(  # noqa: N802 (aiosmtpd's name)
        self, server: SMTP, session: Session, _envelope: Envelope, name: str, answers: list[str]
    ) -> list[str]:
        assert isinstance(server.transport, asyncio.WriteTransport)
        self.lines[server.transport.get_extra_info("socket")] = server.transport
        self.connections += session.host_name is None
        session.host_name = name
        return answers

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        if self.hang_up:
            self.hang_up -= 1
            assert server.transport is not None
            server.transport.abort()
            return "421 bye"
        await asyncio.sleep(self.slow)
        if self.answers:
            return self.answers.pop(0)
        self.over_tls += session.ssl is not None or self.from_first_byte
        assert isinstance(envelope.content, bytes)
        self.taken.append(message_from_bytes(envelope.content, policy=default))  # type: ignore[arg-type]
        return "250 OK"

    async def handle_QUIT(self, server: SMTP, _session: Session, _envelope: Envelope) -> str:  # noqa: N802
        if self.lingers:
            await server.push("221 Bye")
            await asyncio.Event().wait()
        return "221 Bye"

    @property
    def url(self) -> str:
        """What `CANAIS_SMTP_URL` would be."""
        return f"smtp://127.0.0.1:{self.port}/?tls=off"

    async def close_lines(self) -> None:
        """Close what is still open before the server's loop ends, and let the loop notice."""
        for wire, line in self.lines.items():
            # asyncio fails to abort a line whose last bytes left after it was closed.
            if wire.fileno() >= 0:
                line.abort()
        for _ in range(3):
            await asyncio.sleep(0)

    def may_enter(
        self, _server: SMTP, _session: Session, _envelope: Envelope, _how: str, sent: LoginPassword
    ) -> AuthResult:
        """Check a log-in."""
        given = (sent.login.decode(), sent.password.decode())
        return AuthResult(success=given == self.login, handled=False)


def free_port() -> int:
    """Return a port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextmanager
def serve_in_background(server: MailServer) -> Iterator[MailServer]:
    """Let the server answer on its port meanwhile."""
    controller = Controller(
        server,
        hostname="127.0.0.1",
        port=server.port,
        enable_SMTPUTF8=server.knows_utf8,
        ssl_context=server.tls if server.from_first_byte else None,
        tls_context=None if server.from_first_byte else server.tls,
        require_starttls=server.tls is not None and not server.from_first_byte,
        auth_required=server.login is not None,
        auth_require_tls=server.tls is not None and not server.from_first_byte,
        authenticator=server.may_enter if server.login else None,
    )
    controller.start()
    try:
        yield server
    finally:
        asyncio.run_coroutine_threadsafe(server.close_lines(), controller.loop).result(10)
        controller.stop()

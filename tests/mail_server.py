"""A real SMTP server for the tests: it keeps what it takes and refuses what it is told to."""

import asyncio
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session


@dataclass
class MailServer:
    """`refusals` maps a recipient to the answers given before it is accepted (or for ever)."""

    port: int
    taken: list[EmailMessage] = field(default_factory=list)
    refusals: dict[str, list[str]] = field(default_factory=dict)
    slow: float = 0.0  # seconds before DATA is answered
    hang_up: int = 0  # how many messages are answered by closing the connection

    async def handle_RCPT(  # noqa: N802 (aiosmtpd's name)
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, _options: Any
    ) -> str:
        answers = self.refusals.get(address, [])
        if answers:
            return answers.pop(0) if len(answers) > 1 or answers[0][0] == "4" else answers[0]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        if self.hang_up:
            self.hang_up -= 1
            assert server.transport is not None
            server.transport.abort()
            return "421 bye"
        await asyncio.sleep(self.slow)
        assert isinstance(envelope.content, bytes)
        self.taken.append(message_from_bytes(envelope.content, policy=default))  # type: ignore[arg-type]
        return "250 OK"

    @property
    def url(self) -> str:
        """What `CANAIS_SMTP_URL` would be."""
        return f"smtp://127.0.0.1:{self.port}/?tls=off"


def free_port() -> int:
    """Return a port nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@contextmanager
def listening(server: MailServer) -> Iterator[MailServer]:
    """Let the server answer on its port meanwhile."""
    controller = Controller(server, hostname="127.0.0.1", port=server.port)
    controller.start()
    try:
        yield server
    finally:
        controller.stop()

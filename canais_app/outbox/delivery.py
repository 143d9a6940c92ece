"""Send due messages: claim, send, mark. Each step is its own transaction; sending is in none."""

import asyncio
from collections.abc import Callable
from datetime import datetime
from email.header import Header
from email.headerregistry import BaseHeader, HeaderRegistry, UniqueUnstructuredHeader
from email.message import EmailMessage
from email.policy import SMTP, Policy
from email.utils import format_datetime, formataddr

import structlog

from canais_app.kit import clock, db
from canais_app.outbox import messages, queue
from canais_app.outbox.messages import RenderedMessage
from canais_app.outbox.queue import ClaimedMessage
from canais_app.outbox.transports import (
    Connection,
    MessageRefusedError,
    Transport,
    TransportUnreachableError,
    create_transport,
)
from canais_app.settings import settings

SENDER_NAME = "Canais de Atendimento TJMT"  # a comma or an accent would need quoting
CONNECTIONS = 4  # at once, when much is due
MESSAGES_PER_CONNECTION = 10  # due, from which another connection is worth its opening
REST_SECONDS = 0.05  # after each message while others wait for SQLite's writer
log = structlog.get_logger()


class SubjectHeader(UniqueUnstructuredHeader, BaseHeader):  # pyright: ignore[reportIncompatibleVariableOverride]
    """A subject that is encoded as a whole when it has an accent.

    The library's own folding leaves a space beside each encoded word that readers show twice.
    """

    def fold(self, *, policy: Policy) -> str:
        """Return the header's lines."""
        if str(self).isascii():
            return super().fold(policy=policy)
        lines = Header(str(self), "utf-8", header_name=self.name).encode(linesep=policy.linesep)
        return f"{self.name}: {lines}{policy.linesep}"


def _policy() -> Policy:
    headers = HeaderRegistry()
    headers.map_to_type("subject", SubjectHeader)
    return SMTP.clone(header_factory=headers)


MAIL_POLICY = _policy()


def compose_email(claimed: ClaimedMessage, rendered: RenderedMessage) -> EmailMessage:
    """Return the e-mail of a message: text, HTML and, if any, the calendar event."""
    message = EmailMessage(policy=MAIL_POLICY)
    message["Subject"] = rendered.subject
    message["From"] = formataddr((SENDER_NAME, messages.sender_address()))
    message["To"] = _deliverable(claimed.recipient)
    if claimed.reply_to:
        message["Reply-To"] = _deliverable(claimed.reply_to)
    message["Date"] = format_datetime(clock.to_local(claimed.created_at))
    message["Message-ID"] = claimed.message_id
    if claimed.earlier:
        message["In-Reply-To"] = claimed.earlier[-1]
        message["References"] = " ".join(claimed.earlier)
    message["Auto-Submitted"] = "auto-generated"
    message["X-Auto-Response-Suppress"] = "All"
    if claimed.party in messages.COURT_PARTIES:  # a List-Id to filter by
        message["List-Id"] = f"Agendamentos <agendamentos.{settings().mail_domain}>"
    if rendered.unsubscribe:
        message["List-Unsubscribe"] = f"<{rendered.unsubscribe}>"
        message["List-Unsubscribe-Post"] = "List-Unsubscribe=One-Click"
    message.set_content(rendered.text, cte="quoted-printable")
    # base64 is ten times quicker to encode than quoted-printable
    message.add_alternative(rendered.html, subtype="html", cte="base64")
    if rendered.ics:
        _attach_event(message, rendered.ics, rendered.ics_method)
    for number, event in enumerate(rendered.more_ics, 2):
        name = f"atendimento-{number}.ics"
        message.add_attachment(event.encode(), maintype="application", subtype="ics", filename=name)
    return message


def _deliverable(address: str) -> str:
    """Return an address with its domain in IDNA form: `tribunal-ção.br` is `xn--…`."""
    name, _, domain = address.rpartition("@")
    return f"{name}@{domain.encode('idna').decode()}"


def _attach_event(message: EmailMessage, event: str, method: str) -> None:
    """Add the event twice: calendars read the alternative part, people open the attachment."""
    message.add_alternative(event, subtype="calendar", params={"method": method}, cte="base64")
    message.add_attachment(
        event.encode(), maintype="application", subtype="ics", filename="atendimento.ics"
    )


async def send_due_messages(
    *, get_now: Callable[[], datetime] = clock.now, transport: Transport | None = None
) -> int:
    """Send due messages and return how many were sent.

    While the server is unreachable nothing is claimed and no attempt is counted.
    """
    most = CONNECTIONS * MESSAGES_PER_CONNECTION
    due = await db.read(queue.count_due_messages, get_now(), limit=most)
    used = transport or create_transport()
    senders = [_send_by_connection(used, get_now) for _ in range(0, due, MESSAGES_PER_CONNECTION)]
    return sum(await asyncio.gather(*senders))


async def _send_by_connection(transport: Transport, get_now: Callable[[], datetime]) -> int:
    """Send messages by one connection until none is due; return how many were sent."""
    sent = 0
    try:
        async with transport.open() as connection:
            await db.write(queue.withdraw_late, now=get_now())
            claimed = await db.write(queue.claim_next, now=get_now())
            while claimed:
                rendered = await _send_message(connection, claimed, get_now)
                sent += rendered is not None
                if db.are_writers_waiting():
                    await asyncio.sleep(REST_SECONDS)
                # Not cancelled with the process: a sent message must be marked.
                step = db.write(queue.mark_sent_and_claim, claimed, rendered, now=get_now())
                claimed = await asyncio.shield(step)
    except TransportUnreachableError as wrong:
        log.warning("mail_server_unreachable", error=type(wrong.__cause__).__name__)
    return sent


async def _send_message(
    connection: Connection, claimed: ClaimedMessage, get_now: Callable[[], datetime]
) -> RenderedMessage | None:
    """Send a message and return it rendered; record a refusal and return None."""
    try:
        rendered, email = await asyncio.to_thread(_render_email, claimed, get_now())
        await connection.send(email)
    except TransportUnreachableError as wrong:
        if wrong.is_midway:
            await _record_refusal(claimed, wrong.reply, is_permanent=False, now=get_now())
        else:
            await db.write(queue.release_claim, claimed, wrong.reply)
        raise
    except MessageRefusedError as wrong:
        await _record_refusal(claimed, wrong.reply, is_permanent=wrong.is_permanent, now=get_now())
        return None
    except Exception as wrong:  # a message that cannot be rendered must not stop the others
        log.exception("message_rendering_failed", message=claimed.id)
        await _record_refusal(claimed, type(wrong).__name__, is_permanent=False, now=get_now())
        return None
    return rendered


def _render_email(claimed: ClaimedMessage, now: datetime) -> tuple[RenderedMessage, EmailMessage]:
    message = messages.drop_passed_deadlines(queue.decrypt_message(claimed), now)
    rendered = messages.render_message(message)
    return rendered, compose_email(claimed, rendered)


async def _record_refusal(
    claimed: ClaimedMessage, reply: str, *, is_permanent: bool, now: datetime
) -> None:
    log.info("message_refused", message=claimed.id, is_permanent=is_permanent)
    await db.write(queue.mark_refused, claimed, reply, is_permanent=is_permanent, now=now)

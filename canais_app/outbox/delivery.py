"""Emptying the queue: claim, send, mark; each step its own transaction, the sending in none."""

import asyncio
from collections.abc import Callable
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, formataddr

import structlog

from canais_app.kit import clock, db
from canais_app.outbox import ics, messages, queue
from canais_app.outbox.messages import RenderedMessage
from canais_app.outbox.queue import ClaimedMessage
from canais_app.outbox.transports import (
    Connection,
    MessageRefusedError,
    Transport,
    TransportUnreachableError,
    create_transport,
)

SENDER_NAME = "Canais de Atendimento TJMT"  # a comma or an accent would need quoting
COURT_PARTIES = ("chambers", "registry")  # who may want to sort them into a folder
log = structlog.get_logger()


def compose_email(letter: ClaimedMessage, rendered: RenderedMessage) -> EmailMessage:
    """Return the e-mail of a letter: text, HTML and, where there is one, the calendar event."""
    message = EmailMessage(policy=SMTP)
    message["Subject"] = rendered.subject
    message["From"] = formataddr((SENDER_NAME, messages.sender_address()))
    message["To"] = _deliverable(letter.recipient)
    if letter.reply_to:
        message["Reply-To"] = _deliverable(letter.reply_to)
    message["Date"] = format_datetime(clock.to_local(letter.created_at))
    message["Message-ID"] = letter.message_id
    if letter.earlier:
        message["In-Reply-To"] = letter.earlier[-1]
        message["References"] = " ".join(letter.earlier)
    message["Auto-Submitted"] = "auto-generated"
    message["X-Auto-Response-Suppress"] = "All"
    if letter.party in COURT_PARTIES:
        message["List-Id"] = f"Agendamentos <agendamentos.{ics.uid_domain()}>"
    message.set_content(rendered.text, cte="quoted-printable")
    message.add_alternative(rendered.html, subtype="html", cte="base64")  # ten times quicker
    if rendered.ics:
        _attach_event(message, rendered.ics, rendered.ics_method)
    return message


def _deliverable(address: str) -> str:
    """Return an address with its domain as DNS has it: `tribunal-ção.br` is `xn--…`."""
    name, _, domain = address.rpartition("@")
    return f"{name}@{domain.encode('idna').decode()}"


def _attach_event(message: EmailMessage, event: str, method: str) -> None:
    """Add the event twice: calendars read the alternative, people open the attachment."""
    message.add_alternative(event, subtype="calendar", params={"method": method}, cte="base64")
    message.add_attachment(
        event.encode(), maintype="application", subtype="ics", filename="atendimento.ics"
    )


async def send_due_messages(
    *, notify: Callable[[], datetime] = clock.now, way_out: Transport | None = None
) -> int:
    """Send what is due and return how many letters left.

    When the server cannot be reached nothing is claimed and no letter loses a try.
    """
    sent = 0
    if not await db.read(queue.has_due_messages, notify()):
        return sent
    try:
        async with (way_out or create_transport()).open() as way:
            await db.write(queue.withdraw_late, now=notify())
            letter = await db.write(queue.claim_next, now=notify())
            while letter:
                words = await _send_message(way, letter, notify)
                sent += words is not None
                # A stop of the process waits for the mark: the letter has left.
                step = db.write(queue.mark_sent_and_claim, letter, words, now=notify())
                letter = await asyncio.shield(step)
    except TransportUnreachableError as wrong:
        log.warning("mail_server_unreachable", error=type(wrong.__cause__).__name__)
    return sent


async def _send_message(
    way: Connection, letter: ClaimedMessage, tell: Callable[[], datetime]
) -> RenderedMessage | None:
    """Hand a letter over and return its words; None when it was not taken, which is noted."""
    try:
        words, message = await asyncio.to_thread(_render_email, letter)
        await way.send(message)
    except TransportUnreachableError as wrong:
        if wrong.midway:
            await _record_refusal(letter, wrong.said, for_good=False, now=tell())
        else:
            await db.write(queue.release_claim, letter, wrong.said)
        raise
    except MessageRefusedError as wrong:
        await _record_refusal(letter, wrong.said, for_good=wrong.for_good, now=tell())
        return None
    except Exception as wrong:  # a letter that cannot be written must not stop the others
        log.exception("letter_not_written", message=letter.id)
        await _record_refusal(letter, type(wrong).__name__, for_good=False, now=tell())
        return None
    return words


def _render_email(letter: ClaimedMessage) -> tuple[RenderedMessage, EmailMessage]:
    """Return a letter's words and its e-mail."""
    words = messages.render_message(queue.decrypt_payload(letter))
    return words, compose_email(letter, words)


async def _record_refusal(
    letter: ClaimedMessage, said: str, *, for_good: bool, now: datetime
) -> None:
    log.info("letter_refused", message=letter.id, for_good=for_good)
    await db.write(queue.mark_refused, letter, said, for_good=for_good, now=now)

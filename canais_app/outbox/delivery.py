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
from canais_app.outbox.messages import Words
from canais_app.outbox.queue import Outgoing
from canais_app.outbox.transports import RefusedError, Transport, UnreachableError, Way, transport

SENDER_NAME = "Canais de Atendimento TJMT"  # a comma or an accent would need quoting
IN_HOUSE = ("chambers", "registry")  # who may want to sort them into a folder
log = structlog.get_logger()


def compose(letter: Outgoing, words: Words) -> EmailMessage:
    """Return the e-mail of a letter: text, HTML and, where there is one, the calendar event."""
    message = EmailMessage(policy=SMTP)
    message["Subject"] = words.subject
    message["From"] = formataddr((SENDER_NAME, messages.sender()))
    message["To"] = _deliverable(letter.recipient)
    if letter.reply_to:
        message["Reply-To"] = _deliverable(letter.reply_to)
    message["Date"] = format_datetime(clock.local(letter.created_at))
    message["Message-ID"] = letter.message_id
    if letter.earlier:
        message["In-Reply-To"] = letter.earlier[-1]
        message["References"] = " ".join(letter.earlier)
    message["Auto-Submitted"] = "auto-generated"
    message["X-Auto-Response-Suppress"] = "All"
    if letter.party in IN_HOUSE:
        message["List-Id"] = f"Agendamentos <agendamentos.{ics.domain()}>"
    message.set_content(words.text, cte="quoted-printable")
    message.add_alternative(words.html, subtype="html", cte="base64")  # ten times quicker
    if words.ics:
        _attach_event(message, words.ics, words.ics_method)
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


async def drain(
    *, tell: Callable[[], datetime] = clock.now, way_out: Transport | None = None
) -> int:
    """Send what is due and return how many letters left.

    When the server cannot be reached nothing is claimed and no letter loses a try.
    """
    sent = 0
    if not await db.in_reading(queue.any_due, tell()):
        return sent
    try:
        async with (way_out or transport()).open() as way:
            await db.in_session(queue.withdraw_late, now=tell())
            letter = await db.in_session(queue.claim, now=tell())
            while letter:
                words = await _deliver(way, letter, tell)
                sent += words is not None
                # A stop of the process waits for the mark: the letter has left.
                step = db.in_session(queue.go_on, letter, words, now=tell())
                letter = await asyncio.shield(step)
    except UnreachableError as wrong:
        log.warning("mail_server_unreachable", error=type(wrong.__cause__).__name__)
    return sent


async def _deliver(way: Way, letter: Outgoing, tell: Callable[[], datetime]) -> Words | None:
    """Hand a letter over and return its words; None when it was not taken, which is noted."""
    try:
        words, message = await asyncio.to_thread(_written, letter)
        await way.send(message)
    except UnreachableError as wrong:
        if wrong.midway:
            await _refuse(letter, wrong.said, for_good=False, now=tell())
        else:
            await db.in_session(queue.release, letter, wrong.said)
        raise
    except RefusedError as wrong:
        await _refuse(letter, wrong.said, for_good=wrong.for_good, now=tell())
        return None
    except Exception as wrong:  # a letter that cannot be written must not stop the others
        log.exception("letter_not_written", message=letter.id)
        await _refuse(letter, type(wrong).__name__, for_good=False, now=tell())
        return None
    return words


def _written(letter: Outgoing) -> tuple[Words, EmailMessage]:
    """Return a letter's words and its e-mail."""
    words = messages.render(queue.opened(letter))
    return words, compose(letter, words)


async def _refuse(letter: Outgoing, said: str, *, for_good: bool, now: datetime) -> None:
    log.info("letter_refused", message=letter.id, for_good=for_good)
    await db.in_session(queue.mark_refused, letter, said, for_good=for_good, now=now)

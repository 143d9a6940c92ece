"""The words of each message: what is said to whom. Jinja templates stand beside this file."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Any, Literal

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

from canais_app.kit import clock, text
from canais_app.kit.contacts import format_phone
from canais_app.outbox import ics
from canais_app.settings import settings

Party = Literal["lawyer", "chambers", "registry"]

BOOKED = "appointment_booked"
MOVED = "appointment_moved"
CANCELLED = "appointment_cancelled"
REMINDER = "appointment_reminder"
TO_CONFIRM = "appointment_to_confirm"  # the lawyer confirms by the link
PENDING = "appointment_pending"  # the gabinete has to approve
REFUSED = "appointment_refused"  # it did not
OFFERED = "appointment_offered"  # a time is kept for who waits
WAITLISTED = "waitlist_joined"
MY_APPOINTMENTS = "my_appointments"  # the link that lists them
DAY_LIST = "day_list"  # the gabinete's appointments of the day
SUBSTITUTION_STARTED = "substitution_set"  # a gabinete learns that it attends in another's place
SUBSTITUTION_ENDED = "substitution_ended"
COMPLAINT_RECEIPT = "complaint_receipt"
COMPLAINT_ANSWER = "complaint_answer"
CONTACTS_REMINDER = "contacts_reminder"  # nobody confirmed them for 90 days
CORRECTION_RESOLVED = "correction_settled"  # of a contact, to who proposed it
STAFF_INVITATION = "staff_invitation"
PASSWORD_RESET = "password_reset"  # noqa: S105 (the name of a message)
SECOND_STEP_REMOVED = "second_step_removed"  # by an administrator: the phone was lost

PARTY_NAMES = {
    "lawyer": "Advogada(o)",
    "chambers": "Gabinete",
    "registry": "Secretaria",
    "reporter": "Quem relatou",
    "staff": "Servidor(a)",
    "unit": "Unidade",
    "proposer": "Quem avisou",
}
RENDERED_KIND = (
    "written"  # the context of a letter that an earlier version of the portal has written
)
SUBJECT_PREFIX = "Assunto: "
MAX_SUBJECT_LENGTH = 200
# Tokens in addresses have 43 characters, keys in queries 22; a complaint's code 3 groups of 4.
_SECRETS = re.compile(r"[\w-]{32,}|(?<==)[\w-]{20,}|\b[2-9B-Z]{4}-[2-9B-Z]{4}-[2-9B-Z]{4}\b")


@dataclass(frozen=True)
class Message:
    """One message to one party about one thing (`thread`, for instance `appointment:12`).

    `context` fills the templates of `kind`; `context["sequence"]` tells a second message of the
    same kind from the first. `event` is what goes into the reader's calendar. `reply_to` is whom
    an answer reaches (empty: nobody reads it). It may leave from `due_at` (default: at once) and
    is of no use after `until` (default: always of use).
    """

    kind: str
    thread: str
    party: str
    recipient: str
    context: Mapping[str, Any]
    message_id: str = ""
    event: ics.IcsEvent | None = None
    reply_to: str = ""
    due_at: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True)
class RenderedMessage:
    """A message as it will be read. `ics` is its calendar event, or empty."""

    subject: str
    text: str
    html: str
    ics: str = ""
    ics_method: str = ""


def render_message(letter: Message) -> RenderedMessage:
    """Write a letter; a template that asks for something not given is an error, never a gap."""
    if RENDERED_KIND in letter.context:
        return RenderedMessage(**letter.context[RENDERED_KIND])
    subject, plain = render_plain_text(letter)
    template = _templates().get_template(f"{letter.kind}.html.j2")
    html = template.render(_template_context(letter) | {"title": subject})
    if letter.event is None:
        return RenderedMessage(subject, plain, html)
    return RenderedMessage(
        subject, plain, html, ics.serialize_invitation(letter.event), ics.itip_method(letter.event)
    )


def render_plain_text(letter: Message) -> tuple[str, str]:
    """Write a letter's subject and its text only."""
    if RENDERED_KIND in letter.context:
        return letter.context[RENDERED_KIND]["subject"], letter.context[RENDERED_KIND]["text"]
    plain = _templates().get_template(f"{letter.kind}.txt.j2").render(_template_context(letter))
    first, _, body = plain.partition("\n")
    subject = " ".join(first.removeprefix(SUBJECT_PREFIX).split())[:MAX_SUBJECT_LENGTH]
    return subject, re.sub(r"\n{3,}", "\n\n", body).strip() + "\n"


def _template_context(letter: Message) -> dict[str, Any]:
    return {
        "base_url": settings().base_url,
        "demo": not settings().is_production,
        **letter.context,
        "party": letter.party,
        "reply_to": letter.reply_to,
    }


def redact_secrets(words: str) -> str:
    """Return a text with its links' tokens and secret codes covered: what staff may read."""
    return _SECRETS.sub("[oculto]", words)


def make_message_id(letter: Message) -> str:
    """Return the identifier of a letter: the same letter has the same one, whoever writes it."""
    if letter.message_id:
        return letter.message_id
    thread = re.sub(r"[^A-Za-z0-9]+", "-", letter.thread)
    sequence = letter.context.get("sequence", 0)
    return f"<{letter.kind}.{thread}.{letter.party}.{sequence}@{ics.uid_domain()}>"


def sender_address() -> str:
    """Return the address our messages come from."""
    return settings().mail_from or f"nao-responda@{ics.uid_domain()}"


@lru_cache(maxsize=1)
def _templates() -> Environment:
    made = Environment(
        loader=PackageLoader("canais_app.outbox"),
        autoescape=select_autoescape(enabled_extensions=("html.j2",), default=False),
        undefined=StrictUndefined,
        keep_trailing_newline=True,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters |= {
        "day": _day,
        "hour": text.format_hour,
        "date": _date,
        "long": text.format_long_date,
        "moment": _moment,
        "phone": format_phone,
    }
    return made


def _day(moment: datetime) -> str:
    return text.format_long_date(clock.to_local_day(moment))


def _date(moment: datetime | date) -> str:
    day = clock.to_local_day(moment) if isinstance(moment, datetime) else moment
    return text.format_date(day)


def _moment(moment: datetime) -> str:
    return f"{_day(moment)}, às {text.format_hour(moment)} (horário de Cuiabá)"

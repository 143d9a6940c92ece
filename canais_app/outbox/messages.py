"""Messages: their kinds, how they are stored, and how Jinja templates render them.

What a message is rendered from is stored encrypted and rendered when it is sent: rendering takes
longer than storing, which is done while others wait for the same lock.
"""

import json
import re
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import IntEnum
from functools import lru_cache
from typing import Any, Literal

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

from canais_app import routes
from canais_app.kit import clock, text
from canais_app.kit.contacts import format_phone
from canais_app.kit.encryption import decrypt, encrypt
from canais_app.outbox import ics
from canais_app.settings import settings

Party = Literal["lawyer", "booker", "chambers", "registry"]

BOOKED = "appointment_booked"
MOVED = "appointment_moved"
CANCELLED = "appointment_cancelled"
CHANGED = "appointment_changed"  # the room, the link or who attends; the time stays
REMINDER = "appointment_reminder"
COURT_PARTIES = ("chambers", "registry")
TO_CONFIRM = "appointment_to_confirm"  # the lawyer confirms by the link
PENDING = "appointment_pending"  # the gabinete has to approve
REFUSED = "appointment_refused"
OVERDUE = "appointment_overdue"  # a request past its term, to the gabinete
DISPUTED = "appointment_disputed"  # a stranger may have used the registration
OFFERED = "appointment_offered"  # a freed slot, to the next of the waiting list
WAITLISTED = "waitlist_joined"
MY_APPOINTMENTS = "my_appointments"  # the link to the list
DAY_LIST = "day_list"  # the gabinete's appointments of the day
SUBSTITUTION_STARTED = "substitution_set"  # to the gabinete that substitutes
SUBSTITUTION_ENDED = "substitution_ended"
COMPLAINT_RECEIPT = "complaint_receipt"
COMPLAINT_ANSWER = "complaint_answer"
COMPLAINT_FORWARDED = "complaint_forwarded"  # to the unit that has to answer
COMPLAINT_DEADLINES = "complaint_deadlines"  # to the person of the Corregedoria who owns them
CONTACTS_REMINDER = "contacts_reminder"  # not confirmed for 90 days
CORRECTION_RESOLVED = "correction_settled"  # to the person who proposed it
SITUATION_OPENED = "situation_opened"  # an alarm, to who is on duty
SITUATION_UNIT = "situation_unit"  # an alarm, to the unit and its managers
INCIDENT_UNIT = "incident_unit"  # an incident, to a unit of it
INCIDENT_LAWYER = "incident_lawyer"  # booked in an affected channel
STAFF_INVITATION = "staff_invitation"
PASSWORD_RESET = "password_reset"  # noqa: S105 (the name of a message)
STATUS_CONFIRMATION = "status_confirmation"  # the double opt-in of news about failures
STATUS_NEWS = "status_news"
SECOND_STEP_REMOVED = "second_step_removed"  # by an administrator: the phone was lost

PARTY_NAMES = {
    "lawyer": "Advogada(o)",
    "booker": "Quem marcou",
    "chambers": "Gabinete",
    "registry": "Secretaria",
    "reporter": "Quem relatou",
    "staff": "Servidor(a)",
    "unit": "Unidade",
    "proposer": "Quem avisou",
    "subscriber": "Quem recebe avisos",
}
UNSUBSCRIBE_KEY = "unsubscribe_url"  # in contexts of letters that a subscription causes
MORE_EVENTS_KEY = "more_events"  # in contexts of letters about several calendar events
RENDERED_KEY = "written"  # in contexts that an earlier version stored rendered
SUBJECT_PREFIX = "Assunto: "
MAX_SUBJECT_LENGTH = 200
_MOMENT, _DAY = "$moment", "$day"  # tag dates in the stored JSON
# Tokens in addresses have 43 characters, keys in queries 22; a complaint's code 3 groups of 4.
_SECRETS = re.compile(r"[\w-]{32,}|(?<==)[\w-]{20,}|\b[2-9B-Z]{4}-[2-9B-Z]{4}-[2-9B-Z]{4}\b")


@dataclass(frozen=True)
class Message:
    """One message to one party about one subject (`thread`, for instance `appointment:12`).

    `context` fills the templates of `kind`; its `sequence` and `occasion` distinguish messages of
    the same kind. `event` is the calendar event. `reply_to` is empty when answers are not read.
    The message is sent from `due_at` on (default: at once) and not after `until` (default: no
    limit).
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

    @property
    def sent_until(self) -> datetime | None:
        """Until when it is sent: a letter with a link that expires is of no use afterwards."""
        return self.until or self.context.get("expires_at")


class Priority(IntEnum):
    """Which of the due messages is sent first: the lowest."""

    URGENT = 0  # somebody waits for it: a link, a confirmation, a receipt
    CHANGE = 1
    REMINDER = 2
    LIST = 3


_PRIORITIES: dict[str, Priority] = dict.fromkeys(
    (
        "appointment_to_confirm", "appointment_booked", "appointment_pending",
        "complaint_receipt", "my_appointments", "password_reset", "staff_invitation",
        "status_confirmation", "waitlist_joined",
    ),
    Priority.URGENT,
)  # fmt: skip
_PRIORITIES |= dict.fromkeys(
    (REMINDER, CONTACTS_REMINDER, "complaint_deadlines"), Priority.REMINDER
)
_PRIORITIES |= dict.fromkeys(("day_list", "status_news"), Priority.LIST)


def priority_of(message: Message) -> Priority:
    """Return the priority of a message; nobody at the court waits for a confirmation."""
    found = _PRIORITIES.get(message.kind, Priority.CHANGE)
    is_inside = message.party in COURT_PARTIES
    return Priority.CHANGE if found == Priority.URGENT and is_inside else found


@dataclass(frozen=True)
class RenderedMessage:
    """A message as it is sent. `ics` is its calendar event, or empty; `more_ics` are others.

    `unsubscribe` is the address of its one-click end of a subscription (RFC 8058), or empty.
    """

    subject: str
    text: str
    html: str
    ics: str = ""
    ics_method: str = ""
    more_ics: tuple[str, ...] = ()
    unsubscribe: str = ""


def generate_event_uid() -> str:
    """Return a random UID of a calendar event (at most 80 characters, no personal data)."""
    return f"{uuid.uuid4().hex}@{settings().mail_domain}"[:80]


def make_message_id(message: Message) -> str:
    """Return the Message-ID, the same for the same message."""
    if message.message_id:
        return message.message_id
    thread = re.sub(r"[^A-Za-z0-9]+", "-", message.thread)
    sequence = f"{message.context.get('sequence', 0)}{message.context.get('occasion', '')}"
    return f"<{message.kind}.{thread}.{message.party}.{sequence}@{settings().mail_domain}>"


def sender_address() -> str:
    """Return the sender's address."""
    return settings().mail_from or f"nao-responda@{settings().mail_domain}"


def encrypt_payload(context: Mapping[str, Any], event: ics.IcsEvent | None) -> str:
    """Return a message's context and event as they are stored.

    Raises:
        TypeError: the context holds something that is neither JSON nor a date.
    """
    values = [dict(context), vars(event) if event else None]
    return encrypt(json.dumps(values, default=_encode_value))


def decrypt_payload(stored: str) -> tuple[Mapping[str, Any], ics.IcsEvent | None]:
    """Return the context and the event that were stored.

    Raises:
        DecryptionError: the secret key has changed since.
    """
    context, event = json.loads(decrypt(stored), object_hook=_decode_value)
    return context, ics.IcsEvent(**event) if event else None


def _encode_value(value: object) -> dict[str, str]:
    if isinstance(value, datetime):
        return {_MOMENT: value.isoformat()}
    if isinstance(value, date):
        return {_DAY: value.isoformat()}
    raise TypeError(type(value).__name__)


def _decode_value(found: dict[str, Any]) -> Any:  # noqa: ANN401 (any JSON value)
    if found.keys() == {_MOMENT}:
        return datetime.fromisoformat(found[_MOMENT])
    if found.keys() == {_DAY}:
        return date.fromisoformat(found[_DAY])
    return found


def drop_passed_deadlines(message: Message, now: datetime) -> Message:
    """Return a message without the deadlines that passed while it waited to be sent."""
    context = dict(message.context)
    if (until := context.get("cancel_until")) and until <= now:
        context["cancel_until"] = None
    if message.kind in (CANCELLED, INCIDENT_LAWYER) and (until := context.get("until")):
        context |= {} if until > now else {"until": None, "alternatives": ()}
    return replace(message, context=context)


def render_message(message: Message) -> RenderedMessage:
    """Render a message.

    Raises:
        jinja2.UndefinedError: the context lacks a value that the template uses.
    """
    if RENDERED_KEY in message.context:
        return RenderedMessage(**message.context[RENDERED_KEY])
    subject, plain = render_plain_text(message)
    template = _templates().get_template(f"{message.kind}.html.j2")
    html = template.render(_template_context(message) | {"title": subject})
    if message.event is None:
        unsubscribe = message.context.get(UNSUBSCRIBE_KEY, "")
        return RenderedMessage(subject, plain, html, unsubscribe=unsubscribe)
    return RenderedMessage(
        subject,
        plain,
        html,
        ics.serialize_invitation(message.event),
        ics.itip_method(message.event),
        tuple(
            ics.serialize_invitation(ics.IcsEvent(**event))
            for event in message.context.get(MORE_EVENTS_KEY, ())
        ),
    )


def render_plain_text(message: Message) -> tuple[str, str]:
    """Render only the subject and the text."""
    if RENDERED_KEY in message.context:
        return message.context[RENDERED_KEY]["subject"], message.context[RENDERED_KEY]["text"]
    plain = _templates().get_template(f"{message.kind}.txt.j2").render(_template_context(message))
    first, _, body = plain.partition("\n")
    subject = " ".join(first.removeprefix(SUBJECT_PREFIX).split())[:MAX_SUBJECT_LENGTH]
    return subject, re.sub(r"\n{3,}", "\n\n", body).strip() + "\n"


def _template_context(message: Message) -> dict[str, Any]:
    return {
        "base_url": settings().base_url,
        "demo": not settings().is_production,
        "agenda_url": settings().base_url + routes.AGENDAS,  # of letters stored by older versions
        "kept_start": None,
        **message.context,
        "page_label": _page_label(message),
        "change_by_phone": "Para mudar ou cancelar este horário, fale com o gabinete.",
        "party": message.party,
        "reply_to": message.reply_to,
    }


def _page_label(message: Message) -> str:
    """Return the words of the link to the private page: only what it can still do."""
    can_change = message.kind == PENDING or message.context.get("cancel_until")
    return "Ver, mudar ou cancelar" if can_change else "Ver o atendimento"


def redact_secrets(words: str) -> str:
    """Return a text without the tokens and codes that staff must not read."""
    return _SECRETS.sub("[oculto]", words)


@lru_cache(maxsize=1)
def _templates() -> Environment:
    environment = Environment(
        loader=PackageLoader("canais_app.outbox"),
        autoescape=select_autoescape(enabled_extensions=("html.j2",), default=False),
        undefined=StrictUndefined,
        keep_trailing_newline=True,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {
        "day": _day,
        "hour": text.format_hour,
        "date": _date,
        "long": text.format_long_date,
        "moment": _moment,
        "phone": format_phone,
    }
    return environment


def _day(moment: datetime) -> str:
    return text.format_long_date(clock.to_local_day(moment))


def _date(moment: datetime | date) -> str:
    day = clock.to_local_day(moment) if isinstance(moment, datetime) else moment
    return text.format_date(day)


def _moment(moment: datetime) -> str:
    return f"{_day(moment)}, às {text.format_hour(moment)} (horário de Cuiabá)"

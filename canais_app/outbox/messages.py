"""The words of each message: what is said to whom. Jinja templates stand beside this file."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from datetime import date, datetime
from functools import lru_cache
from typing import Any, Literal

import phonenumbers
from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape
from phonenumbers import NumberParseException, PhoneNumberFormat

from canais_app.kit import clock, text
from canais_app.outbox import ics
from canais_app.settings import settings

Party = Literal["lawyer", "chambers", "registry"]

BOOKED = "appointment_booked"
MOVED = "appointment_moved"
CANCELLED = "appointment_cancelled"
REMINDER = "appointment_reminder"
COMPLAINT_RECEIPT = "complaint_receipt"
COMPLAINT_ANSWER = "complaint_answer"
STAFF_INVITATION = "staff_invitation"
PASSWORD_RESET = "password_reset"  # noqa: S105 (the name of a message)

PARTY_NAMES = {
    "lawyer": "Advogada(o)",
    "chambers": "Gabinete",
    "registry": "Secretaria",
    "reporter": "Quem relatou",
    "staff": "Servidor(a)",
}
SUBJECT_MARK = "Assunto: "
MOST_SUBJECT = 200
# Tokens in addresses have 43 characters; the code of a complaint stands after its name.
_SECRETS = (re.compile(r"[\w-]{32,}"), re.compile(r"(?<=Código secreto: )\S+"))


@dataclass(frozen=True)
class Letter:
    """One message to one party about one thing (`thread`, for instance `appointment:12`).

    `context` fills the templates of `kind`; `context["sequence"]` tells a second message of the
    same kind from the first. `due_at` is when it may leave (default: at once).
    """

    kind: str
    thread: str
    party: str
    recipient: str
    context: Mapping[str, Any]
    message_id: str = ""
    ics: str = ""
    ics_method: str = ""
    due_at: datetime | None = None


@dataclass(frozen=True)
class Words:
    """A message as it will be read."""

    subject: str
    text: str
    html: str


@dataclass(frozen=True)
class AppointmentWords:
    """What the messages about an appointment say. Times are aware; texts are ready to read.

    `case_number` reaches the lawyer and the chambers only, `page_url` (the private page) the
    lawyer only: `appointment_letters` takes them out for the others. `alternatives` are free
    times that the chambers offers instead.
    """

    code: str
    agenda: str
    unit: str
    starts_at: datetime
    ends_at: datetime
    modality: str
    lawyer: str
    oab: str
    subject: str
    sequence: int = 0
    where: str = ""  # room, or how the video or the call is reached
    video_url: str = ""
    email: str = ""
    phone: str = ""
    case_number: str = ""
    page_url: str = ""
    cancel_until: datetime | None = None
    previous_start: datetime | None = None
    cancelled_by: str = ""  # lawyer, chambers
    cancel_reason: str = ""
    alternatives: Sequence[datetime] = field(default_factory=tuple)


@dataclass(frozen=True)
class ReceiptWords:
    """What the receipt of a complaint says."""

    protocol: str
    secret: str
    unit: str
    channel: str
    kind: str
    due_at: datetime
    page_url: str
    sequence: int = 0


def render(letter: Letter) -> Words:
    """Write a letter; a template that asks for something not given is an error, never a gap."""
    given = {
        "base_url": settings().base_url,
        "demo": not settings().is_production,
        **letter.context,
        "party": letter.party,
    }
    plain = _templates().get_template(f"{letter.kind}.txt.j2").render(given)
    first, _, body = plain.partition("\n")
    subject = " ".join(first.removeprefix(SUBJECT_MARK).split())[:MOST_SUBJECT]
    html = _templates().get_template(f"{letter.kind}.html.j2").render(given | {"title": subject})
    return Words(subject, re.sub(r"\n{3,}", "\n\n", body).strip() + "\n", html)


def without_secrets(words: str) -> str:
    """Return a text with its tokens and secret codes taken out: what is kept of a sent letter."""
    for secret in _SECRETS:
        words = secret.sub("…", words)
    return words


def message_id(letter: Letter) -> str:
    """Return the identifier of a letter: the same letter has the same one, whoever writes it."""
    if letter.message_id:
        return letter.message_id
    thread = re.sub(r"[^A-Za-z0-9]+", "-", letter.thread)
    sequence = letter.context.get("sequence", 0)
    return f"<{letter.kind}.{thread}.{letter.party}.{sequence}@{ics.domain()}>"


def appointment_letters(  # noqa: PLR0913 (an event is all of these)
    kind: str,
    words: AppointmentWords,
    recipients: Mapping[Party, str],
    *,
    thread: str,
    uid: str,
    now: datetime,
    due_at: datetime | None = None,
) -> list[Letter]:
    """Return a letter for each party that has an address, with its calendar attachment.

    A reminder carries none: the event is in the calendar already.
    """
    letters: list[Letter] = []
    for party, address in recipients.items():
        if not address:
            continue
        told = _for_party(words, party)
        event = event_of(kind, told, party, address, uid=uid, now=now)
        letters.append(
            Letter(
                kind,
                thread,
                party,
                address,
                asdict(told),
                ics="" if kind == REMINDER else ics.invite(event),
                ics_method="" if kind == REMINDER else _method(kind),
                due_at=due_at,
            )
        )
    return letters


def event_of(  # noqa: PLR0913 (an event is all of these)
    kind: str, words: AppointmentWords, party: str, address: str, *, uid: str, now: datetime
) -> ics.IcsEvent:
    """Return the calendar event of an appointment as `party` may see it."""
    told = _for_party(words, party)
    lines = [
        f"Código: {told.code}",
        f"Advogada(o): {told.lawyer} ({told.oab})",
        f"Assunto: {told.subject}",
        f"Processo: {told.case_number}" if told.case_number else "",
        f"Modalidade: {told.modality}",
        told.video_url,
        f"Ver ou cancelar: {told.page_url}" if told.page_url else "",
    ]
    who = told.agenda if party == "lawyer" else f"{told.lawyer}, {told.oab}"
    return ics.IcsEvent(
        uid=uid,
        sequence=told.sequence,
        starts_at=told.starts_at,
        ends_at=told.ends_at,
        summary=f"Atendimento: {who}",
        stamp=now,
        description="\n".join(line for line in lines if line),
        location=told.where or told.video_url,
        url=told.video_url,
        organizer=sender(),
        organizer_name=told.agenda,
        attendee=address,
        cancelled=kind == CANCELLED,
    )


def sender() -> str:
    """Return the address our messages come from."""
    return settings().mail_from or f"nao-responda@{ics.domain()}"


def _for_party(words: AppointmentWords, party: str) -> AppointmentWords:
    if party == "lawyer":
        return words
    if party == "chambers":
        return replace(words, page_url="")
    return replace(words, page_url="", case_number="")


def _method(kind: str) -> str:
    return ics.CANCEL if kind == CANCELLED else ics.REQUEST


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
        "hour": text.hour_words,
        "date": _date,
        "moment": _moment,
        "phone": _phone,
    }
    return made


def _day(moment: datetime) -> str:
    return text.day_words(clock.local_day(moment))


def _date(moment: datetime | date) -> str:
    day = clock.local_day(moment) if isinstance(moment, datetime) else moment
    return text.date_words(day)


def _moment(moment: datetime) -> str:
    return f"{_day(moment)}, às {text.hour_words(moment)} (horário de Cuiabá)"


def _phone(number: str) -> str:
    """Return a stored number as people write it: `(65) 3000-0001`."""
    try:
        parsed = phonenumbers.parse(number, "BR")
    except NumberParseException:
        return number
    return phonenumbers.format_number(parsed, PhoneNumberFormat.NATIONAL)

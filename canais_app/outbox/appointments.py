"""The letters about an appointment: what each party is told, and the event in its calendar."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any

from canais_app.outbox import ics
from canais_app.outbox.messages import (
    BOOKED,
    CANCELLED,
    MOVED,
    OFFERED,
    PENDING,
    REFUSED,
    REMINDER,
    TO_CONFIRM,
    Message,
    Party,
    sender_address,
)

# Whose letter it is. What is only asked for, or refused, is no business of the secretaria.
PARTIES_BY_KIND: dict[str, tuple[Party, ...]] = {
    TO_CONFIRM: ("lawyer",),
    PENDING: ("lawyer", "chambers"),
    REFUSED: ("lawyer",),
    OFFERED: ("lawyer",),
}
# Whom an answer to the letter reaches: the first of these that has an address.
REPLY_TO_BY_PARTY: dict[Party, tuple[Party, ...]] = {
    "lawyer": ("chambers", "registry"),
    "chambers": ("lawyer",),
    "registry": ("chambers",),
}
ALL_PARTIES: tuple[Party, ...] = ("lawyer", "chambers", "registry")
KINDS_WITH_EVENT = (BOOKED, MOVED, CANCELLED)


@dataclass(frozen=True)
class Alternative:
    """A time the gabinete keeps for the lawyer, and the address at which it is taken."""

    starts_at: datetime
    url: str


@dataclass(frozen=True)
class AppointmentContext:
    """What the messages about an appointment say. Times are aware; texts are ready to read.

    `appointment_letters` gives each party its part of it: the secretaria reads who comes when,
    the chambers the subject and the case too, and only the lawyer the private page (`page_url`)
    and the alternatives. `until` is how long the letter's promise holds: to confirm, to take the
    offer or an alternative.
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
    attended_by: str = ""  # the gabinete that stands in on that day
    where: str = ""  # room, or how the video or the call is reached
    video_url: str = ""
    email: str = ""
    phone: str = ""
    case_number: str = ""
    page_url: str = ""
    cancel_until: datetime | None = None
    until: datetime | None = None
    previous_start: datetime | None = None
    cancelled_by: str = ""  # lawyer, chambers
    cancel_reason: str = ""  # of a cancellation or a refusal
    alternatives: Sequence[Alternative] = field(default_factory=tuple)


@dataclass(frozen=True)
class WaitlistContext:
    """What a lawyer reads who has joined a waiting list, for days both included.

    `page_url` is where one leaves the line.
    """

    agenda: str
    unit: str
    lawyer: str
    oab: str
    first_day: date
    last_day: date
    page_url: str
    sequence: int = 0


@dataclass(frozen=True)
class DayListEntry:
    """One person to be received, as the day's list has it. Times are aware."""

    starts_at: datetime
    ends_at: datetime
    agenda: str
    lawyer: str
    oab: str
    phone: str
    email: str
    modality: str
    where: str
    case_number: str
    subject: str


@dataclass(frozen=True)
class DayListContext:
    """What the gabinete reads at eight in the morning: the day's appointments, earliest first."""

    unit: str
    day: date
    entries: Sequence[DayListEntry]


@dataclass(frozen=True)
class SubstitutionContext:
    """What a gabinete reads that attends in the `owner`'s place; `period` is the days in words.

    `booked` counts the appointments that pass with the agenda.
    """

    agenda: str
    owner: str
    period: str
    booked: int
    sequence: int


def build_appointment_messages(  # noqa: PLR0913 (an event is all of these)
    kind: str,
    context: AppointmentContext,
    recipients: Mapping[Party, str],
    *,
    thread: str,
    uid: str,
    now: datetime,
    due_at: datetime | None = None,
) -> list[Message]:
    """Return a letter for each party of this kind that has an address.

    A booking, a move and a cancellation bring the event for the calendar; without `uid` (a
    cancellation of what never stood) they do not. A reminder is of no use once it has begun, nor an
    offer or the asking for a confirmation when its time is over.
    """
    letters: list[Message] = []
    for party in PARTIES_BY_KIND.get(kind, ALL_PARTIES):
        address = recipients.get(party, "")
        if not address:
            continue
        told = _visible_to_party(context, party)
        event = None
        if uid and kind in KINDS_WITH_EVENT:
            event = build_appointment_event(kind, told, party, address, uid=uid, now=now)
        letters.append(
            Message(
                kind,
                thread,
                party,
                address,
                _shallow_asdict(told),
                event=event,
                reply_to=next(
                    (to for who in REPLY_TO_BY_PARTY[party] if (to := recipients.get(who))), ""
                ),
                due_at=due_at,
                until=_expires_at(kind, context),
            )
        )
    return letters


def _shallow_asdict(told: AppointmentContext) -> dict[str, Any]:
    """Return the same as `asdict` does, without a deep copy of every word."""
    return vars(told) | {"alternatives": [vars(one) for one in told.alternatives]}


def _expires_at(kind: str, words: AppointmentContext) -> datetime | None:
    if kind == REMINDER:
        return words.starts_at
    return words.until if kind in (OFFERED, TO_CONFIRM) else None


def build_appointment_event(  # noqa: PLR0913 (an event is all of these)
    kind: str, context: AppointmentContext, party: str, address: str, *, uid: str, now: datetime
) -> ics.IcsEvent:
    """Return the calendar event of an appointment as `party` may see it."""
    told = _visible_to_party(context, party)
    lines = [
        f"Código: {told.code}",
        f"Advogada(o): {told.lawyer} ({told.oab})",
        f"Assunto: {told.subject}" if told.subject else "",
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
        organizer=sender_address(),
        organizer_name=told.agenda,
        attendee=address,
        cancelled=kind == CANCELLED,
    )


def _visible_to_party(words: AppointmentContext, party: str) -> AppointmentContext:
    if party == "lawyer":
        return words
    told = replace(words, page_url="", alternatives=())
    if party == "chambers":
        return told
    # The secretaria learns that the time is taken, not what for nor how to reach the lawyer.
    return replace(told, case_number="", subject="", email="", phone="", video_url="")

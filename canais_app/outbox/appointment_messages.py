"""Build the messages about an appointment for each party, with their calendar events."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime

from canais_app.outbox import ics
from canais_app.outbox.messages import (
    BOOKED,
    CANCELLED,
    DISPUTED,
    MOVED,
    OFFERED,
    OVERDUE,
    PENDING,
    REFUSED,
    REMINDER,
    TO_CONFIRM,
    Message,
    Party,
    sender_address,
)

# Parties of a kind of message. The secretaria gets nothing about requests and refusals.
PARTIES_BY_KIND: dict[str, tuple[Party, ...]] = {
    TO_CONFIRM: ("lawyer",),
    PENDING: ("lawyer", "booker", "chambers"),
    REFUSED: ("lawyer", "booker"),
    OVERDUE: ("chambers",),
    DISPUTED: ("lawyer", "chambers"),
    OFFERED: ("lawyer",),
}
# Reply-To: the first of these parties that has an address.
REPLY_TO_BY_PARTY: dict[Party, tuple[Party, ...]] = {
    "lawyer": ("chambers", "registry"),
    "booker": ("chambers", "registry"),
    "chambers": ("lawyer",),
    "registry": ("chambers",),
}
ALL_PARTIES: tuple[Party, ...] = ("lawyer", "booker", "chambers", "registry")
KINDS_WITH_EVENT = (BOOKED, MOVED, CANCELLED)


@dataclass(frozen=True)
class Alternative:
    """A slot held for the lawyer as an alternative, and the address that accepts it."""

    starts_at: datetime
    url: str


@dataclass(frozen=True)
class AppointmentContext:
    """Template values of the messages about an appointment; times are aware.

    `build_appointment_messages` gives each party its part: the secretaria name and time, the
    chambers also subject and case number, only the lawyer the private page (`page_url`) and the
    alternatives. `until` is the deadline to confirm, or to accept the offer or an alternative.
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
    kind: str = ""  # of attendance
    instructions: str = ""  # of that kind
    needs: str = ""  # legal preference and access needs, which only the gabinete reads
    booked_by: str = ""  # who booked for the lawyer
    sequence: int = 0
    occasion: str = ""  # tells apart messages of one kind and sequence: reminders
    attended_by: str = ""  # the gabinete that substitutes on that day
    where: str = ""  # room, or how to join the video or call
    video_url: str = ""
    email: str = ""
    phone: str = ""
    case_number: str = ""
    page_url: str = ""
    agenda_url: str = ""  # to book another time
    cancel_until: datetime | None = None  # the private page can change it until then
    kept_start: datetime | None = None  # the time that stays while a move waits for an answer
    until: datetime | None = None
    previous_start: datetime | None = None
    cancelled_by: str = ""  # lawyer, chambers
    cancel_reason: str = ""  # of a cancellation or a refusal
    alternatives: Sequence[Alternative] = field(default_factory=tuple)


@dataclass(frozen=True)
class WaitlistContext:
    """Template values for a lawyer on a waiting list; both days included.

    `page_url` is the private page, where the entry can be cancelled.
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
    """One appointment of the day's list; times are aware."""

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
class ChangedAppointment:
    """One appointment of a letter about changed details; `was` are the old ones, in words."""

    starts_at: datetime
    ends_at: datetime
    lawyer: str
    oab: str
    modality: str
    where: str
    video_url: str
    attended_by: str
    was: Sequence[str]
    page_url: str


@dataclass(frozen=True)
class DayListContext:
    """Template values of a gabinete's daily list, earliest first."""

    unit: str
    day: date
    entries: Sequence[DayListEntry]


@dataclass(frozen=True)
class SubstitutionContext:
    """Template values for the gabinete that substitutes `owner`; `period` is the days in words.

    `booked` counts the appointments of the period.
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
    """Return a message for each party of this kind that has an address.

    A booking, a move and a cancellation have a calendar event, unless `uid` is empty: unconfirmed
    appointments have no calendar event.
    """
    built: list[Message] = []
    for party in PARTIES_BY_KIND.get(kind, ALL_PARTIES):
        address = recipients.get(party, "")
        if not address:
            continue
        visible = visible_to_party(context, party)
        event = None
        if uid and kind in KINDS_WITH_EVENT:
            event = build_appointment_event(kind, visible, party, address, uid=uid, now=now)
        reply_to = next(filter(None, map(recipients.get, REPLY_TO_BY_PARTY[party])), "")
        values = vars(visible) | {"alternatives": [vars(a) for a in visible.alternatives]}
        built.append(
            Message(
                kind,
                thread,
                party,
                address,
                values,
                event=event,
                reply_to=reply_to,
                due_at=due_at,
                until=_expires_at(kind, context),
            )
        )
    return built


def _expires_at(kind: str, context: AppointmentContext) -> datetime | None:
    if kind == REMINDER:
        return context.starts_at
    return context.until if kind in (OFFERED, TO_CONFIRM) else None


def build_appointment_event(  # noqa: PLR0913 (an event is all of these)
    kind: str, context: AppointmentContext, party: str, address: str, *, uid: str, now: datetime
) -> ics.IcsEvent:
    """Return the calendar event of an appointment as `party` may see it."""
    visible = visible_to_party(context, party)
    lines = [
        f"Código: {visible.code}",
        f"Advogada(o): {visible.lawyer} ({visible.oab})",
        f"Assunto: {visible.subject}" if visible.subject else "",
        f"Processo: {visible.case_number}" if visible.case_number else "",
        f"Modalidade: {visible.modality}",
        visible.video_url,
        f"Ver ou cancelar: {visible.page_url}" if visible.page_url else "",
    ]
    who = visible.agenda if party == "lawyer" else f"{visible.lawyer}, {visible.oab}"
    return ics.IcsEvent(
        uid=uid,
        sequence=visible.sequence,
        starts_at=visible.starts_at,
        ends_at=visible.ends_at,
        summary=f"Atendimento: {who}",
        stamp=now,
        description="\n".join(line for line in lines if line),
        location=visible.where or visible.video_url,
        url=visible.video_url,
        organizer=sender_address(),
        organizer_name=visible.agenda,
        attendee=address,
        cancelled=kind == CANCELLED,
    )


def visible_to_party(context: AppointmentContext, party: str) -> AppointmentContext:
    """Return what a party may see of an appointment."""
    if party == "lawyer":
        return context
    if party == "booker":  # who made the booking has its link, and no part in the case
        return replace(context, alternatives=(), needs="")
    visible = replace(context, page_url="", alternatives=())
    if party == "chambers":
        return visible
    visible = replace(visible, needs="", booked_by="")
    # The secretaria sees neither the subject nor how to reach the lawyer.
    return replace(visible, case_number="", subject="", email="", phone="", video_url="")

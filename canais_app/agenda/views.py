"""Values that the agenda hands to screens and to the API, with texts ready to show."""

from dataclasses import dataclass, field
from datetime import datetime

from canais_app.agenda.statistics import AgendaStatistics


@dataclass(frozen=True)
class AttendanceKindView:
    """A kind of attendance with its effective length, modalities and approval."""

    name: str
    minutes: int
    modalities: list[str]
    instructions: str
    needs_approval: bool
    needs_case_number: bool


@dataclass(frozen=True)
class AgendaHeading:
    """A published agenda's names and modalities, and what booking there means.

    `needs_approval`: a booking is a request until the gabinete answers. `confirms_by_email`: it
    counts once the link in the e-mail is opened. `cancel_notice`: minutes before the start until
    which it can be moved or cancelled. `recipients` are told at once: lawyer, chambers, registry.
    """

    id: int
    slug: str
    title: str
    unit: str
    unit_slug: str
    comarca: str
    modalities: list[str]
    needs_approval: bool
    confirms_by_email: bool
    cancel_notice: int
    recipients: list[str]
    answer_hours: int
    accepts_parties: bool
    kinds: list[AttendanceKindView]


@dataclass(frozen=True)
class AgendaView(AgendaHeading):
    """A published agenda. `hours` are the unit's, in words; `confirm_minutes`: see the terms."""

    slot_minutes: int
    place: str
    hours: str
    last_day: str  # ISO: the last bookable day
    confirm_minutes: int


@dataclass(frozen=True)
class SlotDay:
    """A day of a month board. `date` is ISO; `state` is free, full, none, closed or past."""

    date: str
    label: str
    weekday: str
    free: int
    state: str
    note: str = ""


@dataclass(frozen=True)
class SlotTime:
    """A slot of a month board. `start` is RFC 3339 with the court's offset; `label` is `14h20`."""

    start: str
    label: str
    end: str
    turn: str
    status: str  # free, held, taken
    modalities: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class SubstituteView:
    """A substitute gabinete between two ISO days, both included."""

    first_day: str
    last_day: str
    name: str
    sentence: str


@dataclass(frozen=True)
class MonthBoard:
    """Four weeks from a Monday: days, slots by ISO day, and substitutes."""

    agenda_id: int
    slug: str
    first_day: str
    days: list[SlotDay]
    times: dict[str, list[SlotTime]]
    published: bool = True
    stand_ins: list[SubstituteView] = field(default_factory=list[SubstituteView])


@dataclass(frozen=True)
class AgendaCard(AgendaHeading):
    """An agenda in the list. `next_free` is RFC 3339, or empty without a free slot."""

    next_free: str = ""
    next_free_words: str = ""
    figures: AgendaStatistics = field(default_factory=AgendaStatistics)


@dataclass(frozen=True)
class OpenSlot:
    """A bookable slot for the API and the command line; `modality` is the default to book with."""

    start: str
    end: str
    modality: str
    modalities: list[str]
    free: int


@dataclass(frozen=True)
class BlockView:
    """A blocked period in ready words."""

    id: int
    words: str
    reason: str


@dataclass(frozen=True)
class AlternativeSlot:
    """A slot that the gabinete holds for the lawyer in place of a cancelled one."""

    start: str
    words: str
    token: str
    until_words: str


@dataclass(frozen=True)
class AppointmentView:
    """An appointment as its private page shows it. Times are RFC 3339 beside their words."""

    id: int
    code: str
    status: str
    status_words: str
    agenda: str
    agenda_slug: str
    agenda_id: int
    unit: str
    unit_slug: str
    hours: str
    start: str
    end: str
    day_words: str
    time_words: str
    modality: str
    modality_words: str
    place: str
    video_url: str
    video_opens: str
    video_opens_words: str
    name: str
    oab: str
    email: str
    phone: str
    case_number: str
    subject: str
    booked_at: str
    booked_words: str
    cancelled_words: str
    cancelled_by: str
    cancel_reason: str
    can_change: bool
    change_until: str
    change_until_words: str
    reminder_words: str
    thread: str
    kept_until: str  # of an offer, or of a hold that awaits confirmation
    kept_until_words: str
    is_alternative: bool  # offered by the gabinete in place of a cancelled slot
    alternatives: list[AlternativeSlot]
    attended_by: str = ""  # the substitute gabinete of that day
    needs_approval: bool = False  # a move is a request, and this time stays until the answer
    reminder_at: str = ""  # RFC 3339: the next reminder, or the last one
    move_asked_words: str = ""  # the time of an open request to move
    requester: str = ""
    institution: str = ""
    registration: str = ""  # in words: `OAB 123/MT`
    kind: str = ""
    instructions: str = ""
    preferences: list[str] = field(default_factory=list[str])
    access_needs: list[str] = field(default_factory=list[str])
    needs_words: str = ""
    booked_by: str = ""
    answer_until: str = ""  # of a request
    answer_until_words: str = ""
    is_overdue: bool = False
    lawyer_outcome: str = ""
    can_report: bool = False  # it has begun, so that the lawyer may say what came of it
    complaint_protocol: str = ""
    proofs: list[str] = field(default_factory=list[str])


@dataclass(frozen=True)
class HeldSlot:
    """A slot held while its form is filled in."""

    token: str
    start: datetime
    end: datetime
    expires_at: datetime


@dataclass(frozen=True)
class BookingResult:
    """A new appointment: its code, and the token of its private page.

    `status` is `confirmed`, `preconfirmed` (awaits the link in the e-mail) or `pending` (awaits
    the gabinete's approval).
    """

    code: str
    token: str
    start: datetime
    end: datetime
    status: str


@dataclass(frozen=True)
class WaitlistEntryView:
    """A waitlist entry as its owner sees it. Days are ISO, both included.

    `ahead` counts earlier entries that still wait; `offer_token` opens the slot offered until
    `offer_until` (RFC 3339), if any; `passed_words` is the last offer that expired;
    `booked_token` opens the resulting appointment.
    """

    id: int
    agenda_id: int
    agenda: str
    agenda_slug: str
    status: str
    first_day: str
    last_day: str
    days_words: str
    modality: str
    ahead: int
    is_published: bool = True  # the agenda
    offer_token: str = ""
    offer_until: str = ""
    offer_words: str = ""
    offer_until_words: str = ""
    passed_words: str = ""
    booked_token: str = ""


@dataclass(frozen=True)
class RequestView:
    """A pending request, as the API lists it for the gabinete. Times are RFC 3339."""

    id: int
    code: str
    start: str
    end: str
    asked_at: str
    name: str
    oab: str
    email: str
    phone: str
    case_number: str
    subject: str
    modality: str

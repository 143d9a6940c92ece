"""Complaints as values for screens and the API, with texts ready to show."""

from dataclasses import dataclass
from datetime import date, datetime


@dataclass(frozen=True)
class ComplaintStep:
    """An event of a complaint; `title` names the move."""

    at: str
    title: str
    who: str
    text: str
    by_reporter: bool
    public: bool
    moment: datetime
    author: str = "staff"  # reporter, staff, unit, system
    kind: str = ""  # `to_status`, or empty: a message
    is_new: bool = False  # a message of the reporter that staff have not read


@dataclass(frozen=True)
class FiledComplaint:
    """What the reporter gets. The secret is stored only as a hash."""

    protocol: str
    secret: str
    due_at: datetime


@dataclass(frozen=True, kw_only=True)
class ComplaintView:
    """Fields that the reporter and staff both see."""

    protocol: str
    status: str
    status_words: str
    unit: str
    unit_slug: str
    comarca: str
    channel_words: str
    kind_words: str
    text: str
    occurred: str
    received: str
    due: str
    deadline: str
    steps: list[ComplaintStep]


@dataclass(frozen=True, kw_only=True)
class ReporterView(ComplaintView):
    """A complaint as its reporter sees it."""

    channel: str
    kind: str
    due_at: datetime
    occurred_at: datetime
    created_at: datetime
    may_reopen: bool
    may_confirm: bool
    may_rate: bool
    may_withdraw: bool
    is_waiting: bool  # for an answer of the reporter: the clock stands still
    is_resolved: bool | None
    is_useful: bool | None
    photos: int
    email: str


@dataclass(frozen=True)
class CaseMember:
    """A unit's channel in a situation or an incident."""

    slug: str
    channel: str


@dataclass(frozen=True)
class QueueRow:
    """A complaint in the Corregedoria's list. `text` is masked; `same` counts merged reports."""

    id: int
    version: int
    protocol: str
    href: str
    occurred: str
    unit: str
    comarca: str
    channel: str
    kind: str
    status: str
    status_words: str
    deadline: str
    due_short: str
    due_tone: str
    day: str
    late: bool
    text: str
    owner: str
    initials: str
    unread: bool
    same: int
    closed: bool


@dataclass(frozen=True)
class AllowedMove:
    """A move that staff may make now."""

    to: str
    words: str


@dataclass(frozen=True, kw_only=True)
class ComplaintDetail(ComplaintView):
    """A complaint for triage. Texts are masked."""

    id: int
    version: int
    late: bool
    identified: bool
    extended: bool
    moves: list[AllowedMove]
    kind: str
    owner_id: int
    owner: str
    unread: bool
    waiting: bool
    unit_phone: str
    unit_answered: str
    unit_code: str
    original: str  # the protocol of the complaint of which it is or was a duplicate
    same: int  # reports merged into it, with itself
    days: str  # "dia 12 de 30"
    progress: int  # percent of the term that has passed
    last_change: str  # what somebody else did last, in a sentence
    photo: str  # the address of the photo's download; empty: none


@dataclass(frozen=True)
class ReporterIdentity:
    """The reporter and the unmasked text. Each reading is audited."""

    name: str
    email: str
    text: str


@dataclass(frozen=True)
class StatRow:
    """A count of complaints for one unit, one day, or both."""

    unit: str
    unit_name: str
    day: date | None
    count: int

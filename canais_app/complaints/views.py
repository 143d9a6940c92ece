"""What complaints look like to screens and to the API: plain values, ready words."""

from dataclasses import dataclass, field
from datetime import date, datetime

from canais_app.directory.views import NoticeView


@dataclass(frozen=True)
class ComplaintStep:
    """A line of a complaint's life. `title` says the move; `mine`: the reporter wrote it."""

    at: str
    title: str
    who: str
    text: str
    mine: bool
    public: bool
    moment: datetime


@dataclass(frozen=True)
class ReporterView:
    """What the person who reported sees."""

    protocol: str
    status: str
    status_words: str
    unit: str
    unit_slug: str
    comarca: str
    channel: str
    channel_words: str
    kind: str
    kind_words: str
    text: str
    occurred: str
    received: str
    due: str
    deadline: str
    due_at: datetime
    occurred_at: datetime
    created_at: datetime
    may_reopen: bool
    may_confirm: bool
    steps: list[ComplaintStep]


@dataclass(frozen=True)
class QueueRow:
    """A complaint in the Corregedoria's list. `text` is pseudonymised."""

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
    late: bool
    text: str


@dataclass(frozen=True)
class AllowedMove:
    """A move that staff may make now."""

    to: str
    words: str


@dataclass(frozen=True)
class ComplaintDetail:
    """A complaint on the Corregedoria's desk. Texts are pseudonymised."""

    protocol: str
    status: str
    status_words: str
    unit: str
    unit_slug: str
    comarca: str
    channel: str
    kind: str
    text: str
    occurred: str
    received: str
    due: str
    deadline: str
    late: bool
    identified: bool
    extended: bool
    moves: list[AllowedMove]
    steps: list[ComplaintStep]


@dataclass(frozen=True)
class ReporterIdentity:
    """Who reported, and the text as it was written. Reading it is in the audit record."""

    name: str
    email: str
    text: str


@dataclass(frozen=True)
class ChannelStatus:
    """Reports of one channel of a unit in the last 24 hours."""

    channel: str
    words: str
    count: int


@dataclass(frozen=True)
class PlaceStatus:
    """What is known of a comarca or a unit: plain counts, no judgement.

    `words` is "sem dados" where nothing was ever reported.
    """

    slug: str
    name: str
    comarca: str
    href: str
    count: int
    known: bool
    words: str
    channels: list[ChannelStatus] = field(default_factory=list)


@dataclass(frozen=True)
class StatusBoard:
    """The public status: places with reports or notices, and what is planned."""

    title: str
    kind: str
    at: str
    sentence: str
    total: int
    places: list[PlaceStatus]
    planned: list[NoticeView]


@dataclass(frozen=True)
class StatRow:
    """A count of complaints for one unit, one day, or both."""

    unit: str
    unit_name: str
    day: date | None
    count: int

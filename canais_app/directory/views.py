"""What screens and the API show of the directory: plain values and formatted texts."""

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from canais_app.directory.models import TEXT_FIELDS


@dataclass(frozen=True)
class ChannelView:
    """One channel as a button. `href` is empty when there is nothing to open."""

    kind: str
    name: str
    label: str
    value: str
    href: str
    note: str = ""
    hours: str = ""
    verified: str = ""
    # its own hours as (weekday from 0 = Monday, opens, closes); none: the unit's
    spans: tuple[tuple[int, str, str], ...] = ()
    id: int = 0  # of the row; 0 for an agenda's link
    verified_on: str = ""  # the day, as `2026-11-18`
    trouble: str = ""  # what the public may know of a failure now


@dataclass(frozen=True)
class OpenView:
    """Whether a unit is open now. `next_change` is RFC 3339 with offset, or empty."""

    is_open: bool = False
    words: str = ""
    reason: str = ""
    next_change: str = ""
    deadlines_suspended: bool = False
    on_call: bool = False  # the plantão attends


@dataclass(frozen=True)
class UnitRef:
    """What other rooms need of a unit. `path` lists ids from the root: `/1/24/`."""

    id: int
    slug: str
    name: str
    kind: str
    comarca: str
    comarca_id: int | None
    path: str
    hours: dict[str, Any]
    channels: list[ChannelView]


@dataclass(frozen=True)
class UnitCard:
    """A unit in a list of search results."""

    id: int = 0
    code: str = ""  # never changes; the slug follows the name
    slug: str = ""
    href: str = ""
    name: str = ""
    kind: str = ""
    kind_name: str = ""
    comarca: str = ""
    comarca_slug: str = ""
    summary: str = ""
    competences: list[str] = field(default_factory=list)
    channels: list[ChannelView] = field(default_factory=list)
    is_open: bool = False
    open_words: str = ""
    open_tone: str = ""
    open_reason: str = ""
    next_change: str = ""
    deadlines_suspended: bool = False
    on_call: bool = False
    notices: list[str] = field(default_factory=list)
    status: str = ""
    status_words: str = ""
    next_free: str = ""
    agenda_href: str = ""
    verified: str = ""
    verified_on: str = ""  # the same day, as `2026-11-18`
    updated_at: str = ""  # RFC 3339
    report_href: str = ""
    is_demo: bool = False
    score: float = 0.0
    parts: dict[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class QueryPart:
    """A part of the query and its meaning; `rest` is the query without it."""

    kind: str
    label: str
    words: str
    rest: str


@dataclass(frozen=True)
class CaseAnswer:
    """Where a case began (not where it is now), as its number tells."""

    valid: bool
    message: str
    origin_code: str = ""
    comarca: str = ""
    comarca_slug: str = ""
    units: list[UnitCard] = field(default_factory=list)


@dataclass(frozen=True)
class AnswerLink:
    """A link of an answer card: a page or a phone."""

    label: str
    href: str


@dataclass(frozen=True)
class AnswerCard:
    """What the search says of a matter that is not a unit of the court's, as the Procon."""

    title: str
    text: str
    links: list[AnswerLink] = field(default_factory=list)


@dataclass(frozen=True)
class SearchAnswer:
    """One page of ranked units, and how the query was understood."""

    items: list[UnitCard]
    total: int
    headline: str
    next: int = 0  # the offset of the next page; 0 at the end
    understood: list[QueryPart] = field(default_factory=list)
    did_you_mean: str = ""
    facets: dict[str, int] = field(default_factory=dict)
    answers: list[AnswerCard] = field(default_factory=list)
    remarks: str = ""
    case: CaseAnswer | None = None

    @property
    def advice(self) -> str:
        """All that the person should know, as one text: the cards' and the remarks."""
        return " ".join([*(answer.text for answer in self.answers), self.remarks]).strip()


@dataclass(frozen=True)
class NoticeView:
    """A notice in force or announced. `comarca` and `unit` are slugs, empty when state-wide."""

    uid: str
    scope: str
    tone: str
    kind: str
    kind_name: str
    text: str
    act: str
    act_url: str
    alternative: str
    when: str
    starts_at: datetime
    ends_at: datetime | None
    in_force: bool
    is_over: bool
    comarca: str
    unit: str
    channel: str
    published_at: datetime
    updated_at: datetime

    def concerns_comarca(self, slug: str) -> bool:
        """Whether the notice is about a comarca, a unit of it, or the whole state."""
        return self.comarca == slug or not (self.comarca or self.unit)


@dataclass(frozen=True)
class ComarcaView:
    """A comarca and the municipalities known to be served by it."""

    id: int
    slug: str
    name: str
    towns: list[str]
    units: int


@dataclass(frozen=True)
class NamedChoice:
    """A unit or a comarca to choose in a form. `code` is a unit's code, or a comarca's slug."""

    id: int
    code: str
    name: str


@dataclass(frozen=True)
class SpecialDay:
    """Coming days, both ends included, on which a unit has other hours; no times: closed.

    Times are `12:00`, in the court's zone.
    """

    first: date
    last: date
    reason: str
    opens: str = ""
    closes: str = ""
    when: str = ""  # in words: `21/12/2026 a 06/01/2027`
    spans: tuple[tuple[str, str], ...] = ()  # all of the day's (opens, closes); `24:00` ends it


@dataclass(frozen=True)
class FeatureView:
    """Whether a building has a feature, and where."""

    name: str
    has: bool
    note: str = ""


@dataclass(frozen=True)
class NearbyComarca:
    """A comarca nearby, with the distance of its seat in whole kilometres."""

    slug: str
    name: str
    km: int


@dataclass(frozen=True)
class UnitPage:
    """Everything a unit's page shows."""

    card: UnitCard
    degree: str = ""
    # by the names of `TEXT_FIELDS`
    texts: dict[str, str] = field(default_factory=lambda: {text.name: "" for text in TEXT_FIELDS})
    hours: str = ""
    above: list[UnitCard] = field(default_factory=list)
    sisters: list[UnitCard] = field(default_factory=list)
    notices: list[NoticeView] = field(default_factory=list)
    soon: int = 0  # how many of them are announced only
    updated: str = ""
    path: str = ""
    # (weekday from 0 = Monday, opens, closes), for structured data
    spans: list[tuple[int, str, str]] = field(default_factory=list)
    special: list[SpecialDay] = field(default_factory=list)
    features: list[FeatureView] = field(default_factory=list)
    nearby: list[NearbyComarca] = field(default_factory=list)
    map_href: str = ""

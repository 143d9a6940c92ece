"""What the desk of situations shows, in words and numbers ready to draw."""

from dataclasses import dataclass, field

from canais_app.ui.charts import LineShape


@dataclass
class ItemView:
    """A situation or an incident in the list."""

    code: str = ""
    href: str = ""
    mark: str = ""  # inc, prov, poss, obs, mute
    level: str = ""
    clock: str = ""
    clock_tone: str = ""  # near, late
    title: str = ""
    about: str = ""
    seen: str = ""
    expected: str = ""
    people: str = ""
    since: str = ""
    owner: str = ""
    initials: str = ""
    quiet: bool = False  # without numbers and owner


@dataclass
class GroupView:
    """A part of the list."""

    name: str = ""
    note: str = ""
    items: list[ItemView] = field(default_factory=list[ItemView])


@dataclass
class LineView:
    """A line of a timeline, or of the news since the last visit."""

    at: str = ""
    words: str = ""
    tone: str = ""  # al, me1
    href: str = ""


@dataclass
class FactView:
    """A fact in the head of a situation."""

    label: str = ""
    value: str = ""
    hot: bool = False


@dataclass
class FlagView:
    """A mark of the chart: its letter, its place, and its words below."""

    letter: str = ""
    at: str = "0%"
    time: str = ""
    words: str = ""


@dataclass
class ExcerptView:
    """A complaint with a text."""

    at: str = ""
    text: str = ""
    protocol: str = ""
    href: str = ""


@dataclass
class ComplaintGroupView:
    """Complaints of one kind."""

    kind: str = ""
    count: str = ""
    about: str = ""
    more: str = ""
    excerpts: list[ExcerptView] = field(default_factory=list[ExcerptView])


@dataclass
class ContactView:
    """A telephone to call."""

    name: str = ""
    phone: str = ""
    href: str = ""
    age: str = ""


@dataclass
class OtherView:
    """Another channel of the unit."""

    name: str = ""
    words: str = ""
    tone: str = ""  # obs, mute, prov


@dataclass
class NeighbourView:
    """Another situation that an incident may take in."""

    code: str = ""
    words: str = ""


@dataclass
class DetailView:
    """The chosen situation."""

    code: str = ""
    version: int = 0
    mark: str = ""
    level: str = ""
    public: str = ""
    title: str = ""
    about: str = ""
    hot: str = ""
    sentence: str = ""
    over: str = ""  # that it has ended, or is muted
    owner: str = ""
    owner_id: int = 0
    is_open: bool = False
    is_confirmed: bool = False
    is_judged: bool = False
    has_incident: bool = False
    incident: str = ""
    facts: list[FactView] = field(default_factory=list[FactView])
    chart: LineShape = field(default_factory=LineShape)
    chart_title: str = ""
    chart_words: str = ""
    points: list[list[str]] = field(default_factory=list[list[str]])
    flags: list[FlagView] = field(default_factory=list[FlagView])
    table: list[list[str]] = field(default_factory=list[list[str]])
    complaints: str = ""
    complaints_href: str = ""
    groups: list[ComplaintGroupView] = field(default_factory=list[ComplaintGroupView])
    contacts: list[ContactView] = field(default_factory=list[ContactView])
    others: list[OtherView] = field(default_factory=list[OtherView])
    timeline: list[LineView] = field(default_factory=list[LineView])
    neighbours: list[NeighbourView] = field(default_factory=list[NeighbourView])
    works: str = ""
    suggested_title: str = ""


@dataclass
class DeskView:
    """The list and what stands around it."""

    hot: str = ""
    rest: str = ""
    summary: str = ""
    time: str = ""
    iso: str = ""
    stamp: str = ""
    groups: list[GroupView] = field(default_factory=list[GroupView])
    closed_words: str = ""
    closed: list[ItemView] = field(default_factory=list[ItemView])
    is_empty: bool = True
    budget: str = ""
    budget_words: str = ""
    budget_pips: list[bool] = field(default_factory=list[bool])
    unjudged: str = ""
    unjudged_href: str = ""
    hand_over: str = ""
    hand_over_who: str = ""

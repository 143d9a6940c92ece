"""What the desk of incidents shows, in words ready to draw."""

from dataclasses import dataclass, field

from canais_app.complaints.situations.desk.view import ContactView, FlagView
from canais_app.ui.charts import LineShape


@dataclass
class IncidentItemView:
    """An incident in the list."""

    code: str = ""
    href: str = ""
    mark: str = ""
    level: str = ""
    clock: str = ""
    clock_tone: str = ""
    title: str = ""
    about: str = ""


@dataclass
class StepView:
    """A step of an incident, `did` or `at`."""

    name: str = ""
    state: str = ""


@dataclass
class TimeView:
    """A moment of an incident and how long after the one before."""

    label: str = ""
    value: str = ""
    note: str = ""


@dataclass
class ChannelView:
    """A channel of a unit in the table."""

    name: str = ""
    mark: str = ""  # prov, obs, mute
    words: str = ""


@dataclass
class UnitView:
    """A unit of the table."""

    id: int = 0
    name: str = ""
    href: str = ""
    complaints: str = ""
    complaints_href: str = ""
    channels: list[ChannelView] = field(default_factory=list[ChannelView])
    told: str = ""


@dataclass
class AppointmentView:
    """An appointment of today."""

    id: int = 0
    hour: str = ""
    unit: str = ""
    who: str = ""
    modality: str = ""
    state: str = ""
    mark: str = ""
    act: str = ""  # Avisar, or empty
    is_next: bool = False


@dataclass
class NewsView:
    """News or a note."""

    at: str = ""
    who: str = ""
    text: str = ""
    is_public: bool = False


@dataclass
class IncidentView:
    """The incident of the page."""

    code: str = ""
    version: int = 0
    title: str = ""
    status: str = ""
    level: str = ""
    mark: str = ""
    public: str = ""
    promise: str = ""
    promise_tone: str = ""
    owner: str = ""
    hot: str = ""
    sentence: str = ""
    is_open: bool = False
    is_planned: bool = False
    over: str = ""
    steps: list[StepView] = field(default_factory=list[StepView])
    times: list[TimeView] = field(default_factory=list[TimeView])
    units_title: str = ""
    units: list[UnitView] = field(default_factory=list[UnitView])
    units_sum: str = ""
    untold: int = 0
    appointments_title: str = ""
    appointments: list[AppointmentView] = field(default_factory=list[AppointmentView])
    unsolved: int = 0
    public_level: str = ""
    public_text: str = ""
    works: str = ""
    public_foot: str = ""
    reach: str = ""
    contacts: list[ContactView] = field(default_factory=list[ContactView])
    chart: LineShape = field(default_factory=LineShape)
    chart_title: str = ""
    chart_about: str = ""
    chart_words: str = ""
    points: list[list[str]] = field(default_factory=list[list[str]])
    flags: list[FlagView] = field(default_factory=list[FlagView])
    table: list[list[str]] = field(default_factory=list[list[str]])
    news: list[NewsView] = field(default_factory=list[NewsView])
    next_steps: list[list[str]] = field(default_factory=list[list[str]])
    others: list[list[str]] = field(default_factory=list[list[str]])
    review_tag: str = ""
    review_what: str = ""
    review_affected: str = ""
    review_worked: str = ""
    review_actions: list[str] = field(default_factory=list[str])
    review_done: bool = False


@dataclass
class IncidentListView:
    """The list of incidents."""

    title: str = ""
    summary: str = ""
    time: str = ""
    iso: str = ""
    stamp: str = ""
    now: list[IncidentItemView] = field(default_factory=list[IncidentItemView])
    planned: list[IncidentItemView] = field(default_factory=list[IncidentItemView])
    closed: list[IncidentItemView] = field(default_factory=list[IncidentItemView])

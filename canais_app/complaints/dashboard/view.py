"""Values of the dashboard's page: texts and paths, nothing to compute."""

from dataclasses import dataclass, field

from canais_app.ui.charts import LineShape


@dataclass(frozen=True)
class AlarmRow:
    """An alarm of a unit's channel."""

    unit: str
    place: str
    unit_href: str
    channel: str
    kind: str
    seen: str
    href: str
    expected: str
    sure: str
    chance: str
    probable: bool
    since: str
    lasting: str


@dataclass(frozen=True)
class FigureView:
    """The texts of any figure, and the address of its data."""

    title: str = ""
    about: str = ""
    csv: str = ""


@dataclass(frozen=True)
class SeriesView(FigureView):
    """A line over time."""

    heard: str = ""
    shape: LineShape = field(default_factory=LineShape)
    rows: list[list[str]] = field(default_factory=list)


@dataclass(frozen=True)
class RankRow:
    """A unit in the ranking."""

    slug: str
    unit: str
    place: str
    unit_href: str
    channel: str
    seen: str
    href: str
    expected: str
    excess: str
    width: str
    hot: bool
    spark: str
    spark_words: str


@dataclass(frozen=True)
class RankingView(FigureView):
    """Units by excess over the expected."""

    rows: list[RankRow] = field(default_factory=list)
    others: list[str] = field(default_factory=list)
    total: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class HeatCell:
    """A mean and its shade."""

    words: str
    shade: str


@dataclass(frozen=True)
class HeatRow:
    """An hour, or some merged hours."""

    hours: str
    working: bool
    cells: list[HeatCell]


@dataclass(frozen=True)
class HeatTable(FigureView):
    """The table of hour × weekday."""

    rows: list[HeatRow] = field(default_factory=list)
    totals: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class WeekCell:
    """A week of a unit. `mark` is ▲, △ or nothing, `sure` its word."""

    words: str
    mark: str
    sure: str
    shade: str
    href: str


@dataclass(frozen=True)
class WeekRowView:
    """A unit's weeks."""

    unit: str
    href: str
    cells: list[WeekCell]


@dataclass(frozen=True)
class WeekMatrixView(FigureView):
    """The matrix of unit × week."""

    heads: list[str] = field(default_factory=list)
    rows: list[WeekRowView] = field(default_factory=list)
    others: list[str] = field(default_factory=list)
    totals: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class DeadlineRow:
    """An open complaint."""

    unit: str
    about: str
    href: str
    due: str
    pressing: bool


@dataclass(frozen=True)
class DeadlineDay:
    """Complaints due on one day."""

    title: str
    today: bool
    rows: list[DeadlineRow]


@dataclass(frozen=True)
class DeadlinesView(FigureView):
    """The open complaints by due day."""

    days: list[DeadlineDay] = field(default_factory=list)
    all_words: str = ""
    all_href: str = ""


@dataclass(frozen=True)
class DashboardView:
    """The whole dashboard."""

    stamp: str = ""
    time: str = ""
    iso: str = ""
    alarm_words: str = ""
    alarming: bool = False
    rest_words: str = ""
    summary: str = ""
    alarms: list[AlarmRow] = field(default_factory=list)
    calm: str = ""
    muted: list[str] = field(default_factory=list)
    series: SeriesView = field(default_factory=SeriesView)
    unit_series: SeriesView = field(default_factory=SeriesView)
    has_unit: bool = False
    ranking: RankingView = field(default_factory=RankingView)
    heat: HeatTable = field(default_factory=HeatTable)
    weeks: WeekMatrixView = field(default_factory=WeekMatrixView)
    due: DeadlinesView = field(default_factory=DeadlinesView)
    xlsx: str = ""

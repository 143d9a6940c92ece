"""Values of the analysis page: texts, paths and addresses, nothing to compute."""

from dataclasses import dataclass, field

from canais_app.ui.charts import LineShape


@dataclass(frozen=True)
class TotalView:
    """One of the five totals. `tone` is "g" (better), "b" (worse) or "z"."""

    label: str
    value: str
    change: str
    tone: str
    note: str


@dataclass(frozen=True)
class HeadView:
    """A column's head, which sorts; `sort` is its `aria-sort`."""

    words: str
    small: str
    href: str
    sort: str
    right: bool


@dataclass(frozen=True)
class RowView:
    """A unit in the table."""

    slug: str
    name: str
    sector: str
    href: str
    seen: str
    seen_href: str
    change: str
    change_tone: str
    expected: str
    rate: str
    position: str
    zone_x: str
    zone_width: str
    mark_x: str
    tick_x: str
    shares: list[str]
    kind: str
    on_time: str
    late: bool
    days: str
    solved: str
    spark: str
    peak: str
    spark_words: str


@dataclass(frozen=True)
class TableView:
    """The table of units; `others` and `total` are its last rows."""

    title: str = ""
    about: str = ""
    heads: list[HeadView] = field(default_factory=list)
    rows: list[RowView] = field(default_factory=list)
    others: list[str] = field(default_factory=list)
    total: list[str] = field(default_factory=list)
    more: str = ""
    more_href: str = ""
    csv: str = ""


@dataclass(frozen=True)
class NoteView:
    """What happened on some days of the series."""

    mark: str
    at: str
    width: str
    words: str


@dataclass(frozen=True)
class SeriesView:
    """The series; `points` are what the crosshair says: words, address, first and last day."""

    title: str = ""
    about: str = ""
    heard: str = ""
    shape: LineShape = field(default_factory=LineShape)
    points: list[list[str]] = field(default_factory=list)
    legend: list[str] = field(default_factory=list)
    notes: list[NoteView] = field(default_factory=list)
    rows: list[list[str]] = field(default_factory=list)
    csv: str = ""


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
class HeatView:
    """The table of hour × weekday."""

    title: str = ""
    about: str = ""
    rows: list[HeatRow] = field(default_factory=list)
    csv: str = ""


@dataclass(frozen=True)
class MiniView:
    """A channel beside the others, on the same scale."""

    name: str
    seen: str
    change: str
    box: str
    path: str
    before: str
    href: str


@dataclass(frozen=True)
class ChannelsView:
    """The channels."""

    title: str = ""
    about: str = ""
    rows: list[MiniView] = field(default_factory=list)
    csv: str = ""


@dataclass(frozen=True)
class KindRow:
    """A kind of complaint."""

    name: str
    group: str
    seen: str
    href: str
    share: str
    change: str
    tone: str


@dataclass(frozen=True)
class KindsView:
    """The kinds, and who has to act."""

    title: str = ""
    about: str = ""
    rows: list[KindRow] = field(default_factory=list)
    csv: str = ""


@dataclass(frozen=True)
class LinkView:
    """A ready question."""

    words: str
    about: str
    href: str
    chosen: bool


@dataclass(frozen=True)
class AnswerRow:
    """A row of an answer; `href` leads to what is behind it."""

    href: str
    cells: list[str]


@dataclass(frozen=True)
class AnswerView:
    """The answer to a ready question."""

    name: str = ""
    title: str = ""
    about: str = ""
    head: list[str] = field(default_factory=list)
    rows: list[AnswerRow] = field(default_factory=list)
    minis: list[MiniView] = field(default_factory=list)
    csv: str = ""


@dataclass(frozen=True)
class AnalysisView:
    """The whole page."""

    stamp: str = ""
    time: str = ""
    iso: str = ""
    title: str = ""
    about: str = ""
    totals: list[TotalView] = field(default_factory=list)
    table: TableView = field(default_factory=TableView)
    series: SeriesView = field(default_factory=SeriesView)
    heat: HeatView = field(default_factory=HeatView)
    channels: ChannelsView = field(default_factory=ChannelsView)
    kinds: KindsView = field(default_factory=KindsView)
    questions: list[LinkView] = field(default_factory=list)
    answer: AnswerView = field(default_factory=AnswerView)
    compared: str = ""
    compare_href: str = ""
    compare_words: str = ""
    pdf: str = ""
    xlsx: str = ""
    fixed: str = ""

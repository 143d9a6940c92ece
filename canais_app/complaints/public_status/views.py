"""What the public status shows: plain values and texts, with small counts already hidden."""

from dataclasses import dataclass, field
from datetime import datetime

from canais_app.directory.views import NoticeView


@dataclass(frozen=True)
class Way:
    """A channel that works, as a button."""

    kind: str
    label: str
    href: str
    visit: str = ""  # unit and channel, to count its use


@dataclass(frozen=True)
class Place:
    """A unit or a comarca with its page."""

    name: str
    href: str
    slug: str = ""


@dataclass(frozen=True)
class StatusCard:
    """A failure, a maintenance or a closure of now. `unit` and `channel` take an "Eu também"."""

    key: str
    level: str  # relatada, confirmada, manutencao, fechada
    tag: str
    tone: str  # alarm, warn
    title: str  # what: `Balcão Virtual`, an incident's title
    where: list[Place]
    since: str  # `desde 13h10`
    people: str = ""
    works: str = ""  # `Funcionam: WhatsApp e telefone`
    ways: list[Way] = field(default_factory=list)
    unit: str = ""
    channel: str = ""
    text: str = ""  # the newest public words
    promise: str = ""  # when the next ones come
    updates: list[str] = field(default_factory=list)
    act: str = ""
    act_url: str = ""
    code: str = ""


@dataclass(frozen=True)
class HourBar:
    """One hour of a channel: `height` in percent; `kind` is `hi`, `off` or empty."""

    height: int
    kind: str
    words: str


@dataclass(frozen=True)
class ChannelStrip:
    """A channel's last 24 hours."""

    channel: str
    name: str
    bars: list[HourBar]
    count: str
    state: str
    is_hot: bool
    label: str


@dataclass(frozen=True)
class AxisLabel:
    """A label under an hour's column."""

    words: str
    column: int


@dataclass(frozen=True)
class ChannelHistory:
    """A channel's last 90 days; each day is `ok`, `rel`, `con` or `off`."""

    channel: str
    name: str
    days: list[str]
    score: str  # `54 de 59`
    label: str
    failures: list[str]  # the days with a failure, in words


@dataclass(frozen=True)
class Tile:
    """A comarca on the tile map. `state` is `hi`, `cl`, `nd` or empty."""

    slug: str
    name: str
    code: str
    column: int
    row: int
    state: str
    words: str
    href: str


@dataclass(frozen=True)
class ChannelLevel:
    """The level of one channel of a place. `people` is hidden when small."""

    channel: str
    level: str
    since: datetime
    unit: str
    unit_name: str
    people: int | None
    people_words: str
    works: list[str]
    incident: str


@dataclass(frozen=True)
class PlaceLevel:
    """A comarca, a unit or a channel: its level, its reports of the last 24 hours."""

    slug: str
    name: str
    href: str
    level: str  # normal, relatada, confirmada, manutencao, fechada, sem_dados
    words: str
    reports: int | None
    channels: list[ChannelLevel] = field(default_factory=list)


@dataclass(frozen=True)
class PlannedWork:
    """Work, a closure or another notice to come."""

    when: str
    text: str


@dataclass(frozen=True)
class PublicIncident:
    """An incident or a maintenance with its public news, newest first."""

    code: str
    kind: str
    title: str
    status: str
    started_at: datetime
    ends_at: datetime | None
    next_update_at: datetime | None
    works: str
    units: list[str]
    channels: list[str]
    updates: list[tuple[datetime, str]]


@dataclass(frozen=True)
class StatusBoard:
    """The public status of the state, a comarca or a unit."""

    title: str
    kind: str  # estado, comarca, unidade
    slug: str
    at: datetime
    level: str
    alarm: str  # the purple part of the sentence; may be empty
    rest: str
    reports: int | None
    cards: list[StatusCard]
    places: list[PlaceLevel]
    tiles: list[Tile]
    strips_title: str
    strips: list[ChannelStrip]
    axis: list[AxisLabel]
    history_title: str
    history_note: str
    history: list[ChannelHistory]
    planned: list[PlannedWork]
    notices: list[NoticeView]
    incidents: list[PublicIncident]

    @property
    def sentence(self) -> str:
        """Return the headline as one sentence."""
        return f"{self.alarm}{self.rest}"

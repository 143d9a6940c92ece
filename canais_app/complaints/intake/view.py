"""What the report form shows: the unit's situation, its channels, the kinds that fit each."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlmodel import Session

from canais_app import routes
from canais_app.complaints.kinds import CauseGroup, kinds_of
from canais_app.complaints.public_status.suppression import publish_count
from canais_app.complaints.service import list_channels
from canais_app.complaints.situations.queries import (
    LEVEL_NAMES,
    PublicLevel,
    Trouble,
    UnitSituation,
    current_situation,
)
from canais_app.directory.channels import ChannelKind
from canais_app.directory.labels import channel_label
from canais_app.directory.queries import load_unit_ref
from canais_app.directory.unit_search import find_units
from canais_app.directory.views import ChannelView, UnitRef
from canais_app.kit import text

MAX_FOUND_UNITS = 8
MIN_QUERY_LENGTH = 3
_HEADINGS = {CauseGroup.TECHNICAL: "Problema técnico", CauseGroup.ATTENDANCE: "Atendimento"}
_PROPER_NAMES = (ChannelKind.VIRTUAL_COUNTER, ChannelKind.WHATSAPP)


@dataclass(frozen=True)
class KindChoice:
    """A kind to choose; `value` names the channel too: `telefone:nao_atende`."""

    value: str
    name: str
    hint: str
    icon: str


@dataclass(frozen=True)
class KindGroup:
    """Kinds under one heading."""

    title: str
    kinds: list[KindChoice]


@dataclass(frozen=True)
class ChannelChoice:
    """A channel to choose, with the kinds that fit it; `rest` is folded."""

    kind: str
    name: str
    question: str
    groups: list[KindGroup]
    rest: list[KindChoice]


@dataclass(frozen=True)
class TroubleCard:
    """A trouble of the unit, with a button to be counted."""

    channel: str
    title: str
    about: str
    text: str
    tone: str  # alarm, warn
    may_count: bool


@dataclass(frozen=True)
class ReportForm:
    """Everything the form of one unit shows."""

    slug: str
    unit: str
    comarca: str
    href: str
    troubles: list[TroubleCard]
    working: list[ChannelView]
    channels: list[ChannelChoice]


@dataclass(frozen=True)
class FoundUnits:
    """The answer to a search for the unit."""

    words: str = ""
    said: str = ""
    items: list[dict[str, str]] = field(default_factory=list[dict[str, str]])


def load_report_form(session: Session, slug: str, *, now: datetime) -> ReportForm:
    """Return the form of a unit.

    Raises:
        NotFoundError: no unit has or had this slug.
    """
    unit = load_unit_ref(session, slug)
    situation = current_situation(session, unit.id, now)
    channels = list_channels(session, unit, now=now)
    return ReportForm(
        slug=unit.slug,
        unit=unit.name,
        comarca=unit.comarca,
        href=routes.unit(unit.slug),
        troubles=[_trouble_card(trouble, channels) for trouble in situation.troubles],
        working=working_channels(unit, situation),
        channels=[channel_choice(kind) for kind in channels],
    )


def load_working(session: Session, slug: str, *, now: datetime) -> list[ChannelView]:
    """Return the unit's channels that are known to work now."""
    unit = load_unit_ref(session, slug)
    return working_channels(unit, current_situation(session, unit.id, now))


def working_channels(unit: UnitRef, situation: UnitSituation) -> list[ChannelView]:
    """Return one button of each channel that is known to work."""
    first = {channel.kind: channel for channel in reversed(unit.channels) if channel.href}
    return [first[kind] for kind in situation.working if kind in first]


def search_units(session: Session, words: str, *, now: datetime) -> FoundUnits:
    """Return the units that meet some words.

    Raises:
        InvalidError: too long a text.
    """
    if len(words.strip()) < MIN_QUERY_LENGTH:
        return FoundUnits(words)
    cards = find_units(session, words, now=now, limit=MAX_FOUND_UNITS).items
    items = [
        {
            "href": routes.report(card.slug),
            "name": card.name,
            "about": card.comarca or card.kind_name,
        }
        for card in cards
    ]
    none = "Nenhuma unidade com estas palavras. Tente o nome da comarca."
    said = text.pluralise(len(items), "unidade encontrada", "unidades encontradas")
    return FoundUnits(words, said if items else none, items)


def channel_choice(channel: str) -> ChannelChoice:
    """Return the kinds of a channel: technical, attendance, and the rest."""
    groups: dict[CauseGroup, list[KindChoice]] = {group: [] for group in _HEADINGS}
    rest: list[KindChoice] = []
    for row in kinds_of(channel):
        choice = KindChoice(f"{channel}:{row.kind}", row.name, row.hint_for(channel), row.icon)
        group = row.form_group(channel)
        (groups.get(group, rest) if group else rest).append(choice)
    name = channel_label(channel)
    return ChannelChoice(
        kind=channel,
        name=name,
        question=f"O que houve no {name if channel in _PROPER_NAMES else name.lower()}?",
        groups=[KindGroup(_HEADINGS[group], kinds) for group, kinds in groups.items() if kinds],
        rest=rest,
    )


def _trouble_card(trouble: Trouble, channels: Sequence[str]) -> TroubleCard:
    name = channel_label(trouble.channel) or "Esta unidade"
    is_maintenance = trouble.level is PublicLevel.MAINTENANCE
    if is_maintenance:
        title = f"{name}: em manutenção"
    elif trouble.level is PublicLevel.CONFIRMED:
        title = trouble.title or f"{LEVEL_NAMES[trouble.level]}: {name}"
    elif people := publish_count(trouble.people):
        title = f"{people} pessoas já relataram: {name}"
    else:
        title = f"Outras pessoas já relataram: {name}"
    until = f" · previsão: {text.format_datetime(trouble.until)}" if trouble.until else ""
    return TroubleCard(
        channel=trouble.channel,
        title=title,
        about=f"desde {_since(trouble)}{until}",
        text=trouble.text,
        tone="warn" if is_maintenance else "alarm",
        may_count=not is_maintenance and trouble.channel in channels,
    )


def _since(trouble: Trouble) -> str:
    return text.format_hour(trouble.since)

"""Channels: the table of their types, their views, and hours in words.

A new type of channel is a member of `ChannelKind` and a row of `CHANNEL_TYPES`; forms, checks,
the units file, pages, JSON-LD, print and the offline bundle read the table.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any
from urllib.parse import quote

from canais_app.directory import validation
from canais_app.directory.models import Channel, UnitKind
from canais_app.directory.views import ChannelView
from canais_app.kit import clock
from canais_app.kit.contacts import clean_link, format_phone
from canais_app.kit.text import WEEKDAYS_BARE, format_date


class ChannelKind(StrEnum):
    """The types of channels, as stored."""

    PHONE = "telefone"
    EMAIL = "email"
    WHATSAPP = "whatsapp"
    VIRTUAL_COUNTER = "balcao_virtual"
    APPOINTMENT = "agendamento"


@dataclass(frozen=True)
class ChannelType:
    """A type of channel. `clean` takes the value sent, the other functions the stored one."""

    kind: ChannelKind
    name: str
    rank: int  # in a unit's list: channels with instant answers first
    clean: Callable[[str], str]  # raises ValueError with a sentence
    href: Callable[[str], str]  # what the button opens
    show: Callable[[str], str] = str  # the value as people read it
    button: Callable[[str], str] | None = None  # the button's words; None: the name
    search_key: Callable[[str], str] | None = None  # None: no search by this contact
    schema_org: str = ""  # the property of a schema.org ContactPoint; empty: left out
    sheet: str | None = None  # the prefix on a comarca's sheet; None: not printed
    poster: str = ""  # text on a unit's poster instead of the value
    is_phone: bool = False  # units of a building may share it; file cells may begin with `+`
    is_offline: bool = False  # in the offline bundle
    is_verified: bool = True  # staff verify it periodically
    required_of: frozenset[UnitKind] = frozenset()  # units that must have one


_OWN_AGENDA = re.compile(r"/agenda/[a-z0-9-]{1,160}")


def _appointment(sent: str) -> str:
    """Return an https link, or the path of an agenda of the portal: `/agenda/1a-vara`."""
    path = sent.strip()
    return path if _OWN_AGENDA.fullmatch(path) else clean_link(path)


def _tel(number: str) -> str:
    """Return a tel: link; 0800 numbers are dialled without +55."""
    return f"tel:0{number[3:]}" if number.startswith("+55800") else f"tel:{number}"


def _link(value: str) -> str:
    return value if value.startswith(("https://", "/")) else ""


def _digits(number: str) -> str:
    return number.lstrip("+")


# The order of choices in forms and of the columns of the units file.
CHANNEL_TYPES = (
    ChannelType(
        ChannelKind.PHONE,
        "Telefone",
        rank=4,
        clean=validation.normalise_phone,
        href=_tel,
        show=format_phone,
        button=format_phone,
        search_key=_digits,
        schema_org="telephone",
        sheet="tel.",
        is_phone=True,
        is_offline=True,
        required_of=frozenset(UnitKind),
    ),
    ChannelType(
        ChannelKind.EMAIL,
        "E-mail",
        rank=5,
        clean=validation.normalise_email,
        href=lambda value: f"mailto:{quote(value, safe='@')}",
        search_key=str.casefold,
        schema_org="email",
        sheet="",
        is_offline=True,
        required_of=frozenset(UnitKind),
    ),
    ChannelType(
        ChannelKind.WHATSAPP,
        "WhatsApp",
        rank=1,
        clean=validation.normalise_phone,
        href=lambda value: f"https://wa.me/{_digits(value)}",
        show=format_phone,
        search_key=_digits,
        schema_org="telephone",
        sheet="WhatsApp",
        is_phone=True,
        is_offline=True,
    ),
    ChannelType(
        ChannelKind.VIRTUAL_COUNTER,
        "Balcão Virtual",
        rank=2,
        clean=clean_link,
        href=_link,
        button=lambda _: "Entrar no Balcão Virtual",
        schema_org="url",
        poster="pelo portal, sem hora marcada",
        required_of=frozenset({UnitKind.REGISTRY}),
    ),
    ChannelType(
        ChannelKind.APPOINTMENT,
        "Agendamento",
        rank=3,
        clean=_appointment,
        href=_link,
        button=lambda _: "Ver horários",
        poster="pelo portal, para advogadas e advogados",
        is_verified=False,
        required_of=frozenset({UnitKind.CHAMBERS}),
    ),
)
_BY_KIND = {row.kind: row for row in CHANNEL_TYPES}
CHANNEL_NAMES = {row.kind: row.name for row in CHANNEL_TYPES}
UNVERIFIED_KINDS = [row.kind.value for row in CHANNEL_TYPES if not row.is_verified]
COURT_HOURS = "segunda a sexta, das 12h às 19h"


def type_of(kind: str) -> ChannelType:
    """Return the row of a stored kind."""
    return _BY_KIND[ChannelKind(kind)]


def channel_view(channel: Channel) -> ChannelView:
    """Return a channel as a button, with its hours and last verification."""
    kind = type_of(channel.kind)
    return ChannelView(
        id=channel.id or 0,
        kind=channel.kind,
        name=kind.name,
        label=channel.label or (kind.button(channel.value) if kind.button else kind.name),
        value=kind.show(channel.value),
        href=kind.href(channel.value),
        note=channel.note,
        hours=format_hours(channel.hours) if channel.hours else "",
        verified=format_date(clock.to_local_day(channel.verified_at))
        if channel.verified_at
        else "",
        spans=tuple(hours_spans(channel.hours)) if channel.hours else (),
        verified_on=clock.to_local_day(channel.verified_at).isoformat()
        if channel.verified_at
        else "",
    )


def sort_channels(channels: list[Channel]) -> list[Channel]:
    """Sort a unit's channels by rank, then by position."""
    return sorted(channels, key=lambda c: (type_of(c.kind).rank, c.position, c.id or 0))


def format_hours(hours: Mapping[str, Any]) -> str:
    """Return weekly hours in words: `segunda a sexta, das 12h às 19h; sábado, das 8h às 12h`."""
    if not hours:
        return COURT_HOURS
    spans = [_format_spans(hours.get(str(day), [])) for day in range(7)]
    parts: list[str] = []
    day = 0
    while day < len(spans):
        last = day
        while last + 1 < len(spans) and spans[last + 1] == spans[day]:
            last += 1
        if spans[day]:
            parts.append(f"{_format_days(day, last)}, {spans[day]}")
        day = last + 1
    return "; ".join(parts) or "sem atendimento regular"


def hours_spans(hours: Mapping[str, Any]) -> list[tuple[int, str, str]]:
    """Return weekly hours as (weekday from 0 = Monday, opens, closes)."""
    weekly = hours or {str(day): [["12:00", "19:00"]] for day in range(5)}
    return [(int(day), a, b) for day, times in sorted(weekly.items()) for a, b in times]


def _format_days(first: int, last: int) -> str:
    names = WEEKDAYS_BARE
    if first == last:
        return names[first]
    return f"{names[first]} {'e' if last == first + 1 else 'a'} {names[last]}"


def _format_spans(spans: list[list[str]]) -> str:
    return " e ".join(f"das {_format_clock_time(a)} às {_format_clock_time(b)}" for a, b in spans)


def _format_clock_time(at: str) -> str:
    hour, _, minute = at.partition(":")
    return f"{int(hour)}h{minute}" if minute not in ("", "00") else f"{int(hour)}h"

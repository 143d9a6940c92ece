"""Channels as people see them: shown, opened, and said in words."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from canais_app.directory.models import CHANNEL_NAMES, Channel, ChannelKind
from canais_app.directory.views import ChannelView
from canais_app.kit import clock
from canais_app.kit.contacts import format_phone
from canais_app.kit.text import WEEKDAYS_BARE, date_words

# A person tries first what answers at once.
ORDER = (
    ChannelKind.WHATSAPP,
    ChannelKind.VIRTUAL_COUNTER,
    ChannelKind.APPOINTMENT,
    ChannelKind.PHONE,
    ChannelKind.EMAIL,
)
COURT_HOURS = "segunda a sexta, das 12h às 19h"


def address_of(kind: str, value: str) -> str:
    """Return what a button of this channel opens; only tel, mailto, https and our own pages."""
    if kind == ChannelKind.PHONE:
        return f"tel:{_dialled(value)}"
    if kind == ChannelKind.WHATSAPP:
        return f"https://wa.me/{value.lstrip('+')}"
    if kind == ChannelKind.EMAIL:
        return f"mailto:{quote(value, safe='@')}"
    return value if value.startswith(("https://", "/")) else ""


def _dialled(number: str) -> str:
    """Return what a telephone in Brazil must dial: 0800 numbers do not take the +55."""
    return f"0{number[3:]}" if number.startswith("+55800") else number


def _label(kind: str, value: str) -> str:
    if kind == ChannelKind.PHONE:
        return format_phone(value)
    if kind == ChannelKind.VIRTUAL_COUNTER:
        return "Entrar no Balcão Virtual"
    if kind == ChannelKind.APPOINTMENT:
        return "Ver horários"
    return CHANNEL_NAMES[ChannelKind(kind)]


def view(channel: Channel) -> ChannelView:
    """Return a channel as a button, its hours and when somebody last checked it."""
    is_phone = channel.kind in (ChannelKind.PHONE, ChannelKind.WHATSAPP)
    return ChannelView(
        id=channel.id or 0,
        kind=channel.kind,
        name=CHANNEL_NAMES[ChannelKind(channel.kind)],
        label=channel.label or _label(channel.kind, channel.value),
        value=format_phone(channel.value) if is_phone else channel.value,
        href=address_of(channel.kind, channel.value),
        note=channel.note,
        hours=hours_words(channel.hours) if channel.hours else "",
        verified=date_words(clock.local_day(channel.verified_at)) if channel.verified_at else "",
        spans=tuple(spans(channel.hours)) if channel.hours else (),
    )


def in_order(channels: list[Channel]) -> list[Channel]:
    """Sort a unit's channels: those that answer at once first, then by position."""
    rank = {kind.value: place for place, kind in enumerate(ORDER)}
    return sorted(channels, key=lambda c: (rank.get(c.kind, len(rank)), c.position, c.id or 0))


def hours_words(hours: Mapping[str, Any]) -> str:
    """Return weekly hours in words: `segunda a sexta, das 12h às 19h; sábado, das 8h às 12h`."""
    if not hours:
        return COURT_HOURS
    spans = [_spans_words(hours.get(str(day), [])) for day in range(7)]
    parts: list[str] = []
    day = 0
    while day < len(spans):
        last = day
        while last + 1 < len(spans) and spans[last + 1] == spans[day]:
            last += 1
        if spans[day]:
            parts.append(f"{_days_words(day, last)}, {spans[day]}")
        day = last + 1
    return "; ".join(parts) or "sem atendimento regular"


def spans(hours: Mapping[str, Any]) -> list[tuple[int, str, str]]:
    """Return weekly hours as (weekday from 0 = Monday, opens, closes)."""
    weekly = hours or {str(day): [["12:00", "19:00"]] for day in range(5)}
    return [(int(day), a, b) for day, times in sorted(weekly.items()) for a, b in times]


def _days_words(first: int, last: int) -> str:
    names = WEEKDAYS_BARE
    if first == last:
        return names[first]
    return f"{names[first]} {'e' if last == first + 1 else 'a'} {names[last]}"


def _spans_words(spans: list[list[str]]) -> str:
    return " e ".join(f"das {_clock_words(a)} às {_clock_words(b)}" for a, b in spans)


def _clock_words(at: str) -> str:
    hour, _, minute = at.partition(":")
    return f"{int(hour)}h{minute}" if minute not in ("", "00") else f"{int(hour)}h"

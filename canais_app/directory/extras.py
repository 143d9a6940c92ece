"""What rooms above the directory put on its cards: next free times, reported trouble.

The directory stands under them and must not import them; the composition root registers their
readers here. Without a reader a card simply says nothing about it.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session


@dataclass(frozen=True)
class Glimpse:
    """A published agenda of a unit: where it is and its next free time in words, if any."""

    slug: str
    next_free: str = ""
    modalities: str = ""


@dataclass(frozen=True)
class Trouble:
    """The public status of a unit when it is above normal, in one sentence."""

    status: str
    words: str
    channels: tuple[str, ...] = ()


ReadGlimpses = Callable[[Session, Sequence[int], datetime], Mapping[int, Glimpse]]
ReadTroubles = Callable[[Session, Sequence[int], datetime], Mapping[int, Trouble]]
_readers: dict[str, ReadGlimpses | ReadTroubles] = {}


def show_agendas(read: ReadGlimpses) -> None:
    """Register how the agendas of some units are read (by unit id)."""
    _readers["agendas"] = read


def show_troubles(read: ReadTroubles) -> None:
    """Register how the public status of some units is read (by unit id)."""
    _readers["troubles"] = read


def agendas(session: Session, unit_ids: Sequence[int], now: datetime) -> Mapping[int, Glimpse]:
    """Return the agenda of each unit that has one."""
    read = _readers.get("agendas")
    return read(session, unit_ids, now) if read else {}  # pyright: ignore[reportReturnType]


def troubles(session: Session, unit_ids: Sequence[int], now: datetime) -> Mapping[int, Trouble]:
    """Return the trouble of each unit that has any."""
    read = _readers.get("troubles")
    return read(session, unit_ids, now) if read else {}  # pyright: ignore[reportReturnType]

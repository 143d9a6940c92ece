"""What rooms above the directory tell it: next free times, reported trouble, what ties a unit.

The directory stands under them and must not import them; the composition root registers their
readers here. Without a reader nothing is said about it.
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
ReadHindrances = Callable[[Session, int, datetime], Sequence[str]]
_readers: dict[str, ReadGlimpses | ReadTroubles] = {}
_hindrances: list[ReadHindrances] = []


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


def show_hindrances(read: ReadHindrances) -> None:
    """Register what keeps a unit from being retired: a sentence each, with what to do about it."""
    if read not in _hindrances:
        _hindrances.append(read)


def hindrances(session: Session, unit_id: int, now: datetime) -> list[str]:
    """Return what has to be done in the rooms above before a unit can be retired."""
    return [sentence for read in _hindrances for sentence in read(session, unit_id, now)]

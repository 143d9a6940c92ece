"""What rooms above the directory tell it: next free times, reported trouble, what ties a unit.

The directory stands under them and must not import them; the composition root registers their
readers here. Without a reader nothing is said about it.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlmodel import Session

TROUBLES = "troubles:all"  # what open cards hear when the trouble of some unit is another


@dataclass(frozen=True)
class Glimpse:
    """A published agenda of a unit: where it is and its next free time in words, if any."""

    slug: str
    next_free: str = ""
    modalities: str = ""


@dataclass(frozen=True)
class Trouble:
    """The public status of a unit whose channels are in trouble: one sentence a channel."""

    status: str
    words: str


ReadGlimpses = Callable[[Session, Sequence[int], datetime], Mapping[int, Glimpse]]
ReadBookable = Callable[[Session], Collection[int]]
ReadTroubles = Callable[[Session, Sequence[int], datetime], Mapping[int, Trouble]]
ReadHindrances = Callable[[Session, int, datetime], Sequence[str]]


@dataclass
class Readers:
    """Who reads what for the cards."""

    agendas: ReadGlimpses = lambda _session, _ids, _now: {}
    bookable: ReadBookable = lambda _session: ()
    troubles: ReadTroubles = lambda _session, _ids, _now: {}
    hindrances: list[ReadHindrances] = field(default_factory=list[ReadHindrances])


readers = Readers()


def show_agendas(read: ReadGlimpses, bookable: ReadBookable) -> None:
    """Register how agendas are read: those of some units, and which units publish one."""
    readers.agendas, readers.bookable = read, bookable


def show_troubles(read: ReadTroubles) -> None:
    """Register how the public status of some units is read (by unit id)."""
    readers.troubles = read


def show_hindrances(read: ReadHindrances) -> None:
    """Register what keeps a unit from being retired: a sentence each, with what to do about it."""
    if read not in readers.hindrances:
        readers.hindrances.append(read)


def hindrances(session: Session, unit_id: int, now: datetime) -> list[str]:
    """Return what has to be done in the rooms above before a unit can be retired."""
    return [sentence for read in readers.hindrances for sentence in read(session, unit_id, now)]

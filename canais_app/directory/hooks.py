"""What rooms above the directory tell it: next free times, reported trouble, what ties a unit.

The directory stands under them and must not import them; the composition root registers their
readers here. Without a reader nothing is said about it.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlmodel import Session

OUTAGES_TOPIC = "troubles:all"  # what open cards hear when the trouble of some unit is another


@dataclass(frozen=True)
class AgendaSummary:
    """A published agenda of a unit: where it is and its next free time in words, if any."""

    slug: str
    next_free: str = ""
    modalities: str = ""


@dataclass(frozen=True)
class Outage:
    """The public status of a unit whose channels are in trouble: one sentence a channel."""

    status: str
    words: str


ReadAgendaSummaries = Callable[[Session, Sequence[int], datetime], Mapping[int, AgendaSummary]]
ReadBookableUnits = Callable[[Session], Collection[int]]
ReadOutages = Callable[[Session, Sequence[int], datetime], Mapping[int, Outage]]
ReadRetirementBlockers = Callable[[Session, int, datetime], Sequence[str]]


@dataclass
class Hooks:
    """Who reads what for the cards."""

    agendas: ReadAgendaSummaries = lambda _session, _ids, _now: {}
    bookable: ReadBookableUnits = lambda _session: ()
    outages: ReadOutages = lambda _session, _ids, _now: {}
    retirement_blockers: list[ReadRetirementBlockers] = field(
        default_factory=list[ReadRetirementBlockers]
    )


hooks = Hooks()


def register_agendas(read: ReadAgendaSummaries, bookable: ReadBookableUnits) -> None:
    """Register how agendas are read: those of some units, and which units publish one."""
    hooks.agendas, hooks.bookable = read, bookable


def register_outages(read: ReadOutages) -> None:
    """Register how the public status of some units is read (by unit id)."""
    hooks.outages = read


def register_retirement_blockers(read: ReadRetirementBlockers) -> None:
    """Register what keeps a unit from being retired: a sentence each, with what to do about it."""
    if read not in hooks.retirement_blockers:
        hooks.retirement_blockers.append(read)


def load_retirement_blockers(session: Session, unit_id: int, now: datetime) -> list[str]:
    """Return what has to be done in the rooms above before a unit can be retired."""
    return [
        sentence for read in hooks.retirement_blockers for sentence in read(session, unit_id, now)
    ]

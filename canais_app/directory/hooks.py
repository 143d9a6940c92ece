"""Hooks of rooms that may not import each other: agendas, outages, appointments, complaints.

The directory must not import those rooms; `wiring.connect_hooks` registers their functions here.
Until then units have no agendas, outages or blockers.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlmodel import Session

OUTAGES_TOPIC = "troubles:all"  # published when some unit's status changes


@dataclass(frozen=True)
class AgendaSummary:
    """A unit's published agenda: its slug, and its next free time in words, if any."""

    slug: str
    next_free: str = ""
    modalities: str = ""


@dataclass(frozen=True)
class Outage:
    """The public status of a unit with channels in trouble; `words` has a sentence a channel.

    `channels` says of each channel in trouble what the public may know.
    """

    status: str
    words: str
    channels: Mapping[str, str] = field(default_factory=dict[str, str])


@dataclass(frozen=True)
class AffectedAppointment:
    """A confirmed appointment of a gabinete in an incident, and what was done about it."""

    id: int
    starts_at: datetime
    unit: str
    lawyer: str
    modality: str
    needs_network: bool  # by video
    told_at: datetime | None
    offered: int  # other times held for the lawyer


@dataclass(frozen=True)
class IncidentWords:
    """What the letter to a lawyer says of an incident."""

    title: str
    text: str
    works: str


@dataclass(frozen=True)
class NotAttended:
    """An appointment to which nobody came, as the complaint about it needs it.

    `address` is the caller's, so that a person counts once; it is not stored.
    """

    unit_slug: str
    starts_at: datetime
    name: str
    email: str
    address: str


ReadAgendaSummaries = Callable[[Session, Sequence[int], datetime], Mapping[int, AgendaSummary]]
ReadBookableUnits = Callable[[Session], Collection[int]]
ReadOutages = Callable[[Session, Sequence[int], datetime], Mapping[int, Outage]]
ReadAffected = Callable[
    [Session, Collection[int], datetime, datetime], Sequence[AffectedAppointment]
]
TellLawyer = Callable[[Session, int, IncidentWords, datetime], bool]
FileNotAttended = Callable[[Session, NotAttended, datetime], str]
ReadRetirementBlockers = Callable[[Session, int, datetime], Sequence[str]]


@dataclass
class Hooks:
    """The registered functions."""

    agendas: ReadAgendaSummaries = lambda _session, _ids, _now: {}
    bookable: ReadBookableUnits = lambda _session: ()
    outages: ReadOutages = lambda _session, _ids, _now: {}
    affected: ReadAffected = lambda _session, _ids, _start, _end: ()
    tell_lawyer: TellLawyer = lambda _session, _id, _words, _now: False
    file_not_attended: FileNotAttended = lambda _session, _said, _now: ""
    retirement_blockers: list[ReadRetirementBlockers] = field(
        default_factory=list[ReadRetirementBlockers]
    )


hooks = Hooks()


def register_agendas(read: ReadAgendaSummaries, bookable: ReadBookableUnits) -> None:
    """Register the readers of some units' agendas, and of the ids of bookable units."""
    hooks.agendas, hooks.bookable = read, bookable


def register_outages(read: ReadOutages) -> None:
    """Register the reader of some units' public status (by unit id)."""
    hooks.outages = read


def register_incident_appointments(load: ReadAffected, tell: TellLawyer) -> None:
    """Register the reader of some units' coming appointments, and the letter to a lawyer."""
    hooks.affected, hooks.tell_lawyer = load, tell


def register_not_attended(file_complaint: FileNotAttended) -> None:
    """Register what files the complaint of a person whom nobody attended."""
    hooks.file_not_attended = file_complaint


def register_retirement_blockers(read: ReadRetirementBlockers) -> None:
    """Register a reader of blockers: sentences that say what to do before a retirement."""
    if read not in hooks.retirement_blockers:
        hooks.retirement_blockers.append(read)


def load_retirement_blockers(session: Session, unit_id: int, now: datetime) -> list[str]:
    """Return what must be done before a unit can be retired, one sentence each."""
    return [
        sentence for read in hooks.retirement_blockers for sentence in read(session, unit_id, now)
    ]

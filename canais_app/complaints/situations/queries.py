"""What the public may know of the channels now: reported, confirmed, in maintenance, working."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from sqlmodel import Session, col, select

from canais_app.complaints.models import PersonReport, VisitHour
from canais_app.complaints.situations.models import (
    Incident,
    IncidentMember,
    IncidentUpdate,
    Situation,
)
from canais_app.directory import notices
from canais_app.directory.labels import channel_label
from canais_app.directory.models import Channel, Unit
from canais_app.expediente.queries import load_calendar, load_notices_since
from canais_app.expediente.rules import Location, NoticeKind
from canais_app.kit import clock
from canais_app.kit.text import format_hour

TOPIC = "situations:all"
MIN_PEOPLE = 3  # distinct ones, before anything is said in public
FALSE = "falso"


class PublicLevel(StrEnum):
    """What is said of a channel in public."""

    REPORTED = "relatada"
    CONFIRMED = "confirmada"  # by a person
    MAINTENANCE = "manutencao"


class IncidentKind(StrEnum):
    """An incident is found, a maintenance is announced."""

    INCIDENT = "incidente"
    MAINTENANCE = "manutencao"


class Scope(StrEnum):
    """What a situation is about."""

    UNIT = "unit"  # a unit's channel
    COMARCA = "comarca"  # several channels and units of it
    CHANNEL = "channel"  # several units of the state


LEVEL_NAMES = {
    PublicLevel.REPORTED: "Instabilidade relatada por usuários",
    PublicLevel.CONFIRMED: "Instabilidade confirmada",
    PublicLevel.MAINTENANCE: "Em manutenção",
}
_CERTAINTY = {PublicLevel.REPORTED: 0, PublicLevel.CONFIRMED: 1, PublicLevel.MAINTENANCE: 2}


@dataclass(frozen=True)
class Trouble:
    """What the public may know of a unit's channel (empty: of the whole unit).

    `people` is exact: a public answer must suppress counts under 5. `code` names the incident or
    the situation, `title` and `text` are an incident's or a notice's public words.
    """

    unit_id: int
    channel: str
    level: PublicLevel
    since: datetime
    until: datetime | None = None  # declared or expected
    people: int = 0
    title: str = ""
    text: str = ""
    works: str = ""
    code: str = ""
    next_update_at: datetime | None = None
    situation_id: int | None = None
    incident_id: int | None = None

    @property
    def words(self) -> str:
        """Return it as one sentence."""
        about = f": {channel_label(self.channel)}" if self.channel else ""
        return f"{LEVEL_NAMES[self.level]}{about}, desde {format_hour(self.since)}."


@dataclass(frozen=True)
class UnitSituation:
    """The troubles of a unit, and its channels that are known to work now."""

    unit_id: int
    troubles: tuple[Trouble, ...]
    working: tuple[str, ...]

    def of_channel(self, channel: str) -> Trouble | None:
        """Return the trouble of a channel: its own, or the whole unit's."""
        found = [trouble for trouble in self.troubles if trouble.channel in (channel, "")]
        return found[0] if found else None


def current_situation(session: Session, unit_id: int, now: datetime) -> UnitSituation:
    """Return what the public may know of a unit now."""
    troubles = tuple(list_troubles(session, now, unit_ids=[unit_id]))
    working = load_working(session, [unit_id], troubles, now).get(unit_id, ())
    return UnitSituation(unit_id, troubles, working)


def list_troubles(
    session: Session, now: datetime, *, unit_ids: Collection[int] | None = None
) -> list[Trouble]:
    """Return the troubles of some units, or of all: one of each channel, the surest of its own."""
    found: dict[tuple[int, str], Trouble] = {}
    wanted = None if unit_ids is None else set(unit_ids)
    for trouble in (
        *_of_situations(session, wanted),
        *_of_incidents(session, now, wanted),
        *_of_notices(session, now, wanted),
    ):
        key = (trouble.unit_id, trouble.channel)
        known = found.get(key)
        if known is None or _CERTAINTY[trouble.level] > _CERTAINTY[known.level]:
            people = max(trouble.people, known.people if known else 0)
            found[key] = replace(trouble, people=people)
    return sorted(found.values(), key=lambda each: (each.unit_id, each.since, each.channel))


def _of_situations(session: Session, wanted: set[int] | None) -> Iterable[Trouble]:
    rows = session.exec(
        select(Situation).where(
            col(Situation.closed_at).is_(None),
            col(Situation.probable_at).is_not(None),
            col(Situation.incident_id).is_(None),
            col(Situation.muted_by_id).is_(None),
            col(Situation.verdict) != FALSE,
            col(Situation.people) >= MIN_PEOPLE,
        )
    ).all()
    for row in rows:
        level = PublicLevel.CONFIRMED if row.confirmed_at else PublicLevel.REPORTED
        for unit_id, channel in members_of(session, row):
            if wanted is None or unit_id in wanted:
                yield Trouble(
                    unit_id,
                    channel,
                    level,
                    row.first_report_at,
                    people=row.people,
                    code=row.code,
                    situation_id=row.id,
                )


def is_public(row: Situation) -> bool:
    """Whether the public reads of a situation, as `list_troubles` asks the database."""
    return (
        row.closed_at is None
        and row.probable_at is not None
        and row.incident_id is None
        and row.muted_by_id is None
        and row.verdict != FALSE
        and row.people >= MIN_PEOPLE
    )


def members_of(session: Session, situation: Situation) -> Sequence[tuple[int, str]]:
    """Return the unit and channel of a situation; of several units: those that were reported."""
    if situation.scope == Scope.UNIT:
        return [(situation.place_id, situation.channel)]
    query = (
        select(PersonReport.unit_id, PersonReport.channel)
        .join(Unit, col(Unit.id) == col(PersonReport.unit_id))
        .where(
            col(PersonReport.received_at) >= situation.first_report_at,
            col(PersonReport.channel) != "",
        )
        .distinct()
    )
    if situation.scope == Scope.COMARCA:
        query = query.where(col(Unit.comarca_id) == situation.place_id)
    else:
        query = query.where(col(PersonReport.channel) == situation.channel)
    if situation.closed_at is not None:
        query = query.where(col(PersonReport.received_at) <= situation.closed_at)
    return session.exec(query).all()


def _of_incidents(session: Session, now: datetime, wanted: set[int] | None) -> Iterable[Trouble]:
    query = (
        select(Incident, IncidentMember)
        .join(IncidentMember, col(IncidentMember.incident_id) == col(Incident.id))
        .where(
            col(Incident.closed_at).is_(None),
            col(Incident.is_public),
            col(Incident.started_at) <= now,
            col(IncidentMember.left_at).is_(None),
        )
    )
    if wanted is not None:
        query = query.where(col(IncidentMember.unit_id).in_(wanted))
    rows = [
        (incident, member) for incident, member in session.exec(query) if in_force(incident, now)
    ]
    texts = load_public_words(session, {incident.id or 0 for incident, _ in rows})
    for incident, member in rows:
        planned = incident.kind == IncidentKind.MAINTENANCE
        yield Trouble(
            member.unit_id,
            member.channel,
            PublicLevel.MAINTENANCE if planned else PublicLevel.CONFIRMED,
            max(incident.started_at, member.joined_at) if planned else incident.started_at,
            until=incident.ends_at,
            title=incident.title,
            text=texts.get(incident.id or 0, ""),
            works=incident.works,
            code=incident.code,
            next_update_at=incident.next_update_at,
            incident_id=incident.id,
        )


def in_force(incident: Incident, now: datetime) -> bool:
    """Whether an incident is open; a maintenance also ends with its declared window."""
    if incident.closed_at is not None or incident.started_at > now:
        return False
    over = incident.ends_at is not None and incident.ends_at <= now
    return not (incident.kind == IncidentKind.MAINTENANCE and over)


def load_public_words(session: Session, incident_ids: Collection[int]) -> Mapping[int, str]:
    """Return the newest public news of some incidents."""
    if not incident_ids:
        return {}
    rows = session.exec(
        select(IncidentUpdate)
        .where(col(IncidentUpdate.incident_id).in_(incident_ids), col(IncidentUpdate.is_public))
        .order_by(col(IncidentUpdate.id))
    )
    return {row.incident_id: row.text for row in rows}


def _of_notices(session: Session, now: datetime, wanted: set[int] | None) -> Iterable[Trouble]:
    rows = [
        row
        for row in load_notices_since(session, now)
        if row.kind == NoticeKind.MAINTENANCE and row.is_in_force(now)
    ]
    if not rows:
        return
    units = select(Unit).where(col(Unit.active))
    if wanted is not None:
        units = units.where(col(Unit.id).in_(wanted))
    found = session.exec(units).all()
    channels = _channels_of(session, wanted)
    for row in rows:
        scope = notices.scope_notice(row)
        for unit in found:
            if scope.applies_to(unit, channels.get(unit.id or 0, ())):
                yield Trouble(
                    unit.id or 0,
                    row.channel_kind,
                    PublicLevel.MAINTENANCE,
                    row.starts_at,
                    until=row.ends_at,
                    text=row.text,
                    works=row.alternative,
                )


def list_maintained(
    session: Session, now: datetime, unit_ids: Collection[int]
) -> set[tuple[int, str]]:
    """Return the channels of some units (empty: the whole unit) that are in maintenance now."""
    return {
        (trouble.unit_id, trouble.channel)
        for trouble in (
            *_of_incidents(session, now, set(unit_ids)),
            *_of_notices(session, now, set(unit_ids)),
        )
        if trouble.level is PublicLevel.MAINTENANCE
    }


def load_working(
    session: Session, unit_ids: Collection[int], troubles: Iterable[Trouble], now: datetime
) -> dict[int, tuple[str, ...]]:
    """Return the channels that may be said to work: open now, used today, no report, no trouble.

    Used: a visit today. Nothing is said of a channel without data.
    """
    troubled = {(trouble.unit_id, trouble.channel) for trouble in troubles}
    day = clock.from_wall_clock(clock.to_local_day(now), 0)
    used = session.exec(
        select(VisitHour.unit_id, VisitHour.channel)
        .where(
            col(VisitHour.unit_id).in_(unit_ids),
            col(VisitHour.hour) >= clock.hour_number(day),
            col(VisitHour.hour) <= clock.hour_number(now),
        )
        .distinct()
    ).all()
    if not used:
        return {}
    reported = set(
        session.exec(
            select(PersonReport.unit_id, PersonReport.channel)
            .where(col(PersonReport.unit_id).in_(unit_ids), col(PersonReport.received_at) >= day)
            .distinct()
        ).all()
    )
    calendar = load_calendar(session)
    units = session.exec(select(Unit).where(col(Unit.id).in_({id_ for id_, _ in used}))).all()
    open_now = {
        unit.id
        for unit in units
        if calendar.open_state_at(now, Location(unit.comarca_id, unit.id), unit.hours).is_open
    }
    published = _channels_of(session, {id_ for id_, _ in used})
    works: defaultdict[int, list[str]] = defaultdict(list)
    for unit_id, channel in sorted(used):
        silent = (unit_id, channel) not in reported | troubled and (unit_id, "") not in troubled
        if unit_id in open_now and silent and channel in published.get(unit_id, ()):
            works[unit_id].append(channel)
    return {unit_id: tuple(channels) for unit_id, channels in works.items()}


def _channels_of(session: Session, unit_ids: Collection[int] | None) -> Mapping[int, set[str]]:
    query = select(Channel.unit_id, Channel.kind).where(col(Channel.retired_at).is_(None))
    if unit_ids is not None:
        query = query.where(col(Channel.unit_id).in_(unit_ids))
    found: defaultdict[int, set[str]] = defaultdict(set)
    for unit_id, kind in session.exec(query):
        found[unit_id].add(kind)
    return found

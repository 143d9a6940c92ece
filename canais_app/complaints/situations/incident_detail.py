"""Everything the desk shows of one incident."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlmodel import Session, col, func, select

from canais_app.accounts.roles import Actor, Permission, require_permission
from canais_app.complaints.models import Complaint, PersonReport
from canais_app.complaints.public_status.subscriptions import count_subscribers
from canais_app.complaints.situations import appointments, incidents, listing, series
from canais_app.complaints.situations.detail import Annotation, Contact, load_contacts
from canais_app.complaints.situations.incident_members import load_members, load_updates
from canais_app.complaints.situations.listing import IncidentRow, SituationRow
from canais_app.complaints.situations.models import Incident, IncidentUpdate, Situation
from canais_app.directory.channels import ChannelKind
from canais_app.directory.hooks import AffectedAppointment
from canais_app.directory.models import Channel, Unit
from canais_app.kit.errors import NotFoundError


@dataclass(frozen=True)
class MemberChannel:
    """A channel of a member unit; `is_member` when it is in the incident."""

    channel: str
    is_member: bool
    people: int


@dataclass(frozen=True)
class MemberUnit:
    """A unit of an incident, with all its channels."""

    unit_id: int
    name: str
    slug: str
    complaints: int
    channels: tuple[MemberChannel, ...]
    told_at: datetime | None
    acknowledged_at: datetime | None


@dataclass(frozen=True)
class IncidentDetail:
    """One incident whole."""

    row: IncidentRow
    noticed_at: datetime
    confirmed_at: datetime | None
    restored_at: datetime | None
    false_reason: str
    merged_into: str
    review: dict[str, object]
    review_due: date | None
    units: tuple[MemberUnit, ...]
    people: int
    complaints: int
    updates: tuple[IncidentUpdate, ...]
    appointments: Sequence[AffectedAppointment]
    unsolved: tuple[int, ...]  # appointments by video that were not told and begin before the end
    situations: tuple[SituationRow, ...]
    others: tuple[IncidentRow, ...]  # open ones that it could be merged into
    subscribers: int
    contacts: tuple[Contact, ...]  # telephones that work
    points: tuple[series.SeriesPoint, ...]  # of the member channels together
    annotations: tuple[Annotation, ...]


def load_incident_detail(
    session: Session, actor: Actor, code: str, *, now: datetime
) -> IncidentDetail:
    """Return one incident.

    Raises:
        NotFoundError: there is none.
    """
    require_permission(actor, Permission.SEE_DASHBOARD)
    return build_incident_detail(session, code, now=now)


def build_incident_detail(session: Session, code: str, *, now: datetime) -> IncidentDetail:
    """Return one incident for people who were authorised already."""
    stored = session.exec(select(Incident).where(col(Incident.code) == str(code)[:12])).first()
    if stored is None:
        raise NotFoundError("Não encontramos este incidente.")
    target = session.get(Incident, stored.merged_into_id) if stored.merged_into_id else None
    units, people = _load_units(session, stored, now)
    booked = appointments.load_affected(session, stored, now) if not stored.closed_at else ()
    rows = listing.load_incident_rows(session, [stored])
    updates = tuple(load_updates(session, stored.id or 0))
    return IncidentDetail(
        row=rows[0],
        noticed_at=stored.noticed_at,
        confirmed_at=stored.confirmed_at,
        restored_at=stored.restored_at,
        false_reason=stored.false_reason,
        merged_into=target.code if target else "",
        review=stored.review,
        review_due=incidents.review_due_on(session, stored),
        units=units,
        people=people,
        complaints=sum(unit.complaints for unit in units),
        updates=updates,
        appointments=booked,
        unsolved=tuple(
            each.id
            for each in booked
            if each.needs_network
            and not each.told_at
            and not appointments.ends_before(stored, each)
        ),
        situations=tuple(listing.load_rows(session, now, col(Situation.incident_id) == stored.id)),
        others=tuple(
            row for row in listing.load_open_incidents(session) if row.code != stored.code
        ),
        subscribers=count_subscribers(session, {unit.unit_id for unit in units}),
        contacts=tuple(_load_contacts(session, units)),
        points=tuple(_load_points(session, stored, units, now)),
        annotations=tuple(_annotate(stored, updates)),
    )


def _load_points(
    session: Session, incident: Incident, units: Sequence[MemberUnit], now: datetime
) -> list[series.SeriesPoint]:
    """Return the last hours of the member channels; none before the incident's start."""
    end = min(now, incident.closed_at or now)
    members = {
        (unit.unit_id, channel.channel)
        for unit in units
        for channel in unit.channels
        if channel.is_member
    }
    if not members or incident.started_at > end:
        return []
    return series.load_member_points(session, members, incident.started_at, end, now=now)


def _annotate(incident: Incident, updates: Sequence[IncidentUpdate]) -> list[Annotation]:
    """Return the steps and the news, oldest first."""
    steps = (
        (incident.started_at, "Começou"),
        (incident.noticed_at, "Percebido"),
        (incident.confirmed_at, "Confirmado por uma pessoa"),
        (incident.restored_at, "Restabelecido"),
    )
    marks = [Annotation(at, words) for at, words in steps if at]
    marks += [
        Annotation(each.at, f"{'Notícia' if each.is_public else 'Nota interna'}: {each.text}")
        for each in updates
    ]
    return sorted(marks, key=lambda mark: mark.at)


def _load_contacts(session: Session, members: Sequence[MemberUnit]) -> Sequence[Contact]:
    """Return the telephones of the member units that are not in the incident, and the board's."""
    ids = [member.unit_id for member in members]
    working = [
        member.unit_id
        for member in members
        if any(c.channel == ChannelKind.PHONE and not c.is_member for c in member.channels)
    ]
    units = session.exec(select(Unit).where(col(Unit.id).in_(ids))).all()
    return load_contacts(session, units, working)


def _load_units(
    session: Session, incident: Incident, now: datetime
) -> tuple[tuple[MemberUnit, ...], int]:
    """Return the member units with what was reported since the start, and all people."""
    members = load_members(session, incident.id or 0)
    ids = {member.unit_id for member in members}
    until = incident.closed_at or now
    people = session.exec(
        select(PersonReport).where(
            col(PersonReport.unit_id).in_(ids),
            col(PersonReport.received_at) >= incident.started_at,
            col(PersonReport.received_at) <= until,
        )
    ).all()
    by_channel = Counter((row.unit_id, row.channel) for row in people)
    complaints = dict(
        session.exec(
            select(Complaint.unit_id, func.count())
            .where(
                col(Complaint.unit_id).in_(ids),
                col(Complaint.created_at) >= incident.started_at,
                col(Complaint.created_at) <= until,
            )
            .group_by(col(Complaint.unit_id))
        ).all()
    )
    channels: dict[int, list[str]] = {}
    for unit_id, kind in session.exec(
        select(Channel.unit_id, Channel.kind)
        .where(col(Channel.unit_id).in_(ids), col(Channel.retired_at).is_(None))
        .distinct()
        .order_by(col(Channel.kind))
    ):
        channels.setdefault(unit_id, []).append(kind)
    joined = {(member.unit_id, member.channel) for member in members}
    told = {member.unit_id: member for member in members}
    units = session.exec(select(Unit).where(col(Unit.id).in_(ids)).order_by(col(Unit.name))).all()
    found = [
        MemberUnit(
            unit_id=unit.id or 0,
            name=unit.name,
            slug=unit.slug,
            complaints=complaints.get(unit.id or 0, 0),
            channels=tuple(
                MemberChannel(kind, (unit.id, kind) in joined, by_channel[unit.id or 0, kind])
                for kind in channels.get(unit.id or 0, ())
            ),
            told_at=told[unit.id or 0].told_at,
            acknowledged_at=told[unit.id or 0].acknowledged_at,
        )
        for unit in units
    ]
    counted = len({row.mark or f"#{row.id}" for row in people})
    return tuple(sorted(found, key=lambda unit: -unit.complaints)), counted

"""Public incidents with their news, and planned work."""

from collections import defaultdict
from collections.abc import Collection
from datetime import datetime, timedelta

from sqlmodel import Session, col, select

from canais_app.complaints.public_status.views import PlannedWork, PublicIncident
from canais_app.complaints.situations.models import Incident, IncidentMember, IncidentUpdate
from canais_app.complaints.situations.queries import IncidentKind, in_force
from canais_app.directory.labels import channel_label
from canais_app.directory.snapshot import DirectorySnapshot
from canais_app.kit import clock
from canais_app.kit.text import format_hour, format_short_date, pluralise

ENDED_SHOWN = timedelta(days=30)  # how long feeds list incidents that have ended


def list_public_incidents(
    session: Session,
    here: DirectorySnapshot,
    now: datetime,
    unit_ids: Collection[int] | None = None,
    *,
    since: datetime | None = None,
) -> list[PublicIncident]:
    """Return the public incidents in force, of some units or of all, newest first.

    With `since` also those that have ended after it.
    """
    query = select(Incident).where(col(Incident.is_public), col(Incident.started_at) <= now)
    if since is None:
        query = query.where(col(Incident.closed_at).is_(None))
    else:
        query = query.where(col(Incident.closed_at).is_(None) | (col(Incident.closed_at) > since))
    query = query.where(col(Incident.false_reason) == "")
    found = [row for row in session.exec(query) if since is not None or in_force(row, now)]
    ids = [row.id or 0 for row in found]
    members: defaultdict[int, list[IncidentMember]] = defaultdict(list)
    for member in session.exec(
        select(IncidentMember).where(
            col(IncidentMember.incident_id).in_(ids), col(IncidentMember.left_at).is_(None)
        )
    ):
        if unit_ids is None or member.unit_id in unit_ids:
            members[member.incident_id].append(member)
    news: defaultdict[int, list[tuple[datetime, str]]] = defaultdict(list)
    for update in session.exec(
        select(IncidentUpdate)
        .where(col(IncidentUpdate.incident_id).in_(ids), col(IncidentUpdate.is_public))
        .order_by(col(IncidentUpdate.at).desc())
    ):
        news[update.incident_id].append((update.at, update.text))
    return [
        PublicIncident(
            code=row.code,
            kind=row.kind,
            title=row.title,
            status=row.status,
            started_at=row.started_at,
            ends_at=row.closed_at or row.ends_at,
            next_update_at=row.next_update_at,
            works=row.works,
            units=sorted(
                {
                    here.units[m.unit_id].slug
                    for m in members[row.id or 0]
                    if m.unit_id in here.units
                }
            ),
            channels=sorted({m.channel for m in members[row.id or 0] if m.channel}),
            updates=news[row.id or 0],
        )
        for row in sorted(found, key=lambda row: row.started_at, reverse=True)
        if members[row.id or 0] or unit_ids is None
    ]


def list_planned_work(
    session: Session,
    here: DirectorySnapshot,
    now: datetime,
    unit_ids: Collection[int] | None = None,
) -> list[tuple[datetime, PlannedWork]]:
    """Return the maintenance that is declared ahead of time, with its start."""
    rows = session.exec(
        select(Incident, IncidentMember)
        .join(IncidentMember, col(IncidentMember.incident_id) == col(Incident.id))
        .where(
            col(Incident.kind) == IncidentKind.MAINTENANCE,
            col(Incident.is_public),
            col(Incident.closed_at).is_(None),
            col(Incident.started_at) > now,
        )
    ).all()
    members: defaultdict[int, list[IncidentMember]] = defaultdict(list)
    incidents: dict[int, Incident] = {}
    for incident, member in rows:
        if unit_ids is None or member.unit_id in unit_ids:
            incidents[incident.id or 0] = incident
            members[incident.id or 0].append(member)
    return [
        (row.started_at, PlannedWork(_window(row), _describe(here, row, members[id_])))
        for id_, row in incidents.items()
    ]


def _window(row: Incident) -> str:
    day = clock.to_local_day(row.started_at)
    start = f"{format_short_date(day)}, {format_hour(row.started_at)}"
    if row.ends_at is None:
        return f"{start}, sem previsão de fim"
    last = clock.to_local_day(row.ends_at)
    end = "" if last == day else f"{format_short_date(last)}, "
    return f"{start} a {end}{format_hour(row.ends_at)}"


def _describe(here: DirectorySnapshot, row: Incident, members: Collection[IncidentMember]) -> str:
    units = {here.units[m.unit_id].name for m in members if m.unit_id in here.units}
    kinds = ", ".join(sorted({channel_label(m.channel) for m in members if m.channel}))
    where = next(iter(units)) if len(units) == 1 else pluralise(len(units), "unidade", "unidades")
    works = f" Funciona: {row.works}." if row.works else ""
    return f"{row.title}: {kinds + ', ' if kinds else ''}{where}.{works}"

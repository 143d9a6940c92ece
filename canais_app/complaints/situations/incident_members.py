"""The members of incidents: units' channels join, leave, are told and know of it.

Also what every action on an incident shares: the lock with its version, and the announcement.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, select

from canais_app.accounts import audit
from canais_app.accounts.roles import Actor, Permission, require_permission
from canais_app.complaints.situations import episodes, letters
from canais_app.complaints.situations.incident_forms import IncidentForm
from canais_app.complaints.situations.models import (
    Incident,
    IncidentMember,
    IncidentUpdate,
    Situation,
)
from canais_app.complaints.situations.queries import TOPIC, Scope
from canais_app.directory.models import Channel, Comarca, Unit
from canais_app.kit import clock, live
from canais_app.kit.errors import ConflictError, InvalidError, NotFoundError
from canais_app.webhooks import service as webhooks

ENTITY = "incidente"
ANY_VERSION = 0  # of programs


def include_units(  # noqa: PLR0913, PLR0917 (members have that many parts)
    session: Session,
    actor: Actor,
    code: str,
    version: int,
    slugs: Sequence[str],
    channels: Sequence[str] = (),
    *,
    now: datetime,
) -> int:
    """Take units into an incident, with some channels or all they publish; return how many pairs.

    Raises:
        NotFoundError: no such incident or unit.
        ConflictError: it has ended, or changed since it was seen.
    """
    row = lock(session, actor, code, version)
    found = _channels_of_units(session, _units(session, slugs), channels)
    if not found:
        raise InvalidError("Estas unidades não publicam esses canais.")
    join_members(session, row, found, now)
    claim_open(session, actor, row, now)
    change = {"incluiu": ["", len(found)]}
    announce(session, actor, row, "incluiu", change, webhooks.INCIDENT_UPDATED, now=now)
    return len(found)


def remove_unit(  # noqa: PLR0913 (a member has that many parts)
    session: Session, actor: Actor, code: str, version: int, unit_id: int, *, now: datetime
) -> None:
    """Take a unit out of an incident: its alarms return.

    Raises:
        NotFoundError: no such incident, or the unit is not in it.
        ConflictError: it has ended, or changed since it was seen.
    """
    row = lock(session, actor, code, version)
    members = [m for m in load_members(session, row.id or 0) if m.unit_id == unit_id]
    if not members:
        raise NotFoundError("Esta unidade não está no incidente.")
    for member in members:
        member.left_at = now
        session.add(member)
    for situation in situations_of(session, row):
        if situation.unit_id == unit_id:
            situation.incident_id = None
            session.add(situation)
    change = {"unidade": [unit_id, ""]}
    announce(session, actor, row, "retirou", change, webhooks.INCIDENT_UPDATED, now=now)


def tell_units(
    session: Session, actor: Actor, code: str, version: int, *, now: datetime
) -> tuple[int, int]:
    """Write to the units not told yet; return how many were, and how many have no address.

    Raises:
        NotFoundError: no such incident.
        ConflictError: it has ended, or changed since it was seen.
    """
    row = lock(session, actor, code, version)
    waiting = [m for m in load_members(session, row.id or 0) if m.told_at is None]
    units = session.exec(select(Unit).where(col(Unit.id).in_({m.unit_id for m in waiting}))).all()
    words = next((u.text for u in load_updates(session, row.id or 0) if u.is_public), "")
    told = {
        unit.id
        for unit in units
        if letters.tell_unit_of_incident(session, unit, row, words, now=now)
    }
    for member in waiting:
        if member.unit_id in told:
            member.told_at = now
            session.add(member)
    change = {"unidades": ["", len(told)]}
    announce(session, actor, row, "avisou as unidades", change, "", now=now)
    return len(told), len(units) - len(told)


def acknowledge(session: Session, actor: Actor, code: str, unit_id: int, *, now: datetime) -> None:
    """Mark that a unit knows of the incident, as its manager.

    Raises:
        NotFoundError: no such incident, or the unit is not in it or not the actor's.
    """
    unit = session.get(Unit, unit_id)
    if unit is None:
        raise NotFoundError("Não encontramos esta unidade.")
    require_permission(actor, Permission.ANSWER_COMPLAINTS, unit.path)
    row = session.exec(select(Incident).where(col(Incident.code) == str(code)[:12])).first()
    members = load_members(session, row.id or 0) if row else []
    mine = [member for member in members if member.unit_id == unit_id]
    if row is None or not mine:
        raise NotFoundError("Esta unidade não está no incidente.")
    for member in mine:
        member.acknowledged_at = member.acknowledged_at or now
        session.add(member)
    audit.record_entry(
        session, actor, "deu ciência", ENTITY, code, {"unidade": ["", unit_id]}, now=now
    )
    live.emit(session, TOPIC)


def load_members(session: Session, incident_id: int) -> Sequence[IncidentMember]:
    """Return the present members of an incident."""
    query = select(IncidentMember).where(
        col(IncidentMember.incident_id) == incident_id, col(IncidentMember.left_at).is_(None)
    )
    return session.exec(
        query.order_by(col(IncidentMember.unit_id), col(IncidentMember.channel))
    ).all()


def load_updates(session: Session, incident_id: int) -> Sequence[IncidentUpdate]:
    """Return the news and notes of an incident, newest first."""
    query = select(IncidentUpdate).where(col(IncidentUpdate.incident_id) == incident_id)
    return session.exec(query.order_by(col(IncidentUpdate.id).desc())).all()


def lock(
    session: Session, actor: Actor, code: str, version: int, *, must_be_open: bool = True
) -> Incident:
    """Return an incident, locked, if it is as the person saw it."""
    require_permission(actor, Permission.HANDLE_SITUATIONS)
    query = select(Incident).where(col(Incident.code) == str(code)[:12]).with_for_update()
    row = session.exec(query.execution_options(populate_existing=True)).first()
    if row is None:
        raise NotFoundError("Não encontramos este incidente.")
    if version not in (ANY_VERSION, row.version):
        raise ConflictError("Outra pessoa mexeu neste incidente. Veja como está agora.")
    if must_be_open and row.closed_at is not None:
        raise ConflictError("Este incidente já se encerrou.")
    return row


def situations_of(session: Session, row: Incident) -> Sequence[Situation]:
    """Return the open situations of an incident."""
    query = select(Situation).where(
        col(Situation.incident_id) == row.id, col(Situation.closed_at).is_(None)
    )
    return session.exec(query).all()


def named_members(session: Session, form: IncidentForm) -> set[tuple[int, str]]:
    """Return the units and channels that a declaration names beside its situations.

    Raises:
        InvalidError: no such comarca.
        NotFoundError: no such unit.
    """
    units = _units(session, form.units)
    if form.comarca:
        place = session.exec(select(Comarca).where(col(Comarca.slug) == form.comarca)).first()
        if place is None:
            raise InvalidError("Não encontramos esta comarca.", {"comarca": "Escolha da lista."})
        of_place = select(Unit).where(col(Unit.comarca_id) == place.id, col(Unit.active))
        units = [*units, *session.exec(of_place)]
    return _channels_of_units(session, units, form.channels) if units else set()


def _units(session: Session, slugs: Collection[str]) -> Sequence[Unit]:
    found = session.exec(select(Unit).where(col(Unit.slug).in_(slugs), col(Unit.active))).all()
    if len(found) != len(set(slugs)):
        raise NotFoundError("Não encontramos uma destas unidades.")
    return found


def _channels_of_units(
    session: Session, units: Collection[Unit], channels: Collection[str]
) -> set[tuple[int, str]]:
    query = select(Channel.unit_id, Channel.kind).where(
        col(Channel.unit_id).in_({unit.id for unit in units}), col(Channel.retired_at).is_(None)
    )
    if channels:
        query = query.where(col(Channel.kind).in_(channels))
    return {(unit_id, kind) for unit_id, kind in session.exec(query)}


def join_members(
    session: Session, row: Incident, members: Collection[tuple[int, str]], now: datetime
) -> None:
    """Make units' channels members; those that had left return."""
    for unit_id, channel in sorted(members):
        key = (row.id, unit_id, channel)
        known = session.get(IncidentMember, key)
        if known is None:
            session.add(
                IncidentMember(
                    incident_id=row.id or 0, unit_id=unit_id, channel=channel, joined_at=now
                )
            )
        elif known.left_at is not None:
            known.left_at, known.joined_at = None, now
            session.add(known)
    session.flush()


def claim_situation(
    session: Session, actor: Actor, situation: Situation, row: Incident, now: datetime
) -> None:
    """Put a situation into an incident: it is confirmed, and its alarm is silent."""
    situation.incident_id, situation.version = row.id, situation.version + 1
    situation.confirmed_at, situation.confirmed_by = now, actor.name
    situation.verdict = "verdadeiro"
    session.add(situation)
    text = f"declarou o incidente {row.code}; os alarmes ficam calados."
    episodes.add_event(
        session, situation, "incidente", text, now=now, who=actor.name, staff_id=actor.staff_id
    )


def claim_open(session: Session, actor: Actor, row: Incident, now: datetime) -> None:
    """Put the open situations of an incident's members into it."""
    members = {(member.unit_id, member.channel) for member in load_members(session, row.id or 0)}
    rows = session.exec(
        select(Situation)
        .where(
            col(Situation.closed_at).is_(None),
            col(Situation.incident_id).is_(None),
            col(Situation.scope) == Scope.UNIT,
        )
        .with_for_update()
    ).all()
    for situation in rows:
        if (situation.place_id, situation.channel) in members:
            claim_situation(session, actor, situation, row, now)


def announce(  # noqa: PLR0913, PLR0917 (a change has that many parts)
    session: Session,
    actor: Actor,
    row: Incident,
    action: str,
    change: Mapping[str, Any],
    event: str,
    *,
    now: datetime,
) -> None:
    """Raise the version, audit the change, tell webhooks and open pages."""
    row.version += 1
    session.add(row)
    session.flush()
    audit.record_entry(session, actor, action, ENTITY, row.code, change, now=now)
    if event:
        webhooks.enqueue(session, event, incident_payload(row), now=now)
    live.emit(session, TOPIC)


def incident_payload(row: Incident) -> dict[str, object]:
    """Return an incident as other systems get it."""
    return {
        "code": row.code,
        "title": row.title,
        "kind": row.kind,
        "status": row.status,
        "is_public": row.is_public,
        "works": row.works,
        "started_at": clock.to_rfc3339(row.started_at),
        "ends_at": clock.to_rfc3339(row.ends_at) if row.ends_at else None,
        "closed_at": clock.to_rfc3339(row.closed_at) if row.closed_at else None,
    }

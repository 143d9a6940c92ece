"""Who is booked in an incident, and the letter to them; the agenda answers through hooks."""

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlmodel import Session, col, select

from canais_app.accounts import audit
from canais_app.accounts.roles import Actor, Permission, require_permission
from canais_app.complaints.situations.incident_members import (
    ANY_VERSION,
    ENTITY,
    load_members,
    load_updates,
    lock,
)
from canais_app.complaints.situations.models import Incident
from canais_app.complaints.situations.queries import TOPIC
from canais_app.directory import hooks
from canais_app.directory.hooks import AffectedAppointment, IncidentWords
from canais_app.directory.models import Unit
from canais_app.kit import clock, live
from canais_app.kit.errors import NotFoundError
from canais_app.kit.text import format_hour


def load_affected(
    session: Session, incident: Incident, now: datetime
) -> Sequence[AffectedAppointment]:
    """Return today's coming appointments of the incident's gabinetes, earliest first.

    The gabinetes are those of the members, and of their courts: a secretaria fails with its vara.
    """
    members = {member.unit_id for member in load_members(session, incident.id or 0)}
    units = session.exec(select(Unit).where(col(Unit.id).in_(members))).all()
    parents = {unit.parent_id for unit in units if unit.parent_id}
    courts = session.exec(
        select(Unit.id).where(col(Unit.parent_id).in_(parents), col(Unit.kind) == "gabinete")
    ).all()
    start = max(now, incident.started_at)
    day = clock.to_local_day(start)
    end = clock.from_wall_clock(day, 23, 59)
    return hooks.hooks.affected(session, members | {id_ for id_ in courts if id_}, start, end)


def tell_lawyers(
    session: Session,
    actor: Actor,
    code: str,
    appointment_ids: Collection[int] | None = None,
    *,
    now: datetime,
) -> int:
    """Write to the lawyers of some affected appointments, or of all by video that were not told.

    Each letter offers what works and three other times held for 48 hours. Who comes after the
    expected end is not written to. Returns how many letters.

    Raises:
        NotFoundError: no such incident, or an appointment is not affected by it.
        ConflictError: the incident has ended.
    """
    require_permission(actor, Permission.HANDLE_SITUATIONS)
    row = lock(session, actor, code, ANY_VERSION)
    affected = {each.id: each for each in load_affected(session, row, now)}
    if appointment_ids is None:
        chosen = [each for each in affected.values() if each.needs_network and not each.told_at]
    elif set(appointment_ids) <= affected.keys():
        chosen = [affected[id_] for id_ in dict.fromkeys(appointment_ids)]
    else:
        raise NotFoundError("Este atendimento não está entre os afetados.")
    text = next((news.text for news in load_updates(session, row.id or 0) if news.is_public), "")
    if row.ends_at:
        text = f"{text} Previsão de fim: {format_hour(row.ends_at)}.".strip()
    words = IncidentWords(row.title, text, row.works)
    told = [
        each
        for each in chosen
        if not ends_before(row, each) and hooks.hooks.tell_lawyer(session, each.id, words, now)
    ]
    change = {"atendimentos": ["", len(told)]}
    audit.record_entry(session, actor, "avisou quem agendou", ENTITY, code, change, now=now)
    live.emit(session, TOPIC)
    return len(told)


def ends_before(incident: Incident, appointment: AffectedAppointment) -> bool:
    """Whether the incident is expected to be over when the appointment begins."""
    return incident.ends_at is not None and incident.ends_at <= appointment.starts_at

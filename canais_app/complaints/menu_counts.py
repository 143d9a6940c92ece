"""The numbers of complaints, situations and incidents beside the menu and the tabs of staff."""

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, case
from sqlmodel import Session, col, func, or_, select

from canais_app.accounts.roles import Actor, Permission, Role
from canais_app.complaints.lifecycle import CLOSED_STATUSES, ComplaintStatus
from canais_app.complaints.models import Complaint
from canais_app.complaints.situations.models import Incident, IncidentMember, Situation
from canais_app.complaints.situations.queries import FALSE
from canais_app.complaints.statistics import counts
from canais_app.complaints.statistics.filters import Scope
from canais_app.directory.models import Unit
from canais_app.kit import clock
from canais_app.kit.text import format_number

_OPEN = [status.value for status in ComplaintStatus if status not in CLOSED_STATUSES]


def read_counts(session: Session, actor: Actor, now: datetime) -> dict[str, int]:
    """Return the numbers of the menu that this person may see."""
    found: dict[str, int] = {}
    if actor.can(Permission.SEE_DASHBOARD):
        found |= _count_situations(session, Scope(""))
    if actor.can(Permission.TRIAGE_COMPLAINTS):
        found |= _count_complaints(session, [], now, owner=actor.staff_id)
    if any(grant.role == Role.MANAGER for grant in actor.grants):
        found["unit_inbox"] = _count_unit_inbox(session, actor)
    return found


def read_tab_counts(session: Session, actor: Actor, scope: Scope, _now: datetime) -> dict[str, str]:
    """Return the numbers of the tabs within a scope; nothing without a scope."""
    if not (scope.comarca or scope.unit or scope.channel or scope.kind):
        return {}
    found = _count_situations(session, scope)
    if actor.can(Permission.TRIAGE_COMPLAINTS):
        where = counts.scope_conditions(counts.resolve_scope(session, scope), Complaint)
        query = select(func.count()).where(col(Complaint.status).in_(_OPEN), *where)
        found["complaints"] = session.exec(query).one()
    return {name: format_number(number) for name, number in found.items()}


def _count_complaints(
    session: Session, where: list[ColumnElement[bool]], now: datetime, *, owner: int | None
) -> dict[str, int]:
    """Count the open complaints: all, mine, due today or overdue; and unread messages."""
    tomorrow = clock.from_wall_clock(clock.to_local_day(now) + timedelta(days=1), 0)
    is_open = col(Complaint.status).in_(_OPEN)
    is_due = case((col(Complaint.due_at) < tomorrow, 1), else_=0)
    count, due = session.exec(select(func.count(), func.sum(is_due)).where(is_open, *where)).one()
    mine = session.exec(select(func.count()).where(is_open, Complaint.owner_id == owner)).one()
    unread = session.exec(select(func.count()).where(col(Complaint.is_unread))).one()
    return {"complaints": count, "due_today": due or 0, "mine": mine, "unread": unread}


def _count_situations(session: Session, scope: Scope) -> dict[str, int]:
    """Count the situations above normal now that nothing mutes, and the active incidents."""
    places = counts.resolve_scope(session, scope)
    situations: list[ColumnElement[bool]] = [
        col(Situation.closed_at).is_(None),
        col(Situation.incident_id).is_(None),
        col(Situation.muted_by_id).is_(None),
        col(Situation.quiet_since).is_(None),
        col(Situation.verdict) != FALSE,
    ]
    incidents: list[ColumnElement[bool]] = [
        col(Incident.closed_at).is_(None),
        col(Incident.merged_into_id).is_(None),
    ]
    if places.comarca_id is not None or places.unit_id is not None:
        units = counts.select_units(places)
        is_here = col(Situation.unit_id).in_(units)
        if places.unit_id is None:
            is_here |= col(Situation.comarca_id) == places.comarca_id
        situations.append(is_here)
        incidents.append(_has_member(col(IncidentMember.unit_id).in_(units)))
    if places.channel:
        situations.append(col(Situation.channel).in_(("", places.channel)))
        incidents.append(_has_member(col(IncidentMember.channel) == places.channel))
    if places.kinds:
        situations.append(col(Situation.kind).in_(places.kinds))
    return {
        "situations": session.exec(select(func.count()).where(*situations)).one(),
        "incidents": session.exec(select(func.count()).where(*incidents)).one(),
    }


def _has_member(condition: ColumnElement[bool]) -> ColumnElement[bool]:
    members = select(col(IncidentMember.incident_id))
    return col(Incident.id).in_(members.where(condition, col(IncidentMember.left_at).is_(None)))


def _count_unit_inbox(session: Session, actor: Actor) -> int:
    """Count the complaints forwarded to the actor's units that still have no answer of theirs."""
    paths = [g.unit_path for g in actor.grants if g.role == Role.MANAGER and g.unit_path]
    if not paths:
        return 0
    mine = or_(*(col(Unit.path).startswith(path, autoescape=True) for path in paths))
    return session.exec(
        select(func.count())
        .select_from(Complaint)
        .join(Unit, col(Unit.id) == col(Complaint.unit_id))
        .where(Complaint.status == ComplaintStatus.FORWARDED, mine)
        .where(col(Complaint.unit_answered_at).is_(None))
    ).one()

"""The numbers of complaints, situations and incidents beside the menu and the tabs of staff."""

from datetime import datetime

from sqlalchemy import ColumnElement
from sqlmodel import Session, col, func, select

from canais_app.accounts.roles import Actor, Permission, Role
from canais_app.complaints.situations.models import Incident, IncidentMember, Situation
from canais_app.complaints.situations.queries import FALSE
from canais_app.complaints.statistics import counts
from canais_app.complaints.statistics.filters import QueueFilter, Scope
from canais_app.complaints.triage import listing, unit_inbox

# The numbers of the menu, by the saved views that they lead to.
_QUEUES = {"complaints": "abertas", "mine": "comigo", "due_today": "hoje", "unread": "nova"}


def read_counts(session: Session, actor: Actor, now: datetime) -> dict[str, int]:
    """Return the numbers of the menu that this person may see."""
    found: dict[str, int] = {}
    if actor.can(Permission.SEE_DASHBOARD):
        found |= _count_situations(session, Scope(""))
    if actor.can(Permission.TRIAGE_COMPLAINTS):
        queues = listing.count_views(session, actor, QueueFilter(), now=now)
        found |= {name: queues[code] for name, code in _QUEUES.items()}
    if any(grant.role == Role.MANAGER for grant in actor.grants):
        found["unit_work"] = unit_inbox.count_inbox(session, actor)
    return found


def read_tab_counts(session: Session, actor: Actor, scope: Scope, now: datetime) -> dict[str, str]:
    """Return the numbers of the tabs within a scope; nothing without a scope."""
    if not (scope.comarca or scope.unit or scope.channel or scope.kind):
        return {}
    found = _count_situations(session, scope)
    if actor.can(Permission.TRIAGE_COMPLAINTS):
        filters = QueueFilter.model_validate(_filled(scope))
        queues = listing.count_views(session, actor, filters, now=now)
        found["complaints"] = queues[_QUEUES["complaints"]]
    return {name: listing.format_count(number) for name, number in found.items()}


def _filled(scope: Scope) -> dict[str, str]:
    return {name: value for name, value in scope.to_fields().items() if value}


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

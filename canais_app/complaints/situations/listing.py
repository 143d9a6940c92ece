"""Lists of situations and incidents for the Corregedoria, in their order of urgency."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from sqlmodel import Session, col, func, select

from canais_app.accounts.models import Staff
from canais_app.accounts.roles import Actor, Permission, require_permission
from canais_app.complaints.situations.models import Incident, IncidentMember, Situation
from canais_app.complaints.situations.queries import FALSE, list_maintained
from canais_app.directory.models import Comarca, Unit
from canais_app.kit.errors import NotFoundError

CLOSED_FOR = timedelta(days=7)
PROBABLE = "provavel"


class ListState(StrEnum):
    """Where a situation stands in the list."""

    NOW = "agora"
    WATCHED = "em_observacao"
    MUTED = "silenciada"
    FALSE = "falsa"
    CLOSED = "encerrada"


@dataclass(frozen=True)
class SituationRow:
    """A situation as lists show it."""

    id: int
    code: str
    scope: str
    level: str
    state: str
    unit: str
    unit_name: str
    unit_id: int | None
    comarca: str
    channel: str
    kind: str
    seen: int
    expected: float
    upper: int
    probability: float
    people: int
    first_report_at: datetime
    opened_at: datetime
    probable_at: datetime | None
    quiet_since: datetime | None
    closed_at: datetime | None
    owner: str
    owner_id: int | None
    assumed_at: datetime | None
    unit_told_at: datetime | None
    confirmed: bool
    verdict: str
    verdict_reason: str
    incident: str
    muted_by: str
    version: int


@dataclass(frozen=True)
class IncidentRow:
    """An incident as lists show it."""

    id: int
    code: str
    title: str
    kind: str
    status: str
    is_public: bool
    works: str
    units: int
    owner: str
    started_at: datetime
    ends_at: datetime | None
    next_update_at: datetime | None
    closed_at: datetime | None
    is_false: bool
    version: int


def list_situations(
    session: Session, actor: Actor, *, is_open: bool = True, now: datetime
) -> list[SituationRow]:
    """Return open situations by urgency, or those closed in the last seven days, newest first.

    Urgency: confirmed, probable, possible; then without an owner; then the oldest.
    """
    require_permission(actor, Permission.SEE_DASHBOARD)
    if is_open:
        return sort_by_urgency(load_rows(session, now, col(Situation.closed_at).is_(None)))
    rows = load_rows(session, now, col(Situation.closed_at) >= now - CLOSED_FOR)
    return sorted(rows, key=lambda row: row.closed_at or now, reverse=True)


def sort_by_urgency(rows: Sequence[SituationRow]) -> list[SituationRow]:
    """Sort: confirmed, probable, possible; then without an owner; then the oldest."""
    return sorted(rows, key=_urgency)


def _urgency(row: SituationRow) -> tuple[int, bool, bool, bool, datetime]:
    order = list(ListState).index(ListState(row.state))
    return order, not row.confirmed, row.level != PROBABLE, bool(row.owner), row.opened_at


def load_situation(session: Session, actor: Actor, code: str, *, now: datetime) -> SituationRow:
    """Return one situation.

    Raises:
        NotFoundError: there is none.
    """
    require_permission(actor, Permission.SEE_DASHBOARD)
    rows = load_rows(session, now, col(Situation.code) == str(code)[:12])
    if not rows:
        raise NotFoundError("Não encontramos esta situação.")
    return rows[0]


def load_rows(session: Session, now: datetime, condition) -> list[SituationRow]:  # noqa: ANN001 (a SQLAlchemy condition)
    """Return the situations that meet a condition, for people who were authorised already."""
    found = session.exec(
        select(Situation, Unit, Comarca, Staff)
        .join(Unit, col(Unit.id) == col(Situation.unit_id), isouter=True)
        .join(Comarca, col(Comarca.id) == col(Situation.comarca_id), isouter=True)
        .join(Staff, col(Staff.id) == col(Situation.owner_id), isouter=True)
        .where(condition)
    ).all()
    joined = {row.incident_id for row, *_ in found if row.incident_id}
    incidents = dict(
        session.exec(select(Incident.id, Incident.code).where(col(Incident.id).in_(joined))).all()
    )
    ids = {row.muted_by_id for row, *_ in found if row.muted_by_id}
    codes = dict(
        session.exec(select(Situation.id, Situation.code).where(col(Situation.id).in_(ids))).all()
    )
    maintained = list_maintained(session, now, {row.unit_id or 0 for row, *_ in found})
    return [
        SituationRow(
            id=row.id or 0,
            code=row.code,
            scope=row.scope,
            level=row.level,
            state=_state_of(row, maintained),
            unit=unit.slug if unit else "",
            unit_name=unit.name if unit else _place_name(comarca),
            unit_id=row.unit_id,
            comarca=comarca.slug if comarca else "",
            channel=row.channel,
            kind=row.kind,
            seen=row.seen,
            expected=row.expected,
            upper=row.upper,
            probability=row.probability,
            people=row.people,
            first_report_at=row.first_report_at,
            opened_at=row.opened_at,
            probable_at=row.probable_at,
            quiet_since=row.quiet_since,
            closed_at=row.closed_at,
            owner=owner.name if owner else "",
            owner_id=row.owner_id,
            assumed_at=row.assumed_at,
            unit_told_at=row.unit_told_at,
            confirmed=row.confirmed_at is not None,
            verdict=row.verdict,
            verdict_reason=row.verdict_reason,
            incident=incidents.get(row.incident_id, ""),
            muted_by=codes.get(row.muted_by_id, ""),
            version=row.version,
        )
        for row, unit, comarca, owner in found
    ]


def _place_name(comarca: Comarca | None) -> str:
    return f"Comarca de {comarca.name}" if comarca else "Mato Grosso, várias unidades"


def _state_of(row: Situation, maintained: set[tuple[int, str]]) -> ListState:
    if row.closed_at is not None:
        return ListState.CLOSED
    silent = {(row.unit_id, row.channel), (row.unit_id, "")} & maintained
    if row.incident_id is not None or row.muted_by_id is not None or silent:
        return ListState.MUTED
    if row.verdict == FALSE:
        return ListState.FALSE
    return ListState.WATCHED if row.quiet_since else ListState.NOW


def list_incidents(session: Session, actor: Actor, *, is_open: bool = True) -> list[IncidentRow]:
    """Return open incidents and maintenance, late promises first, or the last hundred closed."""
    require_permission(actor, Permission.SEE_DASHBOARD)
    return load_open_incidents(session) if is_open else load_closed_incidents(session)


def load_open_incidents(session: Session) -> list[IncidentRow]:
    """Return open incidents for people who were authorised already."""
    query = (
        select(Incident)
        .where(col(Incident.closed_at).is_(None))
        .order_by(
            col(Incident.next_update_at).is_(None),
            col(Incident.next_update_at),
            col(Incident.started_at),
        )
    )
    return load_incident_rows(session, session.exec(query).all())


def load_closed_incidents(session: Session) -> list[IncidentRow]:
    """Return the last hundred closed incidents for people who were authorised already."""
    query = (
        select(Incident)
        .where(col(Incident.closed_at).is_not(None))
        .order_by(col(Incident.closed_at).desc())
        .limit(100)
    )
    return load_incident_rows(session, session.exec(query).all())


def load_incident_row(session: Session, actor: Actor, code: str) -> IncidentRow:
    """Return one incident.

    Raises:
        NotFoundError: there is none.
    """
    require_permission(actor, Permission.SEE_DASHBOARD)
    rows = session.exec(select(Incident).where(col(Incident.code) == str(code)[:12])).all()
    if not rows:
        raise NotFoundError("Não encontramos este incidente.")
    return load_incident_rows(session, rows)[0]


def load_incident_rows(session: Session, rows: Sequence[Incident]) -> list[IncidentRow]:
    """Return incidents as lists show them."""
    ids = {row.id for row in rows}
    units = dict(
        session.exec(
            select(
                IncidentMember.incident_id, func.count(func.distinct(col(IncidentMember.unit_id)))
            )
            .where(col(IncidentMember.incident_id).in_(ids), col(IncidentMember.left_at).is_(None))
            .group_by(col(IncidentMember.incident_id))
        ).all()
    )
    owners = {row.owner_id for row in rows}
    names = dict(session.exec(select(Staff.id, Staff.name).where(col(Staff.id).in_(owners))).all())
    return [
        IncidentRow(
            id=row.id or 0,
            code=row.code,
            title=row.title,
            kind=row.kind,
            status=row.status,
            is_public=row.is_public,
            works=row.works,
            units=units.get(row.id or 0, 0),
            owner=names.get(row.owner_id, ""),
            started_at=row.started_at,
            ends_at=row.ends_at,
            next_update_at=row.next_update_at,
            closed_at=row.closed_at,
            is_false=bool(row.false_reason),
            version=row.version,
        )
        for row in rows
    ]

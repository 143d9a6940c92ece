"""Look up the actor of a session cookie or a bearer token."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from sqlalchemy import Select, bindparam, column, table
from sqlalchemy import select as sa_select
from sqlmodel import Session, col, select

from canais_app.accounts import session_timeouts
from canais_app.accounts.models import ApiToken, LoginSession, Staff, StaffRole
from canais_app.accounts.roles import (
    PUBLIC,
    ROLES_BY_PERMISSION,
    SECOND_STEP_ROLES,
    Actor,
    Grant,
    Permission,
    Role,
)
from canais_app.kit.errors import AuthenticationRequiredError
from canais_app.kit.text import hash_token
from canais_app.settings import settings

# The directory imports accounts, so its table is described here again.
UNIT_TABLE = table("unit", column("id"), column("path"), column("name"), column("slug"))


@dataclass(frozen=True)
class SessionPresence:
    """A browser's session, and whether its `seen_at` should be written."""

    actor: Actor
    needs_last_seen_update: bool = False
    waits_for_code: bool = False
    staff_id: int | None = None
    session_id: int | None = None


NO_PRESENCE = SessionPresence(PUBLIC)


def load_grants(session: Session, staff_id: int) -> tuple[Grant, ...]:
    """Return the roles of a person, each with its scope."""
    rows = _roles_with_unit(session, staff_id, "path")
    return tuple(Grant(Role(role), path or "") for role, path in rows)


def load_actor(session: Session, staff_id: int) -> Actor:
    """Return a person as the actor of a live view, with their current roles."""
    person = session.get_one(Staff, staff_id)
    return Actor(person.id, person.name, load_grants(session, staff_id))


def list_staff_with(session: Session, permission: Permission) -> list[Staff]:
    """Return the active people one of whose roles has a permission somewhere, by name."""
    roles = [str(role) for role in ROLES_BY_PERMISSION[permission]]
    allowed = select(col(StaffRole.staff_id)).where(col(StaffRole.role).in_(roles))
    query = select(Staff).where(col(Staff.id).in_(allowed), col(Staff.status) == "active")
    return list(session.exec(query.order_by(col(Staff.name), col(Staff.id))))


def describe_roles(session: Session, staff_id: int | None, unit_column: str = "name") -> list[str]:
    """Return the roles of a person as texts such as `gabinete em Gabinete da 1ª Vara`."""
    rows = _roles_with_unit(session, staff_id, unit_column)
    return [f"{role} em {unit}" if unit else str(role) for role, unit in rows]


def _roles_with_unit(
    session: Session, staff_id: int | None, unit_column: str
) -> Iterable[tuple[str, str | None]]:
    return session.exec(
        select(col(StaffRole.role), UNIT_TABLE.c[unit_column])
        .join(UNIT_TABLE, UNIT_TABLE.c.id == col(StaffRole.unit_id), isouter=True)
        .where(col(StaffRole.staff_id) == staff_id)
        .order_by(col(StaffRole.id))
    )


def load_presence(session: Session, token: str, *, now: datetime) -> SessionPresence:
    """Return the session of a token; NO_PRESENCE if unknown, expired, idle or revoked."""
    found = session.exec(
        select(LoginSession, Staff)
        .join(Staff, col(Staff.id) == col(LoginSession.staff_id))
        .where(col(LoginSession.token_hash) == hash_token(token))
    ).first()
    if found is None or _has_ended(*found, now):
        return NO_PRESENCE
    login, staff = found
    if login.stage != "full":
        return SessionPresence(PUBLIC, waits_for_code=True, staff_id=staff.id, session_id=login.id)
    actor = actor_of_session(session, login, staff)
    stale = now - login.seen_at >= session_timeouts.LAST_SEEN_INTERVAL
    return SessionPresence(actor, stale, staff_id=staff.id, session_id=login.id)


def _has_ended(login: LoginSession, staff: Staff, now: datetime) -> bool:
    return staff.status != "active" or not is_session_open(login, now=now)


def actor_of_session(session: Session, login: LoginSession, staff: Staff) -> Actor:
    """Return the actor of an open session, without roles while the second step is missing."""
    grants = load_grants(session, staff.id or 0)
    grants, owes = _effective_grants(grants, bool(staff.totp_sealed or login.by_provider))
    return Actor(staff.id, staff.name, grants, session_id=login.id, owes_second_step=owes)


def _effective_grants(
    grants: tuple[Grant, ...],
    has_second_step: bool,  # noqa: FBT001
) -> tuple[tuple[Grant, ...], bool]:
    """Return the roles in effect, and whether the second step is missing (then none)."""
    owes = needs_second_step(grants) and not has_second_step
    return (() if owes else grants), owes


def needs_second_step(grants: tuple[Grant, ...]) -> bool:
    """Whether one of these roles requires a second step."""
    required = settings().second_step_required == "on"
    return required and any(grant.role in SECOND_STEP_ROLES for grant in grants)


def is_session_open(login: LoginSession, *, now: datetime) -> bool:
    """Whether a session is neither revoked, expired nor idle."""
    return (
        login.revoked_at is None
        and now < login.expires_at
        and now - login.seen_at < session_timeouts.IDLE_TIMEOUT
    )


def refresh_actor(session: Session, known: Actor, *, now: datetime) -> Actor:
    """Return an actor with their current roles; PUBLIC once signed out.

    One query without objects: an update of a live page asks it for each of its sessions.
    """
    asked = {"session_id": known.session_id, "staff_id": known.staff_id}
    rows = session.connection().execute(_select_session(), asked).all()
    found: Any = rows[0] if rows else None
    if found is None or found.stage != "full" or _has_ended(found, found, now):
        return PUBLIC
    grants = tuple(Grant(Role(row.role), row.path or "") for row in rows if row.role)
    grants, owes = _effective_grants(grants, bool(found.totp_sealed or found.by_provider))
    return Actor(
        known.staff_id, found.name, grants, session_id=known.session_id, owes_second_step=owes
    )


@lru_cache(maxsize=1)
def _select_session() -> Select[*tuple[Any, ...]]:
    """Return the query of a session with its person, a row for each role."""
    login: Any = LoginSession
    person: Any = Staff
    role: Any = StaffRole
    return (
        sa_select(
            login.stage,
            login.revoked_at,
            login.expires_at,
            login.seen_at,
            login.by_provider,
            person.status,
            person.name,
            person.totp_sealed,
            role.role,
            UNIT_TABLE.c.path,
        )
        .join(person, person.id == login.staff_id)
        .outerjoin(role, role.staff_id == person.id)
        .outerjoin(UNIT_TABLE, UNIT_TABLE.c.id == role.unit_id)
        .where(login.id == bindparam("session_id"), person.id == bindparam("staff_id"))
        .order_by(role.id)
    )


def actor_of_session_token(session: Session, token: str, *, now: datetime) -> Actor:
    """Return the actor of a cookie's token; PUBLIC if it is not valid."""
    return load_presence(session, token, now=now).actor


def actor_of_token(session: Session, token: str, *, now: datetime) -> Actor:
    """Return the actor of a bearer token, limited to the token's permissions.

    It has none while its owner has yet to set up a required second step.

    Raises:
        AuthenticationRequiredError: unknown, expired or revoked, or its owner is suspended.
    """
    statement = (
        select(ApiToken, Staff, StaffRole.role, UNIT_TABLE.c.path)
        .join(Staff, col(Staff.id) == col(ApiToken.staff_id))
        .join(StaffRole, col(StaffRole.staff_id) == col(Staff.id), isouter=True)
        .join(UNIT_TABLE, UNIT_TABLE.c.id == col(StaffRole.unit_id), isouter=True)
        .where(col(ApiToken.token_hash) == hash_token(token))
        .order_by(col(StaffRole.id))
    )
    found = session.exec(statement).all()
    if not found or not _is_valid(*found[0][:2], now):
        raise AuthenticationRequiredError("A chave de acesso não vale ou venceu.")
    key, staff = found[0][:2]
    only = frozenset(p for p in Permission if p.value in key.permissions)
    roles = tuple(Grant(Role(role), path or "") for _, _, role, path in found if role)
    grants, owes = _effective_grants(roles, bool(staff.totp_sealed or staff.oidc_subject))
    return Actor(
        staff.id, staff.name, grants, door="api", token_permissions=only, owes_second_step=owes
    )


def _is_valid(key: ApiToken, staff: Staff, now: datetime) -> bool:
    return staff.status == "active" and key.revoked_at is None and now < key.expires_at

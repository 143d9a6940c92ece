"""Who somebody is: the person behind a session's cookie or a bearer token."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import column, table
from sqlmodel import Session, col, select

from canais_app.accounts import policies
from canais_app.accounts.models import LoginSession, Staff, StaffRole
from canais_app.accounts.roles import PUBLIC, SECOND_STEP, Actor, Grant, Permission, Role
from canais_app.kit import db
from canais_app.kit.errors import NotSignedInError
from canais_app.kit.text import token_hash
from canais_app.settings import settings

# The directory stands above this room; of its units only the place in the tree is needed here.
UNIT = table("unit", column("id"), column("path"), column("name"), column("slug"))
# Made once: what others wait for is approved with it.
_token, _staff, _role = map(db.columns, ("api_token", "staff", "staff_role"))
_OF_TOKEN = (
    sa.select(
        _token.permissions,
        _token.expires_at,
        _token.revoked_at,
        _staff.id,
        _staff.name,
        _staff.status,
        _staff.totp_sealed,
        _staff.oidc_subject,
        _role.role,
        UNIT.c.path,
    )
    .select_from(_token.id.table)
    .join(_staff.id.table, _staff.id == _token.staff_id)
    .join(_role.id.table, _role.staff_id == _staff.id, isouter=True)
    .join(UNIT, UNIT.c.id == _role.unit_id, isouter=True)
    .where(_token.token_hash == sa.bindparam("hash"))
    .order_by(_role.id)
)


@dataclass(frozen=True)
class Presence:
    """A signed-in browser: who, and whether the time it was last seen should be written."""

    actor: Actor
    stale: bool = False
    waits_for_code: bool = False
    staff_id: int | None = None
    session_id: int | None = None


NOBODY = Presence(PUBLIC)


def grants_of(session: Session, staff_id: int) -> tuple[Grant, ...]:
    """Return the roles of a person, each with the subtree it holds in."""
    rows = session.exec(
        select(col(StaffRole.role), UNIT.c.path)
        .join(UNIT, UNIT.c.id == col(StaffRole.unit_id), isouter=True)
        .where(col(StaffRole.staff_id) == staff_id)
        .order_by(col(StaffRole.id))
    )
    return tuple(Grant(Role(role), path or "") for role, path in rows)


def role_words(session: Session, staff_id: int | None) -> list[str]:
    """Return the roles of a person in words, as `gabinete em Gabinete da 1ª Vara`."""
    rows = session.exec(
        select(col(StaffRole.role), UNIT.c.name)
        .join(UNIT, UNIT.c.id == col(StaffRole.unit_id), isouter=True)
        .where(col(StaffRole.staff_id) == staff_id)
        .order_by(col(StaffRole.id))
    )
    return [f"{role} em {name}" if name else str(role) for role, name in rows]


def presence(session: Session, token: str, *, now: datetime) -> Presence:
    """Return who holds the cookie; nobody when it is unknown, expired, idle or revoked."""
    found = session.exec(
        select(LoginSession, Staff)
        .join(Staff, col(Staff.id) == col(LoginSession.staff_id))
        .where(col(LoginSession.token_hash) == token_hash(token))
    ).first()
    if found is None or _is_over(*found, now):
        return NOBODY
    login, staff = found
    if login.stage != "full":
        return Presence(PUBLIC, waits_for_code=True, staff_id=staff.id, session_id=login.id)
    actor = actor_of(session, login, staff)
    stale = now - login.seen_at >= policies.SEEN_EVERY
    return Presence(actor, stale, staff_id=staff.id, session_id=login.id)


def _is_over(login: LoginSession, staff: Staff, now: datetime) -> bool:
    return staff.status != "active" or not is_open(login, now=now)


def actor_of(session: Session, login: LoginSession, staff: Staff) -> Actor:
    """Return the person of an open session, with no rights while the second step is owed."""
    grants = grants_of(session, staff.id or 0)
    grants, owes = _rights(grants, bool(staff.totp_sealed or login.by_provider))
    return Actor(staff.id, staff.name, grants, session_id=login.id, owes_second_step=owes)


def _rights(grants: tuple[Grant, ...], has_second_step: bool) -> tuple[tuple[Grant, ...], bool]:  # noqa: FBT001
    """Return the roles of a person, and whether they owe the second step: then there are none."""
    owes = needs_second_step(grants) and not has_second_step
    return (() if owes else grants), owes


def needs_second_step(grants: tuple[Grant, ...]) -> bool:
    """Whether the setting asks one of these roles for a second step."""
    required = settings().second_step_required == "on"
    return required and any(grant.role in SECOND_STEP for grant in grants)


def is_open(login: LoginSession, *, now: datetime) -> bool:
    """Whether a session still holds."""
    return (
        login.revoked_at is None and now < login.expires_at and now - login.seen_at < policies.IDLE
    )


def actor_now(session: Session, known: Actor, *, now: datetime) -> Actor:
    """Return what has become of a signed-in person: their rights now; the public once out."""
    found = session.exec(
        select(LoginSession, Staff)
        .join(Staff, col(Staff.id) == col(LoginSession.staff_id))
        .where(col(LoginSession.id) == known.session_id, col(Staff.id) == known.staff_id)
    ).first()
    if found is None or found[0].stage != "full" or _is_over(*found, now):
        return PUBLIC
    return actor_of(session, *found)


def actor_of_cookie(session: Session, token: str, *, now: datetime) -> Actor:
    """Return who holds the cookie's token; the public when it does not hold."""
    return presence(session, token, now=now).actor


def actor_of_token(session: Session, token: str, *, now: datetime) -> Actor:
    """Return who a bearer token stands for, with no more than the token allows.

    Raises:
        NotSignedInError: unknown, expired or revoked, or its owner is suspended.

    A key does not outlive its owner's duty: who has yet to set up the second step has none.
    """
    found = db.ask(session, _OF_TOKEN, hash=token_hash(token)).all()
    if not found or not _holds(found[0], now):
        raise NotSignedInError("A chave de acesso não vale ou venceu.")
    held = found[0]
    only = frozenset(p for p in Permission if p.value in held.permissions)
    roles = tuple(Grant(Role(one.role), one.path or "") for one in found if one.role)
    grants, owes = _rights(roles, bool(held.totp_sealed or held.oidc_subject))
    return Actor(held.id, held.name, grants, door="api", only=only, owes_second_step=owes)


def _holds(held: Any, now: datetime) -> bool:  # noqa: ANN401 (a row of _OF_TOKEN)
    return held.status == "active" and held.revoked_at is None and now < held.expires_at

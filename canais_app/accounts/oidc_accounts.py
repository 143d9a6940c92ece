"""Map an identity of the OpenID provider to an account and, by the role map, to roles."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import structlog
from sqlalchemy import delete
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, select

from canais_app.accounts import audit, oidc, password_links, queries, sessions
from canais_app.accounts.models import Staff, StaffRole
from canais_app.accounts.oidc import Identity
from canais_app.accounts.roles import SCOPED_ROLES, Actor, Role
from canais_app.accounts.sessions import OpenedSession
from canais_app.kit.errors import AuthenticationRequiredError
from canais_app.settings import settings

PROVIDER_SOURCE = "provider"
NO_ACCESS_TEXT = "Esta conta não pode entrar no portal. Fale com a administração."
UNVERIFIED_EMAIL_TEXT = "O provedor não confirmou o seu e-mail. Confirme-o lá, e entre de novo."
log = structlog.get_logger()


@dataclass(frozen=True)
class RoleMapping:
    """The role that a value of the roles claim gives, with the unit of a scoped role."""

    role: Role
    unit_slug: str = ""


def parse_role_map(setting: Mapping[str, str]) -> dict[str, RoleMapping]:
    """Read the setting: claim value → `role` or `role@unit-slug`.

    Raises:
        ValueError: names the wrong entry.
    """
    read: dict[str, RoleMapping] = {}
    for value, given in setting.items():
        name, _, slug = given.partition("@")
        if name not in set(Role):
            raise ValueError(f"CANAIS_OIDC_ROLE_MAP: não existe o perfil {name!r}.")
        if (Role(name) in SCOPED_ROLES) != bool(slug):
            needs = "precisa de" if Role(name) in SCOPED_ROLES else "não leva"
            raise ValueError(f"CANAIS_OIDC_ROLE_MAP: {given!r} {needs} @unidade.")
        read[value] = RoleMapping(Role(name), slug)
    return read


def sign_in_with_provider(
    session: Session, identity: Identity, *, now: datetime, browser: str, previous_token: str
) -> OpenedSession:
    """Open a session for an identity; the second step is the provider's affair.

    Raises:
        AuthenticationRequiredError: the account is suspended, or the address is not verified.
    """
    staff = _find_or_create_account(session, identity, now)
    if staff.status == "suspended":
        raise AuthenticationRequiredError(NO_ACCESS_TEXT)
    _sync_roles(session, staff, identity, now)
    sessions.revoke_by_token(session, previous_token, now=now)
    return sessions.open_session(session, staff, now=now, browser=browser, by_provider=True)


def _find_or_create_account(session: Session, identity: Identity, now: datetime) -> Staff:
    """Return the account of this subject, else of the verified address, else a new one."""
    known = session.scalar(select(Staff).where(col(Staff.oidc_subject) == identity.subject))
    if known is not None:
        return known
    if not identity.email:
        raise AuthenticationRequiredError(UNVERIFIED_EMAIL_TEXT)
    same_address = session.scalar(select(Staff).where(col(Staff.email) == identity.email))
    if same_address is None:
        return _create_account(session, identity, now)
    if same_address.oidc_subject or same_address.status == "suspended":
        # Another subject of the provider may have had this address.
        raise AuthenticationRequiredError(NO_ACCESS_TEXT)
    _link_subject(session, same_address, identity, now)
    return same_address


def _create_account(session: Session, identity: Identity, now: datetime) -> Staff:
    staff = Staff(
        email=identity.email,
        name=identity.name or identity.email,
        oidc_subject=identity.subject,
        created_at=now,
    )
    try:
        with session.begin_nested():
            session.add(staff)
            session.flush()
    except IntegrityError:  # two tabs at once
        raise AuthenticationRequiredError(oidc.SIGN_IN_FAILED_TEXT) from None
    change = {"email": ["", staff.email], "status": ["", staff.status]}
    audit.record_entry(
        session, _provider_actor(staff), "criar conta", "staff", staff.id, change, now=now
    )
    return staff


def _link_subject(session: Session, staff: Staff, identity: Identity, now: datetime) -> None:
    change = {"oidc": ["", settings().oidc_issuer], "status": [staff.status, "active"]}
    staff.oidc_subject, staff.status = identity.subject, "active"
    password_links.expire_links(session, staff.id or 0, now=now)
    audit.record_entry(
        session, _provider_actor(staff), "vincular ao provedor", "staff", staff.id, change, now=now
    )


def _provider_actor(staff: Staff) -> Actor:
    return Actor(staff.id, staff.name, door=PROVIDER_SOURCE)


def _sync_roles(session: Session, staff: Staff, identity: Identity, now: datetime) -> None:
    """Replace the roles that came from the provider by those of its claim."""
    wanted = _grants_from_claim(session, identity)
    rows = session.exec(
        select(StaffRole.role, StaffRole.unit_id).where(
            col(StaffRole.staff_id) == staff.id, col(StaffRole.source) == PROVIDER_SOURCE
        )
    )
    if set(rows) == wanted:
        return
    before = queries.describe_roles(session, staff.id)
    session.exec(
        delete(StaffRole)
        .where(col(StaffRole.staff_id) == staff.id)
        .where(col(StaffRole.source) == PROVIDER_SOURCE)
    )
    for role, unit_id in sorted(wanted, key=str):
        row = StaffRole(staff_id=staff.id or 0, role=role, unit_id=unit_id, source=PROVIDER_SOURCE)
        session.add(row)
    session.flush()
    change = {"roles": [before, queries.describe_roles(session, staff.id)]}
    audit.record_entry(
        session, _provider_actor(staff), "mudar perfis", "staff", staff.id, change, now=now
    )


def _grants_from_claim(session: Session, identity: Identity) -> set[tuple[str, int | None]]:
    wanted: set[tuple[str, int | None]] = set()
    map_ = parse_role_map(settings().oidc_role_map)
    for group in identity.groups:
        mapped = map_.get(group)
        if mapped is None:
            continue  # a group of another system
        if not mapped.unit_slug:
            wanted.add((mapped.role.value, None))
            continue
        unit_id = session.scalar(
            select(queries.UNIT_TABLE.c.id).where(queries.UNIT_TABLE.c.slug == mapped.unit_slug)
        )
        if unit_id is None:
            log.warning("role_map_unit_not_found", slug=mapped.unit_slug)
        else:
            wanted.add((mapped.role.value, unit_id))
    return wanted

"""Accounts of staff: find for sign-in, set roles, delete what has expired."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import delete, insert
from sqlmodel import Session, col, select

from canais_app.accounts import audit, login_throttle, queries, session_timeouts
from canais_app.accounts.models import LoginSession, SignInBackoff, Staff, StaffRole
from canais_app.accounts.roles import SCOPED_ROLES, Actor, Permission, Role, require_permission
from canais_app.kit import contacts, db
from canais_app.kit.errors import InvalidError, NotFoundError
from canais_app.settings import settings


@dataclass(frozen=True)
class SignInCandidate:
    """The account that an e-mail names; empty when there is none."""

    staff_id: int | None = None
    password_hash: str = ""


def normalise_email(sent: str) -> str:
    """Return an address as it is stored and compared.

    Raises:
        InvalidError: with the sentence for the field.
    """
    message = "Escreva o e-mail completo, como nome@exemplo.jus.br."
    try:
        address = contacts.clean_email(sent, message, accept_demo=not settings().is_production)
    except ValueError as wrong:
        raise InvalidError("Confira o e-mail.", {"email": str(wrong)}) from None
    return address.casefold()


def find_sign_in_candidate(session: Session, email: str) -> SignInCandidate:
    """Return the account whose password the caller compares, outside any transaction."""
    staff = session.scalar(select(Staff).where(col(Staff.email) == email.strip().casefold()))
    if staff is None or staff.status != "active":
        return SignInCandidate()
    return SignInCandidate(staff.id, staff.password_hash)


def set_grants(
    session: Session,
    staff_id: int,
    grants: Sequence[tuple[Role, int | None]],
    *,
    actor: Actor,
    now: datetime,
) -> None:
    """Replace the roles of a person, except those that come from the provider.

    Raises:
        InvalidError: a scoped role without a unit.
        NotFoundError: no such person or unit.
    """
    require_permission(actor, Permission.MANAGE_STAFF)
    db.get_or_404(session, Staff, staff_id, "Esta pessoa não tem conta aqui.")
    _check_grants(session, grants)
    before = queries.describe_roles(session, staff_id, "slug")
    session.exec(
        delete(StaffRole)
        .where(col(StaffRole.staff_id) == staff_id)
        .where(col(StaffRole.source) == "portal")
    )
    for role, unit_id in dict.fromkeys(grants):
        scope = unit_id if role in SCOPED_ROLES else None
        row = {"staff_id": staff_id, "role": role.value, "unit_id": scope, "source": "portal"}
        session.exec(insert(StaffRole).values(row))
    after = queries.describe_roles(session, staff_id, "slug")
    if before != after:
        change = {"roles": [before, after]}
        audit.record_entry(session, actor, "mudar perfis", "staff", staff_id, change, now=now)


def _check_grants(session: Session, grants: Sequence[tuple[Role, int | None]]) -> None:
    for role, unit_id in grants:
        if role not in SCOPED_ROLES:
            continue
        if unit_id is None:
            raise InvalidError(
                "Falta a unidade.", {"unit": f"Escolha a unidade do perfil {role.value}."}
            )
        known = session.scalar(
            select(queries.UNIT_TABLE.c.id).where(queries.UNIT_TABLE.c.id == unit_id)
        )
        if known is None:
            raise NotFoundError("Esta unidade não existe.")


def delete_expired(session: Session, *, now: datetime) -> None:
    """Delete old sessions and attempt counters (daily job)."""
    ended = now - session_timeouts.SESSION_RETENTION
    session.exec(delete(LoginSession).where(col(LoginSession.expires_at) < ended))
    attempted = now - login_throttle.ATTEMPT_RETENTION * 24
    session.exec(delete(SignInBackoff).where(col(SignInBackoff.tried_at) < attempted))

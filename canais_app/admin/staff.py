"""Staff administration: list, suspend, restore, remove a second step."""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from canais_app import routes
from canais_app.accounts import audit, queries, reauthentication, sessions
from canais_app.accounts.models import Staff
from canais_app.accounts.reauthentication import Proof
from canais_app.accounts.roles import Actor, Permission, Role, require_permission
from canais_app.directory.unit_search import choose_units
from canais_app.directory.views import NamedChoice
from canais_app.kit import db
from canais_app.kit.errors import ConflictError, InvalidError
from canais_app.outbox import service as outbox
from canais_app.outbox.messages import SECOND_STEP_REMOVED, Message
from canais_app.settings import settings

STAFF_STATUS_NAMES = {"active": "Ativa", "invited": "Convite enviado", "suspended": "Suspensa"}
MAX_UNITS = 20


@dataclass(frozen=True)
class StaffRow:
    """A person in the list of staff."""

    id: int
    name: str
    email: str
    status: str
    status_words: str
    roles: str
    second_step: bool
    is_self: bool


def list_staff(session: Session, query: str = "", *, actor: Actor) -> list[StaffRow]:
    """Return the accounts whose name or e-mail contains `query`, by name."""
    require_permission(actor, Permission.MANAGE_STAFF)
    rows = session.exec(select(Staff).order_by(col(Staff.name), col(Staff.id)))
    wanted = query.casefold()
    return [
        StaffRow(
            row.id or 0,
            row.name,
            row.email,
            row.status,
            STAFF_STATUS_NAMES.get(row.status, row.status),
            ", ".join(queries.describe_roles(session, row.id)) or "sem perfil",
            bool(row.totp_sealed),
            row.id == actor.staff_id,
        )
        for row in rows
        if wanted in row.name.casefold() or wanted in row.email
    ]


def find_role_units(session: Session, query: str, *, actor: Actor) -> list[NamedChoice]:
    """Return units for a role's scope; none for fewer than three letters."""
    require_permission(actor, Permission.MANAGE_STAFF)
    if len(query.strip()) < 3:  # noqa: PLR2004
        return []
    return choose_units(session, query[:80], limit=MAX_UNITS)


def suspend_staff(session: Session, staff_id: int, *, actor: Actor, now: datetime) -> None:
    """Suspend an account: its sessions end and its API keys stop.

    Raises:
        NotFoundError: no such person.
        ConflictError: the actor's own account.
    """
    require_permission(actor, Permission.MANAGE_STAFF)
    staff = _load_staff(session, staff_id)
    if staff.id == actor.staff_id:
        raise ConflictError("Você não pode suspender a própria conta.")
    _set_status(session, staff, "suspended", "suspender", actor, now)
    sessions.revoke_all(session, staff_id, now=now)


def restore_staff(session: Session, staff_id: int, *, actor: Actor, now: datetime) -> None:
    """Restore a suspended account, to `invited` if it has no password yet.

    Raises:
        NotFoundError: no such person.
    """
    require_permission(actor, Permission.MANAGE_STAFF)
    staff = _load_staff(session, staff_id)
    status = "active" if staff.password_hash or staff.oidc_subject else "invited"
    _set_status(session, staff, status, "reativar", actor, now)


def remove_second_step(
    session: Session, staff_id: int, password: Proof, *, actor: Actor, now: datetime
) -> None:
    """Remove the second step of a person who lost it; their sessions end and a mail tells them.

    `password` is the administrator's own.

    Raises:
        InvalidError: the password is wrong.
        NotFoundError: no such person.
        ConflictError: one's own, or there is none; or the administrator's sign-in is too old.
    """
    require_permission(actor, Permission.MANAGE_STAFF)
    staff = _load_staff(session, staff_id)
    if staff.id == actor.staff_id:
        raise ConflictError("A própria segunda etapa, outra pessoa da administração retira.")
    if not staff.totp_sealed:
        raise ConflictError("Esta pessoa não tem segunda etapa.")
    reauthentication.require_reauthentication(
        session, password, "own_password", actor=actor, now=now
    )
    staff.totp_sealed, staff.totp_last_step, staff.recovery_codes = "", 0, []
    sessions.revoke_all(session, staff_id, now=now)
    change = {"second_step": ["on", "off"]}
    audit.record_entry(session, actor, "retirar segunda etapa", "staff", staff.id, change, now=now)
    context = {
        "at": now,
        "required": queries.needs_second_step(queries.load_grants(session, staff_id)),
        "page_url": settings().base_url + routes.SIGN_IN,
        "sequence": int(now.timestamp()),
    }
    message = Message(SECOND_STEP_REMOVED, f"staff:{staff.id}", "staff", staff.email, context)
    outbox.enqueue(session, message, now=now)


def _load_staff(session: Session, staff_id: int) -> Staff:
    return db.get_or_404(session, Staff, staff_id, "Esta pessoa não tem conta aqui.")


def _set_status(  # noqa: PLR0913, PLR0917 (the parts of an audit entry)
    session: Session, staff: Staff, status: str, action: str, actor: Actor, now: datetime
) -> None:
    if staff.status == status:
        return
    change = {"status": [staff.status, status]}
    staff.status = status
    audit.record_entry(session, actor, action, "staff", staff.id, change, now=now)


def parse_role(value: str) -> Role:
    """Return a role by its value.

    Raises:
        InvalidError: no such role.
    """
    try:
        return Role(value)
    except ValueError:
        raise InvalidError("Escolha o perfil.", {"role": "Escolha uma das opções."}) from None

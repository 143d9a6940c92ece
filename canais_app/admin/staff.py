"""Staff as administrators see and change them."""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, select

from canais_app import routes
from canais_app.accounts import audit, proof, queries, sessions
from canais_app.accounts.models import Staff
from canais_app.accounts.proof import Proof
from canais_app.accounts.roles import Actor, Permission, Role, require
from canais_app.directory.finding import choose_units
from canais_app.kit.errors import ConflictError, InvalidError, NotFoundError
from canais_app.outbox import service as outbox
from canais_app.outbox.messages import SECOND_STEP_REMOVED, Letter
from canais_app.settings import settings

STATUS_WORDS = {"active": "Ativa", "invited": "Convite enviado", "suspended": "Suspensa"}
MOST_UNITS = 20


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


@dataclass(frozen=True)
class UnitChoice:
    """A unit that a role may be scoped to."""

    id: int
    name: str


def staff_list(session: Session, words: str = "", *, actor: Actor) -> list[StaffRow]:
    """Return everybody with an account, by name; `words` narrows by name or address."""
    require(actor, Permission.MANAGE_STAFF)
    rows = session.exec(select(Staff).order_by(col(Staff.name), col(Staff.id)))
    wanted = words.casefold()
    return [
        StaffRow(
            row.id or 0,
            row.name,
            row.email,
            row.status,
            STATUS_WORDS.get(row.status, row.status),
            ", ".join(queries.role_words(session, row.id)) or "sem perfil",
            bool(row.totp_sealed),
            row.id == actor.staff_id,
        )
        for row in rows
        if wanted in row.name.casefold() or wanted in row.email
    ]


def units_named(session: Session, words: str, *, actor: Actor) -> list[UnitChoice]:
    """Return units found by the words, for a role's scope."""
    require(actor, Permission.MANAGE_STAFF)
    if len(words.strip()) < 3:  # noqa: PLR2004 (fewer letters name everything)
        return []
    found = choose_units(session, words[:80], limit=MOST_UNITS)
    return [UnitChoice(row.id or 0, row.name) for row in found]


def suspend(session: Session, staff_id: int, *, actor: Actor, now: datetime) -> None:
    """Close an account at once: its sessions end and its keys stop.

    Raises:
        NotFoundError: no such person.
        ConflictError: one's own account, so that the last administrator cannot lock all out.
    """
    require(actor, Permission.MANAGE_STAFF)
    staff = _person(session, staff_id)
    if staff.id == actor.staff_id:
        raise ConflictError("Você não pode suspender a própria conta.")
    _set_status(session, staff, "suspended", "suspender", actor, now)
    sessions.end_all(session, staff_id, now=now)


def restore(session: Session, staff_id: int, *, actor: Actor, now: datetime) -> None:
    """Open a suspended account again; without a password yet, it waits for its invitation.

    Raises:
        NotFoundError: no such person.
    """
    require(actor, Permission.MANAGE_STAFF)
    staff = _person(session, staff_id)
    status = "active" if staff.password_hash or staff.oidc_subject else "invited"
    _set_status(session, staff, status, "reativar", actor, now)


def remove_second_step(
    session: Session, staff_id: int, password: Proof, *, actor: Actor, now: datetime
) -> None:
    """Let somebody in again who lost their second step: their sessions end, and they are told.

    The next sign-in asks for the password alone, and then, where the role requires it, for a new
    second step. `password` is the administrator's own.

    Raises:
        InvalidError: the password does not hold.
        NotFoundError: no such person.
        ConflictError: one's own, or there is none; or the administrator signed in too long ago.
    """
    require(actor, Permission.MANAGE_STAFF)
    staff = _person(session, staff_id)
    if staff.id == actor.staff_id:
        raise ConflictError("A própria segunda etapa, outra pessoa da administração retira.")
    if not staff.totp_sealed:
        raise ConflictError("Esta pessoa não tem segunda etapa.")
    proof.ask_again(session, password, "own_password", actor=actor, now=now)
    staff.totp_sealed, staff.totp_last_step, staff.recovery_codes = "", 0, []
    sessions.end_all(session, staff_id, now=now)
    change = {"second_step": ["on", "off"]}
    audit.record(session, actor, "retirar segunda etapa", "staff", staff.id, change, now=now)
    told = {
        "at": now,
        "required": queries.needs_second_step(queries.grants_of(session, staff_id)),
        "page_url": settings().base_url + routes.SIGN_IN,
        "sequence": int(now.timestamp()),
    }
    letter = Letter(SECOND_STEP_REMOVED, f"staff:{staff.id}", "staff", staff.email, told)
    outbox.enqueue(session, letter, now=now)


def _person(session: Session, staff_id: int) -> Staff:
    staff = session.get(Staff, staff_id)
    if staff is None:
        raise NotFoundError("Esta pessoa não tem conta aqui.")
    return staff


def _set_status(  # noqa: PLR0913, PLR0917 (who changed what, when)
    session: Session, staff: Staff, status: str, action: str, actor: Actor, now: datetime
) -> None:
    if staff.status == status:
        return
    change = {"status": [staff.status, status]}
    staff.status = status
    audit.record(session, actor, action, "staff", staff.id, change, now=now)


def role_of(value: str) -> Role:
    """Return a role by its word.

    Raises:
        InvalidError: no such role.
    """
    try:
        return Role(value)
    except ValueError:
        raise InvalidError("Escolha o perfil.", {"role": "Escolha uma das opções."}) from None

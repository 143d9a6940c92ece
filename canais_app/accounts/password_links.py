"""Invitations and password recoveries: one-time links sent by e-mail."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import update
from sqlmodel import Session, col, select

from canais_app import routes
from canais_app.accounts import audit, passwords, queries, service, sessions
from canais_app.accounts.models import OneTimeLink, Staff
from canais_app.accounts.roles import Actor, Permission, Role, require_permission
from canais_app.kit import db
from canais_app.kit.errors import ConflictError, InvalidError, NotFoundError
from canais_app.kit.text import generate_token, hash_token
from canais_app.outbox import service as outbox
from canais_app.outbox.messages import PASSWORD_RESET, STAFF_INVITATION, Message
from canais_app.settings import settings

INVITATION = "invitation"
RECOVERY = "recovery"
INVITATION_LIFETIME = timedelta(days=3)
RECOVERY_LIFETIME = timedelta(hours=1)
# Recovery requests must not flood a mailbox.
MIN_RESEND_INTERVAL = timedelta(minutes=5)


@dataclass(frozen=True)
class LinkView:
    """The account of a link, as the page that sets the password shows it."""

    name: str
    email: str
    purpose: str


def invite_staff(  # noqa: PLR0913 (a person and their roles)
    session: Session,
    email: str,
    name: str,
    grants: Sequence[tuple[Role, int | None]],
    *,
    actor: Actor,
    now: datetime,
) -> int:
    """Create an account without a password and send the link that sets it.

    Raises:
        ConflictError: the address already has an account.
        InvalidError: a wrong address or name, or a scoped role without a unit.
    """
    require_permission(actor, Permission.MANAGE_STAFF)
    address = service.normalise_email(email)
    if not name.strip():
        raise InvalidError("Falta o nome.", {"name": "Escreva o nome da pessoa."})
    if session.scalar(select(col(Staff.id)).where(col(Staff.email) == address)):
        raise ConflictError("Já existe uma conta com este e-mail.")
    staff = Staff(email=address, name=name.strip()[:120], status="invited", created_at=now)
    session.add(staff)
    session.flush()
    service.set_grants(session, staff.id or 0, grants, actor=actor, now=now)
    audit.record_entry(
        session, actor, "convidar", "staff", staff.id, {"email": ["", address]}, now=now
    )
    _send_link(session, staff, INVITATION, now=now)
    return staff.id or 0


def resend_invitation(session: Session, staff_id: int, *, actor: Actor, now: datetime) -> None:
    """Send a new link to an invited person; the old one expires.

    Raises:
        NotFoundError: this person has no open invitation.
    """
    require_permission(actor, Permission.MANAGE_STAFF)
    staff = session.get(Staff, staff_id)
    if staff is None or staff.status != "invited":
        raise NotFoundError("Esta pessoa não tem convite em aberto.")
    _send_link(session, staff, INVITATION, now=now)
    change = {"link": ["ended", "sent"]}
    audit.record_entry(session, actor, "convidar de novo", "staff", staff.id, change, now=now)


def request_recovery(session: Session, email: str, *, now: datetime) -> None:
    """Send a link if the address has an account with a password; the caller cannot tell.

    Accounts of the provider get none: a password here would outlive their removal there.
    """
    staff = session.scalar(select(Staff).where(col(Staff.email) == email.strip().casefold()))
    if staff is None or staff.status != "active" or not staff.password_hash:
        return
    recent = select(col(OneTimeLink.id)).where(
        col(OneTimeLink.staff_id) == staff.id,
        col(OneTimeLink.created_at) > now - MIN_RESEND_INTERVAL,
    )
    if session.scalar(recent) is None:
        _send_link(session, staff, RECOVERY, now=now)


def _send_link(session: Session, staff: Staff, purpose: str, *, now: datetime) -> None:
    expire_links(session, staff.id or 0, now=now)
    token = generate_token()
    life = INVITATION_LIFETIME if purpose == INVITATION else RECOVERY_LIFETIME
    link = OneTimeLink(
        token_hash=hash_token(token),
        staff_id=staff.id or 0,
        purpose=purpose,
        created_at=now,
        expires_at=now + life,
    )
    session.add(link)
    session.flush()
    roles = ", ".join(queries.describe_roles(session, staff.id)) or "servidor(a)"
    context = {
        "page_url": settings().base_url + routes.set_password(token),
        "expires_at": link.expires_at,
        "role": roles,
        "unit": "",
        "sequence": link.id or 0,
    }
    kind = STAFF_INVITATION if purpose == INVITATION else PASSWORD_RESET
    outbox.enqueue(
        session, Message(kind, f"staff:{staff.id}", "staff", staff.email, context), now=now
    )


def expire_links(session: Session, staff_id: int, *, now: datetime) -> None:
    """Expire every open link of a person."""
    session.exec(
        update(OneTimeLink)
        .where(col(OneTimeLink.staff_id) == staff_id)
        .where(col(OneTimeLink.used_at).is_(None))
        .values(used_at=now)
    )


def _load_open_link(session: Session, token: str, now: datetime) -> tuple[OneTimeLink, Staff]:
    found = session.exec(
        select(OneTimeLink, Staff)
        .join(Staff, col(Staff.id) == col(OneTimeLink.staff_id))
        .where(col(OneTimeLink.token_hash) == hash_token(token))
    ).first()
    if found is not None:
        link, staff = found
        if link.used_at is None and now < link.expires_at and staff.status != "suspended":
            return link, staff
    raise NotFoundError("Este endereço já foi usado ou venceu. Peça um novo.")


def load_link(session: Session, token: str, *, now: datetime) -> LinkView:
    """Return the account of an open link.

    Raises:
        NotFoundError: unknown, used or expired.
    """
    link, staff = _load_open_link(session, token, now)
    return LinkView(staff.name, staff.email, link.purpose)


async def set_password(token: str, password: str, repeated: str, *, now: datetime) -> None:
    """Set the password by a one-time link; hashing happens outside the transaction.

    Raises:
        NotFoundError: unknown, used or expired.
        InvalidError: the password breaks a rule.
    """
    view = await db.read(load_link, token, now=now)
    hashed = await asyncio.to_thread(passwords.hash_new, password, repeated, view.name, view.email)
    await db.write(redeem_link, token, hashed, now=now)


def redeem_link(session: Session, token: str, password_hash: str, *, now: datetime) -> None:
    """Store a password hash by a one-time link; every open session of the account ends.

    Raises:
        NotFoundError: unknown, used or expired.
    """
    link, staff = _load_open_link(session, token, now)
    staff.password_hash = password_hash
    change = {**passwords.CHANGED, "status": [staff.status, "active"]}
    staff.status = "active"
    expire_links(session, staff.id or 0, now=now)
    sessions.revoke_all(session, staff.id or 0, now=now)
    actor = Actor(staff.id, staff.name)
    action = "aceitar convite" if link.purpose == INVITATION else "recuperar senha"
    audit.record_entry(session, actor, action, "staff", staff.id, change, now=now)

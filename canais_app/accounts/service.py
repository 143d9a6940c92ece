"""Signing in and out, and making staff. The words of a refusal never say which part was wrong."""

import hashlib
import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from email_validator import EmailNotValidError, validate_email
from sqlalchemy import delete, insert, update
from sqlmodel import Session, col, select

from canais_app.accounts import audit, passwords, policies, queries
from canais_app.accounts.models import LoginSession, SignInBackoff, Staff, StaffRole
from canais_app.accounts.queries import actor_of_cookie, actor_of_token
from canais_app.accounts.roles import SCOPED, SYSTEM, Actor, Permission, Role, require
from canais_app.kit.errors import (
    ConflictError,
    InvalidError,
    NotFoundError,
    TooManyRequestsError,
)
from canais_app.kit.text import new_token, token_hash
from canais_app.settings import settings

__all__ = [
    "Candidate",
    "SignedIn",
    "actor_of_cookie",
    "actor_of_token",
    "create_staff",
    "find_candidate",
    "mark_seen",
    "sign_in",
    "sign_out",
    "take_try",
]


@dataclass(frozen=True)
class Candidate:
    """What is stored of the account that a person says is theirs; empty when there is none."""

    staff_id: int | None = None
    password_hash: str = ""


@dataclass(frozen=True)
class SignedIn:
    """A session just opened: its token is in the cookie and nowhere else."""

    token: str
    actor: Actor
    waits_for_code: bool = False


def clean_email(sent: str) -> str:
    """Return an address as it is stored and compared.

    Raises:
        InvalidError: with the sentence for the field.
    """
    typed = sent.strip()
    demo = not settings().is_production and typed.endswith(".invalid")
    try:
        # The demonstration's addresses end in .invalid, a name reserved for never being real.
        checked = validate_email(typed + ".org" if demo else typed, check_deliverability=False)
    except EmailNotValidError:
        raise InvalidError(
            "Confira o e-mail.", {"email": "Escreva o e-mail completo, como nome@exemplo.jus.br."}
        ) from None
    address = checked.normalized.casefold()
    return address.removesuffix(".org") if demo else address


# --- waits after failed tries -------------------------------------------------------------


def _key(kind: str, who: str, now: datetime) -> str:
    # Addresses are kept only as an HMAC whose salt changes every day.
    salt = now.date().isoformat() if kind == "address" else ""
    secret = settings().secret_key.get_secret_value().encode()
    return hmac.new(secret, f"sign-in|{kind}|{salt}|{who}".encode(), hashlib.sha256).hexdigest()


def take_try(session: Session, email: str, address: str, *, now: datetime) -> None:
    """Count one try before it is checked, so that tries at once are counted too.

    Raises:
        TooManyRequestsError: the account or the address has to wait.
    """
    if settings().rate_limits == "off":
        return
    _take(session, _key("account", email.casefold(), now), policies.FREE_TRIES_ACCOUNT, now)
    if address:
        _take(session, _key("address", address, now), policies.FREE_TRIES_ADDRESS, now)


def _take(session: Session, key: str, free: int, now: datetime) -> None:
    found = session.get(SignInBackoff, key, with_for_update=True)
    if found is None:
        session.add(SignInBackoff(key=key, tries=1, tried_at=now))
        return
    if found.blocked_until is not None and now < found.blocked_until:
        left = int((found.blocked_until - now).total_seconds()) + 1
        raise TooManyRequestsError(
            f"Muitas tentativas seguidas. Espere {left} segundos e tente de novo.", left
        )
    if now - found.tried_at > policies.FORGET_TRIES:
        found.tries = 0
    found.tries += 1
    found.tried_at = now
    wait = policies.wait_after(found.tries, free)
    found.blocked_until = now + wait if wait else None


def forgive(session: Session, email: str, address: str, now: datetime) -> None:
    """Forget an account's tries; of the address give back only this one: it may try others."""
    account = session.get(SignInBackoff, _key("account", email.casefold(), now))
    if account is not None:
        session.delete(account)
    if not address:
        return
    from_address = session.get(SignInBackoff, _key("address", address, now))
    if from_address is not None:
        from_address.tries = max(0, from_address.tries - 1)
        from_address.blocked_until = None


# --- signing in and out -------------------------------------------------------------------


def find_candidate(session: Session, email: str) -> Candidate:
    """Return what the password is compared with (outside any transaction: it takes its time)."""
    staff = session.scalar(select(Staff).where(col(Staff.email) == email.strip().casefold()))
    if staff is None or staff.status != "active":
        return Candidate()
    return Candidate(staff.id, staff.password_hash)


def sign_in(  # noqa: PLR0913 (what a sign-in consists of)
    session: Session,
    staff_id: int,
    *,
    now: datetime,
    email: str = "",
    address: str = "",
    browser: str = "",
    renewed_hash: str = "",
    previous_token: str = "",
) -> SignedIn:
    """Open a session under a new token for a person whose password held.

    The browser's earlier session ends: a token planted before signing in is worth nothing.
    """
    staff = session.get_one(Staff, staff_id)
    forgive(session, email or staff.email, address, now)
    if renewed_hash:
        staff.password_hash = renewed_hash
    _revoke(session, previous_token, now)
    return open_session(session, staff, now=now, browser=browser)


def open_session(
    session: Session, staff: Staff, *, now: datetime, browser: str = "", code_given: bool = False
) -> SignedIn:
    """Store a new session; with a second step still to do, it is good for that alone."""
    token = new_token()
    waits = bool(staff.totp_secret) and not code_given
    login = LoginSession(
        token_hash=token_hash(token),
        staff_id=staff.id or 0,
        created_at=now,
        seen_at=now,
        expires_at=now + (policies.CODE_STAGE if waits else policies.ABSOLUTE),
        browser=browser[:120],
        stage="code" if waits else "full",
    )
    session.add(login)
    session.flush()
    grants = queries.grants_of(session, staff.id or 0)
    actor = Actor(staff.id, staff.name, grants, session_id=login.id)
    if not waits:
        audit.record(session, actor, "entrar", "session", login.id, {}, now=now)
    return SignedIn(token, actor, waits)


def _revoke(session: Session, token: str, now: datetime) -> None:
    if token:
        session.exec(
            update(LoginSession)
            .where(col(LoginSession.token_hash) == token_hash(token))
            .where(col(LoginSession.revoked_at).is_(None))
            .values(revoked_at=now)
        )


def sign_out(session: Session, token: str, *, now: datetime) -> None:
    """End the session of this token; an unknown one is no error."""
    actor = queries.actor_of_cookie(session, token, now=now)
    _revoke(session, token, now)
    if actor.staff_id is not None:
        audit.record(session, actor, "sair", "session", actor.session_id, {}, now=now)


def mark_seen(session: Session, session_id: int, *, now: datetime) -> None:
    """Write that the browser was active, which moves the idle limit."""
    session.exec(update(LoginSession).where(col(LoginSession.id) == session_id).values(seen_at=now))


# --- staff --------------------------------------------------------------------------------


def create_staff(  # noqa: PLR0913 (a person and their rights)
    session: Session,
    email: str,
    name: str,
    password: str,
    grants: Sequence[tuple[Role, int | None]],
    *,
    now: datetime,
    actor: Actor = SYSTEM,
) -> int:
    """Make an account that can sign in at once, with `(role, unit id or None)` grants.

    Raises:
        ConflictError: the address already has an account.
        InvalidError: a wrong address, a weak password or a scoped role without a unit.
    """
    require(actor, Permission.MANAGE_STAFF)
    address = clean_email(email)
    passwords.choose(password, password, about=(name, address))
    if session.scalar(select(col(Staff.id)).where(col(Staff.email) == address)):
        raise ConflictError("Já existe uma conta com este e-mail.")
    staff = Staff(
        email=address,
        name=name.strip(),
        password_hash=passwords.make_hash(password),
        created_at=now,
    )
    session.add(staff)
    session.flush()
    set_grants(session, staff.id or 0, grants, actor=actor, now=now)
    audit.record(
        session, actor, "criar conta", "staff", staff.id, {"email": ["", address]}, now=now
    )
    return staff.id or 0


def set_grants(
    session: Session,
    staff_id: int,
    grants: Sequence[tuple[Role, int | None]],
    *,
    actor: Actor,
    now: datetime,
) -> None:
    """Replace the roles of a person.

    Raises:
        InvalidError: a role of a unit without the unit.
        NotFoundError: no such person or unit.
    """
    require(actor, Permission.MANAGE_STAFF)
    if session.get(Staff, staff_id) is None:
        raise NotFoundError("Esta pessoa não tem conta aqui.")
    _check_grants(session, grants)
    before = _grant_words(session, staff_id)
    session.exec(delete(StaffRole).where(col(StaffRole.staff_id) == staff_id))
    for role, unit_id in dict.fromkeys(grants):
        scope = unit_id if role in SCOPED else None
        row = {"staff_id": staff_id, "role": role.value, "unit_id": scope}
        session.exec(insert(StaffRole).values(row))
    after = _grant_words(session, staff_id)
    if before != after:
        change = {"roles": [before, after]}
        audit.record(session, actor, "mudar perfis", "staff", staff_id, change, now=now)


def _check_grants(session: Session, grants: Sequence[tuple[Role, int | None]]) -> None:
    for role, unit_id in grants:
        if role not in SCOPED:
            continue
        if unit_id is None:
            raise InvalidError(
                "Falta a unidade.", {"unit": f"Escolha a unidade do perfil {role.value}."}
            )
        known = session.scalar(select(queries.UNIT.c.id).where(queries.UNIT.c.id == unit_id))
        if known is None:
            raise NotFoundError("Esta unidade não existe.")


def _grant_words(session: Session, staff_id: int) -> list[str]:
    rows = session.exec(
        select(col(StaffRole.role), queries.UNIT.c.slug)
        .join(queries.UNIT, queries.UNIT.c.id == col(StaffRole.unit_id), isouter=True)
        .where(col(StaffRole.staff_id) == staff_id)
        .order_by(col(StaffRole.id))
    )
    return [f"{role} em {slug}" if slug else str(role) for role, slug in rows]


def tidy(session: Session, *, now: datetime) -> None:
    """Forget sessions and tries that are over (a nightly job)."""
    ended = now - policies.KEEP_SESSIONS
    session.exec(delete(LoginSession).where(col(LoginSession.expires_at) < ended))
    forgotten = now - policies.FORGET_TRIES * 24
    session.exec(delete(SignInBackoff).where(col(SignInBackoff.tried_at) < forgotten))

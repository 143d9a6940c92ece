"""The second step of a sign-in: one-time codes by time (TOTP, RFC 6238) and recovery codes."""

from dataclasses import dataclass, replace
from datetime import datetime

import segno
from pyotp import random_base32
from pyotp.totp import TOTP
from sqlmodel import Session

from canais_app.accounts import audit, login_throttle, queries, reauthentication, sessions
from canais_app.accounts.models import LoginSession, Staff
from canais_app.accounts.reauthentication import Proof
from canais_app.accounts.roles import Actor
from canais_app.accounts.self_service import load_self
from canais_app.accounts.sessions import OpenedSession
from canais_app.kit.encryption import DecryptionError, decrypt, encrypt
from canais_app.kit.errors import AuthenticationRequiredError, ConflictError, InvalidError
from canais_app.kit.text import constant_time_equals, generate_code, hash_token

ISSUER = "Canais de Atendimento TJMT"
RECOVERY_CODE_COUNT = 8
WRONG_CODE_TEXT = "O código não confere. Use o código atual do aplicativo ou um de recuperação."


@dataclass(frozen=True)
class SignInMethods:
    """How a person signs in; without a password, through the provider."""

    password: bool
    second_step: bool
    second_step_required: bool


@dataclass(frozen=True)
class SecondStepSecret:
    """A new TOTP secret and its QR code (SVG as a data URL)."""

    secret: str
    qr: str


def _load_enrolling(session: Session, actor: Actor) -> Staff:
    """Return the person's account, also while a required second step is missing."""
    return load_self(session, replace(actor, owes_second_step=False))


def load_sign_in_methods(session: Session, *, actor: Actor) -> SignInMethods:
    """Return how this person signs in."""
    staff = _load_enrolling(session, actor)
    needs = queries.needs_second_step(queries.load_grants(session, staff.id or 0))
    return SignInMethods(bool(staff.password_hash), bool(staff.totp_sealed), needs)


def start_second_step(session: Session, *, actor: Actor) -> SecondStepSecret:
    """Generate a secret and its QR code; `enable_second_step` stores it.

    Raises:
        ConflictError: a second step is on already.
    """
    staff = _load_enrolling(session, actor)
    _refuse_if_enrolled(staff)
    secret = random_base32()
    address = TOTP(secret).provisioning_uri(name=staff.email, issuer_name=ISSUER)
    qr = segno.make(address, error="m").svg_data_uri(scale=5, border=3, light="#fff")
    return SecondStepSecret(secret, qr)


def format_secret(secret: str) -> str:
    """Return a secret in groups of four, for typing."""
    return " ".join(secret[i : i + 4] for i in range(0, len(secret), 4))


def enable_second_step(
    session: Session, secret: str, code: str, *, actor: Actor, now: datetime
) -> list[str]:
    """Turn the second step on and return the recovery codes, which only this call shows.

    Raises:
        ConflictError: a second step is on already.
        InvalidError: the code is wrong.
    """
    staff = _load_enrolling(session, actor)
    _refuse_if_enrolled(staff)
    step = _matching_time_step(secret, code, now)
    if step is None:
        raise InvalidError("Confira o código.", {"code": WRONG_CODE_TEXT})
    codes = [generate_code(4, 4, 4) for _ in range(RECOVERY_CODE_COUNT)]
    staff.totp_sealed, staff.totp_last_step = encrypt(secret), step
    staff.recovery_codes = [hash_token(c) for c in codes]
    sessions.revoke_all(session, staff.id or 0, now=now, but=actor.session_id)
    change = {"second_step": ["off", "on"]}
    audit.record_entry(session, actor, "ligar segunda etapa", "staff", staff.id, change, now=now)
    return codes


def _refuse_if_enrolled(staff: Staff) -> None:
    if staff.totp_sealed:
        raise ConflictError("A segunda etapa já está ligada.")


def disable_second_step(session: Session, password: Proof, *, actor: Actor, now: datetime) -> None:
    """Turn the second step off.

    Raises:
        InvalidError: the password is wrong.
        ConflictError: a role of this person requires it.
    """
    staff = load_self(session, actor)
    if queries.needs_second_step(queries.load_grants(session, staff.id or 0)):
        raise ConflictError("O seu perfil exige a segunda etapa.")
    reauthentication.verify_own_password(session, staff, password, "current_off", now=now)
    staff.totp_sealed, staff.totp_last_step, staff.recovery_codes = "", 0, []
    change = {"second_step": ["on", "off"]}
    audit.record_entry(session, actor, "desligar segunda etapa", "staff", staff.id, change, now=now)


def _matching_time_step(secret: str, code: str, now: datetime) -> int | None:
    """Return the 30-second step of a code: the current one, or the one before or after."""
    typed = "".join(code.split())
    current = int(now.timestamp()) // 30
    try:
        totp = TOTP(secret)
        for step in (current, current - 1, current + 1):
            if constant_time_equals(totp.generate_otp(step), typed):
                return step
    except ValueError:  # not a base32 secret
        pass
    return None


def register_code_attempt(session: Session, token: str, *, now: datetime) -> None:
    """Count one attempt at a code.

    Raises:
        AuthenticationRequiredError: no sign-in waits under this token.
        TooManyRequestsError: the account has to wait.
    """
    staff, _ = _load_waiting(session, token, now)
    login_throttle.register_attempt(session, f"code|{staff.email}", "", now=now)


def verify_code(session: Session, token: str, code: str, *, now: datetime) -> OpenedSession | None:
    """Finish a sign-in that waits for its code; None if the code is wrong.

    Raises:
        AuthenticationRequiredError: no sign-in waits under this token.
    """
    staff, session_id = _load_waiting(session, token, now)
    if not _consume_code(staff, code, now):
        return None
    login_throttle.reset_attempts(session, f"code|{staff.email}", "", now)
    login = session.get_one(LoginSession, session_id)
    login.revoked_at = now
    return sessions.open_session(session, staff, now=now, browser=login.browser, code_given=True)


def _load_waiting(session: Session, token: str, now: datetime) -> tuple[Staff, int | None]:
    """Return the account and the id of a session that waits for its code."""
    found = queries.load_presence(session, token, now=now)
    staff = session.get(Staff, found.staff_id) if found.waits_for_code else None
    if staff is None:
        raise AuthenticationRequiredError("O tempo do código acabou. Entre de novo.")
    return staff, found.session_id


def _consume_code(staff: Staff, code: str, now: datetime) -> bool:
    """Accept a code of the app or a recovery code, each once."""
    try:
        step = _matching_time_step(decrypt(staff.totp_sealed), code, now)
    except DecryptionError:  # CANAIS_SECRET_KEY has changed: recovery codes still work
        step = None
    if step is not None:
        if step <= staff.totp_last_step:
            return False
        staff.totp_last_step = step
        return True
    digest = hash_token(code.strip().upper())
    if digest not in staff.recovery_codes:
        return False
    staff.recovery_codes = [c for c in staff.recovery_codes if c != digest]
    return True

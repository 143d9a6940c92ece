"""Exponential backoff after failed sign-ins, per account and per IP address."""

from datetime import datetime, timedelta

from sqlmodel import Session

from canais_app.accounts.models import SignInBackoff
from canais_app.kit.encryption import keyed_digest
from canais_app.kit.errors import TooManyRequestsError
from canais_app.kit.limits import subscriber_of
from canais_app.settings import settings

# Failed attempts in a row without a wait; a courthouse shares one IP address.
FREE_ATTEMPTS_PER_ACCOUNT = 5
FREE_ATTEMPTS_PER_ADDRESS = 40
FIRST_BACKOFF = timedelta(seconds=2)
# Longer would let an attacker lock an account; this still allows only 288 guesses a day.
MAX_BACKOFF = timedelta(minutes=5)
# The count starts again after this time without an attempt.
ATTEMPT_RETENTION = timedelta(hours=1)


def backoff_after(tries: int, free: int) -> timedelta:
    """Return the wait after `tries` attempts: zero below `free`, then doubling to the cap."""
    if tries < free:
        return timedelta()
    doublings = min(tries - free, 16)
    return min(FIRST_BACKOFF * 2**doublings, MAX_BACKOFF)


def _throttle_key(kind: str, name: str, now: datetime) -> str:
    # Stored as HMACs, those of addresses with a salt of the day.
    if kind == "address":
        return keyed_digest("sign-in", kind, now.date().isoformat(), subscriber_of(name)).hex()
    return keyed_digest("sign-in", kind, "", name).hex()


def register_attempt(session: Session, email: str, address: str, *, now: datetime) -> None:
    """Count one attempt before it is checked, so that concurrent ones count too.

    Raises:
        TooManyRequestsError: the account or the address has to wait.
    """
    if settings().rate_limits == "off":
        return
    account = _throttle_key("account", email.casefold(), now)
    _register_attempt(session, account, FREE_ATTEMPTS_PER_ACCOUNT, now)
    if address:
        key = _throttle_key("address", address, now)
        _register_attempt(session, key, FREE_ATTEMPTS_PER_ADDRESS, now)


def _register_attempt(session: Session, key: str, free: int, now: datetime) -> None:
    found = session.get(SignInBackoff, key, with_for_update=True)
    if found is None:
        session.add(SignInBackoff(key=key, tries=1, tried_at=now))
        return
    if found.blocked_until is not None and now < found.blocked_until:
        left = int((found.blocked_until - now).total_seconds()) + 1
        raise TooManyRequestsError(
            f"Muitas tentativas seguidas. Espere {left} segundos e tente de novo.", left
        )
    if now - found.tried_at > ATTEMPT_RETENTION:
        found.tries = 0
    found.tries += 1
    found.tried_at = now
    wait = backoff_after(found.tries, free)
    found.blocked_until = now + wait if wait else None


def reset_attempts(session: Session, email: str, address: str, now: datetime) -> None:
    """Forget an account's attempts, and one attempt of the address: it may try other accounts."""
    account = session.get(SignInBackoff, _throttle_key("account", email.casefold(), now))
    if account is not None:
        session.delete(account)
    if not address:
        return
    from_address = session.get(SignInBackoff, _throttle_key("address", address, now))
    if from_address is not None:
        from_address.tries = max(0, from_address.tries - 1)
        from_address.blocked_until = None

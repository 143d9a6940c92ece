"""The limits of signing in: timeouts, lifetimes, backoff."""

from datetime import timedelta

# NIST SP 800-63B-4, AAL2: inactivity limit.
IDLE_TIMEOUT = timedelta(minutes=30)
# One working day.
ABSOLUTE_TIMEOUT = timedelta(hours=12)
CODE_TIMEOUT = timedelta(minutes=10)
# Accounts without a password reauthenticate by a sign-in not older than this.
RECENT_SIGN_IN = timedelta(minutes=10)
# `seen_at` is written at most this often.
LAST_SEEN_INTERVAL = timedelta(minutes=1)
INVITATION_LIFETIME = timedelta(days=3)
RECOVERY_LIFETIME = timedelta(hours=1)
API_TOKEN_MAX_LIFETIME = timedelta(days=365)
# Ended sessions are deleted after this time.
SESSION_RETENTION = timedelta(days=30)

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


def safe_return_path(path: object) -> str:
    """Return a path of this portal to go back to; empty for another site's address."""
    if not isinstance(path, str) or len(path) > 500:  # noqa: PLR2004 (a path, not a text)
        return ""
    if not path.startswith("/") or path.startswith(("//", "/sessao", "/entrar")):
        return ""
    if "\\" in path or any(not c.isprintable() or c.isspace() for c in path):
        return ""
    return path

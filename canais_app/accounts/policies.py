"""The figures of signing in, and the waits after failed tries. Plain values only."""

from datetime import timedelta

# A desk left alone for half an hour is somebody else's (NIST SP 800-63B-4, AAL2: idle limit).
IDLE_TIMEOUT = timedelta(minutes=30)
# One working day: the court's public hours and the hours around them, then sign in anew.
ABSOLUTE_TIMEOUT = timedelta(hours=12)
# The code of the second step comes from a phone in one's pocket.
CODE_TIMEOUT = timedelta(minutes=10)
# Who has no password here proves who they are by having signed in so lately.
RECENT_SIGN_IN = timedelta(minutes=10)
# `seen_at` is written at most this often, so that a busy page does not write at every event.
LAST_SEEN_INTERVAL = timedelta(minutes=1)
INVITATION_LIFETIME = timedelta(days=3)
RECOVERY_LIFETIME = timedelta(hours=1)
API_TOKEN_MAX_LIFETIME = timedelta(days=365)
# An ended session stays in the list of sessions for this long.
SESSION_RETENTION = timedelta(days=30)

# Failed tries in a row that cost nothing. A courthouse shares one address, an account is one's own.
FREE_ATTEMPTS_PER_ACCOUNT = 5
FREE_ATTEMPTS_PER_ADDRESS = 40
FIRST_BACKOFF = timedelta(seconds=2)
# Longer would let anybody keep somebody out; at this rate a guesser has 288 tries a day.
MAX_BACKOFF = timedelta(minutes=5)
# Tries are forgotten after this long without one.
ATTEMPT_RETENTION = timedelta(hours=1)


def backoff_after(tries: int, free: int) -> timedelta:
    """Return how long the next try waits: nothing for `free` tries, then doubling to the cap."""
    if tries < free:
        return timedelta()
    doublings = min(tries - free, 16)
    return min(FIRST_BACKOFF * 2**doublings, MAX_BACKOFF)


def safe_return_path(path: object) -> str:
    """Return a path of this portal to go back to, or nothing: never another site's address."""
    if not isinstance(path, str) or len(path) > 500:  # noqa: PLR2004 (a path, not a text)
        return ""
    if not path.startswith("/") or path.startswith(("//", "/sessao", "/entrar")):
        return ""
    if "\\" in path or any(not c.isprintable() or c.isspace() for c in path):
        return ""
    return path

"""The figures of signing in, and the waits after failed tries. Plain values only."""

from datetime import timedelta

# A desk left alone for half an hour is somebody else's (NIST SP 800-63B-4, AAL2: idle limit).
IDLE = timedelta(minutes=30)
# One working day: the court's public hours and the hours around them, then sign in anew.
ABSOLUTE = timedelta(hours=12)
# The code of the second step comes from a phone in one's pocket.
CODE_STAGE = timedelta(minutes=10)
# Who has no password here proves who they are by having signed in so lately.
RECENT = timedelta(minutes=10)
# `seen_at` is written at most this often, so that a busy page does not write at every event.
SEEN_EVERY = timedelta(minutes=1)
INVITATION = timedelta(days=3)
RECOVERY = timedelta(hours=1)
API_TOKEN_MOST = timedelta(days=365)
# An ended session stays in the list of sessions for this long.
KEEP_SESSIONS = timedelta(days=30)

# Failed tries in a row that cost nothing. A courthouse shares one address, an account is one's own.
FREE_TRIES_ACCOUNT = 5
FREE_TRIES_ADDRESS = 40
FIRST_WAIT = timedelta(seconds=2)
# Longer would let anybody keep somebody out; at this rate a guesser has 288 tries a day.
LONGEST_WAIT = timedelta(minutes=5)
# Tries are forgotten after this long without one.
FORGET_TRIES = timedelta(hours=1)


def wait_after(tries: int, free: int) -> timedelta:
    """Return how long the next try waits: nothing for `free` tries, then doubling to the cap."""
    if tries < free:
        return timedelta()
    doublings = min(tries - free, 16)
    return min(FIRST_WAIT * 2**doublings, LONGEST_WAIT)


def safe_return(path: object) -> str:
    """Return a path of this portal to go back to, or nothing: never another site's address."""
    if not isinstance(path, str) or len(path) > 500:  # noqa: PLR2004 (a path, not a text)
        return ""
    if not path.startswith("/") or path.startswith(("//", "/sessao", "/entrar")):
        return ""
    if "\\" in path or any(not c.isprintable() or c.isspace() for c in path):
        return ""
    return path

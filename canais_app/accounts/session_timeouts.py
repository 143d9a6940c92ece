"""How long a staff session lasts: idle timeout, absolute timeout, time for the second step."""

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
# Ended sessions are deleted after this time.
SESSION_RETENTION = timedelta(days=30)

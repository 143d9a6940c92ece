"""How old the verification of contacts is, in words and as a tone."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from canais_app.directory.models import Channel
from canais_app.kit import clock
from canais_app.kit.text import format_date

FRESH, AGEING = timedelta(days=90), timedelta(days=180)


@dataclass(frozen=True)
class VerificationAge:
    """How long ago contacts were last verified: words, and a tone for their tag."""

    words: str
    tone: str


def verification_age(rows: Sequence[Channel], now: datetime) -> VerificationAge:
    """Return how old the oldest verification of some channels is."""
    if not rows:
        return VerificationAge("sem contatos", "off")
    known = [row.verified_at for row in rows if row.verified_at is not None]
    if len(known) < len(rows):
        return VerificationAge("nunca verificado", "bad")
    oldest = min(known)
    since = now - oldest
    tone = "ok" if since <= FRESH else "warn" if since <= AGEING else "bad"
    return VerificationAge(f"verificado em {format_date(clock.to_local_day(oldest))}", tone)

"""Many lawyers for one time, at noon sharp: what is refused to one is refused to all who wait.

Not to those who bring something of their own: a hold that may be what is in the way, or a key by
which they may have booked before.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from canais_app.agenda.lifecycle import booking, holding
from canais_app.agenda.views import Booked, Hold
from canais_app.kit import crowd, db


async def hold(
    slug: str, start: datetime, modality: str, *, now: datetime, previous_token: str = ""
) -> Hold:
    """Hold a time as `holding.hold` does, and raise what it raises."""
    if previous_token:
        return await db.in_session(
            holding.hold, slug, start, modality, now=now, previous_token=previous_token
        )
    time = (slug, start, modality)
    return await crowd.ask(time, holding.hold, slug, start, modality, now=now)


async def book_as_sent(slug: str, sent: Mapping[str, Any], *, now: datetime) -> Booked:
    """Book a time as `booking.book_as_sent` does, and raise what it raises."""
    if sent.get("hold_token") or sent.get("idempotency_key"):
        return await db.in_session(booking.book_as_sent, slug, sent, now=now)
    time = (slug, str(sent.get("start")), str(sent.get("modality")))
    return await crowd.ask(time, booking.book_as_sent, slug, sent, now=now)

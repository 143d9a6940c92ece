"""What lawyers and gabinetes do first in a process, rehearsed at its start: nobody waits for it.

What is slow once in a process (composing the statements, reading the court's calendar, the
database's plans) is done in transactions that are taken back.
"""

from asyncio import timeout
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import structlog
from sqlmodel import Session

from canais_app.accounts import queries as accounts
from canais_app.accounts.roles import SYSTEM
from canais_app.agenda import own, queries, service
from canais_app.agenda.lifecycle import approving
from canais_app.agenda.models import Status
from canais_app.kit import clock, db, forms
from canais_app.kit.errors import AppError

PATIENCE = 10  # seconds
TIMES = 6  # psycopg prepares a statement when it has been used five times (prepare_threshold)
AHEAD = timedelta(days=7)  # from the first free time: where to look for a second
WISH = {
    "name": "Ensaio do portal",
    "oab_number": "999999",
    "oab_uf": "MT",
    "email": "ensaio@exemplo.invalid",
    "phone": "(65) 3000-0000",
    "subject": "Ensaio",
    "consent": True,
}
log = structlog.get_logger()


class _TakenBackError(Exception):
    """Raised at the end of a rehearsal: its transaction is not committed."""


@dataclass(frozen=True)
class _Stage:
    """The agenda that is free first, and two of its times, far enough to be given up again."""

    slug: str
    start: str  # RFC 3339
    later: str


@asynccontextmanager
async def before_serving() -> AsyncIterator[None]:
    """Rehearse before the process takes its first request (a lifespan task of the app)."""
    await run()
    yield


async def run() -> None:
    """Rehearse; if that fails, or takes too long, the process serves all the same."""
    now = clock.now()
    try:
        async with timeout(PATIENCE):
            await _rehearse(now)
    except Exception:
        log.exception("rehearsal_failed")


async def _rehearse(now: datetime) -> None:
    if (stage := await db.in_reading(_stage, now=now)) is None:
        return
    for _ in range(TIMES):
        with suppress(_TakenBackError, AppError):  # refused: so far the way was walked
            await db.in_session(_walk, stage, now=now)


def _walk(session: Session, stage: _Stage, *, now: datetime) -> None:
    """Hold, book, move, wait, cancel and approve; then take all of it back."""
    with suppress(AppError):
        accounts.actor_of_token(session, "", now=now)
    here, there = datetime.fromisoformat(stage.start), datetime.fromisoformat(stage.later)
    held = service.hold(session, stage.slug, here, "", now=now)
    service.release(session, held.token)
    booked = service.book_as_sent(session, stage.slug, {**WISH, "start": stage.start}, now=now)
    service.move(session, booked.token, there, now=now)
    waits = forms.parse(service.WaitlistRequest, WISH | {"oab_number": "999998"})
    service.join(session, stage.slug, waits, now=now)
    service.cancel(session, booked.token, now=now)
    asked = service.book_as_sent(session, stage.slug, {**WISH, "start": stage.start}, now=now)
    row = own.row_by_token(session, asked.token)
    row.status = Status.PENDING
    session.add(row)
    session.flush()
    approving.approve(session, SYSTEM, row.id or 0, now=now)
    raise _TakenBackError


def _stage(session: Session, *, now: datetime) -> _Stage | None:
    card = next((one for one in queries.agendas(session, now=now) if one.next_free), None)
    if card is None:
        return None
    first = date.fromisoformat(card.next_free[:10])
    free = queries.open_slots(session, card.slug, first, first + AHEAD, now=now)
    return _Stage(card.slug, free[len(free) // 2].start, free[-1].start)

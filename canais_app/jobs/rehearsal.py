"""The first booking of a process, rehearsed at its start so that no lawyer waits for it.

What is slow once in a process (composing the statements, reading the court's calendar, the
database's plans) is done in transactions that are taken back.
"""

from datetime import datetime

import structlog
from sqlmodel import Session

from canais_app.agenda import queries, service
from canais_app.kit import clock, db
from canais_app.kit.errors import AppError

TIMES = 6  # psycopg prepares a statement when it has been used five times (prepare_threshold)
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


async def run() -> None:
    """Rehearse (a lifespan task of the app); if that fails, the process serves all the same."""
    now = clock.now()
    try:
        slug, wish = await db.in_reading(_first_free, now=now)
        for _ in range(TIMES if slug else 0):
            await _rehearsed(slug, wish, now)
    except Exception:
        log.exception("rehearsal_failed")


async def _rehearsed(slug: str, wish: dict[str, object], now: datetime) -> None:
    try:
        await db.in_session(_book_and_take_back, slug, wish, now=now)
    except (_TakenBackError, AppError):  # taken back, or refused: the way was walked
        return


def _book_and_take_back(
    session: Session, slug: str, wish: dict[str, object], *, now: datetime
) -> None:
    service.book_as_sent(session, slug, wish, now=now)
    raise _TakenBackError


def _first_free(session: Session, *, now: datetime) -> tuple[str, dict[str, object]]:
    """Return the agenda that is free first and a wish for that time; without one, no name."""
    card = next((one for one in queries.agendas(session, now=now) if one.next_free), None)
    if card is None:
        return "", {}
    return card.slug, {**WISH, "start": card.next_free}

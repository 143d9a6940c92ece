"""The limits per OAB and per case, counted in the caller's transaction."""

from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlmodel import Session

from canais_app.agenda.models import Status
from canais_app.agenda.times import policies
from canais_app.agenda.times.availability import Published
from canais_app.kit import clock, db
from canais_app.kit.errors import InvalidError

COUNTED = (
    Status.PRECONFIRMED,
    Status.PENDING,
    Status.CONFIRMED,
    Status.ATTENDED,
    Status.MISSED,
)
_row = db.columns("appointment")
_COUNTING = sa.select(_row.id, _row.starts_at, _row.oab, _row.case_number).where(
    _row.agenda_id == sa.bindparam("agenda_id"),
    _row.status.in_([status.value for status in COUNTED]),
    _row.starts_at >= sa.bindparam("since"),
)
_HIS = _row.oab == sa.bindparam("oab")
_OF_OAB = _COUNTING.where(_HIS)
_OF_CASE = _COUNTING.where(_HIS | (_row.case_number == sa.bindparam("case_number")))


def refusal(  # noqa: PLR0913 (whom the limits are about)
    session: Session,
    agenda: Published,
    start: datetime,
    oab: str,
    case_number: str,
    *,
    now: datetime,
    besides: int | None = None,
) -> tuple[str, str] | None:
    """Return the field and the sentence that refuse one more appointment at `start`, or None.

    `besides` is a row that does not count: the one being moved.
    """
    terms = agenda.terms_at(start)
    limits = policies.Limits(
        terms.max_per_oab_per_day,
        terms.max_per_oab_per_month,
        terms.max_active_per_oab,
        terms.max_active_per_case,
    )
    month = clock.at(clock.local_day(start).replace(day=1), 0)
    since = min(month, now - timedelta(days=2))
    asked = _OF_CASE if case_number else _OF_OAB
    named = {"case_number": case_number} if case_number else {}
    rows = db.ask(session, asked, agenda_id=agenda.id, since=since, oab=oab, **named)
    standing = [
        policies.Standing(starts_at, whose, case)
        for key, starts_at, whose, case in rows
        if key != besides
    ]
    return policies.refusal(
        limits, standing, start=start, oab=oab, case_number=case_number, now=now
    )


def refuse(  # noqa: PLR0913 (whom the limits are about)
    session: Session,
    agenda: Published,
    start: datetime,
    oab: str,
    case_number: str,
    *,
    now: datetime,
    besides: int | None = None,
) -> None:
    """Refuse one more appointment when a limit is reached.

    Raises:
        InvalidError: with the field whose limit it is.
    """
    refused = refusal(session, agenda, start, oab, case_number, now=now, besides=besides)
    if refused is not None:
        field, sentence = refused
        raise InvalidError(sentence, {field: sentence})

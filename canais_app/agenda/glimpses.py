"""What the directory's cards say of an agenda: where it is, and its next free time."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from sqlmodel import Session, col, select

from canais_app.agenda import queries
from canais_app.agenda.models import Agenda
from canais_app.agenda.words import moment_words
from canais_app.directory.extras import Glimpse


def glimpses(session: Session, unit_ids: Sequence[int], now: datetime) -> Mapping[int, Glimpse]:
    """Return the published agenda of each of these units that has one."""
    asked = select(Agenda.unit_id, Agenda.slug).where(
        col(Agenda.published), col(Agenda.unit_id).in_(unit_ids)
    )
    slugs = dict(session.exec(asked).all())
    if not slugs:
        return {}
    free = queries.next_free(session, now=now, unit_ids=list(slugs))
    return {
        unit_id: Glimpse(slug, moment_words(free[unit_id], now) if unit_id in free else "")
        for unit_id, slug in slugs.items()
    }


def bookable(session: Session) -> Collection[int]:
    """Return the units that publish an agenda."""
    return session.exec(select(Agenda.unit_id).where(col(Agenda.published))).all()

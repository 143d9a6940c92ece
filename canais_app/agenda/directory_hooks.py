"""Hooks for the directory's cards: an agenda's address and its next free slot."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from sqlmodel import Session, col, select

from canais_app.agenda import queries
from canais_app.agenda.formatting import format_relative_start
from canais_app.agenda.models import Agenda
from canais_app.directory.hooks import AgendaSummary


def load_agenda_summaries(
    session: Session, unit_ids: Sequence[int], now: datetime
) -> Mapping[int, AgendaSummary]:
    """Return a summary of the published agenda of each unit that has one."""
    query = select(Agenda.unit_id, Agenda.slug).where(
        col(Agenda.published), col(Agenda.unit_id).in_(unit_ids)
    )
    slugs = dict(session.exec(query).all())
    if not slugs:
        return {}
    free = queries.find_next_free(session, now=now, unit_ids=list(slugs))
    return {
        unit_id: AgendaSummary(
            slug, format_relative_start(free[unit_id], now) if unit_id in free else ""
        )
        for unit_id, slug in slugs.items()
    }


def load_bookable_units(session: Session) -> Collection[int]:
    """Return the ids of the units that publish an agenda."""
    return session.exec(select(Agenda.unit_id).where(col(Agenda.published))).all()

"""Hooks for the directory: an agenda's card summary, and what blocks retiring its units."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from sqlmodel import Session, col, func, select

from canais_app.agenda import access, queries
from canais_app.agenda.formatting import format_relative_start
from canais_app.agenda.models import OPEN_STATUSES, Agenda, Appointment
from canais_app.directory.hooks import AgendaSummary
from canais_app.kit import clock
from canais_app.kit.text import pluralise


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


def retirement_blockers(session: Session, unit_id: int, now: datetime) -> list[str]:
    """Return what must be done with agendas before the unit can be retired, as sentences."""
    agendas = session.exec(
        select(Agenda).where(
            (col(Agenda.unit_id) == unit_id) | (col(Agenda.registry_unit_id) == unit_id)
        )
    ).all()
    blockers = [text for agenda in agendas if (text := _describe_blocker(agenda, unit_id))]
    own = [agenda.id for agenda in agendas if agenda.unit_id == unit_id]
    booked = session.exec(
        select(func.count())
        .select_from(Appointment)
        .where(
            col(Appointment.agenda_id).in_(own),
            col(Appointment.status).in_(OPEN_STATUSES),
            col(Appointment.ends_at) > now,
        )
    ).one()
    if booked:
        count = pluralise(booked, "atendimento está marcado", "atendimentos estão marcados")
        blockers.append(f"{count} na agenda dela: cancele ou espere que passem.")
    blockers += [
        f"Atende no lugar do gabinete da agenda “{title}” {days}: espere que passe, ou peça a ele "
        "que retome a agenda."
        for title, days in access.substitutions_by(session, unit_id, since=clock.to_local_day(now))
    ]
    return blockers


def _describe_blocker(agenda: Agenda, unit_id: int) -> str:
    if agenda.unit_id == unit_id:
        sentence = f"A agenda “{agenda.title}” está publicada: tire-a do ar."
        return sentence if agenda.published else ""
    return f"É a secretaria da agenda “{agenda.title}”: indique outra nas regras da agenda."

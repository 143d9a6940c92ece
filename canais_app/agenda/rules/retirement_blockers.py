"""List what keeps the directory from retiring a unit because of agendas."""

from datetime import datetime

from sqlmodel import Session, col, func, select

from canais_app.agenda import access
from canais_app.agenda.models import Agenda, Appointment, AppointmentStatus
from canais_app.kit import clock
from canais_app.kit.text import pluralise

UPCOMING_STATUSES = (
    AppointmentStatus.OFFERED,
    AppointmentStatus.PRECONFIRMED,
    AppointmentStatus.PENDING,
    AppointmentStatus.CONFIRMED,
)


def retirement_blockers(session: Session, unit_id: int, now: datetime) -> list[str]:
    """Return what must be done with agendas before the unit can be retired, as sentences."""
    agendas = session.exec(
        select(Agenda).where(
            (col(Agenda.unit_id) == unit_id) | (col(Agenda.registry_unit_id) == unit_id)
        )
    ).all()
    found = [sentence for agenda in agendas if (sentence := _describe_blocker(agenda, unit_id))]
    own = [agenda.id for agenda in agendas if agenda.unit_id == unit_id]
    booked = session.exec(
        select(func.count())
        .select_from(Appointment)
        .where(
            col(Appointment.agenda_id).in_(own),
            col(Appointment.status).in_(UPCOMING_STATUSES),
            col(Appointment.ends_at) > now,
        )
    ).one()
    if booked:
        count = pluralise(booked, "atendimento está marcado", "atendimentos estão marcados")
        found.append(f"{count} na agenda dela: cancele ou espere que passem.")
    found += [
        f"Atende no lugar do gabinete da agenda “{title}” {days}: espere que passe, ou peça a ele "
        "que retome a agenda."
        for title, days in access.substitutions_by(session, unit_id, since=clock.to_local_day(now))
    ]
    return found


def _describe_blocker(agenda: Agenda, unit_id: int) -> str:
    if agenda.unit_id == unit_id:
        sentence = f"A agenda “{agenda.title}” está publicada: tire-a do ar."
        return sentence if agenda.published else ""
    return f"É a secretaria da agenda “{agenda.title}”: indique outra nas regras da agenda."

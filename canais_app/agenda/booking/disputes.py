"""“Não fui eu”: a person whose registration somebody else has used in an agenda."""

from datetime import datetime

from sqlmodel import Session, col, select

from canais_app.agenda import queries
from canais_app.agenda.booking import storage
from canais_app.agenda.models import OPEN_STATUSES, Appointment
from canais_app.agenda.notifications import appointments
from canais_app.outbox import messages

ANSWER = (
    "Avisamos o e-mail que marcou e o gabinete, que decide. Enquanto isso, você pode entrar na "
    "fila de espera ou ser atendida(o) por ordem de chegada."
)


def dispute_registration(session: Session, slug: str, oab: str, *, now: datetime) -> str:
    """Tell the addresses that booked with a registration, and the gabinete; return the answer.

    The answer is the same whether there was anything to dispute, so that it tells a stranger
    nothing. Nothing is cancelled: a registration's number is public, and anybody may say this.

    Raises:
        AgendaNotFoundError: there is no such agenda.
    """
    agenda = queries.load_published(session, slug, now=now, locked=True)
    rows = session.exec(
        select(Appointment).where(
            col(Appointment.agenda_id) == agenda.id,
            col(Appointment.oab) == oab,
            col(Appointment.status).in_(OPEN_STATUSES),
            col(Appointment.starts_at) > now,
            col(Appointment.disputed_at).is_(None),
        )
    ).all()
    disputed = appointments.AppointmentChange(messages.DISPUTED)
    for row in rows:
        row.disputed_at = now
        session.add(row)
        appointments.notify(session, agenda, (row, disputed), now=now)
        storage.emit_changes(session, agenda.id, row)
    return ANSWER

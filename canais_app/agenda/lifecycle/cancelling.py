"""Giving a time up, as the lawyer or as the gabinete."""

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import Session

from canais_app.agenda.lifecycle import freeing, taking
from canais_app.agenda.mail import letters
from canais_app.agenda.models import Appointment, Status
from canais_app.agenda.times import policies
from canais_app.agenda.times.availability import Published
from canais_app.agenda.words import full_words, status_words
from canais_app.kit.errors import InvalidError
from canais_app.outbox import messages
from canais_app.outbox.appointments import Alternative

CHANGEABLE = (Status.CONFIRMED, Status.PENDING)


def cancel(session: Session, token: str, *, now: datetime) -> None:
    """Give up an appointment, a request, or a time that is kept.

    What kept others out goes to the waiting list first, and is public again after the agenda's
    release delay. Cancelling twice changes nothing.

    Raises:
        NoSuchAppointmentError: the link leads nowhere.
        InvalidError: it is too late for that.
    """
    agenda, row = taking.owned(session, token, now=now)
    if row.status == Status.CANCELLED:
        return
    if row.status == Status.OFFERED:
        freeing.end_offer(session, agenda, row, now=now)
        return
    if row.status != Status.PRECONFIRMED:
        refuse_too_late(agenda, row, now=now)
    give_up(session, agenda, row, by="lawyer", now=now)


def give_up(  # noqa: PLR0913 (who, why and what is offered instead)
    session: Session,
    agenda: Published,
    row: Appointment,
    *,
    by: str,
    now: datetime,
    reason: str = "",
    alternatives: Sequence[Alternative] = (),
    until: datetime | None = None,
) -> None:
    """Cancel an appointment for whoever may, and tell everyone who knew of it."""
    before = row.status
    row.status, row.cancelled_at, row.cancelled_by = Status.CANCELLED, now, by
    row.cancel_reason, row.expires_at = reason, None
    row.ics_sequence += 1
    session.add(row)
    told: list[letters.Told] = []
    if before != Status.PENDING:
        told += freeing.free(session, agenda, row, now=now)
    if before != Status.PRECONFIRMED:  # of which nobody was told but the lawyer
        news = letters.News(messages.CANCELLED, alternatives=alternatives, until=until)
        told.append((row, news))
    letters.tell_all(session, agenda, told, now=now)
    taking.touch(session, agenda.id, row)


def refuse_too_late(agenda: Published, row: Appointment, *, now: datetime) -> None:
    """Refuse to change what no longer stands, or an appointment whose deadline has passed.

    Raises:
        InvalidError: with the sentence that says which.
    """
    if row.status not in CHANGEABLE:
        raise InvalidError(f"{status_words(row.status)}: não há mais o que mudar aqui.")
    until = policies.change_deadline(row.starts_at, agenda.terms_at(row.starts_at).cancel_notice)
    if row.status == Status.CONFIRMED and now > until:
        raise InvalidError(
            f"O prazo para mudar ou cancelar terminou: {full_words(until)}. Fale com o gabinete."
        )

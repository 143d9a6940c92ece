"""Hold a slot for five minutes while the form is filled in."""

from datetime import datetime, timedelta

from sqlalchemy import delete, func, update
from sqlmodel import Session, col, select

from canais_app.agenda import queries
from canais_app.agenda.availability import limits
from canais_app.agenda.availability import service as availability
from canais_app.agenda.booking import storage
from canais_app.agenda.errors import TooManyBookingsError
from canais_app.agenda.models import Appointment, AppointmentStatus
from canais_app.agenda.views import HeldSlot
from canais_app.kit import text
from canais_app.settings import settings

BOOKINGS_PERIOD = timedelta(hours=24)
MARK_LIFETIME = timedelta(hours=48)


def hold_slot(  # noqa: PLR0913 (a slot, a modality, and the hold it replaces)
    session: Session,
    slug: str,
    start: datetime,
    modality: str,
    *,
    now: datetime,
    previous_token: str = "",
    kind: str = "",
    client: str = "",
) -> HeldSlot:
    """Hold a slot for one person for five minutes, and release the previous hold.

    `client` is the mark of the caller's address, whose standing holds are few.

    Raises:
        AgendaNotFoundError: there is no such agenda.
        SlotTakenError: another person has the slot.
        SlotNotOfferedError: the agenda does not offer it.
        TooManyBookingsError: this address holds too many.
    """
    agenda = queries.load_published(session, slug, now=now, locked=True)
    start = storage.parse_start(start)
    chosen = storage.resolve_kind(agenda, start, kind)
    modality = storage.resolve_modality(agenda, start, modality, kind=kind)
    release_hold(session, previous_token)
    require_few_holds(session, client, now=now)
    slot = availability.find_free_slot(session, agenda, start, now=now, kind=chosen.name)
    token, until = text.generate_token(), now + limits.HOLD_LIFETIME
    row = storage.create_row(agenda, slot, AppointmentStatus.HELD, now=now, token=token)
    row.modality, row.expires_at, row.client_mark = modality, until, client
    storage.insert_or_conflict(session, row)
    storage.emit_changes(session, agenda.id)
    return HeldSlot(token, slot.start, slot.end, until)


def require_few_holds(
    session: Session, client: str, *, now: datetime, excluded: Appointment | None = None
) -> None:
    """Refuse one more slot to an address that holds as many as it may, `excluded` not counted.

    Bookings that wait for the link of their e-mail are held, too.

    Raises:
        TooManyBookingsError: with the seconds until one of them expires.
    """
    if not client:
        return
    held = session.exec(
        select(Appointment.expires_at).where(
            col(Appointment.client_mark) == client,
            col(Appointment.status).in_((AppointmentStatus.HELD, AppointmentStatus.PRECONFIRMED)),
            col(Appointment.expires_at) > now,
            col(Appointment.id) != (excluded.id if excluded else 0),
        )
    ).all()
    if len(held) < settings().holds_per_address:
        return
    wait = min((until - now for until in held if until), default=limits.HOLD_LIFETIME)
    raise TooManyBookingsError(
        f"Deste endereço de internet já há {len(held)} horários guardados à espera de "
        "confirmação. Conclua ou solte um deles para guardar outro.",
        max(1, int(wait.total_seconds())),
    )


def require_few_bookings(session: Session, agenda_id: int, client: str, *, now: datetime) -> None:
    """Refuse one more booking of an agenda to an address that has made as many as it may.

    Raises:
        TooManyBookingsError: with the seconds of a day.
    """
    if not client:
        return
    made = session.exec(
        select(func.count()).where(
            col(Appointment.agenda_id) == agenda_id,
            col(Appointment.client_mark) == client,
            col(Appointment.status) != AppointmentStatus.HELD,
            col(Appointment.created_at) > now - BOOKINGS_PERIOD,
        )
    ).one()
    if made >= settings().bookings_per_address:
        raise TooManyBookingsError(
            f"Deste endereço de internet já saíram {made} marcações nesta agenda em 24 horas. "
            "Tente amanhã, ou fale com o gabinete pelos outros canais.",
            int(BOOKINGS_PERIOD.total_seconds()),
        )


def forget_clients(session: Session, *, now: datetime) -> int:
    """Remove the marks of addresses after 48 hours; return how many."""
    old = (col(Appointment.client_mark) != "") & (col(Appointment.created_at) < now - MARK_LIFETIME)
    done = session.connection().execute(update(Appointment).where(old).values(client_mark=""))
    return done.rowcount


def release_hold(session: Session, token: str) -> None:
    """Release a held slot, which is free again at once. An unknown token changes nothing."""
    row = storage.find_hold(session, token)
    if row is not None:
        session.exec(delete(Appointment).where(col(Appointment.id) == row.id))
        storage.emit_changes(session, row.agenda_id)

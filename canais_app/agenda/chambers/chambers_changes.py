"""What the gabinete changes of an appointment at its desk: its time, its note, its links.

Functions that take an actor raise `NotFoundError` when the agenda is another unit's.
"""

from datetime import datetime, timedelta

from sqlmodel import Session

from canais_app.accounts import audit
from canais_app.accounts.roles import Actor
from canais_app.agenda import access, queries
from canais_app.agenda.availability import service as availability
from canais_app.agenda.booking import cancellation, storage
from canais_app.agenda.models import AppointmentStatus, Modality
from canais_app.agenda.notifications import changes
from canais_app.kit import clock
from canais_app.kit.contacts import clean_link
from canais_app.kit.errors import InvalidError

MAX_TIMES = 40
NOTE_LENGTH = 1000
LINK_LENGTH = 500


def list_move_times(
    session: Session, actor: Actor, appointment_id: int, *, now: datetime
) -> list[datetime]:
    """Return the next free times to which the gabinete may move an appointment."""
    row = access.load_workable_appointment(session, actor, appointment_id, now=now)
    agenda = queries.load_by_id(session, row.agenda_id, now=now)
    first, last = clock.to_local_day(now), agenda.last_day(now)
    days = [first + timedelta(days=number) for number in range((last - first).days + 1)]
    plans = availability.plan_days(
        session, agenda, days, now=now, excluded_id=row.id, notice=False, kind=row.attendance_kind
    )
    free = [slot.start for slot in availability.list_free_slots(plans)]
    return [start for start in free if start > now and start != row.starts_at][:MAX_TIMES]


def move_as_chambers(
    session: Session, actor: Actor, appointment_id: int, start: datetime, *, now: datetime
) -> None:
    """Move a confirmed appointment to another free time; everybody is told, nobody need approve.

    Raises:
        InvalidError: it is over, or not confirmed.
        SlotTakenError: another person has the new time.
        SlotNotOfferedError: the agenda does not offer it.
    """
    agenda, row = storage.lock_for_staff(session, actor, appointment_id, now=now)
    if row.status != AppointmentStatus.CONFIRMED or row.starts_at <= now:
        raise InvalidError("Só se muda um atendimento confirmado que ainda vai acontecer.")
    before = row.starts_at
    cancellation.move_for_chambers(session, agenda, row, storage.parse_start(start), now=now)
    times = {"starts_at": [before.isoformat(), row.starts_at.isoformat()]}
    audit.record_entry(session, actor, "mudou atendimento", "appointment", row.id, times, now=now)


def set_links(  # noqa: PLR0913 (an appointment and its links)
    session: Session,
    actor: Actor,
    appointment_id: int,
    video_link: str,
    moderator_link: str,
    *,
    now: datetime,
) -> bool:
    """Give an appointment by video its own room; return whether its people are told of it.

    An empty link is the agenda's. The moderator's link is the gabinete's: no letter and no page
    of others has it.

    Raises:
        InvalidError: it is not by video, not confirmed or over, or a link is none.
    """
    agenda, row = storage.lock_for_staff(session, actor, appointment_id, now=now)
    if row.modality != Modality.VIDEO:
        raise InvalidError("Só um atendimento por vídeo tem sala.")
    if row.status != AppointmentStatus.CONFIRMED or row.ends_at <= now:
        raise InvalidError("Só se muda a sala de um atendimento confirmado que não terminou.")
    links = (_clean("video_link", video_link), _clean("moderator_link", moderator_link))
    before = changes.details_of(row, agenda)
    had = (row.video_link, row.moderator_link)
    row.video_link, row.moderator_link = links
    session.add(row)
    is_told = changes.details_of(row, agenda)[changes.LINK] != before[changes.LINK]
    audit.record_entry(
        session,
        actor,
        "mudou a sala do atendimento",
        "appointment",
        row.id,
        {"video_link": [bool(had[0]), bool(links[0])], "avisados": [False, is_told]},
        now=now,
    )
    if is_told:
        detail = changes.ChangedDetails(row, {changes.LINK: before[changes.LINK]})
        changes.notify_changes(session, agenda, [detail], now=now)
    storage.emit_changes(session, row.agenda_id, row)
    return is_told


def _clean(name: str, sent: str) -> str:
    try:
        return clean_link(sent, LINK_LENGTH) if sent.strip() else ""
    except ValueError as wrong:
        raise InvalidError.at(name, str(wrong)) from None


def save_note(
    session: Session, actor: Actor, appointment_id: int, note: str, *, now: datetime
) -> None:
    """Keep the gabinete's own note of an appointment; the audit log says that, not what.

    Raises:
        InvalidError: the note is too long, or the appointment's data was erased.
    """
    row = access.load_workable_appointment(session, actor, appointment_id, now=now)
    note = note.strip()
    if row.anonymised_at is not None:
        raise InvalidError("Os dados deste atendimento já foram apagados.")
    if len(note) > NOTE_LENGTH:
        raise InvalidError.at("note", f"No máximo {NOTE_LENGTH} caracteres.")
    lengths = {"note_length": [len(row.desk_note), len(note)]}
    row.desk_note = note
    session.add(row)
    audit.record_entry(
        session, actor, "anotou atendimento", "appointment", row.id, lengths, now=now
    )
    storage.emit_changes(session, row.agenda_id, row)

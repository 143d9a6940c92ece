"""The gabinete's answer to requests: a time is taken when it is approved, not when it is asked.

Several requests may wait for one time. The first that is approved has it; the others, for which
nothing is left, are refused with that reason, and their lawyers are told.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import bindparam, or_, update
from sqlmodel import Session, col, select

from canais_app.accounts import audit
from canais_app.accounts.roles import Actor, Permission
from canais_app.agenda import keepers, queries
from canais_app.agenda.errors import SlotTakenError
from canais_app.agenda.lifecycle import taking
from canais_app.agenda.mail import letters
from canais_app.agenda.models import Agenda, Appointment, Status
from canais_app.agenda.times import availability
from canais_app.agenda.times.availability import Published
from canais_app.agenda.views import Request
from canais_app.agenda.words import case_words, status_words
from canais_app.kit import clock
from canais_app.kit.contacts import format_oab
from canais_app.kit.errors import ConflictError, InvalidError
from canais_app.outbox import messages

OVERTAKEN = "o gabinete aprovou outro pedido para este horário"
UNANSWERED = "o horário chegou sem resposta do gabinete"
_OVERTAKE = (
    update(Appointment)
    .where(
        col(Appointment.agenda_id) == bindparam("of"),
        col(Appointment.status) == Status.PENDING,
        col(Appointment.busy_from) < bindparam("ends"),
        col(Appointment.busy_until) > bindparam("begins"),
    )
    .values(expires_at=bindparam("now"))
)


def requests(session: Session, actor: Actor, slug: str, *, now: datetime) -> list[Request]:
    """Return the requests that wait for an answer: by time, and who asked first before others.

    Raises:
        NotFoundError: there is no such agenda, or it is another unit's.
    """
    agenda_id = session.exec(select(Agenda.id).where(col(Agenda.slug) == slug)).first() or 0
    keepers.require_desk(session, actor, agenda_id, Permission.SEE_AGENDA_DESK, now=now)
    rows = session.exec(
        select(Appointment)
        .where(
            col(Appointment.agenda_id) == agenda_id,
            col(Appointment.status) == Status.PENDING,
            col(Appointment.starts_at) > now,
        )
        .order_by(col(Appointment.starts_at), col(Appointment.id))
    )
    return [_shown(row) for row in rows]


def _shown(row: Appointment) -> Request:
    return Request(
        id=row.id or 0,
        code=row.code,
        start=clock.rfc3339(row.starts_at),
        end=clock.rfc3339(row.ends_at),
        asked_at=clock.rfc3339(row.created_at),
        name=row.name,
        oab=format_oab(row.oab),
        email=row.email,
        phone=row.phone,
        case_number=case_words(row.case_number),
        subject=row.subject,
        modality=row.modality,
    )


def approve(session: Session, actor: Actor, appointment_id: int, *, now: datetime) -> None:
    """Give a lawyer the time that was asked for; whoever is left without it is told.

    Raises:
        NotFoundError: there is no such request, or it is another unit's.
        ConflictError: it was answered before, or somebody else has the time; the sentence says.
        InvalidError: the agenda no longer offers the time.
    """
    agenda, row = _request(session, actor, appointment_id, now=now)
    if row.starts_at <= now:
        raise InvalidError("Este horário já passou.")
    try:
        slot = availability.find(session, agenda, row.starts_at, now=now, notice=False)
    except SlotTakenError:
        raise ConflictError(f"Este pedido não pode ser aprovado: {OVERTAKEN}.") from None
    row.status, row.confirmed_at = Status.CONFIRMED, now
    taking.place(row, agenda, slot)
    taking.store(session, row)
    _note(session, actor, row, "aprovou pedido", now=now)
    letters.tell(session, agenda, row, letters.News(messages.BOOKED), now=now)
    _set_aside(session, row, now=now)
    taking.touch(session, agenda.id, row)


def refuse(
    session: Session, actor: Actor, appointment_id: int, reason: str, *, now: datetime
) -> None:
    """Refuse a request, with a reason that the lawyer reads.

    Raises:
        NotFoundError: there is no such request, or it is another unit's.
        ConflictError: it was answered before.
        InvalidError: there is no reason.
    """
    agenda, row = _request(session, actor, appointment_id, now=now)
    said = " ".join(reason.split())[:200]
    if not said:
        raise InvalidError("Diga o motivo.", {"reason": "Diga o motivo: ele vai no e-mail."})
    _note(session, actor, row, "recusou pedido", now=now, reason=said)
    _end(row, Status.REFUSED, said, now=now)
    session.add(row)
    _tell(session, agenda, [row], now=now)


def overdue(session: Session, *, now: datetime) -> list[int]:
    """Return the agendas in which requests have run out: `lapse` those of each."""
    return sorted(session.exec(select(Appointment.agenda_id).where(*_over(now)).distinct()))


def lapse(session: Session, agenda_id: int, *, now: datetime, most: int | None = None) -> int:
    """End an agenda's requests whose time has come, or that an approval left without theirs.

    At most so many; says how many it looked at. Where seats are left of it a request goes on
    waiting. It takes the requests and not the agenda: who books meanwhile does not wait for the
    letters. What somebody answers at this moment is left to them.
    """
    asked = select(Appointment).where(col(Appointment.agenda_id) == agenda_id, *_over(now))
    asked = asked.order_by(col(Appointment.id)).limit(most)
    asked = asked.with_for_update(skip_locked=True, key_share=True)
    # An approval writes past the session.
    rows = session.exec(asked.execution_options(populate_existing=True)).all()
    if not rows:
        return 0
    agenda = queries.by_id(session, agenda_id, now=now)
    left = _left(session, agenda, [row for row in rows if row.expires_at], now=now)
    ended: list[Appointment] = []
    for row in rows:
        session.add(row)
        if row.expires_at is not None and row.starts_at in left:
            row.expires_at = None
            continue
        overtaken = row.expires_at is not None
        status, why = (Status.REFUSED, OVERTAKEN) if overtaken else (Status.EXPIRED, UNANSWERED)
        _end(row, status, why, now=now)
        ended.append(row)
    _tell(session, agenda, ended, now=now)
    taking.touch(session, agenda_id)
    return len(rows)


def _over(now: datetime):  # noqa: ANN202 (SQLAlchemy conditions)
    return (
        col(Appointment.status) == Status.PENDING,
        or_(col(Appointment.starts_at) <= now, col(Appointment.expires_at) <= now),
    )


def _left(
    session: Session, agenda: Published, rows: Sequence[Appointment], *, now: datetime
) -> set[datetime]:
    """Return the times at which a seat is left on the days of these rows."""
    days = sorted({clock.local_day(row.starts_at) for row in rows})
    plans = (availability.plans(session, agenda, [day], now=now, notice=False) for day in days)
    return {slot.start for plan in plans for slot in availability.free_slots(plan)}


def _request(
    session: Session, actor: Actor, appointment_id: int, *, now: datetime
) -> tuple[Published, Appointment]:
    agenda, row = taking.worked(session, actor, appointment_id, now=now)
    if row.status != Status.PENDING:
        why = row.cancel_reason or status_words(row.status).lower()
        raise ConflictError(f"Este pedido já foi respondido: {why}.")
    return agenda, row


def _set_aside(session: Session, given: Appointment, *, now: datetime) -> None:
    """Let the next round of the loop look who is left without a time by this approval.

    The one who is approved waits neither for that nor for the others' letters.
    """
    span = {"begins": given.busy_from, "ends": given.busy_until}
    session.connection().execute(_OVERTAKE, {"of": given.agenda_id, "now": now, **span})


def _end(row: Appointment, status: Status, reason: str, *, now: datetime) -> None:
    row.status, row.cancel_reason, row.expires_at = status, reason, None
    row.cancelled_at, row.cancelled_by = now, "chambers"


def _tell(
    session: Session, agenda: Published, ended: Sequence[Appointment], *, now: datetime
) -> None:
    """Store how requests ended, and tell their lawyers."""
    session.flush()
    letters.tell_all(
        session, agenda, [(row, letters.News(messages.REFUSED)) for row in ended], now=now
    )
    for row in ended:
        taking.touch(session, agenda.id, row)


def _note(  # noqa: PLR0913 (who, what and why)
    session: Session,
    actor: Actor,
    row: Appointment,
    action: str,
    *,
    now: datetime,
    reason: str = "",
) -> None:
    after = Status.REFUSED if reason else Status.CONFIRMED
    changes: dict[str, object] = {"status": [Status.PENDING, after]}
    if reason:
        changes["reason"] = ["", reason]
    audit.record(session, actor, action, "appointment", row.id, changes, now=now)

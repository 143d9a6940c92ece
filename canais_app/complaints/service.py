"""What people do: report a failure, write about it, say whether it was solved, reopen it."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, select

from canais_app import routes
from canais_app.complaints.errors import IllegalTransitionError
from canais_app.complaints.lifecycle import (
    ComplaintStatus,
    can_confirm,
    can_reopen,
    compute_due_day,
)
from canais_app.complaints.models import (
    COMPLAINT_KIND_NAMES,
    Complaint,
    ComplaintEvent,
    ComplaintHour,
    ComplaintKindCode,
    ProtocolCounter,
)
from canais_app.complaints.queries import find_by_secret
from canais_app.complaints.schemas import Report, resolve_channel, resolve_occurred_at
from canais_app.directory.labels import channel_label
from canais_app.directory.models import Unit
from canais_app.directory.queries import load_unit_ref
from canais_app.directory.views import UnitRef
from canais_app.expediente.calendar import Location
from canais_app.expediente.queries import load_calendar
from canais_app.kit import clock, db, limits, live, text
from canais_app.kit.encryption import keyed_digest
from canais_app.outbox import service as outbox
from canais_app.outbox.messages import COMPLAINT_RECEIPT, Message
from canais_app.settings import settings

TOPIC = "complaints:all"
RATE_LIMIT = "20/hour"  # reports from one address: a shared connection of a forum stays below
REPORTER_NAME = "Quem relatou"
SECRET_GROUPS = (4, 4, 4)


@dataclass(frozen=True)
class FiledComplaint:
    """What the person takes home. The secret exists nowhere else in the clear."""

    protocol: str
    secret: str
    due_at: datetime


def reporter_fingerprint(address: str, *, now: datetime) -> str:
    """Return a name for an address that holds for one day and cannot be turned back into it."""
    return keyed_digest("reporter", clock.to_local_day(now).isoformat(), address).hex()


def file_complaint(
    session: Session, report: Report, *, now: datetime, reporter: str = ""
) -> FiledComplaint:
    """Store a report with its event, its count and its receipt: all of it or nothing.

    The same idempotency key with the same report gives the same protocol and secret again.
    `reporter` is what `reporter_mark` made of the address; it is counted, never stored.

    Raises:
        NotFoundError: no such unit.
        InvalidError: the moment or the channel cannot be.
        TooManyRequestsError: too many reports from one address.
    """
    key = _idempotency_key(report)
    if known := _find_by_idempotency_key(session, key):
        return known
    if reporter:
        limits.check_rate_limit(RATE_LIMIT, "complaint", reporter)
    unit = load_unit_ref(session, report.unit)
    moment = resolve_occurred_at(report, now=now)
    channel = resolve_channel(report, frozenset(c.kind for c in unit.channels))
    first_open = first_open_day_at(session, unit.id, unit.comarca_id)
    secret = _derive_secret(key) if key else text.generate_code(*SECRET_GROUPS)
    complaint = Complaint(
        protocol=assign_protocol(session, now=now),
        secret_hash=text.hash_token(secret),
        unit_id=unit.id,
        channel=channel,
        kind=report.kind,
        status=ComplaintStatus.RECEIVED,
        occurred_at=moment,
        created_at=now,
        due_at=end_of_day(compute_due_day(clock.to_local_day(now), first_open)),
        text=report.text,
        name=report.name,
        email=report.email,
        idempotency_key=key,
    )
    try:
        with session.begin_nested():
            session.add(complaint)
    except IntegrityError:  # the same request at the same moment, at another process
        if known := _find_by_idempotency_key(session, key):
            return known
        raise
    add_event(session, complaint, REPORTER_NAME, to=ComplaintStatus.RECEIVED, now=now)
    count_hour(session, complaint)
    _send_receipt(session, complaint, unit, secret, now=now)
    live.emit(session, TOPIC)
    return FiledComplaint(complaint.protocol, secret, complaint.due_at)


def add_reporter_message(
    session: Session, protocol: str, secret: str, message: str, *, now: datetime
) -> None:
    """Keep what the person adds to their report.

    Raises:
        NotFoundError: protocol and secret do not belong together.
    """
    complaint = find_by_secret(session, protocol, secret)
    add_event(session, complaint, REPORTER_NAME, text=message, now=now)
    live.emit(session, TOPIC)


def reopen_complaint(
    session: Session, protocol: str, secret: str, reason: str, *, now: datetime
) -> None:
    """Send an answered or closed report back to be looked at; the clock starts anew.

    Raises:
        NotFoundError: protocol and secret do not belong together.
        ConflictError: it is being looked at already.
    """
    complaint = find_by_secret(session, protocol, secret)
    if not can_reopen(ComplaintStatus(complaint.status)):
        raise IllegalTransitionError("O relato já está aberto: escreva uma mensagem.")
    first_open = first_open_day_of(session, complaint)
    complaint.due_at = end_of_day(compute_due_day(clock.to_local_day(now), first_open))
    change_status(session, complaint, REPORTER_NAME, ComplaintStatus.IN_REVIEW, reason, now=now)


def confirm_complaint_solved(
    session: Session, protocol: str, secret: str, *, now: datetime
) -> None:
    """Close an answered report because the person says that it was solved.

    Raises:
        NotFoundError: protocol and secret do not belong together.
        ConflictError: there is no answer to confirm.
    """
    complaint = find_by_secret(session, protocol, secret)
    if not can_confirm(ComplaintStatus(complaint.status)):
        raise IllegalTransitionError("Ainda não há resposta para confirmar.")
    change_status(session, complaint, REPORTER_NAME, ComplaintStatus.SOLVED, "", now=now)


def change_status(  # noqa: PLR0913 (a move is who, where to, why and when)
    session: Session,
    complaint: Complaint,
    who: str,
    to: ComplaintStatus,
    reason: str,
    *,
    now: datetime,
) -> ComplaintEvent:
    """Write a move that was found legal: the status and its event."""
    before = complaint.status
    complaint.status = to
    session.add(complaint)
    live.emit(session, TOPIC)
    return add_event(session, complaint, who, before=before, to=to, text=reason, now=now)


def add_event(  # noqa: PLR0913 (an entry has that many parts)
    session: Session,
    complaint: Complaint,
    who: str,
    *,
    before: str = "",
    to: str = "",
    text: str = "",
    public: bool = True,
    now: datetime,
) -> ComplaintEvent:
    """Write one line of the complaint's life."""
    assert complaint.id is not None  # noqa: S101 (a stored row)
    event = ComplaintEvent(
        complaint_id=complaint.id,
        at=now,
        who=who,
        from_status=before,
        to_status=to,
        text=text,
        public=public,
    )
    session.add(event)
    session.flush()
    return event


def assign_protocol(session: Session, *, now: datetime) -> str:
    """Take the next protocol of the year; one statement, so two at once get two numbers."""
    year = clock.to_local_day(now).year
    insert = db.dialect_insert(session)
    taken = (
        insert(ProtocolCounter)
        .values(year=year, last=1)
        .on_conflict_do_update(
            index_elements=["year"], set_={"last": col(ProtocolCounter.last) + 1}
        )
        .returning(col(ProtocolCounter.last))
    )
    return f"{year}-{session.connection().execute(taken).scalar_one():06d}"


def count_hour(session: Session, complaint: Complaint) -> None:
    """Add a complaint to the count of the UTC hour in which it happened."""
    hour = complaint.occurred_at.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
    counted = (
        db.dialect_insert(session)(ComplaintHour)
        .values(
            hour=hour,
            unit_id=complaint.unit_id,
            channel=complaint.channel,
            kind=str(complaint.kind),
            count=1,
        )
        .on_conflict_do_update(
            index_elements=["hour", "unit_id", "channel", "kind"],
            set_={"count": col(ComplaintHour.count) + 1},
        )
    )
    session.connection().execute(counted)


def first_open_day_at(
    session: Session, unit_id: int, comarca_id: int | None
) -> Callable[[date], date]:
    """Return the function that finds the first open day at a unit."""
    calendar, place = load_calendar(session), Location(comarca_id, unit_id)
    return lambda day: calendar.find_first_open_day(day, place)


def first_open_day_of(session: Session, complaint: Complaint) -> Callable[[date], date]:
    """Return the same for the unit a complaint is about."""
    unit = session.get_one(Unit, complaint.unit_id)
    return first_open_day_at(session, complaint.unit_id, unit.comarca_id)


def end_of_day(day: date) -> datetime:
    """Return the last minute of a day on the court's clock."""
    return clock.from_wall_clock(day, 23, 59)


def _idempotency_key(report: Report) -> str | None:
    if not report.idempotency_key:
        return None
    said = report.model_dump_json(exclude={"occurred_at"})
    return hashlib.sha256(said.encode()).hexdigest()


def _derive_secret(key: str) -> str:
    """Return the same secret for the same key: a repeated request must get its code again."""
    # The label contains the key: so were the codes made that people already have.
    digest = keyed_digest(f"complaint {key}")
    return text.derive_code(digest, *SECRET_GROUPS)


def _find_by_idempotency_key(session: Session, key: str | None) -> FiledComplaint | None:
    if key is None:
        return None
    known = session.exec(select(Complaint).where(col(Complaint.idempotency_key) == key)).first()
    return known and FiledComplaint(known.protocol, _derive_secret(key), known.due_at)


def _send_receipt(
    session: Session, complaint: Complaint, unit: UnitRef, secret: str, *, now: datetime
) -> None:
    if not complaint.email:
        return
    context = {
        "protocol": complaint.protocol,
        "secret": secret,
        "unit": unit.name,
        "channel": channel_label(complaint.channel),
        "kind": COMPLAINT_KIND_NAMES[ComplaintKindCode(complaint.kind)],
        "due_at": complaint.due_at,
        "page_url": settings().base_url + routes.TRACK,
        "sequence": 0,
    }
    thread = f"complaint:{complaint.id}"
    letter = Message(COMPLAINT_RECEIPT, thread, "reporter", complaint.email, context)
    outbox.enqueue(session, letter, now=now)

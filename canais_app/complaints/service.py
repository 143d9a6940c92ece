"""File a report, count people, and store the moves of a complaint."""

import hashlib
import secrets
from collections.abc import Mapping
from datetime import date, datetime, timedelta

from sqlalchemy import update
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, select

from canais_app import routes
from canais_app.complaints import attachments, lifecycle, rollups
from canais_app.complaints.attachments import Photo
from canais_app.complaints.kinds import COMPLAINT_KIND_NAMES, KIND_BY_CODE
from canais_app.complaints.lifecycle import ANSWER_PERIOD, ComplaintStatus
from canais_app.complaints.models import Complaint, ComplaintEvent, PersonReport
from canais_app.complaints.queries import REPORTER_NAME, find_open_case
from canais_app.complaints.schemas import Report, missing_channel_errors, moment_errors
from canais_app.complaints.views import FiledComplaint
from canais_app.directory import hooks
from canais_app.directory.channels import ChannelKind
from canais_app.directory.labels import channel_label
from canais_app.directory.models import Unit
from canais_app.directory.queries import load_unit_ref
from canais_app.directory.views import UnitRef
from canais_app.expediente.calendar import Location
from canais_app.expediente.queries import load_calendar
from canais_app.kit import clock, limits, live, text
from canais_app.kit.encryption import keyed_digest
from canais_app.kit.errors import ConflictError, InvalidError
from canais_app.outbox import service as outbox
from canais_app.outbox.messages import COMPLAINT_RECEIPT, Message
from canais_app.settings import settings
from canais_app.webhooks import service as webhooks

TOPIC = "complaints:all"
# Of one address; a forum's shared connection stays below. The second: of one unit's channel.
RATE_LIMIT, CHANNEL_RATE_LIMIT, ME_TOO_RATE_LIMIT = "20/hour", "6/hour", "60/hour"
SECRET_GROUPS = (4, 4, 4)
PRESENT = timedelta(hours=3)  # the longest time that alarms look back
MARK_LIFETIME = timedelta(hours=48)
_DRAWS = 3  # of a protocol that nothing else has


def reporter_fingerprint(address: str, *, now: datetime) -> str:
    """Return a one-way fingerprint of an address, different each day.

    A subscriber of IPv6 has a whole /64 and may take any address of it: it is one person.
    """
    day = clock.to_local_day(now).isoformat()
    return keyed_digest("reporter", day, limits.subscriber_of(address)).hex()


def file_complaint(
    session: Session,
    report: Report,
    *,
    now: datetime,
    reporter: str = "",
    photo: Photo | None = None,
) -> FiledComplaint:
    """Store a report with its event, counts, photo and receipt in one transaction.

    The same idempotency key with the same report returns the same protocol and secret.
    `reporter` is a `reporter_fingerprint`: a person counts once per unit, channel and day, at the
    time of receipt, when the failure was in the last three hours.

    Raises:
        NotFoundError: no such unit.
        InvalidError: the moment or the channel is not valid.
        ConflictError: another report was sent with this idempotency key.
        TooManyRequestsError: too many reports from one address, or of one channel from it.
    """
    key, secret = _idempotency(report)
    if known := _find_by_key(session, key, secret):
        return known
    unit = load_unit_ref(session, report.unit)
    if reporter:
        limits.check_rate_limit(RATE_LIMIT, "complaint", reporter)
        here = (reporter, str(unit.id), report.channel)
        limits.check_rate_limit(CHANNEL_RATE_LIMIT, "complaint-channel", *here)
    moment = _resolve_occurred_at(report, now=now)
    channel = _resolve_channel(session, report, unit, now=now)
    complaint = Complaint(
        protocol="",
        secret_hash=text.hash_token(secret),
        unit_id=unit.id,
        channel=channel,
        kind=report.kind,
        status=ComplaintStatus.RECEIVED,
        occurred_at=moment,
        created_at=now,
        due_at=_due_at(session, Location(unit.comarca_id, unit.id), clock.to_local_day(now)),
        text=report.text,
        name=report.name,
        email=report.email,
        idempotency_key=key,
    )
    if not _insert(session, complaint, now=now):  # the same request, in another process
        return _find_by_key(session, key, secret) or _refuse_key()
    add_event(session, complaint, REPORTER_NAME, to=ComplaintStatus.RECEIVED, now=now)
    rollups.count_complaint(session, complaint)
    if now - moment <= PRESENT:  # an earlier failure tells nothing of the channel now
        rollups.count_person(
            session,
            unit_id=unit.id,
            channel=channel,
            mark=reporter,
            now=now,
            complaint_id=complaint.id,
        )
    if photo is not None:
        attachments.store_photo(session, complaint, photo, now=now)
    context = {
        "secret": secret,
        "unit": unit.name,
        "channel": channel_label(channel),
        "kind": COMPLAINT_KIND_NAMES[report.kind],
        "due_at": complaint.due_at,
        "sequence": 0,
    }
    notify_reporter(session, complaint, COMPLAINT_RECEIPT, context, now=now)
    payload = _event_payload(complaint) | {"unit": unit.slug}
    webhooks.enqueue(session, webhooks.COMPLAINT_FILED, payload, now=now)
    live.emit(session, TOPIC)
    return FiledComplaint(complaint.protocol, secret, complaint.due_at)


def _event_payload(complaint: Complaint) -> dict[str, object]:
    """Return what other systems are told of a complaint: no words and no person."""
    return {
        "protocol": complaint.protocol,
        "channel": complaint.channel,
        "kind": complaint.kind,
        "status": complaint.status,
    }


def count_me_too(
    session: Session, slug: str, channel: str, *, now: datetime, reporter: str
) -> bool:
    """Count a person who met the same failure; return False if that person was counted today.

    Raises:
        NotFoundError: no such unit.
        InvalidError: the unit does not publish the channel.
        TooManyRequestsError: too many requests from one address.
    """
    limits.check_rate_limit(ME_TOO_RATE_LIMIT, "me-too", reporter)
    unit = load_unit_ref(session, slug)
    require_published(session, unit, channel, now=now)
    counted = rollups.count_person(
        session, unit_id=unit.id, channel=channel, mark=reporter, now=now
    )
    if counted:
        live.emit(session, TOPIC)
    return counted


def count_me_too_of_case(  # noqa: PLR0913 (a place and a person)
    session: Session, code: str, slug: str, channel: str, *, now: datetime, reporter: str
) -> bool:
    """Count a person who met a public situation or incident, named by its code.

    Unit and channel may be left out when the case has only one.

    Raises:
        NotFoundError: no such case is open, or it is not public.
        InvalidError: the case has several units or channels, and none of them is named.
    """
    members = find_open_case(session, code)
    chosen = [m for m in members if slug in ("", m.slug) and channel in ("", m.channel)]
    if len(chosen) != 1:
        errors = {} if slug else {"unit": "Diga a unidade."}
        errors |= {} if channel else {"channel": "Diga o canal."}
        if not errors:
            raise InvalidError("Esta unidade ou este canal não faz parte do caso.")
        raise InvalidError("Este caso tem mais de um lugar ou canal.", errors)
    return count_me_too(session, chosen[0].slug, chosen[0].channel, now=now, reporter=reporter)


def forget_marks(session: Session, *, now: datetime) -> int:
    """Remove the marks of people after 48 hours; return how many. Their counts stay."""
    old = col(PersonReport.received_at) < now - MARK_LIFETIME
    done = session.connection().execute(
        update(PersonReport).where(old, col(PersonReport.mark).is_not(None)).values(mark=None)
    )
    return done.rowcount


def change_status(  # noqa: PLR0913 (a move has that many parts)
    session: Session,
    complaint: Complaint,
    who: str,
    to: ComplaintStatus,
    reason: str,
    *,
    now: datetime,
    author: str = "",
    staff_id: int | None = None,
) -> ComplaintEvent:
    """Store a move that was found legal: the new status and its event."""
    before = complaint.status
    complaint.status, complaint.version = to, complaint.version + 1
    if to is ComplaintStatus.ANSWERED:
        rollups.count_answer(session, complaint, now=now)
    complaint.closed_at = now if to in lifecycle.CLOSED_STATUSES else None
    session.add(complaint)
    payload = _event_payload(complaint) | {"previous_status": before}
    webhooks.enqueue(session, webhooks.COMPLAINT_MOVED, payload, now=now)
    live.emit(session, TOPIC)
    return add_event(
        session,
        complaint,
        who,
        before=before,
        to=to,
        text=reason,
        now=now,
        author=author,
        staff_id=staff_id,
    )


def add_event(  # noqa: PLR0913 (an event has that many parts)
    session: Session,
    complaint: Complaint,
    who: str,
    *,
    before: str = "",
    to: str = "",
    text: str = "",
    public: bool = True,
    now: datetime,
    author: str = "",
    staff_id: int | None = None,
) -> ComplaintEvent:
    """Store an event of a complaint. Without `author` it is staff's, or the reporter's own."""
    assert complaint.id is not None  # noqa: S101 (a stored row)
    event = ComplaintEvent(
        complaint_id=complaint.id,
        at=now,
        who=who,
        author=author or ("reporter" if who == REPORTER_NAME else "staff"),
        staff_id=staff_id,
        from_status=before,
        to_status=to,
        text=text,
        public=public,
    )
    session.add(event)
    session.flush()
    return event


def notify_reporter(
    session: Session,
    complaint: Complaint,
    kind: str,
    context: Mapping[str, object],
    *,
    now: datetime,
) -> None:
    """Enqueue an e-mail to the reporter, if an address is known."""
    if complaint.email:
        page_url = settings().base_url + routes.TRACK
        sent = {"protocol": complaint.protocol, "page_url": page_url, **context}
        thread = f"complaint:{complaint.id}"
        outbox.enqueue(session, Message(kind, thread, "reporter", complaint.email, sent), now=now)


def compute_due_at(session: Session, complaint: Complaint, start: date) -> datetime:
    """Return the deadline for an answer: 30 days after `start`, or the next open day there.

    Days are the court's; `start` is not counted (CPC art. 224), the last day is whole.
    """
    comarca_id = session.get_one(Unit, complaint.unit_id).comarca_id
    return _due_at(session, Location(comarca_id, complaint.unit_id), start)


def resume_clock(session: Session, complaint: Complaint, *, now: datetime) -> None:
    """Clear the mark "aguardando quem relatou"; its days are added to the deadlines."""
    if complaint.waiting_since is None:
        return
    waited = clock.to_local_day(now) - clock.to_local_day(complaint.waiting_since)
    complaint.waiting_since = None
    if not waited:
        return
    comarca_id = session.get_one(Unit, complaint.unit_id).comarca_id
    place = Location(comarca_id, complaint.unit_id)
    day = clock.to_local_day(complaint.due_at) + waited
    complaint.due_at = end_of_open_day(session, place, day)
    if complaint.unit_due_at is not None:
        day = clock.to_local_day(complaint.unit_due_at) + waited
        complaint.unit_due_at = end_of_open_day(session, place, day)


def end_of_open_day(session: Session, place: Location, day: date) -> datetime:
    """Return the end of the first day from `day` on that is open at a place."""
    return clock.from_wall_clock(load_calendar(session).find_first_open_day(day, place), 23, 59)


def _due_at(session: Session, place: Location, start: date) -> datetime:
    return end_of_open_day(session, place, start + ANSWER_PERIOD)


def _resolve_occurred_at(report: Report, *, now: datetime) -> datetime:
    """Return when the failure happened; refuse the future and more than 30 days ago."""
    moment = report.occurred_at or now
    if errors := moment_errors(moment, now=now):
        raise InvalidError("Confira quando aconteceu.", errors)
    return min(moment, now)


def _resolve_channel(session: Session, report: Report, unit: UnitRef, *, now: datetime) -> str:
    """Return the failed channel; refuse a kind that does not fit it.

    A kind of one channel needs that channel to be published; one of every channel allows none,
    or a channel that the unit lacks.
    """
    if not KIND_BY_CODE[report.kind].channels:
        return report.channel
    if errors := missing_channel_errors(report.kind, report.channel):
        raise InvalidError("Falta dizer o canal.", errors)
    require_published(session, unit, report.channel, now=now)
    if not KIND_BY_CODE[report.kind].fits(report.channel):
        raise InvalidError(
            "O que aconteceu não combina com o canal.", {"kind": "Escolha o que houve nesse canal."}
        )
    return report.channel


def list_channels(session: Session, unit: UnitRef, *, now: datetime) -> list[str]:
    """Return the kinds of a unit's channels, in their order; a published agenda is one."""
    found = dict.fromkeys(channel.kind for channel in unit.channels)
    if hooks.hooks.agendas(session, [unit.id], now):
        found[ChannelKind.APPOINTMENT] = None
    return [str(ChannelKind(kind)) for kind in found]


def require_published(session: Session, unit: UnitRef, channel: str, *, now: datetime) -> None:
    """Raise `InvalidError` unless a unit publishes a channel."""
    if channel not in list_channels(session, unit, now=now):
        raise InvalidError(
            "Esta unidade não publica esse canal.", {"channel": "Escolha um canal desta unidade."}
        )


def _insert(session: Session, complaint: Complaint, *, now: datetime) -> bool:
    """Store a complaint under a new protocol; return False if its idempotency key is taken."""
    for attempt in range(1, _DRAWS + 1):
        complaint.protocol = _draw_protocol(now)
        try:
            with session.begin_nested():
                session.add(complaint)
        except IntegrityError:
            key = complaint.idempotency_key
            if key and _by_key(session, key):
                return False
            if attempt == _DRAWS:
                raise
        else:
            return True
    raise AssertionError  # the loop returns or raises


def _draw_protocol(now: datetime) -> str:
    """Return a protocol that tells neither the volume nor the neighbours: `2026-48301927`."""
    return f"{clock.to_local_day(now).year}-{secrets.randbelow(90_000_000) + 10_000_000}"


def _idempotency(report: Report) -> tuple[str | None, str]:
    """Return the stored key of a report, and its secret: the same for the same key and report."""
    if not report.idempotency_key:
        return None, text.generate_code(*SECRET_GROUPS)
    key = hashlib.sha256(report.idempotency_key.encode()).hexdigest()
    sent = report.model_dump_json(exclude={"idempotency_key"})
    digest = keyed_digest("complaint", key, hashlib.sha256(sent.encode()).hexdigest())
    return key, text.derive_code(digest, *SECRET_GROUPS)


def _by_key(session: Session, key: str) -> Complaint | None:
    return session.exec(select(Complaint).where(col(Complaint.idempotency_key) == key)).first()


def _find_by_key(session: Session, key: str | None, secret: str) -> FiledComplaint | None:
    """Return what the same request got before."""
    known = _by_key(session, key) if key else None
    if known is None:
        return None
    if not text.constant_time_equals(text.hash_token(secret), known.secret_hash):
        _refuse_key()
    return FiledComplaint(known.protocol, secret, known.due_at)


def _refuse_key() -> FiledComplaint:
    raise ConflictError("Esta chave já foi usada em outro relato: gere uma nova.")

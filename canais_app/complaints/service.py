"""File a report, write about it, confirm that it was solved, reopen it."""

import hashlib
import secrets
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Annotated, Literal

from pydantic import AfterValidator, AwareDatetime, BaseModel, BeforeValidator, StringConstraints
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, select

from canais_app import routes
from canais_app.complaints import lifecycle, rollups
from canais_app.complaints.errors import IllegalTransitionError
from canais_app.complaints.kinds import COMPLAINT_KIND_NAMES, KIND_BY_CODE, ComplaintKindCode
from canais_app.complaints.lifecycle import ANSWER_PERIOD, MAX_REPORT_AGE, ComplaintStatus
from canais_app.complaints.models import Complaint, ComplaintEvent
from canais_app.complaints.queries import REPORTER_NAME, find_by_secret
from canais_app.complaints.views import FiledComplaint
from canais_app.directory.channels import ChannelKind
from canais_app.directory.labels import channel_label
from canais_app.directory.models import Unit
from canais_app.directory.queries import load_unit_ref
from canais_app.expediente.calendar import Location
from canais_app.expediente.queries import load_calendar
from canais_app.kit import clock, contacts, limits, live, text
from canais_app.kit.encryption import keyed_digest
from canais_app.kit.errors import InvalidError
from canais_app.outbox import service as outbox
from canais_app.outbox.messages import COMPLAINT_RECEIPT, Message
from canais_app.settings import settings

TOPIC = "complaints:all"
RATE_LIMIT = "20/hour"  # reports from one address; a forum's shared connection stays below
SECRET_GROUPS = (4, 4, 4)
MAX_TEXT_LENGTH = 2000
CLOCK_TOLERANCE = timedelta(minutes=5)  # a visitor's clock may be ahead by this much


def _printable(sent: object) -> object:
    if not isinstance(sent, str):
        return sent
    return "".join(c for c in sent if c.isprintable() or c in "\n\t").strip()


def _one_line(sent: object) -> object:
    return " ".join(sent.split()) if isinstance(sent, str) else sent


def _email(address: str) -> str:
    message = "Escreva um e-mail completo, como nome@provedor.com.br."
    accept_demo = not settings().is_production
    return contacts.clean_email(address, message, accept_demo=accept_demo) if address else ""


Printable = BeforeValidator(_printable)
SingleLine = BeforeValidator(_one_line)
ReportText = Annotated[str, Printable, StringConstraints(max_length=MAX_TEXT_LENGTH)]
RequiredText = Annotated[
    str, Printable, StringConstraints(min_length=1, max_length=MAX_TEXT_LENGTH)
]
Email = Annotated[
    str, Printable, SingleLine, StringConstraints(max_length=200), AfterValidator(_email)
]


class Report(BaseModel):
    """A report as it is sent. `occurred_at` without a value means now; `unit` is a slug."""

    unit: Annotated[str, Printable, StringConstraints(min_length=1, max_length=160)]
    channel: Literal[""] | ChannelKind = ""
    kind: ComplaintKindCode
    occurred_at: AwareDatetime | None = None
    text: ReportText = ""
    name: Annotated[str, Printable, SingleLine, StringConstraints(max_length=120)] = ""
    email: Email = ""
    idempotency_key: Annotated[str, Printable, StringConstraints(max_length=100)] = ""


class ComplaintMessageForm(BaseModel):
    """A message of the reporter or of staff."""

    text: RequiredText


def reporter_fingerprint(address: str, *, now: datetime) -> str:
    """Return a one-way fingerprint of an address, different each day."""
    return keyed_digest("reporter", clock.to_local_day(now).isoformat(), address).hex()


def file_complaint(
    session: Session, report: Report, *, now: datetime, reporter: str = ""
) -> FiledComplaint:
    """Store a report with its event, hourly count and receipt in one transaction.

    The same idempotency key with the same report returns the same protocol and secret.
    `reporter` is a `reporter_fingerprint`: a person counts once per unit, channel and day.

    Raises:
        NotFoundError: no such unit.
        InvalidError: the moment or the channel is not valid.
        TooManyRequestsError: too many reports from one address.
    """
    key = _idempotency_key(report)
    if known := _find_by_idempotency_key(session, key):
        return known
    if reporter:
        limits.check_rate_limit(RATE_LIMIT, "complaint", reporter)
    unit = load_unit_ref(session, report.unit)
    moment = _resolve_occurred_at(report, now=now)
    channel = _resolve_channel(report, frozenset(c.kind for c in unit.channels))
    place = Location(unit.comarca_id, unit.id)
    secret = _derive_secret(key) if key else text.generate_code(*SECRET_GROUPS)
    complaint = Complaint(
        protocol=_draw_protocol(now),
        secret_hash=text.hash_token(secret),
        unit_id=unit.id,
        channel=channel,
        kind=report.kind,
        status=ComplaintStatus.RECEIVED,
        occurred_at=moment,
        created_at=now,
        due_at=_due_at(session, place, clock.to_local_day(now)),
        text=report.text,
        name=report.name,
        email=report.email,
        idempotency_key=key,
    )
    try:
        with session.begin_nested():
            session.add(complaint)
    except IntegrityError:  # the same request, at the same time in another process
        if known := _find_by_idempotency_key(session, key):
            return known
        raise
    add_event(session, complaint, REPORTER_NAME, to=ComplaintStatus.RECEIVED, now=now)
    rollups.count_complaint(session, complaint)
    rollups.count_person(
        session, unit_id=unit.id, channel=channel, mark=reporter, now=now, complaint_id=complaint.id
    )
    context = {
        "secret": secret,
        "unit": unit.name,
        "channel": channel_label(channel),
        "kind": COMPLAINT_KIND_NAMES[report.kind],
        "due_at": complaint.due_at,
        "sequence": 0,
    }
    notify_reporter(session, complaint, COMPLAINT_RECEIPT, context, now=now)
    live.emit(session, TOPIC)
    return FiledComplaint(complaint.protocol, secret, complaint.due_at)


def add_reporter_message(
    session: Session, protocol: str, secret: str, message: str, *, now: datetime
) -> None:
    """Add a message of the reporter.

    Raises:
        NotFoundError: protocol and secret do not belong together.
    """
    complaint = find_by_secret(session, protocol, secret)
    add_event(session, complaint, REPORTER_NAME, text=message, now=now)
    live.emit(session, TOPIC)


def reopen_complaint(
    session: Session, protocol: str, secret: str, reason: str, *, now: datetime
) -> None:
    """Return an answered or closed report to review, with a new deadline.

    Raises:
        NotFoundError: protocol and secret do not belong together.
        ConflictError: it is open already.
    """
    complaint = find_by_secret(session, protocol, secret)
    if not lifecycle.can_reopen(ComplaintStatus(complaint.status)):
        raise IllegalTransitionError("O relato já está aberto: escreva uma mensagem.")
    complaint.due_at = compute_due_at(session, complaint, clock.to_local_day(now))
    change_status(session, complaint, REPORTER_NAME, ComplaintStatus.IN_REVIEW, reason, now=now)


def confirm_complaint_solved(
    session: Session, protocol: str, secret: str, *, now: datetime
) -> None:
    """Close an answered report: its reporter confirms that it is solved.

    Raises:
        NotFoundError: protocol and secret do not belong together.
        ConflictError: there is no answer to confirm.
    """
    complaint = find_by_secret(session, protocol, secret)
    if not lifecycle.can_confirm(ComplaintStatus(complaint.status)):
        raise IllegalTransitionError("Ainda não há resposta para confirmar.")
    change_status(session, complaint, REPORTER_NAME, ComplaintStatus.SOLVED, "", now=now)


def change_status(  # noqa: PLR0913 (a move has that many parts)
    session: Session,
    complaint: Complaint,
    who: str,
    to: ComplaintStatus,
    reason: str,
    *,
    now: datetime,
) -> ComplaintEvent:
    """Store a move that was found legal: the new status and its event."""
    before = complaint.status
    complaint.status, complaint.version = to, complaint.version + 1
    if to is ComplaintStatus.ANSWERED:
        rollups.count_answer(session, complaint, now=now)
    complaint.closed_at = now if to in lifecycle.CLOSED_STATUSES else None
    session.add(complaint)
    live.emit(session, TOPIC)
    return add_event(session, complaint, who, before=before, to=to, text=reason, now=now)


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
) -> ComplaintEvent:
    """Store an event of a complaint."""
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


def _draw_protocol(now: datetime) -> str:
    """Return a protocol that tells neither the volume nor the neighbours: `2026-48301927`."""
    return f"{clock.to_local_day(now).year}-{secrets.randbelow(90_000_000) + 10_000_000}"


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


def _due_at(session: Session, place: Location, start: date) -> datetime:
    day = load_calendar(session).find_first_open_day(start + ANSWER_PERIOD, place)
    return clock.from_wall_clock(day, 23, 59)


def _resolve_occurred_at(report: Report, *, now: datetime) -> datetime:
    """Return when the failure happened; refuse the future and more than 30 days ago."""
    moment = report.occurred_at or now
    title = "Confira quando aconteceu."
    if moment > now + CLOCK_TOLERANCE:
        raise InvalidError(title, {"occurred_at": "A falha precisa já ter acontecido."})
    if moment < now - MAX_REPORT_AGE:
        error = "Relate falhas dos últimos 30 dias; as mais antigas, à Ouvidoria."
        raise InvalidError(title, {"occurred_at": error})
    return min(moment, now)


def _resolve_channel(report: Report, published: frozenset[str]) -> str:
    """Return the failed channel; refuse a kind that does not fit it.

    A kind of one channel needs that channel to be published; one of every channel allows none,
    or a channel that the unit lacks.
    """
    kind = KIND_BY_CODE[report.kind]
    if not kind.channels:
        return str(report.channel)
    if not report.channel:
        raise InvalidError("Falta dizer o canal.", {"channel": "Escolha o canal que falhou."})
    if report.channel not in published:
        raise InvalidError(
            "Esta unidade não publica esse canal.", {"channel": "Escolha um canal desta unidade."}
        )
    if not kind.fits(report.channel):
        raise InvalidError(
            "O que aconteceu não combina com o canal.", {"kind": "Escolha o que houve nesse canal."}
        )
    return str(report.channel)


def _idempotency_key(report: Report) -> str | None:
    if not report.idempotency_key:
        return None
    sent = report.model_dump_json(exclude={"occurred_at"})
    return hashlib.sha256(sent.encode()).hexdigest()


def _derive_secret(key: str) -> str:
    """Return the same secret for the same key, for repeated requests."""
    # The label contains the key, or codes that people already have would change.
    digest = keyed_digest(f"complaint {key}")
    return text.derive_code(digest, *SECRET_GROUPS)


def _find_by_idempotency_key(session: Session, key: str | None) -> FiledComplaint | None:
    if key is None:
        return None
    known = session.exec(select(Complaint).where(col(Complaint.idempotency_key) == key)).first()
    return known and FiledComplaint(known.protocol, _derive_secret(key), known.due_at)

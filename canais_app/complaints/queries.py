"""One complaint: as the person who reported follows it, and on the Corregedoria's desk."""

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import Session, col, select

from canais_app.accounts.roles import Actor, Permission, require
from canais_app.complaints import lifecycle
from canais_app.complaints.errors import WrongSecretError
from canais_app.complaints.lifecycle import CLOSED, STATUS_NAMES, Status
from canais_app.complaints.models import KIND_NAMES, Complaint, ComplaintEvent, Kind
from canais_app.complaints.views import Detail, Move, Step, Tracked
from canais_app.directory.models import Comarca, Unit
from canais_app.directory.said import channel_name
from canais_app.kit import clock, text
from canais_app.kit.errors import NotFoundError

_NO_HASH = text.token_hash("")  # compared when there is no such protocol: one time for all
_REPORTER = "Quem relatou"
_MARKS = {
    lifecycle.EXTENDED: "Prazo prorrogado por 30 dias",
    lifecycle.IDENTITY_OPENED: "Identidade aberta",
}


def find_own(session: Session, protocol: str, secret: str) -> Complaint:
    """Return the report of whoever knows its secret, in the same time whether it exists or not.

    Raises:
        NotFoundError: protocol and secret do not belong together.
    """
    given = text.token_hash(clean_secret(secret))
    row = session.exec(select(Complaint).where(col(Complaint.protocol) == protocol.strip())).first()
    matches = text.same(given, row.secret_hash if row else _NO_HASH)
    if row is None or not matches:
        raise WrongSecretError
    return row


def clean_secret(secret: str) -> str:
    """Return a code as it was given out, however it was typed: `k7qf 3m9t xw2h` too."""
    letters = "".join(c for c in secret.upper() if c.isascii() and c.isalnum())
    return "-".join(letters[i : i + 4] for i in range(0, len(letters), 4))


def by_protocol(session: Session, protocol: str, secret: str, *, now: datetime) -> Tracked:
    """Return what the person who reported may see of it.

    Raises:
        NotFoundError: protocol and secret do not belong together, in the same time as a success.
    """
    row = find_own(session, protocol, secret)
    unit, comarca = _place(session, row)
    status = Status(row.status)
    return Tracked(
        protocol=row.protocol,
        status=row.status,
        status_words=STATUS_NAMES[status],
        unit=unit.name,
        unit_slug=unit.slug,
        comarca=comarca,
        channel=row.channel,
        channel_words=channel_name(row.channel),
        kind=row.kind,
        kind_words=KIND_NAMES[Kind(row.kind)],
        text=row.text,
        occurred=text.moment_words(row.occurred_at),
        received=text.moment_words(row.created_at),
        due=text.date_words(clock.local_day(row.due_at)),
        deadline=deadline_of(row, now),
        due_at=row.due_at,
        occurred_at=row.occurred_at,
        created_at=row.created_at,
        may_reopen=lifecycle.may_reopen(status),
        may_confirm=lifecycle.may_confirm(status),
        steps=[_step(event, masked=False) for event in events_of(session, row) if event.public],
    )


def detail(session: Session, actor: Actor, protocol: str, *, now: datetime) -> Detail:
    """Return one complaint for triage, without its identity and with its texts masked.

    Raises:
        NotSignedInError, NotPermittedError: not for this actor.
        NotFoundError: no such protocol.
    """
    require(actor, Permission.TRIAGE_COMPLAINTS)
    row = by_number(session, protocol)
    unit, comarca = _place(session, row)
    status = Status(row.status)
    events = events_of(session, row)
    return Detail(
        protocol=row.protocol,
        status=row.status,
        status_words=STATUS_NAMES[status],
        unit=unit.name,
        unit_slug=unit.slug,
        comarca=comarca,
        channel=channel_name(row.channel),
        kind=KIND_NAMES[Kind(row.kind)],
        text=text.mask(row.text),
        occurred=text.moment_words(row.occurred_at),
        received=text.moment_words(row.created_at),
        due=text.date_words(clock.local_day(row.due_at)),
        deadline=deadline_of(row, now),
        late=is_late(row, now),
        identified=bool(row.name or row.email),
        extended=was_extended(events),
        moves=[Move(to, STATUS_NAMES[to]) for to in lifecycle.moves_from(status)],
        steps=[_step(event, masked=True) for event in events],
    )


def by_number(session: Session, protocol: str) -> Complaint:
    """Return a complaint by its protocol.

    Raises:
        NotFoundError: no such protocol.
    """
    row = session.exec(select(Complaint).where(col(Complaint.protocol) == protocol)).first()
    if row is None:
        raise NotFoundError("Não encontramos esta reclamação.")
    return row


def was_extended(events: Sequence[ComplaintEvent]) -> bool:
    """Whether the term was extended since the complaint was last opened anew."""
    extended = False
    for event in events:
        if event.to_status == lifecycle.EXTENDED:
            extended = True
        elif event.from_status in CLOSED and event.to_status == Status.IN_REVIEW:
            extended = False
    return extended


def events_of(session: Session, row: Complaint) -> list[ComplaintEvent]:
    """Return a complaint's life, the oldest first."""
    asked = (
        select(ComplaintEvent)
        .where(col(ComplaintEvent.complaint_id) == row.id)
        .order_by(col(ComplaintEvent.id))
    )
    return list(session.exec(asked).all())


def _place(session: Session, row: Complaint) -> tuple[Unit, str]:
    asked = (
        select(Unit, Comarca)
        .join(Comarca, col(Comarca.id) == col(Unit.comarca_id), isouter=True)
        .where(col(Unit.id) == row.unit_id)
    )
    unit, comarca = session.exec(asked).one()
    return unit, comarca.name if comarca else ""


def _step(event: ComplaintEvent, *, masked: bool) -> Step:
    mine = event.who == _REPORTER
    return Step(
        at=text.moment_words(event.at),
        title=_title(event, mine=mine),
        who=event.who,
        text=text.mask(event.text) if masked else event.text,
        mine=mine,
        public=event.public,
        moment=event.at,
    )


def _title(event: ComplaintEvent, *, mine: bool) -> str:
    if event.to_status in _MARKS:
        return _MARKS[event.to_status]
    if event.to_status:
        reopened = event.from_status in CLOSED and event.to_status == Status.IN_REVIEW
        return "Reaberta" if reopened else STATUS_NAMES[Status(event.to_status)]
    if mine:
        return "Mensagem de quem relatou"
    return "Mensagem da Corregedoria" if event.public else "Nota interna"


def deadline_of(row: Complaint, now: datetime) -> str:
    """Return how the deadline stands, in words."""
    left = (clock.local_day(row.due_at) - clock.local_day(now)).days
    return lifecycle.deadline_words(Status(row.status), left)


def is_late(row: Complaint, now: datetime) -> bool:
    """Whether an answer is overdue."""
    return row.due_at < now and row.status not in CLOSED and row.status != Status.ANSWERED

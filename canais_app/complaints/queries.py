"""Read one complaint: for its reporter, and for triage by the Corregedoria."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, select

from canais_app import routes
from canais_app.accounts.models import Staff
from canais_app.accounts.roles import Actor, Permission, require_permission
from canais_app.complaints import attachments, erasure, lifecycle
from canais_app.complaints.errors import ReportNotFoundError
from canais_app.complaints.kinds import COMPLAINT_KIND_NAMES, ComplaintKindCode
from canais_app.complaints.lifecycle import CLOSED_STATUSES, COMPLAINT_STATUS_NAMES, ComplaintStatus
from canais_app.complaints.models import Complaint, ComplaintEvent
from canais_app.complaints.situations.models import Incident, IncidentMember, Situation
from canais_app.complaints.views import (
    AllowedMove,
    CaseMember,
    ComplaintDetail,
    ComplaintStep,
    ReporterView,
)
from canais_app.directory.channels import ChannelKind
from canais_app.directory.labels import channel_label, value_label
from canais_app.directory.models import Channel, Comarca, Unit
from canais_app.kit import clock, text
from canais_app.kit.errors import NotFoundError
from canais_app.kit.forms import parse_id
from canais_app.kit.personal_data import mask_personal_data

_NO_HASH = text.hash_token("")  # compared when there is no such protocol, for equal time
REPORTER_NAME = "Quem relatou"


def find_by_secret(session: Session, protocol: str, secret: str) -> Complaint:
    """Return the report that a secret opens; the time taken does not tell whether it exists.

    Raises:
        NotFoundError: protocol and secret do not belong together.
    """
    given = text.hash_token(normalise_secret(secret))
    row = session.exec(select(Complaint).where(col(Complaint.protocol) == protocol.strip())).first()
    matches = text.constant_time_equals(given, row.secret_hash if row else _NO_HASH)
    if row is None or not matches:
        raise ReportNotFoundError
    return row


def normalise_secret(secret: str) -> str:
    """Return a typed code in its issued form: `k7qf 3m9t xw2h` → `K7QF-3M9T-XW2H`."""
    letters = "".join(c for c in secret.upper() if c.isascii() and c.isalnum())
    return "-".join(letters[i : i + 4] for i in range(0, len(letters), 4))


def load_reporter_view(
    session: Session, protocol: str, secret: str, *, now: datetime
) -> ReporterView:
    """Return what the reporter may see of a complaint.

    Raises:
        NotFoundError: protocol and secret do not belong together.
    """
    row = find_by_secret(session, protocol, secret)
    status = ComplaintStatus(row.status)
    events = [event for event in load_events(session, row) if event.public]
    wrote = any(e.author == "reporter" and erasure.is_written(e.text) for e in events)
    return ReporterView(
        **_common_fields(session, row, now),
        channel=row.channel,
        kind=row.kind,
        text=row.text,
        due_at=row.due_at,
        occurred_at=row.occurred_at,
        created_at=row.created_at,
        may_reopen=lifecycle.can_reopen(status),
        may_confirm=lifecycle.can_confirm(status),
        may_rate=lifecycle.can_rate(status, answered=row.answered_at is not None),
        may_withdraw=row.anonymised_at is None and (row.withdrawn_at is None or wrote),
        is_waiting=row.waiting_since is not None,
        is_resolved=row.is_resolved,
        is_useful=row.is_useful,
        email=row.email,
        photos=len(attachments.list_photos(session, row.id or 0)),
        steps=[_step(event, masked=False) for event in events],
    )


def load_detail(session: Session, actor: Actor, protocol: str, *, now: datetime) -> ComplaintDetail:
    """Return one complaint for triage, without its reporter and with masked texts.

    Raises:
        NotFoundError: no such protocol.
    """
    require_permission(actor, Permission.TRIAGE_COMPLAINTS)
    row = load_by_protocol(session, protocol)
    events = load_events(session, row)
    moves = lifecycle.legal_transitions(ComplaintStatus(row.status))
    original = session.get(Complaint, row.duplicate_of_id) if row.duplicate_of_id else None
    owner = session.get(Staff, row.owner_id) if row.owner_id else None
    unit = session.get_one(Unit, row.unit_id)
    total = max(1, (clock.to_local_day(row.due_at) - clock.to_local_day(row.created_at)).days)
    passed = (clock.to_local_day(now) - clock.to_local_day(row.created_at)).days
    last_read = max((e.at for e in events if e.author in ("staff", "unit")), default=row.created_at)
    return ComplaintDetail(
        **_common_fields(session, row, now),
        id=row.id or 0,
        version=row.version,
        text=mask_personal_data(row.text),
        late=is_late(row, now),
        identified=bool(row.name or row.email),
        extended=row.extended_at is not None,
        moves=[AllowedMove(to, COMPLAINT_STATUS_NAMES[to]) for to in moves],
        steps=[
            _step(
                event,
                masked=True,
                is_new=row.is_unread and event.author == "reporter" and event.at > last_read,
            )
            for event in events
        ],
        kind=row.kind,
        photo=_photo_href(session, row),
        owner_id=row.owner_id or 0,
        owner=owner.name if owner else "",
        unread=row.is_unread,
        waiting=row.waiting_since is not None,
        unit_phone=_published_phone(session, unit),
        unit_answered=text.format_datetime(row.unit_answered_at) if row.unit_answered_at else "",
        unit_code=unit.code,
        original=original.protocol if original else "",
        same=row.duplicates + 1,
        days=f"dia {min(passed, total)} de {total}" if passed <= total else f"dia {passed}",
        progress=min(100, round(100 * passed / total)),
        last_change=_last_change(events, actor),
    )


def _photo_href(session: Session, row: Complaint) -> str:
    photos = attachments.list_photos(session, row.id or 0)
    return routes.attachment(photos[0].id or 0) if photos else ""


def find_open_case(session: Session, code: str) -> Sequence[CaseMember]:
    """Return the units and channels of an open public situation or incident.

    `code` is its code (`2026-0412`) or, of an incident, its id.

    Raises:
        NotFoundError: no such case, or it is closed or not public.
    """
    incident = (
        select(Unit.slug, IncidentMember.channel)
        .join(IncidentMember, col(IncidentMember.unit_id) == col(Unit.id))
        .join(Incident, col(Incident.id) == col(IncidentMember.incident_id))
        .where(
            (col(Incident.code) == code) | (col(Incident.id) == parse_id(code)),
            col(Incident.closed_at).is_(None),
            col(Incident.is_public),
            col(IncidentMember.left_at).is_(None),
        )
    )
    in_comarca = (col(Situation.unit_id).is_(None)) & (
        col(Unit.comarca_id) == col(Situation.comarca_id)
    )
    situation = (
        select(Unit.slug, Channel.kind)
        .join(Situation, (col(Situation.unit_id) == col(Unit.id)) | in_comarca)
        .join(Channel, (col(Channel.unit_id) == col(Unit.id)) & col(Channel.retired_at).is_(None))
        .where(
            col(Situation.code) == code,
            col(Situation.closed_at).is_(None),
            col(Situation.probable_at).is_not(None),
            (col(Situation.channel) == "") | (col(Situation.channel) == col(Channel.kind)),
        )
        .distinct()
    )
    found = [*session.exec(incident), *session.exec(situation)]
    if not found:
        raise NotFoundError("Este caso não existe ou já foi encerrado.")
    return [CaseMember(slug, channel) for slug, channel in found]


def _published_phone(session: Session, unit: Unit) -> str:
    query = select(Channel.value).where(
        col(Channel.unit_id) == unit.id,
        col(Channel.kind) == ChannelKind.PHONE,
        col(Channel.retired_at).is_(None),
    )
    value = session.exec(query.order_by(col(Channel.id))).first()
    return value_label("value", value) if value else ""


def _last_change(events: Sequence[ComplaintEvent], actor: Actor) -> str:
    """Return what somebody else did last, for who has the complaint open."""
    last = events[-1] if events else None
    if last is None or (last.staff_id is not None and last.staff_id == actor.staff_id):
        return ""
    return f"{last.who}, às {text.format_hour(last.at)}: {_event_title(last).lower()}."


def load_by_protocol(session: Session, protocol: str) -> Complaint:
    """Return a complaint by its protocol.

    Raises:
        NotFoundError: no such protocol.
    """
    row = session.exec(select(Complaint).where(col(Complaint.protocol) == protocol)).first()
    if row is None:
        raise NotFoundError("Não encontramos esta reclamação.")
    return row


def load_events(session: Session, row: Complaint) -> list[ComplaintEvent]:
    """Return a complaint's events, oldest first."""
    query = (
        select(ComplaintEvent)
        .where(col(ComplaintEvent.complaint_id) == row.id)
        .order_by(col(ComplaintEvent.id))
    )
    return list(session.exec(query).all())


def _common_fields(session: Session, row: Complaint, now: datetime) -> dict[str, Any]:
    unit, comarca = session.exec(
        select(Unit, Comarca)
        .join(Comarca, col(Comarca.id) == col(Unit.comarca_id), isouter=True)
        .where(col(Unit.id) == row.unit_id)
    ).one()
    return {
        "protocol": row.protocol,
        "status": row.status,
        "status_words": COMPLAINT_STATUS_NAMES[ComplaintStatus(row.status)],
        "unit": unit.name,
        "unit_slug": unit.slug,
        "comarca": comarca.name if comarca else "",
        "channel_words": channel_label(row.channel),
        "kind_words": COMPLAINT_KIND_NAMES[ComplaintKindCode(row.kind)],
        "occurred": text.format_datetime(row.occurred_at),
        "received": text.format_datetime(row.created_at),
        "due": text.format_date(clock.to_local_day(row.due_at)),
        "deadline": format_deadline_of(row, now),
    }


def _step(event: ComplaintEvent, *, masked: bool, is_new: bool = False) -> ComplaintStep:
    return ComplaintStep(
        at=text.format_datetime(event.at),
        title=_event_title(event),
        who=event.who,
        text=mask_personal_data(event.text) if masked else event.text,
        by_reporter=event.author == "reporter",
        public=event.public,
        moment=event.at,
        author=event.author,
        kind=event.to_status,
        is_new=is_new,
    )


def _event_title(event: ComplaintEvent) -> str:
    if event.to_status in lifecycle.EVENT_TITLES:
        return lifecycle.EVENT_TITLES[event.to_status]
    if event.to_status:
        reopened = (
            event.from_status in CLOSED_STATUSES and event.to_status == ComplaintStatus.IN_REVIEW
        )
        return "Reaberta" if reopened else COMPLAINT_STATUS_NAMES[ComplaintStatus(event.to_status)]
    if event.author == "reporter":
        return "Mensagem de quem relatou"
    return "Mensagem da Corregedoria" if event.public else "Nota interna"


def format_deadline_of(row: Complaint, now: datetime) -> str:
    """Return the state of the deadline in words."""
    if row.waiting_since is not None:
        return "Prazo parado: aguarda quem relatou"
    left = (clock.to_local_day(row.due_at) - clock.to_local_day(now)).days
    return lifecycle.format_deadline(ComplaintStatus(row.status), left)


def is_late(row: Complaint, now: datetime) -> bool:
    """Whether the answer is overdue."""
    is_owed = row.status in lifecycle.PENDING_STATUSES and row.waiting_since is None
    return is_owed and row.due_at < now

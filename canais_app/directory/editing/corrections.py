"""“Informação errada? Avise”: visitors propose corrections of contacts; staff accept or refuse."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, select

from canais_app.accounts import audit
from canais_app.accounts.roles import Actor, Permission, require_permission
from canais_app.directory import labels, validation
from canais_app.directory.channels import ChannelKind, type_of
from canais_app.directory.editing import change_log, correction_review
from canais_app.directory.editing import service as editing
from canais_app.directory.editing.change_log import ChangeContext
from canais_app.directory.editing.correction_review import (
    ACCEPTED,
    CHANNEL_EXTINCT,
    OPEN,
    REFUSED,
    WRONG_VALUE,
)
from canais_app.directory.editing.schemas import CorrectionForm
from canais_app.directory.models import Channel, ContactProposal, Unit
from canais_app.kit import clock, db, limits, live
from canais_app.kit.errors import ConflictError, NotFoundError, field_error
from canais_app.kit.text import format_date

RATE_LIMIT = "10/hour"  # corrections from one network address
MAX_EMAILS = 20  # e-mail addresses stored with one correction
MAX_LISTED = 100


@dataclass(frozen=True)
class CorrectionRow:
    """A proposed correction beside the published contact."""

    id: int
    unit: str
    unit_code: str
    channel: str
    current: str
    proposed: str
    gone: bool
    note: str
    people: str
    since: str
    awaited: bool  # an author left an address and is notified


def propose_correction(
    session: Session, slug: str, draft: CorrectionForm, *, address: str, now: datetime
) -> None:
    """Store a visitor's correction; equal ones that are open are one row with a count.

    `address` is the visitor's network address: rate limited, never stored.

    Raises:
        TooManyRequestsError: too many from one address.
        NotFoundError: the unit has no such channel.
        InvalidError: the contact is invalid for this channel, or published already.
    """
    limits.check_rate_limit(RATE_LIMIT, "proposal", address)
    unit, channel = _published_channel(session, slug, draft.channel)
    value = _proposed_value(channel, draft)
    row = ContactProposal(
        unit_id=unit.id or 0,
        channel_id=draft.channel,
        wrong=draft.wrong,
        value=value,
        note=draft.note,
        emails=[draft.email] if draft.email else [],
        created_at=now,
    )
    try:
        with session.begin_nested():
            session.add(row)
    except IntegrityError:  # an equal one is open
        _merge_into_open(session, row)
    live.emit(session, change_log.CONTACTS_TOPIC)


def _published_channel(session: Session, slug: str, channel_id: int) -> tuple[Unit, Channel]:
    found = session.exec(
        select(Unit, Channel).where(
            col(Channel.unit_id) == col(Unit.id),
            col(Channel.id) == channel_id,
            col(Channel.retired_at).is_(None),
            col(Unit.slug) == slug,
            col(Unit.active),
        )
    ).first()
    if found is None:
        raise NotFoundError("Este canal não está mais publicado. Atualize a página.")
    return found


def _proposed_value(channel: Channel, draft: CorrectionForm) -> str:
    if draft.wrong == CHANNEL_EXTINCT:
        return ""
    if not draft.value:
        raise field_error("value", "Escreva o contato certo.")
    try:
        value = type_of(channel.kind).clean(draft.value)
    except ValueError as wrong:
        raise field_error("value", str(wrong)) from None
    if value == channel.value:
        raise field_error("value", "É o contato que já está publicado.")
    return value


def _merge_into_open(session: Session, row: ContactProposal) -> None:
    known = session.exec(
        select(ContactProposal)
        .where(
            col(ContactProposal.channel_id) == row.channel_id,
            col(ContactProposal.wrong) == row.wrong,
            col(ContactProposal.value) == row.value,
            col(ContactProposal.status) == OPEN,
        )
        .with_for_update()
        .execution_options(populate_existing=True)
    ).first()
    if known is None:
        raise ConflictError("A unidade acabou de responder a esta correção. Veja a página de novo.")
    known.count += 1
    known.note = known.note or row.note
    known.emails = list(dict.fromkeys([*known.emails, *row.emails]))[:MAX_EMAILS]


def list_open_corrections(session: Session, *, actor: Actor) -> list[CorrectionRow]:
    """Return the open corrections that the actor may resolve, the oldest first."""
    require_permission(actor, Permission.EDIT_DIRECTORY)
    rows = session.exec(
        select(ContactProposal, Channel, Unit)
        .join(Channel, col(Channel.id) == col(ContactProposal.channel_id))
        .join(Unit, col(Unit.id) == col(ContactProposal.unit_id))
        .where(col(ContactProposal.status) == OPEN, change_log.editable_by(actor))
        .order_by(col(ContactProposal.id))
        .limit(MAX_LISTED)
    ).all()
    return [_correction_row(*found) for found in rows]


def read_counts(session: Session, actor: Actor, _now: datetime) -> dict[str, int]:
    """Return the number of open corrections of the actor's units, for the menu of staff."""
    if not actor.can(Permission.EDIT_DIRECTORY):
        return {}
    return {"unit_work": len(list_open_corrections(session, actor=actor))}


def _correction_row(row: ContactProposal, channel: Channel, unit: Unit) -> CorrectionRow:
    return CorrectionRow(
        id=row.id or 0,
        unit=unit.name,
        unit_code=unit.code,
        channel=labels.channel_label(ChannelKind(channel.kind)),
        current=labels.value_label("value", channel.value),
        proposed=labels.value_label("value", row.value),
        gone=row.wrong == CHANNEL_EXTINCT,
        note=row.note,
        people=str(row.count),
        since=format_date(clock.to_local_day(row.created_at)),
        awaited=bool(row.emails),
    )


def accept_correction(session: Session, proposal_id: int, *, actor: Actor, now: datetime) -> str:
    """Apply a correction, which also verifies the contact; return what was done in words.

    Raises:
        NotFoundError: the correction does not exist, or its unit is not the actor's.
        ConflictError: it was resolved already.
        InvalidError: the unit has the proposed contact already.
    """
    row, channel = _lock_correction(session, proposal_id, actor)
    context = ChangeContext(actor, now)
    name = labels.channel_label(channel.kind)
    if row.wrong == WRONG_VALUE:
        editing.correct_channel(session, channel, {"value": row.value}, "aceitar correção", context)
        return f"{name} corrigido: {labels.value_label('value', row.value)}."
    editing.retire_channel_row(session, channel, "aceitar correção", context)
    return f"{name} retirado."


def refuse_correction(
    session: Session, proposal_id: int, reason: str, *, actor: Actor, now: datetime
) -> None:
    """Close a correction without applying it; its authors are sent the reason.

    Raises:
        NotFoundError: the correction does not exist, or its unit is not the actor's.
        ConflictError: it was resolved already.
        InvalidError: under `reason`, when it is missing or too long.
    """
    try:
        words = validation.validate_line(reason, 300, 3)
    except ValueError as wrong:
        raise field_error("reason", str(wrong)) from None
    row, channel = _lock_correction(session, proposal_id, actor)
    correction_review.resolve_correction(session, row, REFUSED, words, ChangeContext(actor, now))
    changes = {"proposto": labels.value_label("value", row.value), "motivo": words}
    code = session.get_one(Unit, channel.unit_id).code
    audit.record_entry(session, actor, "recusar correção", "channel", code, changes, now=now)
    live.emit(session, change_log.CONTACTS_TOPIC)


def anonymise_corrections(session: Session, *, before: datetime) -> int:
    """Delete the addresses of open corrections older than `before`; return how many had some."""
    old = session.exec(
        select(ContactProposal).where(
            col(ContactProposal.created_at) < before, col(ContactProposal.status) == OPEN
        )
    ).all()
    named = [row for row in old if row.emails]
    for row in named:
        row.emails = []
    return len(named)


def _lock_correction(
    session: Session, proposal_id: int, actor: Actor
) -> tuple[ContactProposal, Channel]:
    require_permission(actor, Permission.EDIT_DIRECTORY)
    row = db.get_or_404(session, ContactProposal, proposal_id, "Não encontramos esta correção.")
    unit = change_log.lock_unit(session, session.get_one(Unit, row.unit_id).code, actor)
    session.refresh(row)
    if row.status != OPEN:
        done = "aceita" if row.status == ACCEPTED else "recusada"
        raise ConflictError(f"Esta correção já foi {done} por {row.settled_by}.")
    return row, change_log.get_channel(session, unit, row.channel_id)

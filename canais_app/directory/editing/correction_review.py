"""Resolves visitors' corrections once, and notifies authors who left an address."""

from sqlalchemy import CursorResult, update
from sqlmodel import Session, col, select

from canais_app import routes
from canais_app.directory import labels
from canais_app.directory.editing.change_log import ChangeContext
from canais_app.directory.models import Channel, ContactProposal, Unit
from canais_app.kit.errors import ConflictError
from canais_app.outbox import service as outbox
from canais_app.outbox.messages import CORRECTION_RESOLVED, Message
from canais_app.settings import settings

OPEN, ACCEPTED, REFUSED = "aberta", "aceita", "recusada"
WRONG_VALUE, CHANNEL_EXTINCT = "valor", "extinto"
CHANNEL_RETIRED_REASON = "o canal deixou de existir"


def resolve_fulfilled(session: Session, channel: Channel, context: ChangeContext) -> None:
    """Resolve the open corrections that a change of the channel fulfils or makes void."""
    rows = session.exec(
        select(ContactProposal).where(
            col(ContactProposal.channel_id) == channel.id, col(ContactProposal.status) == OPEN
        )
    ).all()
    is_gone = channel.retired_at is not None
    for row in rows:
        if row.wrong == CHANNEL_EXTINCT if is_gone else row.value == channel.value:
            resolve_correction(session, row, ACCEPTED, "", context)
        elif is_gone:
            resolve_correction(session, row, REFUSED, CHANNEL_RETIRED_REASON, context)


def resolve_correction(
    session: Session, row: ContactProposal, status: str, reason: str, context: ChangeContext
) -> None:
    """Close a correction, notify its authors, and delete their addresses.

    Raises:
        ConflictError: it was resolved already.
    """
    session.flush()
    closed: CursorResult[tuple[()]] = session.connection().execute(
        update(ContactProposal)
        .where(col(ContactProposal.id) == row.id, col(ContactProposal.status) == OPEN)
        .values(
            status=status,
            reason=reason,
            settled_at=context.now,
            settled_by=context.actor.name,
            emails=[],
        )
    )
    if closed.rowcount == 0:
        raise ConflictError("Esta correção já foi resolvida por outra pessoa.")
    _notify_authors(session, row, status, reason, context)
    session.refresh(row)


def _notify_authors(
    session: Session, row: ContactProposal, status: str, reason: str, change: ChangeContext
) -> None:
    unit = session.get_one(Unit, row.unit_id)
    channel = session.get_one(Channel, row.channel_id)
    for number, address in enumerate(row.emails):
        context = {
            "unit": unit.name,
            "channel": labels.channel_label(channel.kind),
            "value": labels.value_label("value", row.value),
            "is_gone": row.wrong == CHANNEL_EXTINCT,
            "accepted": status == ACCEPTED,
            "reason": reason,
            "page_url": settings().base_url + routes.unit(unit.slug),
            "sequence": number,
        }
        message = Message(CORRECTION_RESOLVED, f"proposal:{row.id}", "proposer", address, context)
        outbox.enqueue(session, message, now=change.now)

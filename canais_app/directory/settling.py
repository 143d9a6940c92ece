"""Answering what visitors proposed: once, and whoever left an address is told."""

from sqlalchemy import CursorResult, update
from sqlmodel import Session, col, select

from canais_app import routes
from canais_app.directory import said
from canais_app.directory.changes import By
from canais_app.directory.models import Channel, ContactProposal, Unit
from canais_app.kit.errors import ConflictError
from canais_app.outbox import service as outbox
from canais_app.outbox.messages import CORRECTION_SETTLED, Letter
from canais_app.settings import settings

OPEN, ACCEPTED, REFUSED = "aberta", "aceita", "recusada"
OTHER_VALUE, GONE = "valor", "extinto"
CHANNEL_IS_GONE = "o canal deixou de existir"


def settle_met(session: Session, channel: Channel, by: By) -> None:
    """Answer the open proposals about a channel that a change of it has met, or made void."""
    rows = session.exec(
        select(ContactProposal).where(
            col(ContactProposal.channel_id) == channel.id, col(ContactProposal.status) == OPEN
        )
    ).all()
    is_gone = channel.retired_at is not None
    for row in rows:
        if row.wrong == GONE if is_gone else row.value == channel.value:
            settle(session, row, ACCEPTED, "", by)
        elif is_gone:
            settle(session, row, REFUSED, CHANNEL_IS_GONE, by)


def settle(session: Session, row: ContactProposal, status: str, reason: str, by: By) -> None:
    """Close a proposal, tell its authors, and forget their addresses.

    Raises:
        ConflictError: somebody settled it first.
    """
    session.flush()
    closed: CursorResult[tuple[()]] = session.connection().execute(
        update(ContactProposal)
        .where(col(ContactProposal.id) == row.id, col(ContactProposal.status) == OPEN)
        .values(
            status=status, reason=reason, settled_at=by.now, settled_by=by.actor.name, emails=[]
        )
    )
    if closed.rowcount == 0:
        raise ConflictError("Esta correção já foi resolvida por outra pessoa.")
    _tell(session, row, status, reason, by)
    session.refresh(row)


def _tell(session: Session, row: ContactProposal, status: str, reason: str, by: By) -> None:
    unit = session.get_one(Unit, row.unit_id)
    channel = session.get_one(Channel, row.channel_id)
    for number, address in enumerate(row.emails):
        context = {
            "unit": unit.name,
            "channel": said.channel_name(channel.kind),
            "value": said.value("value", row.value),
            "is_gone": row.wrong == GONE,
            "accepted": status == ACCEPTED,
            "reason": reason,
            "page_url": settings().base_url + routes.unit(unit.slug),
            "sequence": number,
        }
        letter = Letter(CORRECTION_SETTLED, f"proposal:{row.id}", "proposer", address, context)
        outbox.enqueue(session, letter, now=by.now)

"""What may happen to a contact, whoever decides it: corrected, retired, reopened, confirmed.

The callers have checked who asks and hold the unit's row (`changes.held`).
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, select

from canais_app.accounts import audit
from canais_app.accounts.roles import Actor
from canais_app.directory import changes, settling
from canais_app.directory.changes import ChangeContext
from canais_app.directory.channels import type_of
from canais_app.directory.models import Channel
from canais_app.kit.errors import InvalidError


def correct_channel(
    session: Session,
    channel: Channel,
    columns: Mapping[str, Any],
    action: str,
    context: ChangeContext,
) -> None:
    """Write a channel. A new contact is a verified one, and answers whoever proposed it.

    Raises:
        InvalidError: the unit has this contact already.
    """
    is_new = columns.get("value", channel.value) != channel.value
    if is_new:
        refuse_duplicates(
            list_channels_of_kind(session, channel.unit_id, channel.kind), columns["value"]
        )
    if changes.update(session, channel, columns, action, context) and is_new:
        channel.verified_at, channel.verified_by = context.now, context.actor.name
        settling.resolve_fulfilled(session, channel, context)


def retire_channel_row(
    session: Session, channel: Channel, action: str, context: ChangeContext
) -> None:
    """Take a channel out of use."""
    channel.retired_at = context.now
    changes.record_change(session, channel, {"retired": (False, True)}, action, context)
    settling.resolve_fulfilled(session, channel, context)


def reopen_channel(session: Session, channel: Channel, context: ChangeContext) -> None:
    """Put a channel back in use.

    Raises:
        InvalidError: the unit has the same contact in another channel by now.
    """
    refuse_duplicates(list_channels_of_kind(session, channel.unit_id, channel.kind), channel.value)
    channel.retired_at = None
    changes.record_change(session, channel, {"retired": (True, False)}, "restaurar canal", context)


def confirm_contacts(session: Session, code: str, *, actor: Actor, now: datetime) -> int:
    """Say that all contacts of a unit are right as they are. Return how many there are.

    Raises:
        NotFoundError: no such unit, or not this person's.
        ConflictError: the unit is retired.
    """
    unit = changes.lock_unit(session, code, actor)
    rows = list_channels_in_use(session, unit.id or 0)
    for row in rows:
        row.verified_at, row.verified_by = now, actor.name
    if rows:
        count = {"contatos": len(rows)}
        audit.record_entry(session, actor, "confirmar contatos", "unit", unit.code, count, now=now)
        changes.emit_unit_changed(session, unit)
    return len(rows)


def list_channels_in_use(session: Session, unit_id: int) -> list[Channel]:
    """Return a unit's channels in use, by kind and in order."""
    mine = select(Channel).where(col(Channel.unit_id) == unit_id, col(Channel.retired_at).is_(None))
    return list(session.exec(mine.order_by(col(Channel.position), col(Channel.id))))


def list_channels_to_verify(session: Session, unit_id: int) -> list[Channel]:
    """Return a unit's contacts that somebody has to check: an appointment's link is ours."""
    return [row for row in list_channels_in_use(session, unit_id) if type_of(row.kind).is_verified]


def list_channels_of_kind(session: Session, unit_id: int, kind: str) -> list[Channel]:
    """Return a unit's channels of one kind in use, in order."""
    return [row for row in list_channels_in_use(session, unit_id) if row.kind == kind]


def refuse_duplicates(rows: Sequence[Channel], value: str) -> None:
    """Refuse a contact that one of these channels has.

    Raises:
        InvalidError: under `value`.
    """
    if any(row.value == value for row in rows):
        raise InvalidError("Falta corrigir 1 campo.", {"value": "A unidade já tem este contato."})

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
from canais_app.directory.changes import By
from canais_app.directory.channels import type_of
from canais_app.directory.models import Channel
from canais_app.kit.errors import InvalidError


def correct(
    session: Session, channel: Channel, columns: Mapping[str, Any], action: str, by: By
) -> None:
    """Write a channel. A new contact is a verified one, and answers whoever proposed it.

    Raises:
        InvalidError: the unit has this contact already.
    """
    is_new = columns.get("value", channel.value) != channel.value
    if is_new:
        refuse_twins(of_kind(session, channel.unit_id, channel.kind), columns["value"])
    if changes.write(session, channel, columns, action, by) and is_new:
        channel.verified_at, channel.verified_by = by.now, by.actor.name
        settling.settle_met(session, channel, by)


def close(session: Session, channel: Channel, action: str, by: By) -> None:
    """Take a channel out of use."""
    channel.retired_at = by.now
    changes.note(session, channel, {"retired": (False, True)}, action, by)
    settling.settle_met(session, channel, by)


def reopen(session: Session, channel: Channel, by: By) -> None:
    """Put a channel back in use.

    Raises:
        InvalidError: the unit has the same contact in another channel by now.
    """
    refuse_twins(of_kind(session, channel.unit_id, channel.kind), channel.value)
    channel.retired_at = None
    changes.note(session, channel, {"retired": (True, False)}, "restaurar canal", by)


def confirm(session: Session, code: str, *, actor: Actor, now: datetime) -> int:
    """Say that all contacts of a unit are right as they are. Return how many there are.

    Raises:
        NotFoundError: no such unit, or not this person's.
        ConflictError: the unit is retired.
    """
    unit = changes.held(session, code, actor)
    rows = in_use(session, unit.id or 0)
    for row in rows:
        row.verified_at, row.verified_by = now, actor.name
    if rows:
        count = {"contatos": len(rows)}
        audit.record(session, actor, "confirmar contatos", "unit", unit.code, count, now=now)
        changes.tell(session, unit)
    return len(rows)


def in_use(session: Session, unit_id: int) -> list[Channel]:
    """Return a unit's channels in use, by kind and in order."""
    mine = select(Channel).where(col(Channel.unit_id) == unit_id, col(Channel.retired_at).is_(None))
    return list(session.exec(mine.order_by(col(Channel.position), col(Channel.id))))


def to_verify(session: Session, unit_id: int) -> list[Channel]:
    """Return a unit's contacts that somebody has to check: an appointment's link is ours."""
    return [row for row in in_use(session, unit_id) if type_of(row.kind).is_verified]


def of_kind(session: Session, unit_id: int, kind: str) -> list[Channel]:
    """Return a unit's channels of one kind in use, in order."""
    return [row for row in in_use(session, unit_id) if row.kind == kind]


def refuse_twins(rows: Sequence[Channel], value: str) -> None:
    """Refuse a contact that one of these channels has.

    Raises:
        InvalidError: under `value`.
    """
    if any(row.value == value for row in rows):
        raise InvalidError("Falta corrigir 1 campo.", {"value": "A unidade já tem este contato."})

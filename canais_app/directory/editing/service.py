"""Edits units and their channels under the unit's edit lock, and merges stale saves by field.

A form names the version it was filled from. A field that only others changed since keeps their
value; a field that both changed is refused with both values, and saving again overwrites.

Edits raise NotFoundError when the unit or channel does not exist or is not the actor's, and
ConflictError when another person edits the unit or it is retired.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, select

from canais_app.accounts import audit
from canais_app.accounts.roles import Actor
from canais_app.directory import labels, slugs
from canais_app.directory.channels import type_of
from canais_app.directory.editing import change_log, correction_review, locks
from canais_app.directory.editing.change_log import ChangeContext
from canais_app.directory.editing.schemas import BaseVersion, ChannelForm, UnitForm
from canais_app.directory.errors import Clash, StaleVersionError
from canais_app.directory.models import Channel, Unit, UnitChange
from canais_app.kit.errors import field_error


def correct_channel(
    session: Session,
    channel: Channel,
    columns: Mapping[str, Any],
    action: str,
    context: ChangeContext,
) -> None:
    """Update a channel; a new contact is verified, and resolves the corrections it fulfils.

    Raises:
        InvalidError: the unit has this contact already.
    """
    is_new = columns.get("value", channel.value) != channel.value
    if is_new:
        _refuse_duplicate(
            list_channels_of_kind(session, channel.unit_id, channel.kind), columns["value"]
        )
    if change_log.update(session, channel, columns, action, context) and is_new:
        channel.verified_at, channel.verified_by = context.now, context.actor.name
        correction_review.resolve_fulfilled(session, channel, context)


def retire_channel_row(
    session: Session, channel: Channel, action: str, context: ChangeContext
) -> None:
    """Take a channel row out of use, and resolve its open corrections."""
    channel.retired_at = context.now
    change_log.record_change(session, channel, {"retired": (False, True)}, action, context)
    correction_review.resolve_fulfilled(session, channel, context)


def reopen_channel(session: Session, channel: Channel, context: ChangeContext) -> None:
    """Put a retired channel back in use.

    Raises:
        InvalidError: another channel of the unit has the same contact.
    """
    _refuse_duplicate(list_channels_of_kind(session, channel.unit_id, channel.kind), channel.value)
    channel.retired_at = None
    change_log.record_change(
        session, channel, {"retired": (True, False)}, "restaurar canal", context
    )


def confirm_contacts(session: Session, code: str, *, actor: Actor, now: datetime) -> int:
    """Mark all contacts of a unit as verified now; return how many there are."""
    unit = change_log.lock_unit(session, code, actor)
    rows = list_channels_in_use(session, unit.id or 0)
    for row in rows:
        row.verified_at, row.verified_by = now, actor.name
    if rows:
        count = {"contatos": len(rows)}
        audit.record_entry(session, actor, "confirmar contatos", "unit", unit.code, count, now=now)
        change_log.emit_unit_changed(session, unit)
    return len(rows)


def list_channels_in_use(session: Session, unit_id: int) -> list[Channel]:
    """Return a unit's channels in use, by position."""
    query = select(Channel).where(
        col(Channel.unit_id) == unit_id, col(Channel.retired_at).is_(None)
    )
    return list(session.exec(query.order_by(col(Channel.position), col(Channel.id))))


def list_channels_to_verify(session: Session, unit_id: int) -> list[Channel]:
    """Return the channels in use whose contacts staff verify: links to the agenda are not."""
    return [row for row in list_channels_in_use(session, unit_id) if type_of(row.kind).is_verified]


def list_channels_of_kind(session: Session, unit_id: int, kind: str) -> list[Channel]:
    """Return a unit's channels of one kind in use, in order."""
    return [row for row in list_channels_in_use(session, unit_id) if row.kind == kind]


def _refuse_duplicate(rows: Sequence[Channel], value: str) -> None:
    if any(row.value == value for row in rows):
        raise field_error("value", "A unidade já tem este contato.")


def save_unit(  # noqa: PLR0913 (the change, its base version, actor and time)
    session: Session, code: str, draft: UnitForm, basis: BaseVersion, *, actor: Actor, now: datetime
) -> Unit:
    """Store a unit's fields.

    Raises:
        StaleVersionError: the same fields were changed meanwhile; nothing is stored.
    """
    unit = _lock_for_edit(session, code, actor, now)
    columns = _merge_changes(session, unit, draft.to_columns(), basis)
    by = ChangeContext(actor, now)
    if columns["name"] != unit.name:
        slugs.refuse_duplicate_name(
            session, columns["name"], unit.comarca_id, unit.parent_id, unit.id
        )
        columns |= slugs.rename_unit(session, unit, columns["name"], columns["former_names"])
    change_log.update(session, unit, columns, "editar unidade", by)
    return unit


def save_channel(  # noqa: PLR0913 (the change, its base version, actor and time)
    session: Session,
    code: str,
    channel_id: int,
    draft: ChannelForm,
    basis: BaseVersion,
    *,
    actor: Actor,
    now: datetime,
) -> Channel:
    """Store a channel's fields; a new contact is verified by the actor.

    Raises:
        StaleVersionError: the same fields were changed meanwhile; nothing is stored.
        InvalidError: the unit has this contact already.
    """
    unit = _lock_for_edit(session, code, actor, now)
    channel = change_log.get_channel(session, unit, channel_id)
    columns = _merge_changes(session, channel, draft.to_columns(), basis)
    correct_channel(session, channel, columns, "editar canal", ChangeContext(actor, now))
    return channel


def add_channel(
    session: Session, code: str, draft: ChannelForm, *, actor: Actor, now: datetime
) -> Channel:
    """Add a channel to a unit, the last of its kind.

    Raises:
        InvalidError: the unit has this contact already.
    """
    unit = _lock_for_edit(session, code, actor, now)
    assert unit.id is not None  # noqa: S101 (a stored row)
    siblings = list_channels_of_kind(session, unit.id, draft.kind)
    _refuse_duplicate(siblings, draft.value)
    channel = Channel(
        unit_id=unit.id,
        kind=draft.kind,
        position=max((row.position for row in siblings), default=-1) + 1,
        verified_at=now,
        verified_by=actor.name,
        version=0,
        **draft.to_columns(),
    )
    session.add(channel)
    session.flush()
    created = {"created": (None, channel.value)}
    change_log.record_change(session, channel, created, "criar canal", ChangeContext(actor, now))
    return channel


def retire_channel(
    session: Session, code: str, channel_id: int, *, actor: Actor, now: datetime
) -> None:
    """Take a channel out of use; its history stays."""
    unit = _lock_for_edit(session, code, actor, now)
    channel = change_log.get_channel(session, unit, channel_id)
    retire_channel_row(session, channel, "retirar canal", ChangeContext(actor, now))


def reorder_channel(  # noqa: PLR0913 (the change, actor and time)
    session: Session, code: str, channel_id: int, *, up: bool, actor: Actor, now: datetime
) -> None:
    """Swap a channel with the one before (or after) it of its kind."""
    unit = _lock_for_edit(session, code, actor, now)
    channel = change_log.get_channel(session, unit, channel_id)
    rows = list_channels_of_kind(session, channel.unit_id, channel.kind)
    at = rows.index(channel)
    other = at + (-1 if up else 1)
    if not 0 <= other < len(rows):
        return
    rows[at], rows[other] = rows[other], rows[at]
    for position, row in enumerate(rows):
        change_log.update(
            session, row, {"position": position}, "ordenar canais", ChangeContext(actor, now)
        )


def _lock_for_edit(session: Session, code: str, actor: Actor, now: datetime) -> Unit:
    unit = change_log.lock_unit(session, code, actor)
    locks.acquire_for_save(session, unit, actor=actor, now=now)
    return unit


def _merge_changes(
    session: Session, row: Unit | Channel, sent: Mapping[str, Any], basis: BaseVersion
) -> dict[str, Any]:
    """Return the fields to store, given what others changed since the base version.

    Raises:
        StaleVersionError: the author and others changed the same field.
    """
    merged, clashes = dict(sent), list[Clash]()
    if basis.version == row.version:
        return merged
    since = _changes_since(session, row, basis.version)
    for name, yours in sent.items():
        theirs = getattr(row, name)
        changed = [change for change in since if change.field == name]
        if not changed or yours == theirs:
            continue
        if yours == changed[0].before:  # the author left it alone
            merged[name] = theirs
        elif changed[-1].version > basis.seen:
            clashes.append(_make_clash(changed[-1], theirs, yours))
    if clashes:
        raise StaleVersionError(clashes, row.version)
    return merged


def _changes_since(session: Session, row: Unit | Channel, version: int) -> list[UnitChange]:
    is_of_row = (
        (col(UnitChange.unit_id) == row.id) & col(UnitChange.channel_id).is_(None)
        if isinstance(row, Unit)
        else col(UnitChange.channel_id) == row.id
    )
    query = select(UnitChange).where(is_of_row, col(UnitChange.version) > version)
    return list(session.exec(query.order_by(col(UnitChange.id))))


def _make_clash(change: UnitChange, theirs: object, yours: object) -> Clash:
    return Clash(
        change.field,
        labels.field_label(change.field),
        labels.value_label(change.field, theirs),
        labels.value_label(change.field, yours),
        change.actor,
    )

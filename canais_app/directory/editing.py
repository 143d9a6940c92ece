"""Editing units and their channels: whoever saves holds the unit's lock, and nobody's work is lost.

A form says which version it was filled from. Fields that somebody else changed since and that the
author left alone stay as they are now; a field that both changed is refused with both values, and
saving again, having seen them, is a decision.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlmodel import Session, col, select

from canais_app.accounts.roles import Actor
from canais_app.directory import changes, contacts, locks, naming, said
from canais_app.directory.changes import ChangeContext
from canais_app.directory.drafts import BaseVersion, ChannelForm, UnitForm
from canais_app.directory.errors import Clash, StaleVersionError
from canais_app.directory.models import Channel, Unit, UnitChange


def save_unit(  # noqa: PLR0913 (what, where, from which version, by whom and when)
    session: Session, code: str, draft: UnitForm, basis: BaseVersion, *, actor: Actor, now: datetime
) -> Unit:
    """Store a unit's fields.

    Raises:
        NotFoundError: no such unit, or not this person's.
        StaleError: somebody changed the same fields meanwhile; nothing is stored.
        ConflictError: somebody else is editing it, or it is retired.
    """
    unit = changes.lock_unit(session, code, actor)
    locks.acquire_for_save(session, unit, actor=actor, now=now)
    columns = _merge_changes(session, unit, draft.to_columns(), basis)
    by = ChangeContext(actor, now)
    if columns["name"] != unit.name:
        columns |= naming.rename_unit(session, unit, columns["name"], columns["former_names"])
    changes.update(session, unit, columns, "editar unidade", by)
    return unit


def save_channel(  # noqa: PLR0913 (what, where, from which version, by whom and when)
    session: Session,
    code: str,
    channel_id: int,
    draft: ChannelForm,
    basis: BaseVersion,
    *,
    actor: Actor,
    now: datetime,
) -> Channel:
    """Store a channel's fields; a contact that changed is verified by whoever changed it.

    Raises:
        NotFoundError: no such unit or channel, or not this person's.
        StaleError: somebody changed the same fields meanwhile; nothing is stored.
        ConflictError: somebody else is editing the unit.
        InvalidError: the unit has this contact already.
    """
    unit = changes.lock_unit(session, code, actor)
    locks.acquire_for_save(session, unit, actor=actor, now=now)
    channel = changes.get_channel(session, unit, channel_id)
    columns = _merge_changes(session, channel, draft.to_columns(), basis)
    contacts.correct_channel(session, channel, columns, "editar canal", ChangeContext(actor, now))
    return channel


def add_channel(
    session: Session, code: str, draft: ChannelForm, *, actor: Actor, now: datetime
) -> Channel:
    """Give a unit one more channel, the last of its kind.

    Raises:
        NotFoundError: no such unit, or not this person's.
        ConflictError: somebody else is editing the unit.
        InvalidError: the unit has this contact already.
    """
    unit = changes.lock_unit(session, code, actor)
    locks.acquire_for_save(session, unit, actor=actor, now=now)
    assert unit.id is not None  # noqa: S101 (a stored row)
    siblings = contacts.list_channels_of_kind(session, unit.id, draft.kind)
    contacts.refuse_duplicates(siblings, draft.value)
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
    changes.record_change(
        session,
        channel,
        {"created": (None, channel.value)},
        "criar canal",
        ChangeContext(actor, now),
    )
    return channel


def retire_channel(
    session: Session, code: str, channel_id: int, *, actor: Actor, now: datetime
) -> None:
    """Take a channel out of use; its history stays.

    Raises:
        NotFoundError: no such unit or channel, or not this person's.
        ConflictError: somebody else is editing the unit.
    """
    unit = changes.lock_unit(session, code, actor)
    locks.acquire_for_save(session, unit, actor=actor, now=now)
    channel = changes.get_channel(session, unit, channel_id)
    contacts.retire_channel_row(session, channel, "retirar canal", ChangeContext(actor, now))


def reorder_channel(  # noqa: PLR0913 (which, where to, by whom and when)
    session: Session, code: str, channel_id: int, *, up: bool, actor: Actor, now: datetime
) -> None:
    """Let a channel change places with the one before (or after) it of its kind.

    Raises:
        NotFoundError: no such unit or channel, or not this person's.
        ConflictError: somebody else is editing the unit.
    """
    unit = changes.lock_unit(session, code, actor)
    locks.acquire_for_save(session, unit, actor=actor, now=now)
    channel = changes.get_channel(session, unit, channel_id)
    rows = contacts.list_channels_of_kind(session, channel.unit_id, channel.kind)
    here = rows.index(channel)
    there = here + (-1 if up else 1)
    if not 0 <= there < len(rows):
        return
    rows[here], rows[there] = rows[there], rows[here]
    for position, row in enumerate(rows):
        changes.update(
            session, row, {"position": position}, "ordenar canais", ChangeContext(actor, now)
        )


def _merge_changes(
    session: Session, row: Unit | Channel, sent: Mapping[str, Any], basis: BaseVersion
) -> dict[str, Any]:
    """Return the fields as their author means them, given what others changed meanwhile.

    Raises:
        StaleError: a field that the author changed was changed by others after they last looked.
    """
    meant, clashes = dict(sent), list[Clash]()
    if basis.version == row.version:
        return meant
    since = _changes_since(session, row, basis.version)
    for name, yours in sent.items():
        theirs = getattr(row, name)
        changed = [change for change in since if change.field == name]
        if not changed or yours == theirs:
            continue
        if yours == changed[0].before:  # left as it was found
            meant[name] = theirs
        elif changed[-1].version > basis.seen:
            clashes.append(_make_clash(changed[-1], theirs, yours))
    if clashes:
        raise StaleVersionError(clashes, row.version)
    return meant


def _changes_since(session: Session, row: Unit | Channel, version: int) -> list[UnitChange]:
    mine = (
        (col(UnitChange.unit_id) == row.id) & col(UnitChange.channel_id).is_(None)
        if isinstance(row, Unit)
        else col(UnitChange.channel_id) == row.id
    )
    asked = select(UnitChange).where(mine, col(UnitChange.version) > version)
    return list(session.exec(asked.order_by(col(UnitChange.id))))


def _make_clash(change: UnitChange, theirs: object, yours: object) -> Clash:
    return Clash(
        change.field,
        said.field_label(change.field),
        said.value_label(change.field, theirs),
        said.value_label(change.field, yours),
        change.actor,
    )

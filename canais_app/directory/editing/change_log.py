"""Records changes of units and channels: history, audit entry, version and live topics.

`update` sets fields; `record_change` records another change (a move, a retirement). The caller's
transaction has locked the unit's row by `lock_unit`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session, col, false, or_, select

from canais_app.accounts import audit
from canais_app.accounts.roles import ROLES_BY_PERMISSION, Actor, Permission, require_permission
from canais_app.directory import labels
from canais_app.directory.models import Channel, RunningImport, Unit, UnitChange
from canais_app.kit import live
from canais_app.kit.errors import ConflictError, NotFoundError

FieldChange = tuple[object, object]  # before, after: as JSON holds them
PUBLIC_TOPIC = "directory:all"
CONTACTS_TOPIC = "contacts:all"
UNKNOWN_UNIT_TEXT = "Não encontramos esta unidade."


@dataclass(frozen=True)
class ChangeContext:
    """The actor and moment of a change, and the change of the history that it undoes, if any."""

    actor: Actor
    now: datetime
    undoes_id: int | None = None


def editable_by(actor: Actor):  # noqa: ANN201 (a condition on Unit)
    """Return the SQL condition for the units that the actor may edit."""
    if actor.can(Permission.SHAPE_DIRECTORY):
        return col(Unit.id).is_not(None)
    roles = ROLES_BY_PERMISSION[Permission.EDIT_DIRECTORY]
    paths = [g.unit_path for g in actor.grants if g.unit_path and g.role in roles]
    return or_(false(), *[col(Unit.path).startswith(path) for path in paths])


def lock_unit(
    session: Session, code: str, actor: Actor, permission: Permission = Permission.EDIT_DIRECTORY
) -> Unit:
    """Lock and return a unit in use until the transaction ends.

    Raises:
        AuthenticationRequiredError, PermissionDeniedError: as `require_permission`.
        NotFoundError: the unit does not exist or is not the actor's.
        ConflictError: the unit is retired.
    """
    unit = get_unit(session, code, actor, permission, lock=True)
    if not unit.active:
        raise ConflictError("Esta unidade foi extinta: restaure-a antes de editar.")
    return unit


def get_unit(
    session: Session,
    code: str,
    actor: Actor,
    permission: Permission = Permission.EDIT_DIRECTORY,
    *,
    lock: bool = False,
) -> Unit:
    """Return a unit that the actor may edit, retired or not.

    Raises:
        AuthenticationRequiredError, PermissionDeniedError: as `require_permission`.
        NotFoundError: the unit does not exist or is not the actor's.
    """
    require_permission(actor, permission)
    query = select(Unit).where(col(Unit.code) == code)
    if lock:
        refuse_during_import(session)
        query = query.with_for_update().execution_options(populate_existing=True)
    unit = session.exec(query).first()
    if unit is None:
        raise NotFoundError(UNKNOWN_UNIT_TEXT)
    require_permission(actor, permission, unit.path)
    return unit


def refuse_during_import(session: Session) -> None:
    """Keep units as they are while an import is being written in blocks.

    Raises:
        ConflictError: one is.
    """
    if session.exec(select(RunningImport.id)).first() is not None:
        raise ConflictError(
            "Um arquivo está sendo gravado no diretório. Tente de novo em um minuto; "
            "o que você digitou continua aqui."
        )


def get_channel(session: Session, unit: Unit, channel_id: int) -> Channel:
    """Return a channel in use of a locked unit.

    Raises:
        NotFoundError: the unit has no such channel.
    """
    channel = session.get(Channel, channel_id, populate_existing=True)
    if channel is None or channel.unit_id != unit.id or channel.retired_at is not None:
        raise NotFoundError("Esta unidade não tem mais este canal.")
    return channel


def update(
    session: Session,
    row: Unit | Channel,
    values: Mapping[str, object],
    action: str,
    context: ChangeContext,
) -> bool:
    """Set the fields that differ and record the change; return whether any differed."""
    changed: dict[str, FieldChange] = {
        name: (getattr(row, name), after)
        for name, after in values.items()
        if getattr(row, name) != after
    }
    for name, (_, after) in changed.items():
        setattr(row, name, after)
    if changed:
        record_change(session, row, changed, action, context)
    return bool(changed)


def record_change(
    session: Session,
    row: Unit | Channel,
    changed: Mapping[str, FieldChange],
    action: str,
    context: ChangeContext,
) -> None:
    """Record what changed in a row: history, audit entry, version, live topics."""
    unit = row if isinstance(row, Unit) else session.get_one(Unit, row.unit_id)
    assert unit.id is not None  # noqa: S101 (a stored row)
    row.version += 1
    unit.updated_at = context.now
    session.add_all(
        UnitChange(
            unit_id=unit.id,
            channel_id=None if isinstance(row, Unit) else row.id,
            field=name,
            before=before,
            after=after,
            version=row.version,
            at=context.now,
            actor=context.actor.name,
            undoes_id=context.undoes_id,
        )
        for name, (before, after) in changed.items()
    )
    words = {
        labels.field_label(name): [labels.value_label(name, value) for value in change]
        for name, change in changed.items()
    }
    if isinstance(row, Channel):
        words = {"canal": [labels.channel_label(row.kind), unit.name], **words}
    entity = "unit" if isinstance(row, Unit) else "channel"
    audit.record_entry(session, context.actor, action, entity, unit.code, words, now=context.now)
    emit_unit_changed(session, unit)


def emit_unit_changed(session: Session, unit: Unit) -> None:
    """Emit the topics of the open pages that show the unit."""
    for topic in (PUBLIC_TOPIC, CONTACTS_TOPIC, f"editor:{unit.id}"):
        live.emit(session, topic)

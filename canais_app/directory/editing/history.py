"""Lists the field changes of a unit and its channels, and undoes one of them."""

from dataclasses import dataclass
from datetime import datetime
from typing import cast

from sqlmodel import Session, col, func, select

from canais_app.accounts.roles import Actor, Permission, require_permission
from canais_app.directory import labels, slugs
from canais_app.directory.editing import change_log, locks, tree
from canais_app.directory.editing import service as editing
from canais_app.directory.editing.change_log import ChangeContext
from canais_app.directory.models import Channel, Unit, UnitChange
from canais_app.kit import db
from canais_app.kit.errors import ConflictError
from canais_app.kit.text import format_datetime

TREE_FIELDS = frozenset({"place", "retired"})  # of a unit: administrators only
DERIVED_FIELDS = frozenset({"slug", "former_names"})  # they change and are undone with the name


@dataclass(frozen=True)
class ChangeRow:
    """One change as the history shows it."""

    id: int
    at: str
    who: str
    what: str
    before: str
    after: str
    can_undo: bool
    undone: bool


@dataclass(frozen=True)
class UnitHistory:
    """The latest changes of a unit, and the number of all."""

    rows: list[ChangeRow]
    total: int


def load_history(session: Session, unit: Unit, *, limit: int) -> UnitHistory:
    """Return the latest changes of a unit and its channels. The caller checks access."""
    is_shown = (col(UnitChange.unit_id) == unit.id) & (col(UnitChange.field) != "slug")
    rows = session.exec(
        select(UnitChange).where(is_shown).order_by(col(UnitChange.id).desc()).limit(limit)
    ).all()
    total = session.exec(select(func.count()).select_from(UnitChange).where(is_shown)).one()
    undone = set(session.exec(select(UnitChange.undoes_id).where(is_shown)).all())
    ids = {row.channel_id for row in rows} - {None}
    channels = {c.id: c for c in session.exec(select(Channel).where(col(Channel.id).in_(ids)))}
    return UnitHistory([_row(row, channels.get(row.channel_id), undone) for row in rows], total)


def _row(row: UnitChange, channel: Channel | None, undone: set[int | None]) -> ChangeRow:
    name = labels.field_label(row.field)
    what = f"{labels.channel_label(channel.kind)} · {name}" if channel else name
    is_undone = row.id in undone
    return ChangeRow(
        id=row.id or 0,
        at=format_datetime(row.at),
        who=row.actor,
        what=f"{what} (desfeito)" if row.undoes_id else what,
        before=labels.value_label(row.field, row.before),
        after=labels.value_label(row.field, row.after),
        can_undo=not is_undone and row.field not in DERIVED_FIELDS and not _is_creation(row),
        undone=is_undone,
    )


def _is_creation(row: UnitChange) -> bool:
    return row.field == "created" and row.channel_id is None


def undo_change(session: Session, change_id: int, *, actor: Actor, now: datetime) -> str:
    """Undo one change by a new change; return the field and its restored value in words.

    Raises:
        NotFoundError: the change does not exist, or its unit is not the actor's.
        ConflictError: the field changed since, or this kind of change cannot be undone.
    """
    require_permission(actor, Permission.EDIT_DIRECTORY)
    change = db.get_or_404(session, UnitChange, change_id, "Não encontramos esta alteração.")
    code = session.get_one(Unit, change.unit_id).code
    context = ChangeContext(actor, now, undoes_id=change.id)
    if change.channel_id is None and change.field in TREE_FIELDS:
        require_permission(actor, Permission.SHAPE_DIRECTORY)
        tree.lock_tree(session)
    unit = change_log.get_unit(session, code, actor, lock=True)
    locks.acquire_for_save(session, unit, actor=actor, now=now)
    undo = select(UnitChange.id).where(col(UnitChange.undoes_id) == change.id)
    if session.exec(undo).first() is not None:
        raise ConflictError("Esta alteração já foi desfeita.")
    if change.channel_id is not None:
        _undo_of_channel(session, change, context)
    else:
        _undo_of_unit(session, unit, change, context)
    return f"{labels.field_label(change.field)}: {labels.value_label(change.field, change.before)}"


def _undo_of_unit(session: Session, unit: Unit, change: UnitChange, context: ChangeContext) -> None:
    if change.field == "retired":
        if unit.active == bool(change.after):
            raise _changed_since(session, change, retired=not unit.active)
        if change.before:
            raise ConflictError("Extinga a unidade de novo, dizendo quem passa a atender.")
        tree.reactivate_unit(session, unit, context)
        return
    change_log.lock_unit(session, unit.code, context.actor)
    if change.field == "place":
        if tree.describe_position(session, unit) != change.after:
            raise _changed_since(session, change)
        before = cast("dict[str, str]", change.before)
        parent = tree.load_parent(session, before["parent"])
        tree.attach_unit(session, unit, parent, before["comarca"], context)
        return
    if change.field in DERIVED_FIELDS or _is_creation(change):
        raise ConflictError("Esta alteração não se desfaz sozinha: edite o campo.")
    if getattr(unit, change.field) != change.after:
        raise _changed_since(session, change)
    values = {change.field: change.before}
    if change.field == "name":
        values = slugs.rename_unit(session, unit, cast("str", change.before), unit.former_names)
        values["former_names"] = [name for name in values["former_names"] if name != change.after]
    change_log.update(session, unit, values, "desfazer alteração", context)


def _undo_of_channel(session: Session, change: UnitChange, context: ChangeContext) -> None:
    channel = session.get_one(Channel, change.channel_id, populate_existing=True)
    is_retired = channel.retired_at is not None
    if change.field == "created":
        if is_retired:
            raise ConflictError("O canal já foi retirado.")
        editing.retire_channel_row(session, channel, "desfazer alteração", context)
    elif change.field == "retired":
        if is_retired != bool(change.after):
            raise _changed_since(session, change, retired=is_retired)
        if is_retired:
            editing.reopen_channel(session, channel, context)
        else:
            editing.retire_channel_row(session, channel, "desfazer alteração", context)
    elif is_retired:
        raise ConflictError("O canal foi retirado: restaure-o antes de desfazer.")
    elif getattr(channel, change.field) != change.after:
        raise _changed_since(session, change)
    else:
        columns = {change.field: change.before}
        editing.correct_channel(session, channel, columns, "desfazer alteração", context)


def _changed_since(
    session: Session, change: UnitChange, *, retired: bool | None = None
) -> ConflictError:
    """Return why a change cannot be undone: the current value, who set it and when."""
    last = session.exec(
        select(UnitChange)
        .where(
            col(UnitChange.unit_id) == change.unit_id,
            col(UnitChange.channel_id).is_(None)
            if change.channel_id is None
            else col(UnitChange.channel_id) == change.channel_id,
            col(UnitChange.field) == change.field,
        )
        .order_by(col(UnitChange.id).desc())
    ).first()
    name = labels.field_label(change.field)
    if last is None or last.id == change.id:
        return ConflictError(f"{name} mudou depois por fora deste histórico: edite o campo.")
    now_is = labels.value_label(change.field, last.after if retired is None else retired)
    when = format_datetime(last.at)
    return ConflictError(
        f"{name} mudou depois: hoje é {now_is} ({last.actor}, {when}). Nada foi desfeito."
    )

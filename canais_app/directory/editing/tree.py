"""Creates, moves, retires and restores units in the court's tree; for administrators only.

Writers of the tree are serialised, so that two moves at once cannot close a circle: SQLite has one
writer; on PostgreSQL they hold an advisory lock until the transaction ends.

Changes of a stored unit raise the errors of `change_log.lock_unit`.
"""

from datetime import datetime

from sqlalchemy import func, literal, update
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, select

from canais_app.accounts.roles import Actor, Permission, require_permission
from canais_app.directory import hooks, slugs
from canais_app.directory.editing import change_log, locks
from canais_app.directory.editing.change_log import ChangeContext
from canais_app.directory.editing.schemas import MoveUnitForm, NewUnitForm
from canais_app.directory.models import Comarca, Unit
from canais_app.kit.errors import ConflictError, field_error
from canais_app.kit.text import pluralise

SHAPE_PERMISSION = Permission.SHAPE_DIRECTORY
MAX_PATH_LENGTH = 200  # of `Unit.path`
MAX_UNITS_NAMED = 3
# Any number that nothing else in the portal locks.
_TREE_LOCK = 20261125


def create_unit(session: Session, form: NewUnitForm, *, actor: Actor, now: datetime) -> Unit:
    """Add a unit to the tree.

    Raises:
        InvalidError: the code is taken, or the parent or comarca is unknown.
    """
    require_permission(actor, SHAPE_PERMISSION)
    lock_tree(session)
    if session.exec(select(Unit.id).where(col(Unit.code) == form.code)).first() is not None:
        raise field_error("code", "Outra unidade já tem este código.")
    parent = load_parent(session, form.parent)
    comarca_id = parent.comarca_id if parent else _comarca_id(session, form.comarca)
    slugs.refuse_duplicate_name(session, form.name, comarca_id, parent.id if parent else None, None)
    unit = Unit(
        code=form.code,
        slug=slugs.find_free_slug(session, form.name),
        name=form.name,
        kind=form.kind,
        degree=parent.degree if parent else form.degree,
        comarca_id=comarca_id,
        parent_id=parent.id if parent else None,
        updated_at=now,
        version=0,
    )
    try:
        with session.begin_nested():
            session.add(unit)
    except IntegrityError:  # an import stored the same code or address at the same moment
        raise field_error("code", "Outra unidade acabou de ficar com este código.") from None
    unit.path = _tree_path(parent, unit)
    change_log.record_change(
        session, unit, {"created": (None, unit.name)}, "criar unidade", ChangeContext(actor, now)
    )
    return unit


def move_unit(
    session: Session, code: str, to: MoveUnitForm, *, actor: Actor, now: datetime
) -> Unit:
    """Move a unit with its subtree under another parent; comarca and degree follow.

    Raises:
        InvalidError: the parent is unknown, or is below the unit itself.
        ConflictError: another person edits the unit, or it is retired.
    """
    unit = _lock_for_edit(session, code, actor, now)
    attach_unit(
        session, unit, load_parent(session, to.parent), to.comarca, ChangeContext(actor, now)
    )
    return unit


def attach_unit(
    session: Session, unit: Unit, parent: Unit | None, comarca: str, context: ChangeContext
) -> None:
    """Write a move: the unit's parent, and the paths, comarcas and degrees of its subtree."""
    if parent is not None and parent.path.startswith(unit.path):
        raise field_error("parent", "Uma unidade não pode ficar abaixo de si mesma.")
    before = describe_position(session, unit)
    old, new = unit.path, _tree_path(parent, unit)
    _refuse_too_deep(session, old, new)
    follows = {
        "comarca_id": parent.comarca_id if parent else _comarca_id(session, comarca),
        "degree": parent.degree if parent else unit.degree,
    }
    unit.parent_id = parent.id if parent else None
    session.flush()
    session.exec(
        update(Unit)
        .where(col(Unit.path).startswith(old))
        .values(path=literal(new) + func.substr(col(Unit.path), len(old) + 1), **follows)
        .execution_options(synchronize_session=False)
    )
    session.expire_all()
    after = describe_position(session, unit)
    if before != after:
        change_log.record_change(
            session, unit, {"place": (before, after)}, "mover unidade", context
        )


def describe_position(session: Session, unit: Unit) -> dict[str, object]:
    """Return a unit's parent and comarca as the history stores them."""
    parent = session.get(Unit, unit.parent_id) if unit.parent_id else None
    comarca = session.get(Comarca, unit.comarca_id) if unit.comarca_id else None
    where = comarca.name if comarca else "sem comarca"
    return {
        "parent": parent.code if parent else "",
        "comarca": comarca.slug if comarca else "",
        "words": f"{parent.name if parent else 'raiz'} ({where})",
    }


def list_retirement_blockers(session: Session, unit: Unit, *, now: datetime) -> list[str]:
    """Return what prevents a unit from being retired, one sentence each."""
    under = session.exec(
        select(Unit.name).where(col(Unit.parent_id) == unit.id, col(Unit.active))
    ).all()
    found: list[str] = []
    if under:
        names = ", ".join(under[:MAX_UNITS_NAMED]) + ("…" if len(under) > MAX_UNITS_NAMED else "")
        count = pluralise(len(under), "unidade está", "unidades estão")
        found.append(f"{count} abaixo dela: {names}. Mova ou extinga antes.")
    return found + hooks.load_retirement_blockers(session, unit.id or 0, now)


def retire_unit(
    session: Session, code: str, successor_code: str, *, actor: Actor, now: datetime
) -> Unit:
    """Take a unit out of use; its address redirects to the successor.

    Raises:
        InvalidError: the successor is not a unit in use.
        ConflictError: another person edits it, or something prevents it; the message says what.
    """
    unit = _lock_for_edit(session, code, actor, now)
    successor = session.exec(
        select(Unit).where(col(Unit.code) == successor_code, col(Unit.active))
    ).first()
    if successor is None or successor.id == unit.id:
        raise field_error("successor", "Escolha a unidade que passa a atender.")
    blockers = list_retirement_blockers(session, unit, now=now)
    if blockers:
        raise ConflictError(" ".join(("Ainda não dá para extinguir.", *blockers)))
    unit.active, unit.retired_at, unit.successor_id = False, now, successor.id
    change_log.record_change(
        session, unit, {"retired": (False, True)}, "extinguir unidade", ChangeContext(actor, now)
    )
    return unit


def restore_unit(session: Session, code: str, *, actor: Actor, now: datetime) -> Unit:
    """Put a retired unit back in use.

    Raises:
        ConflictError: it is in use, or its parent is retired.
    """
    require_permission(actor, SHAPE_PERMISSION)
    lock_tree(session)
    unit = change_log.get_unit(session, code, actor, SHAPE_PERMISSION, lock=True)
    reactivate_unit(session, unit, ChangeContext(actor, now))
    return unit


def reactivate_unit(session: Session, unit: Unit, context: ChangeContext) -> None:
    """Write a restoration."""
    if unit.active:
        raise ConflictError("Esta unidade já está em uso.")
    parent = session.get(Unit, unit.parent_id) if unit.parent_id else None
    if parent is not None and not parent.active:
        raise ConflictError(f"Restaure antes a unidade acima dela: {parent.name}.")
    unit.active, unit.retired_at, unit.successor_id = True, None, None
    change_log.record_change(
        session, unit, {"retired": (True, False)}, "restaurar unidade", context
    )


def _lock_for_edit(session: Session, code: str, actor: Actor, now: datetime) -> Unit:
    require_permission(actor, SHAPE_PERMISSION)
    lock_tree(session)
    unit = change_log.lock_unit(session, code, actor, SHAPE_PERMISSION)
    locks.acquire_for_save(session, unit, actor=actor, now=now)
    return unit


def lock_tree(session: Session) -> None:
    """Keep other writers of the tree out until the transaction ends; expire rows already read.

    Raises:
        ConflictError: an import is being written in blocks.
    """
    change_log.refuse_during_import(session)
    if session.get_bind().dialect.name == "postgresql":
        session.exec(select(func.pg_advisory_xact_lock(_TREE_LOCK)))
    session.expire_all()


def load_parent(session: Session, code: str) -> Unit | None:
    """Return the unit in use with this code; None for an empty code: a root.

    Raises:
        InvalidError: under `parent`: no unit in use has it.
    """
    if not code:
        return None
    found = session.exec(select(Unit).where(col(Unit.code) == code, col(Unit.active))).first()
    if found is None:
        raise field_error("parent", "Escolha uma unidade em uso.")
    return found


def _comarca_id(session: Session, slug: str) -> int | None:
    if not slug:
        return None
    asked = select(Comarca.id).where(col(Comarca.slug) == slug, col(Comarca.installed))
    found = session.exec(asked).first()
    if found is None:
        raise field_error("comarca", "Escolha uma comarca da lista.")
    return found


def _tree_path(parent: Unit | None, unit: Unit) -> str:
    return f"{parent.path if parent else '/'}{unit.id}/"


def _refuse_too_deep(session: Session, old: str, new: str) -> None:
    longest = session.exec(
        select(func.max(func.length(col(Unit.path)))).where(col(Unit.path).startswith(old))
    ).one()
    if longest - len(old) + len(new) > MAX_PATH_LENGTH:
        raise field_error("parent", "A árvore ficaria funda demais ali.")

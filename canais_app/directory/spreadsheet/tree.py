"""Checks the tree of units as it would be after an import: parents, successors, consistency.

Lines may name units that come later in the file, so this runs after all are read.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields

from canais_app.directory.spreadsheet import schema
from canais_app.directory.spreadsheet.models import PlannedUnit, StoredDirectory, StoredUnit
from canais_app.directory.spreadsheet.rows import RowRefusal
from canais_app.kit.text import strip_accents

MAX_DEPTH = 12  # levels; `Unit.path` holds their ids


@dataclass(frozen=True, slots=True)
class TreeNode:
    """A unit's position and state in the tree."""

    parent: str
    comarca: str
    degree: int
    active: bool
    successor: str


def tree_after(
    units: Mapping[str, StoredUnit], planned: Iterable[PlannedUnit], refused: Iterable[str] = ()
) -> dict[str, TreeNode]:
    """Return the nodes after the import by code; refused lines have empty ones."""
    nodes = {code: TreeNode("", "", 0, active=True, successor="") for code in refused}
    nodes |= {
        code: TreeNode(unit.parent, unit.comarca, unit.degree, unit.active, unit.successor)
        for code, unit in units.items()
    }
    nodes |= {
        unit.code: TreeNode(*[unit.planned_value(field.name) for field in fields(TreeNode)])
        for unit in planned
    }
    return nodes


def find_tree_faults(
    nodes: Mapping[str, TreeNode], wanted: Sequence[PlannedUnit]
) -> Iterator[RowRefusal]:
    """Yield refusals of impossible parents, successors and retirements."""
    parents_in_use = {node.parent for node in nodes.values() if node.active}
    for line in wanted:
        node = nodes[line.code]
        is_move = "parent" in line.values or line.values.get("active", False)
        if is_move and (fault := _find_parent_fault(line.code, nodes)):
            yield RowRefusal(line.line, schema.PARENT, fault)
        if line.values.keys() & {"successor", "active"} and (
            fault := _find_successor_fault(line, nodes)
        ):
            yield RowRefusal(line.line, schema.SUCCESSOR, fault)
        if "active" in line.values and not node.active and line.code in parents_in_use:
            yield RowRefusal(line.line, schema.STATE, "Há unidades ativas abaixo desta.")
    yield from _find_inconsistent_units(nodes, {line.code: line for line in wanted})


def _find_parent_fault(code: str, nodes: Mapping[str, TreeNode]) -> str:
    node = nodes[code]
    if not node.parent:
        return ""
    if node.parent not in nodes:
        return f"A unidade «{node.parent[:40]}» não existe."
    if node.parent == code:
        return "A unidade não pode estar abaixo de si mesma."
    if node.active and not nodes[node.parent].active:
        return f"A unidade «{node.parent}» está desativada."
    above, at = {code}, node.parent
    while at in nodes:
        if at in above:
            return "As unidades formam um círculo: cada uma está abaixo da outra."
        above.add(at)
        at = nodes[at].parent
    return "" if len(above) <= MAX_DEPTH else f"São mais de {MAX_DEPTH} níveis de unidades."


def _find_successor_fault(line: PlannedUnit, nodes: Mapping[str, TreeNode]) -> str:
    node = nodes[line.code]
    if not node.successor:
        is_retired_now = line.stored is not None and line.stored.active and not node.active
        return "Diga qual unidade passa a atender." if is_retired_now else ""
    if node.active:
        return "Só uma unidade desativada tem sucessora."
    if node.successor not in nodes:
        return f"A unidade «{node.successor[:40]}» não existe."
    if not nodes[node.successor].active:
        return f"A unidade «{node.successor}» também está desativada."
    return ""


def _find_inconsistent_units(
    nodes: Mapping[str, TreeNode], wanted: Mapping[str, PlannedUnit]
) -> Iterator[RowRefusal]:
    """Yield units whose comarca or degree would differ from their parent's."""
    for column, field in ((schema.COMARCA, "comarca"), (schema.DEGREE, "degree")):
        moved = {code for code, line in wanted.items() if {field, "parent"} & line.values.keys()}
        for code, node in nodes.items():
            above = nodes.get(node.parent)
            if above is None or not {code, node.parent} & moved:
                continue
            if getattr(node, field) != getattr(above, field):
                line = wanted.get(code) or wanted[node.parent]
                reason = f"As unidades «{node.parent}» e, abaixo dela, «{code}» precisam concordar."
                yield RowRefusal(line.line, column, reason)


def find_copies(
    stored: StoredDirectory, new: Iterable[PlannedUnit], changed: Iterable[PlannedUnit]
) -> Iterator[RowRefusal]:
    """Yield a refusal for each new code of a unit that the directory has under another one.

    A spreadsheet drops the zeros of a code. Under another unit the same name is another unit.
    """
    renamed = {line.code for line in changed if "name" in line.values}
    known = {
        (strip_accents(unit.name), unit.comarca): unit
        for unit in stored.units.values()
        if unit.active and unit.code not in renamed
    }
    for line in new:
        parent = line.values["parent"]
        same = known.get((strip_accents(line.name), line.values["comarca"]))
        if same and (parent not in stored.units or parent == same.parent):
            reason = (
                f"Já existe «{same.name}», com o código {same.code}: se é a mesma unidade, use "
                "esse código; se é outra, dê outro nome."
            )
            yield RowRefusal(line.line, schema.CODE, reason)

"""The tree as it would be: who hangs under whom, and who answers for a retired unit.

Lines may name units that come later in the file, so this is asked once all are read.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields

from canais_app.directory.files import heads
from canais_app.directory.files.lines import Refusal
from canais_app.directory.files.stored import StoredUnit
from canais_app.directory.files.wanted import Wanted

DEEPEST = 12  # levels; `Unit.path` holds their ids


@dataclass(frozen=True, slots=True)
class Node:
    """Where a unit stands."""

    parent: str
    comarca: str
    degree: int
    active: bool
    successor: str


def after(
    units: Mapping[str, StoredUnit], wanted: Iterable[Wanted], refused: Iterable[str] = ()
) -> dict[str, Node]:
    """Return every unit by code as it would stand; those of refused lines stand somewhere too."""
    nodes = {code: Node("", "", 0, active=True, successor="") for code in refused}
    nodes |= {
        code: Node(unit.parent, unit.comarca, unit.degree, unit.active, unit.successor)
        for code, unit in units.items()
    }
    nodes |= {w.code: Node(*[w.now(field.name) for field in fields(Node)]) for w in wanted}
    return nodes


def check(nodes: Mapping[str, Node], wanted: Sequence[Wanted]) -> Iterator[Refusal]:
    """Yield why a line's place in the tree, or its successor, cannot be."""
    parents_in_use = {node.parent for node in nodes.values() if node.active}
    for line in wanted:
        node = nodes[line.code]
        said = _wrong_parent(line.code, nodes) if _moves(line) else ""
        if said:
            yield Refusal(line.line, heads.PARENT, said)
        said = _wrong_successor(line, nodes) if _retires(line) else ""
        if said:
            yield Refusal(line.line, heads.SUCCESSOR, said)
        if "active" in line.values and not node.active and line.code in parents_in_use:
            yield Refusal(line.line, heads.STATE, "Há unidades ativas abaixo desta.")
    yield from _strayed(nodes, {line.code: line for line in wanted})


def _moves(line: Wanted) -> bool:
    return "parent" in line.values or line.values.get("active", False)


def _retires(line: Wanted) -> bool:
    return "successor" in line.values or "active" in line.values


def _wrong_parent(code: str, nodes: Mapping[str, Node]) -> str:
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
    return "" if len(above) <= DEEPEST else f"São mais de {DEEPEST} níveis de unidades."


def _wrong_successor(line: Wanted, nodes: Mapping[str, Node]) -> str:
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


def _strayed(nodes: Mapping[str, Node], wanted: Mapping[str, Wanted]) -> Iterator[Refusal]:
    """Yield units that would be in another comarca or degree than the unit they hang under."""
    for column, field in ((heads.COMARCA, "comarca"), (heads.DEGREE, "degree")):
        moved = {code for code, line in wanted.items() if {field, "parent"} & line.values.keys()}
        for code, node in nodes.items():
            above = nodes.get(node.parent)
            if above is None or not {code, node.parent} & moved:
                continue
            if getattr(node, field) != getattr(above, field):
                line = wanted.get(code) or wanted[node.parent]
                said = f"As unidades «{node.parent}» e, abaixo dela, «{code}» precisam concordar."
                yield Refusal(line.line, column, said)

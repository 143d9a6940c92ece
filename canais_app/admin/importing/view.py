"""Views of a difference: its counts, and pages of its lists."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, TypedDict

from canais_app.directory.spreadsheet.diff import Difference
from canais_app.directory.spreadsheet.models import PlannedUnit, StoredUnit
from canais_app.directory.spreadsheet.rows import RowRefusal
from canais_app.kit.text import format_number, pluralise

PAGE_SIZE = 50
ListKind = Literal["refused", "conflicts", "changed", "new", "missing"]
LIST_KINDS: tuple[ListKind, ...] = ("refused", "conflicts", "changed", "new", "missing")
LIST_NAMES = {
    "refused": "Recusas",
    "conflicts": "Conflitos",
    "changed": "Mudadas",
    "new": "Novas",
    "missing": "Ausentes no arquivo",
    "same": "Iguais",
}


class ChangeView(TypedDict):
    """A column with its stored cell and the file's."""

    column: str
    before: str
    after: str


class ImportRowView(TypedDict):
    """A unit, or a refused line."""

    key: str
    title: str
    about: str
    changes: list[ChangeView]
    words: str


@dataclass(frozen=True)
class DifferenceView:
    """A difference without its rows."""

    counts: dict[str, str]
    headline: str
    units: int  # to write
    seen: str
    first: ListKind


def view_of_difference(difference: Difference) -> DifferenceView:
    """Return the counts, the headline and the first list to show."""
    counts = {
        "refused": difference.refusals,
        "conflicts": len(difference.conflicts),
        "changed": len(difference.changed),
        "new": len(difference.new),
        "missing": len(difference.missing),
        "same": difference.same,
    }
    return DifferenceView(
        counts={name: format_number(count) for name, count in counts.items()},
        headline=_headline(difference),
        units=0 if difference.refusals else len(difference.changed_lines()),
        seen=difference.fingerprint(),
        first=_first_list(counts),
    )


def _first_list(counts: Mapping[str, int]) -> ListKind:
    filled: list[ListKind] = [kind for kind in LIST_KINDS if counts[kind]]
    return filled[0] if filled else LIST_KINDS[0]


def _headline(found: Difference) -> str:
    if found.refusals:
        count = pluralise(found.refusals, "problema", "problemas")
        return f"Nada pode ser gravado: o arquivo tem {count}. Corrija e envie de novo."
    if found.conflicts:
        count = pluralise(len(found.conflicts), "unidade", "unidades")
        return (
            f"O que mudou em {count} depois desta exportação fica como está: veja em Conflitos. "
            "Para mudar, exporte de novo."
        )
    if not found.changed_lines():
        return "O arquivo diz o que já está no diretório: não há o que gravar."
    return "Confira antes de gravar. Tudo é gravado de uma vez, ou nada."


def page_of_list(
    difference: Difference, sort: ListKind, start: int = 0
) -> tuple[list[ImportRowView], int]:
    """Return a page of one list, and how many are left after it."""
    every: Sequence[PlannedUnit | RowRefusal | StoredUnit] = getattr(difference, sort)
    page = every[start : start + PAGE_SIZE]
    make = _conflict if sort == "conflicts" else _row
    rows = [make(item, number) for number, item in enumerate(page, start)]
    return rows, max(0, len(every) - start - PAGE_SIZE)


def _conflict(item: PlannedUnit | RowRefusal | StoredUnit, number: int) -> ImportRowView:
    """Return the cells of a unit that stay: they changed after the file was exported."""
    row = _row(item, number)
    if isinstance(item, PlannedUnit):
        row["changes"] = [
            ChangeView(column=c.column, before=c.before, after=c.after) for c in item.conflicts
        ]
    row["words"] = "Mudou depois da exportação: fica o valor riscado, e o do arquivo não é gravado."
    return row


def _row(item: PlannedUnit | RowRefusal | StoredUnit, number: int) -> ImportRowView:
    if isinstance(item, PlannedUnit):
        changes = [
            ChangeView(column=c.column, before=c.before, after=c.after)
            for c in item.changes
            if item.stored or c.column != "nome"
        ]
        about = f"{item.code} · linha {item.line}"
        return ImportRowView(key=item.code, title=item.name, about=about, changes=changes, words="")
    if isinstance(item, RowRefusal):
        about = f"coluna {item.column}" if item.column else ""
        title = f"Linha {item.line}" if item.line else "Arquivo"
        return ImportRowView(
            key=f"{number}", title=title, about=about, changes=[], words=item.reason
        )
    words = "Fica como está. Para desativar, escreva isso na situação."
    return ImportRowView(key=item.code, title=item.name, about=item.code, changes=[], words=words)

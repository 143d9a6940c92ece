"""A difference as the page shows it: counts, and one list at a time."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, TypedDict

from canais_app.directory.spreadsheet.diff import Difference
from canais_app.directory.spreadsheet.models import PlannedUnit, StoredUnit
from canais_app.directory.spreadsheet.rows import RowRefusal
from canais_app.kit.text import format_number, pluralise

PAGE_SIZE = 50
ListKind = Literal["refused", "changed", "new", "missing"]
LIST_KINDS: tuple[ListKind, ...] = ("refused", "changed", "new", "missing")
LIST_NAMES = {
    "refused": "Recusas",
    "changed": "Mudadas",
    "new": "Novas",
    "missing": "Ausentes no arquivo",
    "same": "Iguais",
}


class ChangeView(TypedDict):
    """A column, what it says now and what it would say."""

    column: str
    before: str
    after: str


class ImportRowView(TypedDict):
    """A unit, or a place of the file, and what there is to say of it."""

    key: str
    title: str
    about: str
    changes: list[ChangeView]
    words: str


@dataclass(frozen=True)
class DifferenceView:
    """What the page needs of a difference, but for the rows."""

    counts: dict[str, str]
    headline: str
    units: int  # that would be written
    seen: str
    first: ListKind


def view_of_difference(difference: Difference) -> DifferenceView:
    """Return the counts, what they come down to, and the list to begin with."""
    counts = {
        "refused": difference.refusals,
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
    for sort in LIST_KINDS:
        if counts[sort]:
            return sort
    return LIST_KINDS[0]


def _headline(found: Difference) -> str:
    if found.refusals:
        count = pluralise(found.refusals, "problema", "problemas")
        return f"Nada pode ser gravado: o arquivo tem {count}. Corrija e envie de novo."
    if not found.changed_lines():
        return "O arquivo diz o que já está no diretório: não há o que gravar."
    return "Confira antes de gravar. Tudo é gravado de uma vez, ou nada."


def page_of_list(
    difference: Difference, sort: ListKind, start: int = 0
) -> tuple[list[ImportRowView], int]:
    """Return a page of one list, and how many are left after it."""
    every: Sequence[PlannedUnit | RowRefusal | StoredUnit] = getattr(difference, sort)
    some = every[start : start + PAGE_SIZE]
    made = [_row(one, number) for number, one in enumerate(some, start)]
    return made, max(0, len(every) - start - PAGE_SIZE)


def _row(one: PlannedUnit | RowRefusal | StoredUnit, number: int) -> ImportRowView:
    if isinstance(one, PlannedUnit):
        changes = [
            ChangeView(column=c.column, before=c.before, after=c.after)
            for c in one.changes
            if one.stored or c.column != "nome"
        ]
        about = f"{one.code} · linha {one.line}"
        return ImportRowView(key=one.code, title=one.name, about=about, changes=changes, words="")
    if isinstance(one, RowRefusal):
        about = f"coluna {one.column}" if one.column else ""
        title = f"Linha {one.line}" if one.line else "Arquivo"
        return ImportRowView(
            key=f"{number}", title=title, about=about, changes=[], words=one.reason
        )
    said = "Fica como está. Para desativar, escreva isso na situação."
    return ImportRowView(key=one.code, title=one.name, about=one.code, changes=[], words=said)

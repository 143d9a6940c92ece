"""A difference as the page shows it: counts, and one list at a time."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, TypedDict

from canais_app.directory.files.difference import Difference
from canais_app.directory.files.lines import Refusal
from canais_app.directory.files.stored import StoredUnit
from canais_app.directory.files.wanted import Wanted
from canais_app.kit.text import number_words, plural

PAGE = 50
Sort = Literal["refused", "changed", "new", "missing"]
SORTS: tuple[Sort, ...] = ("refused", "changed", "new", "missing")
NAMES = {
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


class RowView(TypedDict):
    """A unit, or a place of the file, and what there is to say of it."""

    key: str
    title: str
    about: str
    changes: list[ChangeView]
    words: str


@dataclass(frozen=True)
class View:
    """What the page needs of a difference, but for the rows."""

    counts: dict[str, str]
    headline: str
    units: int  # that would be written
    seen: str
    first: Sort


def of(found: Difference) -> View:
    """Return the counts, what they come down to, and the list to begin with."""
    counts = {
        "refused": found.refusals,
        "changed": len(found.changed),
        "new": len(found.new),
        "missing": len(found.missing),
        "same": found.same,
    }
    return View(
        counts={name: number_words(count) for name, count in counts.items()},
        headline=_headline(found),
        units=0 if found.refusals else len(found.lines()),
        seen=found.fingerprint(),
        first=_first(counts),
    )


def _first(counts: Mapping[str, int]) -> Sort:
    for sort in SORTS:
        if counts[sort]:
            return sort
    return SORTS[0]


def _headline(found: Difference) -> str:
    if found.refusals:
        count = plural(found.refusals, "problema", "problemas")
        return f"Nada pode ser gravado: o arquivo tem {count}. Corrija e envie de novo."
    if not found.lines():
        return "O arquivo diz o que já está no diretório: não há o que gravar."
    return "Confira antes de gravar. Tudo é gravado de uma vez, ou nada."


def rows(found: Difference, sort: Sort, start: int = 0) -> tuple[list[RowView], int]:
    """Return a page of one list, and how many are left after it."""
    every: Sequence[Wanted | Refusal | StoredUnit] = getattr(found, sort)
    some = every[start : start + PAGE]
    made = [_row(one, number) for number, one in enumerate(some, start)]
    return made, max(0, len(every) - start - PAGE)


def _row(one: Wanted | Refusal | StoredUnit, number: int) -> RowView:
    if isinstance(one, Wanted):
        changes = [
            ChangeView(column=c.column, before=c.before, after=c.after)
            for c in one.changes
            if one.stored or c.column != "nome"
        ]
        about = f"{one.code} · linha {one.line}"
        return RowView(key=one.code, title=one.name, about=about, changes=changes, words="")
    if isinstance(one, Refusal):
        about = f"coluna {one.column}" if one.column else ""
        title = f"Linha {one.line}" if one.line else "Arquivo"
        return RowView(key=f"{number}", title=title, about=about, changes=[], words=one.reason)
    said = "Fica como está. Para desativar, escreva isso na situação."
    return RowView(key=one.code, title=one.name, about=one.code, changes=[], words=said)

"""Cells as words: harmless in a spreadsheet, nothing invisible, lists with bars between.

Readers raise ValueError with the sentence that whoever wrote the cell reads.
"""

import re
import unicodedata
from collections.abc import Callable, Sequence

from canais_app.directory import values
from canais_app.kit import text
from canais_app.kit.text import strip_accents

_INVISIBLE = ("Cc", "Cf", "Co", "Cs", "Cn", "Zl", "Zp")
_BAR = re.compile(r"\\(.)|\|")


def escape_formula(cell: str) -> str:
    """Keep a spreadsheet from running a cell: an apostrophe before it, which reading takes off."""
    return f"'{cell}" if cell.startswith("'") else text.escape_formula(cell)


def unescape_formula(cell: str) -> str:
    """Return a cell's own words."""
    if cell.startswith("'"):
        cell = cell[1:]
    elif text.escape_formula(cell) != cell:
        raise ValueError("A célula começa como uma fórmula de planilha.")
    if not cell.isprintable():
        hidden = next((c for c in cell if unicodedata.category(c) in _INVISIBLE), None)
        if hidden is not None:
            raise ValueError(f"Há um caractere invisível na célula (U+{ord(hidden):04X}).")
    return cell


def line_parser(max_length: int, min_length: int = 0) -> Callable[[str], str]:
    """Return a reader of one line of words, of that many letters."""
    return lambda cell: values.validate_line(unescape_formula(cell), max_length, min_length)


def choice_parser(what: str, options: Sequence[str]) -> Callable[[str], str]:
    """Return a reader of one of these words, whatever their case."""
    known = [option or "vazio" for option in options]

    def read(cell: str) -> str:
        said = strip_accents(unescape_formula(cell)).strip()
        if said not in options:
            raise ValueError(f"{what} precisa ser {', '.join(known[:-1])} ou {known[-1]}.")
        return said

    return read


def format_list(names: Sequence[str]) -> str:
    r"""Return names with bars between them; a bar within a name is written `\|`."""
    return " | ".join(re.sub(r"([\\|])", r"\\\1", name) for name in names)


def parse_list(cell: str) -> list[str]:
    """Return names without repeats, in the order given."""
    words, parts, at = unescape_formula(cell), [""], 0
    for found in _BAR.finditer(words):
        parts[-1] += words[at : found.start()] + (found[1] or "")
        at = found.end()
        if not found[1]:
            parts.append("")
    parts[-1] += words[at:]
    return values.validate_names(parts, 120)

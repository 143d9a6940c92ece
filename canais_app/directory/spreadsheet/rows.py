"""What every kind of file comes down to: numbered lines of named cells, and refusals.

The readers of CSV and XLSX yield `Raw` lines; `named` checks the head once and names the cells.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from canais_app.directory.spreadsheet import schema
from canais_app.kit.text import format_number

MAX_FILE_BYTES = 64 * 1024 * 1024
MAX_FILE_LINES = 100_000
MAX_RECORD_LENGTH = 64 * 1024  # of one line
ReportProgress = Callable[
    [str, int, int], None
]  # what is being done, how many, of how many (0: not known)


def no_progress(_doing: str, _done: int, _total: int) -> None:
    """Tell nobody."""


@dataclass(frozen=True, slots=True)
class RowRefusal:
    """Why a place of the file cannot be accepted; a line of 0 is the file itself."""

    line: int
    column: str
    reason: str

    @property
    def location(self) -> str:
        """Say where, e.g. `linha 12, coluna telefone`."""
        if not self.line:
            return "arquivo"
        return f"linha {self.line}" + (f", coluna {self.column}" if self.column else "")


class UnreadableFileError(Exception):
    """The file cannot be read any further."""

    def __init__(self, *refusals: RowRefusal) -> None:
        super().__init__(refusals[0].reason)
        self.refusals = refusals


@dataclass(frozen=True, slots=True)
class RawRow:
    """A line as the file has it; `wrong` says of a cell's index why it is no text."""

    number: int
    cells: Sequence[str]
    wrong: dict[int, str] = field(default_factory=dict[int, str])

    @property
    def is_blank(self) -> bool:
        """Whether nothing is written in it."""
        return not self.wrong and not any(cell.strip() for cell in self.cells)


@dataclass(frozen=True, slots=True)
class NamedRow:
    """A line by the names of its columns; empty cells are left out."""

    number: int
    cells: dict[str, str]
    refusals: tuple[RowRefusal, ...] = ()


def abort(line: int, reason: str, column: str = "") -> UnreadableFileError:
    """Return the refusal that ends the reading."""
    return UnreadableFileError(RowRefusal(line, column, reason))


def name_cells(raws: Iterator[RawRow]) -> tuple[list[str], Iterator[NamedRow]]:
    """Return the columns of the first line, and the other lines by them; blank ones are skipped.

    Raises:
        UnreadableError: nothing in the file, a wrong head, or too many lines.
    """
    first = next((raw for raw in raws if not raw.is_blank), None)
    if first is None:
        raise abort(1, "O arquivo está vazio.")
    columns, wrong = schema.check_header(first.cells)
    if first.wrong or wrong:
        wrong += [(columns[at], said) for at, said in first.wrong.items()]
        raise UnreadableFileError(*(RowRefusal(first.number, name, said) for name, said in wrong))
    return columns, _named_rows(raws, columns)


def _named_rows(raws: Iterator[RawRow], columns: Sequence[str]) -> Iterator[NamedRow]:
    for raw in raws:
        if raw.number > MAX_FILE_LINES + 1:
            raise abort(raw.number, f"O arquivo passa de {format_number(MAX_FILE_LINES)} linhas.")
        if not raw.is_blank:
            yield _named_row(raw, columns)


def _named_row(raw: RawRow, columns: Sequence[str]) -> NamedRow:
    refusals = [
        RowRefusal(raw.number, columns[at], said)
        for at, said in raw.wrong.items()
        if at < len(columns) and not _is_number(columns[at], raw.cells[at])
    ]
    if len(raw.cells) != len(columns):
        said = f"A linha tem {len(raw.cells)} colunas; a primeira tem {len(columns)}."
        refusals.append(RowRefusal(raw.number, "", said))
    cells = {name: cell for name, cell in zip(columns, raw.cells, strict=False) if cell}
    return NamedRow(raw.number, cells, tuple(refusals))


def _is_number(column: str, cell: str) -> bool:
    """Whether a cell that is no text is a number where one is meant."""
    return column in schema.NUMBER_COLUMNS and cell.isdigit()

"""Numbered rows of named cells, and refusals: the same for CSV and XLSX.

The readers yield `RawRow`s; `name_cells` checks the header and names the cells.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field

from canais_app.directory.spreadsheet import schema
from canais_app.kit.text import format_number

MAX_FILE_BYTES = 64 * 1024 * 1024
MAX_FILE_LINES = 100_000
MAX_RECORD_LENGTH = 64 * 1024  # of one line
# (activity, done, total or 0 for unknown)
ReportProgress = Callable[[str, int, int], None]


def no_progress(_doing: str, _done: int, _total: int) -> None:
    """Report nothing."""


@dataclass(frozen=True, slots=True)
class RowRefusal:
    """Why a cell or line cannot be accepted; line 0 is the file itself."""

    line: int
    column: str
    reason: str

    @property
    def location(self) -> str:
        """Return the place, e.g. `linha 12, coluna telefone`."""
        if not self.line:
            return "arquivo"
        return f"linha {self.line}" + (f", coluna {self.column}" if self.column else "")


class UnreadableFileError(Exception):
    """The rest of the file cannot be read."""

    def __init__(self, *refusals: RowRefusal) -> None:
        super().__init__(refusals[0].reason)
        self.refusals = refusals


@dataclass(frozen=True, slots=True)
class RawRow:
    """A row of the file; `wrong` has the reason for each cell index that is not text."""

    number: int
    cells: Sequence[str]
    wrong: dict[int, str] = field(default_factory=dict[int, str])

    @property
    def is_blank(self) -> bool:
        """Whether all its cells are empty."""
        return not self.wrong and not any(cell.strip() for cell in self.cells)


@dataclass(frozen=True, slots=True)
class NamedRow:
    """A row's non-empty cells by column."""

    number: int
    cells: dict[str, str]
    refusals: tuple[RowRefusal, ...] = ()


def abort(line: int, reason: str, column: str = "") -> UnreadableFileError:
    """Return the error that ends the reading."""
    return UnreadableFileError(RowRefusal(line, column, reason))


def name_cells(raws: Iterator[RawRow]) -> tuple[list[str], Iterator[NamedRow]]:
    """Return the columns of the header, and the other rows by column, without blank ones.

    Raises:
        UnreadableFileError: the file is empty, its header is wrong, or it has too many lines.
    """
    first = next((raw for raw in raws if not raw.is_blank), None)
    if first is None:
        raise abort(1, "O arquivo está vazio.")
    columns, wrong = schema.check_header(first.cells)
    if first.wrong or wrong:
        wrong += [(columns[at], reason) for at, reason in first.wrong.items()]
        raise UnreadableFileError(*(RowRefusal(first.number, *pair) for pair in wrong))
    return columns, _named_rows(raws, columns)


def _named_rows(raws: Iterator[RawRow], columns: Sequence[str]) -> Iterator[NamedRow]:
    for raw in raws:
        if raw.number > MAX_FILE_LINES + 1:
            raise abort(raw.number, f"O arquivo passa de {format_number(MAX_FILE_LINES)} linhas.")
        if not raw.is_blank:
            yield _named_row(raw, columns)


def _named_row(raw: RawRow, columns: Sequence[str]) -> NamedRow:
    refusals = [
        RowRefusal(raw.number, columns[at], reason)
        for at, reason in raw.wrong.items()
        if at < len(columns) and not _is_number(columns[at], raw.cells[at])
    ]
    if len(raw.cells) != len(columns):
        reason = f"A linha tem {len(raw.cells)} colunas; a primeira tem {len(columns)}."
        refusals.append(RowRefusal(raw.number, "", reason))
    cells = {name: cell for name, cell in zip(columns, raw.cells, strict=False) if cell}
    return NamedRow(raw.number, cells, tuple(refusals))


def _is_number(column: str, cell: str) -> bool:
    return column in schema.NUMBER_COLUMNS and cell.isdigit()

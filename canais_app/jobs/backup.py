"""Back up the whole database to one file and restore it, between SQLite and PostgreSQL.

The file is gzip over JSON lines: a header (format, migration version, tables with their columns),
per table a line with its name, its rows, and a line with their count and checksum; then a closing
line. Tables come from the database, not from the models, so that none can be forgotten. Values
are the same text in both dialects: moments are UTC.
"""

import gzip
import json
import os
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from decimal import Decimal
from hashlib import sha256
from itertools import islice
from pathlib import Path
from typing import IO, Any

from alembic.runtime.migration import MigrationContext
from sqlalchemy import (
    JSON,
    Column,
    Connection,
    DateTime,
    MetaData,
    Table,
    insert,
    inspect,
    select,
    text,
)
from sqlalchemy.exc import DataError, IntegrityError
from sqlmodel import Session

from canais_app.kit import db
from canais_app.kit.errors import ConflictError, InvalidError
from canais_app.settings import settings

FORMAT = "canais-backup-2"
FORMAT_WITHOUT_AGENDAS = "canais-backup-1"
EXCLUDED = {
    "alembic_version": "the header has the version; `canais migrate` writes the row",
    "live_change": "messages between running processes, pruned after ten minutes",
}
# SQLite's index of words and its parts: triggers fill it while complaints are restored.
WORD_INDEX = "complaint_text"
# Triggers write these while other tables are filled; they are filled last and overwritten.
WRITTEN_BY_TRIGGERS = {"calendar_version", "rules_version"}
REFUSED_ROWS = "O banco recusou linhas da cópia. Nada foi gravado."
BATCH_ROWS = 1000  # rows in memory at a time
_TAGS: dict[str, Callable[[str], object]] = {
    "datetime": datetime.fromisoformat,
    "date": date.fromisoformat,
    "time": time.fromisoformat,
    "decimal": Decimal,
    "bytes": bytes.fromhex,
}
Row = dict[str, Any]


@dataclass(frozen=True)
class BackupSummary:
    """How many tables and rows were copied."""

    tables: int
    rows: int


@dataclass
class Tally:
    """Count and checksum of a table's rows, independent of their order."""

    rows: int = 0
    total: int = 0

    def add(self, line: str) -> None:
        """Add one row, given as its line in the file."""
        digest = sha256(line.strip().encode()).digest()
        self.rows, self.total = self.rows + 1, (self.total + int.from_bytes(digest)) % 2**256

    def summary(self) -> Row:
        """Return the line that closes a table in the file."""
        return {"rows": self.rows, "checksum": f"{self.total:064x}"}


@dataclass
class Section:
    """A table in the file; `rows` yields its lines once and verifies count and checksum."""

    name: str
    file: IO[str]
    tally: Tally = field(default_factory=Tally)

    def rows(self) -> Iterator[str]:
        """Yield the rows' lines.

        Raises:
            ValueError: count or checksum differ.
        """
        for line in self.file:
            if line.startswith("["):
                self.tally.add(line)
                yield line
            elif json.loads(line) == self.tally.summary():
                return
            else:
                break
        raise ValueError(self.name)


def list_tables(connection: Connection) -> list[Table]:
    """Return every table of the database but the excluded ones, columns in alphabetical order."""
    found, metadata = inspect(connection), MetaData()
    names = sorted(set(found.get_table_names()) - EXCLUDED.keys())
    names = [name for name in names if not name.startswith(WORD_INDEX)]
    return [
        Table(
            name,
            metadata,
            *(_column(column) for column in sorted(found.get_columns(name), key=_name)),
        )
        for name in sorted(names, key=WRITTEN_BY_TRIGGERS.__contains__)
    ]


def _name(reflected: Any) -> str:  # noqa: ANN401 (SQLAlchemy's description of a column)
    return str(reflected["name"])


def _column(reflected: Any) -> Column[Any]:  # noqa: ANN401 (SQLAlchemy's description of a column)
    kind = reflected["type"]
    if isinstance(kind, JSON):  # a missing value is NULL, not JSON's null, where NULL is allowed
        kind = JSON(none_as_null=reflected["nullable"])
    return Column(reflected["name"], kind)


def write_backup(path: Path, *, now: datetime) -> BackupSummary:
    """Write the backup beside `path` and move it there when complete, readable by its owner only.

    It is one snapshot, without transactions committed meanwhile.
    """
    options: Row = {"reads": True}
    if not settings().is_sqlite:
        options["isolation_level"] = "REPEATABLE READ"
    part = path.with_name(path.name + ".part")
    with db.get_engine().connect().execution_options(**options) as connection:
        descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        try:
            with os.fdopen(descriptor, "wb") as raw, gzip.open(raw, "wt", encoding="utf-8") as file:
                done = _write(connection, file, now)
            part.replace(path)
        finally:
            part.unlink(missing_ok=True)
    return done


def _write(connection: Connection, file: IO[str], now: datetime) -> BackupSummary:
    found, rows = list_tables(connection), 0
    head = {
        "format": FORMAT,
        "revision": _revision(connection),
        "made_at": now.isoformat(),
        "tables": _columns(found),
    }
    file.write(json.dumps(head) + "\n")
    for table in found:
        tally = Tally()
        file.write(json.dumps({"table": table.name}) + "\n")
        for line in _lines(connection, table):
            tally.add(line)
            file.write(line + "\n")
        file.write(json.dumps(tally.summary()) + "\n")
        rows += tally.rows
    file.write(json.dumps({"complete": True}) + "\n")
    return BackupSummary(len(found), rows)


def _revision(connection: Connection) -> str | None:
    return MigrationContext.configure(connection).get_current_revision()


def _columns(found: list[Table]) -> dict[str, list[str]]:
    return {table.name: list(table.c.keys()) for table in found}


def _lines(connection: Connection, table: Table) -> Iterator[str]:
    statement = select(table).execution_options(yield_per=BATCH_ROWS)  # server-side cursor
    for row in connection.execute(statement):
        yield json.dumps(list(row), default=_encode_value, ensure_ascii=False)


def _encode_value(value: object) -> Row:
    match value:
        case datetime():  # SQLite returns UTC without a zone
            aware = value if value.tzinfo else value.replace(tzinfo=UTC)
            return {"$": "datetime", "is": aware.astimezone(UTC).isoformat()}
        case date() | time():
            kind = "date" if isinstance(value, date) else "time"
            return {"$": kind, "is": value.isoformat()}
        case Decimal():
            return {"$": "decimal", "is": str(value)}
        case bytes():
            return {"$": "bytes", "is": value.hex()}
        case _:
            raise InvalidError(f"A cópia não sabe guardar valores do tipo {type(value).__name__}.")


def restore_backup(session: Session, path: Path) -> BackupSummary:
    """Fill an empty database of the same version from a backup, in the caller's transaction.

    The file is verified before the first row is written; afterwards the tables are read back and
    compared with it.

    Raises:
        ConflictError: the database has data, or another version or other tables than the backup.
        InvalidError: the file is no backup or is damaged, or the database refuses a row.
    """
    connection = session.connection()
    found = list_tables(connection)
    _check_head(connection, found, _head(path))
    _check_empty(connection, found)
    with _sections(path) as sections:
        tallies = {section.name: _exhaust(section) for section in sections}
    if [*tallies] != [table.name for table in found]:
        raise _damaged()
    try:
        _fill(connection, found, path)
    except (IntegrityError, DataError):
        raise InvalidError(REFUSED_ROWS) from None
    db.reset_sequences(session, *found)
    for table in found:
        if _tally(connection, table) != tallies[table.name]:
            raise InvalidError(f"A tabela {table.name} não ficou igual à cópia. Nada foi gravado.")
    return BackupSummary(len(found), sum(tally.rows for tally in tallies.values()))


def _check_head(connection: Connection, found: list[Table], head: Row) -> None:
    revision = _revision(connection)
    if head["format"] == FORMAT_WITHOUT_AGENDAS:
        raise ConflictError(
            "A cópia é de um formato antigo, que deixava de fora as agendas e os atendimentos: "
            "restaure-a com a versão do portal que a fez."
        )
    if head["revision"] != revision:
        raise ConflictError(
            f"A cópia é da versão {head['revision']} do banco e este está em {revision}: "
            "use a mesma versão do portal."
        )
    if other := _names(_columns(found)) ^ _names(head["tables"]):
        raise ConflictError(
            "A cópia e este banco não têm as mesmas tabelas e colunas: "
            f"{', '.join(sorted(other)[:5])}."
        )


def _names(columns: dict[str, list[str]]) -> set[str]:
    return {f"{table}.{column}" for table, names in columns.items() for column in names}


def _check_empty(connection: Connection, found: list[Table]) -> None:
    for table in found:
        if table.name in WRITTEN_BY_TRIGGERS:
            continue
        if connection.execute(select(table).limit(1)).first():
            raise ConflictError("O banco já tem dados: restaure em um banco vazio e migrado.")


def _damaged() -> InvalidError:
    return InvalidError("O arquivo não é uma cópia do portal, ou está incompleto.")


@contextmanager
def _opened(path: Path) -> Iterator[IO[str]]:
    try:
        with gzip.open(path, "rt", encoding="utf-8") as file:
            yield file
    except FileNotFoundError:
        raise InvalidError(f"Não há arquivo {path}.") from None
    except (OSError, EOFError, ValueError, KeyError, TypeError, zlib.error):
        raise _damaged() from None


def _head(path: Path) -> Row:
    with _opened(path) as file:
        head = json.loads(file.readline())
        if not isinstance(head, dict) or head["format"] not in {FORMAT, FORMAT_WITHOUT_AGENDAS}:
            raise ValueError(path)
        return head  # pyright: ignore[reportUnknownVariableType] (JSON)


@contextmanager
def _sections(path: Path) -> Iterator[Iterator[Section]]:
    """Open a copy and yield its tables; each one's rows must be read before the next."""
    with _opened(path) as file:
        file.readline()  # the head
        yield _each_section(file)


def _each_section(file: IO[str]) -> Iterator[Section]:
    for line in file:
        mark = json.loads(line)
        if mark == {"complete": True} and not file.readline():
            return
        yield Section(mark["table"], file)
    raise ValueError(file)


def _exhaust(section: Section) -> Tally:
    for _ in section.rows():
        pass
    return section.tally


def _tally(connection: Connection, table: Table) -> Tally:
    tally = Tally()
    for line in _lines(connection, table):
        tally.add(line)
    return tally


def _fill(connection: Connection, found: list[Table], path: Path) -> None:
    by_name = {table.name: table for table in found}
    with _sections(path) as sections, _foreign_keys_last(connection):
        for section in sections:
            table = by_name[section.name]
            if table.name in WRITTEN_BY_TRIGGERS:
                connection.execute(table.delete())
            rows = (_values(table, line) for line in section.rows())
            while batch := list(islice(rows, BATCH_ROWS)):
                connection.execute(insert(table), batch)


def _values(table: Table, line: str) -> Row:
    pairs = zip(table.c, json.loads(line), strict=True)
    return {column.name: _decode_value(column, value) for column, value in pairs}


def _decode_value(column: Column[Any], stored: Any) -> object:  # noqa: ANN401 (any JSON value)
    if not isinstance(stored, dict) or isinstance(column.type, JSON):
        return stored
    value = _TAGS[stored["$"]](stored["is"])  # pyright: ignore[reportUnknownArgumentType] (JSON)
    if isinstance(value, datetime) and isinstance(column.type, DateTime):
        return value if column.type.timezone else value.replace(tzinfo=None)
    return value


@contextmanager
def _foreign_keys_last(connection: Connection) -> Iterator[None]:
    """Check foreign keys after all rows: rows of a table may refer to later ones."""
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql("PRAGMA defer_foreign_keys=ON")
        yield
        if connection.exec_driver_sql("PRAGMA foreign_key_check").first():
            raise InvalidError(REFUSED_ROWS)
        return
    keys = [
        (table, key["name"])
        for (_, table), found in inspect(connection).get_multi_foreign_keys().items()
        for key in found
    ]
    for table, name in keys:
        _alter(connection, table, name, "DEFERRABLE INITIALLY DEFERRED")
    yield
    connection.execute(text("SET CONSTRAINTS ALL IMMEDIATE"))
    for table, name in keys:
        _alter(connection, table, name, "NOT DEFERRABLE")


def _alter(connection: Connection, table: str, name: str | None, mode: str) -> None:
    quote = connection.dialect.identifier_preparer.quote
    connection.exec_driver_sql(
        f"ALTER TABLE {quote(table)} ALTER CONSTRAINT {quote(name or '')} {mode}"
    )

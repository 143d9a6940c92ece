"""A copy of the whole database in one file, and back: the same on SQLite and PostgreSQL.

The file is gzip over JSON lines: a head with the version of the tables, one line per row, and a
foot with their count, so that a file cut short is recognised before anything is written. It is
one snapshot: what is written meanwhile is in it whole or not at all.
"""

import gzip
import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time
from itertools import groupby
from pathlib import Path
from typing import Any

from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection, Table, bindparam, func, insert, select
from sqlmodel import Session, SQLModel

from canais_app.accounts import models as _accounts  # noqa: F401 (their tables)
from canais_app.complaints import models as _complaints  # noqa: F401
from canais_app.directory import models as _directory  # noqa: F401
from canais_app.expediente import models as _expediente  # noqa: F401
from canais_app.kit import db, sequences
from canais_app.kit.errors import ConflictError, InvalidError
from canais_app.outbox import models as _outbox  # noqa: F401
from canais_app.settings import settings

FORMAT = "canais-backup-1"
NOT_KEPT = {"live_change"}  # traces between processes
# Restored last: triggers renew them with every row before. An empty database has a version too.
RENEWED_BY_ROWS = {"calendar_version", "rules_version"}
BATCH = 1000
_KINDS = {"datetime": datetime, "date": date, "time": time}
Row = dict[str, Any]


@dataclass(frozen=True)
class Copied:
    """How many rows of how many tables went."""

    tables: int
    rows: int


def tables() -> list[Table]:
    """Return the tables of the portal, those referred to first."""
    kept = [t for t in SQLModel.metadata.sorted_tables if t.name not in NOT_KEPT]
    return sorted(kept, key=lambda table: table.name in RENEWED_BY_ROWS)


def backup(path: Path, *, now: datetime) -> Copied:
    """Write the copy beside `path` and put it there whole, readable by its owner alone."""
    engine = db.engine()
    options: Row = {"reads": True}
    if not settings().is_sqlite:
        options["isolation_level"] = "REPEATABLE READ"
    part = path.with_name(path.name + ".part")
    with engine.connect().execution_options(**options) as connection:
        descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "wb") as raw, gzip.open(raw, "wt", encoding="utf-8") as file:
            revision = MigrationContext.configure(connection).get_current_revision()
            head = {"format": FORMAT, "revision": revision, "made_at": now.isoformat()}
            file.write(json.dumps(head) + "\n")
            rows = 0
            for name, row in _rows(connection):
                file.write(json.dumps([name, row], default=_tagged, ensure_ascii=False) + "\n")
                rows += 1
            file.write(json.dumps({"rows": rows}) + "\n")
    part.replace(path)
    return Copied(len(tables()), rows)


def _rows(connection: Connection) -> Iterator[tuple[str, Row]]:
    for table in tables():
        # Parents have lower ids than what hangs under them, or are put right on the way back.
        asked = select(table).order_by(*table.primary_key.columns)
        for row in connection.execute(asked).yield_per(BATCH).mappings():
            yield table.name, dict(row)


def _tagged(value: object) -> dict[str, str]:
    if isinstance(value, (datetime, date, time)):  # a datetime is a date too
        kind = next(name for name, kind in _KINDS.items() if isinstance(value, kind))
        return {"$": kind, "is": value.isoformat()}
    raise TypeError(type(value).__name__)


def _untagged(found: Row) -> object:
    if found.keys() == {"$", "is"}:
        return _KINDS[found["$"]].fromisoformat(found["is"])
    return found


def restore(session: Session, path: Path) -> Copied:
    """Fill an empty database of the same version from a copy, in the caller's transaction.

    Raises:
        ConflictError: the database has data, or another version than the copy.
        InvalidError: the file is no copy of the portal, or is cut short.
    """
    count = _check(session, path)
    by_name = {table.name: table for table in tables()}
    for name, entries in groupby(_entries(path), key=lambda entry: entry[0]):
        if name in RENEWED_BY_ROWS:
            session.connection().execute(by_name[name].delete())
        _fill(session, by_name[name], [row for _, row in entries])
    sequences.restart(session, *by_name.values())
    return Copied(len(by_name), count)


def _check(session: Session, path: Path) -> int:
    head, count = _read(path)
    here = MigrationContext.configure(session.connection()).get_current_revision()
    if head["revision"] != here:
        raise ConflictError(
            f"A cópia é da versão {head['revision']} do banco e este está em {here}: "
            "use a mesma versão do portal."
        )
    for table in tables():
        if table.name in RENEWED_BY_ROWS:
            continue
        if session.connection().execute(select(func.count()).select_from(table)).scalar():
            raise ConflictError("O banco já tem dados: restaure em um banco vazio e migrado.")
    return count


def _read(path: Path) -> tuple[Row, int]:
    wrong = InvalidError("O arquivo não é uma cópia do portal, ou está incompleto.")
    try:
        with gzip.open(path, "rt", encoding="utf-8") as file:
            head, count, foot = json.loads(next(file)), -1, ""
            for line in file:
                count, foot = count + 1, line
        foot = json.loads(foot)
    except FileNotFoundError:
        raise InvalidError(f"Não há arquivo {path}.") from None
    except (OSError, EOFError, ValueError, StopIteration):
        raise wrong from None
    known = isinstance(head, dict) and head.get("format") == FORMAT  # pyright: ignore[reportUnknownMemberType]
    if not known or foot != {"rows": count}:
        raise wrong
    return head, count


def _entries(path: Path) -> Iterator[tuple[str, Row]]:
    with gzip.open(path, "rt", encoding="utf-8") as file:
        next(file)
        for line in file:
            entry = json.loads(line, object_hook=_untagged)
            if isinstance(entry, list):
                yield entry[0], entry[1]


def _fill(session: Session, table: Table, rows: list[Row]) -> None:
    connection = session.connection()
    within = [c.name for c in table.c if any(key.column.table is table for key in c.foreign_keys)]
    # A row may come before the one of its table that it names.
    _insert(connection, table, [{**row, **dict.fromkeys(within)} for row in rows])
    for name in within:
        later = [{"b_id": row["id"], "b_to": row[name]} for row in rows if row[name]]
        if later:
            put = table.update().where(table.c.id == bindparam("b_id"))
            connection.execute(put.values({name: bindparam("b_to")}), later)


def _insert(connection: Connection, table: Table, rows: list[Row]) -> None:
    for start in range(0, len(rows), BATCH):
        connection.execute(insert(table), rows[start : start + BATCH])

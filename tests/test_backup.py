"""`canais backup` and `canais restore`, each command in a process of its own, on real databases."""

import gzip
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from itertools import count
from pathlib import Path

import pytest
from sqlalchemy import Engine, NullPool, create_engine, func, inspect, select, text
from sqlmodel import SQLModel

import canais_app.models  # noqa: F401 (every table has its model)
from canais_app.jobs.backup import EXCLUDED, WORD_INDEX, Tally
from tests import servers

Content = dict[str, list[tuple[object, ...]]]
TEMPORARY = {"alembic_version", "live_change"}


@dataclass(frozen=True)
class Database:
    """One database of its own, and the commands that run on it."""

    url: str
    home: Path

    def command(self, *words: str) -> subprocess.CompletedProcess[str]:
        """Run `canais` as an operator does."""
        environment = os.environ | {
            "CANAIS_DATABASE_URL": self.url,
            "CANAIS_VAR_DIR": str(self.home),
        }
        return subprocess.run(
            [sys.executable, "-m", "canais_app.cli", *words],
            env=environment, cwd=Path(__file__).parent.parent,
            capture_output=True, text=True, check=False, timeout=300,
        )  # fmt: skip

    def do(self, *words: str) -> str:
        """Run a command that succeeds; return what it printed."""
        done = self.command(*words)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def execute(self, *statements: str) -> None:
        """Change the database by hand."""
        with _engine(self.url).begin() as connection:
            for statement in statements:
                connection.execute(text(statement))

    def content(self) -> Content:
        """Return the rows of every table, as the models read them.

        Raises:
            KeyError: a table belongs to no model: write the model, or say here why it has none.
        """
        with _engine(self.url).connect() as connection:
            names = set(inspect(connection).get_table_names()) - TEMPORARY
            return {
                name: sorted(
                    (tuple(r) for r in connection.execute(SQLModel.metadata.tables[name].select())),
                    key=repr,
                )
                for name in names
                if not name.startswith(WORD_INDEX)  # triggers fill it
            }


def _engine(url: str) -> Engine:
    address = url.replace("postgresql://", "postgresql+psycopg://")
    return create_engine(address, poolclass=NullPool)


Make = Callable[[str], Database]


@pytest.fixture(scope="session")
def make_database(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Make:
    """Make a migrated, empty database of a dialect, copied from one that was migrated once."""
    home, numbers = tmp_path_factory.mktemp("backup"), count()

    def make(dialect: str) -> Database:
        name = f"backup_{next(numbers)}"
        if dialect == "sqlite":
            file = shutil.copy(request.getfixturevalue("blank"), home / f"{name}.db")
            return Database(f"sqlite:///{file}", home)
        cluster, template = map(request.getfixturevalue, ("postgres_url", "postgres_template"))
        return Database(servers.create_database(cluster, name, template), home)

    return make


@pytest.fixture(scope="session")
def seeded(make_database: Make) -> Database:
    """The demonstration on SQLite, seeded once."""
    database = make_database("sqlite")
    database.do("seed")
    database.do("staff", "invite", "a@exemplo.invalid", "--role", "administrador")  # audited
    return database


@pytest.fixture(scope="session")
def seeded_postgres(make_database: Make, seeded: Database, copy: Path) -> Database:
    """The same demonstration on PostgreSQL."""
    database = make_database("postgresql")
    database.do("restore", str(copy))
    assert database.content() == seeded.content()
    return database


@pytest.fixture(scope="session")
def copy(seeded: Database) -> Path:
    """A copy of the demonstration."""
    path = seeded.home / "copy.gz"
    seeded.do("backup", str(path))
    return path


@pytest.mark.parametrize("target", ["sqlite", "postgresql"])
@pytest.mark.parametrize("source", ["sqlite", "postgresql"])
def test_every_table_is_restored(
    request: pytest.FixtureRequest, make_database: Make, tmp_path: Path, source: str, target: str
) -> None:
    origin: Database = request.getfixturevalue(
        "seeded" if source == "sqlite" else "seeded_postgres"
    )
    file = tmp_path / "copy.gz"
    copied = json.loads(origin.do("backup", str(file), "--json"))
    restored = make_database(target)
    assert json.loads(restored.do("restore", str(file), "--json")) == copied
    content = restored.content()
    assert content == origin.content()
    assert content.keys() == SQLModel.metadata.tables.keys() - TEMPORARY
    assert copied == {"tables": len(content), "rows": sum(map(len, content.values()))}
    for table in ("agenda", "agenda_version", "appointment", "walk_in", "audit_entry"):
        assert content[table], f"{table} is empty in the demonstration"
    if target == "postgresql":
        _assert_next_ids_are_free(restored)


def _assert_next_ids_are_free(database: Database) -> None:
    with _engine(database.url).connect() as connection:
        for table in ("unit", "appointment", "audit_entry", "complaint"):
            ids = SQLModel.metadata.tables[table].c.id
            following = func.nextval(func.pg_get_serial_sequence(table, "id"))
            assert connection.execute(select(following > func.max(ids))).scalar_one(), table


def test_only_temporary_tables_are_excluded() -> None:
    assert EXCLUDED.keys() == TEMPORARY


@pytest.mark.parametrize("dialect", ["sqlite", "postgresql"])
def test_a_table_without_a_model_is_copied_and_never_dropped(
    make_database: Make, tmp_path: Path, dialect: str
) -> None:
    by_hand = (
        "CREATE TABLE by_hand (id INTEGER PRIMARY KEY, day DATE, paid NUMERIC(8, 2), at TIMESTAMP)",
        "INSERT INTO by_hand VALUES (7, '2026-11-30', 12.50, '2026-11-30 14:00:00')",
    )
    origin, target = make_database(dialect), make_database("sqlite")
    origin.execute(*by_hand)
    file = tmp_path / "copy.gz"
    origin.do("backup", str(file))
    with pytest.raises(KeyError, match="by_hand"):
        origin.content()
    assert "by_hand" in _refused(target, file)
    target.execute(by_hand[0])
    target.do("restore", str(file))
    with _engine(target.url).connect() as connection:
        row = connection.execute(text("SELECT * FROM by_hand")).one()
    assert [*row] == [7, "2026-11-30", 12.5, "2026-11-30 14:00:00.000000"]


def _edited(copy: Path, to: Path, edit: Callable[[list[str]], list[str]]) -> Path:
    lines = gzip.decompress(copy.read_bytes()).decode().splitlines(keepends=True)
    to.write_bytes(gzip.compress("".join(edit(lines)).encode(), compresslevel=1))
    return to


def _head(**values: object) -> Callable[[list[str]], list[str]]:
    return lambda lines: [json.dumps(json.loads(lines[0]) | values) + "\n", *lines[1:]]


def _first_row(lines: list[str], table: str) -> int:
    return lines.index(json.dumps({"table": table}) + "\n") + 1


def _orphans(lines: list[str]) -> list[str]:
    """Remove the agendas with a right count and checksum: their appointments have none."""
    at = _first_row(lines, "agenda")
    end = next(n for n in range(at, len(lines)) if lines[n].startswith("{"))
    return [*lines[:at], json.dumps(Tally().summary()) + "\n", *lines[end + 1 :]]


DAMAGED = {
    "a row changed": lambda lines: [
        line.replace("confirmed", "cancelled") if line.startswith("[") else line for line in lines
    ],
    "a row lost": lambda lines: [*lines[:-1000], *lines[-999:]],
    "cut": lambda lines: lines[:-1],
    "a table lost": lambda lines: [
        *lines[: _first_row(lines, "agenda") - 1],
        *lines[_first_row(lines, "agenda_block") - 1 :],
    ],
}


def _refused(target: Database, file: Path) -> str:
    before = target.content()
    done = target.command("restore", str(file))
    assert (done.returncode, done.stdout) == (1, "")
    assert len(done.stderr.splitlines()) == 1
    assert target.content() == before
    return done.stderr


@pytest.mark.parametrize("damage", DAMAGED)
def test_a_damaged_copy_leaves_the_database_untouched(
    empty_sqlite: Database, copy: Path, tmp_path: Path, damage: str
) -> None:
    file = _edited(copy, tmp_path / "copy", DAMAGED[damage])
    assert "não é uma cópia do portal, ou está incompleto" in _refused(empty_sqlite, file)


@pytest.mark.parametrize("dialect", ["sqlite", "postgresql"])
def test_rows_that_the_database_refuses_leave_it_untouched(
    request: pytest.FixtureRequest, copy: Path, tmp_path: Path, dialect: str
) -> None:
    target: Database = request.getfixturevalue(f"empty_{dialect}")
    assert "recusou linhas da cópia" in _refused(target, _edited(copy, tmp_path / "copy", _orphans))


@pytest.fixture(scope="session")
def empty_sqlite(make_database: Make) -> Database:
    """A database that stays empty."""
    return make_database("sqlite")


@pytest.fixture(scope="session")
def empty_postgresql(make_database: Make) -> Database:
    """A database that stays empty."""
    return make_database("postgresql")


@pytest.mark.parametrize(
    ("head", "sentence"),
    [
        (_head(revision="0123456789ab"), "A cópia é da versão 0123456789ab do banco e este está"),
        (_head(format="canais-backup-1"), "A cópia é de um formato antigo, que deixava de fora as"),
        (_head(tables={"unit": ["id"]}), "A cópia e este banco não têm as mesmas tabelas"),
    ],
)
def test_a_copy_of_another_version_is_refused_in_one_sentence(
    copy: Path,
    tmp_path: Path,
    empty_sqlite: Database,
    head: Callable[[list[str]], list[str]],
    sentence: str,
) -> None:
    file = _edited(copy, tmp_path / "copy", head)
    assert _refused(empty_sqlite, file).startswith(sentence)


def test_a_database_with_rows_is_not_filled(seeded: Database, copy: Path) -> None:
    assert _refused(seeded, copy).startswith("O banco já tem dados")

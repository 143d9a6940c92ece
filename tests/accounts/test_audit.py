"""The record of who did what cannot be changed unnoticed."""

import ast
import sqlite3
import time
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlmodel import Session, col, select

import canais_app
from canais_app.accounts import audit
from canais_app.accounts.models import AuditEntry
from canais_app.accounts.roles import SYSTEM
from canais_app.kit import db
from tests.factories import accounts as factory
from tests.people import ADMIN


def _write(session: Session, count: int, now: datetime) -> None:
    for number in range(count):
        audit.record_entry(session, SYSTEM, "mudar", "unit", number, {"name": ["a", "ç"]}, now=now)


def test_an_entry_says_who_what_when_and_through_which_door(
    session: Session, now: datetime
) -> None:
    ada = factory.make_actor(session, ADMIN, now=now)
    audit.record_entry(session, ada, "mudar", "unit", 7, {"name": ["A", "B"]}, now=now)
    entry = session.exec(select(AuditEntry)).one()
    assert (entry.actor, entry.actor_id, entry.door) == (ADMIN.name, ada.staff_id, "screen")
    assert (entry.action, entry.entity, entry.entity_id) == ("mudar", "unit", "7")
    assert (entry.changes, entry.at) == ({"name": ["A", "B"]}, now)


def test_an_untouched_chain_holds(session: Session, now: datetime) -> None:
    assert audit.verify_chain(session).is_intact
    _write(session, 5, now)
    report = audit.verify_chain(session)
    assert (report.is_intact, report.count) == (True, 5)


def test_what_is_not_kept_leaves_no_entry(database: Path, now: datetime) -> None:
    def refuse(session: Session) -> None:
        _write(session, 1, now)
        raise ValueError("recusado")

    with pytest.raises(ValueError, match="recusado"):
        db.write_sync(refuse)
    with db.read_transaction() as session:
        assert audit.verify_chain(session).count == 0


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_entry SET actor = 'outro'",
        "DELETE FROM audit_entry",
        "REPLACE INTO audit_entry SELECT * FROM audit_entry",
        "TRUNCATE audit_entry",
    ],
)
def test_the_database_refuses_to_change_or_remove_an_entry(
    any_database: str, now: datetime, statement: str
) -> None:
    """Whoever holds the portal's own connection cannot either, by any way the dialect knows."""
    knows = {"sqlite": "TRUNCATE", "postgresql": "REPLACE"}
    if statement.startswith(knows[db.get_engine().dialect.name]):
        pytest.skip("o banco não conhece o comando")
    db.write_sync(_write, 1, now)
    with pytest.raises(DBAPIError, match="append_only"), db.write_transaction() as session:
        session.connection().execute(text(statement))
    with db.read_transaction() as session:
        assert (audit.verify_chain(session).is_intact, audit.verify_chain(session).count) == (
            True,
            1,
        )


def test_entries_of_both_databases_are_read_as_they_were_written(
    any_database: str, now: datetime
) -> None:
    db.write_sync(_write, 3, now)
    with db.read_transaction() as session:
        report = audit.verify_chain(session)
    assert (report.is_intact, report.count) == (True, 3)


def _tamper(database: Path, statement: str) -> None:
    """Change the file behind the database's back, as somebody with the disk could."""
    connection = sqlite3.connect(database)
    connection.execute("DROP TRIGGER audit_entry_no_update")
    connection.execute("DROP TRIGGER audit_entry_no_delete")
    connection.execute("DROP TRIGGER audit_entry_no_replace")
    connection.execute(statement)
    connection.commit()
    connection.close()


@pytest.mark.sqlite
@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_entry SET changes = replace(changes, 'a', 'b') WHERE id = 50",
        "UPDATE audit_entry SET entity_id = entity_id || '0' WHERE id = 50",
        "UPDATE audit_entry SET at = datetime(at, '+1 second') WHERE id = 50",
        "UPDATE audit_entry SET actor_id = 1 WHERE id = 50",
        "DELETE FROM audit_entry WHERE id = 49",
    ],
)
def test_an_altered_or_missing_entry_is_found_and_named(
    database: Path, now: datetime, statement: str
) -> None:
    with db.write_transaction() as session:
        _write(session, 100, now)
    db.get_engine().dispose()
    _tamper(database, statement)
    with db.read_transaction() as session:
        assert audit.verify_chain(session).broken_id == 50


@pytest.mark.alone
def test_ten_thousand_entries_are_verified_in_two_seconds_and_one_altered_byte_is_named(
    database: Path, now: datetime
) -> None:
    changes = ((number, {"name": ["a", "ç"]}) for number in range(10_000))
    with db.write_transaction() as session:
        audit.record_entries(session, SYSTEM, "mudar", "unit", changes, now=now)
    with db.read_transaction() as session:
        began = time.process_time()  # by the clock on the wall: bench/audit.py
        report = audit.verify_chain(session)
        taken = time.process_time() - began
    assert (report.is_intact, report.count) == (True, 10_000)
    assert taken < 2
    db.get_engine().dispose()
    _tamper(database, "UPDATE audit_entry SET entity = 'unis' WHERE id = 7777")
    with db.read_transaction() as session:
        assert audit.verify_chain(session).broken_id == 7777


def test_entries_written_at_once_make_one_chain(database: Path, now: datetime) -> None:
    from concurrent.futures import ThreadPoolExecutor

    def one(_: int) -> None:
        db.write_sync(lambda session: _write(session, 3, now))

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(one, range(24)))
    with db.read_transaction() as session:
        assert (audit.verify_chain(session).is_intact, audit.verify_chain(session).count) == (
            True,
            72,
        )
        order = [e.id for e in session.exec(select(AuditEntry).order_by(col(AuditEntry.id)))]
    assert order == list(range(1, 73))


def _recorded() -> Iterator[tuple[str, ast.Call]]:
    """Yield every place of the portal that writes an entry."""
    for path in Path(canais_app.__file__).parent.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and ast.unparse(node.func) == "audit.record_entry":
                yield f"{path.name}:{node.lineno}", node


def test_no_change_is_recorded_without_its_difference() -> None:
    """Only who read something, and changed nothing, may leave an entry without one."""
    read_only = {"'ler mensagem'"}
    places = dict(_recorded())
    assert len(places) > 20
    bare = {
        place
        for place, call in places.items()
        if ast.unparse(call.args[5]) == "{}" and ast.unparse(call.args[2]) not in read_only
    }
    assert bare == set()

"""What is written out and read back is the same directory, whatever stands in it."""

from collections.abc import Iterator
from datetime import datetime

import pytest
from hypothesis import HealthCheck, example, given, settings
from sqlmodel import Session, select

from canais_app import demo
from canais_app.accounts.roles import OPERATOR
from canais_app.directory.models import Unit
from canais_app.directory.reference import load_reference
from canais_app.directory.spreadsheet import service as spreadsheet
from tests.directory.files.directories import Row, clear, exported, store, units, without_versions

KINDS = (".csv", ".xlsx")
MANY = settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
# What no editor lets in now, but an older database may hold.
OLD: Row = {
    "code": "a b/c", "name": "=cmd()  x\ty", "kind": "vara", "degree": 1, "comarca": "",
    "above": None, "successor": None, "active": True, "competences": ["de outro tempo"],
    "aliases": ["a|b", "c\\", "'"], "hours": {"0": []}, "address": "' ", "room": "\u200b",
    "accessibility": {"rampa": {"has": "sim", "note": "  "}},
    "channels": [
        {"kind": "telefone", "value": "+14155550100"},
        {"kind": "telefone", "value": "+14155550100", "note": "duas\nlinhas"},
        {"kind": "email", "value": "sem arroba"},
        {"kind": "balcao_virtual", "value": "http://exemplo.invalid"},
    ],
}  # fmt: skip


@pytest.fixture
def court(session: Session) -> Iterator[Session]:
    load_reference(session)
    yield session
    session.rollback()


@pytest.mark.parametrize("kind", KINDS)
@MANY
@given(rows=units())
@example(rows=[OLD])
def test_a_file_written_out_changes_nothing_when_read_back(
    court: Session, now: datetime, kind: str, rows: list[Row]
) -> None:
    store(court, rows)
    found = spreadsheet.import_file(court, exported(court, kind), actor=OPERATOR, now=now)
    assert (found.changed_lines(), found.missing, found.same) == ([], [], len(rows))


@pytest.mark.parametrize("kind", KINDS)
@MANY
@given(rows=units())
def test_an_empty_portal_becomes_the_one_that_was_written_out(
    court: Session, now: datetime, kind: str, rows: list[Row]
) -> None:
    store(court, rows)
    file, before = exported(court, kind), exported(court, ".csv")
    clear(court)
    found = spreadsheet.import_file(court, file, actor=OPERATOR, now=now)
    assert len(found.new) == len(rows)
    assert without_versions(exported(court, ".csv")) == without_versions(before)
    for unit in court.exec(select(Unit)):
        above = court.get(Unit, unit.parent_id) if unit.parent_id else None
        assert unit.path == f"{above.path if above else '/'}{unit.id}/"


@pytest.mark.parametrize("kind", KINDS)
def test_the_demonstration_too(session: Session, now: datetime, kind: str) -> None:
    demo.seed_demo(session, now)
    file = exported(session, kind)
    found = spreadsheet.import_file(session, file, actor=OPERATOR, now=now)
    assert (found.changed_lines(), found.missing) == ([], [])
    assert found.same > 1000

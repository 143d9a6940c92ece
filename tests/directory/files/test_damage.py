"""A damaged file is refused by line and reason, and nothing of it is written."""

import csv
import hashlib
import io
import resource
import sqlite3
from pathlib import Path

import pytest

from canais_app.accounts.roles import OPERATOR
from canais_app.directory.spreadsheet import service as spreadsheet
from canais_app.kit import clock, db
from tests.directory.files import damages
from tests.directory.files.damages import Damage, Lines
from tests.directory.files.directories import exported
from tests.factories.directory import make_small_directory

MOST_MEMORY = 400 * 1024  # KiB that a damaged file may add


@pytest.fixture
def lines(database: Path) -> Lines:
    with db.write_transaction() as session:
        make_small_directory(session)
    file = db.read_sync(exported, ".csv").content.decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(file), delimiter=";"))


def _fingerprint(database: Path) -> str:
    with sqlite3.connect(database) as connection:
        dump = "\n".join(connection.iterdump())
    connection.close()
    return hashlib.sha256(dump.encode()).hexdigest()


def test_there_are_more_than_fifty_kinds() -> None:
    names = [damage.name for damage in damages.ALL]
    assert len(names) == len(set(names)) > 50


@pytest.mark.sqlite
@pytest.mark.parametrize("damage", damages.ALL, ids=str)
def test_a_damaged_file_is_refused_where_it_is_damaged(
    database: Path, lines: Lines, damage: Damage
) -> None:
    sent = spreadsheet.UploadedFile(damage.kind, damage.make(lines))
    before, memory = _fingerprint(database), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with pytest.raises(spreadsheet.FileRefusedError) as refused:
        db.write_sync(spreadsheet.import_file, sent, actor=OPERATOR, now=clock.now())
    said = refused.value.errors
    assert damage.said in said[damage.place]
    assert all(any(place.startswith(more) for place in said) for more in damage.more)
    assert _fingerprint(database) == before
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - memory < MOST_MEMORY
    shown = db.read_sync(spreadsheet.preview_file, sent, actor=OPERATOR, now=clock.now())
    assert spreadsheet.FileRefusedError(shown).errors == said

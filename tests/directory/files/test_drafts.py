"""A file waits an hour at the server between being looked at and being written."""

import os
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlmodel import Session, select

from canais_app.accounts.roles import OPERATOR
from canais_app.directory.models import Unit
from canais_app.directory.spreadsheet import pending_imports
from canais_app.directory.spreadsheet.diff import Difference
from canais_app.directory.spreadsheet.service import UploadedFile
from canais_app.kit import clock, db
from canais_app.kit.errors import ConflictError, InvalidError, NotFoundError, PermissionDeniedError
from canais_app.settings import settings
from tests.directory.files.directories import exported
from tests.factories import accounts
from tests.factories.directory import make_small_directory
from tests.people import MANAGER_A


@pytest.fixture
def court(session: Session) -> Iterator[Session]:
    make_small_directory(session)
    yield session
    pending_imports.delete_expired_uploads(clock.now() + timedelta(days=1))


def kept(session: Session, before: str = "Sinop", after: str = "Sinop") -> str:
    file = exported(session, ".csv").content.replace(before.encode(), after.encode(), 1)
    return pending_imports.store_upload(UploadedFile(".csv", file), actor=OPERATOR, now=clock.now())


def stored_upload(before: str, after: str) -> str:
    db.write_sync(make_small_directory)
    return db.read_sync(kept, before, after)


def preview(key: str) -> Difference:
    return db.read_sync(pending_imports.preview_upload, key, actor=OPERATOR, now=clock.now())


def test_the_agreed_difference_is_written(any_database: str) -> None:
    key = stored_upload("1ª Câmara", "Primeira Câmara")
    found, again = preview(key), preview(key)
    assert [line.name for line in found.changed] == [
        "Primeira Câmara de Direito Privado — Secretaria"
    ]
    assert again is found
    seen = found.fingerprint()
    assert pending_imports.apply_upload(key, seen, actor=OPERATOR, now=clock.now()) == 1
    with db.read_transaction() as session:
        assert session.exec(select(Unit).where(Unit.name == found.changed[0].name)).one()


def test_a_difference_that_changed_must_be_seen_again(any_database: str) -> None:
    key = stored_upload("1ª Câmara", "Primeira Câmara")
    seen = preview(key).fingerprint()
    with db.write_transaction() as session:
        session.exec(select(Unit).where(Unit.kind == "diretoria")).one().room = "7"
    with pytest.raises(ConflictError):
        pending_imports.apply_upload(key, seen, actor=OPERATOR, now=clock.now())
    again = preview(key)
    assert [change.column for line in again.changed for change in line.changes] == ["nome", "sala"]
    seen = again.fingerprint()
    assert pending_imports.apply_upload(key, seen, actor=OPERATOR, now=clock.now()) == 2


def test_a_file_is_gone_after_an_hour_and_when_let_go(court: Session) -> None:
    now = clock.now()
    old, new = kept(court), kept(court, "Sinop", "Outra")
    pending_imports.delete_upload(new, actor=OPERATOR, now=now)
    with pytest.raises(NotFoundError):
        pending_imports.find_upload(new, now)
    path = settings().var_dir / "importacao" / old
    assert path.parent.stat().st_mode & 0o077 == 0
    past = (now - timedelta(minutes=61)).timestamp()
    os.utime(path, (past, past))
    with pytest.raises(NotFoundError, match="não está mais guardado"):
        pending_imports.preview_upload(court, old, actor=OPERATOR, now=now)
    kept(court, "Sinop", "Mais uma")
    assert not path.exists()


@pytest.mark.parametrize("key", ["", "../../etc/passwd", "0" * 64, f"{'0' * 64}.csv", "x\0.csv"])
def test_a_key_that_is_none_leads_nowhere(court: Session, now: datetime, key: str) -> None:
    with pytest.raises(NotFoundError):
        pending_imports.find_upload(key, now)


def test_nothing_and_too_much_are_not_kept(court: Session, now: datetime) -> None:
    for content in (b"", b"x" * (pending_imports.MAX_UPLOAD_BYTES + 1)):
        with pytest.raises(InvalidError):
            pending_imports.store_upload(UploadedFile(".csv", content), actor=OPERATOR, now=now)


def test_a_manager_keeps_and_looks_at_none(court: Session, now: datetime, tmp_path: Path) -> None:
    actor = accounts.make_actor(court, MANAGER_A, now=now)
    key = kept(court)
    for work in (
        lambda: pending_imports.store_upload(UploadedFile(".csv", b"x"), actor=actor, now=now),
        lambda: pending_imports.preview_upload(court, key, actor=actor, now=now),
        lambda: pending_imports.apply_upload(key, "", actor=actor, now=now),
        lambda: pending_imports.delete_upload(key, actor=actor, now=now),
    ):
        with pytest.raises(PermissionDeniedError):
            work()
    assert pending_imports.find_upload(key, clock.now())

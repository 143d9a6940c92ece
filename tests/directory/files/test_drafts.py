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
from canais_app.directory.spreadsheet.service import UploadedFile
from canais_app.kit import clock
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


def test_what_was_seen_is_what_is_written(court: Session) -> None:
    key = kept(court, "1ª Câmara", "Primeira Câmara")
    found = pending_imports.preview_upload(court, key, actor=OPERATOR, now=clock.now())
    assert [w.name for w in found.changed] == ["Primeira Câmara de Direito Privado — Secretaria"]
    assert pending_imports.preview_upload(court, key, actor=OPERATOR, now=clock.now()) is found
    saved = pending_imports.apply_upload(
        court, key, found.fingerprint(), actor=OPERATOR, now=clock.now()
    )
    assert saved == 1
    assert court.exec(select(Unit).where(Unit.name == found.changed[0].name)).one()


def test_a_directory_that_changed_meanwhile_is_looked_at_again(court: Session) -> None:
    key = kept(court, "1ª Câmara", "Primeira Câmara")
    seen = pending_imports.preview_upload(court, key, actor=OPERATOR, now=clock.now()).fingerprint()
    unit = court.exec(select(Unit).where(Unit.kind == "diretoria")).one()
    unit.room = "7"
    court.flush()
    with pytest.raises(ConflictError):
        pending_imports.apply_upload(court, key, seen, actor=OPERATOR, now=clock.now())
    again = pending_imports.preview_upload(court, key, actor=OPERATOR, now=clock.now())
    assert [change.column for w in again.changed for change in w.changes] == ["nome", "sala"]
    assert (
        pending_imports.apply_upload(
            court, key, again.fingerprint(), actor=OPERATOR, now=clock.now()
        )
        == 2
    )


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
        lambda: pending_imports.apply_upload(court, key, "", actor=actor, now=now),
        lambda: pending_imports.delete_upload(key, actor=actor, now=now),
    ):
        with pytest.raises(PermissionDeniedError):
            work()
    assert pending_imports.find_upload(key, clock.now())

"""The same import on SQLite and PostgreSQL, alone and with rivals."""

import csv
import io
from datetime import timedelta
from io import StringIO

import pytest
from sqlalchemy import text
from sqlmodel import Session, col, select

from canais_app.accounts import audit
from canais_app.accounts.roles import OPERATOR
from canais_app.demo import bulk
from canais_app.directory.editing import service as editing
from canais_app.directory.editing.change_log import ChangeContext
from canais_app.directory.editing.schemas import BaseVersion, UnitForm
from canais_app.directory.models import VERSION, Channel, Unit, UnitChange
from canais_app.directory.spreadsheet import models, row_builder, service, writer
from canais_app.directory.spreadsheet.diff import compare_file
from canais_app.directory.spreadsheet.row_builder import RowBlock
from canais_app.directory.spreadsheet.service import UploadedFile
from canais_app.kit import clock, db
from canais_app.kit.errors import ConflictError
from canais_app.settings import settings
from tests.directory.files.damages import as_csv
from tests.directory.files.directories import clear, exported, without_versions
from tests.rivals import run_concurrently


def bring(sent: UploadedFile) -> tuple[int, int, int]:
    found = service.run_import(sent, actor=OPERATOR, now=clock.now())
    return len(found.new), len(found.changed), found.same


def made(units: int) -> UploadedFile:
    """Return a file of that many units; the database has none of them."""
    db.write_sync(
        bulk.generate_rows, units=units, appointments=0, complaints=0, seed=1, now=clock.now()
    )
    sent = db.read_sync(exported, ".csv")
    db.write_sync(clear)
    return sent


def edited(sent: UploadedFile, before: str, after: str) -> UploadedFile:
    assert before.encode() in sent.content
    return UploadedFile(sent.kind, sent.content.replace(before.encode(), after.encode(), 1))


def ids(session: Session) -> list[int | None]:
    return list(session.exec(select(Unit.id).order_by(col(Unit.id))))


def test_new_changed_and_same_and_new_rows_after_them(any_database: str) -> None:
    sent = made(60)
    assert bring(sent) == (60, 0, 0)
    assert bring(sent) == (0, 0, 60)
    assert without_versions(db.read_sync(exported, ".csv")) == without_versions(sent)
    changed = edited(sent, "(65) 3000-0001", "(65) 3000-9999")
    assert bring(changed) == (0, 1, 59)
    # The counters of ids go on after the rows that brought their own.
    common = {"kind": "vara", "degree": 1, "updated_at": clock.now()}
    with db.write_transaction() as session:
        session.add(Unit(code="N-1", slug="n-1", name="Nova", **common))
        session.flush()
        assert ids(session) == list(range(1, 62))
        session.add(Channel(unit_id=61, kind="email", value="n@exemplo.invalid"))
        assert audit.verify_chain(session).is_intact


def test_an_import_that_the_server_asks_to_try_again_is_written_whole(
    any_database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent = made(60)
    if settings().is_sqlite:
        pytest.skip("SQLite never asks to try a transaction again")
    monkeypatch.setattr(row_builder, "BLOCK_UNITS", 20)
    finish, tries = writer.finish, []

    def fail_once(session: Session) -> None:
        tries.append(1)
        if len(tries) == 1:  # the server's own refusal, with all blocks written
            session.execute(
                text("DO $$ BEGIN RAISE EXCEPTION 'again' USING ERRCODE = '40001'; END $$")
            )
        finish(session)

    monkeypatch.setattr(writer, "finish", fail_once)
    assert bring(sent) == (60, 0, 0)
    assert len(tries) == 2
    assert without_versions(db.read_sync(exported, ".csv")) == without_versions(sent)


def test_of_two_equal_files_at_once_one_finds_all_done(any_database: str) -> None:
    sent = made(60)
    answers, refusals = run_concurrently([lambda: bring(sent), lambda: bring(sent)])
    assert refusals == []
    assert sorted(answers) == [(0, 0, 60), (60, 0, 0)]  # pyright: ignore[reportArgumentType]


def test_an_editor_and_a_file_at_once_take_turns(any_database: str) -> None:
    sent = made(60)
    bring(sent)
    changed = edited(sent, "(65) 3000-0001", "(65) 3000-9999")
    draft = UnitForm.model_validate({"name": "1ª Vara renomeada", "kind": "vara"})

    def edit() -> str:
        basis = BaseVersion(version=1, seen=1)
        row = db.write_sync(
            editing.save_unit, "GER-000004", draft, basis, actor=OPERATOR, now=clock.now()
        )
        return row.name

    answers, refusals = run_concurrently([edit, lambda: bring(changed)])
    assert refusals == []
    assert len(answers) == 2
    out = io.BytesIO()
    db.read_sync(service.export_file, ".csv", out, actor=OPERATOR)
    assert "(65) 3000-9999" in out.getvalue().decode()


def test_an_import_that_ends_halfway_is_all_or_nothing(
    any_database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent, written = made(60), writer.write_block
    monkeypatch.setattr(row_builder, "BLOCK_UNITS", 20)
    token, blocks = db.read_sync(VERSION.read_token), list[RowBlock]()

    def end_after_one(session: Session, block: RowBlock, context: ChangeContext) -> None:
        if blocks:
            raise KeyboardInterrupt
        blocks.append(block)
        written(session, block, context)

    monkeypatch.setattr(writer, "write_block", end_after_one)
    with pytest.raises(KeyboardInterrupt):
        bring(sent)
    monkeypatch.setattr(writer, "write_block", written)
    assert db.read_sync(VERSION.read_token) == token
    later = clock.now() + service.LEASE + timedelta(seconds=1)
    if not settings().is_sqlite:  # one transaction
        assert db.read_sync(ids) == []
        assert not service.resume_import(now=later)
        return
    assert len(db.read_sync(ids)) == 20
    for change in (lambda: bring(sent), lambda: db.write_sync(confirm_contacts)):
        with pytest.raises(ConflictError, match="sendo gravado"):
            change()
    assert not service.resume_import(now=clock.now())
    assert service.resume_import(now=later)
    assert bring(sent) == (0, 0, 60)
    assert db.read_sync(VERSION.read_token) != token
    with db.read_transaction() as session:
        assert len(session.exec(select(UnitChange.id)).all()) == 60
        assert audit.verify_chain(session).is_intact


def confirm_contacts(session: Session) -> int:
    code = session.exec(select(Unit.code)).first() or ""
    return editing.confirm_contacts(session, code, actor=OPERATOR, now=clock.now())


def test_moves_and_retirements_are_in_the_first_block(
    any_database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    bring(made(3))
    monkeypatch.setattr(row_builder, "BLOCK_UNITS", 2)
    lines = list(csv.DictReader(StringIO(file_text()), delimiter=";"))
    base = {**lines[0], "nome": "Vara nova", "codigo_pai": ""}
    new = [{**base, "codigo": f"N-{number}", "nome": f"Vara {number}"} for number in range(4)]
    new[0]["codigo_pai"] = "N-3"
    lines[-1] |= {"situacao": "desativada", "sucessora": "N-0"}
    sent = UploadedFile(".csv", as_csv([*new, *lines], columns=list(base)).encode())
    context = ChangeContext(OPERATOR, clock.now())
    with db.read_transaction() as session:
        stored = models.load_directory(session)
        found = compare_file(stored, ".csv", sent.content, accepts_demo=True)
        blocks = row_builder.build_blocks(session, stored, found.changed_lines(), context)
    codes = [[line.code for line in block.lines] for block in blocks]
    assert codes == [["N-3", "N-0", lines[-1]["codigo"]], ["N-1", "N-2"]]
    assert bring(sent) == (4, 1, 2)
    assert bring(sent) == (0, 0, 7)


def file_text() -> str:
    return db.read_sync(exported, ".csv").content.decode("utf-8-sig")

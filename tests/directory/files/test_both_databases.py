"""The same import on SQLite and PostgreSQL, alone and with rivals."""

import io

from sqlmodel import Session, col, select

from canais_app.accounts import audit
from canais_app.accounts.roles import OPERATOR
from canais_app.demo import bulk
from canais_app.directory.editing import service as editing
from canais_app.directory.editing.schemas import BaseVersion, UnitForm
from canais_app.directory.models import Channel, Unit
from canais_app.directory.spreadsheet import service as spreadsheet
from canais_app.kit import clock, db
from tests.directory.files.directories import clear, exported
from tests.rivals import run_concurrently


def bring(sent: spreadsheet.UploadedFile) -> tuple[int, int, int]:
    found = db.write_sync(spreadsheet.import_file, sent, actor=OPERATOR, now=clock.now())
    return len(found.new), len(found.changed), found.same


def made(units: int) -> spreadsheet.UploadedFile:
    """Return a file of that many units; the database has none of them."""
    db.write_sync(
        bulk.generate_rows, units=units, appointments=0, complaints=0, seed=1, now=clock.now()
    )
    sent = db.read_sync(exported, ".csv")
    db.write_sync(clear)
    return sent


def edited(sent: spreadsheet.UploadedFile, before: str, after: str) -> spreadsheet.UploadedFile:
    assert before.encode() in sent.content
    return spreadsheet.UploadedFile(
        sent.kind, sent.content.replace(before.encode(), after.encode(), 1)
    )


def ids(session: Session) -> list[int | None]:
    return list(session.exec(select(Unit.id).order_by(col(Unit.id))))


def test_new_changed_and_same_and_new_rows_after_them(any_database: str) -> None:
    sent = made(60)
    assert bring(sent) == (60, 0, 0)
    assert bring(sent) == (0, 0, 60)
    assert db.read_sync(exported, ".csv") == sent
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
    db.read_sync(spreadsheet.export_file, ".csv", out, actor=OPERATOR)
    assert "(65) 3000-9999" in out.getvalue().decode()

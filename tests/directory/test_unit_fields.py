"""A new text of a unit is a column with its migration, a row of TEXT_FIELDS and a line of docs."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import canais_app

COLUMN = '    room: str = Field(default="", max_length=80)\n'
LAST_ROW = '    TextField("room", "Sala", column="sala", max_length=80),\n'
NEW_ROW = '    TextField("landmark", "Referência", column="referencia", max_length=60),\n'
CHECKS = """
import io
from datetime import UTC, datetime

from sqlalchemy import create_engine
from sqlmodel import Session, SQLModel, select

import canais_app.models
from canais_app.accounts.roles import OPERATOR
from canais_app.directory import labels
from canais_app.directory.editing import views
from canais_app.directory.editing.schemas import UnitForm
from canais_app.directory.editor.parts import LABELS
from canais_app.directory.spreadsheet import service
from canais_app.directory.models import Unit, UnitChange
from canais_app.directory.unit.parts import hours_and_address
from canais_app.kit.errors import InvalidError
from canais_app.kit.forms import parse_form

now = datetime(2026, 11, 30, 12, tzinfo=UTC)
engine = create_engine("sqlite://")
SQLModel.metadata.create_all(engine)
with Session(engine) as session:
    session.add(Unit(
        code="V1", slug="vara", name="Vara única", kind="vara", degree=1, path="/1/",
        landmark="ao lado da praça", updated_at=now,
    ))
    session.commit()
    out = io.BytesIO()
    service.export_file(session, ".csv", out, actor=OPERATOR)
    words = out.getvalue().decode()
    assert ";referencia;" in words and "ao lado da praça" in words
    changed = words.replace("ao lado da praça", "em frente ao banco")
    sent = service.UploadedFile(".csv", changed.encode())
    service.import_file(session, sent, actor=OPERATOR, now=now)
    unit = session.exec(select(Unit).execution_options(populate_existing=True)).one()
    assert unit.landmark == "em frente ao banco"
    change = session.exec(select(UnitChange)).one()
    assert (change.field, labels.field_label(change.field)) == ("landmark", "Referência")
    form = views.unit_form_values(unit)
    assert form["landmark"] == unit.landmark
    draft = parse_form(UnitForm, {**form, "landmark": " na  esquina "})
    assert draft.to_columns()["landmark"] == "na esquina"
    try:
        parse_form(UnitForm, {**form, "landmark": "a" * 61})
    except InvalidError as refusal:
        assert set(refusal.errors) == {"landmark"}
    else:
        raise AssertionError("a text that is too long was taken")
assert ("landmark", "Referência") in LABELS
assert "landmark" in str(hours_and_address())
"""


def test_a_new_text_of_a_unit_needs_no_other_module(tmp_path: Path) -> None:
    shutil.copytree(
        Path(canais_app.__file__).parent,
        tmp_path / "canais_app",
        ignore=shutil.ignore_patterns("__pycache__"),
    )
    for name, before, added in (
        ("models.py", COLUMN, COLUMN.replace("room", "landmark")),
        ("models.py", LAST_ROW, NEW_ROW),
    ):
        path = tmp_path / "canais_app" / "directory" / name
        words = path.read_text()
        assert words.count(before) == 1
        path.write_text(words.replace(before, before + added))
    done = subprocess.run(
        [sys.executable, "-c", CHECKS],
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr

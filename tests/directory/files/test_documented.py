"""`docs/importacao.md` is what people fill their sheets by."""

import re
from pathlib import Path

from canais_app.directory.models import UnitKind
from canais_app.directory.spreadsheet import schema
from canais_app.directory.spreadsheet.schema import KNOWN_COMPETENCES

DOCUMENT = (Path(__file__).parents[3] / "docs" / "importacao.md").read_text("utf-8")


def test_every_column_is_documented_and_no_other() -> None:
    tables = DOCUMENT.partition("## Colunas da unidade")[2].partition("Um segundo telefone")[0]
    rows = [row for row in tables.splitlines() if row.startswith("| `")]
    named: list[str] = []
    for row in rows:
        for cell in row.strip("| ").split(" | "):
            if re.fullmatch(r"`[a-z_]+`(, `[a-z_]+`)*", cell.strip()):
                named += re.findall(r"`([a-z_]+)`", cell)
    assert sorted(named) == sorted(schema.file_columns({}))


def test_every_kind_and_every_competence_is_documented() -> None:
    words = " ".join(DOCUMENT.split())
    assert all(f"`{kind.value}`" in words for kind in UnitKind)
    assert ", ".join(KNOWN_COMPETENCES) in words

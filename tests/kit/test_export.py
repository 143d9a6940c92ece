"""CSV and XLSX files: no formula, pt-BR numbers, pandas loaded lazily."""

import io
import os
import subprocess
import sys
from pathlib import Path

import pytest
from openpyxl import load_workbook
from pandas import DataFrame

from canais_app.kit import export

TABLE = DataFrame([["=cmd()", "+1", -2.5, 3], ["000123", "a;b", 1234.0, -1]], columns=list("abcd"))


def test_a_csv_has_a_bom_semicolons_decimal_commas_and_no_formula() -> None:
    assert export.to_csv(TABLE) == (
        "\ufeffa;b;c;d\r\n'=cmd();'+1;-2,5;3\r\n000123;\"a;b\";1234,0;-1\r\n"
    )


def test_open_data_is_plain_csv_without_formulas() -> None:
    rows = TABLE.to_numpy().tolist()
    lines = [export.open_data_lines(rows[:1], list("abcd"), header=True)]
    lines.append(export.open_data_lines(rows[1:], list("abcd"), header=False))
    assert "".join(lines).splitlines() == ["a,b,c,d", "'=cmd(),'+1,-2.5,3", "000123,a;b,1234.0,-1"]


@pytest.mark.parametrize("name", ["=a", "+a", "-a", "@a", "\ta"])
def test_a_column_name_is_no_formula(name: str) -> None:
    assert list(export.escape_formulas(DataFrame({name: [1]}))) == [f"'{name}"]


def test_chunks_of_a_long_table_make_the_same_file() -> None:
    rows = [(n, f"unidade {n}", None) for n in range(export.CHUNK_ROWS + 1)]
    parts = list(export.csv_chunks(iter(rows), ("id", "nome", "nada")))
    assert len(parts) == 3
    assert "".join(parts) == export.to_csv(DataFrame(rows, columns=["id", "nome", "nada"]))
    assert list(export.csv_chunks([], ("id",))) == ["\ufeffid\r\n"]


def test_a_workbook_keeps_numbers_and_stores_the_rest_as_text() -> None:
    out = io.BytesIO()
    rows = [["=1+1", "000123", 2.5, 3], ["\x00", None, None, 4]]
    export.to_xlsx({"folha": DataFrame(rows, columns=list("abcd"))}, out, freeze="B2")
    sheet = load_workbook(out)["folha"]
    values = list(sheet.iter_rows(values_only=True))
    assert values == [("a", "b", "c", "d"), ("'=1+1", "000123", 2.5, 3), (None, None, None, 4)]
    assert (sheet["B2"].data_type, sheet["B2"].number_format) == ("s", "@")
    assert sheet["C2"].data_type == "n"
    assert sheet.freeze_panes == "B2"


def test_the_app_starts_without_pandas(tmp_path: Path) -> None:
    program = "import sys; import canais_app.canais_app; print(*sorted({*sys.modules}), sep='\\n')"
    done = subprocess.run(
        [sys.executable, "-c", program],
        env={**os.environ, "CANAIS_DATABASE_URL": f"sqlite:///{tmp_path / 'empty.db'}"},
        check=True,
        capture_output=True,
        text=True,
        timeout=120,
    )
    loaded = set(done.stdout.split())
    assert "canais_app.kit.export" in loaded
    assert not loaded & {"pandas", "openpyxl"}

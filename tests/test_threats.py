"""Each line of docs/threats.md names a test that exists."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[1]
ROWS = [
    [cell.strip() for cell in line.strip("| ").split(" | ")]
    for line in (ROOT / "docs/threats.md").read_text("utf-8").splitlines()
    if line.startswith("| ") and "`tests/" in line
]


def test_each_threat_is_answered_by_a_test() -> None:
    assert len(ROWS) >= 35
    for threat, answer, test, section in ROWS:
        file, _, name = test.strip("`").partition("::")
        assert re.search(rf"^def {name}\(", (ROOT / file).read_text("utf-8"), re.MULTILINE), test
        assert threat
        assert answer
        assert re.fullmatch(r"V\d+\.\d+", section)


def test_no_threat_stands_twice() -> None:
    assert len({row[0] for row in ROWS}) == len(ROWS)

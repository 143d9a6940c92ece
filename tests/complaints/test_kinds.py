"""A kind of complaint is one member and one row in complaints/kinds.py."""

import re
from pathlib import Path

import canais_app
from canais_app.complaints.kinds import COMPLAINT_KINDS, ComplaintKindCode

# The demonstration invents reports of each kind.
MAY_NAME_KINDS = {"complaints/kinds.py", "complaints/not_attended.py", "demo/complaints.py"}


def test_every_kind_has_one_row() -> None:
    assert sorted(row.kind for row in COMPLAINT_KINDS) == sorted(ComplaintKindCode)


def test_only_the_table_and_the_demo_name_single_kinds() -> None:
    root = Path(canais_app.__file__).parent
    members = re.compile(
        rf"\b(?:ComplaintKindCode|_CODE|_KIND)\.(?:{'|'.join(ComplaintKindCode.__members__)})\b"
    )
    found = {
        path.relative_to(root).as_posix()
        for path in root.rglob("*.py")
        if members.search(path.read_text())
    }
    assert found == MAY_NAME_KINDS

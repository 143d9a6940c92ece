"""A new type of channel is one member and one row in directory/channels.py, and no other file."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import canais_app
from canais_app.directory.channels import CHANNEL_TYPES, ChannelKind
from canais_app.directory.spreadsheet import schema

MEMBER = '    APPOINTMENT = "agendamento"\n'
LAST_ROW = "_BY_KIND = "
ROW = """
CHANNEL_TYPES = (
    *CHANNEL_TYPES,
    ChannelType(
        ChannelKind.TELEGRAM,
        "Telegram",
        rank=0,
        clean=clean_link,
        href=_link,
        schema_org="url",
        sheet="Telegram",
        is_offline=True,
        required_of=frozenset({UnitKind.VARA}),
    ),
)
"""
CHECKS = '''
"""Run by the test above in a copy of the package that has the new type."""
from types import SimpleNamespace

from canais_app.api.directory import UnitSearchQuery
from canais_app.complaints.schemas import Report
from canais_app.directory import channels, labels, offline, schema_org, snapshot
from canais_app.directory.editing.schemas import ChannelForm
from canais_app.directory.editor.channel_parts import KINDS
from canais_app.directory.models import Channel
from canais_app.directory.paper import poster, sheet
from canais_app.directory.search import lexicon
from canais_app.directory.spreadsheet import schema
from canais_app.directory.views import UnitCard, UnitPage
from canais_app.kit.errors import InvalidError
from canais_app.kit.forms import parse_form

LINK = "https://t.me/vara"
new = Channel(id=1, unit_id=1, kind="telegram", value=LINK)
old = Channel(id=2, unit_id=1, kind="whatsapp", value="+556530000001")
shown = channels.channel_view(new)

# order, label and link
assert [row.kind for row in channels.sort_channels([old, new])] == ["telegram", "whatsapp"]
assert (shown.name, shown.label, shown.href) == ("Telegram", "Telegram", LINK)
# forms: choice and validation
assert ("telegram", "Telegram") in KINDS
assert parse_form(ChannelForm, {"kind": "telegram", "value": LINK}).value == LINK
try:
    parse_form(ChannelForm, {"kind": "telegram", "value": "t.me/vara"})
except InvalidError as refusal:
    assert set(refusal.errors) == {"value"}
else:
    raise AssertionError("a wrong value was taken")
# the units file: columns, reading, writing
kind = channels.ChannelKind("telegram")
assert {"telegram", "telegram_2_nota"} <= set(schema.file_columns({kind: 2}))
assert schema.parse_channel_column("telegram_2_nota") == schema.ChannelColumn(kind, 2, "_nota")
assert schema.contact_parsers(accept_demo=True)[kind](LINK) == LINK
assert schema.contact_cells(kind, 1, new)["telegram"] == LINK
# JSON-LD, print, offline
card = UnitCard(name="Vara", channels=[shown])
page = UnitPage(card=card)
assert schema_org.unit_json_ld(page, "https://portal")["contactPoint"][0]["url"] == LINK
assert list(sheet._contacts(card, 8, 500)) == [f"Telegram {LINK}"]
assert list(poster._contact_lines(page)) == [("Telegram", LINK)]
here = SimpleNamespace(channels={1: [new]})
unit = SimpleNamespace(id=1, slug="vara", name="Vara", kind="vara", hours={})
assert offline._unit_entry(here, unit)[-1] == [["Telegram", LINK, LINK]]
# search, API, history, complaints
assert lexicon.FILTER_PHRASES["Telegram"] == "canal:telegram"
assert snapshot._contact(new) == ""
assert UnitSearchQuery(channel="telegram").channel == kind
assert labels.channel_label("telegram") == "Telegram"
assert Report(unit="vara", kind="outro", channel="telegram").channel == kind
'''


def test_a_new_type_of_channel_touches_one_file(tmp_path: Path) -> None:
    shutil.copytree(
        Path(canais_app.__file__).parent,
        tmp_path / "canais_app",
        ignore=shutil.ignore_patterns("__pycache__"),
    )
    table = tmp_path / "canais_app/directory/channels.py"
    words = table.read_text()
    assert words.count(MEMBER) == words.count(LAST_ROW) == 1
    words = words.replace(MEMBER, f'{MEMBER}    TELEGRAM = "telegram"\n')
    table.write_text(words.replace(LAST_ROW, f"{ROW}\n{LAST_ROW}"))
    done = subprocess.run(
        [sys.executable, "-c", CHECKS],
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


def test_every_kind_has_one_row() -> None:
    assert [row.kind for row in CHANNEL_TYPES] == list(ChannelKind)
    assert sorted(row.rank for row in CHANNEL_TYPES) == list(range(1, len(ChannelKind) + 1))


@pytest.mark.parametrize("kind", ChannelKind)
def test_the_documentation_lists_the_columns_of_every_kind(kind: ChannelKind) -> None:
    guide = Path(canais_app.__file__).parents[1] / "docs" / "importacao.md"
    row = " | ".join(f"`{column}`" for column in schema.channel_columns(kind, 1))
    assert row in guide.read_text()

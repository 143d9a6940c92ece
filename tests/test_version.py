"""One version number: the package's; the command, the API and the changelog agree."""

import re
from pathlib import Path

from typer.testing import CliRunner

from canais_app import __version__, cli
from canais_app.api import app as api

ROOT = Path(__file__).parents[1]


def test_the_command_prints_the_version() -> None:
    printed = CliRunner().invoke(cli.app, ["--version"])
    assert printed.exit_code == 0
    assert printed.stdout.split() == ["canais", __version__]


def test_the_api_description_has_the_version() -> None:
    assert api.create_app().openapi()["info"]["version"] == __version__


def test_the_newest_heading_of_the_changelog_is_the_version() -> None:
    headings = re.findall(
        r"^## \[?(\d+\.\d+\.\d+)", (ROOT / "CHANGELOG.md").read_text(), re.MULTILINE
    )
    assert headings[0] == __version__


def test_the_version_is_defined_once() -> None:
    project = (ROOT / "pyproject.toml").read_text()
    assert re.search(r'^version = "', project, re.MULTILINE) is None
    assert 'attr = "canais_app.__version__"' in project

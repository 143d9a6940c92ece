"""Every migration is undone with data in the tables, and done again; on both databases."""

import subprocess
import sys

import pytest
from alembic.script import ScriptDirectory
from sqlalchemy import text

from alembic import command
from canais_app.kit import db, migrations
from canais_app.settings import ROOT

pytestmark = pytest.mark.timeout(900)


def count_rows() -> dict[str, int]:
    """Return the rows of the tables that exist at every version."""
    with db.get_engine().connect() as connection:
        return {
            name: connection.execute(text(f"SELECT count(*) FROM {name}")).scalar_one()  # noqa: S608
            for name in ("unit", "channel", "comarca", "staff")
        }


def test_each_migration_is_undone_with_data(any_database: str) -> None:
    """The demonstration's rows are in nearly every table; those below stay to the last step."""
    subprocess.run(
        [sys.executable, "-m", "canais_app.cli", "seed"], cwd=ROOT, check=True, capture_output=True
    )
    before = count_rows()
    assert min(before.values()) > 0
    config = migrations._config()
    steps = [one.revision for one in ScriptDirectory.from_config(config).walk_revisions()]
    for older in steps[1:]:
        db.get_engine().dispose()
        command.downgrade(config, older)
        assert count_rows() == before, older
    db.get_engine().dispose()
    command.upgrade(config, "head")
    assert migrations.is_database_current()
    assert count_rows() == before

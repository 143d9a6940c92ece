"""Upgrade the database, and check that it is at the newest version."""

import sys

from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from alembic import command
from canais_app.kit.db import get_engine
from canais_app.settings import ROOT


def _config() -> Config:
    config = Config(toml_file=str(ROOT / "pyproject.toml"))
    config.set_main_option("script_location", str(ROOT / "alembic"))
    return config


def upgrade_database() -> None:
    """Upgrade the database to the newest version."""
    command.upgrade(_config(), "head")


def is_database_current() -> bool:
    """Return whether the database is at the newest version."""
    with get_engine().connect() as connection:
        revision = MigrationContext.configure(connection).get_current_revision()
    return revision == ScriptDirectory.from_config(_config()).get_current_head()


def require_current() -> None:
    """Stop the program with one sentence unless the database is at the newest version.

    Raises:
        SystemExit: tables are missing or of another version.
    """
    if not is_database_current():
        sys.exit(
            "O banco de dados não tem as tabelas desta versão. Rode `canais migrate` e, para ter "
            "dados de demonstração, `canais seed`."
        )

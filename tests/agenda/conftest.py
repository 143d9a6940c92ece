"""Both databases for the agenda's races."""

from collections.abc import Iterator

import pytest

from canais_app.kit import db
from canais_app.kit.migrations import upgrade
from canais_app.settings import settings
from tests import servers


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """A PostgreSQL of our own, when it is installed."""
    if servers.postgres_bin() is None:
        pytest.skip("PostgreSQL is not installed (apt package: postgresql)")
    with servers.postgres() as url:
        yield url


def _forget() -> None:
    db.engine().dispose()
    settings.cache_clear()
    db.engine.cache_clear()


@pytest.fixture(params=["sqlite", "postgresql"])
def any_database(
    request: pytest.FixtureRequest, database: object, monkeypatch: pytest.MonkeyPatch
) -> Iterator[str]:
    """The process's database, empty, in each dialect."""
    if request.param == "sqlite":
        yield request.param
        return
    monkeypatch.setenv("CANAIS_DATABASE_URL", request.getfixturevalue("postgres_url"))
    _forget()
    with db.engine().begin() as connection:
        connection.exec_driver_sql("DROP SCHEMA public CASCADE")
        connection.exec_driver_sql("CREATE SCHEMA public")
    upgrade()
    yield request.param
    _forget()
    monkeypatch.undo()
    settings.cache_clear()

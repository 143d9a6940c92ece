"""Fixtures of all tests: an own migrated database, and a fixed time.

Under pytest-xdist each worker is a process that reads this file anew: it has its own temporary
folder, SQLite file and PostgreSQL cluster. Ports are free ones, so workers share nothing but the
built pages (`tests/e2e/conftest.py`).

`make test DB=postgres` runs the tests that touch the database once more, on PostgreSQL.
"""

import atexit
import contextlib
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

import pytest

# Settings are read once, so the environment of the tests is set before anything is imported.
ON_POSTGRES = os.environ.get("TESTS_DB") == "postgres"
_VAR = Path(tempfile.mkdtemp(prefix="canais-tests-"))
atexit.register(shutil.rmtree, _VAR, ignore_errors=True)
os.environ.update(
    CANAIS_VAR_DIR=str(_VAR),
    CANAIS_DATABASE_URL=f"sqlite:///{_VAR / 'tests.db'}",
    CANAIS_PROFILE="demo",
    CANAIS_RATE_LIMITS="off",
    REFLEX_TELEMETRY_ENABLED="false",
)
for name in (
    "CANAIS_REDIS_URL",
    "CANAIS_SMTP_URL",
    "CANAIS_PUBLIC_URL",
    "CANAIS_WORKERS",
    "CANAIS_WORKER",
):
    os.environ.pop(name, None)

from hypothesis import HealthCheck  # noqa: E402
from hypothesis import settings as hypothesis_settings  # noqa: E402
from sqlmodel import Session  # noqa: E402

import canais_app.models  # noqa: E402, F401 (importing registers the tables)
from canais_app import wiring  # noqa: E402
from canais_app.kit import db  # noqa: E402
from canais_app.kit.clock import TZ  # noqa: E402
from canais_app.kit.migrations import upgrade_database  # noqa: E402
from canais_app.settings import settings  # noqa: E402
from tests import servers  # noqa: E402

wiring.connect_hooks()


# A busy machine generates examples slowly; that is no failure of what is tested.
# CI says the same of the same code; elsewhere each run draws other examples.
hypothesis_settings.register_profile(
    "patient",
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
    derandomize="CI" in os.environ,
)
hypothesis_settings.load_profile("patient")


@pytest.fixture(scope="session")
def blank() -> Path:
    """A migrated, empty database file, made once."""
    upgrade_database()
    db.get_engine().dispose()
    path = _VAR / "blank.db"
    shutil.copy(_VAR / "tests.db", path)
    return path


@pytest.fixture
def database(request: pytest.FixtureRequest, blank: Path) -> Iterator[Path]:
    """The process's database, empty again for this test; on SQLite, its file."""
    if ON_POSTGRES:
        with _on_postgres(request):
            yield _VAR / "no-file"
        return
    db.get_engine().dispose()
    for suffix in ("", "-wal", "-shm"):
        (_VAR / f"tests.db{suffix}").unlink(missing_ok=True)
    shutil.copy(blank, _VAR / "tests.db")
    yield _VAR / "tests.db"
    db.get_engine().dispose()


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """A PostgreSQL of our own, when it is installed: the URL of its database `postgres`."""
    if servers.postgres_bin() is None:
        pytest.skip("PostgreSQL is not installed (apt package: postgresql)")
    with servers.start_postgres() as url:
        yield url


@pytest.fixture(scope="session")
def postgres_template(postgres_url: str) -> str:
    """The name of a migrated, empty database in it, to be copied: faster than migrating."""
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("CANAIS_DATABASE_URL", servers.create_database(postgres_url, "blank"))
        _forget()
        upgrade_database()
        _forget()
    settings.cache_clear()
    return "blank"


def _forget() -> None:
    db.get_engine().dispose()
    settings.cache_clear()
    db.get_engine.cache_clear()


@pytest.fixture(params=["sqlite", "postgresql"])
def any_database(request: pytest.FixtureRequest, database: object) -> Iterator[str]:
    """The process's database, empty, in each dialect."""
    if request.param == "sqlite":
        yield request.param
        return
    with _on_postgres(request):
        yield request.param


@contextlib.contextmanager
def _on_postgres(request: pytest.FixtureRequest) -> Iterator[None]:
    """Make an empty database of PostgreSQL the process's."""
    template = request.getfixturevalue("postgres_template")
    copied = servers.create_database(request.getfixturevalue("postgres_url"), "tests", template)
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("CANAIS_DATABASE_URL", copied)
        _forget()
        yield
        _forget()
    settings.cache_clear()


@pytest.fixture
def session(database: Path) -> Iterator[Session]:
    """An open transaction that nothing commits unless the test does."""
    with Session(db.get_engine(), expire_on_commit=False) as opened:
        yield opened


@pytest.fixture
def configure() -> Iterator[Callable[..., None]]:
    """Set settings for this test: `configure(SECOND_STEP_REQUIRED="on")`."""
    from canais_app.settings import settings

    with pytest.MonkeyPatch.context() as environment:

        def work(**values: str) -> None:
            for name, value in values.items():
                environment.setenv(f"CANAIS_{name}", value)
            settings.cache_clear()

        yield work
    settings.cache_clear()


@pytest.fixture
def now() -> datetime:
    """Monday, 23 November 2026, 14:00 in Cuiabá: the court is open."""
    return datetime(2026, 11, 23, 14, 0, tzinfo=TZ)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Run the browser journeys last: Playwright's own event loop stays in the main thread."""
    if ON_POSTGRES:
        left_out = [item for item in items if not _belongs_on_postgres(item)]
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if item not in left_out]
    items.sort(key=lambda item: item.get_closest_marker("browser") is not None)


def _belongs_on_postgres(item: pytest.Item) -> bool:
    """Whether a test touches the database, and only that of this process and of any dialect."""
    used = set(getattr(item, "fixturenames", ()))
    others = {"any_database", "postgres_url", "postgres_template"}
    marked = any(item.get_closest_marker(name) for name in ("sqlite", "browser", "alone"))
    return "database" in used and not used & others and not marked

"""The demonstration's court in a database of its own, made once: what the search is asked of."""

import shutil
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from random import Random

import pytest
from sqlmodel import Session, create_engine

from canais_app.demo import seed, units
from canais_app.directory import unit_search
from canais_app.directory.views import SearchAnswer
from canais_app.kit.clock import TZ

Ask = Callable[..., SearchAnswer]
# Monday, 23 November 2026, 14:00 in Cuiabá: the court is open.
NOW = datetime(2026, 11, 23, 14, 0, tzinfo=TZ)


@pytest.fixture(scope="session")
def court(blank: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Session]:
    """The real comarcas with the demonstration's tree of units; nobody writes to it."""
    path = tmp_path_factory.mktemp("court") / "court.db"
    shutil.copy(blank, path)
    with Session(create_engine(f"sqlite:///{path}"), expire_on_commit=False) as session:
        seed.load_facts(session)
        units.create_units(session, Random(20261124), NOW)
        session.commit()
        yield session


@pytest.fixture
def ask(court: Session) -> Ask:
    """The search, as all doors call it."""
    return lambda words, **more: unit_search.find_units(court, words, now=NOW, **more)

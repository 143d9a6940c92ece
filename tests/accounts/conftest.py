"""People with accounts, and limits as in production."""

from collections.abc import Callable
from pathlib import Path

import pytest

from canais_app.kit import clock, db
from tests.factories import accounts as factory
from tests.people import ADMIN, CORREGEDORIA, SUSPENDED


@pytest.fixture
def staffed(database: Path) -> None:
    """Three people with accounts."""
    with db.write_transaction() as session:
        factory.make_everybody(session, now=clock.now(), people=(ADMIN, CORREGEDORIA, SUSPENDED))


@pytest.fixture
def limited(configure: Callable[..., None]) -> None:
    """Rate limits as in production."""
    configure(RATE_LIMITS="on")

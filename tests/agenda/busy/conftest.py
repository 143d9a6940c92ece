"""A web server that the portal may read calendars from."""

from collections.abc import Callable, Iterator

import pytest

from tests.calendar_server import WebServer, start_web_server


@pytest.fixture
def web(configure: Callable[..., None]) -> Iterator[WebServer]:
    """A web server whose origin the operator named."""
    with start_web_server() as server:
        configure(CALENDAR_ORIGINS=server.origin)
        yield server

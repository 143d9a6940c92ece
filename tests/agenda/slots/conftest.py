"""The API and the command, both of which list free slots."""

import sys
from collections.abc import Callable, Iterator

import pytest
from starlette.testclient import TestClient

from canais_app import cli
from canais_app.api.app import create_app as make_api

Run = Callable[..., tuple[int, str, str]]


@pytest.fixture(scope="module")
def api() -> Iterator[TestClient]:
    with TestClient(make_api(), raise_server_exceptions=True) as client:
        yield client


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Run `canais` as the shell does: exit code, what it printed, what it complained of."""

    def work(*words: str) -> tuple[int, str, str]:
        monkeypatch.setattr(sys, "argv", ["canais", *words])
        with pytest.raises(SystemExit) as end:
            cli.main()
        printed = capsys.readouterr()
        return int(end.value.code or 0), printed.out, printed.err

    return work

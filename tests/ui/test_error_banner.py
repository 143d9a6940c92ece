"""The error banner."""

import asyncio
from pathlib import Path

import pytest

from canais_app.canais_app import handle_backend_exception
from canais_app.kit import db
from canais_app.ui.error_banner import ErrorBannerState
from tests.doors import Browser, list_handlers


def test_an_internal_error_shows_one_sentence(
    database: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    async def broken(*_: object, **__: object) -> None:
        raise OSError("disk full of 'frase secreta'")

    async def story() -> tuple[str, str]:
        tab = Browser(on_failure=handle_backend_exception)
        state = ErrorBannerState.get_full_name()
        with monkeypatch.context() as failing:
            failing.setattr(db, "read", broken)
            answer = await tab.send(list_handlers()["FinderState.load"][1], {})
        assert isinstance(answer.wrong[0], OSError)
        said = answer.page[state]["said"]
        closed = await tab.send(list_handlers()["ErrorBannerState.dismiss"][1], {})
        return said, closed.page[state]["said"]

    said, after = asyncio.run(story())
    assert said.startswith("Algo falhou do nosso lado às ")
    assert "tente de novo" in said
    assert after == ""
    assert "frase secreta" not in "".join(capsys.readouterr())

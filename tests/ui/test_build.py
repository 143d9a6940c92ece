"""What we change in Reflex's client must still be there to change."""

from pathlib import Path

import pytest
import reflex_base

from canais_app.ui.build import speak_portuguese

STATE_JS = Path(reflex_base.__file__).parent / ".templates/web/utils/state.js"


def test_the_pinned_client_takes_our_words_and_the_page_port() -> None:
    changed = speak_portuguese(STATE_JS.read_text(encoding="utf-8"))
    assert "A new version" not in changed
    assert "endpoint.port = window.location.port" in changed
    assert speak_portuguese(changed) == changed


def test_a_client_that_changed_stops_the_build() -> None:
    with pytest.raises(RuntimeError, match=r"state\.js"):
        speak_portuguese("export const nothing = 1;")

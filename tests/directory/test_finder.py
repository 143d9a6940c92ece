import asyncio
from typing import Any

import pytest
import reflex as rx
from sqlmodel import Session

from canais_app.directory.finder.state import FinderState
from tests.factories import directory as make

SINOP_CASE = "0000001-49.2026.8.11.0015"


async def finder() -> Any:
    root = rx.State(_reflex_internal_init=True)  # pyright: ignore[reportCallIssue]
    return await root.get_state(FinderState)


@pytest.fixture
def directory(session: Session) -> None:
    make.make_small_directory(session)
    session.commit()


async def _typed(words: Any) -> tuple[Any, Any]:
    state = await finder()
    return state, await FinderState.type_words.fn(state, words)


def run(work: Any) -> Any:

    return asyncio.run(work)


def test_typing_finds_units_and_updates_the_address(directory: None) -> None:
    state, moved = run(_typed("whatsapp juizado sinop"))
    assert [card.slug for card in state.cards] == ["juizado-especial-civel-de-sinop-secretaria"]
    assert "q=whatsapp+juizado+sinop" in str(moved)


@pytest.mark.parametrize("typed", [SINOP_CASE, "0000001-49.2026", "00000014920268110015"])
def test_a_case_number_reaches_neither_the_address_nor_the_state(
    directory: None, typed: str
) -> None:
    state, moved = run(_typed(typed))
    kept = repr({name: getattr(state, name) for name in FinderState.get_fields()})
    assert typed not in str(moved)
    assert typed not in kept
    assert state.case_message


def test_too_long_a_text_is_refused_and_nothing_breaks(directory: None) -> None:
    state, moved = run(_typed("x" * 1_000_000))
    assert "xxx" not in str(moved)
    assert state.problem == "Escreva até 200 letras."
    assert state.cards == []


def test_an_empty_query_shows_the_shortcuts(directory: None) -> None:
    state, _ = run(_typed("   "))
    assert not state.searched

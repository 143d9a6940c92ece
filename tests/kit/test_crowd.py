"""Of many who ask for one thing, those who came before a refusal was read are refused with it."""

import asyncio
import threading
from collections.abc import Callable
from contextvars import Context

import pytest
from sqlmodel import Session

from canais_app.kit import crowd
from canais_app.kit.crowd import GoneError
from canais_app.kit.errors import InvalidError


class Counter:
    """A thing that was somebody else's; each look is counted and waits for `go`."""

    def __init__(self) -> None:
        self.looks = 0
        self.begun, self.go = threading.Event(), threading.Event()
        self.says: Callable[[int], Exception | None] = self.gone

    def gone(self, asked: int) -> Exception:
        """Refuse as of a moment."""
        said = GoneError("Já foi.")
        said.asked = asked
        return said

    def look(self, _session: Session) -> str:
        """Read: first the moment, then what is there."""
        self.looks += 1
        self.begun.set()
        assert self.go.wait(10)
        if said := self.says(crowd.moment()):
            raise said
        return "é sua"


async def ask(counter: Counter, thing: str = "quinta, 10h") -> str:
    """Ask and return the answer, or the refusal's name."""
    try:
        return await crowd.ask(thing, counter.look)
    except (GoneError, InvalidError) as said:
        return type(said).__name__


@pytest.fixture
def counter(any_database: str) -> Counter:
    """A thing on each database."""
    assert any_database
    return Counter()


async def crowded(counter: Counter, *things: str) -> list[str]:
    """Let everybody come while the first one's transaction is open; then let it read."""
    asking = [asyncio.ensure_future(ask(counter, thing)) for thing in things]
    await asyncio.to_thread(counter.begun.wait, 10)
    counter.go.set()
    return await asyncio.gather(*asking)


def test_twenty_who_came_in_time_cost_one_look(counter: Counter) -> None:
    assert asyncio.run(crowded(counter, *["quinta"] * 20)) == ["GoneError"] * 20
    assert counter.looks == 1


def test_who_asks_for_another_thing_looks_for_themselves(counter: Counter) -> None:
    assert asyncio.run(crowded(counter, "quinta", "sexta")) == ["GoneError"] * 2
    assert counter.looks == 2


def test_who_comes_after_the_reading_looks_anew(counter: Counter) -> None:
    async def story() -> None:
        first = asyncio.ensure_future(ask(counter))
        await asyncio.to_thread(counter.begun.wait, 10)
        counter.says = lambda _: counter.gone(0)  # as of before anybody came
        second = asyncio.ensure_future(ask(counter))
        counter.go.set()
        assert await asyncio.gather(first, second) == ["GoneError"] * 2

    asyncio.run(story())
    assert counter.looks == 2


def test_who_has_come_and_says_later_what_for_is_told_the_same(counter: Counter) -> None:
    async def story() -> None:
        counter.go.set()
        with crowd.arrival():
            # In a task of its own: it comes after the one who is outside.
            assert await asyncio.create_task(ask(counter), context=Context()) == "GoneError"
            assert await ask(counter) == "GoneError"

    asyncio.run(story())
    assert counter.looks == 1


def test_after_a_refusal_nothing_is_remembered(counter: Counter) -> None:
    async def story() -> None:
        assert await crowded(counter, "quinta") == ["GoneError"]
        counter.says = lambda _: None
        assert await ask(counter, "quinta") == "é sua"

    asyncio.run(story())
    assert not crowd._Crowd.told  # pyright: ignore[reportPrivateUsage]


def test_another_refusal_is_its_askers_own(counter: Counter) -> None:
    counter.says = lambda _: InvalidError("Falta o nome.")
    assert asyncio.run(crowded(counter, *["quinta"] * 3)) == ["InvalidError"] * 3
    assert counter.looks == 3

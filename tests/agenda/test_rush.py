"""Many lawyers for one time in one process: one look for all, and nobody is told what is not so."""

import asyncio
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlmodel import Session

from canais_app.agenda import queries, service
from canais_app.agenda.errors import SlotTakenError
from canais_app.agenda.lifecycle import rush
from canais_app.agenda.times import availability
from canais_app.agenda.views import Booked
from canais_app.kit import clock, db
from tests.factories import agenda as make


@pytest.fixture
def looks(monkeypatch: pytest.MonkeyPatch) -> list[datetime]:
    """The times that were looked for in the database."""
    seen: list[datetime] = []
    find = availability.find

    def counting(session: Session, agenda: Any, start: datetime, **more: Any) -> Any:
        seen.append(start)
        return find(session, agenda, start, **more)

    monkeypatch.setattr(availability, "find", counting)
    return seen


@pytest.fixture
def place(any_database: str, now: datetime) -> tuple[str, datetime]:
    """An agenda and one of its free times."""
    assert any_database

    def made(session: Session) -> tuple[str, datetime]:
        slug = make.agenda(session, [make.window(day) for day in range(7)]).slug
        today = clock.local_day(now)
        free = queries.open_slots(session, slug, today, today + timedelta(days=7), now=now)
        return slug, datetime.fromisoformat(free[-1].start)

    return db.run(made)


def sent(start: datetime, number: int, **more: str) -> dict[str, Any]:
    """What the lawyer of this OAB number sends."""
    return {**make.form(start, oab_number=str(number)), **more}


async def outcomes(*asking: Any) -> list[str]:
    """Return the code of each who won, and the name of what refused the others."""
    found = await asyncio.gather(*asking, return_exceptions=True)
    return [one.code if isinstance(one, Booked) else type(one).__name__ for one in found]


def test_twenty_at_once_are_one_winner_and_two_looks(
    place: tuple[str, datetime], now: datetime, looks: list[datetime]
) -> None:
    slug, start = place
    asking = (rush.book_as_sent(slug, sent(start, n), now=now) for n in range(1, 21))
    said = asyncio.run(outcomes(*asking))
    assert said.count("SlotTakenError") == len(said) - 1
    assert len(looks) == 2


def test_a_repeated_wish_gets_its_booking_whatever_others_are_told(
    place: tuple[str, datetime], now: datetime
) -> None:
    slug, start = place
    mine = sent(start, 1, idempotency_key="a mesma chave")
    asking = [rush.book_as_sent(slug, mine, now=now)]
    asking += [rush.book_as_sent(slug, sent(start, n), now=now) for n in range(2, 9)]
    asking += [rush.book_as_sent(slug, mine, now=now)]
    first, *others, again = asyncio.run(outcomes(*asking))
    assert set(others) == {"SlotTakenError"}
    assert again == first


def test_who_holds_the_time_has_it_whatever_others_are_told(
    place: tuple[str, datetime], now: datetime
) -> None:
    slug, start = place
    held = db.run(service.hold, slug, start, "", now=now)
    asking = [rush.book_as_sent(slug, sent(start, n), now=now) for n in range(2, 9)]
    asking += [rush.book_as_sent(slug, sent(start, 1, hold_token=held.token), now=now)]
    *others, mine = asyncio.run(outcomes(*asking))
    assert set(others) == {"SlotTakenError"}
    assert "Error" not in mine


def test_who_gives_up_one_time_for_another_looks_for_themselves(
    place: tuple[str, datetime], now: datetime, looks: list[datetime]
) -> None:
    slug, start = place
    held = db.run(service.hold, slug, start, "", now=now)
    looks.clear()
    again = rush.hold(slug, start, "", now=now, previous_token=held.token)
    assert asyncio.run(again).start == start
    assert looks == [start]


def test_a_time_that_is_free_again_is_had_by_who_asks_then(
    place: tuple[str, datetime], now: datetime
) -> None:
    slug, start = place

    async def story() -> Booked:
        held = await rush.hold(slug, start, "", now=now)
        with pytest.raises(SlotTakenError):
            await rush.book_as_sent(slug, sent(start, 2), now=now)
        await db.in_session(service.release, held.token)
        return await rush.book_as_sent(slug, sent(start, 2), now=now + timedelta(seconds=1))

    assert asyncio.run(story()).start == start

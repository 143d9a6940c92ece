"""Clean-up runs after a page has disconnected or left its room."""

import asyncio
from datetime import datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from sqlmodel import Session

from canais_app.kit import live, sockets
from canais_app.kit.broadcaster import Broadcaster

ROOM = "quadro:1"


def _page(sid: str) -> Any:
    return SimpleNamespace(router=SimpleNamespace(session=SimpleNamespace(session_id=sid)))


@pytest.fixture
def members(database: Path, monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """Who is in the room; looks follow each other without a pause."""
    inside = {"aba"}
    manager = SimpleNamespace(rooms={sockets.NAMESPACE: {ROOM: inside}})
    broadcaster = Broadcaster(app=SimpleNamespace(sio=SimpleNamespace(manager=manager)))  # pyright: ignore[reportArgumentType]
    monkeypatch.setattr(live, "broadcaster", broadcaster)
    monkeypatch.setattr(live, "POLL_SECONDS", 0)
    monkeypatch.setattr(live, "GRACE_SECONDS", 0)
    return inside


def test_clean_up_runs_once_and_only_after_the_page_has_left(members: set[str]) -> None:
    done: list[datetime] = []
    over = asyncio.Event()

    def work(_session: Session, since: datetime) -> None:
        done.append(since)
        over.set()

    async def scenario() -> None:
        live.on_disconnect(_page("aba"), ROOM, work)
        live.on_disconnect(_page("aba"), ROOM, work)  # its page was read anew
        for _ in range(20):
            await asyncio.sleep(0)
        assert not done
        members.clear()
        await asyncio.wait_for(over.wait(), timeout=5)

    asyncio.run(scenario())
    assert len(done) == 1


def test_a_page_without_a_room_is_not_watched(members: set[str]) -> None:
    async def scenario() -> None:
        live.on_disconnect(_page("outra"), ROOM, lambda _session, _since: pytest.fail("chamada"))
        await asyncio.sleep(0)

    asyncio.run(scenario())

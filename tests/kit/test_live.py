"""A topic touched in a transaction reaches each room once, whoever committed it."""

import asyncio
from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import reflex as rx
from sqlmodel import Session

from canais_app.kit import db, live, pubsub, sockets
from canais_app.kit.broadcaster import MIN_INTERVAL_SECONDS, Broadcaster


class Socket:
    """What the hub uses of python-socketio: rooms with members, and what was emitted."""

    def __init__(self, *rooms: str) -> None:
        self.members = {room: {f"sid of {room}"} for room in rooms}
        self.manager = SimpleNamespace(
            rooms={sockets.NAMESPACE: self.members},
            get_participants=lambda _, room: [(sid, sid) for sid in self.members.get(room, ())],
        )
        self.environments: dict[str, dict[str, object]] = defaultdict(dict)
        self.sent: list[tuple[str, Mapping[str, Any]]] = []
        self.led_away: list[str] = []
        self.heard = asyncio.Event()

    async def emit(
        self, _event: str, update: Any, *, namespace: str, room: str = "", to: str = ""
    ) -> None:
        assert namespace == sockets.NAMESPACE
        if to:
            assert [e.payload["path"] for e in update.events] == ["/entrar"]
            self.led_away.append(to)
            return
        self.sent.append((room, update.delta))
        self.heard.set()

    def get_environ(self, sid: str, _namespace: str) -> dict[str, object]:
        return self.environments[sid]

    def rooms(self, sid: str, _namespace: str) -> list[str]:
        return [room for room, members in self.members.items() if sid in members]

    async def enter_room(self, sid: str, room: str, *, namespace: str) -> None:
        assert namespace == sockets.NAMESPACE
        self.members.setdefault(room, set()).add(sid)

    async def leave_room(self, sid: str, room: str, *, namespace: str) -> None:
        assert namespace == sockets.NAMESPACE
        self.members[room].discard(sid)


class BoardState(rx.State):
    """A page that shows a count."""

    count: int = 0


def read(_session: Session, room: str, _now: datetime) -> dict[str, object]:
    return {"count": len(room)}


@pytest.fixture
def hub(database: Path, monkeypatch: pytest.MonkeyPatch) -> Broadcaster:
    made = Broadcaster()
    monkeypatch.setattr(live, "broadcaster", made)
    live.register_view("mural", BoardState, read)
    return made


def _watch(hub: Broadcaster, *rooms: str) -> Socket:
    socket = Socket(*rooms)
    hub.app = SimpleNamespace(sio=socket)  # pyright: ignore[reportAttributeAccessIssue]
    for room in rooms:
        hub.rooms[room.partition("#")[0]].add(room)
    return socket


async def _while_running(hub: Broadcaster, socket: Socket, work: Any) -> None:
    running = asyncio.create_task(hub.run())
    try:
        await asyncio.wait_for(hub.listening.wait(), timeout=5)
        await work()
        await asyncio.wait_for(socket.heard.wait(), timeout=5)
    finally:
        running.cancel()


async def _settled(hub: Broadcaster) -> None:
    """Wait until the hub has shown all it was told of."""
    while hub._tasks:
        await asyncio.gather(*hub._tasks)


def test_a_commit_fills_every_room_of_its_topic_and_no_other(hub: Broadcaster) -> None:
    async def story() -> None:
        socket = _watch(hub, "mural:1#a", "mural:2#a")
        await _while_running(hub, socket, lambda: db.write(live.emit, "mural:1"))
        assert [room for room, _ in socket.sent] == ["mural:1#a"]
        (values,) = socket.sent[0][1].values()
        assert list(values.values()) == [len("mural:1#a")]

    asyncio.run(story())


def test_a_transaction_taken_back_tells_nobody(hub: Broadcaster) -> None:
    def fail(session: Session) -> None:
        live.emit(session, "mural:1")
        raise LookupError

    async def story() -> None:
        socket = _watch(hub, "mural:1", "mural:2")

        async def work() -> None:
            with pytest.raises(LookupError):
                await db.write(fail)
            await db.write(live.emit, "mural:2")

        await _while_running(hub, socket, work)
        assert [room for room, _ in socket.sent] == ["mural:2"]

    asyncio.run(story())


def test_what_another_process_committed_is_heard_too(
    hub: Broadcaster, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def story() -> None:
        socket = _watch(hub, "mural:1")

        async def work() -> None:
            with monkeypatch.context() as elsewhere:
                elsewhere.setattr(pubsub, "PROCESS_ID", "another process")
                elsewhere.setattr(db, "after_commit_hooks", [])
                await db.write(live.emit, "mural:1")

        await _while_running(hub, socket, work)
        assert [room for room, _ in socket.sent] == ["mural:1"]

    asyncio.run(story())


def test_a_burst_becomes_at_most_five_updates_a_second(hub: Broadcaster) -> None:
    async def story() -> None:
        socket = _watch(hub, "mural:1")

        async def work() -> None:
            for _ in range(40):
                await db.write(live.emit, "mural:1")
            await asyncio.sleep(MIN_INTERVAL_SECONDS * 2)

        begun = asyncio.get_running_loop().time()
        await _while_running(hub, socket, work)
        seconds = asyncio.get_running_loop().time() - begun
        assert 1 <= len(socket.sent) <= seconds / MIN_INTERVAL_SECONDS + 1

    asyncio.run(story())


def test_an_empty_room_is_forgotten(hub: Broadcaster) -> None:
    async def story() -> None:
        socket = _watch(hub, "mural:1", "mural:2")
        socket.manager.rooms[sockets.NAMESPACE].pop("mural:1")

        async def work() -> None:
            await db.write(live.emit, "mural:1")
            await db.write(live.emit, "mural:2")

        await _while_running(hub, socket, work)
        assert hub.rooms["mural:1"] == set()

    asyncio.run(story())


def test_what_depends_on_another_topic_is_shown_anew_with_it(hub: Broadcaster) -> None:
    async def story() -> None:
        live.register_view("quadro", BoardState, read)
        live.depends_on("mural", "relogio:1")
        socket = _watch(hub, "mural:1#a", "mural:2", "quadro:1")
        await _while_running(hub, socket, lambda: db.write(live.emit, "relogio:1"))
        await _settled(hub)
        assert {room for room, _ in socket.sent} == {"mural:1#a", "mural:2"}

    asyncio.run(story())


def test_who_follows_may_choose_whom_a_change_concerns_and_is_asked_once(hub: Broadcaster) -> None:
    asked: list[list[str]] = []

    def choose(_session: Session, rooms: Iterable[str], _now: datetime) -> list[str]:
        asked.append(sorted(rooms))
        return [room for room in asked[-1] if room.endswith("b")]

    async def story() -> None:
        live.depends_on("mural", "ruas:all", choose)
        socket = _watch(hub, "mural:1#a", "mural:1#b", "mural:1")
        await _while_running(hub, socket, lambda: db.write(live.emit, "ruas:all"))
        await _settled(hub)
        assert [room for room, _ in socket.sent] == ["mural:1#b"]

    asyncio.run(story())
    assert asked == [["mural:1", "mural:1#a", "mural:1#b"]]


# --- guarded views ------------------------------------------------------------------------


def _page(sid: str) -> Any:
    return SimpleNamespace(router=SimpleNamespace(session=SimpleNamespace(session_id=sid)))


def test_who_may_no_longer_watch_is_led_out_before_the_update(hub: Broadcaster) -> None:
    live.register_view("painel", BoardState, read, rechecks_access=True)
    may = {"ana": True, "ivo": True}

    async def story() -> None:
        socket = Socket()
        hub.app = SimpleNamespace(sio=socket)  # pyright: ignore[reportAttributeAccessIssue]
        for name in may:
            await live.subscribe(
                _page(name), "painel:1", recheck_access=lambda _s, _n, who=name: may[who]
            )
        assert socket.members["painel:1"] == {"ana", "ivo"}
        may["ivo"] = False
        await _while_running(hub, socket, lambda: db.write(live.emit, "painel:1"))
        assert socket.members["painel:1"] == {"ana"}
        assert socket.led_away == ["ivo"]

    asyncio.run(story())


def test_a_room_that_nobody_may_watch_is_not_even_read(hub: Broadcaster) -> None:
    reads: list[str] = []

    def note(_session: Session, room: str, _now: datetime) -> dict[str, object]:
        reads.append(room)
        return {}

    live.register_view("painel", BoardState, note, rechecks_access=True)

    async def story() -> None:
        socket = _watch(hub, "painel:1", "mural:1")  # in the room, and nobody said how to ask

        async def work() -> None:
            await db.write(live.emit, "painel:1")
            await db.write(live.emit, "mural:1")

        await _while_running(hub, socket, work)
        assert (socket.led_away, reads) == (["sid of painel:1"], [])

    asyncio.run(story())


def test_a_guarded_view_is_not_joined_without_a_way_to_ask(hub: Broadcaster) -> None:
    live.register_view("painel", BoardState, read, rechecks_access=True)
    with pytest.raises(ValueError, match="painel"):
        asyncio.run(live.subscribe(_page("ana"), "painel:1"))

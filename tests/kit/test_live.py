"""A topic emitted in a transaction updates each of its rooms once."""

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
    """What the broadcaster uses of python-socketio: rooms with members, and what was emitted."""

    def __init__(self, *rooms: str) -> None:
        self.members = {room: {f"sid of {room}"} for room in rooms}
        self.manager = SimpleNamespace(
            rooms={sockets.NAMESPACE: self.members},
            get_participants=lambda _, room: [(sid, sid) for sid in self.members.get(room, ())],
        )
        self.environments: dict[str, dict[str, object]] = defaultdict(dict)
        self.sent: list[tuple[str, Mapping[str, Any]]] = []
        self.redirected: list[str] = []
        self.heard = asyncio.Event()

    async def emit(
        self, _event: str, update: Any, *, namespace: str, room: str = "", to: str = ""
    ) -> None:
        assert namespace == sockets.NAMESPACE
        if to:
            assert [e.payload["path"] for e in update.events] == ["/entrar"]
            self.redirected.append(to)
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
def broadcaster(database: Path, monkeypatch: pytest.MonkeyPatch) -> Broadcaster:
    made = Broadcaster()
    monkeypatch.setattr(live, "broadcaster", made)
    live.register_view("mural", BoardState, read)
    return made


def _watch(broadcaster: Broadcaster, *rooms: str) -> Socket:
    socket = Socket(*rooms)
    broadcaster.app = SimpleNamespace(sio=socket)  # pyright: ignore[reportAttributeAccessIssue]
    for room in rooms:
        broadcaster.rooms[room.partition("#")[0]].add(room)
    return socket


async def _while_running(broadcaster: Broadcaster, socket: Socket, work: Any) -> None:
    running = asyncio.create_task(broadcaster.run())
    try:
        await asyncio.wait_for(broadcaster.listening.wait(), timeout=5)
        await work()
        await asyncio.wait_for(socket.heard.wait(), timeout=5)
    finally:
        running.cancel()


async def _settled(broadcaster: Broadcaster) -> None:
    """Wait until the broadcaster has shown all it was told of."""
    while broadcaster._tasks:
        await asyncio.gather(*broadcaster._tasks)


def test_a_commit_updates_every_room_of_its_topic_and_no_other(broadcaster: Broadcaster) -> None:
    async def scenario() -> None:
        socket = _watch(broadcaster, "mural:1#a", "mural:2#a")
        await _while_running(broadcaster, socket, lambda: db.write(live.emit, "mural:1"))
        assert [room for room, _ in socket.sent] == ["mural:1#a"]
        (values,) = socket.sent[0][1].values()
        assert list(values.values()) == [len("mural:1#a")]

    asyncio.run(scenario())


def test_a_rolled_back_transaction_updates_no_page(broadcaster: Broadcaster) -> None:
    def fail(session: Session) -> None:
        live.emit(session, "mural:1")
        raise LookupError

    async def scenario() -> None:
        socket = _watch(broadcaster, "mural:1", "mural:2")

        async def work() -> None:
            with pytest.raises(LookupError):
                await db.write(fail)
            await db.write(live.emit, "mural:2")

        await _while_running(broadcaster, socket, work)
        assert [room for room, _ in socket.sent] == ["mural:2"]

    asyncio.run(scenario())


def test_a_commit_of_another_process_updates_pages_too(
    broadcaster: Broadcaster, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def scenario() -> None:
        socket = _watch(broadcaster, "mural:1")

        async def work() -> None:
            with monkeypatch.context() as elsewhere:
                elsewhere.setattr(pubsub, "PROCESS_ID", "another process")
                elsewhere.setattr(db, "after_commit_hooks", [])
                await db.write(live.emit, "mural:1")

        await _while_running(broadcaster, socket, work)
        assert [room for room, _ in socket.sent] == ["mural:1"]

    asyncio.run(scenario())


def test_a_burst_becomes_at_most_five_updates_a_second(broadcaster: Broadcaster) -> None:
    async def scenario() -> None:
        socket = _watch(broadcaster, "mural:1")

        async def work() -> None:
            for _ in range(40):
                await db.write(live.emit, "mural:1")
            await asyncio.sleep(MIN_INTERVAL_SECONDS * 2)

        begun = asyncio.get_running_loop().time()
        await _while_running(broadcaster, socket, work)
        seconds = asyncio.get_running_loop().time() - begun
        assert 1 <= len(socket.sent) <= seconds / MIN_INTERVAL_SECONDS + 1

    asyncio.run(scenario())


def test_an_empty_room_is_removed(broadcaster: Broadcaster) -> None:
    async def scenario() -> None:
        socket = _watch(broadcaster, "mural:1", "mural:2")
        socket.manager.rooms[sockets.NAMESPACE].pop("mural:1")

        async def work() -> None:
            await db.write(live.emit, "mural:1")
            await db.write(live.emit, "mural:2")

        await _while_running(broadcaster, socket, work)
        assert broadcaster.rooms["mural:1"] == set()

    asyncio.run(scenario())


def test_a_view_is_updated_with_the_topics_it_depends_on(broadcaster: Broadcaster) -> None:
    async def scenario() -> None:
        live.register_view("quadro", BoardState, read)
        live.depends_on("mural", "relogio:1")
        socket = _watch(broadcaster, "mural:1#a", "mural:2", "quadro:1")
        await _while_running(broadcaster, socket, lambda: db.write(live.emit, "relogio:1"))
        await _settled(broadcaster)
        assert {room for room, _ in socket.sent} == {"mural:1#a", "mural:2"}

    asyncio.run(scenario())


def test_a_dependent_selects_its_rooms_in_one_call(broadcaster: Broadcaster) -> None:
    asked: list[list[str]] = []

    def choose(_session: Session, rooms: Iterable[str], _now: datetime) -> list[str]:
        asked.append(sorted(rooms))
        return [room for room in asked[-1] if room.endswith("b")]

    async def scenario() -> None:
        live.depends_on("mural", "ruas:all", choose)
        socket = _watch(broadcaster, "mural:1#a", "mural:1#b", "mural:1")
        await _while_running(broadcaster, socket, lambda: db.write(live.emit, "ruas:all"))
        await _settled(broadcaster)
        assert [room for room, _ in socket.sent] == ["mural:1#b"]

    asyncio.run(scenario())
    assert asked == [["mural:1", "mural:1#a", "mural:1#b"]]


# --- guarded views ------------------------------------------------------------------------


def _page(sid: str) -> Any:
    return SimpleNamespace(router=SimpleNamespace(session=SimpleNamespace(session_id=sid)))


def test_a_socket_that_lost_access_is_removed_before_the_update(broadcaster: Broadcaster) -> None:
    live.register_view("painel", BoardState, read, rechecks_access=True)
    may = {"ana": True, "ivo": True}

    async def scenario() -> None:
        socket = Socket()
        broadcaster.app = SimpleNamespace(sio=socket)  # pyright: ignore[reportAttributeAccessIssue]
        for name in may:
            await live.subscribe(
                _page(name), "painel:1", recheck_access=lambda _s, _n, who=name: may[who]
            )
        assert socket.members["painel:1"] == {"ana", "ivo"}
        may["ivo"] = False
        await _while_running(broadcaster, socket, lambda: db.write(live.emit, "painel:1"))
        assert socket.members["painel:1"] == {"ana"}
        assert socket.redirected == ["ivo"]

    asyncio.run(scenario())


def test_a_room_without_an_authorised_socket_is_not_read(broadcaster: Broadcaster) -> None:
    reads: list[str] = []

    def note(_session: Session, room: str, _now: datetime) -> dict[str, object]:
        reads.append(room)
        return {}

    live.register_view("painel", BoardState, note, rechecks_access=True)

    async def scenario() -> None:
        socket = _watch(broadcaster, "painel:1", "mural:1")  # without a check

        async def work() -> None:
            await db.write(live.emit, "painel:1")
            await db.write(live.emit, "mural:1")

        await _while_running(broadcaster, socket, work)
        assert (socket.redirected, reads) == (["sid of painel:1"], [])

    asyncio.run(scenario())


def test_a_view_that_rechecks_access_requires_a_check(broadcaster: Broadcaster) -> None:
    live.register_view("painel", BoardState, read, rechecks_access=True)
    with pytest.raises(ValueError, match="painel"):
        asyncio.run(live.subscribe(_page("ana"), "painel:1"))

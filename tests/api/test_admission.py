"""Who changes an agenda is let in one after another, whole; everybody else walks past."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from starlette.types import Message, Receive, Scope, Send

from canais_app import routes
from canais_app.api.admission import LARGEST, Admit

HOLDS = f"{routes.API}/agendas/primeira-vara/holds"
Request = Callable[[], Awaitable[None]]


class House:
    """An app that notes who is inside, and lets nobody out before the door is opened."""

    def __init__(self) -> None:
        self.inside: list[str] = []
        self.read: list[bytes] = []
        self.entered, self.open = asyncio.Event(), asyncio.Event()

    async def __call__(self, scope: Scope, receive: Receive, _send: Send) -> None:
        """Come in, read what was sent, and wait for the door."""
        self.inside.append(scope["path"])
        self.entered.set()
        body = b""
        while (message := await receive())["type"] == "http.request":
            body += message["body"]
            if not message.get("more_body"):
                break
        self.read.append(body)
        await self.open.wait()


async def nobody_reads(_message: Message) -> None:
    """Send an answer to nobody."""


def request(
    door: Admit, path: str, *parts: bytes, ends: bool = True, method: str = "POST"
) -> Request:
    """Return a request whose body comes in these parts, and never ends unless it `ends`."""
    scope: dict[str, Any] = {"type": "http", "method": method, "path": path, "headers": []}
    rest: list[Message] = [
        {"type": "http.request", "body": part, "more_body": True} for part in parts
    ]
    if ends:
        rest[-1]["more_body"] = False

    async def receive() -> Message:
        if rest:
            return rest.pop(0)
        return await asyncio.get_running_loop().create_future()

    return lambda: door(scope, receive, nobody_reads)


async def begun(house: House, *requests: Request) -> list[asyncio.Future[None]]:
    """Begin requests, in this order, and return once nobody else can come in by themselves."""
    all_of_them = [asyncio.ensure_future(one()) for one in requests]
    await house.entered.wait()
    for _ in range(20):  # turns of the loop: nothing here waits for anything else
        await asyncio.sleep(0)
    return all_of_them


def story(tell: Callable[[House, Admit], Awaitable[None]]) -> None:
    """Tell a story about a house and its door."""

    async def told() -> None:
        house = House()
        async with asyncio.timeout(10):
            await tell(house, Admit(house))

    asyncio.run(told())


def test_one_is_inside_at_a_time_and_each_is_read_whole() -> None:
    async def tell(house: House, door: Admit) -> None:
        bodies = [b"um", b"dois", b"tres"]
        came = await begun(house, *(request(door, HOLDS, one[:1], one[1:]) for one in bodies))
        assert len(house.inside) == 1
        house.open.set()
        await asyncio.gather(*came)
        assert house.read == bodies

    story(tell)


def test_who_only_looks_or_wants_something_else_walks_past() -> None:
    async def tell(house: House, door: Admit) -> None:
        looks = request(door, HOLDS, b"", method="GET")
        reports = request(door, f"{routes.API}/complaints", b"{}")
        came = await begun(house, request(door, HOLDS, b"{}"), looks, reports)
        assert len(house.inside) == 3
        house.open.set()
        await asyncio.gather(*came)

    story(tell)


def test_a_slow_sender_keeps_nobody_waiting() -> None:
    async def tell(house: House, door: Admit) -> None:
        house.open.set()
        slow = asyncio.ensure_future(request(door, HOLDS, b"{", ends=False)())
        await asyncio.sleep(0)  # it has begun to send
        await request(door, HOLDS, b"{}")()
        assert house.read == [b"{}"]
        slow.cancel()

    story(tell)


def test_what_is_too_large_to_be_kept_walks_past_and_is_read_whole() -> None:
    async def tell(house: House, door: Admit) -> None:
        large = [b"x" * LARGEST, b"y", b"z"]
        came = await begun(house, request(door, HOLDS, b"{}"), request(door, HOLDS, *large))
        assert len(house.inside) == 2
        house.open.set()
        await asyncio.gather(*came)
        assert house.read == [b"{}", b"".join(large)]

    story(tell)


def test_what_is_just_small_enough_waits_for_its_turn() -> None:
    async def tell(house: House, door: Admit) -> None:
        small = request(door, HOLDS, b"x" * (LARGEST - 1), b"y")
        came = await begun(house, request(door, HOLDS, b"{}"), small)
        assert len(house.inside) == 1
        house.open.set()
        await asyncio.gather(*came)

    story(tell)


def test_who_goes_away_while_waiting_leaves_the_door_free() -> None:
    async def tell(house: House, door: Admit) -> None:
        first, second, third = await begun(house, *(request(door, HOLDS, b"{}") for _ in range(3)))
        second.cancel()
        house.open.set()
        await asyncio.gather(first, third)
        assert second.cancelled()
        assert len(house.inside) == 2

    story(tell)

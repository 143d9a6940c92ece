"""Whoever wants to change something of an agenda waits outside until it is their turn.

At noon sharp twenty requests come at once, and one of them wins. To understand the other nineteen
(routes, fields, answers) would take the processor, and the interpreter, from that one: they are
understood one after another (ADR 20). Bodies are not waited for in turn: a client that sends
slowly keeps nobody waiting.
"""

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from canais_app import routes
from canais_app.kit import crowd, db

ROOMS = tuple(
    f"{routes.API}/{room}/" for room in ("agendas", "appointments", "requests", "waitlist")
)
METHODS = ("POST", "DELETE")
LARGEST = 64 * 1024  # bytes of a body that is kept while its sender waits; forms have a few hundred


class Admit:
    """ASGI middleware: in a process one of these requests is answered after the other."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on when it has come whole, and is next."""
        if not _is_writer(scope):
            await self.app(scope, receive, send)
            return
        come = await _come(receive)

        async def again() -> Message:
            return come.pop(0) if come else await receive()

        if come[-1].get("more_body"):  # too large to be kept: it is read by who answers it
            await self.app(scope, again, send)
            return
        with crowd.arrival():
            async with db.turn_at("door"):
                await self.app(scope, again, send)


def _is_writer(scope: Scope) -> bool:
    """Whether a request changes something of an agenda."""
    return (
        scope["type"] == "http" and scope["method"] in METHODS and scope["path"].startswith(ROOMS)
    )


async def _come(receive: Receive) -> list[Message]:
    """Return the messages of a request up to its end, that of its sender's patience, or `LARGEST`.

    They are counted: what a request says of its length need not be so, and not all of them say it.
    """
    come, size = [await receive()], 0
    while come[-1].get("more_body") and (size := size + len(come[-1].get("body", b""))) <= LARGEST:
        come.append(await receive())
    return come

"""A page simulated by a websocket that speaks Reflex's socket.io."""

import asyncio
import base64
import json
import os
import secrets
import struct
import uuid
from importlib.metadata import version
from urllib.parse import urlsplit

TEXT, CLOSE, PING = 1, 8, 9


class PageSocket:
    """The socket of one open page; `frames()` gives what the server sends."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer

    @classmethod
    async def open(
        cls,
        base_url: str,
        path: str,
        query: dict[str, str],
        headers: dict[str, str] | None = None,
        *,
        search: str = "",
    ) -> "PageSocket":
        """Connect and hydrate the page at `path`, as a browser does.

        `query` has the parts of a dynamic route, `search` is the query of the address, `headers`
        go with the connection.

        Raises:
            ConnectionRefusedError: the server refused the socket; its answer.
        """
        where = urlsplit(base_url)
        reader, writer = await asyncio.open_connection(where.hostname, where.port, limit=2**22)
        key = base64.b64encode(os.urandom(16)).decode()
        more = "".join(f"{name}: {value}\r\n" for name, value in (headers or {}).items())
        address = f"/_event/?token={uuid.uuid4()}&EIO=4&transport=websocket"
        writer.write(
            f"GET {address} HTTP/1.1\r\nHost: {where.netloc}\r\nUpgrade: websocket\r\n"
            f"Connection: Upgrade\r\nSec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n"
            f"Sec-WebSocket-Protocol: {version('reflex')}\r\n"
            f"{more}\r\n".encode()
        )
        head = await reader.readuntil(b"\r\n\r\n")
        if not head.startswith(b"HTTP/1.1 101"):
            writer.close()
            raise ConnectionRefusedError(head.decode())
        made = cls(reader, writer)
        await made.frame()  # engine.io's opening
        shown = f"{path}/?{search}" if search else f"{path}/"
        routed = {"pathname": f"{path}/", "asPath": shown, "query": query}
        name = "reflex___state____state.hydrate_and_load"
        event = {"name": name, "payload": {}, "router_data": routed}
        await made.send("40/_event," + json.dumps({"event": event}))
        return made

    async def send(self, text: str) -> None:
        """Send a text frame (a client's frames are masked, RFC 6455 5.3)."""
        body, mask = text.encode(), secrets.token_bytes(4)
        size = len(body)
        assert size < 65536
        head = bytes([0x81, 0x80 | size]) if size < 126 else struct.pack("!BBH", 0x81, 0xFE, size)
        self._writer.write(head + mask + bytes(b ^ mask[i % 4] for i, b in enumerate(body)))
        await self._writer.drain()

    async def frame(self) -> str:
        """Return the next text; engine.io's pings are answered on the way.

        Raises:
            ConnectionError: when the server closed.
        """
        while True:
            first, size = await self._reader.readexactly(2)
            if size == 126:
                (size,) = struct.unpack("!H", await self._reader.readexactly(2))
            elif size == 127:
                (size,) = struct.unpack("!Q", await self._reader.readexactly(8))
            body = await self._reader.readexactly(size)
            if first & 15 == CLOSE:
                raise ConnectionError(body)
            if first & 15 != TEXT:
                continue
            if body == b"2":
                await self.send("3")
                continue
            return body.decode()

    async def close(self) -> None:
        """Close the page."""
        self._writer.close()

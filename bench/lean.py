"""The API and the worker in one process, without pages: it starts in a second.

For measurements that restart the server often: `python -m bench.lean PORT`.
"""

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI
from granian import Granian

from canais_app.api.app import create_app
from canais_app.jobs import worker


@asynccontextmanager
async def _run_worker(_app: FastAPI) -> AsyncIterator[None]:
    task = asyncio.create_task(worker.run_jobs())
    yield
    task.cancel()


def app() -> FastAPI:
    """Return the API with the worker's jobs."""
    made = create_app()
    made.router.lifespan_context = _run_worker
    return made


def main() -> None:
    """Serve on loopback until killed."""
    Granian(
        "bench.lean:app", factory=True, interface="asgi", address="127.0.0.1",
        port=int(sys.argv[1]), workers=1, log_enabled=False,
    ).serve()  # fmt: skip


if __name__ == "__main__":
    main()

"""Many who ask for one thing at the same moment: a process asks the database once for all of them.

The writers of a room take turns (`kit.db.turn`). Whoever is refused because the thing is somebody
else's has asked the database at some `moment`; those who had come before it, and wait for their
turn, would have been told the same then, and are told it now. Twenty rivals for one time cost a
process one transaction that is refused, and the processor is left to the one who has the lock.
"""

import asyncio
from collections.abc import Callable, Generator, Hashable
from contextlib import contextmanager
from contextvars import ContextVar
from itertools import count
from typing import Concatenate, ParamSpec, TypeVar

from sqlmodel import Session

from canais_app.kit import db
from canais_app.kit.errors import ConflictError

P = ParamSpec("P")
T = TypeVar("T")
MOST = 1000  # things of which somebody was refused, while the crowd does not end
_moments = count(1)
_came: ContextVar[int] = ContextVar("came", default=0)


class GoneError(ConflictError):
    """The thing is somebody else's, whoever asks; `asked` is the moment before that was read."""

    asked: int = 0  # before everybody: nobody else is refused by it


class _Crowd:
    """Those who have come to this process and are not answered yet, and what some were told."""

    size = 0
    told: dict[Hashable, GoneError] = {}  # noqa: RUF012 (the process's own)


def moment() -> int:
    """Return a number that says what came before what in this process."""
    return next(_moments)


@contextmanager
def arrival() -> Generator[int]:
    """Note that somebody has come, who may wait before it is known what they ask for.

    Gives the moment: of two arrivals of one asker, the first.
    """
    came = _came.get() or moment()
    reset = _came.set(came)
    _Crowd.size += 1
    try:
        yield came
    finally:
        _came.reset(reset)
        _Crowd.size -= 1
        if not _Crowd.size or len(_Crowd.told) > MOST:
            _Crowd.told.clear()


async def ask(
    thing: Hashable,
    work: Callable[Concatenate[Session, P], T],
    /,
    *args: P.args,
    **kwargs: P.kwargs,
) -> T:
    """Do a service's work in a transaction, in turn with whoever else asks for the same thing.

    Raises:
        GoneError: this asker's own work was refused, or another's that asked after this one came;
            and whatever else the work raises.
    """
    with arrival() as came:
        try:
            async with db.turn(work):
                said = _Crowd.told.get(thing)
                if said is not None and said.asked > came:
                    raise said.with_traceback(None)
                return await asyncio.to_thread(db.run, work, *args, **kwargs)
        except GoneError as said:
            _Crowd.told[thing] = said
            raise

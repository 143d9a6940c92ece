"""Many who ask for one thing at the same moment: a process asks the database once for all of them.

The writers of a room take turns (`kit.db.turn`). Whoever is refused because the thing is somebody
else's has asked the database at some `moment`; those who had come before it, and wait for their
turn, would have been told the same then, and are told it now. Twenty rivals for one time cost a
process one transaction that is refused, and the processor is left to the one who has the lock.
"""

import asyncio
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from itertools import count
from typing import Concatenate, ParamSpec, TypeVar

from sqlmodel import Session

from canais_app.kit import db
from canais_app.kit.errors import ConflictError

P = ParamSpec("P")
T = TypeVar("T")
_moments = count(1)


class GoneError(ConflictError):
    """The thing is somebody else's, whoever asks; `asked` is the moment before that was read."""

    asked: int = 0  # before everybody: nobody else is refused by it


@dataclass
class _Crowd:
    """Those who ask for one thing now, and what one of them was told last."""

    size: int = 0
    said: GoneError | None = None


_crowds: dict[Hashable, _Crowd] = {}


def moment() -> int:
    """Return a number that says what came before what in this process."""
    return next(_moments)


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
    crowd = _crowds.setdefault(thing, _Crowd())
    crowd.size += 1
    came = moment()
    try:
        async with db.turn(work):
            if crowd.said is not None and crowd.said.asked > came:
                raise crowd.said.with_traceback(None)
            return await asyncio.to_thread(db.run, work, *args, **kwargs)
    except GoneError as said:
        crowd.said = said
        raise
    finally:
        crowd.size -= 1
        if not crowd.size:
            del _crowds[thing]

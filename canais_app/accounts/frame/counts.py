"""The numbers beside the menu's entries.

Rooms above this one register how theirs are read (`wiring.py`); a number that is not registered
is not shown.
"""

from collections import Counter
from collections.abc import Callable, Mapping
from datetime import datetime

from sqlmodel import Session

from canais_app.accounts.roles import Actor

# Returns the numbers of the entries that this person may open, by `MenuEntry.count`. It is called
# for every open frame when something changes: a few indexed counts at most.
CountReader = Callable[[Session, Actor, datetime], Mapping[str, int]]
_readers: list[CountReader] = []


def register_counts(reader: CountReader) -> None:
    """Register a room's numbers. Repeated calls change nothing."""
    if reader not in _readers:
        _readers.append(reader)


def read_counts(session: Session, actor: Actor, *, now: datetime) -> dict[str, int]:
    """Return all numbers of a person's menu; those of the same name add up."""
    found: Counter[str] = Counter()
    for reader in _readers:
        found.update(reader(session, actor, now))
    return dict(found)

"""Pages of a list by position key: a cursor the client hands back, opaque and checked."""

import base64
import binascii
import json
from dataclasses import dataclass
from typing import Generic, TypeVar

from canais_app.kit.errors import InvalidError

T = TypeVar("T")
MOST = 100


@dataclass(frozen=True)
class Page(Generic[T]):
    """Some items of a list and the cursor of the next page (empty at the end)."""

    items: list[T]
    next: str = ""


def encode(*key: str | int) -> str:
    """Return a cursor for the position after `key`."""
    return base64.urlsafe_b64encode(json.dumps(key).encode()).decode().rstrip("=")


def decode(cursor: str) -> list[str | int]:
    """Return the key in a cursor; an empty cursor is the beginning.

    Raises:
        InvalidError: when the cursor was not made by `encode`.
    """
    if not cursor:
        return []
    try:
        key = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (binascii.Error, ValueError):
        raise InvalidError("O cursor não vale.", {"cursor": "Use o valor de `next`."}) from None
    if not isinstance(key, list):
        raise InvalidError("O cursor não vale.", {"cursor": "Use o valor de `next`."})
    return key  # pyright: ignore[reportUnknownVariableType]


def clip(limit: int) -> int:
    """Return a page size between 1 and 100."""
    return max(1, min(limit, MOST))

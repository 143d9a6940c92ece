"""Keyset pagination: an opaque cursor that the client sends back."""

import base64
import binascii
import json
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

from sqlmodel import Session, col
from sqlmodel.sql.expression import SelectOfScalar

from canais_app.kit.errors import InvalidError


class HasId(Protocol):
    """A stored row with an increasing id."""

    id: int | None


T = TypeVar("T")
Row = TypeVar("Row", bound=HasId)
MAX_PAGE_SIZE = 100


@dataclass(frozen=True)
class Page(Generic[T]):
    """Some items of a list and the cursor of the next page (empty at the end)."""

    items: list[T]
    next: str = ""


def encode_cursor(*key: str | int) -> str:
    """Return a cursor for the position after `key`."""
    return base64.urlsafe_b64encode(json.dumps(key).encode()).decode().rstrip("=")


def decode_cursor(cursor: str) -> list[str | int]:
    """Return the key in a cursor; an empty cursor is the beginning.

    Raises:
        InvalidError: the cursor was not made by `encode_cursor`.
    """
    if not cursor:
        return []
    try:
        key = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (binascii.Error, ValueError):
        key = None
    if not isinstance(key, list):
        raise InvalidError("O cursor não vale.", {"cursor": "Use o valor de `next`."})
    return key  # pyright: ignore[reportUnknownVariableType]


def encode_offset(offset: int) -> str:
    """Return a cursor for an offset into a ranked list; empty for 0, the end."""
    return encode_cursor(offset) if offset else ""


def decode_offset(cursor: str) -> int:
    """Return the offset in a cursor of a ranked list; an empty cursor is the beginning.

    Raises:
        InvalidError: when the cursor was not made by `encode_cursor` of an offset.
    """
    match decode_cursor(cursor):
        case []:
            return 0
        case [int(offset)] if offset > 0:
            return offset
        case _:
            raise InvalidError("O cursor não vale.", {"cursor": "Use o valor de `next`."})


def clamp_page_size(limit: int) -> int:
    """Return a page size between 1 and 100."""
    return max(1, min(limit, MAX_PAGE_SIZE))


def load_newest_page(
    session: Session, statement: SelectOfScalar[Row], model: type[Row], cursor: str, *, size: int
) -> Page[Row]:
    """Return a page of the statement's rows, newest first, from the cursor on.

    Raises:
        InvalidError: an invalid cursor.
    """
    key = decode_cursor(cursor)
    if key:
        statement = statement.where(col(model.id) < key[0])
    rows = session.exec(statement.order_by(col(model.id).desc()).limit(size + 1)).all()
    more = encode_cursor(rows[size - 1].id or 0) if len(rows) > size else ""
    return Page(list(rows[:size]), more)

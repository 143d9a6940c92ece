"""Keyset pagination: an opaque cursor that the client sends back."""

import base64
import binascii
import json
from dataclasses import dataclass
from typing import Any, Generic, Protocol, TypeVar, cast

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


def decode_cursor(cursor: str, *types: type[str] | type[int]) -> list[str | int]:
    """Return the key in a cursor, whose parts have these types; an empty cursor is the beginning.

    Raises:
        InvalidError: the cursor was not made by `encode_cursor` of such a key.
    """
    if not cursor:
        return []
    try:
        key: Any = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (binascii.Error, ValueError, RecursionError):
        key = None
    parts = cast("list[Any]", key) if isinstance(key, list) else None
    if parts is None or [type(part) for part in parts] != list(types):
        raise invalid_cursor()
    if any(isinstance(part, int) and abs(part) >= 2**63 for part in parts):
        raise invalid_cursor()  # no column holds it
    return parts


def invalid_cursor() -> InvalidError:
    """Return the refusal of a cursor that no page gave."""
    return InvalidError("O cursor não vale.", {"cursor": "Use o valor de `next`."})


def encode_offset(offset: int) -> str:
    """Return a cursor for an offset into a ranked list; empty for 0, the end."""
    return encode_cursor(offset) if offset else ""


def decode_offset(cursor: str) -> int:
    """Return the offset in a cursor of a ranked list; an empty cursor is the beginning.

    Raises:
        InvalidError: when the cursor was not made by `encode_cursor` of an offset.
    """
    key = decode_cursor(cursor, int)
    if not key:
        return 0
    offset = int(key[0])
    if offset <= 0:
        raise invalid_cursor()
    return offset


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
    key = decode_cursor(cursor, int)
    if key:
        statement = statement.where(col(model.id) < key[0])
    rows = session.exec(statement.order_by(col(model.id).desc()).limit(size + 1)).all()
    more = encode_cursor(rows[size - 1].id or 0) if len(rows) > size else ""
    return Page(list(rows[:size]), more)

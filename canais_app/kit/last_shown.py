"""Remember what each live room showed last, so that the next update can announce the difference."""

from typing import Generic, TypeVar

T = TypeVar("T")
D = TypeVar("D")
MAX_ROOMS = 2000


class LastShown(Generic[T]):
    """The last value per room, of the `MAX_ROOMS` rooms that were updated last."""

    def __init__(self) -> None:
        self._values: dict[str, T] = {}

    def get(self, room: str, default: D) -> T | D:
        """Return a room's value, or `default`."""
        return self._values.get(room, default)

    def swap(self, room: str, value: T) -> T:
        """Replace a room's value; return the one before, or `value` when there was none."""
        before = self._values.pop(room, value)
        self._values[room] = value
        while len(self._values) > MAX_ROOMS:
            self._values.pop(next(iter(self._values)), None)  # another thread may have done it
        return before

    def set_default(self, room: str, value: T) -> None:
        """Set a room's value unless it has one."""
        if room not in self._values:
            self.swap(room, value)

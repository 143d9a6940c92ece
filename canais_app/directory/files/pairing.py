"""Which stored channel each contact of a line is: by its value, else by its turn."""

from collections.abc import Iterator, Sequence

from canais_app.directory.files.stored import StoredChannel
from canais_app.directory.files.wanted import FileContact

ChannelPair = tuple[StoredChannel | None, FileContact, int]


def pair_channels(
    stored: Sequence[StoredChannel], wanted: Sequence[FileContact]
) -> tuple[list[ChannelPair], list[StoredChannel]]:
    """Return each contact with the channel it changes (None: a new one) and its position.

    A channel keeps its identity while its value stays; what is left over takes what is left over,
    in order. The second list are channels that no contact is for.
    """
    left = {row.value: row for row in reversed(stored)}
    rows = [left.pop(contact.value, None) for contact in wanted]
    taken = {row.id for row in rows if row}
    spare = iter([row for row in stored if row.id not in taken])
    rows = [row or next(spare, None) for row in rows]
    positions = list(_positions(rows))
    if positions != sorted(positions):
        positions = list(range(len(rows)))
    return list(zip(rows, wanted, positions, strict=True)), list(spare)


def _positions(rows: Sequence[StoredChannel | None]) -> Iterator[int]:
    """Yield where each stands; stored ones stay where they are if that is the wanted order."""
    last = (-1, 0)
    for row in rows:
        if row is None:
            last = (last[0] + 1, 0)
        elif (row.position, row.id) > last:
            last = (row.position, row.id)
        else:
            yield -1  # out of order: all are numbered anew
            continue
        yield last[0]

"""Suppression of small counts: the one function that every public answer uses.

A count under five could identify a person. Where a total is public too, it could be computed from
the total and the other cells, so further cells are hidden until no hidden one is determined.
"""

from collections import defaultdict
from collections.abc import Hashable, Sequence
from dataclasses import dataclass

SUPPRESSION_THRESHOLD = 5
SMALL = f"<{SUPPRESSION_THRESHOLD}"  # in place of a small count
HIDDEN = "oculto"  # in place of a larger count, to protect a small one


@dataclass(frozen=True)
class SuppressedCounts:
    """Counts as they may be published: a number, `SMALL` or `HIDDEN`; totals by group."""

    cells: list[int | str]
    totals: dict[Hashable, int | str]


def suppress_counts(
    counts: Sequence[int], groups: Sequence[Hashable] | None = None
) -> SuppressedCounts:
    """Return counts with those under five hidden.

    `groups` names the published total that each count is part of, if any. Cells are counts of at
    least one; a zero is small, too.
    """
    cells: list[int | str] = [
        count if count >= SUPPRESSION_THRESHOLD else SMALL for count in counts
    ]
    members: defaultdict[Hashable, list[int]] = defaultdict(list)
    for at, group in enumerate(groups or ()):
        members[group].append(at)
    totals: dict[Hashable, int | str] = {}
    for group, places in members.items():
        total = sum(counts[at] for at in places)
        totals[group] = total if total >= SUPPRESSION_THRESHOLD else SMALL
        small = [at for at in places if counts[at] < SUPPRESSION_THRESHOLD]
        larger = sorted(
            (at for at in places if counts[at] >= SUPPRESSION_THRESHOLD), key=lambda at: counts[at]
        )
        hidden = 0
        while totals[group] != SMALL and _is_determined(counts, small, larger[:hidden]):
            if hidden == len(larger):
                totals[group] = HIDDEN
                break
            hidden += 1
        for at in larger[:hidden]:
            cells[at] = HIDDEN
    return SuppressedCounts(cells, totals)


def publish_count(count: int) -> int | None:
    """Return a single count as it may be published; nothing for one under five."""
    (cell,) = suppress_counts([count]).cells
    return cell if isinstance(cell, int) else None


def format_count(count: int, one: str, many: str) -> str:
    """Return `7 pessoas`, or `menos de 5 pessoas`."""
    public = publish_count(count)
    if public is None:
        return f"menos de {SUPPRESSION_THRESHOLD} {many}"
    return f"{public:,} {one if public == 1 else many}".replace(",", ".")


def _is_determined(counts: Sequence[int], small: list[int], hidden: list[int]) -> bool:
    """Whether the sum of the hidden cells leaves only one value for the small ones."""
    if not small:
        return False
    left = sum(counts[at] for at in (*small, *hidden)) - SUPPRESSION_THRESHOLD * len(hidden)
    lowest, highest = len(small), (SUPPRESSION_THRESHOLD - 1) * len(small)
    return left == lowest or (not hidden and (len(small) == 1 or left == highest))

"""One measured claim: figure, limit, and whether it holds."""

import os
from dataclasses import dataclass

QUICK = os.environ.get("QUICK", "") not in ("", "0")


@dataclass(frozen=True)
class Claim:
    """A measured claim; `figure` and `bar` are words with their units.

    `exact` claims hold at any size and on any machine (one winner, nothing lost). The others have
    bars in time or size that a quick run, which is tiny, prints and does not judge.
    """

    what: str
    figure: str
    bar: str
    holds: bool
    exact: bool = False


def sized(full: int, quick: int) -> int:
    """Return the size to measure at: `quick` in `make bench QUICK=1`, else `full`."""
    return quick if QUICK else full

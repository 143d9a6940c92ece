"""One claim: what is measured, the figure, the bar, and whether it holds."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Claim:
    """A measured claim; `figure` and `bar` are words with their units."""

    what: str
    figure: str
    bar: str
    holds: bool

"""What places are called: in full, by a part of their name, and towns of other states.

A part of a name that only one place has leads to it, but is never sure: the answer says the whole
name back. A town of another state must not become a comarca whose name is near to it.
"""

import csv
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

from canais_app.directory.words import normalised_words, tokenize

Words = tuple[str, ...]
MIN_PART_LENGTH = 4  # letters of a part of a name that may stand for it
_OUTSIDE_TOWNS_FILE = Path(__file__).parent / "data" / "elsewhere.csv"


@dataclass(frozen=True)
class GazetteerPlace:
    """A comarca, or a municipality and the comarca that serves it (None: to be confirmed)."""

    name: str
    comarca_id: int | None
    comarca: str
    is_comarca: bool = True

    @property
    def label(self) -> str:
        """What the chip says."""
        if self.comarca_id is None:
            return f"Município: {self.name}"
        if self.is_comarca or self.name == self.comarca:
            return f"Comarca: {self.comarca}"
        return f"{self.name}: comarca de {self.comarca}"


@dataclass(frozen=True)
class Gazetteer:
    """The places of the state by their compared words.

    `parts` are stretches of names and the names that hold them; `words` are all words of names.
    """

    names: Mapping[Words, GazetteerPlace] = field(default_factory=dict[Words, GazetteerPlace])
    parts: Mapping[Words, Sequence[GazetteerPlace]] = field(
        default_factory=dict[Words, Sequence[GazetteerPlace]]
    )
    words: frozenset[str] = field(default_factory=frozenset[str])
    # the names letter by letter, for finding the one that is nearly what was typed
    spoken: Mapping[str, Words] = field(default_factory=dict[str, Words])


def build_gazetteer(places: Sequence[GazetteerPlace]) -> Gazetteer:
    """Return the gazetteer; a comarca stands before the municipality it is named after."""
    names: dict[Words, GazetteerPlace] = {}
    for place in sorted(places, key=lambda place: not place.is_comarca):
        for words in _spoken_variants(place.name):
            names.setdefault(words, place)
    parts: defaultdict[Words, dict[str, GazetteerPlace]] = defaultdict(dict)
    for words, place in names.items():
        for first in range(len(words)):
            for last in range(first + 1, len(words) + 1):
                part = words[first:last]
                if part not in names and len("".join(part)) >= MIN_PART_LENGTH:
                    parts[part].setdefault(place.name, place)
    every = frozenset(word for words in names for word in words)
    return Gazetteer(
        names,
        {part: tuple(found.values()) for part, found in parts.items()},
        every,
        {said: words for words, place in names.items() for said in _name_variants(words, place)},
    )


def _name_variants(words: Words, place: GazetteerPlace) -> Iterator[str]:
    """Yield a name as compared, and with its numbers in letters: `sao jose quatro marcos`."""
    yield " ".join(words)
    yield " ".join(token.word for token in tokenize(place.name))


def _spoken_variants(name: str) -> set[Words]:
    words = normalised_words(name)
    return {words, tuple("oeste" if word == "doeste" else word for word in words)}


@lru_cache(maxsize=1)
def load_outside_towns() -> Mapping[Words, str]:
    """Return the towns and states outside Mato Grosso, as `Goiânia (GO)`, by their words."""
    with _OUTSIDE_TOWNS_FILE.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return {normalised_words(row["name"]): f"{row['name']} ({row['states']})" for row in rows}

"""Every word of one version of the directory, and how it is written."""

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from rapidfuzz.distance import OSA

from canais_app.directory.fuzzy import SpellingIndex
from canais_app.directory.lexicon import Lexicon

MAX_EXPANSIONS = 60


@dataclass(frozen=True)
class Vocabulary:
    """Words sorted, as written, and the lexicon beside them.

    `of_places` are the words that stand in no name but a place's.
    """

    sorted_words: Sequence[str]
    written_forms: Mapping[str, str]
    lexicon: Lexicon
    spelling: SpellingIndex
    known: frozenset[str] = field(default_factory=frozenset[str])
    place_words: frozenset[str] = field(default_factory=frozenset[str])
    numbers: Sequence[str] = ()
    adjacent_pairs: frozenset[tuple[str, str]] = field(default_factory=frozenset[tuple[str, str]])

    def has_word(self, word: str) -> bool:
        """Whether a compared word stands in the directory or the lexicon; numbers always do."""
        return word in self.known or word.isdigit()

    def list_with_prefix(self, prefix: str) -> tuple[str, ...]:
        """Return the words that begin so, at most `EXPANSIONS`."""
        first = bisect_left(self.sorted_words, prefix)
        found: list[str] = []
        for word in self.sorted_words[first : first + MAX_EXPANSIONS]:
            if not word.startswith(prefix):
                break
            found.append(word)
        return tuple(found)

    def is_adjacent(self, one: str, other: str) -> bool:
        """Whether two words stand beside each other in some name or phrase."""
        return (one, other) in self.adjacent_pairs or (other, one) in self.adjacent_pairs

    def list_near_numbers(self, number: str) -> list[str]:
        """Return the numbers of units that are one slip away, when it has several digits."""
        if len(number) == 1:
            return []
        return [n for n in self.numbers if OSA.distance(n, number, score_cutoff=1) == 1]

    def spell_words(self, words: Sequence[str]) -> str:
        """Return compared words as the directory writes them."""
        return " ".join(self.written_forms.get(word, word) for word in words)

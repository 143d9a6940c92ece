"""Spelling: how many mistakes are forgiven, and the known words nearest to a misspelt one."""

from collections import defaultdict
from collections.abc import Iterable, Mapping

from rapidfuzz import process
from rapidfuzz.distance import OSA

MIN_WORD_LENGTH = 4  # letters; shorter words are never corrected
LONG_WORD_LENGTH = 8  # letters from which two mistakes are forgiven
MAX_CANDIDATES = 6


def max_edit_distance(length: int) -> int:
    """Return how many mistakes a word of this many letters may have."""
    if length < MIN_WORD_LENGTH:
        return 0
    return 1 if length < LONG_WORD_LENGTH else 2


class SpellingIndex:
    """Known words by length; `common` counts the uses of each."""

    def __init__(self, words: Iterable[str], common: Mapping[str, int]) -> None:
        self._common = common
        self._by_length: defaultdict[int, list[str]] = defaultdict(list)
        for word in sorted(set(words)):
            if not word.isdigit():
                self._by_length[len(word)].append(word)

    def find_near(self, word: str) -> list[str]:
        """Return known words within the forgiven distance, nearest and most common first."""
        found: list[tuple[int, bool, int, str]] = []
        for length in range(len(word) - 2, len(word) + 3):
            most = min(max_edit_distance(length), max_edit_distance(len(word) + 1))
            if not most or abs(length - len(word)) > most:
                continue
            for known, distance, _ in process.extract(
                word,
                self._by_length.get(length, []),
                scorer=OSA.distance,
                score_cutoff=most,
                limit=MAX_CANDIDATES * 2,
            ):
                found.append(
                    (int(distance), known[0] != word[0], -self._common.get(known, 0), known)
                )
        found.sort()
        nearest = found[0][0] if found else 0
        return [known for distance, *_, known in found if distance <= max(nearest, 1)][
            :MAX_CANDIDATES
        ]

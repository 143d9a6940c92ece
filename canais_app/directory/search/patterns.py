"""Patterns: words that mean something together, in any order and with others between them.

A pattern is written `marido|esposo + bat*|agred*`: every group must be met by a word of its own;
`*` stands for any ending.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Generic, TypeVar

from canais_app.directory.search.normalization import STOP_WORDS, normalise_word
from canais_app.kit.text import strip_accents

T = TypeVar("T")
MIN_STEM_LENGTH = 3  # letters before the `*`
LONG_STEM_LENGTH = 5  # letters from which a stem tells a word from a misspelt one
GROUP_MARK, CHOICE_MARK, ANY_ENDING = "+", "|", "*"


@dataclass(frozen=True)
class Group:
    """The words, and the beginnings of words, that meet one group."""

    words: frozenset[str]
    stems: tuple[str, ...] = ()

    def is_met_by(self, word: str) -> bool:
        """Whether a normalised word meets the group."""
        return word in self.words or (bool(self.stems) and word.startswith(self.stems))


Pattern = tuple[Group, ...]
Forms = tuple[str, ...]  # of one word: normalised, and as typed


def is_pattern(said: str) -> bool:
    """Whether a phrase is written as a pattern."""
    return any(mark in said for mark in (GROUP_MARK, CHOICE_MARK, ANY_ENDING))


def parse_pattern(said: str) -> Pattern:
    """Parse a pattern.

    Raises:
        ValueError: a group without a word that the search keeps, or too short a stem.
    """
    return tuple(_parse_group(group) for group in said.split(GROUP_MARK))


def _parse_group(text: str) -> Group:
    words: set[str] = set()
    stems: list[str] = []
    for choice in text.split(CHOICE_MARK):
        word = strip_accents(choice).strip()
        stem = word.removesuffix(ANY_ENDING)
        if not stem.isalnum() or word in STOP_WORDS:
            raise ValueError(f"“{choice.strip()}” não é uma palavra que a busca usa.")
        if stem == word:
            words.add(normalise_word(word))
        elif len(stem) < MIN_STEM_LENGTH:
            raise ValueError(f"Antes do * escreva ao menos {MIN_STEM_LENGTH} letras.")
        else:
            stems.append(stem)
    return Group(frozenset(words), tuple(stems))


@dataclass(frozen=True)
class PatternMatch(Generic[T]):
    """The positions of the words that meet a pattern, and what it means."""

    positions: tuple[int, ...]
    meanings: tuple[T, ...]


@dataclass(frozen=True)
class PatternIndex(Generic[T]):
    """Patterns with their meanings, found by the words and stems of their first group."""

    by_word: Mapping[str, Sequence[tuple[Pattern, T]]] = field(
        default_factory=dict[str, Sequence[tuple[Pattern, T]]]
    )
    by_stem: Mapping[str, Sequence[tuple[Pattern, T]]] = field(
        default_factory=dict[str, Sequence[tuple[Pattern, T]]]
    )
    words: frozenset[str] = field(default_factory=frozenset[str])  # without the stems
    long_stems: tuple[str, ...] = ()  # a word that begins with one of them is written correctly

    def find_matches(
        self, words: Sequence[Forms], is_urgent: Callable[[T], bool]
    ) -> list[PatternMatch[T]]:
        """Return the patterns that some words meet, without overlap.

        Those of most groups come first, of as many the urgent ones, then those typed first.
        """
        found: list[tuple[tuple[int, ...], T]] = []
        for word in dict.fromkeys(form for forms in words for form in forms):
            for pattern, meaning in self._starting_with(word):
                positions = _match(pattern, words)
                if positions:
                    found.append((positions, meaning))
        found.sort(key=lambda match: (-len(match[0]), not is_urgent(match[1]), match[0]))
        taken: set[int] = set()
        matches: dict[tuple[int, ...], list[T]] = {}
        for positions, meaning in found:
            if positions in matches:
                if meaning not in matches[positions]:
                    matches[positions].append(meaning)
            elif taken.isdisjoint(positions):
                matches[positions] = [meaning]
                taken.update(positions)
        return [PatternMatch(at, tuple(meanings)) for at, meanings in matches.items()]

    def _starting_with(self, word: str) -> Iterable[tuple[Pattern, T]]:
        yield from self.by_word.get(word, ())
        for end in range(MIN_STEM_LENGTH, len(word) + 1):
            yield from self.by_stem.get(word[:end], ())


def build_pattern_index(patterns: Iterable[tuple[Pattern, T]]) -> PatternIndex[T]:
    """Index patterns by their first group."""
    by_word: defaultdict[str, list[tuple[Pattern, T]]] = defaultdict(list)
    by_stem: defaultdict[str, list[tuple[Pattern, T]]] = defaultdict(list)
    words: set[str] = set()
    stems: set[str] = set()
    for pattern, meaning in patterns:
        for word in pattern[0].words:
            by_word[word].append((pattern, meaning))
        for stem in pattern[0].stems:
            by_stem[stem].append((pattern, meaning))
        words.update(word for group in pattern for word in group.words)
        stems.update(stem for group in pattern for stem in group.stems)
    long_stems = tuple(stem for stem in stems if len(stem) >= LONG_STEM_LENGTH)
    return PatternIndex(dict(by_word), dict(by_stem), frozenset(words), long_stems)


def _match(pattern: Pattern, words: Sequence[Forms]) -> tuple[int, ...]:
    """Return the position of one word per group, in order; empty when a group has none left."""
    taken: list[int] = []
    for group in pattern:
        met = (at for at, forms in enumerate(words) if any(map(group.is_met_by, forms)))
        at = next((at for at in met if at not in taken), -1)
        if at < 0:
            return ()
        taken.append(at)
    return tuple(sorted(taken))

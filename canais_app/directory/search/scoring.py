"""How well each unit meets one term of a query. Values in, values out."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from canais_app.directory.channels import ChannelKind
from canais_app.directory.search.index import Floats, Mask, SearchIndex
from canais_app.directory.search.lexicon import Meaning
from canais_app.directory.search.query_parser import Term

FUZZY_WEIGHT = 0.6  # of a corrected word
PREFIX_WEIGHT = 0.8  # of a word of which only the beginning was typed
SYNONYM_WEIGHT = 0.75  # of a synonym's words
URGENT_WEIGHT = 1.3  # of a subject with a sentence: violence comes before what stands beside it
PLACE_TERM_WEIGHT, MAX_TERM_WEIGHT = 6.0, 8.0
OPEN_NOW = (("aberta", "agora"), ("aberto", "agora"), ("abertas", "agora"))  # filters when typed


@dataclass(frozen=True)
class LiveFilters:
    """What changes without an edit: units open now, and bookable units (read on demand)."""

    is_open: Mask
    bookable: Callable[[], Mask]

    def mask_with_channel(self, index: SearchIndex, channel: str) -> Mask:
        """Return the units with a channel; a published agenda counts as one."""
        mask = index.get_mask(index.channels, channel)
        return mask | self.bookable() if channel == ChannelKind.APPOINTMENT else mask


@dataclass(frozen=True)
class TermScore:
    """How well every unit meets one term; `weight` is the term's share of the whole score."""

    term: Term
    score: Floats
    mask: Mask
    weight: float

    @property
    def is_place(self) -> bool:
        """Whether it names a place; such terms are never dropped."""
        return self.term.place is not None or self.term.is_part

    @property
    def is_channel(self) -> bool:
        """Whether it only asks for a channel."""
        return any(m.channel and not m.words for m in self.term.meanings)

    @property
    def is_open_now(self) -> bool:
        """Whether it only asks for units that are open."""
        return any(m.open_now and not m.words for m in self.term.meanings)

    @property
    def part_name(self) -> str:
        """The part of the score that this adds to."""
        if self.is_place:
            return "place"
        narrows = any(not m.words and not m.sentence for m in self.term.meanings)
        return "filter" if narrows else "words"


def score_term(
    index: SearchIndex, term: Term, live_filters: LiveFilters, *, is_fuzzy: bool = False
) -> TermScore:
    """Score the units that meet a term; `is_fuzzy` takes known words for misspelt ones."""
    score, frequency = _score_literal(index, term, is_fuzzy=is_fuzzy and term.place is None)
    for word in term.expansions:
        add_score(index, score, word, PREFIX_WEIGHT)
    for meaning in (m for m in term.meanings if not m.is_idle):
        np.maximum(score, _score_meaning(index, meaning, live_filters), out=score)
    mask = score > 0
    if term.expansions or term.place:
        frequency = int(np.count_nonzero(mask))
    weight = min(MAX_TERM_WEIGHT, 0.5 + math.log(1 + index.size / max(1, frequency)))
    weight = PLACE_TERM_WEIGHT if term.place else weight
    if is_soft(term):
        mask = np.ones(index.size, dtype=np.bool_)
    weight *= max(1, len(term.literal)) ** 0.5
    return TermScore(term, score, mask, weight)


def is_soft(term: Term) -> bool:
    """Whether a term raises the score of units and leaves out none.

    It asks for a way or a time, by a guess or in passing: `aberto hoje?`.
    """
    filters = [m for m in term.meanings if not (m.words or m.place or m.sentence)]
    if len(filters) < len(term.meanings) or not filters:
        return False
    return term.is_guess or (all(m.open_now for m in filters) and term.literal not in OPEN_NOW)


def score_address(index: SearchIndex, score: TermScore) -> TermScore:
    """Score the units that have the words of a term in their address."""
    mask = np.ones(index.size, dtype=np.bool_)
    for word in score.term.literal:
        mask &= index.mask_of(index.addresses.get(word, []))
    return replace(score, score=mask.astype(np.float32), mask=mask)


def _score_literal(index: SearchIndex, term: Term, *, is_fuzzy: bool) -> tuple[Floats, int]:
    """Score the units that have all of the words, and return how many have the rarest one."""
    if not term.literal:  # a meaning that replaces the words
        return np.zeros(index.size, dtype=np.float32), index.size
    if not is_fuzzy:
        for pair in term.pairs:
            if pair in index.postings:
                score = np.zeros(index.size, dtype=np.float32)
                return score, add_score(index, score, pair, 1.0)
    return _score_all_words(index, term.literal, is_fuzzy=is_fuzzy)


def score_words(index: SearchIndex, words: Sequence[str]) -> Floats:
    """Score the units that have all of the words."""
    return _score_all_words(index, words)[0]


def _score_all_words(
    index: SearchIndex, words: Sequence[str], *, is_fuzzy: bool = False
) -> tuple[Floats, int]:
    total: Floats | None = None
    frequency = index.size
    for word in words:
        score = np.zeros(index.size, dtype=np.float32)
        frequency = min(frequency, add_score(index, score, word, 1.0))
        if is_fuzzy:
            for near in index.vocabulary.spelling.find_near(word):
                add_score(index, score, near, FUZZY_WEIGHT)
        total = score if total is None else np.where((score > 0) & (total > 0), total + score, 0)
    if total is None:
        return np.ones(index.size, dtype=np.float32), frequency
    return (total / np.float32(len(words))).astype(np.float32), frequency


def add_score(index: SearchIndex, score: Floats, word: str, weight: float) -> int:
    """Raise the score of the units that have a word; return how many there are."""
    posting = index.postings.get(word)
    if posting is None:
        return index.size
    positions, weights = posting
    score[positions] = np.maximum(score[positions], weights * np.float32(weight))
    return len(positions)


def _score_meaning(index: SearchIndex, meaning: Meaning, live_filters: LiveFilters) -> Floats:
    """Score the units that meet every part of a meaning."""
    if meaning.place is not None:
        # A place without a confirmed comarca is met only by a unit's own words.
        comarca = meaning.place.comarca_id or -1
        return index.get_mask(index.comarcas, comarca).astype(np.float32)
    score = score_words(index, meaning.words)
    if meaning.words:
        urgency = URGENT_WEIGHT if meaning.is_urgent else 1.0
        score = score * np.float32(SYNONYM_WEIGHT * urgency)
    if meaning.channel:
        score = score * live_filters.mask_with_channel(index, meaning.channel)
    if meaning.degree:
        score = score * index.get_mask(index.degrees, meaning.degree)
    if meaning.open_now:
        score = score * live_filters.is_open
    return score.astype(np.float32)

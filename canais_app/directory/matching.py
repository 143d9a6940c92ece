"""How well every unit meets one group of words."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from canais_app.directory.channels import ChannelKind
from canais_app.directory.index import Floats, Mask, SearchIndex
from canais_app.directory.lexicon import Meaning
from canais_app.directory.understanding import Term

FUZZY_WEIGHT = 0.6  # what a corrected word is worth
PREFIX_WEIGHT = 0.8  # what the beginning of a word is worth
SYNONYM_WEIGHT = 0.75  # what a synonym's words are worth beside the words themselves
PLACE_TERM_WEIGHT, MAX_TERM_WEIGHT = 6.0, 8.0


@dataclass(frozen=True)
class LiveFilters:
    """What changes by itself: who answers now, and who can be booked (read only when asked)."""

    is_open: Mask
    bookable: Callable[[], Mask]

    def mask_with_channel(self, index: SearchIndex, channel: str) -> Mask:
        """Return the units with a channel; a published agenda is one too."""
        own = index.channels.get(channel)
        mask = index.mask_of([]) if own is None else own
        return mask | self.bookable() if channel == ChannelKind.APPOINTMENT else mask


@dataclass(frozen=True)
class TermScore:
    """How well every unit meets one group; `weight` is what the group counts."""

    term: Term
    score: Floats
    mask: Mask
    weight: float

    @property
    def is_place(self) -> bool:
        """Whether it can be given up for nothing: a person must not be sent elsewhere."""
        return self.term.place is not None or self.term.is_part

    @property
    def is_channel(self) -> bool:
        """Whether it only asks for a channel."""
        return any(m.channel and not m.words for m in self.term.meanings)

    @property
    def explain_key(self) -> str:
        """What this adds to a score is called; `filter` says nothing of one unit over another."""
        if self.is_place:
            return "place"
        narrows = any(not m.words and not m.sentence for m in self.term.meanings)
        return "filter" if narrows else "words"


def score_term(
    index: SearchIndex, term: Term, moment: LiveFilters, *, is_fuzzy: bool = False
) -> TermScore:
    """Score the units that meet a group; `forgiving` takes known words for mistyped ones."""
    score, frequency = _score_literal(index, term, forgiving=is_fuzzy and term.place is None)
    for word in term.expansions:
        _add_score(index, score, word, PREFIX_WEIGHT)
    for meaning in term.meanings:
        np.maximum(score, _score_meaning(index, meaning, moment), out=score)
    mask = score > 0
    is_place = term.place is not None
    counted = bool(term.expansions) or is_place
    count = max(1, int(np.count_nonzero(mask)) if counted else frequency)
    weight = min(MAX_TERM_WEIGHT, 0.5 + math.log(1 + index.size / count))
    weight = PLACE_TERM_WEIGHT if is_place else weight
    return TermScore(term, score, mask, weight * len(term.literal) ** 0.5)


def _score_literal(index: SearchIndex, group: Term, *, forgiving: bool) -> tuple[Floats, int]:
    """Score the units in which all of the words stand; the mean of their weights."""
    if not group.literal:  # a meaning put in place of the words
        return np.zeros(index.size, dtype=np.float32), index.size
    if not forgiving:
        for pair in group.pairs:
            if pair in index.postings:
                score = np.zeros(index.size, dtype=np.float32)
                return score, _add_score(index, score, pair, 1.0)
    return _score_all_words(index, group.literal, forgiving=forgiving)


def _score_all_words(
    index: SearchIndex, words: Sequence[str], *, forgiving: bool
) -> tuple[Floats, int]:
    total: Floats | None = None
    frequency = index.size
    for word in words:
        one = np.zeros(index.size, dtype=np.float32)
        frequency = min(frequency, _add_score(index, one, word, 1.0))
        if forgiving:
            for near in index.vocabulary.spelling.find_near(word):
                _add_score(index, one, near, FUZZY_WEIGHT)
        total = one if total is None else np.where((one > 0) & (total > 0), total + one, 0)
    if total is None:
        return np.ones(index.size, dtype=np.float32), frequency
    return (total / np.float32(len(words))).astype(np.float32), frequency


def _add_score(index: SearchIndex, score: Floats, word: str, worth: float) -> int:
    posting = index.postings.get(word)
    if posting is None:
        return index.size
    places, weights = posting
    score[places] = np.maximum(score[places], weights * np.float32(worth))
    return len(places)


def _score_meaning(index: SearchIndex, meaning: Meaning, moment: LiveFilters) -> Floats:
    """Score the units that meet every part of a meaning."""
    if meaning.place is not None:
        # A place to be confirmed has no comarca, and is met by a unit's own words only.
        own = index.comarcas.get(meaning.place.comarca_id or -1)
        return (index.mask_of([]) if own is None else own).astype(np.float32)
    score = _score_all_words(index, meaning.words, forgiving=False)[0]
    if meaning.words:
        score = score * np.float32(SYNONYM_WEIGHT)
    if meaning.channel:
        score = score * moment.mask_with_channel(index, meaning.channel)
    if meaning.degree:
        own = index.degrees.get(meaning.degree)
        score = score * (index.mask_of([]) if own is None else own)
    if meaning.open_now:
        score = score * moment.is_open
    return score.astype(np.float32)

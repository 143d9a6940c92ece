"""What a misspelt word may mean: a known word, several without their spaces, or a place."""

from collections.abc import Sequence
from typing import NamedTuple

from rapidfuzz import process
from rapidfuzz.distance import OSA

from canais_app.directory.search.index import Vocabulary
from canais_app.directory.search.lexicon import load_outside_towns
from canais_app.directory.search.normalization import (
    PLACE_PREPOSITIONS,
    STOP_WORDS,
    Token,
    normalise_word,
)
from canais_app.directory.search.spelling import MIN_WORD_LENGTH, max_edit_distance

_MIN_COMPOUND_LENGTH = 6  # letters of a word that may be several without their spaces
_MAX_NAME_WORDS = 5  # words of a place's name
PlaceNames = tuple[tuple[str, ...], ...]


def guess_words(typed: Sequence[Token], at: int, vocabulary: Vocabulary) -> tuple[str, ...]:
    """Return the words that may be meant; none for a misspelt stop-word: `dto`, `justcia`."""
    word = typed[at].norm
    near = vocabulary.spelling.find_near(word)
    if len(word) < MIN_WORD_LENGTH:  # too short to guess, as JEF: it may be another abbreviation
        return (word,) if len(word) > 1 else ()
    is_plain = not near and len(typed) > 1 and PLACE_PREPOSITIONS.isdisjoint(typed[at].lead)
    if is_plain and _is_near_stop_word(word):
        return ()
    if near and OSA.distance(near[0], word) > 1:
        return _split_compound(word, vocabulary) or (near[0],)
    if near:
        beside = {token.norm for token in typed[max(0, at - 1) : at + 2]}
        fitting = (n for n in near if any(vocabulary.is_adjacent(n, other) for other in beside))
        return (next(fitting, near[0]),)
    return _split_compound(word, vocabulary) or (word,)


def _is_near_stop_word(word: str) -> bool:
    return any(
        len(stop) >= MIN_WORD_LENGTH and OSA.distance(stop, word) == 1 for stop in STOP_WORDS
    )


def _split_compound(word: str, vocabulary: Vocabulary) -> tuple[str, ...]:
    """Return the fewest known words, stop-words too, that make up a word without spaces."""
    if len(word) < _MIN_COMPOUND_LENGTH:
        return ()
    best: list[tuple[str, ...] | None] = [(), *([None] * len(word))]
    for end in range(1, len(word) + 1):
        for start in range(end):
            before = best[start]
            if before is None or not _is_piece(word[start:end], vocabulary):
                continue
            pieces = (*before, word[start:end])
            if best[end] is None or len(pieces) < len(best[end] or ()):
                best[end] = pieces
    return best[-1] or _split_with_extra_letter(word, vocabulary)


def _is_piece(piece: str, vocabulary: Vocabulary) -> bool:
    return piece in STOP_WORDS or (len(piece) > 2 and normalise_word(piece) in vocabulary.known)  # noqa: PLR2004


def _split_with_extra_letter(word: str, vocabulary: Vocabulary) -> tuple[str, ...]:
    for cut in range(1, len(word) - 2):
        pieces = (word[:cut], word[cut + 1 :])
        if all(_is_piece(piece, vocabulary) for piece in pieces):
            return pieces
    return ()


class NearMatch(NamedTuple):
    """Words typed from `first` to before `last`, and the equally near names they may be."""

    first: int
    last: int
    names: PlaceNames


def find_near_place(typed: Sequence[Token], at: int, vocabulary: Vocabulary) -> NearMatch | None:
    """Return the stretch around a word that is nearly a place's name, and the names it may be."""
    best: tuple[int, int, int, int, PlaceNames] | None = None
    for first in range(max(0, at - 3), at + 1):
        for last in range(at + 1, min(len(typed), at + 4) + 1):
            words = [token.word for token in typed[first:last]]
            names, edits = find_nearest_places(words, vocabulary)
            # A short word is near to many names: only one of its letters may be wrong.
            if names and (edits == 1 or len(typed[at].norm) >= MIN_WORD_LENGTH):
                rank = (edits, first - last, first, last, names)
                best = min(best, rank) if best else rank
    return NearMatch(*best[2:]) if best else None


def find_nearest_places(words: Sequence[str], vocabulary: Vocabulary) -> tuple[PlaceNames, int]:
    """Return the nearest misspelt places of as many words, and their edit distance."""
    typed, spoken = " ".join(words), vocabulary.lexicon.gazetteer.spoken
    cutoff = max_edit_distance(len(typed))
    found = process.extract(typed, spoken.keys(), scorer=OSA.distance, score_cutoff=cutoff, limit=4)
    near = [(name, int(edits)) for name, edits, _ in found if len(name.split()) == len(words)]
    if not near or not near[0][1]:
        return (), 0
    fewest = near[0][1]
    return tuple(dict.fromkeys(spoken[name] for name, edits in near if edits == fewest)), fewest


def is_outside_town(
    typed: Sequence[Token], at: int, near: NearMatch | None, vocabulary: Vocabulary
) -> bool:
    """Whether the word is part of the name of a town of another state.

    A name of one word is rather a misspelling when a longer name of this state is near, or a word
    that is not of a place.
    """
    for first in range(max(0, at - _MAX_NAME_WORDS + 1), at + 1):
        for last in range(at + 1, min(len(typed), first + _MAX_NAME_WORDS) + 1):
            words = tuple(token.norm for token in typed[first:last])
            if words in load_outside_towns():
                if len(words) > 1:
                    return True
                has_longer = near is not None and near.last - near.first > 1
                known = next(iter(vocabulary.spelling.find_near(typed[at].norm)), "")
                is_misspelt = at < len(typed) - 1 and known and known not in vocabulary.place_words
                return not has_longer and not is_misspelt
    return False

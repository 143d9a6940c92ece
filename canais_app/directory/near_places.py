"""Places nearly as they were typed: a slip in a name, and towns of other states that are none."""

from collections.abc import Sequence
from typing import NamedTuple

from rapidfuzz import process
from rapidfuzz.distance import OSA

from canais_app.directory import places
from canais_app.directory.fuzzy import MIN_WORD_LENGTH, max_edit_distance
from canais_app.directory.vocabulary import Vocabulary
from canais_app.directory.words import Token

_MAX_NAME_WORDS = 5  # words of a place's name
PlaceNames = tuple[tuple[str, ...], ...]


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
            names, slips = find_nearest_places(
                [token.word for token in typed[first:last]], vocabulary
            )
            # A word of few letters is a slip of anything: only one letter of it may be wrong.
            if names and (slips == 1 or len(typed[at].norm) >= MIN_WORD_LENGTH):
                rank = (slips, first - last, first, last, names)
                best = min(best, rank) if best else rank
    return NearMatch(*best[2:]) if best else None


def find_nearest_places(words: Sequence[str], vocabulary: Vocabulary) -> tuple[PlaceNames, int]:
    """Return the places of as many words that these are but for slips, and how many slips."""
    said, spoken = " ".join(words), vocabulary.lexicon.gazetteer.spoken
    found = process.extract(
        said, spoken.keys(), scorer=OSA.distance, score_cutoff=max_edit_distance(len(said)), limit=4
    )
    alike = [(name, int(slips)) for name, slips, _ in found if len(name.split()) == len(words)]
    if not alike or not alike[0][1]:
        return (), 0
    fewest = alike[0][1]
    names = dict.fromkeys(spoken[name] for name, slips in alike if slips == fewest)
    return tuple(names), fewest


def is_split_word(typed: Sequence[Token], at: int, vocabulary: Vocabulary) -> bool:
    """Whether a known word stands among words of places that are nobody's whole name."""
    gazetteer = vocabulary.lexicon.gazetteer
    first, last = at, at + 1
    while first > 0 and typed[first - 1].norm in gazetteer.words:
        first -= 1
    while last < len(typed) and typed[last].norm in gazetteer.words:
        last += 1
    words = tuple(token.norm for token in typed[first:last])
    meanings = (m for word in words for m in vocabulary.lexicon.find_meanings((word,)))
    if len(words) == 1 or any(meaning.is_sure for meaning in meanings):
        return False
    stretches = (words[a:b] for a in range(len(words)) for b in range(a + 2, len(words) + 1))
    known = (gazetteer.names, gazetteer.parts, places.load_outside_towns())
    return not any(stretch in names for stretch in stretches for names in known)


def is_outside_state(
    typed: Sequence[Token], at: int, near: NearMatch | None, vocabulary: Vocabulary
) -> bool:
    """Whether the word is part of the name of a town of another state, and no slip of ours.

    A name of one word is a slip when a longer name of ours is near, or a word that is no place's.
    """
    for first in range(max(0, at - _MAX_NAME_WORDS + 1), at + 1):
        for last in range(at + 1, min(len(typed), first + _MAX_NAME_WORDS) + 1):
            words = tuple(token.norm for token in typed[first:last])
            if words in places.load_outside_towns():
                if len(words) > 1:
                    return True
                longer = near is not None and near.last - near.first > 1
                own = next(iter(vocabulary.spelling.find_near(typed[at].norm)), "")
                slip = at < len(typed) - 1 and own and own not in vocabulary.place_words
                return not longer and not slip
    return False

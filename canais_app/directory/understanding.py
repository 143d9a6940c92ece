"""From what was typed to groups of alternatives that a unit has to meet.

Each group comes from one stretch of the words. Typing mistakes are only looked at in words that
nobody knows; the corrected reading is said back as "você quis dizer".
"""

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from rapidfuzz import process
from rapidfuzz.distance import OSA

from canais_app.directory.fuzzy import SHORTEST, Spelling, allowed
from canais_app.directory.lexicon import LONGEST, Lexicon, Meaning
from canais_app.directory.words import STOP, Token, normalise, tokens

EXPANSIONS = 60
PREFIX = 2  # letters needed before a beginning stands for its words


@dataclass(frozen=True)
class Group:
    """One stretch of the words: any of its alternatives meets it."""

    start: int
    end: int
    literal: tuple[str, ...]
    meanings: tuple[Meaning, ...] = ()
    expansions: tuple[str, ...] = ()


@dataclass(frozen=True)
class Reading:
    """How a text was understood. `corrections` are (from, to, words) in the text."""

    groups: tuple[Group, ...]
    key: tuple[str, ...]
    corrections: tuple[tuple[int, int, str], ...] = ()


@dataclass(frozen=True)
class Vocabulary:
    """Every word of the directory, sorted, with how it is written and the lexicon beside it."""

    sorted_words: Sequence[str]
    written: Mapping[str, str]
    lexicon: Lexicon
    spelling: Spelling
    known: frozenset[str] = field(default_factory=frozenset[str])

    def beginning_with(self, prefix: str) -> tuple[str, ...]:
        """Return the words that begin so, at most `EXPANSIONS`."""
        first = bisect_left(self.sorted_words, prefix)
        found: list[str] = []
        for word in self.sorted_words[first : first + EXPANSIONS]:
            if not word.startswith(prefix):
                break
            found.append(word)
        return tuple(found)


def read(text: str, vocabulary: Vocabulary) -> Reading:
    """Understand a text; unknown words are completed, joined, split or corrected first."""
    typed = _join(tokens(text), vocabulary)
    key = tuple(token.norm for token in typed)
    mended, corrections = _mend(typed, vocabulary)
    return Reading(tuple(_group(mended, vocabulary)), key, tuple(corrections))


def _join(typed: list[Token], vocabulary: Vocabulary) -> list[Token]:
    """Put together a word that was torn apart: `sin op`, `cuia ba`."""
    made: list[Token] = []
    for token in typed:
        before = made[-1] if made else None
        torn = before and not (before.norm in vocabulary.known and token.norm in vocabulary.known)
        if before and torn and before.norm + token.norm in vocabulary.known:
            made[-1] = Token(before.norm + token.norm, before.start, token.end)
        else:
            made.append(token)
    return made


def _mend(
    typed: list[Token], vocabulary: Vocabulary
) -> tuple[list[Token], list[tuple[int, int, str]]]:
    mended: list[Token] = []
    corrections: list[tuple[int, int, str]] = []
    at = 0
    while at < len(typed):
        token = typed[at]
        if _is_known(token.norm, vocabulary):
            mended.append(token)
            at += 1
            continue
        if at == len(typed) - 1 and (whole := _complete(token, vocabulary)):
            mended.append(whole)
            at += 1
            continue
        first, last, name = _near_place(typed, at, vocabulary)
        if name:
            del mended[len(mended) - (at - first) :]
            start, end = typed[first].start, typed[last - 1].end
            mended += [Token(word, start, end) for word in vocabulary.lexicon.place_names[name]]
            corrections.append((start, end, _written(name.split(), vocabulary)))
            at = last
            continue
        if (
            len(typed) > 1
            and len(token.norm) < SHORTEST
            and not vocabulary.spelling.near(token.norm)
        ):
            at += 1  # a stop-word with a slip: `dto`, `dr`
            continue
        pieces = _split(token, vocabulary)
        near = pieces or tuple(vocabulary.spelling.near(token.norm)[:1])
        if near:
            corrections.append((token.start, token.end, _written(near, vocabulary)))
        mended += [Token(word, token.start, token.end) for word in near or (token.norm,)]
        at += 1
    return mended, corrections


def _is_known(word: str, vocabulary: Vocabulary) -> bool:
    return word in vocabulary.known or word.isdigit()


def _complete(token: Token, vocabulary: Vocabulary) -> Token | None:
    """Take the last word, still being typed, for the one word that begins so, or leave it."""
    if len(token.norm) < PREFIX:
        return token
    found = vocabulary.beginning_with(token.norm)
    if not found:
        return None
    return replace(token, norm=found[0]) if len(found) == 1 else token


def _near_place(typed: list[Token], at: int, vocabulary: Vocabulary) -> tuple[int, int, str]:
    """Return the stretch around an unknown word that is nearly a place's name, and the name."""
    best: tuple[float, int, int, int, str] | None = None
    for first in range(max(0, at - 3), at + 1):
        for last in range(at + 1, min(len(typed), at + 4) + 1):
            said = " ".join(token.norm for token in typed[first:last])
            most = allowed(len(said))
            if not most:
                continue
            found = process.extractOne(
                said, vocabulary.lexicon.place_names.keys(), scorer=OSA.distance, score_cutoff=most
            )
            if found and len(found[0].split()) == last - first:
                rank = (found[1], -(last - first), first, last, found[0])
                best = min(best, rank) if best else rank
    return (best[2], best[3], best[4]) if best else (at, at + 1, "")


def _split(token: Token, vocabulary: Vocabulary) -> tuple[str, ...]:
    """Return the known words of two typed without their space, or with a letter in its place."""
    word = token.norm
    for gap in (0, 1):
        for cut in range(2, len(word) - 1 - gap):
            pieces = (word[:cut], word[cut + gap :])
            if len(word) > 5 and all(_is_word(piece, vocabulary) for piece in pieces):  # noqa: PLR2004
                return tuple(normalise(piece) for piece in pieces if piece not in STOP)
    return ()


def _is_word(piece: str, vocabulary: Vocabulary) -> bool:
    return piece in STOP or (len(piece) > 1 and normalise(piece) in vocabulary.known)


def _written(words: Sequence[str], vocabulary: Vocabulary) -> str:
    return " ".join(vocabulary.written.get(word, word) for word in words)


def _group(typed: list[Token], vocabulary: Vocabulary) -> list[Group]:
    groups: list[Group] = []
    at = 0
    while at < len(typed):
        length, meanings = _longest_phrase(typed, at, vocabulary.lexicon)
        stretch = typed[at : at + length]
        literal = tuple(token.norm for token in stretch)
        expansions: tuple[str, ...] = ()
        if length == 1 and literal[0] not in vocabulary.known and len(literal[0]) >= PREFIX:
            expansions = vocabulary.beginning_with(literal[0])
        groups.append(Group(stretch[0].start, stretch[-1].end, literal, meanings, expansions))
        at += length
    return groups


def _longest_phrase(
    typed: list[Token], at: int, lexicon: Lexicon
) -> tuple[int, tuple[Meaning, ...]]:
    for length in range(min(LONGEST, len(typed) - at), 0, -1):
        found = lexicon.look_up(tuple(token.norm for token in typed[at : at + length]))
        if found:
            return length, found
    return 1, ()

"""From words as typed to words the directory knows: joined, completed, singular, corrected.

Mistakes are only looked at in words that nobody knows. What was changed beyond doubt (a plural, a
last word still being typed) is not spoken of; every guess is said back as "você quis dizer".
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from rapidfuzz.distance import OSA

from canais_app.directory import near_places
from canais_app.directory.fuzzy import MIN_WORD_LENGTH
from canais_app.directory.near_places import NearMatch
from canais_app.directory.vocabulary import Vocabulary
from canais_app.directory.words import (
    PLACE_PREPOSITIONS,
    STOP_WORDS,
    Token,
    list_singulars,
    normalise_word,
)

Correction = tuple[int, int, str]  # from, to, the words that belong there
MIN_PREFIX_LENGTH = 2  # letters needed before a beginning stands for its words
_MIN_COMPOUND_LENGTH = 6  # letters of the shortest word that may be several without their spaces


@dataclass(frozen=True)
class _Replacement:
    """Words put in place of those typed from `first` to before `last`, and the guess made."""

    first: int
    last: int
    words: Sequence[Token]
    guess: str = ""


def join_split_words(typed: Sequence[Token], vocabulary: Vocabulary) -> list[Token]:
    """Put together a word that was torn apart: `sin op`, `cuia ba`."""
    made: list[Token] = []
    for token in typed:
        before = made[-1] if made else None
        torn = before and not (vocabulary.has_word(before.norm) and vocabulary.has_word(token.norm))
        if before and torn and before.norm + token.norm in vocabulary.known:
            made[-1] = replace(before, norm=before.norm + token.norm, end=token.end)
        else:
            made.append(token)
    return made


def correct_words(
    typed: Sequence[Token], vocabulary: Vocabulary
) -> tuple[list[Token], list[Correction]]:
    """Return the words to look for, and the guesses among them."""
    made: list[Token] = []
    guesses: list[Correction] = []
    at = 0
    while at < len(typed):
        step = _correct_at(typed, at, vocabulary)
        del made[len(made) - (at - step.first) :]
        made += step.words
        if step.guess:
            guesses.append((typed[step.first].start, typed[step.last - 1].end, step.guess))
        at = step.last
    return made, guesses


def _correct_at(typed: Sequence[Token], at: int, vocabulary: Vocabulary) -> _Replacement:
    token, known = typed[at], vocabulary.has_word(typed[at].norm)
    of_place = token.norm in vocabulary.lexicon.gazetteer.words
    doubtful = not known or (of_place and near_places.is_split_word(typed, at, vocabulary))
    near = near_places.find_near_place(typed, at, vocabulary) if doubtful else None
    if known and (near is None or near.last - near.first == 1):
        return _Replacement(at, at + 1, [_singularise(token, vocabulary)])
    if not known and near_places.is_outside_state(typed, at, near, vocabulary):
        return _Replacement(at, at + 1, [token])
    if not known and (same := _resolve_certain(token, vocabulary, is_last=at == len(typed) - 1)):
        return _Replacement(at, at + 1, [replace(token, norm=same)])
    if near:
        return _correct_place(typed, near, token.lead, vocabulary)
    words = _guess_words(typed, at, vocabulary)
    guess = "" if words in ((), (token.norm,)) else vocabulary.spell_words(words)
    made = [replace(token, norm=normalise_word(word)) for word in words if word not in STOP_WORDS]
    return _Replacement(at, at + 1, made, guess)


def _correct_place(
    typed: Sequence[Token], near: NearMatch, lead: tuple[str, ...], vocabulary: Vocabulary
) -> _Replacement:
    start, end = typed[near.first].start, typed[near.last - 1].end
    words = [Token(word, start, end, lead, near.names[1:]) for word in near.names[0]]
    place = vocabulary.lexicon.gazetteer.names[near.names[0]]
    return _Replacement(near.first, near.last, words, place.name)


def _resolve_certain(token: Token, vocabulary: Vocabulary, *, is_last: bool) -> str:
    """Return the known word this is beyond doubt (its singular or plural, or its beginning)."""
    word = token.norm
    for other in (*list_singulars(word), f"{word}s"):
        if other in vocabulary.known:
            return other
    if is_last and len(word) >= MIN_PREFIX_LENGTH:
        begun = vocabulary.list_with_prefix(word)
        return begun[0] if len(begun) == 1 else word if begun else ""
    return ""


def _singularise(token: Token, vocabulary: Vocabulary) -> Token:
    """Return a known plural as its singular; names of places have a plural of their own."""
    if token.norm in vocabulary.lexicon.gazetteer.words:
        return token
    known = (word for word in list_singulars(token.norm) if word in vocabulary.known)
    return replace(token, norm=next(known, token.norm))


def _guess_words(typed: Sequence[Token], at: int, vocabulary: Vocabulary) -> tuple[str, ...]:
    """Return the words that may be meant; none for a little word with a slip: `dto`, `justcia`."""
    word = typed[at].norm
    near = vocabulary.spelling.find_near(word)
    named = not PLACE_PREPOSITIONS.isdisjoint(typed[at].lead)
    if (
        len(typed) > 1
        and not near
        and not named
        and (len(word) < MIN_WORD_LENGTH or _is_minor_word(word))
    ):
        return ()
    if near and OSA.distance(near[0], word) > 1:
        return split_compound(word, vocabulary) or (near[0],)
    beside = {token.norm for token in typed[max(0, at - 1) : at + 2]}
    fitting = [one for one in near if any(vocabulary.is_adjacent(one, other) for other in beside)]
    if fitting or near:
        return ((fitting or near)[0],)
    return split_compound(word, vocabulary) or (word,)


def _is_minor_word(word: str) -> bool:
    return any(
        len(stop) >= MIN_WORD_LENGTH and OSA.distance(stop, word) == 1 for stop in STOP_WORDS
    )


def split_compound(word: str, vocabulary: Vocabulary) -> tuple[str, ...]:
    """Return the fewest known words, little ones too, that stand in one without spaces."""
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

"""From words as typed to words the directory knows: joined, completed, singular, corrected.

Mistakes are only looked at in words that nobody knows. What was changed beyond doubt (a plural, a
last word still being typed) is not spoken of; every guess is said back as "você quis dizer".
"""

from collections.abc import Sequence
from dataclasses import replace

from rapidfuzz import process
from rapidfuzz.distance import OSA

from canais_app.directory import places
from canais_app.directory.fuzzy import SHORTEST, allowed
from canais_app.directory.vocabulary import Vocabulary
from canais_app.directory.words import STOP, Token, normalise, singulars

Correction = tuple[int, int, str]  # from, to, the words that belong there
PREFIX = 2  # letters needed before a beginning stands for its words
_GLUED = 6  # letters of the shortest word that may be several without their spaces
_LONGEST_PLACE = 5  # words


def join(typed: Sequence[Token], vocabulary: Vocabulary) -> list[Token]:
    """Put together a word that was torn apart: `sin op`, `cuia ba`."""
    made: list[Token] = []
    for token in typed:
        before = made[-1] if made else None
        torn = before and not (vocabulary.knows(before.norm) and vocabulary.knows(token.norm))
        if before and torn and before.norm + token.norm in vocabulary.known:
            made[-1] = replace(before, norm=before.norm + token.norm, end=token.end)
        else:
            made.append(token)
    return made


def mend(typed: Sequence[Token], vocabulary: Vocabulary) -> tuple[list[Token], list[Correction]]:
    """Return the words to look for, and the guesses among them."""
    made: list[Token] = []
    guesses: list[Correction] = []
    at = 0
    while at < len(typed):
        token = typed[at]
        if vocabulary.knows(token.norm) or _is_elsewhere(typed, at):
            made.append(_in_the_singular(token, vocabulary))
            at += 1
        elif same := _surely(token, vocabulary, is_last=at == len(typed) - 1):
            made.append(replace(token, norm=same))
            at += 1
        elif near := _near_place(typed, at, vocabulary):
            first, last, words = near
            del made[len(made) - (at - first) :]
            start, end = typed[first].start, typed[last - 1].end
            made += [Token(word, start, end, token.lead) for word in words]
            guesses.append((start, end, vocabulary.spell(words)))
            at = last
        else:
            words = _guess(token, vocabulary, alone=len(typed) == 1)
            if words and words != (token.norm,):
                guesses.append((token.start, token.end, vocabulary.spell(words)))
            made += [replace(token, norm=word) for word in words]
            at += 1
    return made, guesses


def _surely(token: Token, vocabulary: Vocabulary, *, is_last: bool) -> str:
    """Return the known word this is beyond doubt (its singular or plural, or its beginning)."""
    word = token.norm
    for other in (*singulars(word), f"{word}s"):
        if other in vocabulary.known:
            return other
    if is_last and len(word) >= PREFIX:
        begun = vocabulary.beginning_with(word)
        return begun[0] if len(begun) == 1 else word if begun else ""
    return ""


def _in_the_singular(token: Token, vocabulary: Vocabulary) -> Token:
    """Return a known plural as its singular; names of places have a plural of their own."""
    if token.norm in vocabulary.lexicon.gazetteer.words:
        return token
    known = (word for word in singulars(token.norm) if word in vocabulary.known)
    return replace(token, norm=next(known, token.norm))


def _is_elsewhere(typed: Sequence[Token], at: int) -> bool:
    """Whether the word is part of the whole name of a town of another state."""
    return any(
        tuple(token.norm for token in typed[first:last]) in places.elsewhere()
        for first in range(max(0, at - _LONGEST_PLACE + 1), at + 1)
        for last in range(at + 1, min(len(typed), first + _LONGEST_PLACE) + 1)
    )


def _near_place(
    typed: Sequence[Token], at: int, vocabulary: Vocabulary
) -> tuple[int, int, tuple[str, ...]] | None:
    """Return the stretch around an unknown word that is nearly a place's name, and the name."""
    best: tuple[int, int, int, int, tuple[str, ...]] | None = None
    for first in range(max(0, at - 3), at + 1):
        for last in range(at + 1, min(len(typed), at + 4) + 1):
            words = [token.norm for token in typed[first:last]]
            name = nearest_place(words, vocabulary)
            if name:
                slips = OSA.distance(" ".join(words), " ".join(name))
                rank = (slips, first - last, first, last, name)
                best = min(best, rank) if best else rank
    return best[2:] if best else None


def nearest_place(words: Sequence[str], vocabulary: Vocabulary) -> tuple[str, ...]:
    """Return the place's name of as many words that these are but for a slip; none when far."""
    said = " ".join(words)
    found = process.extractOne(
        said,
        vocabulary.lexicon.gazetteer.spoken,
        scorer=OSA.distance,
        score_cutoff=allowed(len(said)),
    )
    name = tuple(found[0].split()) if found and found[1] else ()
    return name if len(name) == len(words) else ()


def _guess(token: Token, vocabulary: Vocabulary, *, alone: bool) -> tuple[str, ...]:
    """Return the words that may be meant; none for a slip too short to be anything."""
    near = vocabulary.spelling.near(token.norm)
    if not alone and len(token.norm) < SHORTEST and not near:
        return ()  # a stop-word with a slip: `dto`, `dr`
    return unglue(token.norm, vocabulary) or tuple(near[:1]) or (token.norm,)


def unglue(word: str, vocabulary: Vocabulary) -> tuple[str, ...]:
    """Return the fewest known words that stand in one without spaces, or with a letter for it."""
    if len(word) < _GLUED:
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
    whole = best[-1] or _with_a_letter_between(word, vocabulary)
    return tuple(normalise(piece) for piece in whole if piece not in STOP)


def _is_piece(piece: str, vocabulary: Vocabulary) -> bool:
    return piece in STOP or (len(piece) > 2 and normalise(piece) in vocabulary.known)  # noqa: PLR2004


def _with_a_letter_between(word: str, vocabulary: Vocabulary) -> tuple[str, ...]:
    for cut in range(1, len(word) - 2):
        pieces = (word[:cut], word[cut + 1 :])
        if all(_is_piece(piece, vocabulary) for piece in pieces):
            return pieces
    return ()

"""Parse a query into terms: stretches of the text with the meanings that a unit may meet.

Unknown words are completed, joined, split or corrected first. A place is sure when its whole name
was typed; a part of a name yields to a sure place, and is offered as "você quis dizer".
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from rapidfuzz import process
from rapidfuzz.distance import OSA

from canais_app.directory.search.index import MIN_WORD_LENGTH, Vocabulary, max_edit_distance
from canais_app.directory.search.lexicon import (
    MAX_PHRASE_WORDS,
    GazetteerPlace,
    Meaning,
    load_outside_towns,
)
from canais_app.directory.search.normalization import (
    PLACE_PREPOSITIONS,
    STOP_WORDS,
    Token,
    list_singulars,
    normalise_word,
    tokenize,
)

MIN_PREFIX_LENGTH = 2  # letters of a prefix that is completed
_MIN_COMPOUND_LENGTH = 6  # letters of a word that may be several without their spaces
_MAX_NAME_WORDS = 5  # words of a place's name
_COURT_WORDS = frozenset(
    "vara juizado forum foro gabinete secretaria cejusc cartorio distribuicao".split()  # noqa: SIM905
)
PlaceNames = tuple[tuple[str, ...], ...]
Correction = tuple[int, int, str]  # from, to, the words that belong there


@dataclass(frozen=True)
class Term:
    """One stretch of the text; a unit meets it by its words or by any of its meanings.

    `pairs` join a number to the word it numbers: `2>camara`.
    """

    start: int
    end: int
    literal: tuple[str, ...]
    meanings: tuple[Meaning, ...] = ()
    expansions: tuple[str, ...] = ()
    pairs: tuple[str, ...] = ()
    is_in_place_context: bool = False  # a place is expected here
    is_part: bool = False  # words that occur only in names of places

    @property
    def number(self) -> str:
        """The number it is, if it means nothing else."""
        return self.literal[0] if self.pairs and not self.meanings else ""

    @property
    def place(self) -> GazetteerPlace | None:
        """The place it means, if any."""
        return self.meanings[0].place if self.meanings else None

    @property
    def is_sure_place(self) -> bool:
        """Whether it is the whole name of a place."""
        return self.place is not None and self.meanings[0].is_sure

    @property
    def is_outside_town(self) -> bool:
        """Whether it may be a town of another state."""
        return any(meaning.is_away for meaning in self.meanings)


@dataclass(frozen=True)
class ParsedQuery:
    """The terms of a text, its normalised words, and the corrections guessed."""

    terms: tuple[Term, ...]
    key: tuple[str, ...]
    guesses: tuple[Correction, ...] = ()


def parse_query(text: str, vocabulary: Vocabulary) -> ParsedQuery:
    """Parse a text; unknown words are completed, joined, split or corrected first."""
    typed = _join_split_words(tokenize(text), vocabulary)
    corrected, guesses = _correct_words(typed, vocabulary)
    terms = _resolve_place_conflicts(_parse_terms(corrected, vocabulary))
    guesses += [
        (term.start, term.end, name)
        for term in terms
        if (name := _complete_place_name(term, vocabulary))
    ]
    key = tuple(token.norm for token in typed)
    return ParsedQuery(tuple(terms), key, tuple(dict.fromkeys(guesses)))


# --- terms ---------------------------------------------------------------------------------


def _parse_terms(typed: list[Token], vocabulary: Vocabulary) -> list[Term]:
    terms: list[Term] = []
    at = 0
    while at < len(typed):
        length, meanings = _find_longest_phrase(typed, at, vocabulary)
        stretch = typed[at : at + length]
        literal = tuple(token.norm for token in stretch)
        word = literal[0] if length == 1 else ""
        is_prefix = len(word) >= MIN_PREFIX_LENGTH and word not in vocabulary.known
        terms.append(
            Term(
                start=stretch[0].start,
                end=stretch[-1].end,
                literal=literal,
                meanings=meanings,
                expansions=vocabulary.list_with_prefix(word) if is_prefix else (),
                pairs=_number_pairs(typed, at) if word.isdigit() else (),
                is_in_place_context=_is_place_context(typed, at, at + length),
                is_part=not meanings and vocabulary.place_words.issuperset(literal),
            )
        )
        at += length
    return terms


def _find_longest_phrase(
    typed: list[Token], at: int, vocabulary: Vocabulary
) -> tuple[int, tuple[Meaning, ...]]:
    lexicon = vocabulary.lexicon
    for length in range(min(MAX_PHRASE_WORDS, len(typed) - at), 0, -1):
        words = tuple(token.norm for token in typed[at : at + length])
        found = lexicon.find_meanings(words)
        if found:
            alternatives = typed[at].alternatives
            found += tuple(m for name in alternatives for m in lexicon.find_meanings(name))
        if found or (length > 1 and words in lexicon.gazetteer.parts):
            return length, found
        town = load_outside_towns().get(words)
        if town and words not in lexicon.gazetteer.parts:
            sentence = f"{town} fica fora de Mato Grosso; aqui só há unidades do TJMT."
            meaning = Meaning(town, sentence=sentence, is_outside_state=True, is_away=True)
            return length, (meaning,)
    return 1, ()


def _is_place_context(typed: Sequence[Token], first: int, last: int) -> bool:
    """Whether a place is expected here: `em …`, `fórum …`, or the end of `vara … de …`."""
    before = typed[first - 1].norm if first else ""
    if not PLACE_PREPOSITIONS.isdisjoint(typed[first].lead) or before in ("forum", "foro"):
        return True
    return last == len(typed) and any(token.norm in _COURT_WORDS for token in typed[:first])


def _number_pairs(typed: Sequence[Token], at: int) -> tuple[str, ...]:
    """Return a number with the word after it, and with the one before it."""
    beside = (typed[near].norm for near in (at + 1, at - 1) if 0 <= near < len(typed))
    return tuple(f"{typed[at].norm}>{word}" for word in beside)


def _resolve_place_conflicts(terms: list[Term]) -> list[Term]:
    """Let parts of names, and towns of other states, yield to a sure place."""
    if not any(term.is_sure_place for term in terms):
        return terms
    return [
        replace(term, meanings=(), is_part=True)
        if term.is_outside_town or (term.place and not term.is_sure_place)
        else term
        for term in terms
    ]


def _complete_place_name(term: Term, vocabulary: Vocabulary) -> str:
    """Return the place that a part of its name, or a town with nearly its name, may mean."""
    if term.is_outside_town:
        names, _ = _find_nearest_places(term.literal, vocabulary)
        return vocabulary.lexicon.gazetteer.names[names[0]].name if names else ""
    return term.place.name if term.place and not term.is_sure_place else ""


# --- corrections ---------------------------------------------------------------------------


@dataclass(frozen=True)
class _Replacement:
    """Words that replace those typed from `first` to before `last`, and the guess shown."""

    first: int
    last: int
    words: Sequence[Token]
    guess: str = ""


def _join_split_words(typed: Sequence[Token], vocabulary: Vocabulary) -> list[Token]:
    """Join a word that was typed with a space in it: `sin op`, `cuia ba`."""
    joined: list[Token] = []
    for token in typed:
        before = joined[-1] if joined else None
        if (
            before
            and before.norm + token.norm in vocabulary.known
            and not (vocabulary.has_word(before.norm) and vocabulary.has_word(token.norm))
        ):
            joined[-1] = replace(before, norm=before.norm + token.norm, end=token.end)
        else:
            joined.append(token)
    return joined


def _correct_words(
    typed: Sequence[Token], vocabulary: Vocabulary
) -> tuple[list[Token], list[Correction]]:
    """Return the words to look for, and the guesses among them."""
    corrected: list[Token] = []
    guesses: list[Correction] = []
    at = 0
    while at < len(typed):
        step = _correct_at(typed, at, vocabulary)
        del corrected[len(corrected) - (at - step.first) :]
        corrected += step.words
        if step.guess:
            guesses.append((typed[step.first].start, typed[step.last - 1].end, step.guess))
        at = step.last
    return corrected, guesses


def _correct_at(typed: Sequence[Token], at: int, vocabulary: Vocabulary) -> _Replacement:
    token, is_known = typed[at], vocabulary.has_word(typed[at].norm)
    of_place = token.norm in vocabulary.lexicon.gazetteer.words
    is_doubtful = not is_known or (of_place and _is_in_unknown_name(typed, at, vocabulary))
    near = _find_near_place(typed, at, vocabulary) if is_doubtful else None
    if is_known and (near is None or near.last - near.first == 1):
        return _Replacement(at, at + 1, [_singularise(token, vocabulary)])
    if not is_known and _is_outside_town(typed, at, near, vocabulary):
        return _Replacement(at, at + 1, [token])
    is_last = at == len(typed) - 1
    if not is_known and (same := _resolve_certain(token.norm, vocabulary, is_last=is_last)):
        return _Replacement(at, at + 1, [replace(token, norm=same)])
    if near:
        return _correct_place(typed, near, token.lead, vocabulary)
    words = _guess_words(typed, at, vocabulary)
    guess = "" if words in ((), (token.norm,)) else vocabulary.spell_words(words)
    tokens = [replace(token, norm=normalise_word(word)) for word in words if word not in STOP_WORDS]
    return _Replacement(at, at + 1, tokens, guess)


def _correct_place(
    typed: Sequence[Token], near: "_NearMatch", lead: tuple[str, ...], vocabulary: Vocabulary
) -> _Replacement:
    start, end = typed[near.first].start, typed[near.last - 1].end
    words = [Token(word, start, end, lead, near.names[1:]) for word in near.names[0]]
    place = vocabulary.lexicon.gazetteer.names[near.names[0]]
    return _Replacement(near.first, near.last, words, place.name)


def _resolve_certain(word: str, vocabulary: Vocabulary, *, is_last: bool) -> str:
    """Return the known word this certainly is: its singular, its plural, or its completion."""
    for other in (*list_singulars(word), f"{word}s"):
        if other in vocabulary.known:
            return other
    if is_last and len(word) >= MIN_PREFIX_LENGTH:
        completions = vocabulary.list_with_prefix(word)
        return completions[0] if len(completions) == 1 else word if completions else ""
    return ""


def _singularise(token: Token, vocabulary: Vocabulary) -> Token:
    """Return a known plural as its singular; words of places stay as they are."""
    if token.norm in vocabulary.lexicon.gazetteer.words:
        return token
    known = (word for word in list_singulars(token.norm) if word in vocabulary.known)
    return replace(token, norm=next(known, token.norm))


def _guess_words(typed: Sequence[Token], at: int, vocabulary: Vocabulary) -> tuple[str, ...]:
    """Return the words that may be meant; none for a misspelt stop-word: `dto`, `justcia`."""
    word = typed[at].norm
    near = vocabulary.spelling.find_near(word)
    is_plain = not near and len(typed) > 1 and PLACE_PREPOSITIONS.isdisjoint(typed[at].lead)
    if is_plain and (len(word) < MIN_WORD_LENGTH or _is_near_stop_word(word)):
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


# --- misspelt places -----------------------------------------------------------------------


class _NearMatch(NamedTuple):
    """Words typed from `first` to before `last`, and the equally near names they may be."""

    first: int
    last: int
    names: PlaceNames


def _find_near_place(typed: Sequence[Token], at: int, vocabulary: Vocabulary) -> _NearMatch | None:
    """Return the stretch around a word that is nearly a place's name, and the names it may be."""
    best: tuple[int, int, int, int, PlaceNames] | None = None
    for first in range(max(0, at - 3), at + 1):
        for last in range(at + 1, min(len(typed), at + 4) + 1):
            words = [token.word for token in typed[first:last]]
            names, edits = _find_nearest_places(words, vocabulary)
            # A short word is near to many names: only one of its letters may be wrong.
            if names and (edits == 1 or len(typed[at].norm) >= MIN_WORD_LENGTH):
                rank = (edits, first - last, first, last, names)
                best = min(best, rank) if best else rank
    return _NearMatch(*best[2:]) if best else None


def _find_nearest_places(words: Sequence[str], vocabulary: Vocabulary) -> tuple[PlaceNames, int]:
    """Return the nearest misspelt places of as many words, and their edit distance."""
    typed, spoken = " ".join(words), vocabulary.lexicon.gazetteer.spoken
    cutoff = max_edit_distance(len(typed))
    found = process.extract(typed, spoken.keys(), scorer=OSA.distance, score_cutoff=cutoff, limit=4)
    near = [(name, int(edits)) for name, edits, _ in found if len(name.split()) == len(words)]
    if not near or not near[0][1]:
        return (), 0
    fewest = near[0][1]
    return tuple(dict.fromkeys(spoken[name] for name, edits in near if edits == fewest)), fewest


def _is_in_unknown_name(typed: Sequence[Token], at: int, vocabulary: Vocabulary) -> bool:
    """Whether a known word stands among words of places that make up no known name."""
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
    known = (gazetteer.names, gazetteer.parts, load_outside_towns())
    return not any(stretch in names for stretch in stretches for names in known)


def _is_outside_town(
    typed: Sequence[Token], at: int, near: _NearMatch | None, vocabulary: Vocabulary
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

"""From what was typed to groups of alternatives that a unit has to meet.

Each group comes from one stretch of the words. A place is sure when its whole name stands there; a
part of a name yields to a sure place, and is said back as "você quis dizer".
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from rapidfuzz import process
from rapidfuzz.distance import OSA

from canais_app.directory.search import lexicon
from canais_app.directory.search.index import MIN_WORD_LENGTH, Vocabulary, max_edit_distance
from canais_app.directory.search.lexicon import (
    MAX_PHRASE_WORDS,
    Lexicon,
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
    known = (gazetteer.names, gazetteer.parts, load_outside_towns())
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
            if words in load_outside_towns():
                if len(words) > 1:
                    return True
                longer = near is not None and near.last - near.first > 1
                own = next(iter(vocabulary.spelling.find_near(typed[at].norm)), "")
                slip = at < len(typed) - 1 and own and own not in vocabulary.place_words
                return not longer and not slip
    return False


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
    doubtful = not known or (of_place and is_split_word(typed, at, vocabulary))
    near = find_near_place(typed, at, vocabulary) if doubtful else None
    if known and (near is None or near.last - near.first == 1):
        return _Replacement(at, at + 1, [_singularise(token, vocabulary)])
    if not known and is_outside_state(typed, at, near, vocabulary):
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


_HOUSES_OF_A_PLACE = frozenset(
    "vara juizado forum foro gabinete secretaria cejusc cartorio distribuicao".split()  # noqa: SIM905
)


@dataclass(frozen=True)
class Term:
    """One stretch of the words: any of its alternatives meets it.

    `pairs` join a number to the word it numbers, `2>camara`. A stretch `in_place` stands where a
    place would be named. `is_part` marks words that stand in no name but a place's.
    """

    start: int
    end: int
    literal: tuple[str, ...]
    meanings: tuple[Meaning, ...] = ()
    expansions: tuple[str, ...] = ()
    pairs: tuple[str, ...] = ()
    is_in_place_context: bool = False
    is_part: bool = False

    @property
    def number(self) -> str:
        """The number it is, if it is one and means nothing else."""
        return self.literal[0] if self.pairs and not self.meanings else ""

    @property
    def place(self) -> lexicon.GazetteerPlace | None:
        """The place it means, if it means one."""
        return self.meanings[0].place if self.meanings else None

    @property
    def is_sure_place(self) -> bool:
        """Whether a place's whole name stands here."""
        return self.place is not None and self.meanings[0].is_sure


@dataclass(frozen=True)
class ParsedQuery:
    """How a text was understood. `guesses` are (from, to, words) in the text."""

    terms: tuple[Term, ...]
    key: tuple[str, ...]
    guesses: tuple[Correction, ...] = ()


def parse_query(text: str, vocabulary: Vocabulary) -> ParsedQuery:
    """Understand a text; unknown words are completed, joined, split or corrected first."""
    typed = join_split_words(tokenize(text), vocabulary)
    key = tuple(token.norm for token in typed)
    mended, guesses = correct_words(typed, vocabulary)
    groups = _resolve_place_conflicts(_parse_term(mended, vocabulary))
    guesses += [
        (group.start, group.end, name)
        for group in groups
        if (name := _complete_place_name(group, vocabulary))
    ]
    return ParsedQuery(tuple(groups), key, tuple(dict.fromkeys(guesses)))


def _complete_place_name(group: Term, vocabulary: Vocabulary) -> str:
    """Return the place that a part of its name, or a town with nearly its name, may mean."""
    if any(meaning.is_away for meaning in group.meanings):
        names, _ = find_nearest_places(group.literal, vocabulary)
        return vocabulary.lexicon.gazetteer.names[names[0]].name if names else ""
    return group.place.name if group.place and not group.is_sure_place else ""


def _parse_term(typed: list[Token], vocabulary: Vocabulary) -> list[Term]:
    groups: list[Term] = []
    at = 0
    while at < len(typed):
        length, meanings = _find_longest_phrase(typed, at, vocabulary)
        stretch = typed[at : at + length]
        literal = tuple(token.norm for token in stretch)
        expansions: tuple[str, ...] = ()
        if (
            length == 1
            and literal[0] not in vocabulary.known
            and len(literal[0]) >= MIN_PREFIX_LENGTH
        ):
            expansions = vocabulary.list_with_prefix(literal[0])
        groups.append(
            Term(
                start=stretch[0].start,
                end=stretch[-1].end,
                literal=literal,
                meanings=meanings,
                expansions=expansions,
                pairs=_number_pairs(typed, at) if literal[0].isdigit() and length == 1 else (),
                is_in_place_context=_is_place_context(typed, at, at + length),
                is_part=not meanings and vocabulary.place_words.issuperset(literal),
            )
        )
        at += length
    return groups


def _find_longest_phrase(
    typed: list[Token], at: int, vocabulary: Vocabulary
) -> tuple[int, tuple[Meaning, ...]]:
    lexicon: Lexicon = vocabulary.lexicon
    for length in range(min(MAX_PHRASE_WORDS, len(typed) - at), 0, -1):
        words = tuple(token.norm for token in typed[at : at + length])
        found = lexicon.find_meanings(words)
        found += tuple(
            m for name in typed[at].alternatives for m in lexicon.find_meanings(name) if found
        )
        if found or (length > 1 and words in lexicon.gazetteer.parts):
            return length, found
        town = load_outside_towns().get(words)
        if town and words not in lexicon.gazetteer.parts:
            return length, (
                Meaning(town, sentence=_outside_meaning(town), is_outside_state=True, is_away=True),
            )
    return 1, ()


def _outside_meaning(town: str) -> str:
    return f"{town} fica fora de Mato Grosso; aqui só há unidades do TJMT."


def _is_place_context(typed: Sequence[Token], first: int, last: int) -> bool:
    """Whether a place would be named here: `em …`, `fórum …`, or the end of `vara … de …`."""
    lead = set(typed[first].lead)
    before = typed[first - 1].norm if first else ""
    if lead & PLACE_PREPOSITIONS or before in ("forum", "foro"):
        return True
    court = any(token.norm in _HOUSES_OF_A_PLACE for token in typed[:first])
    return last == len(typed) and court


def _number_pairs(typed: Sequence[Token], at: int) -> tuple[str, ...]:
    """Return a number with the word after it, and with the one before it."""
    number = typed[at].norm
    beside = (typed[near].norm for near in (at + 1, at - 1) if 0 <= near < len(typed))
    return tuple(f"{number}>{word}" for word in beside)


def _resolve_place_conflicts(groups: list[Term]) -> list[Term]:
    """Let parts of names, and towns of other states, yield to a place that is sure."""
    if not any(group.is_sure_place for group in groups):
        return groups
    return [
        replace(group, meanings=(), is_part=True) if _is_uncertain_place(group) else group
        for group in groups
    ]


def _is_uncertain_place(group: Term) -> bool:
    is_away = any(meaning.is_away for meaning in group.meanings)
    return is_away or (group.place is not None and not group.is_sure_place)

"""Parse a query into terms: stretches of the text with the meanings that a unit may meet.

Unknown words are completed, joined, split or corrected first. A place is sure when its whole name
was typed; a part of a name yields to a sure place, and is offered as "você quis dizer".
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from canais_app.directory.search.corrections import (
    NearMatch,
    find_near_place,
    find_nearest_places,
    guess_words,
    is_outside_town,
)
from canais_app.directory.search.everyday import load_everyday_words
from canais_app.directory.search.index import Vocabulary
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
_COURT_WORDS = frozenset(
    "vara juizado forum foro gabinete secretaria cejusc cartorio distribuicao".split()  # noqa: SIM905
)
TITLES = frozenset("dr dra doutor doutora sr sra senhor senhora".split())  # noqa: SIM905
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
    is_guess: bool = False  # a correction: it refuses and filters nothing
    is_technical: bool = False  # no everyday word

    @property
    def is_plain(self) -> bool:
        """Whether its words have no meaning of their own: they may be noise."""
        return not (self.meanings or self.pairs or self.is_part) and self.literal != ("vara",)

    @property
    def rank(self) -> int:
        """How sure its meaning is: 2 for the court's own words, 1 for phrases, 0 for a lone word.

        A lone word that stands for a subject, as "hospital", yields to a subject named beside it.
        """
        if self.literal == ("vara",):
            return -1  # so many units are one that it yields to any subject
        if any(m.is_urgent for m in self.meanings):
            return 2  # violence outweighs what was said beside it
        if any(m.words == self.literal for m in self.meanings):
            return 2
        return 1 if len(self.literal) != 1 or self.is_technical else 0

    @property
    def is_hint(self) -> bool:
        """Whether it only hints at a subject."""
        return bool(self.meanings) and all(meaning.is_hint for meaning in self.meanings)

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
    terms = _resolve_place_conflicts(_without_counts(_parse_terms(corrected, vocabulary)))
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
    matched = _match_patterns(typed, vocabulary)
    at = 0
    while at < len(typed):
        if at in matched:
            terms += filter(None, [matched[at]])
            at += 1
            continue
        length, meanings = _find_longest_phrase(typed, at, vocabulary)
        stretch = typed[at : at + length]
        literal = tuple(token.norm for token in stretch)
        word = literal[0] if length == 1 else ""
        is_prefix = len(word) >= MIN_PREFIX_LENGTH and not vocabulary.is_correct(word)
        is_guess = any(token.is_guess for token in stretch)
        terms.append(
            Term(
                start=stretch[0].start,
                end=stretch[-1].end,
                literal=literal,
                meanings=_without_refusals(meanings) if is_guess else meanings,
                is_guess=is_guess,
                is_technical=bool(word) and word not in load_everyday_words(),
                expansions=vocabulary.list_with_prefix(word) if is_prefix else (),
                pairs=_number_pairs(typed, at) if word.isdigit() else (),
                is_in_place_context=_is_place_context(typed, at, at + length),
                is_part=not meanings and vocabulary.place_words.issuperset(literal),
            )
        )
        at += length
    return terms


def _match_patterns(typed: Sequence[Token], vocabulary: Vocabulary) -> dict[int, Term | None]:
    """Return the terms of the patterns by the position of their first word, None at the others.

    The name of a place, and a phrase of more words than the pattern, stay what they are.
    """
    lexicon = vocabulary.lexicon
    found: dict[int, Term | None] = {}
    forms = [(token.norm, token.word) for token in typed]
    for match in lexicon.patterns.find_matches(forms, lambda meaning: meaning.is_urgent):
        if _is_said_better(typed, match.positions, vocabulary):
            continue
        first = typed[match.positions[0]]
        is_guess = any(typed[at].is_guess for at in match.positions)
        meanings = _without_refusals(match.meanings) if is_guess else match.meanings
        found |= dict.fromkeys(match.positions)
        found[match.positions[0]] = Term(
            first.start, first.end, literal=(), meanings=meanings, is_guess=is_guess
        )
    return found


def _is_said_better(typed: Sequence[Token], at: Sequence[int], vocabulary: Vocabulary) -> bool:
    """Whether a word of a pattern is of a place or a longer phrase, or all are one phrase."""
    for position in at:
        for first in range(max(0, position - MAX_PHRASE_WORDS + 1), position + 1):
            for last in range(position + 1, min(len(typed), first + MAX_PHRASE_WORDS) + 1):
                words = tuple(token.norm for token in typed[first:last])
                meanings = vocabulary.lexicon.find_meanings(words)
                is_whole = len(at) > 1 and first <= at[0] and at[-1] < last
                is_place = any(m.place is not None and m.is_sure for m in meanings)
                if meanings and (is_place or is_whole or len(words) > len(at)):
                    return True
    return False


def _without_refusals(meanings: Sequence[Meaning]) -> tuple[Meaning, ...]:
    """Leave out the sentences that would be shown instead of units: a guess refuses nothing."""
    return tuple(meaning for meaning in meanings if not meaning.is_outside_state)


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


def _without_counts(terms: list[Term]) -> list[Term]:
    """Leave out numbers that count something, as in `3 filhos`: they number no unit."""
    return [
        term
        for at, term in enumerate(terms)
        if not term.number
        or at == len(terms) - 1
        or _may_be_numbered(terms[at + 1])
        or (at > 0 and _may_be_numbered(terms[at - 1]))
    ]


def _may_be_numbered(term: Term) -> bool:
    return not (term.is_plain or term.is_hint) or bool(term.number)


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
        names, _ = find_nearest_places(term.literal, vocabulary)
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
            and not (_is_word(before.norm, vocabulary) and _is_word(token.norm, vocabulary))
        ):
            joined[-1] = replace(before, norm=before.norm + token.norm, end=token.end)
        else:
            joined.append(token)
    return joined


def _is_word(word: str, vocabulary: Vocabulary) -> bool:
    return word.isdigit() or vocabulary.is_correct(word)


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
    near = find_near_place(typed, at, vocabulary) if is_doubtful else None
    if is_known and (near is None or near.last - near.first == 1):
        return _Replacement(at, at + 1, [_singularise(token, vocabulary)])
    is_name = not is_known and _is_of_person(typed, at)
    if is_name or (not is_known and is_outside_town(typed, at, near, vocabulary)):
        return _Replacement(at, at + 1, [token])
    is_last = at == len(typed) - 1 and token.norm not in load_everyday_words()
    if not is_known and (same := _resolve_certain(token.norm, vocabulary, is_last=is_last)):
        return _Replacement(at, at + 1, [replace(token, norm=same)])
    if vocabulary.is_correct(token.norm):  # written correctly: at most a part of a place's name
        after_forum = at > 0 and typed[at - 1].norm in ("forum", "foro", "comarca")
        if near is None or (near.last - near.first == 1 and not after_forum):
            return _Replacement(at, at + 1, [token])
    if near:
        return _correct_place(typed, near, token.lead, vocabulary)
    words = guess_words(typed, at, vocabulary)
    guess = "" if words in ((), (token.norm,)) else vocabulary.spell_words(words)
    tokens = [
        replace(token, norm=normalise_word(word), is_guess=bool(guess))
        for word in words
        if word not in STOP_WORDS
    ]
    return _Replacement(at, at + 1, tokens, guess)


def _is_of_person(typed: Sequence[Token], at: int) -> bool:
    """Whether a word may be of a person's name: `dr João Alberto`."""
    return any(not TITLES.isdisjoint(token.lead) for token in typed[max(0, at - 1) : at + 1])


def _correct_place(
    typed: Sequence[Token], near: NearMatch, lead: tuple[str, ...], vocabulary: Vocabulary
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

"""From what was typed to groups of alternatives that a unit has to meet.

Each group comes from one stretch of the words. A place is sure when its whole name stands there; a
part of a name yields to a sure place, and is said back as "você quis dizer".
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from canais_app.directory import mending, near_places, places
from canais_app.directory.lexicon import MAX_PHRASE_WORDS, Lexicon, Meaning
from canais_app.directory.mending import MIN_PREFIX_LENGTH, Correction
from canais_app.directory.vocabulary import Vocabulary
from canais_app.directory.words import PLACE_PREPOSITIONS, Token, tokenize

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
    def place(self) -> places.GazetteerPlace | None:
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
    typed = mending.join_split_words(tokenize(text), vocabulary)
    key = tuple(token.norm for token in typed)
    mended, guesses = mending.correct_words(typed, vocabulary)
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
        names, _ = near_places.find_nearest_places(group.literal, vocabulary)
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
        town = places.load_outside_towns().get(words)
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

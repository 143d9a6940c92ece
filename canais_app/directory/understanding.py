"""From what was typed to groups of alternatives that a unit has to meet.

Each group comes from one stretch of the words. A place is sure when its whole name stands there; a
part of a name yields to a sure place, and is said back as "você quis dizer".
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from canais_app.directory import mending, near_places, places
from canais_app.directory.lexicon import LONGEST, Lexicon, Meaning
from canais_app.directory.mending import PREFIX, Correction
from canais_app.directory.vocabulary import Vocabulary
from canais_app.directory.words import PLACE_LEADS, Token, tokens

_HOUSES_OF_A_PLACE = frozenset(
    "vara juizado forum foro gabinete secretaria cejusc cartorio distribuicao".split()  # noqa: SIM905
)


@dataclass(frozen=True)
class Group:
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
    in_place: bool = False
    is_part: bool = False

    @property
    def number(self) -> str:
        """The number it is, if it is one and means nothing else."""
        return self.literal[0] if self.pairs and not self.meanings else ""

    @property
    def place(self) -> places.Place | None:
        """The place it means, if it means one."""
        return self.meanings[0].place if self.meanings else None

    @property
    def is_sure_place(self) -> bool:
        """Whether a place's whole name stands here."""
        return self.place is not None and self.meanings[0].is_sure


@dataclass(frozen=True)
class Reading:
    """How a text was understood. `guesses` are (from, to, words) in the text."""

    groups: tuple[Group, ...]
    key: tuple[str, ...]
    guesses: tuple[Correction, ...] = ()


def read(text: str, vocabulary: Vocabulary) -> Reading:
    """Understand a text; unknown words are completed, joined, split or corrected first."""
    typed = mending.join(tokens(text), vocabulary)
    key = tuple(token.norm for token in typed)
    mended, guesses = mending.mend(typed, vocabulary)
    groups = _settle(_group(mended, vocabulary))
    guesses += [
        (group.start, group.end, name)
        for group in groups
        if (name := _whole_name(group, vocabulary))
    ]
    return Reading(tuple(groups), key, tuple(dict.fromkeys(guesses)))


def _whole_name(group: Group, vocabulary: Vocabulary) -> str:
    """Return the place that a part of its name, or a town with nearly its name, may mean."""
    if any(meaning.is_away for meaning in group.meanings):
        names, _ = near_places.nearest_places(group.literal, vocabulary)
        return vocabulary.lexicon.gazetteer.names[names[0]].name if names else ""
    return group.place.name if group.place and not group.is_sure_place else ""


def _group(typed: list[Token], vocabulary: Vocabulary) -> list[Group]:
    groups: list[Group] = []
    at = 0
    while at < len(typed):
        length, meanings = _longest_phrase(typed, at, vocabulary)
        stretch = typed[at : at + length]
        literal = tuple(token.norm for token in stretch)
        expansions: tuple[str, ...] = ()
        if length == 1 and literal[0] not in vocabulary.known and len(literal[0]) >= PREFIX:
            expansions = vocabulary.beginning_with(literal[0])
        groups.append(
            Group(
                start=stretch[0].start,
                end=stretch[-1].end,
                literal=literal,
                meanings=meanings,
                expansions=expansions,
                pairs=_pairs(typed, at) if literal[0].isdigit() and length == 1 else (),
                in_place=_in_place(typed, at, at + length),
                is_part=not meanings and vocabulary.of_places.issuperset(literal),
            )
        )
        at += length
    return groups


def _longest_phrase(
    typed: list[Token], at: int, vocabulary: Vocabulary
) -> tuple[int, tuple[Meaning, ...]]:
    lexicon: Lexicon = vocabulary.lexicon
    for length in range(min(LONGEST, len(typed) - at), 0, -1):
        words = tuple(token.norm for token in typed[at : at + length])
        found = lexicon.look_up(words)
        found += tuple(m for name in typed[at].also for m in lexicon.look_up(name) if found)
        if found or (length > 1 and words in lexicon.gazetteer.parts):
            return length, found
        town = places.elsewhere().get(words)
        if town and words not in lexicon.gazetteer.parts:
            return length, (Meaning(town, says=_away(town), outside=True, is_away=True),)
    return 1, ()


def _away(town: str) -> str:
    return f"{town} fica fora de Mato Grosso; aqui só há unidades do TJMT."


def _in_place(typed: Sequence[Token], first: int, last: int) -> bool:
    """Whether a place would be named here: `em …`, `fórum …`, or the end of `vara … de …`."""
    lead = set(typed[first].lead)
    before = typed[first - 1].norm if first else ""
    if lead & PLACE_LEADS or before in ("forum", "foro"):
        return True
    court = any(token.norm in _HOUSES_OF_A_PLACE for token in typed[:first])
    return last == len(typed) and court


def _pairs(typed: Sequence[Token], at: int) -> tuple[str, ...]:
    """Return a number with the word after it, and with the one before it."""
    number = typed[at].norm
    beside = (typed[near].norm for near in (at + 1, at - 1) if 0 <= near < len(typed))
    return tuple(f"{number}>{word}" for word in beside)


def _settle(groups: list[Group]) -> list[Group]:
    """Let parts of names, and towns of other states, yield to a place that is sure."""
    if not any(group.is_sure_place for group in groups):
        return groups
    return [
        replace(group, meanings=(), is_part=True) if _is_doubtful(group) else group
        for group in groups
    ]


def _is_doubtful(group: Group) -> bool:
    is_away = any(meaning.is_away for meaning in group.meanings)
    return is_away or (group.place is not None and not group.is_sure_place)

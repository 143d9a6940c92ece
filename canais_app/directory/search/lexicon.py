"""The meanings of phrases: places, subjects, kinds of units, channels, degrees and synonyms."""

import csv
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path

from canais_app.directory.channels import CHANNEL_NAMES, ChannelKind
from canais_app.directory.search.normalization import list_singulars, normalised_words, tokenize
from canais_app.directory.search.patterns import (
    Pattern,
    PatternIndex,
    build_pattern_index,
    is_pattern,
    parse_pattern,
)

Words = tuple[str, ...]
MIN_PART_LENGTH = 4  # letters of a part of a name that may mean the name
_OUTSIDE_TOWNS_FILE = Path(__file__).parent.parent / "data" / "elsewhere.csv"
MAX_PHRASE_WORDS = 6  # words in the longest phrase that is looked up
SUBJECTS = {
    "cível": "Cível",
    "criminal": "Criminal",
    "execução penal": "Execução penal",
    "execução fiscal": "Execução fiscal",
    "família": "Família e sucessões",
    "família e sucessões": "Família e sucessões",
    "sucessões": "Família e sucessões",
    "fazenda": "Fazenda pública",
    "fazenda pública": "Fazenda pública",
    "infância": "Infância e juventude",
    "infância e juventude": "Infância e juventude",
    "violência doméstica": "Violência doméstica",
    "direito bancário": "Direito bancário",
    "bancário": "Direito bancário",
    "agrário": "Direito agrário",
    "direito agrário": "Direito agrário",
    "juizado especial cível": "Juizado especial cível",
    "juizado especial criminal": "Juizado especial criminal",
    "juizado especial da fazenda pública": "Juizado especial da fazenda pública",
}
KINDS = {
    "juizado": "Juizado especial",
    "juizado especial": "Juizado especial",
    "vara única": "Vara única",
    "gabinete": "Gabinete",
    "secretaria": "Secretaria",
    "cejusc": "CEJUSC (conciliação)",
    "ponto de inclusão digital": "Ponto de inclusão digital",
    "diretoria do foro": "Diretoria do foro",
    "distribuição": "Distribuição e protocolo",
    "núcleo de justiça": "Núcleo de Justiça 4.0",
    "turma recursal": "Turma recursal",
    "câmara": "Câmara",
}
# The subject whose units judge another where none is specialised. Lei 11.340/2006 art. 33
# (violência doméstica → criminal), Lei 7.210/1984 art. 65 (execução penal → the sentencing judge),
# Lei 12.153/2009 and Prov. CNJ 7/2010 (juizado da fazenda → fazenda); the residual one is cível.
BROADER = {
    "violência doméstica": "criminal",
    "execução penal": "criminal",
    "execução fiscal": "fazenda pública",
    "fazenda pública": "cível",
    "direito bancário": "cível",
    "direito agrário": "cível",
    "juizado especial da fazenda pública": "fazenda pública",
}
# A vara única judges all of these, even without the tags.
SOLE_COURT_JUDGES = (
    "cível família sucessões criminal fazenda pública infância juventude violência doméstica "
    "execução fiscal penal juizado especial direito bancário agrário"
)
# Whole houses: beside a subject they only name its location.
HOUSE_PHRASES = ("diretoria do foro",)
FILTER_PHRASES = {
    "aberta agora": "aberta:agora",
    "aberto agora": "aberta:agora",
    "abertas agora": "aberta:agora",
    **{name: f"canal:{kind}" for kind, name in CHANNEL_NAMES.items()},
}
NOTICE, OUTSIDE, NO_MEANING = "aviso", "fora", "nada"
PART_MARK, HINT_MARK = ";", "?"
_MARK = re.compile(r"\b(canal|grau|aberta):(\w+)")


@dataclass(frozen=True)
class GazetteerPlace:
    """A comarca, or a municipality and the comarca that serves it (None: to be confirmed)."""

    name: str
    comarca_id: int | None
    comarca: str
    is_comarca: bool = True

    @property
    def label(self) -> str:
        """The words of the chip."""
        if self.comarca_id is None:
            return f"Município: {self.name}"
        if self.is_comarca or self.name == self.comarca:
            return f"Comarca: {self.comarca}"
        return f"{self.name}: comarca de {self.comarca}"


@dataclass(frozen=True)
class Gazetteer:
    """The places of the state by their normalised words.

    `parts` maps stretches of names to the places, `words` are all words of names, and `spoken`
    maps names as text to their words, to find misspelt ones.
    """

    names: Mapping[Words, GazetteerPlace] = field(default_factory=dict[Words, GazetteerPlace])
    parts: Mapping[Words, Sequence[GazetteerPlace]] = field(
        default_factory=dict[Words, Sequence[GazetteerPlace]]
    )
    words: frozenset[str] = field(default_factory=frozenset[str])
    spoken: Mapping[str, Words] = field(default_factory=dict[str, Words])


@dataclass(frozen=True)
class Meaning:
    """What a phrase means; a unit must meet every part that is given."""

    label: str
    place: GazetteerPlace | None = None
    is_sure: bool = True  # a place by its whole name, or by a synonym
    channel: str = ""
    degree: int = 0
    open_now: bool = False
    words: Words = ()
    sentence: str = ""  # for the person
    is_outside_state: bool = False  # no unit of the court answers
    is_subject: bool = False
    is_house: bool = False
    is_away: bool = False  # a town of another state
    is_idle: bool = False  # no unit has to meet it
    is_hint: bool = False  # counts only where nothing surer names a subject

    @property
    def is_urgent(self) -> bool:
        """Whether units and a sentence answer it: violence comes before what stands beside it."""
        return bool(self.words and self.sentence)


@dataclass(frozen=True)
class Lexicon:
    """The meanings of each phrase, by its normalised words."""

    phrases: Mapping[Words, tuple[Meaning, ...]]
    gazetteer: Gazetteer = field(default_factory=Gazetteer)
    broader: Mapping[Words, Meaning] = field(default_factory=dict[Words, Meaning])
    patterns: PatternIndex[Meaning] = field(default_factory=PatternIndex[Meaning])

    def find_meanings(self, words: Words) -> tuple[Meaning, ...]:
        """Return the meanings of a phrase; none when it is unknown."""
        return self.phrases.get(words, ())


def build_lexicon(places: Sequence[GazetteerPlace], synonyms: Iterable[tuple[str, str]]) -> Lexicon:
    """Return the lexicon of the directory's places and synonyms."""
    gazetteer = build_gazetteer(places)
    phrases: defaultdict[Words, list[Meaning]] = defaultdict(list)
    for name, label in SUBJECTS.items():
        phrases[normalised_words(name)].append(
            Meaning(label, words=normalised_words(name), is_subject=True)
        )
    for name, label in KINDS.items():
        phrases[normalised_words(name)].append(
            Meaning(label, words=normalised_words(name), is_house=name in HOUSE_PHRASES)
        )
    for words, place in gazetteer.names.items():
        phrases[words].append(Meaning(place.label, place=place))
    patterns = _add_synonyms(phrases, [*FILTER_PHRASES.items(), *synonyms])
    for part, found in gazetteer.parts.items():
        if len(found) == 1 and part not in phrases:
            phrases[part].append(Meaning(found[0].label, place=found[0], is_sure=False))
    broader = {
        normalised_words(special): phrases[normalised_words(general)][0]
        for special, general in BROADER.items()
    }
    return Lexicon(
        {words: tuple(m) for words, m in phrases.items() if m},
        gazetteer,
        broader,
        build_pattern_index(patterns),
    )


def _add_synonyms(
    phrases: defaultdict[Words, list[Meaning]], rows: Sequence[tuple[str, str]]
) -> list[tuple[Pattern, Meaning]]:
    """Add the synonyms to the phrases, and return those that are patterns.

    A row may mean what another row says: those are read after the others.
    """
    patterns: list[tuple[Pattern, Meaning]] = []
    for phrase, means in sorted(rows, key=lambda row: _needs_other_row(row[1], phrases)):
        meaning = parse_meaning(means, phrases)
        if meaning is None:
            continue
        if is_pattern(phrase):
            with suppress(ValueError):  # written before patterns were checked
                patterns.append((parse_pattern(phrase), meaning))
            continue
        words = normalised_words(phrase)
        singular = tuple(next(iter(list_singulars(word)), word) for word in words)
        for variant in {words} if meaning.place else {words, singular}:
            if variant and meaning not in phrases[variant]:
                phrases[variant].append(meaning)
    return patterns


def _needs_other_row(means: str, phrases: Mapping[Words, Sequence[Meaning]]) -> bool:
    parts = [normalised_words(_MARK.sub(" ", part)) for part in means.split(PART_MARK)]
    return not _is_said(means) and any(words and not phrases.get(words) for words in parts)


def _is_said(means: str) -> bool:
    kind, colon, _ = means.partition(":")
    return bool(colon) and kind in (NOTICE, OUTSIDE, NO_MEANING)


def parse_meaning(means: str, phrases: Mapping[Words, Sequence[Meaning]]) -> Meaning | None:
    """Parse the right side of a synonym; None when it means nothing known.

    It holds words and marks: `canal:whatsapp`, `grau:2`, `aberta:agora`. A sentence after `aviso:`
    is shown beside the units found, after `fora:` instead of them. `nada:` marks a stop-word.
    `violência doméstica; perigo` means the words, with the sentence of the row that says `perigo`.
    `família?` is a hint: it counts only where nothing surer names a subject.
    """
    if means.rstrip().endswith(HINT_MARK) and not _is_said(means):
        hinted = parse_meaning(means.rstrip().removesuffix(HINT_MARK), phrases)
        return replace(hinted, is_hint=True) if hinted and hinted.words else None
    words, semicolon, reference = means.partition(PART_MARK)
    if semicolon and not _is_said(means):
        meaning = parse_meaning(words, phrases)
        said = phrases.get(normalised_words(reference), ())
        sentence = next((m.sentence for m in said if m.sentence), "")
        return replace(meaning, sentence=sentence) if meaning and sentence else meaning
    kind, colon, sentence = means.partition(":")
    if colon and kind == NO_MEANING:
        return Meaning("", is_idle=True)
    if colon and kind in (NOTICE, OUTSIDE):
        return Meaning(
            "", sentence=sentence.strip(), is_outside_state=kind == OUTSIDE, is_idle=True
        )
    marks = dict(_MARK.findall(means))
    words = normalised_words(_MARK.sub(" ", means))
    known = phrases.get(words, ())
    if not (words or marks):
        return None
    label = " ".join(means.split()).capitalize() if words else ""
    meaning = known[0] if known else Meaning(label, words=words)
    return _apply_marks(meaning, marks) if marks else meaning


def _apply_marks(meaning: Meaning, marks: Mapping[str, str]) -> Meaning | None:
    channel, degree = marks.get("canal", ""), marks.get("grau", "")
    if (channel and channel not in set(ChannelKind)) or degree not in ("", "1", "2"):
        return None
    labels = (
        meaning.label,
        f"Com {CHANNEL_NAMES[ChannelKind(channel)]}" if channel else "",
        f"{degree}º grau" if degree else "",
        "Aberta agora" if "aberta" in marks else "",
    )
    return replace(
        meaning,
        label=" · ".join(label for label in labels if label),
        channel=channel,
        degree=int(degree or 0),
        open_now="aberta" in marks,
    )


def build_gazetteer(places: Sequence[GazetteerPlace]) -> Gazetteer:
    """Return the gazetteer; a comarca takes precedence over its municipality of the same name."""
    names: dict[Words, GazetteerPlace] = {}
    for place in sorted(places, key=lambda place: not place.is_comarca):
        words = normalised_words(place.name)
        for variant in (words, tuple("oeste" if w == "doeste" else w for w in words)):
            names.setdefault(variant, place)
    parts: defaultdict[Words, dict[str, GazetteerPlace]] = defaultdict(dict)
    for words, place in names.items():
        for first in range(len(words)):
            for last in range(first + 1, len(words) + 1):
                part = words[first:last]
                if part not in names and len("".join(part)) >= MIN_PART_LENGTH:
                    parts[part].setdefault(place.name, place)
    every = frozenset(word for words in names for word in words)
    return Gazetteer(
        names,
        {part: tuple(found.values()) for part, found in parts.items()},
        every,
        {text: words for words, place in names.items() for text in _name_variants(words, place)},
    )


def _name_variants(words: Words, place: GazetteerPlace) -> Iterator[str]:
    """Yield a normalised name, and with its numbers in letters: `sao jose quatro marcos`."""
    yield " ".join(words)
    yield " ".join(token.word for token in tokenize(place.name))


@lru_cache(maxsize=1)
def load_outside_towns() -> Mapping[Words, str]:
    """Return the towns and states outside Mato Grosso, as `Goiânia (GO)`, by their words."""
    with _OUTSIDE_TOWNS_FILE.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return {normalised_words(row["name"]): f"{row['name']} ({row['states']})" for row in rows}

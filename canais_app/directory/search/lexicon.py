"""What words may mean: places, subjects and kinds, channels, degrees, and people's own words."""

import csv
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path

from canais_app.directory.channels import CHANNEL_NAMES, ChannelKind
from canais_app.directory.search.normalization import list_singulars, normalised_words, tokenize

Words = tuple[str, ...]
MIN_PART_LENGTH = 4  # letters of a part of a name that may stand for it
_OUTSIDE_TOWNS_FILE = Path(__file__).parent.parent / "data" / "elsewhere.csv"


@dataclass(frozen=True)
class GazetteerPlace:
    """A comarca, or a municipality and the comarca that serves it (None: to be confirmed)."""

    name: str
    comarca_id: int | None
    comarca: str
    is_comarca: bool = True

    @property
    def label(self) -> str:
        """What the chip says."""
        if self.comarca_id is None:
            return f"Município: {self.name}"
        if self.is_comarca or self.name == self.comarca:
            return f"Comarca: {self.comarca}"
        return f"{self.name}: comarca de {self.comarca}"


@dataclass(frozen=True)
class Gazetteer:
    """The places of the state by their compared words.

    `parts` are stretches of names and the names that hold them; `words` are all words of names.
    """

    names: Mapping[Words, GazetteerPlace] = field(default_factory=dict[Words, GazetteerPlace])
    parts: Mapping[Words, Sequence[GazetteerPlace]] = field(
        default_factory=dict[Words, Sequence[GazetteerPlace]]
    )
    words: frozenset[str] = field(default_factory=frozenset[str])
    # the names letter by letter, for finding the one that is nearly what was typed
    spoken: Mapping[str, Words] = field(default_factory=dict[str, Words])


def build_gazetteer(places: Sequence[GazetteerPlace]) -> Gazetteer:
    """Return the gazetteer; a comarca stands before the municipality it is named after."""
    names: dict[Words, GazetteerPlace] = {}
    for place in sorted(places, key=lambda place: not place.is_comarca):
        for words in _spoken_variants(place.name):
            names.setdefault(words, place)
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
        {said: words for words, place in names.items() for said in _name_variants(words, place)},
    )


def _name_variants(words: Words, place: GazetteerPlace) -> Iterator[str]:
    """Yield a name as compared, and with its numbers in letters: `sao jose quatro marcos`."""
    yield " ".join(words)
    yield " ".join(token.word for token in tokenize(place.name))


def _spoken_variants(name: str) -> set[Words]:
    words = normalised_words(name)
    return {words, tuple("oeste" if word == "doeste" else word for word in words)}


@lru_cache(maxsize=1)
def load_outside_towns() -> Mapping[Words, str]:
    """Return the towns and states outside Mato Grosso, as `Goiânia (GO)`, by their words."""
    with _OUTSIDE_TOWNS_FILE.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    return {normalised_words(row["name"]): f"{row['name']} ({row['states']})" for row in rows}


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
# Who judges a subject where no unit is special in it. Lei 11.340/2006 art. 33 (violência
# doméstica → criminal), Lei 7.210/1984 art. 65 (execução penal → the judge of the sentence),
# Lei 12.153/2009 and Prov. CNJ 7/2010 (juizado da fazenda → fazenda); what nobody else has is
# cível.
BROADER = {
    "violência doméstica": "criminal",
    "execução penal": "criminal",
    "execução fiscal": "fazenda pública",
    "fazenda pública": "cível",
    "direito bancário": "cível",
    "direito agrário": "cível",
    "juizado especial da fazenda pública": "fazenda pública",
}
# A vara única judges all of these, whether or not its tags say so.
SOLE_COURT_JUDGES = (
    "cível família sucessões criminal fazenda pública infância juventude violência doméstica "
    "execução fiscal penal juizado especial direito bancário agrário"
)
# Whole houses: beside a subject they only say where it is looked for.
HOUSE_PHRASES = ("diretoria do foro",)
FILTER_PHRASES = {
    "aberta agora": "aberta:agora",
    "aberto agora": "aberta:agora",
    "abertas agora": "aberta:agora",
    **{name: f"canal:{kind}" for kind, name in CHANNEL_NAMES.items()},
}
NOTICE, OUTSIDE, NO_MEANING = "aviso", "fora", "nada"
_MARK = re.compile(r"\b(canal|grau|aberta):(\w+)")


@dataclass(frozen=True)
class Meaning:
    """What a phrase means: a unit meets it when it meets every part that is given.

    `says` is a sentence for the person; with `outside` no unit of the court answers at all.
    """

    label: str
    place: GazetteerPlace | None = None
    is_sure: bool = True  # a place by its whole name, or by what the table calls it
    channel: str = ""
    degree: int = 0
    open_now: bool = False
    words: Words = ()
    sentence: str = ""
    is_outside_state: bool = False
    is_subject: bool = False
    is_house: bool = False
    is_away: bool = False  # a town of another state
    is_idle: bool = False  # it need not be met


@dataclass(frozen=True)
class Lexicon:
    """Phrases by their compared words. A phrase may mean several things."""

    phrases: Mapping[Words, tuple[Meaning, ...]]
    gazetteer: Gazetteer = field(default_factory=Gazetteer)
    broader: Mapping[Words, Meaning] = field(default_factory=dict[Words, Meaning])

    def find_meanings(self, words: Words) -> tuple[Meaning, ...]:
        """Return what a phrase may mean, nothing for unknown ones."""
        return self.phrases.get(words, ())


def build_lexicon(every: Sequence[GazetteerPlace], synonyms: Iterable[tuple[str, str]]) -> Lexicon:
    """Return the lexicon of this directory's places and synonyms."""
    gazetteer = build_gazetteer(every)
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
    for said, means in (*FILTER_PHRASES.items(), *synonyms):
        meaning = parse_meaning(means, phrases)
        ways = (
            {normalised_words(said)}
            if meaning and meaning.place
            else {normalised_words(said), _singularise(said)}
        )
        for words in ways:
            if words and meaning and meaning not in phrases[words]:
                phrases[words].append(meaning)
    for part, found in gazetteer.parts.items():
        if len(found) == 1 and part not in phrases:
            phrases[part].append(Meaning(found[0].label, place=found[0], is_sure=False))
    broader = {
        normalised_words(special): phrases[normalised_words(general)][0]
        for special, general in BROADER.items()
    }
    return Lexicon({words: tuple(m) for words, m in phrases.items() if m}, gazetteer, broader)


def _singularise(said: str) -> Words:
    return tuple(next(iter(list_singulars(word)), word) for word in normalised_words(said))


def parse_meaning(means: str, phrases: Mapping[Words, Sequence[Meaning]]) -> Meaning | None:
    """Read the right side of a synonym; None when there is nothing to understand.

    Words, and marks between them: `canal:whatsapp`, `grau:2`, `aberta:agora`. A sentence after
    `aviso:` is said beside the units found, after `fora:` instead of them. `nada:` means nothing.
    """
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
    made = known[0] if known else Meaning(" ".join(means.split()).capitalize(), words=words)
    if not marks:
        return made if words else None
    return _apply_marks(made if words else Meaning(""), marks)


def _apply_marks(made: Meaning, marks: Mapping[str, str]) -> Meaning | None:
    channel, degree = marks.get("canal", ""), marks.get("grau", "")
    if (channel and channel not in set(ChannelKind)) or degree not in ("", "1", "2"):
        return None
    labels = (
        made.label,
        f"Com {CHANNEL_NAMES[ChannelKind(channel)]}" if channel else "",
        f"{degree}º grau" if degree else "",
        "Aberta agora" if "aberta" in marks else "",
    )
    return replace(
        made,
        label=" · ".join(label for label in labels if label),
        channel=channel,
        degree=int(degree or 0),
        open_now="aberta" in marks,
    )

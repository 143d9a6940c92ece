"""What words may mean: places, subjects and kinds, channels, degrees, and people's own words."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from canais_app.directory.models import CHANNEL_NAMES, ChannelKind
from canais_app.directory.words import norms

LONGEST = 6  # words in the longest phrase that is looked up
CONCEPTS = {
    "juizado": "Juizado especial",
    "juizado especial": "Juizado especial",
    "juizado especial cível": "Juizado especial cível",
    "juizado especial criminal": "Juizado especial criminal",
    "juizado especial da fazenda pública": "Juizado especial da fazenda pública",
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
    "agrário": "Direito agrário",
    "vara única": "Vara única",
    "gabinete": "Gabinete",
    "secretaria": "Secretaria",
    "cejusc": "CEJUSC (conciliação)",
    "pid": "Ponto de inclusão digital",
    "diretoria do foro": "Diretoria do foro",
    "distribuição": "Distribuição e protocolo",
    "núcleo de justiça": "Núcleo de Justiça 4.0",
    "turma recursal": "Turma recursal",
    "câmara": "Câmara",
}
# A vara única judges all of these, whether or not its tags say so.
SOLE_COURT_JUDGES = (
    "cível família sucessões criminal fazenda pública infância juventude violência doméstica "
    "execução fiscal penal juizado especial"
)
PHRASES = {
    "aberta agora": "aberta:agora",
    "aberto agora": "aberta:agora",
    "abertas agora": "aberta:agora",
    **{name: f"canal:{kind}" for kind, name in CHANNEL_NAMES.items()},
}


@dataclass(frozen=True)
class Place:
    """A comarca, or a municipality and the comarca that serves it (None: to be confirmed)."""

    name: str
    comarca_id: int | None
    comarca: str
    is_comarca: bool = True


@dataclass(frozen=True)
class Meaning:
    """What a phrase means: exactly one of place, channel, degree, open or other words."""

    label: str
    place: Place | None = None
    channel: str = ""
    degree: int = 0
    open_now: bool = False
    words: tuple[str, ...] = ()


@dataclass(frozen=True)
class Lexicon:
    """Phrases by their compared words. A phrase may mean several things."""

    phrases: Mapping[tuple[str, ...], tuple[Meaning, ...]]
    place_names: Mapping[str, tuple[str, ...]] = field(default_factory=dict[str, tuple[str, ...]])

    def look_up(self, words: tuple[str, ...]) -> tuple[Meaning, ...]:
        """Return what a phrase may mean, nothing for unknown ones."""
        return self.phrases.get(words, ())


def build(places: Sequence[Place], synonyms: Iterable[tuple[str, str]]) -> Lexicon:
    """Return the lexicon of this directory's places and synonyms."""
    phrases: defaultdict[tuple[str, ...], list[Meaning]] = defaultdict(list)
    for name, label in CONCEPTS.items():
        phrases[norms(name)].append(Meaning(label, words=norms(name)))
    # One entry by name: the comarca stands before the municipality it is named after.
    for place in sorted(places, key=lambda place: not place.is_comarca):
        for words in _ways_to_say(place.name):
            if all(m.place is None for m in phrases[words]):
                phrases[words].append(Meaning(_place_label(place), place=place))
    for said, means in (*PHRASES.items(), *synonyms):
        words = norms(said)
        meaning = _meaning(means, phrases)
        if words and meaning and meaning not in phrases[words]:
            phrases[words].append(meaning)
    _shorten(places, phrases)
    names = {" ".join(w): w for w, m in phrases.items() if any(x.place for x in m)}
    return Lexicon({words: tuple(found) for words, found in phrases.items() if found}, names)


def _place_label(place: Place) -> str:
    if place.comarca_id is None:
        return f"Município: {place.name}"
    if place.is_comarca or place.name == place.comarca:
        return f"Comarca: {place.comarca}"
    return f"{place.name}: comarca de {place.comarca}"


def _ways_to_say(name: str) -> set[tuple[str, ...]]:
    words = norms(name)
    without_d = tuple("oeste" if word == "doeste" else word for word in words)
    return {words, without_d}


def _shorten(places: Sequence[Place], phrases: defaultdict[tuple[str, ...], list[Meaning]]) -> None:
    """Let the beginning of a name stand for it when no other place begins so: `tangará`."""
    beginnings: defaultdict[tuple[str, ...], set[str]] = defaultdict(set)
    for place in places:
        words = norms(place.name)
        for length in range(1, len(words)):
            beginnings[words[:length]].add(place.name)
    by_name = {place.name: place for place in sorted(places, key=lambda p: p.is_comarca)}
    for words, names in beginnings.items():
        if len(names) == 1 and words not in phrases and len("".join(words)) > 4:  # noqa: PLR2004
            place = by_name[next(iter(names))]
            if place.comarca_id is not None:
                phrases[words].append(Meaning(_place_label(place), place=place))


def _meaning(means: str, phrases: Mapping[tuple[str, ...], Sequence[Meaning]]) -> Meaning | None:
    kind, _, value = means.partition(":")
    if kind == "canal" and value in set(ChannelKind):
        return Meaning(f"Com {CHANNEL_NAMES[ChannelKind(value)]}", channel=value)
    if kind == "grau" and value in ("1", "2"):
        return Meaning(f"{value}º grau", degree=int(value))
    if kind == "aberta":
        return Meaning("Aberta agora", open_now=True)
    words = norms(means)
    known = phrases.get(words, ())
    return known[0] if known else (Meaning(means.capitalize(), words=words) if words else None)

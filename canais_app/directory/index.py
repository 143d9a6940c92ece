"""The search index: every unit of one version of the directory, ready to be ranked."""

from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from canais_app.directory.fuzzy import Spelling
from canais_app.directory.lexicon import SOLE_COURT_JUDGES, Lexicon
from canais_app.directory.understanding import Vocabulary
from canais_app.directory.words import norms, tokens
from canais_app.kit.text import fold

Floats = NDArray[np.float32]
Mask = NDArray[np.bool_]
Posting = tuple[NDArray[np.int32], Floats]

NAME, ALIAS, PLACE, COMPETENCE, KIND, COVERED = 1.0, 0.95, 0.85, 0.7, 0.6, 0.25
# The public counter first, then the rest of the house.
PRIOR = {"secretaria": 0.30, "juizado": 0.25, "vara": 0.25, "cejusc": 0.15, "gabinete": 0.10}
# Who only names a place is first shown who answers for the whole comarca.
FRONT_DOOR = {"diretoria": 1.0, "distribuicao": 0.9, "cejusc": 0.2}
LOCAL_NUMBER = 8  # digits of a Brazilian number that never change


@dataclass(frozen=True)
class Document:
    """What the index knows of a unit. `contacts` are digits of phones and e-mails."""

    id: int
    name: str
    kind: str
    kind_name: str
    degree: int
    comarca_id: int | None = None
    comarca: str = ""
    towns: tuple[str, ...] = ()
    competences: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()
    channels: frozenset[str] = frozenset()
    contacts: tuple[str, ...] = ()


class Index:
    """All units of one version of the directory. Building costs; searching does not write."""

    def __init__(self, documents: Sequence[Document], lexicon: Lexicon) -> None:
        self.documents = sorted(
            documents,
            key=lambda d: (-PRIOR.get(d.kind, 0), fold(d.comarca), fold(d.name), d.id),
        )
        self.size = len(self.documents)
        self.postings, written, common = self._post()
        self.exact_names = self._exact(lambda d: (d.name,))
        self.exact_aliases = self._exact(lambda d: d.aliases)
        self.name_lengths = np.array(
            [max(1, len(set(norms(d.name)))) for d in self.documents], dtype=np.float32
        )
        self.prior = np.array([PRIOR.get(d.kind, 0.0) for d in self.documents], dtype=np.float32)
        self.front_door = np.array(
            [FRONT_DOOR.get(d.kind, PRIOR.get(d.kind, 0.0)) for d in self.documents],
            dtype=np.float32,
        )
        self.comarcas = self._masks(lambda d: [d.comarca_id])
        self.kinds = self._masks(lambda d: [d.kind])
        self.degrees = self._masks(lambda d: [d.degree])
        self.channels = self._masks(lambda d: d.channels)
        self.competences = self._masks(lambda d: [fold(c) for c in d.competences])
        self.contacts = self._contacts()
        known = set(self.postings) | {word for words in lexicon.phrases for word in words}
        self.vocabulary = Vocabulary(
            sorted_words=sorted(known),
            written=written,
            lexicon=lexicon,
            spelling=Spelling(known, common),
            known=frozenset(known),
        )

    def _post(self) -> tuple[dict[str, Posting], dict[str, str], Counter[str]]:
        lists: defaultdict[str, list[tuple[int, float]]] = defaultdict(list)
        written: dict[str, str] = {}
        common: Counter[str] = Counter()
        covered = norms(SOLE_COURT_JUDGES)
        memory: dict[str, tuple[str, ...]] = {}
        for at, document in enumerate(self.documents):
            best = _weigh(document, covered, memory)
            for word, weight in best.items():
                lists[word].append((at, weight))
                common[word] += 1
            _note_writing(document, written)
        postings = {
            word: (
                np.array([at for at, _ in pairs], dtype=np.int32),
                np.array([weight for _, weight in pairs], dtype=np.float32),
            )
            for word, pairs in lists.items()
        }
        return postings, written, common

    def _exact(
        self, names_of: Callable[[Document], Iterable[str]]
    ) -> dict[tuple[str, ...], list[int]]:
        found: defaultdict[tuple[str, ...], list[int]] = defaultdict(list)
        for at, document in enumerate(self.documents):
            for name in names_of(document):
                found[norms(name)].append(at)
        return dict(found)

    def _masks(self, keys_of: Callable[[Document], Iterable[Hashable]]) -> dict[Hashable, Mask]:
        members: defaultdict[Hashable, list[int]] = defaultdict(list)
        for at, document in enumerate(self.documents):
            for key in keys_of(document):
                members[key].append(at)
        return {key: self.mask(places) for key, places in members.items()}

    def mask(self, places: Sequence[int]) -> Mask:
        """Return the units at these places as a mask."""
        mask = np.zeros(self.size, dtype=np.bool_)
        mask[list(places)] = True
        return mask

    def _contacts(self) -> dict[str, list[int]]:
        found: defaultdict[str, list[int]] = defaultdict(list)
        for at, document in enumerate(self.documents):
            for contact in document.contacts:
                key = contact if "@" in contact else contact[-LOCAL_NUMBER:]
                found[key].append(at)
        return dict(found)


def _weigh(
    document: Document, covered: tuple[str, ...], memory: dict[str, tuple[str, ...]]
) -> dict[str, float]:
    """Return each word of a unit with its weight: the best of the fields it stands in."""

    def words(text: str) -> tuple[str, ...]:
        if text not in memory:
            memory[text] = norms(text)
        return memory[text]

    best: dict[str, float] = {}
    sole = covered if "vara única" in document.competences else ()
    fields: tuple[tuple[float, Iterable[str]], ...] = (
        (COVERED, sole),
        (KIND, words(document.kind_name)),
        (COMPETENCE, (w for tag in document.competences for w in words(tag))),
        (PLACE, words(document.comarca)),
        (PLACE, (w for town in document.towns for w in words(town))),
        (ALIAS, (w for alias in document.aliases for w in words(alias))),
        (NAME, norms(document.name)),
    )
    for weight, found in fields:
        for word in found:
            best[word] = max(weight, best.get(word, 0.0))
    return best


def _note_writing(document: Document, written: dict[str, str]) -> None:
    """Remember how a word is written, for "você quis dizer"."""
    for text in (document.name, document.comarca, *document.towns):
        for token in tokens(text):
            if token.norm not in written:
                written[token.norm] = text[token.start : token.end]

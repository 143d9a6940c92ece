"""The search index: every unit of one version of the directory, ready to be ranked."""

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from canais_app.directory import reverse
from canais_app.directory.fuzzy import SpellingIndex
from canais_app.directory.lexicon import SOLE_COURT_JUDGES, Lexicon
from canais_app.directory.vocabulary import Vocabulary
from canais_app.directory.words import Token, list_singulars, normalised_words, tokenize
from canais_app.kit.text import strip_accents

Floats = NDArray[np.float32]
Mask = NDArray[np.bool_]
PostingList = tuple[NDArray[np.int32], Floats]

NAME, ALIAS, PLACE, COMPETENCE, KIND, COVERED = 1.0, 0.95, 0.85, 0.7, 0.6, 0.25
# The court itself first, then its counter, then the rest of the house.
PRIOR_BY_KIND = {
    **dict.fromkeys(("vara", "juizado", "camara", "turma_recursal", "nucleo"), 0.30),
    "secretaria": 0.25,
    "cejusc": 0.15,
    "gabinete": 0.10,
}
# Who only names a place is first shown who answers for the whole comarca.
ENTRY_UNIT_PRIOR = {"diretoria": 1.0, "distribuicao": 0.9, "cejusc": 0.2}

_fold = lru_cache(maxsize=4096)(strip_accents)
_norms = lru_cache(maxsize=4096)(
    normalised_words
)  # of what many units share: places, subjects, kinds


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


@dataclass(frozen=True)
class DocumentTerms:
    """A document taken apart: words with their weights, names as compared, words as written.

    `own` are the words of its name that are not its place's; `order` is how it sorts.
    """

    weights: Mapping[str, float]
    name: tuple[str, ...]
    aliases: tuple[tuple[str, ...], ...]
    own_words: frozenset[str]
    order: tuple[str, str]
    written_forms: tuple[tuple[str, str], ...]


class SearchIndex:
    """All units of one version of the directory. Building costs; searching does not write.

    What the version `before` took apart already is not taken apart again.
    """

    def __init__(
        self,
        documents: Sequence[Document],
        lexicon: Lexicon,
        before: "SearchIndex | None" = None,
    ) -> None:
        known = before.terms if before else {}
        terms = [(_reuse_terms(known, d) or tokenize_document(d), d) for d in documents]
        terms.sort(
            key=lambda pair: (-PRIOR_BY_KIND.get(pair[1].kind, 0), pair[0].order, pair[1].id)
        )
        self.documents = [document for _, document in terms]
        self.terms = {document.id: (document, own) for own, document in terms}
        self.size = len(self.documents)
        every = [own for own, _ in terms]
        self.postings = _build_postings(every)
        self.exact_names = _positions_by_name((terms.name,) for terms in every)
        self.exact_aliases = _positions_by_name(terms.aliases for terms in every)
        self.name_lengths = np.array(
            [max(1, len(set(terms.name))) for terms in every], dtype=np.float32
        )
        self.prior = self._floats(lambda d: PRIOR_BY_KIND.get(d.kind, 0.0))
        self.front_door = self._floats(
            lambda d: ENTRY_UNIT_PRIOR.get(d.kind, PRIOR_BY_KIND.get(d.kind, 0.0))
        )
        self.comarcas = self._masks(lambda d: [d.comarca_id])
        self.kinds = self._masks(lambda d: [d.kind])
        self.degrees = self._masks(lambda d: [d.degree])
        self.channels = self._masks(lambda d: d.channels)
        self.competences = self._masks(lambda d: map(_fold, d.competences))
        self.contacts = reverse.build_contact_index(
            (contact, at) for at, d in enumerate(self.documents) for contact in d.contacts
        )
        self.vocabulary = _vocabulary(every, self.postings, lexicon)

    def _floats(self, value_of: Callable[[Document], float]) -> Floats:
        return np.array([value_of(d) for d in self.documents], dtype=np.float32)

    def _masks(self, keys_of: Callable[[Document], Iterable[Hashable]]) -> dict[Hashable, Mask]:
        members: defaultdict[Hashable, list[int]] = defaultdict(list)
        for at, document in enumerate(self.documents):
            for key in keys_of(document):
                members[key].append(at)
        return {key: self.mask_of(places) for key, places in members.items()}

    def mask_of(self, places: Sequence[int]) -> Mask:
        """Return the units at these places as a mask."""
        mask = np.zeros(self.size, dtype=np.bool_)
        mask[list(places)] = True
        return mask


def _reuse_terms(
    known: Mapping[int, tuple[Document, DocumentTerms]], document: Document
) -> DocumentTerms | None:
    same, terms = known.get(document.id, (None, None))
    return terms if same == document else None


def tokenize_document(document: Document) -> DocumentTerms:
    """Return the terms of a document: each word with the best of the fields it stands in."""
    name = tokenize(document.name)
    aliases = [tokenize(alias) for alias in document.aliases]
    places = [_norms(place) for place in (document.comarca, *document.towns)]
    of_place = {word for place in places for word in place}
    fields: tuple[tuple[float, Iterable[str]], ...] = (
        (COVERED, _norms(SOLE_COURT_JUDGES) if "vara única" in document.competences else ()),
        (KIND, _norms(document.kind_name)),
        (COMPETENCE, (word for tag in document.competences for word in _norms(tag))),
        (PLACE, of_place),
        (ALIAS, (word for alias in aliases for word in _with_number_pairs(alias, of_place))),
        (NAME, _with_number_pairs(name, of_place)),
    )
    weights: dict[str, float] = {}
    for weight, found in fields:
        for word in found:
            weights[word] = max(weight, weights.get(word, 0.0))
    said = {token.norm for alias in (name, *aliases) for token in alias}
    return DocumentTerms(
        weights=weights,
        name=tuple(token.norm for token in name),
        aliases=tuple(tuple(token.norm for token in alias) for alias in aliases),
        own_words=frozenset((said | set(_norms(document.kind_name))) - of_place),
        order=(strip_accents(document.comarca), _sort_key(document.name)),
        written_forms=_written(document),
    )


def _sort_key(name: str) -> str:
    """Return a name as it sorts: the 2ª before the 10ª."""
    return re.sub(r"\d+", lambda number: number.group().zfill(4), strip_accents(name))


def _with_number_pairs(said: Sequence[Token], of_place: Collection[str]) -> list[str]:
    """Return the words, plurals in the singular too, and numbers joined to theirs: `2>camara`."""
    words = [token.norm for token in said]
    alone = [one for word in words if word not in of_place for one in list_singulars(word)[:1]]
    pairs = [
        f"{number}>{word}"
        for number, word in pairwise(words)
        if number.isdigit() and not word.isdigit()
    ]
    return [*words, *alone, *pairs]


def _written(document: Document) -> tuple[tuple[str, str], ...]:
    return tuple(
        (token.norm, text[token.start : token.end])
        for text in (document.name, document.comarca, *document.towns)
        for token in tokenize(text)
    )


def _build_postings(every: Sequence[DocumentTerms]) -> dict[str, PostingList]:
    at_of: defaultdict[str, list[int]] = defaultdict(list)
    weight_of: defaultdict[str, list[float]] = defaultdict(list)
    for at, terms in enumerate(every):
        for word, weight in terms.weights.items():
            at_of[word].append(at)
            weight_of[word].append(weight)
    return {
        word: (np.array(at, dtype=np.int32), np.array(weight_of[word], dtype=np.float32))
        for word, at in at_of.items()
    }


def _positions_by_name(
    names: Iterable[Iterable[tuple[str, ...]]],
) -> dict[tuple[str, ...], list[int]]:
    found: defaultdict[tuple[str, ...], list[int]] = defaultdict(list)
    for at, own in enumerate(names):
        for name in own:
            found[name].append(at)
    return dict(found)


def _vocabulary(
    every: Sequence[DocumentTerms], postings: Mapping[str, PostingList], lexicon: Lexicon
) -> Vocabulary:
    written: dict[str, str] = {}
    own: set[str] = set()
    for terms in every:
        own |= terms.own_words
        for word, text in terms.written_forms:
            written.setdefault(word, text)
    posted = {word for word in postings if ">" not in word}
    meant = {
        word
        for words, meanings in lexicon.phrases.items()
        for word in words
        if any(meaning.place is None for meaning in meanings)
    }
    known = posted | {word for words in lexicon.phrases for word in words}
    common = Counter({word: len(postings[word][0]) for word in posted})
    return Vocabulary(
        sorted_words=sorted(known),
        written_forms=written,
        lexicon=lexicon,
        spelling=SpellingIndex(known, common),
        known=frozenset(known),
        adjacent_pairs=frozenset(
            pair
            for words in {*(terms.name for terms in every), *lexicon.phrases}
            for pair in pairwise(words)
        ),
        numbers=[word for word in posted if word.isdigit()],
        place_words=lexicon.gazetteer.words - own - meant,
    )

"""The search index of one version of the directory: postings, masks, contacts and spelling."""

import re
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Callable, Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray
from rapidfuzz.distance import OSA

from canais_app.directory.search.documents import Document, DocumentTerms, tokenize_document
from canais_app.directory.search.everyday import load_everyday_words
from canais_app.directory.search.lexicon import Lexicon, load_outside_towns
from canais_app.directory.search.normalization import normalised_words
from canais_app.directory.search.spelling import SpellingIndex
from canais_app.kit.text import strip_accents

BRAZIL_CODE = "55"
LOCAL, WITH_AREA = 8, 10  # digits of a number without and with its area
MIN_DIGITS = 4  # last digits that are looked for when they are the whole text
POSTAL_CODE = re.compile(r"(?<![\d-])\d{5}-?\d{3}(?![\d-])")
_EMAIL = re.compile(r"[\w.+-]+@[\w.-]*")
_NUMBER = re.compile(r"(?<![\w.])\+?\(?\d[\d\s().-]*\d(?!\w)")
_CARRIER = re.compile(r"(?i)\b0\s?(?:xx|\*\*)\s?")  # as in 0xx65
_PHONE_WORDS = re.compile(
    r"telefones?|fones?|tel|ramal|final|numero|zap|whats(?:app)?|contato|ligar"
)


@dataclass(frozen=True)
class ContactIndex:
    """Phones (reversed national digits) and e-mails, sorted, each with a unit's position."""

    phones: Sequence[tuple[str, int]]
    emails: Sequence[tuple[str, int]]

    def find_units(self, text: str) -> list[int] | None:
        """Return the units with a phone or an e-mail; None when the text has neither."""
        if email := _EMAIL.search(text):
            return _positions_with_prefix(self.emails, strip_accents(email.group()))
        digits = _digits(text)
        if not digits:
            return None
        for number in _dialling_variants(digits):
            if found := _positions_with_prefix(self.phones, number[::-1]):
                return found
        return []


def build_contact_index(contacts: Iterable[tuple[str, int]]) -> ContactIndex:
    """Index the e-mails and phones (E.164 digits) of units."""
    phones: list[tuple[str, int]] = []
    emails: list[tuple[str, int]] = []
    for contact, unit in contacts:
        if "@" in contact:
            emails.append((strip_accents(contact), unit))
        else:
            phones.append((_national_number(contact)[::-1], unit))
    return ContactIndex(sorted(phones), sorted(emails))


def _positions_with_prefix(known: Sequence[tuple[str, int]], prefix: str) -> list[int]:
    found: list[int] = []
    for contact, unit in known[bisect_left(known, (prefix, -1)) :]:
        if not contact.startswith(prefix):
            break
        found.append(unit)
    return list(dict.fromkeys(found))


def _digits(text: str) -> str:
    """Return the digits of a phone; a part of a number only when it is the whole text."""
    text = _CARRIER.sub("", text)
    found = _NUMBER.search(text)
    digits = re.sub(r"\D", "", found.group()) if found else ""
    if len(digits) >= LOCAL:
        return _national_number(digits)
    rest = _PHONE_WORDS.sub("", strip_accents(text.replace(found.group(), ""))) if found else text
    return digits if len(digits) >= MIN_DIGITS and not re.search(r"\w{3}", rest) else ""


def _national_number(digits: str) -> str:
    """Return a number with its area, without country code and trunk zeros."""
    digits = digits.lstrip("0")
    has_country = digits.startswith(BRAZIL_CODE) and len(digits) >= len(BRAZIL_CODE) + WITH_AREA
    return digits[len(BRAZIL_CODE) :] if has_country else digits


def _dialling_variants(digits: str) -> list[str]:
    """Return a number as typed, and a mobile's with or without its leading nine."""
    variants = [digits]
    if len(digits) == WITH_AREA:
        variants.append(f"{digits[:2]}9{digits[2:]}")
    if len(digits) == WITH_AREA + 1 and digits[2] == "9":
        variants.append(digits[:2] + digits[3:])
    if len(digits) == LOCAL + 1 and digits[0] == "9":
        variants.append(digits[1:])
    return variants


MAX_EXPANSIONS = 60


@dataclass(frozen=True)
class Vocabulary:
    """All words of the directory and the lexicon; `place_words` occur only in names of places."""

    sorted_words: Sequence[str]
    written_forms: Mapping[str, str]
    lexicon: Lexicon
    spelling: SpellingIndex
    known: frozenset[str] = field(default_factory=frozenset[str])
    place_words: frozenset[str] = field(default_factory=frozenset[str])
    numbers: Sequence[str] = ()
    address_words: frozenset[str] = field(default_factory=frozenset[str])
    adjacent_pairs: frozenset[tuple[str, str]] = field(default_factory=frozenset[tuple[str, str]])

    def has_word(self, word: str) -> bool:
        """Whether a normalised word is known; numbers always are."""
        return word in self.known or word.isdigit()

    def is_correct(self, word: str) -> bool:
        """Whether a word is known to the directory, of an address, or an everyday word."""
        known = (self.known, self.address_words, load_everyday_words())
        return any(word in words for words in known) or word.startswith(
            self.lexicon.patterns.long_stems
        )

    def list_with_prefix(self, prefix: str) -> tuple[str, ...]:
        """Return the words with a prefix, at most `MAX_EXPANSIONS`."""
        first = bisect_left(self.sorted_words, prefix)
        found: list[str] = []
        for word in self.sorted_words[first : first + MAX_EXPANSIONS]:
            if not word.startswith(prefix):
                break
            found.append(word)
        return tuple(found)

    def is_adjacent(self, one: str, other: str) -> bool:
        """Whether two words are neighbours in some name or phrase."""
        return (one, other) in self.adjacent_pairs or (other, one) in self.adjacent_pairs

    def list_near_numbers(self, number: str) -> list[str]:
        """Return the numbers of units one edit away from one of several digits."""
        if len(number) == 1:
            return []
        return [n for n in self.numbers if OSA.distance(n, number, score_cutoff=1) == 1]

    def spell_words(self, words: Sequence[str]) -> str:
        """Return normalised words as the directory writes them."""
        return " ".join(self.written_forms.get(word, word) for word in words)


Floats = NDArray[np.float32]
Mask = NDArray[np.bool_]
PostingList = tuple[NDArray[np.int32], Floats]

# The court itself first, then its counter, then the rest of the house.
PRIOR_BY_KIND = {
    **dict.fromkeys(("vara", "juizado", "camara", "turma_recursal", "nucleo"), 0.30),
    "secretaria": 0.25,
    "cejusc": 0.15,
    "gabinete": 0.10,
}
# The order when only a place was typed: units that answer for the whole comarca first.
ENTRY_UNIT_PRIOR = {"diretoria": 1.0, "distribuicao": 0.9, "cejusc": 0.2}

_fold = lru_cache(maxsize=4096)(strip_accents)


class SearchIndex:
    """All units of one version of the directory; immutable once built.

    Documents that are unchanged since the version `before` are not tokenized again.
    """

    def __init__(
        self, documents: Sequence[Document], lexicon: Lexicon, before: "SearchIndex | None" = None
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
        self.comarca_slugs = {d.comarca_slug: self.comarcas[d.comarca_id] for d in self.documents}
        self.kinds = self._masks(lambda d: [d.kind])
        self.degrees = self._masks(lambda d: [d.degree])
        self.channels = self._masks(lambda d: d.channels)
        self.competences = self._masks(lambda d: map(_fold, d.competences))
        self.contacts = build_contact_index(
            (contact, at) for at, d in enumerate(self.documents) for contact in d.contacts
        )
        self.addresses = _positions_by_word(d.address for d in self.documents)
        self.postal_codes = _positions_by_postal_code(d.address for d in self.documents)
        self.vocabulary = _vocabulary(every, self.postings, lexicon, frozenset(self.addresses))

    def _floats(self, value_of: Callable[[Document], float]) -> Floats:
        return np.array([value_of(d) for d in self.documents], dtype=np.float32)

    def _masks(self, keys_of: Callable[[Document], Iterable[Hashable]]) -> dict[Hashable, Mask]:
        members: defaultdict[Hashable, list[int]] = defaultdict(list)
        for at, document in enumerate(self.documents):
            for key in keys_of(document):
                members[key].append(at)
        return {key: self.mask_of(places) for key, places in members.items()}

    def mask_of(self, positions: Sequence[int]) -> Mask:
        """Return the units at these positions as a mask."""
        mask = np.zeros(self.size, dtype=np.bool_)
        mask[list(positions)] = True
        return mask

    def get_mask(self, masks: Mapping[Any, Mask], key: Hashable) -> Mask:
        """Return the mask of a key; no unit for an unknown one."""
        found = masks.get(key)
        return self.mask_of([]) if found is None else found


def _reuse_terms(
    known: Mapping[int, tuple[Document, DocumentTerms]], document: Document
) -> DocumentTerms | None:
    same, terms = known.get(document.id, (None, None))
    return terms if same == document else None


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


def _positions_by_word(texts: Iterable[str]) -> dict[str, list[int]]:
    found: defaultdict[str, list[int]] = defaultdict(list)
    words_of = lru_cache(maxsize=4096)(normalised_words)  # many units have one address
    for at, text in enumerate(texts):
        for word in set(words_of(text)):
            found[word].append(at)
    return dict(found)


def _positions_by_postal_code(texts: Iterable[str]) -> dict[str, list[int]]:
    found: defaultdict[str, list[int]] = defaultdict(list)
    for at, text in enumerate(texts):
        for code in POSTAL_CODE.findall(text):
            found[code.replace("-", "")].append(at)
    return dict(found)


def _vocabulary(
    every: Sequence[DocumentTerms],
    postings: Mapping[str, PostingList],
    lexicon: Lexicon,
    address_words: frozenset[str],
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
    known = posted | {word for words in lexicon.phrases for word in words} | lexicon.patterns.words
    common = Counter({word: len(postings[word][0]) for word in posted})
    load_everyday_words()  # now: the first query is as quick as the others
    load_outside_towns()
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
        address_words=address_words,
    )

"""What the search index reads of a unit, and the words of it with their weights."""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

from canais_app.directory.search.lexicon import SOLE_COURT_JUDGES
from canais_app.directory.search.normalization import (
    Token,
    list_singulars,
    normalised_words,
    tokenize,
)
from canais_app.kit.text import strip_accents

NAME, ALIAS, PLACE, COMPETENCE, KIND, COVERED = 1.0, 0.95, 0.85, 0.7, 0.6, 0.25

_norms = lru_cache(maxsize=4096)(normalised_words)  # of places, subjects and kinds: shared texts


@dataclass(frozen=True)
class Document:
    """What the index reads of a unit. `contacts` are digits of phones and e-mails."""

    id: int
    name: str
    kind: str
    kind_name: str
    degree: int
    comarca_id: int | None = None
    comarca: str = ""
    comarca_slug: str = ""
    towns: tuple[str, ...] = ()
    competences: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()
    channels: frozenset[str] = frozenset()
    contacts: tuple[str, ...] = ()
    address: str = ""


@dataclass(frozen=True)
class DocumentTerms:
    """The words of a document with their weights, its normalised names, and words as written.

    `own_words` are the words of its names that are not its place's; `order` is its sort key.
    """

    weights: Mapping[str, float]
    name: tuple[str, ...]
    aliases: tuple[tuple[str, ...], ...]
    own_words: frozenset[str]
    order: tuple[str, str]
    written_forms: tuple[tuple[str, str], ...]


def tokenize_document(document: Document) -> DocumentTerms:
    """Return the terms of a document; each word has the weight of its best field."""
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
    named = {token.norm for alias in (name, *aliases) for token in alias}
    return DocumentTerms(
        weights=weights,
        name=tuple(token.norm for token in name),
        aliases=tuple(tuple(token.norm for token in alias) for alias in aliases),
        own_words=frozenset((named | set(_norms(document.kind_name))) - of_place),
        order=(strip_accents(document.comarca), _sort_key(document.name)),
        written_forms=_written(document),
    )


def _sort_key(name: str) -> str:
    """Return the sort key of a name: the 2ª before the 10ª."""
    return re.sub(r"\d+", lambda number: number.group().zfill(4), strip_accents(name))


def _with_number_pairs(tokens: Sequence[Token], of_place: Collection[str]) -> list[str]:
    """Return the words, their singulars, and numbers joined to their words: `2>camara`."""
    words = [token.norm for token in tokens]
    singulars = [s for word in words if word not in of_place for s in list_singulars(word)[:1]]
    pairs = [
        f"{number}>{word}"
        for number, word in pairwise(words)
        if number.isdigit() and not word.isdigit()
    ]
    return [*words, *singulars, *pairs]


def _written(document: Document) -> tuple[tuple[str, str], ...]:
    return tuple(
        (token.norm, text[token.start : token.end])
        for text in (document.name, document.comarca, *document.towns)
        for token in tokenize(text)
    )

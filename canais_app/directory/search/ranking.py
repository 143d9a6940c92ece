"""Rank the units for a query. Values in, values out.

A score is the sum of the parts that explain it: `exact` (the whole name or alias), `place`, `words`
(each term that is met, the rarer the more), `filter` (a channel, a degree, open now: the same for
all), `coverage` (how much of the name was typed) and `kind` (units that receive the public first);
`contact` alone when a phone or an e-mail was typed.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from canais_app.directory.search import query_parser
from canais_app.directory.search.index import POSTAL_CODE, Floats, Mask, SearchIndex
from canais_app.directory.search.query_parser import ParsedQuery, Term
from canais_app.directory.search.relaxation import (
    SearchNotes,
    Selection,
    drop_noise,
    find_first_matching,
    weigh_hints,
)
from canais_app.directory.search.scoring import (
    FUZZY_WEIGHT,
    LiveFilters,
    TermScore,
    score_address,
    score_term,
)
from canais_app.kit.text import strip_accents

EXACT_NAME, EXACT_ALIAS, COVERAGE = 100.0, 90.0, 3.0
AGENDA_BONUS = 2.0  # of gabinetes that publish an agenda, when a magistrate is asked for
MAGISTRATE = ("gabinete",)


@dataclass(frozen=True)
class UnitFilters:
    """Filters beside the words; empty ones do not filter.

    `comarca` is a slug, `competence` the name of the tag.
    """

    comarca: str = ""
    kind: str = ""
    channel: str = ""
    competence: str = ""
    degree: int = 0
    open_now: bool = False


@dataclass(frozen=True)
class SearchHit:
    """A unit found, by its position in the index, and the parts of its score."""

    position: int
    score: float
    parts: dict[str, float]


@dataclass(frozen=True)
class SearchResult:
    """One page of the ranked units, how many in all, and the parsed query."""

    hits: list[SearchHit]
    total: int
    query: ParsedQuery
    facets: dict[str, int]
    notes: SearchNotes


def search_index(  # noqa: PLR0913 (one query, one page of the answer)
    index: SearchIndex,
    text: str,
    filters: UnitFilters,
    *,
    live_filters: LiveFilters,
    offset: int = 0,
    limit: int = 20,
) -> SearchResult:
    """Rank the units that meet a text and the filters, best first."""
    contacts = _find_by_postal_code(index, text)
    if contacts is None:
        contacts = index.contacts.find_units(text)
    if contacts is not None:
        query = ParsedQuery((), ())
        notes = SearchNotes(no_contact=not contacts)
        selection = Selection(index.mask_of(contacts), notes=notes)
        parts = {"contact": selection.mask.astype(np.float32) * EXACT_NAME}
    else:
        query = query_parser.parse_query(text, index.vocabulary)
        exact = _score_exact_names(index, query)
        selection = _select_units(index, text, query, live_filters, exact > 0)
        parts = _score_parts(index, query, selection.scores, exact)
        if any(_asks_for_magistrate(term) for term in query.terms):
            bookable = live_filters.bookable()
            parts["agenda"] = bookable.astype(np.float32) * np.float32(AGENDA_BONUS)
            has_agenda = bool((selection.mask & bookable).any())
            selection = replace(selection, notes=replace(selection.notes, no_agenda=not has_agenda))
    chosen = selection.mask & _filter_mask(index, filters, live_filters)
    return SearchResult(
        hits=[_explain(at, parts) for at in _sort_hits(chosen, parts)[offset : offset + limit]],
        total=int(np.count_nonzero(chosen)),
        query=query,
        facets=_facets(index, chosen, live_filters),
        notes=selection.notes,
    )


def _filter_mask(index: SearchIndex, filters: UnitFilters, live_filters: LiveFilters) -> Mask:
    chosen = np.ones(index.size, dtype=np.bool_)
    for wanted, masks in (
        (filters.comarca, index.comarca_slugs),
        (filters.kind, index.kinds),
        (strip_accents(filters.competence), index.competences),
        (filters.degree, index.degrees),
    ):
        if wanted:
            chosen = chosen & index.get_mask(masks, wanted)
    if filters.channel:
        chosen = chosen & live_filters.mask_with_channel(index, filters.channel)
    return chosen & live_filters.is_open if filters.open_now else chosen


def _facets(index: SearchIndex, chosen: Mask, live_filters: LiveFilters) -> dict[str, int]:
    masks = {f"channel:{kind}": mask for kind, mask in index.channels.items()}
    masks |= {f"degree:{degree}": mask for degree, mask in index.degrees.items()}
    masks |= {f"kind:{kind}": mask for kind, mask in index.kinds.items()}
    masks["open_now"] = live_filters.is_open
    return {name: int(np.count_nonzero(chosen & mask)) for name, mask in masks.items()}


def _sort_hits(chosen: Mask, parts: Mapping[str, Floats]) -> NDArray[np.intp]:
    """Return the positions of the chosen units, best first.

    A stable sort keeps the index's own order among equal scores.
    """
    positions = np.flatnonzero(chosen)
    score = np.sum([part[positions] for part in parts.values()], axis=0)
    return positions[np.argsort(-score, kind="stable")]


def _explain(at: np.intp, parts: Mapping[str, Floats]) -> SearchHit:
    scores = {name: round(float(part[at]), 3) for name, part in parts.items() if part[at]}
    return SearchHit(int(at), round(sum(scores.values()), 3), scores)


def _find_by_postal_code(index: SearchIndex, text: str) -> list[int] | None:
    """Return the units with a postal code; None when the text has none that some unit has."""
    codes = (code.replace("-", "") for code in POSTAL_CODE.findall(text))
    return next((index.postal_codes[code] for code in codes if code in index.postal_codes), None)


def _asks_for_magistrate(term: Term) -> bool:
    return any(meaning.words == MAGISTRATE for meaning in term.meanings)


# --- parts of the score --------------------------------------------------------------------


def _score_parts(
    index: SearchIndex, query: ParsedQuery, scores: Sequence[TermScore], exact: Floats
) -> dict[str, Floats]:
    """Return what each part adds to the score of every unit."""
    parts = {"exact": exact}
    for term in scores:
        added = term.score * np.float32(term.weight)
        name = term.part_name
        parts[name] = parts[name] + added if name in parts else added
    if "words" in parts:
        parts["coverage"] = _score_coverage(index, query)
        parts["kind"] = index.prior
        return parts
    if "place" in parts:  # units of one place are equally near
        parts["place"] = np.sign(parts["place"], dtype=np.float32)
    parts["kind"] = index.front_door
    return parts


def _score_exact_names(index: SearchIndex, query: ParsedQuery) -> Floats:
    score = np.zeros(index.size, dtype=np.float32)
    corrected = tuple(word for term in query.terms for word in term.literal)
    for key, weight in ((corrected, FUZZY_WEIGHT), (query.key, 1.0)):
        for positions, value in (
            (index.exact_aliases.get(key, []), EXACT_ALIAS),
            (index.exact_names.get(key, []), EXACT_NAME),
        ):
            score[positions] = np.maximum(score[positions], np.float32(value * weight))
    return score


def _score_coverage(index: SearchIndex, query: ParsedQuery) -> Floats:
    """Prefer names that were typed almost whole over longer ones with the same words."""
    typed = np.zeros(index.size, dtype=np.float32)
    for word in {word for term in query.terms for word in term.literal}:
        posting = index.postings.get(word)
        if posting is not None:
            typed[posting[0]] += (posting[1] >= 1).astype(np.float32)
    return (typed / index.name_lengths * np.float32(COVERAGE)).astype(np.float32)


# --- which units meet the query ------------------------------------------------------------


def _select_units(
    index: SearchIndex, text: str, query: ParsedQuery, live_filters: LiveFilters, exact: Mask
) -> Selection:
    """Return the units that meet a query; `exact` ones, named in full, always stay."""
    says = tuple(m.sentence for term in query.terms for m in term.meanings if m.sentence)
    if _is_refused(query):
        return Selection(index.mask_of([]), notes=SearchNotes(says=says))
    scores, unknown = _score_terms(index, _required_terms(query.terms), live_filters)
    unmatched = _unmatched_places(query.terms, unknown)
    if unmatched or not _is_meaningful(text, query, scores, unknown):
        notes = SearchNotes(says=says, unknown=unknown, unmatched_places=unmatched)
        return Selection(exact, notes=notes)
    noise: tuple[Term, ...] = ()
    scores = weigh_hints(index, scores)
    if not exact.any():
        scores, noise = drop_noise(index, scores)
    found = find_first_matching(index, scores, live_filters, exact)
    notes = replace(found.notes, says=says, unknown=(*unknown, *noise))
    return replace(found, notes=notes)


def _is_refused(query: ParsedQuery) -> bool:
    """Whether another institution answers; not when a subject of this court was named as well."""
    meanings = [meaning for term in query.terms for meaning in term.meanings]
    if any(m.is_away for m in meanings):
        return True
    is_subject_named = any(m.words and not m.is_hint for m in meanings)
    return any(m.is_outside_state for m in meanings) and not is_subject_named


def _is_meaningful(
    text: str, query: ParsedQuery, scores: Sequence[TermScore], unknown: Sequence[Term]
) -> bool:
    """Whether there is something to look for; an empty text, or only stop-words, asks for all."""
    if unknown and all(s.term.number for s in scores):
        return False
    is_minor = all(_is_minor_term(t) for t in query.terms) and any(map(str.isalnum, text))
    return bool(scores) or not text.strip() or is_minor


def _is_minor_term(term: Term) -> bool:
    return any(m.is_idle and not m.sentence for m in term.meanings)


def _required_terms(terms: Sequence[Term]) -> list[Term]:
    """Leave out terms that need not be met: sentences, and a house beside its subject."""
    required = [t for t in terms if not t.meanings or not all(m.is_idle for m in t.meanings)]
    if not any(_is_subject(t) for t in required):
        return required
    return [t for t in required if not any(m.is_house for m in t.meanings)]


def _is_subject(term: Term) -> bool:
    return term.literal == ("vara",) or any(m.words and not m.is_house for m in term.meanings)


def _score_terms(
    index: SearchIndex, terms: Sequence[Term], live_filters: LiveFilters
) -> tuple[list[TermScore], tuple[Term, ...]]:
    """Score the terms; those that no unit meets, not even misspelt, are unknown."""
    has_place = any(term.is_sure_place for term in terms)
    scores: list[TermScore] = []
    unknown: list[Term] = []
    for term in terms:
        score = score_term(index, term, live_filters)
        if term.place is None and not score.mask.any() and _may_be_misspelt(index, term):
            score = score_term(index, term, live_filters, is_fuzzy=True)
        if term.is_plain and not score.mask.any():
            score = score_address(index, score)
        is_unmet = term.place is None and not score.mask.any() and not score.is_channel
        if is_unmet or (term.is_part and has_place):
            unknown.append(term)
        else:
            scores.append(score)
    return scores, tuple(unknown)


def _may_be_misspelt(index: SearchIndex, term: Term) -> bool:
    return not all(map(index.vocabulary.is_correct, term.literal))


def _unmatched_places(terms: Sequence[Term], unknown: Sequence[Term]) -> tuple[Term, ...]:
    if any(term.is_sure_place for term in terms):
        return ()
    return tuple(term for term in unknown if term.is_in_place_context)

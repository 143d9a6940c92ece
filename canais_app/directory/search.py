"""The ranking of units for what was typed. Values in, values out.

Which units meet it is told by `choosing.py`; here they are put in order, filtered and counted. A
score is the sum of the parts it is explained by: `exact` (the whole name or alias), `place`,
`words` (each group that is met, the rarer the more), `filter` (a channel, a degree, open now: the
same for all), `coverage` (how much of the name was said) and `kind` (who receives the public);
`contact` alone when a phone or an e-mail was typed.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from canais_app.directory import understanding
from canais_app.directory.choosing import SearchNotes, Selection, select_units
from canais_app.directory.index import Floats, Mask, SearchIndex
from canais_app.directory.matching import FUZZY_WEIGHT, LiveFilters, TermScore
from canais_app.directory.understanding import ParsedQuery
from canais_app.kit.text import strip_accents

EXACT_NAME, EXACT_ALIAS, COVERAGE = 100.0, 90.0, 3.0


@dataclass(frozen=True)
class IndexFilters:
    """Choices beside the words; empty ones do not choose. `competence` is the tag's name."""

    comarca_id: int | None = None
    kind: str = ""
    channel: str = ""
    competence: str = ""
    degree: int = 0
    open_now: bool = False


@dataclass(frozen=True)
class SearchHit:
    """A unit found, by its place in the index, and why it stands where it stands."""

    position: int
    score: float
    parts: dict[str, float]


@dataclass(frozen=True)
class SearchResult:
    """One page of the ranked units, how many in all, and how the text was read."""

    hits: list[SearchHit]
    total: int
    query: ParsedQuery
    facets: dict[str, int]
    notes: SearchNotes


def search_index(  # noqa: PLR0913 (one question, one page of the answer)
    index: SearchIndex,
    text: str,
    filters: IndexFilters,
    *,
    live_filters: LiveFilters,
    offset: int = 0,
    limit: int = 20,
) -> SearchResult:
    """Rank the units that meet a text and the filters, best first."""
    contacts = index.contacts.find_units(text)
    if contacts is not None:
        reading, answer = ParsedQuery((), ()), _search_contacts(index, contacts)
        parts = {"contact": answer.mask.astype(np.float32) * EXACT_NAME}
    else:
        reading = understanding.parse_query(text, index.vocabulary)
        exact = _exact_matches(index, reading)
        answer = select_units(index, text, reading, live_filters, exact > 0)
        parts = _score_parts(index, reading, answer.term_scores, exact)
    chosen = answer.mask & _filter_mask(index, filters, live_filters)
    hits = _sort_hits(chosen, parts)[offset : offset + limit]
    return SearchResult(
        hits=[_explain(at, parts) for at in hits],
        total=int(np.count_nonzero(chosen)),
        query=reading,
        facets=_facets(index, chosen, live_filters),
        notes=answer.notes,
    )


def _search_contacts(index: SearchIndex, contacts: Sequence[int]) -> Selection:
    return Selection(index.mask_of(contacts), notes=SearchNotes(no_contact=not contacts))


def _sort_hits(chosen: Mask, parts: Mapping[str, Floats]) -> NDArray[np.intp]:
    """Return the places of the chosen units, best first.

    The index stands in its own order, so a stable sort keeps it among equals.
    """
    places = np.flatnonzero(chosen)
    score = np.sum([part[places] for part in parts.values()], axis=0)
    return places[np.argsort(-score, kind="stable")]


def _explain(at: np.intp, parts: Mapping[str, Floats]) -> SearchHit:
    worth = {name: round(float(part[at]), 3) for name, part in parts.items() if part[at]}
    return SearchHit(int(at), round(sum(worth.values()), 3), worth)


# --- in which order ------------------------------------------------------------------------


def _score_parts(
    index: SearchIndex, reading: ParsedQuery, met: Sequence[TermScore], exact: Floats
) -> dict[str, Floats]:
    """Return what each part adds to the score of every unit."""
    parts = {"exact": exact}
    for one in met:
        worth = one.score * np.float32(one.weight)
        parts[one.explain_key] = (
            parts[one.explain_key] + worth if one.explain_key in parts else worth
        )
    if "words" in parts:
        parts["coverage"] = _coverage(index, reading)
        parts["kind"] = index.prior
        return parts
    if "place" in parts:  # of one place all are equally near
        parts["place"] = np.sign(parts["place"], dtype=np.float32)
    parts["kind"] = index.front_door
    return parts


def _exact_matches(index: SearchIndex, reading: ParsedQuery) -> Floats:
    bonus = np.zeros(index.size, dtype=np.float32)
    mended = tuple(word for group in reading.terms for word in group.literal)
    for key, worth in ((mended, FUZZY_WEIGHT), (reading.key, 1.0)):
        for places, value in (
            (index.exact_aliases.get(key, []), EXACT_ALIAS),
            (index.exact_names.get(key, []), EXACT_NAME),
        ):
            bonus[places] = np.maximum(bonus[places], np.float32(value * worth))
    return bonus


def _coverage(index: SearchIndex, reading: ParsedQuery) -> Floats:
    """Favour names of which much was said over longer ones that hold the same words."""
    said = np.zeros(index.size, dtype=np.float32)
    for word in {word for group in reading.terms for word in group.literal}:
        posting = index.postings.get(word)
        if posting is not None:
            said[posting[0]] += (posting[1] >= 1).astype(np.float32)
    return (said / index.name_lengths * np.float32(COVERAGE)).astype(np.float32)


# --- beside the words ----------------------------------------------------------------------


def _filter_mask(index: SearchIndex, filters: IndexFilters, moment: LiveFilters) -> Mask:
    chosen = np.ones(index.size, dtype=np.bool_)
    nothing = np.zeros(index.size, dtype=np.bool_)
    for wanted, masks in (
        (filters.comarca_id, index.comarcas),
        (filters.kind, index.kinds),
        (strip_accents(filters.competence), index.competences),
        (filters.degree, index.degrees),
    ):
        if wanted:
            chosen = chosen & masks.get(wanted, nothing)
    if filters.channel:
        chosen = chosen & moment.mask_with_channel(index, filters.channel)
    return chosen & moment.is_open if filters.open_now else chosen


def _facets(index: SearchIndex, chosen: Mask, moment: LiveFilters) -> dict[str, int]:
    counts = {f"channel:{kind}": mask for kind, mask in index.channels.items()}
    counts |= {f"degree:{degree}": mask for degree, mask in index.degrees.items()}
    counts |= {f"kind:{kind}": mask for kind, mask in index.kinds.items()}
    counts["open_now"] = moment.is_open
    return {name: int(np.count_nonzero(chosen & mask)) for name, mask in counts.items()}

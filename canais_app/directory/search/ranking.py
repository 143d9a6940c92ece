"""Rank the units for a query. Values in, values out.

A score is the sum of the parts that explain it: `exact` (the whole name or alias), `place`, `words`
(each term that is met, the rarer the more), `filter` (a channel, a degree, open now: the same for
all), `coverage` (how much of the name was typed) and `kind` (units that receive the public first);
`contact` alone when a phone or an e-mail was typed.
"""

import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from canais_app.directory.channels import ChannelKind
from canais_app.directory.search import query_parser
from canais_app.directory.search.index import POSTAL_CODE, Floats, Mask, SearchIndex
from canais_app.directory.search.lexicon import Meaning
from canais_app.directory.search.query_parser import ParsedQuery, Term
from canais_app.kit.text import strip_accents

EXACT_NAME, EXACT_ALIAS, COVERAGE = 100.0, 90.0, 3.0
FUZZY_WEIGHT = 0.6  # of a corrected word
PREFIX_WEIGHT = 0.8  # of a word of which only the beginning was typed
SYNONYM_WEIGHT = 0.75  # of a synonym's words
AGENDA_BONUS = 2.0  # of gabinetes that publish an agenda, when a magistrate is asked for
URGENT_WEIGHT = 1.3  # of a subject with a sentence: violence comes before what stands beside it
PLACE_TERM_WEIGHT, MAX_TERM_WEIGHT = 6.0, 8.0
MAGISTRATE = ("gabinete",)
OPEN_NOW = (("aberta", "agora"), ("aberto", "agora"), ("abertas", "agora"))  # filters when typed
MIN_COVERAGE = 0.5  # the share of the terms' weight that a partial answer must meet


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
class LiveFilters:
    """What changes without an edit: units open now, and bookable units (read on demand)."""

    is_open: Mask
    bookable: Callable[[], Mask]

    def mask_with_channel(self, index: SearchIndex, channel: str) -> Mask:
        """Return the units with a channel; a published agenda counts as one."""
        mask = index.get_mask(index.channels, channel)
        return mask | self.bookable() if channel == ChannelKind.APPOINTMENT else mask


@dataclass(frozen=True)
class SearchHit:
    """A unit found, by its position in the index, and the parts of its score."""

    position: int
    score: float
    parts: dict[str, float]


@dataclass(frozen=True)
class SearchNotes:
    """What the person should know about how the answer was found."""

    partial: bool = False
    no_channel: bool = False  # no unit has the channel asked for
    none_open: bool = False  # no unit found is open, as was asked
    no_number: bool = False  # no unit has the number asked for
    missing: tuple[str, ...] = ()  # subjects that no unit of the place has
    no_contact: bool = False  # no unit has this phone or e-mail
    broader: tuple[tuple[str, str], ...] = ()  # subjects: (asked for, answered with)
    unknown: tuple[Term, ...] = ()  # words that match nothing
    unmatched_places: tuple[Term, ...] = ()  # unknown words where a place is expected
    says: tuple[str, ...] = ()  # sentences of the synonyms
    no_agenda: bool = False  # a magistrate was asked for, and no gabinete found has an agenda


@dataclass(frozen=True)
class SearchResult:
    """One page of the ranked units, how many in all, and the parsed query."""

    hits: list[SearchHit]
    total: int
    query: ParsedQuery
    facets: dict[str, int]
    notes: SearchNotes


@dataclass(frozen=True)
class TermScore:
    """How well every unit meets one term; `weight` is the term's share of the whole score."""

    term: Term
    score: Floats
    mask: Mask
    weight: float

    @property
    def is_place(self) -> bool:
        """Whether it names a place; such terms are never dropped."""
        return self.term.place is not None or self.term.is_part

    @property
    def is_channel(self) -> bool:
        """Whether it only asks for a channel."""
        return any(m.channel and not m.words for m in self.term.meanings)

    @property
    def is_open_now(self) -> bool:
        """Whether it only asks for units that are open."""
        return any(m.open_now and not m.words for m in self.term.meanings)

    @property
    def part_name(self) -> str:
        """The part of the score that this adds to."""
        if self.is_place:
            return "place"
        narrows = any(not m.words and not m.sentence for m in self.term.meanings)
        return "filter" if narrows else "words"


@dataclass(frozen=True)
class Selection:
    """The units that meet a query, the terms by which they do, and the notes."""

    mask: Mask
    scores: Sequence[TermScore] = ()
    notes: SearchNotes = field(default_factory=SearchNotes)


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


def _score_term(
    index: SearchIndex, term: Term, live_filters: LiveFilters, *, is_fuzzy: bool = False
) -> TermScore:
    """Score the units that meet a term; `is_fuzzy` takes known words for misspelt ones."""
    score, frequency = _score_literal(index, term, is_fuzzy=is_fuzzy and term.place is None)
    for word in term.expansions:
        _add_score(index, score, word, PREFIX_WEIGHT)
    for meaning in (m for m in term.meanings if not m.is_idle):
        np.maximum(score, _score_meaning(index, meaning, live_filters), out=score)
    mask = score > 0
    if term.expansions or term.place:
        frequency = int(np.count_nonzero(mask))
    weight = min(MAX_TERM_WEIGHT, 0.5 + math.log(1 + index.size / max(1, frequency)))
    weight = PLACE_TERM_WEIGHT if term.place else weight
    if is_soft(term):
        mask = np.ones(index.size, dtype=np.bool_)
    weight *= max(1, len(term.literal)) ** 0.5
    return TermScore(term, score, mask, weight)


def is_soft(term: Term) -> bool:
    """Whether a term raises the score of units and leaves out none.

    It asks for a way or a time, by a guess or in passing: `aberto hoje?`.
    """
    filters = [m for m in term.meanings if not (m.words or m.place or m.sentence)]
    if len(filters) < len(term.meanings) or not filters:
        return False
    return term.is_guess or (all(m.open_now for m in filters) and term.literal not in OPEN_NOW)


def _score_literal(index: SearchIndex, term: Term, *, is_fuzzy: bool) -> tuple[Floats, int]:
    """Score the units that have all of the words, and return how many have the rarest one."""
    if not term.literal:  # a meaning that replaces the words
        return np.zeros(index.size, dtype=np.float32), index.size
    if not is_fuzzy:
        for pair in term.pairs:
            if pair in index.postings:
                score = np.zeros(index.size, dtype=np.float32)
                return score, _add_score(index, score, pair, 1.0)
    return _score_all_words(index, term.literal, is_fuzzy=is_fuzzy)


def _score_all_words(
    index: SearchIndex, words: Sequence[str], *, is_fuzzy: bool = False
) -> tuple[Floats, int]:
    total: Floats | None = None
    frequency = index.size
    for word in words:
        score = np.zeros(index.size, dtype=np.float32)
        frequency = min(frequency, _add_score(index, score, word, 1.0))
        if is_fuzzy:
            for near in index.vocabulary.spelling.find_near(word):
                _add_score(index, score, near, FUZZY_WEIGHT)
        total = score if total is None else np.where((score > 0) & (total > 0), total + score, 0)
    if total is None:
        return np.ones(index.size, dtype=np.float32), frequency
    return (total / np.float32(len(words))).astype(np.float32), frequency


def _add_score(index: SearchIndex, score: Floats, word: str, weight: float) -> int:
    """Raise the score of the units that have a word; return how many there are."""
    posting = index.postings.get(word)
    if posting is None:
        return index.size
    positions, weights = posting
    score[positions] = np.maximum(score[positions], weights * np.float32(weight))
    return len(positions)


def _score_meaning(index: SearchIndex, meaning: Meaning, live_filters: LiveFilters) -> Floats:
    """Score the units that meet every part of a meaning."""
    if meaning.place is not None:
        # A place without a confirmed comarca is met only by a unit's own words.
        comarca = meaning.place.comarca_id or -1
        return index.get_mask(index.comarcas, comarca).astype(np.float32)
    score = _score_all_words(index, meaning.words)[0]
    if meaning.words:
        urgency = URGENT_WEIGHT if meaning.sentence else 1.0
        score = score * np.float32(SYNONYM_WEIGHT * urgency)
    if meaning.channel:
        score = score * live_filters.mask_with_channel(index, meaning.channel)
    if meaning.degree:
        score = score * index.get_mask(index.degrees, meaning.degree)
    if meaning.open_now:
        score = score * live_filters.is_open
    return score.astype(np.float32)


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
    if not exact.any():
        scores, noise = _drop_noise(index, scores)
    found = _first_matching(index, scores, live_filters, exact)
    notes = replace(found.notes, says=says, unknown=(*unknown, *noise))
    return replace(found, notes=notes)


def _is_refused(query: ParsedQuery) -> bool:
    """Whether another institution answers; not when a subject of this court was named as well."""
    meanings = [meaning for term in query.terms for meaning in term.meanings]
    if any(m.is_away for m in meanings):
        return True
    return any(m.is_outside_state for m in meanings) and not any(m.words for m in meanings)


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
        score = _score_term(index, term, live_filters)
        if term.place is None and not score.mask.any() and _may_be_misspelt(index, term):
            score = _score_term(index, term, live_filters, is_fuzzy=True)
        if term.is_plain and not score.mask.any():
            score = _score_address(index, score)
        is_unmet = term.place is None and not score.mask.any() and not score.is_channel
        if is_unmet or (term.is_part and has_place):
            unknown.append(term)
        else:
            scores.append(score)
    return scores, tuple(unknown)


def _score_address(index: SearchIndex, score: TermScore) -> TermScore:
    """Score the units that have the words of a term in their address."""
    mask = np.ones(index.size, dtype=np.bool_)
    for word in score.term.literal:
        mask &= index.mask_of(index.addresses.get(word, []))
    return replace(score, score=mask.astype(np.float32), mask=mask)


def _may_be_misspelt(index: SearchIndex, term: Term) -> bool:
    return not all(map(index.vocabulary.is_correct, term.literal))


def _unmatched_places(terms: Sequence[Term], unknown: Sequence[Term]) -> tuple[Term, ...]:
    if any(term.is_sure_place for term in terms):
        return ()
    return tuple(term for term in unknown if term.is_in_place_context)


def _first_matching(
    index: SearchIndex, scores: Sequence[TermScore], live_filters: LiveFilters, exact: Mask
) -> Selection:
    """Return the units of the strictest relaxation that some unit meets."""
    scores = _join_conflicting(index, scores, lambda term: term.place is not None)
    for relaxed, notes in _relaxations(index, scores, live_filters):
        chosen = _match_all(index, relaxed) | exact
        if chosen.any():
            return Selection(chosen, relaxed, notes)
    return _match_most(index, scores)


def _drop_noise(
    index: SearchIndex, scores: Sequence[TermScore]
) -> tuple[list[TermScore], tuple[Term, ...]]:
    """Leave out terms that no unit of the place and of the surer subjects meets.

    They occur in the name of some other unit, as "alto" or "público", or are everyday words for
    another subject: what was asked for outweighs them. Words without a meaning are returned.
    """
    scores = _join_conflicting(index, scores, lambda term: term.place is not None)
    chosen = _match_all(index, [s for s in scores if s.is_place])
    dropped: list[Term] = []
    surest = -1  # the rank of the terms that chose the units so far
    meant = [s for s in scores if not (s.is_place or s.term.number or s.is_channel)]
    for score in sorted(meant, key=_noise_order):
        both = chosen & score.mask
        rank = -1 if score.term.is_plain else score.term.rank
        if both.any():
            chosen, surest = both, max(surest, rank)
        elif score.term.is_plain or rank < surest:
            dropped.append(score.term)
    kept = [s for s in scores if s.term not in dropped]
    if not kept:
        return list(scores), ()
    return kept, tuple(term for term in dropped if term.is_plain)


def _noise_order(score: TermScore) -> int:
    return 1 if score.term.is_plain else -score.term.rank


def _relaxations(
    index: SearchIndex, scores: Sequence[TermScore], live_filters: LiveFilters
) -> Iterator[tuple[Sequence[TermScore], SearchNotes]]:
    """Yield the terms less and less strictly; each relaxation costs, so it is made when needed."""
    yield scores, SearchNotes()
    fuzzy = [
        s if s.is_place else _score_term(index, s.term, live_filters, is_fuzzy=True) for s in scores
    ]
    either = _join_conflicting(index, scores, lambda term: any(m.is_subject for m in term.meanings))
    broader, subjects = _replace_by_broader(index, scores, live_filters)
    relaxed = [(terms, SearchNotes()) for terms in (scores, fuzzy, either)]
    if subjects:
        relaxed.append((broader, SearchNotes(broader=subjects)))
    yield from relaxed[1:]
    if any(s.is_open_now for s in scores):
        for terms, notes in relaxed:
            yield [s for s in terms if not s.is_open_now], replace(notes, none_open=True)
    if any(s.is_channel for s in scores):
        for terms, notes in relaxed:
            yield [s for s in terms if not s.is_channel], replace(notes, no_channel=True)
    if any(s.term.number for s in scores):
        yield [_relax_number(index, s) for s in fuzzy], SearchNotes(no_number=True)


def _join_conflicting(
    index: SearchIndex, scores: Sequence[TermScore], is_alike: Callable[[Term], bool]
) -> list[TermScore]:
    """Join two places, or two subjects, that no unit has at once: one of them is enough."""
    alike = [s for s in scores if is_alike(s.term)]
    places = [s for s in scores if s.is_place]
    if len(alike) < 2 or _match_all(index, [*alike, *places]).any():  # noqa: PLR2004
        return list(scores)
    score = np.max([s.score for s in alike], axis=0)
    joined = replace(alike[0], score=score, mask=score > 0)
    return [joined, *(s for s in scores if not is_alike(s.term))]


def _relax_number(index: SearchIndex, term: TermScore) -> TermScore:
    """Accept any number in place of one that no unit has; numbers one edit away score more."""
    if not term.term.number:
        return term
    score = np.zeros(index.size, dtype=np.float32)
    for number in index.vocabulary.list_near_numbers(term.term.number):
        _add_score(index, score, number, FUZZY_WEIGHT)
    return replace(term, score=score, mask=np.ones(index.size, dtype=np.bool_))


def _replace_by_broader(
    index: SearchIndex, scores: Sequence[TermScore], live_filters: LiveFilters
) -> tuple[list[TermScore], tuple[tuple[str, str], ...]]:
    """Replace each subject that no unit of the place has by the broader one that some unit has."""
    in_place = _match_all(index, [s for s in scores if s.is_place])
    replaced: list[TermScore] = []
    subjects: list[tuple[str, str]] = []
    for score in scores:
        wider = score
        while not (wider.mask & in_place).any() and (term := _broader_term(index, wider.term)):
            wider = _score_term(index, term, live_filters)
        if wider is not score:
            subjects.append((score.term.meanings[0].label, wider.term.meanings[0].label))
        replaced.append(wider)
    return replaced, tuple(subjects)


def _broader_term(index: SearchIndex, term: Term) -> Term | None:
    broader = index.vocabulary.lexicon.broader
    found = [broader[m.words] for m in term.meanings if m.words in broader]
    return replace(term, literal=(), meanings=tuple(found)) if found else None


def _match_all(index: SearchIndex, scores: Iterable[TermScore]) -> Mask:
    chosen = np.ones(index.size, dtype=np.bool_)
    for score in scores:
        chosen &= score.mask
    return chosen


def _match_most(index: SearchIndex, scores: Sequence[TermScore]) -> Selection:
    """Return the units that meet the places and enough of the rest."""
    places = [s for s in scores if s.is_place]
    rest = [s for s in scores if not s.is_place]
    chosen = _match_all(index, places)
    weight = np.zeros(index.size, dtype=np.float32)
    for score in rest:
        weight += score.mask.astype(np.float32) * np.float32(score.weight)
    enough = chosen & (weight >= MIN_COVERAGE * sum(s.weight for s in rest))
    if rest and enough.any():
        return Selection(enough, scores, SearchNotes(partial=True))
    if places:  # all that was understood: its units are the next best answer
        absent = [s for s in rest if not (s.mask & chosen).any()]
        missing = tuple(m.label for s in absent for m in s.term.meanings[:1] if m.is_subject)
        return Selection(chosen, places, SearchNotes(partial=True, missing=missing))
    return Selection(index.mask_of([]), scores)

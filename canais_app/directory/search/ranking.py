"""The ranking of units for what was typed. Values in, values out.

Which units meet it is told by `choosing.py`; here they are put in order, filtered and counted. A
score is the sum of the parts it is explained by: `exact` (the whole name or alias), `place`,
`words` (each group that is met, the rarer the more), `filter` (a channel, a degree, open now: the
same for all), `coverage` (how much of the name was said) and `kind` (who receives the public);
`contact` alone when a phone or an e-mail was typed.
"""

import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from canais_app.directory.channels import ChannelKind
from canais_app.directory.search import query_parser
from canais_app.directory.search.index import Floats, Mask, SearchIndex
from canais_app.directory.search.lexicon import Meaning
from canais_app.directory.search.query_parser import ParsedQuery, Term
from canais_app.kit.text import strip_accents

FUZZY_WEIGHT = 0.6  # what a corrected word is worth
PREFIX_WEIGHT = 0.8  # what the beginning of a word is worth
SYNONYM_WEIGHT = 0.75  # what a synonym's words are worth beside the words themselves
PLACE_TERM_WEIGHT, MAX_TERM_WEIGHT = 6.0, 8.0


@dataclass(frozen=True)
class LiveFilters:
    """What changes by itself: who answers now, and who can be booked (read only when asked)."""

    is_open: Mask
    bookable: Callable[[], Mask]

    def mask_with_channel(self, index: SearchIndex, channel: str) -> Mask:
        """Return the units with a channel; a published agenda is one too."""
        own = index.channels.get(channel)
        mask = index.mask_of([]) if own is None else own
        return mask | self.bookable() if channel == ChannelKind.APPOINTMENT else mask


@dataclass(frozen=True)
class TermScore:
    """How well every unit meets one group; `weight` is what the group counts."""

    term: Term
    score: Floats
    mask: Mask
    weight: float

    @property
    def is_place(self) -> bool:
        """Whether it can be given up for nothing: a person must not be sent elsewhere."""
        return self.term.place is not None or self.term.is_part

    @property
    def is_channel(self) -> bool:
        """Whether it only asks for a channel."""
        return any(m.channel and not m.words for m in self.term.meanings)

    @property
    def explain_key(self) -> str:
        """What this adds to a score is called; `filter` says nothing of one unit over another."""
        if self.is_place:
            return "place"
        narrows = any(not m.words and not m.sentence for m in self.term.meanings)
        return "filter" if narrows else "words"


def score_term(
    index: SearchIndex, term: Term, moment: LiveFilters, *, is_fuzzy: bool = False
) -> TermScore:
    """Score the units that meet a group; `forgiving` takes known words for mistyped ones."""
    score, frequency = _score_literal(index, term, forgiving=is_fuzzy and term.place is None)
    for word in term.expansions:
        _add_score(index, score, word, PREFIX_WEIGHT)
    for meaning in term.meanings:
        np.maximum(score, _score_meaning(index, meaning, moment), out=score)
    mask = score > 0
    is_place = term.place is not None
    counted = bool(term.expansions) or is_place
    count = max(1, int(np.count_nonzero(mask)) if counted else frequency)
    weight = min(MAX_TERM_WEIGHT, 0.5 + math.log(1 + index.size / count))
    weight = PLACE_TERM_WEIGHT if is_place else weight
    return TermScore(term, score, mask, weight * len(term.literal) ** 0.5)


def _score_literal(index: SearchIndex, group: Term, *, forgiving: bool) -> tuple[Floats, int]:
    """Score the units in which all of the words stand; the mean of their weights."""
    if not group.literal:  # a meaning put in place of the words
        return np.zeros(index.size, dtype=np.float32), index.size
    if not forgiving:
        for pair in group.pairs:
            if pair in index.postings:
                score = np.zeros(index.size, dtype=np.float32)
                return score, _add_score(index, score, pair, 1.0)
    return _score_all_words(index, group.literal, forgiving=forgiving)


def _score_all_words(
    index: SearchIndex, words: Sequence[str], *, forgiving: bool
) -> tuple[Floats, int]:
    total: Floats | None = None
    frequency = index.size
    for word in words:
        one = np.zeros(index.size, dtype=np.float32)
        frequency = min(frequency, _add_score(index, one, word, 1.0))
        if forgiving:
            for near in index.vocabulary.spelling.find_near(word):
                _add_score(index, one, near, FUZZY_WEIGHT)
        total = one if total is None else np.where((one > 0) & (total > 0), total + one, 0)
    if total is None:
        return np.ones(index.size, dtype=np.float32), frequency
    return (total / np.float32(len(words))).astype(np.float32), frequency


def _add_score(index: SearchIndex, score: Floats, word: str, worth: float) -> int:
    posting = index.postings.get(word)
    if posting is None:
        return index.size
    places, weights = posting
    score[places] = np.maximum(score[places], weights * np.float32(worth))
    return len(places)


def _score_meaning(index: SearchIndex, meaning: Meaning, moment: LiveFilters) -> Floats:
    """Score the units that meet every part of a meaning."""
    if meaning.place is not None:
        # A place to be confirmed has no comarca, and is met by a unit's own words only.
        own = index.comarcas.get(meaning.place.comarca_id or -1)
        return (index.mask_of([]) if own is None else own).astype(np.float32)
    score = _score_all_words(index, meaning.words, forgiving=False)[0]
    if meaning.words:
        score = score * np.float32(SYNONYM_WEIGHT)
    if meaning.channel:
        score = score * moment.mask_with_channel(index, meaning.channel)
    if meaning.degree:
        own = index.degrees.get(meaning.degree)
        score = score * (index.mask_of([]) if own is None else own)
    if meaning.open_now:
        score = score * moment.is_open
    return score.astype(np.float32)


MIN_COVERAGE = 0.5  # the share of the words' weight that a partial answer must meet


@dataclass(frozen=True)
class SearchNotes:
    """What the person should know of how the answer came about."""

    partial: bool = False
    no_channel: bool = False  # nobody has the channel asked for
    no_number: bool = False  # nobody has the number asked for
    missing: tuple[str, ...] = ()  # subjects that nobody of the place has
    no_contact: bool = False  # nobody has this phone or e-mail
    broader: tuple[tuple[str, str], ...] = ()  # subjects: asked for, answered with
    unknown: tuple[Term, ...] = ()  # words that nothing was found for
    unmatched_places: tuple[Term, ...] = ()  # unknown words where a place would be named
    says: tuple[str, ...] = ()  # sentences of the synonyms


@dataclass(frozen=True)
class Selection:
    """Which units meet a text, by which groups, and what is to be said of it."""

    mask: Mask
    term_scores: Sequence[TermScore] = ()
    notes: SearchNotes = field(default_factory=SearchNotes)


def select_units(
    index: SearchIndex, text: str, reading: ParsedQuery, live_filters: LiveFilters, exact: Mask
) -> Selection:
    """Return the units that meet a text; those `exact`ly named are never left out."""
    says = tuple(m.sentence for g in reading.terms for m in g.meanings if m.sentence)
    nothing = index.mask_of([])
    if any(m.is_outside_state for g in reading.terms for m in g.meanings):
        return Selection(nothing, notes=SearchNotes(says=says))
    asked = _required_terms(reading.terms)
    met, unknown = _score_terms(index, asked, live_filters)
    nowhere = _unmatched_places(reading.terms, unknown)
    remarks = SearchNotes(says=says, unknown=unknown, unmatched_places=nowhere)
    if nowhere or not _is_meaningful(text, reading, met, unknown):
        return Selection(exact, notes=remarks)
    found = _first_matching(index, met, live_filters, exact)
    return replace(found, notes=replace(found.notes, says=says, unknown=unknown))


def _is_meaningful(
    text: str, reading: ParsedQuery, met: Sequence[TermScore], unknown: Sequence[Term]
) -> bool:
    """Whether there is something to look for; an empty box, or little words, ask for all."""
    if unknown and all(m.term.number for m in met):
        return False
    little = all(_is_minor_term(group) for group in reading.terms) and any(map(str.isalnum, text))
    return bool(met) or not text.strip() or little


def _is_minor_term(group: Term) -> bool:
    return any(m.is_idle and not m.sentence for m in group.meanings)


def _required_terms(groups: Sequence[Term]) -> list[Term]:
    """Leave out what needs not be met: sentences, and a house beside what is looked for in it."""
    asked = [g for g in groups if not any(m.is_idle for m in g.meanings)]
    subjects = [g for g in asked if _is_subject(g)]
    if not subjects:
        return asked
    return [g for g in asked if not any(m.is_house for m in g.meanings)]


def _is_subject(group: Term) -> bool:
    return group.literal == ("vara",) or any(m.words and not m.is_house for m in group.meanings)


def _score_terms(
    index: SearchIndex, asked: Sequence[Term], moment: LiveFilters
) -> tuple[list[TermScore], tuple[Term, ...]]:
    """Score the groups; those that no unit meets even when mistakes are forgiven are unknown."""
    has_place = any(group.is_sure_place for group in asked)
    met: list[TermScore] = []
    unknown: list[Term] = []
    for group in asked:
        one = score_term(index, group, moment)
        if group.place is None and not one.mask.any():
            one = score_term(index, group, moment, is_fuzzy=True)
        lost = group.is_part and has_place
        if lost or (group.place is None and not one.mask.any() and not one.is_channel):
            unknown.append(group)
        else:
            met.append(one)
    return met, tuple(unknown)


def _unmatched_places(groups: Sequence[Term], unknown: Sequence[Term]) -> tuple[Term, ...]:
    if any(group.is_sure_place for group in groups):
        return ()
    return tuple(group for group in unknown if group.is_in_place_context)


def _first_matching(
    index: SearchIndex, met: Sequence[TermScore], moment: LiveFilters, exact: Mask
) -> Selection:
    """Take the first way of reading the groups that some unit meets."""
    met = _join_conflicting(index, met, lambda group: group.place is not None)
    for way, remarks in _relaxations(index, met, moment):
        chosen = _match_all(index, way) | exact
        if chosen.any():
            return Selection(chosen, way, remarks)
    return _match_most(index, met)


def _relaxations(
    index: SearchIndex, met: Sequence[TermScore], moment: LiveFilters
) -> Iterator[tuple[Sequence[TermScore], SearchNotes]]:
    """Yield ways of being less strict, the strictest first."""
    forgiven = [m if m.is_place else score_term(index, m.term, moment, is_fuzzy=True) for m in met]
    either = _join_conflicting(index, met, lambda group: any(m.is_subject for m in group.meanings))
    broader, subjects = _replace_by_broader(index, met, moment)
    ways = [(way, SearchNotes()) for way in (met, forgiven, either)]
    if subjects:
        ways.append((broader, SearchNotes(broader=subjects)))
    yield from ways
    if any(m.is_channel for m in met):
        for way, remarks in ways:
            yield [m for m in way if not m.is_channel], replace(remarks, no_channel=True)
    if any(m.term.number for m in met):
        yield [_relax_number(index, m) for m in forgiven], SearchNotes(no_number=True)


def _join_conflicting(
    index: SearchIndex, met: Sequence[TermScore], alike: Callable[[Term], bool]
) -> list[TermScore]:
    """Join two places, or two subjects, that no unit has at once: either will do."""
    there = [m for m in met if alike(m.term)]
    here = [m for m in met if m.is_place]
    if len(there) < 2 or _match_all(index, [*there, *here]).any():  # noqa: PLR2004
        return list(met)
    score = np.max([m.score for m in there], axis=0)
    joined = replace(there[0], score=score, mask=score > 0)
    return [joined, *(m for m in met if not alike(m.term))]


def _relax_number(index: SearchIndex, met: TermScore) -> TermScore:
    """Let any number meet one that nobody has; those a slip away are nearer."""
    if not met.term.number:
        return met
    near = index.vocabulary.list_near_numbers(met.term.number)
    score = np.zeros(index.size, dtype=np.float32)
    for number in near:
        places, weights = index.postings[number]
        score[places] = weights * np.float32(FUZZY_WEIGHT)
    return replace(met, score=score, mask=np.ones(index.size, dtype=np.bool_))


def _replace_by_broader(
    index: SearchIndex, met: Sequence[TermScore], moment: LiveFilters
) -> tuple[list[TermScore], tuple[tuple[str, str], ...]]:
    """Replace each subject that nobody has here by the broader one that somebody has."""
    here = _match_all(index, [m for m in met if m.is_place])
    made: list[TermScore] = []
    subjects: list[tuple[str, str]] = []
    for one in met:
        wider = one
        while not (wider.mask & here).any() and (group := _broader_term(index, wider.term)):
            wider = score_term(index, group, moment)
        if wider is not one:
            subjects.append((one.term.meanings[0].label, wider.term.meanings[0].label))
        made.append(wider)
    return made, tuple(subjects)


def _broader_term(index: SearchIndex, group: Term) -> Term | None:
    broader = index.vocabulary.lexicon.broader
    found = [broader[m.words] for m in group.meanings if m.words in broader]
    return replace(group, literal=(), meanings=tuple(found)) if found else None


def _match_all(index: SearchIndex, met: Iterable[TermScore]) -> Mask:
    chosen = np.ones(index.size, dtype=np.bool_)
    for one in met:
        chosen &= one.mask
    return chosen


def _match_most(index: SearchIndex, met: Sequence[TermScore]) -> Selection:
    """Return the units that meet the places and enough of the rest."""
    places = [one for one in met if one.is_place]
    rest = [one for one in met if not one.is_place]
    chosen = _match_all(index, places)
    weight = np.zeros(index.size, dtype=np.float32)
    for one in rest:
        weight += one.mask.astype(np.float32) * np.float32(one.weight)
    enough = chosen & (weight >= MIN_COVERAGE * sum(one.weight for one in rest))
    if rest and enough.any():
        return Selection(enough, met, SearchNotes(partial=True))
    # Only the place was understood: its units are the next best answer.
    if places:
        missing = tuple(m.label for one in rest for m in one.term.meanings[:1] if m.is_subject)
        return Selection(chosen, places, SearchNotes(partial=True, missing=missing))
    return Selection(index.mask_of([]), met)


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
        reading = query_parser.parse_query(text, index.vocabulary)
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

"""Which units meet a query: all its terms, or the strictest relaxation that some unit meets.

Values in, values out. What was relaxed stands in the notes, for the person to read.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from canais_app.directory.search.index import Mask, SearchIndex
from canais_app.directory.search.query_parser import Term
from canais_app.directory.search.scoring import (
    FUZZY_WEIGHT,
    LiveFilters,
    TermScore,
    add_score,
    score_term,
    score_words,
)

RESIDUAL_SUBJECT = ("civel",)
MIN_COVERAGE = 0.5  # the share of the terms' weight that a partial answer must meet


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
class Selection:
    """The units that meet a query, the terms by which they do, and the notes."""

    mask: Mask
    scores: Sequence[TermScore] = ()
    notes: SearchNotes = field(default_factory=SearchNotes)


def find_first_matching(
    index: SearchIndex, scores: Sequence[TermScore], live_filters: LiveFilters, exact: Mask
) -> Selection:
    """Return the units of the strictest relaxation that some unit meets."""
    scores = _join_conflicting(index, scores, lambda term: term.place is not None)
    for relaxed, notes in _relaxations(index, scores, live_filters):
        chosen = _match_all(index, relaxed) | exact
        if chosen.any():
            return Selection(chosen, relaxed, notes)
    return _match_most(index, scores)


def drop_noise(
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
        if not both.any():  # a broader subject may judge it there
            both = chosen & _widest_mask(index, score)
        rank = -1 if score.term.is_plain else score.term.rank
        if both.any():
            chosen, surest = both, max(surest, rank)
        elif score.term.is_plain or rank < surest:
            dropped.append(score.term)
    kept = [s for s in scores if s.term not in dropped]
    if not kept:
        return list(scores), ()
    return kept, tuple(term for term in dropped if term.is_plain)


def weigh_hints(index: SearchIndex, scores: Sequence[TermScore]) -> list[TermScore]:
    """Leave out hints beside a surer subject; of hints alone, keep the subject most hinted at.

    Only subjects that some unit of the place judges are counted. Of a tie the first named wins, but
    cível, which judges what no other does.
    """
    hints = [s for s in scores if s.term.is_hint]
    rest = [s for s in scores if not s.term.is_hint]
    if not hints or any(m.words and not m.is_house for s in rest for m in s.term.meanings):
        return rest
    here = _match_all(index, [s for s in rest if s.is_place])
    votes = Counter(
        s.term.meanings[0].words
        for s in hints
        if (here & s.mask).any() or (here & _widest_mask(index, s)).any()
    )
    wanted = max(
        votes or [hints[0].term.meanings[0].words],
        key=lambda words: (votes[words], words != RESIDUAL_SUBJECT),
    )
    return [*rest, next(s for s in hints if s.term.meanings[0].words == wanted)]


def _widest_mask(index: SearchIndex, score: TermScore) -> Mask:
    """Return the units of the subjects broader than a term's; none when there is no broader one."""
    mask = np.zeros(index.size, dtype=np.bool_)
    term = _broader_term(index, score.term)
    while term:
        for meaning in term.meanings:
            mask |= score_words(index, meaning.words) > 0
        term = _broader_term(index, term)
    return mask


def _noise_order(score: TermScore) -> int:
    return 1 if score.term.is_plain else -score.term.rank


def _relaxations(
    index: SearchIndex, scores: Sequence[TermScore], live_filters: LiveFilters
) -> Iterator[tuple[Sequence[TermScore], SearchNotes]]:
    """Yield the terms less and less strictly; each relaxation costs, so it is made when needed."""
    yield scores, SearchNotes()
    fuzzy = [
        s if s.is_place else score_term(index, s.term, live_filters, is_fuzzy=True) for s in scores
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
        add_score(index, score, number, FUZZY_WEIGHT)
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
            wider = score_term(index, term, live_filters)
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

"""Which units meet what was typed. Values in, values out.

A unit meets a text when it meets every group of words in it (by name, alias, place, competence,
kind or channel). When none does, mistakes in known words are forgiven, a subject nobody is special
in is looked for in the broader one, a channel nobody has is dropped, and at last the best partial
answers are given; the remarks say so. A place is never given up.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from canais_app.directory.index import Mask, SearchIndex
from canais_app.directory.matching import FUZZY_WEIGHT, LiveFilters, TermScore, score_term
from canais_app.directory.understanding import ParsedQuery, Term

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

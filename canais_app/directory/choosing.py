"""Which units meet what was typed. Values in, values out.

A unit meets a text when it meets every group of words in it (by name, alias, place, competence,
kind or channel). When none does, mistakes in known words are forgiven, a subject nobody is special
in is looked for in the broader one, a channel nobody has is dropped, and at last the best partial
answers are given; the remarks say so. A place is never given up.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from canais_app.directory.index import Index, Mask
from canais_app.directory.matching import FORGIVEN, Met, Moment, meet
from canais_app.directory.understanding import Group, Reading

ENOUGH = 0.5  # the share of the words' weight that a partial answer must meet


@dataclass(frozen=True)
class Remarks:
    """What the person should know of how the answer came about."""

    partial: bool = False
    no_channel: bool = False  # nobody has the channel asked for
    no_number: bool = False  # nobody has the number asked for
    missing: tuple[str, ...] = ()  # subjects that nobody of the place has
    no_contact: bool = False  # nobody has this phone or e-mail
    broader: tuple[tuple[str, str], ...] = ()  # subjects: asked for, answered with
    unknown: tuple[Group, ...] = ()  # words that nothing was found for
    nowhere: tuple[Group, ...] = ()  # unknown words where a place would be named
    says: tuple[str, ...] = ()  # sentences of the synonyms


@dataclass(frozen=True)
class Answer:
    """Which units meet a text, by which groups, and what is to be said of it."""

    chosen: Mask
    met: Sequence[Met] = ()
    remarks: Remarks = field(default_factory=Remarks)


def choose(index: Index, text: str, reading: Reading, moment: Moment, exact: Mask) -> Answer:
    """Return the units that meet a text; those `exact`ly named are never left out."""
    says = tuple(m.says for g in reading.groups for m in g.meanings if m.says)
    nothing = index.mask([])
    if any(m.outside for g in reading.groups for m in g.meanings):
        return Answer(nothing, remarks=Remarks(says=says))
    asked = _asked(reading.groups)
    met, unknown = _known(index, asked, moment)
    nowhere = _nowhere(reading.groups, unknown)
    remarks = Remarks(says=says, unknown=unknown, nowhere=nowhere)
    if nowhere or not _says_something(text, reading, met, unknown):
        return Answer(exact, remarks=remarks)
    found = _first_that_meets(index, met, moment, exact)
    return replace(found, remarks=replace(found.remarks, says=says, unknown=unknown))


def _says_something(
    text: str, reading: Reading, met: Sequence[Met], unknown: Sequence[Group]
) -> bool:
    """Whether there is something to look for; an empty box, or little words, ask for all."""
    if unknown and all(m.group.number for m in met):
        return False
    little = all(_is_little(group) for group in reading.groups) and any(map(str.isalnum, text))
    return bool(met) or not text.strip() or little


def _is_little(group: Group) -> bool:
    return any(m.is_idle and not m.says for m in group.meanings)


def _asked(groups: Sequence[Group]) -> list[Group]:
    """Leave out what needs not be met: sentences, and a house beside what is looked for in it."""
    asked = [g for g in groups if not any(m.is_idle for m in g.meanings)]
    subjects = [g for g in asked if _is_subject(g)]
    if not subjects:
        return asked
    return [g for g in asked if not any(m.is_house for m in g.meanings)]


def _is_subject(group: Group) -> bool:
    return group.literal == ("vara",) or any(m.words and not m.is_house for m in group.meanings)


def _known(
    index: Index, asked: Sequence[Group], moment: Moment
) -> tuple[list[Met], tuple[Group, ...]]:
    """Score the groups; those that no unit meets even when mistakes are forgiven are unknown."""
    has_place = any(group.is_sure_place for group in asked)
    met: list[Met] = []
    unknown: list[Group] = []
    for group in asked:
        one = meet(index, group, moment)
        if group.place is None and not one.mask.any():
            one = meet(index, group, moment, forgiving=True)
        lost = group.is_part and has_place
        if lost or (group.place is None and not one.mask.any() and not one.is_channel):
            unknown.append(group)
        else:
            met.append(one)
    return met, tuple(unknown)


def _nowhere(groups: Sequence[Group], unknown: Sequence[Group]) -> tuple[Group, ...]:
    if any(group.is_sure_place for group in groups):
        return ()
    return tuple(group for group in unknown if group.in_place)


def _first_that_meets(index: Index, met: Sequence[Met], moment: Moment, exact: Mask) -> Answer:
    """Take the first way of reading the groups that some unit meets."""
    met = _either(index, met, lambda group: group.place is not None)
    for way, remarks in _ways(index, met, moment):
        chosen = _all(index, way) | exact
        if chosen.any():
            return Answer(chosen, way, remarks)
    return _most(index, met)


def _ways(
    index: Index, met: Sequence[Met], moment: Moment
) -> Iterator[tuple[Sequence[Met], Remarks]]:
    """Yield ways of being less strict, the strictest first."""
    forgiven = [m if m.is_place else meet(index, m.group, moment, forgiving=True) for m in met]
    either = _either(index, met, lambda group: any(m.is_subject for m in group.meanings))
    broader, subjects = _broadened(index, met, moment)
    ways = [(way, Remarks()) for way in (met, forgiven, either)]
    if subjects:
        ways.append((broader, Remarks(broader=subjects)))
    yield from ways
    if any(m.is_channel for m in met):
        for way, remarks in ways:
            yield [m for m in way if not m.is_channel], replace(remarks, no_channel=True)
    if any(m.group.number for m in met):
        yield [_any_number(index, m) for m in forgiven], Remarks(no_number=True)


def _either(index: Index, met: Sequence[Met], alike: Callable[[Group], bool]) -> list[Met]:
    """Join two places, or two subjects, that no unit has at once: either will do."""
    there = [m for m in met if alike(m.group)]
    here = [m for m in met if m.is_place]
    if len(there) < 2 or _all(index, [*there, *here]).any():  # noqa: PLR2004
        return list(met)
    score = np.max([m.score for m in there], axis=0)
    joined = replace(there[0], score=score, mask=score > 0)
    return [joined, *(m for m in met if not alike(m.group))]


def _any_number(index: Index, met: Met) -> Met:
    """Let any number meet one that nobody has; those a slip away are nearer."""
    if not met.group.number:
        return met
    near = index.vocabulary.numbers_near(met.group.number)
    score = np.zeros(index.size, dtype=np.float32)
    for number in near:
        places, weights = index.postings[number]
        score[places] = weights * np.float32(FORGIVEN)
    return replace(met, score=score, mask=np.ones(index.size, dtype=np.bool_))


def _broadened(
    index: Index, met: Sequence[Met], moment: Moment
) -> tuple[list[Met], tuple[tuple[str, str], ...]]:
    """Replace each subject that nobody has here by the broader one that somebody has."""
    here = _all(index, [m for m in met if m.is_place])
    made: list[Met] = []
    subjects: list[tuple[str, str]] = []
    for one in met:
        wider = one
        while not (wider.mask & here).any() and (group := _wider(index, wider.group)):
            wider = meet(index, group, moment)
        if wider is not one:
            subjects.append((one.group.meanings[0].label, wider.group.meanings[0].label))
        made.append(wider)
    return made, tuple(subjects)


def _wider(index: Index, group: Group) -> Group | None:
    broader = index.vocabulary.lexicon.broader
    found = [broader[m.words] for m in group.meanings if m.words in broader]
    return replace(group, literal=(), meanings=tuple(found)) if found else None


def _all(index: Index, met: Iterable[Met]) -> Mask:
    chosen = np.ones(index.size, dtype=np.bool_)
    for one in met:
        chosen &= one.mask
    return chosen


def _most(index: Index, met: Sequence[Met]) -> Answer:
    """Return the units that meet the places and enough of the rest."""
    places = [one for one in met if one.is_place]
    rest = [one for one in met if not one.is_place]
    chosen = _all(index, places)
    weight = np.zeros(index.size, dtype=np.float32)
    for one in rest:
        weight += one.mask.astype(np.float32) * np.float32(one.weight)
    enough = chosen & (weight >= ENOUGH * sum(one.weight for one in rest))
    if rest and enough.any():
        return Answer(enough, met, Remarks(partial=True))
    # Only the place was understood: its units are the next best answer.
    if places:
        missing = tuple(m.label for one in rest for m in one.group.meanings[:1] if m.is_subject)
        return Answer(chosen, places, Remarks(partial=True, missing=missing))
    return Answer(index.mask([]), met)

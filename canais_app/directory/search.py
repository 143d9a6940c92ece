"""The ranking of units for what was typed. Values in, values out.

A unit meets a text when it meets every group of words in it (by name, alias, place, competence,
kind or channel). When none does, mistakes in known words are forgiven, then the best partial
answers are given. A score is the sum of the parts it is explained by.
"""

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from canais_app.directory import understanding
from canais_app.directory.index import LOCAL_NUMBER, Floats, Index, Mask
from canais_app.directory.lexicon import Meaning
from canais_app.directory.understanding import Group, Reading
from canais_app.kit.text import fold

EXACT_NAME, EXACT_ALIAS, COVERAGE = 100.0, 90.0, 3.0
FORGIVEN = 0.6  # what a corrected word is worth
BEGUN = 0.8  # what the beginning of a word is worth
SAID = 0.75  # what a synonym's words are worth beside the words themselves
PLACE_WEIGHT = 6.0
ENOUGH = 0.5  # the share of the words' weight that a partial answer must meet
_EMAIL = re.compile(r"[\w.+-]+@[\w.-]*")
_PHONE = re.compile(r"(?<!\d)\+?\(?\d[\d\s().-]{6,18}\d(?!\d)")


@dataclass(frozen=True)
class Filters:
    """Choices beside the words; empty ones do not choose. `competence` is the tag's name."""

    comarca_id: int | None = None
    kind: str = ""
    channel: str = ""
    competence: str = ""
    degree: int = 0
    open_now: bool = False


@dataclass(frozen=True)
class Hit:
    """A unit found, by its place in the index, and why it stands where it stands."""

    at: int
    score: float
    parts: dict[str, float]


@dataclass(frozen=True)
class Found:
    """One page of the ranked units, how many in all, and how the text was read."""

    hits: list[Hit]
    total: int
    reading: Reading
    facets: dict[str, int]
    partial: bool = False
    dropped_channel: bool = False


@dataclass(frozen=True)
class _Met:
    """How well every unit meets one group; `weight` is what the group counts."""

    score: Floats
    mask: Mask
    weight: float
    is_place: bool = False
    is_channel: bool = False


@dataclass(frozen=True)
class _Meeting:
    """Which units meet a text, and the parts of their scores."""

    chosen: Mask
    parts: dict[str, Floats]
    partial: bool = False
    dropped_channel: bool = False


def search(  # noqa: PLR0913 (one question, one page of the answer)
    index: Index, text: str, filters: Filters, *, is_open: Mask, offset: int = 0, limit: int = 20
) -> Found:
    """Rank the units that meet a text and the filters, best first.

    `is_open` says of every unit of the index whether it answers at the moment asked about.
    """
    contacts = _by_contact(index, text)
    if contacts is None:
        reading = understanding.read(text, index.vocabulary)
        meeting = _meet(index, reading, is_open)
    else:
        reading, chosen = Reading((), ()), index.mask(contacts)
        meeting = _Meeting(chosen, {"contact": chosen.astype(np.float32) * EXACT_NAME})
    chosen = meeting.chosen & _filtered(index, filters, is_open)
    hits = _hits(chosen, meeting.parts)[offset : offset + limit]
    return Found(
        hits=[_explain(at, meeting.parts) for at in hits],
        total=int(np.count_nonzero(chosen)),
        reading=reading,
        facets=_facets(index, chosen, is_open),
        partial=meeting.partial,
        dropped_channel=meeting.dropped_channel,
    )


def _hits(chosen: Mask, parts: Mapping[str, Floats]) -> NDArray[np.intp]:
    """Return the places of the chosen units, best first.

    The index stands in its own order, so a stable sort keeps it among equals.
    """
    places = np.flatnonzero(chosen)
    score = np.sum([part[places] for part in parts.values()], axis=0)
    return places[np.argsort(-score, kind="stable")]


def _explain(at: np.intp, parts: Mapping[str, Floats]) -> Hit:
    worth = {name: round(float(part[at]), 3) for name, part in parts.items() if part[at]}
    return Hit(int(at), round(sum(worth.values()), 3), worth)


def _meet(index: Index, reading: Reading, is_open: Mask) -> _Meeting:
    exact = _exact(index, reading)
    met = [_met(index, group, is_open, forgiving=False) for group in reading.groups]
    chosen = _all(index, met) | (exact > 0)
    partial = dropped = False
    if not chosen.any():
        forgiven = [_met(index, group, is_open, forgiving=True) for group in reading.groups]
        chosen = _all(index, forgiven)
        met = forgiven if chosen.any() else met
    if not chosen.any() and any(one.is_channel for one in met):
        met = [one for one in met if not one.is_channel]
        chosen, dropped = _all(index, met), True
    if not chosen.any():
        chosen, partial = _most(index, met), True
    return _Meeting(chosen, _parts(index, reading, met, exact), partial, dropped)


def _parts(index: Index, reading: Reading, met: Sequence[_Met], exact: Floats) -> dict[str, Floats]:
    words = np.zeros(index.size, dtype=np.float32)
    for one in met:
        words += one.score * np.float32(one.weight)
    if all(one.is_place or one.is_channel for one in met):
        places = np.sign(words, dtype=np.float32) * np.float32(PLACE_WEIGHT)
        return {"words": places, "exact": exact, "kind": index.front_door}
    coverage = _coverage(index, reading)
    return {"words": words, "exact": exact, "coverage": coverage, "kind": index.prior}


def _met(index: Index, group: Group, is_open: Mask, *, forgiving: bool) -> _Met:
    score, frequency = _literal(index, group.literal, forgiving=forgiving)
    for word in group.expansions:
        _take(index, score, word, BEGUN)
    place = channel = False
    for meaning in group.meanings:
        other = _meant(index, meaning, is_open)
        place = place or meaning.place is not None
        channel = channel or bool(meaning.channel)
        np.maximum(score, other, out=score)
    mask = score > 0
    count = max(1, int(np.count_nonzero(mask)) if group.expansions or place else frequency)
    weight = PLACE_WEIGHT if place else min(8.0, 0.5 + math.log(1 + index.size / count))
    return _Met(score, mask, weight * len(group.literal) ** 0.5, place, channel)


def _literal(index: Index, words: Sequence[str], *, forgiving: bool) -> tuple[Floats, int]:
    """Score the units in which all of the words stand; the mean of their weights."""
    total: Floats | None = None
    frequency = index.size
    for word in words:
        one = np.zeros(index.size, dtype=np.float32)
        frequency = min(frequency, _take(index, one, word, 1.0))
        if forgiving:
            for near in index.vocabulary.spelling.near(word):
                _take(index, one, near, FORGIVEN)
        total = one if total is None else np.where((one > 0) & (total > 0), total + one, 0)
    assert total is not None  # noqa: S101 (a group has at least one word)
    return (total / np.float32(len(words))).astype(np.float32), frequency


def _take(index: Index, score: Floats, word: str, worth: float) -> int:
    posting = index.postings.get(word)
    if posting is None:
        return index.size
    places, weights = posting
    score[places] = np.maximum(score[places], weights * np.float32(worth))
    return len(places)


def _meant(index: Index, meaning: Meaning, is_open: Mask) -> Floats:
    nothing = np.zeros(index.size, dtype=np.bool_)
    if meaning.place is not None:
        # A place to be confirmed has no comarca, and is met by a unit's own words only.
        comarca = meaning.place.comarca_id or -1
        return index.comarcas.get(comarca, nothing).astype(np.float32)
    if meaning.channel:
        return index.channels.get(meaning.channel, nothing).astype(np.float32)
    if meaning.degree:
        return index.degrees.get(meaning.degree, nothing).astype(np.float32)
    if meaning.open_now:
        return is_open.astype(np.float32)
    return _literal(index, meaning.words, forgiving=False)[0] * np.float32(SAID)


def _all(index: Index, met: Sequence[_Met]) -> Mask:
    chosen = np.ones(index.size, dtype=np.bool_)
    for one in met:
        chosen &= one.mask
    return chosen


def _most(index: Index, met: Sequence[_Met]) -> Mask:
    """Return the units that meet the places and enough of the rest."""
    chosen = np.ones(index.size, dtype=np.bool_)
    weight = np.zeros(index.size, dtype=np.float32)
    rest = [one for one in met if not one.is_place]
    for one in met:
        if one.is_place:
            chosen &= one.mask
    for one in rest:
        weight += one.mask.astype(np.float32) * np.float32(one.weight)
    whole = sum(one.weight for one in rest)
    if not rest:
        return chosen if met and chosen.any() else np.zeros(index.size, dtype=np.bool_)
    enough = chosen & (weight >= ENOUGH * whole)
    if enough.any():
        return enough
    # Only the place was understood: its units are the next best answer.
    has_place = any(one.is_place for one in met)
    return chosen if has_place else np.zeros(index.size, dtype=np.bool_)


def _exact(index: Index, reading: Reading) -> Floats:
    bonus = np.zeros(index.size, dtype=np.float32)
    mended = tuple(word for group in reading.groups for word in group.literal)
    for key, worth in ((mended, FORGIVEN), (reading.key, 1.0)):
        for places, value in (
            (index.exact_aliases.get(key, []), EXACT_ALIAS),
            (index.exact_names.get(key, []), EXACT_NAME),
        ):
            bonus[places] = np.maximum(bonus[places], np.float32(value * worth))
    return bonus


def _coverage(index: Index, reading: Reading) -> Floats:
    """Favour names of which much was said over longer ones that hold the same words."""
    said = np.zeros(index.size, dtype=np.float32)
    for word in {word for group in reading.groups for word in group.literal}:
        posting = index.postings.get(word)
        if posting is not None:
            said[posting[0]] += (posting[1] >= 1).astype(np.float32)
    return (said / index.name_lengths * np.float32(COVERAGE)).astype(np.float32)


def _filtered(index: Index, filters: Filters, is_open: Mask) -> Mask:
    chosen = np.ones(index.size, dtype=np.bool_)
    nothing = np.zeros(index.size, dtype=np.bool_)
    for wanted, masks in (
        (filters.comarca_id, index.comarcas),
        (filters.kind, index.kinds),
        (filters.channel, index.channels),
        (fold(filters.competence), index.competences),
        (filters.degree, index.degrees),
    ):
        if wanted:
            chosen = chosen & masks.get(wanted, nothing)
    return chosen & is_open if filters.open_now else chosen


def _facets(index: Index, chosen: Mask, is_open: Mask) -> dict[str, int]:
    counts = {f"channel:{kind}": mask for kind, mask in index.channels.items()}
    counts |= {f"degree:{degree}": mask for degree, mask in index.degrees.items()}
    counts |= {f"kind:{kind}": mask for kind, mask in index.kinds.items()}
    counts["open_now"] = is_open
    return {name: int(np.count_nonzero(chosen & mask)) for name, mask in counts.items()}


def _by_contact(index: Index, text: str) -> list[int] | None:
    """Return the units behind a phone or an e-mail; None when the text holds neither."""
    if email := _EMAIL.search(text):
        return _by_email(index, fold(email.group()))
    if not (phone := _PHONE.search(text)):
        return None
    digits = re.sub(r"\D", "", phone.group()).lstrip("0")
    if len(digits) < LOCAL_NUMBER:
        return None
    return [
        at
        for at in index.contacts.get(digits[-LOCAL_NUMBER:], [])
        if any(c.endswith(digits) or digits.endswith(c) for c in index.documents[at].contacts)
    ]


def _by_email(index: Index, said: str) -> list[int]:
    exact = index.contacts.get(said)
    if exact:
        return exact
    return [
        at
        for at, document in enumerate(index.documents)
        if any("@" in c and c.startswith(said) for c in document.contacts)
    ]

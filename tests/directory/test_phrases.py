"""The table of phrases: what people of Mato Grosso type, and the answer each must get."""

import random
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from canais_app.directory import reference
from canais_app.directory.search.everyday import load_everyday_words
from canais_app.directory.search.lexicon import SUBJECTS, build_lexicon
from canais_app.directory.search.normalization import STOP_WORDS, list_singulars, normalised_words
from canais_app.directory.search.patterns import is_pattern, parse_pattern
from canais_app.directory.views import SearchAnswer
from tests.directory.conftest import Ask

TABLE = Path(__file__).parent / "phrases.txt"


class Phrase(NamedTuple):
    words: str
    answer: str
    place: str
    reason: str


def _read_table() -> Iterator[Phrase]:
    answer = place = reason = ""
    for line in TABLE.read_text("utf-8").splitlines():
        if line.startswith("## "):
            head, _, reason = line.removeprefix("## ").partition(" -- ")
            answer, _, place = (part.strip() for part in head.partition("@"))
        elif not line.startswith("#"):
            yield from (Phrase(words.strip(), answer, place, reason) for words in line.split(" / "))


PHRASES = list(_read_table())


def is_right(answer: SearchAnswer, wanted: str, place: str = "") -> bool:
    kind, colon, value = wanted.partition(":")
    if colon and kind == "says":
        titles = " ".join(card.title for card in answer.answers)
        return value.lower() in f"{titles} {answer.advice}".lower()
    if not answer.items or (place and answer.items[0].comarca != place):
        return False
    first = answer.items[0]
    if colon:
        return (first.kind if kind == "kind" else first.name) == value
    if wanted == "violência doméstica" and "180" not in answer.advice:
        return False
    return wanted in first.competences


def test_the_table_has_eight_hundred_phrases_with_reasons() -> None:
    assert len({phrase.words for phrase in PHRASES}) >= 800
    assert all(phrase.reason for phrase in PHRASES)


@pytest.mark.parametrize("answer", sorted({phrase.answer for phrase in PHRASES}))
def test_each_phrase_gets_its_answer(ask: Ask, answer: str) -> None:
    asked = [phrase for phrase in PHRASES if phrase.answer == answer]
    wrong = [p for p in asked if not is_right(ask(p.words), answer, p.place)]
    assert not wrong


SUBJECT_OF = {normalised_words(name): name for name in SUBJECTS}
TAG_OF = {"família": "família e sucessões", "sucessões": "família e sucessões"}
TAG_OF |= {"infância": "infância e juventude", "fazenda": "fazenda pública"}
NEEDS = [
    (row["said"], row["means"].partition(";")[0].strip(" ?"))
    for row in reference.read_seed_rows("synonyms")
    if normalised_words(row["means"].partition(";")[0]) in SUBJECT_OF
]


def test_every_pattern_of_the_table_is_read() -> None:
    """A pattern with a stop-word in it would be left out without a word."""
    for row in reference.read_seed_rows("synonyms"):
        if is_pattern(row["said"]):
            assert parse_pattern(row["said"])


def test_a_hint_counts_only_where_nothing_surer_names_a_subject(ask: Ask) -> None:
    assert "família e sucessões" in ask("meu filho sinop").items[0].competences
    assert "criminal" in ask("roubaram o celular do meu filho sinop").items[0].competences
    # of several hints, the subject most hinted at; one that no unit of the place judges has no vote
    assert "família e sucessões" in ask("pai e criança cáceres").items[0].competences


def test_a_number_that_counts_something_numbers_no_unit(ask: Ask) -> None:
    answer = ask("3 filhos cáceres")
    assert answer.items[0].name == "Vara de Família de Cáceres"
    assert "com esse número" not in answer.advice


def test_a_hint_refuses_nothing(ask: Ask) -> None:
    assert not ask("meu filho foi demitido sinop").items  # the Justiça do Trabalho's card
    assert "trabalho" in ask("meu filho foi demitido sinop").advice.lower()


def test_the_table_of_needs_has_four_hundred_rows() -> None:
    assert len(NEEDS) >= 400


@pytest.mark.parametrize("means", sorted({means for _, means in NEEDS}))
def test_each_need_of_the_table_finds_its_competence(ask: Ask, means: str) -> None:
    wanted = TAG_OF.get(means, means)
    wrong: list[str] = []
    for said in (said for said, other in NEEDS if other == means):
        words = " ".join(map(_any_word_of, said.split("+"))) if is_pattern(said) else said
        answer = ask(f"{words} cuiabá")
        if not is_right(answer, wanted, "Cuiabá"):
            wrong.append(f"{words}: {[card.name for card in answer.items[:1]]}")
    assert not wrong


def _any_word_of(group: str) -> str:
    """Return a word that meets a group: a whole one, or an everyday one with its beginning."""
    choices = [choice.strip() for choice in group.split("|")]
    whole = [choice for choice in choices if not choice.endswith("*")]
    if whole:
        return whole[0]
    stem = choices[0].removesuffix("*")
    known = load_everyday_words() - STOP_WORDS
    return min((w for w in known if w.startswith(stem)), key=len, default=stem)


RIGHT_QUERIES = (
    "juizado sorriso",
    "vara de família sinop",
    "2ª vara cível de rondonópolis",
    "pensão cáceres",
)


def test_everyday_words_do_not_change_the_first_result(ask: Ask) -> None:
    """500 words in three positions; those that mean something to the search may."""
    gazetteer = build_lexicon([], []).gazetteer
    said = {
        word
        for row in reference.read_seed_rows("synonyms")
        for word in normalised_words(row["said"].replace("|", " ").replace("*", " "))
    }
    known = {w for p in ask("", limit=100).items for w in normalised_words(p.comarca)}
    words = sorted(
        word
        for word in load_everyday_words() - said - known - STOP_WORDS - gazetteer.words
        if len(word) > 2 and word.isalpha() and said.isdisjoint(list_singulars(word))
    )
    changed: list[str] = []
    for word in random.Random(17).sample(words, 500):
        query = RIGHT_QUERIES[len(word) % len(RIGHT_QUERIES)]
        first = ask(query).items[0].name
        head, _, tail = query.rpartition(" ")
        for text in (f"{word} {query}", f"{head} {word} {tail}", f"{query} {word}"):
            items = ask(text).items
            if not items or items[0].name != first:
                changed.append(text)
    assert not changed

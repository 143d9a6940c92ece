"""One result for both databases: the same words give the same units in the same order."""

from collections.abc import Iterator
from datetime import datetime

import pytest
from sqlmodel import Session

from canais_app.directory import unit_search
from canais_app.directory.unit_page import load_unit_page
from canais_app.kit import db
from tests.factories import directory as make

QUERIES = (
    "whatsapp juizado sinop",
    "2a civel rondonopolis",
    "jecrim vg",
    "pensão cuiaba",
    "vara unica de vrea",
    "gabinete juizado sinop",
    "forum sinop",
    "+55 65 3000-0001",
    "0000001-49.2026.8.11.0015",
    "",
    "nada que exista",
)


@pytest.fixture
def answers(any_database: str, now: datetime) -> Iterator[dict[str, list[str]]]:
    with Session(db.get_engine()) as session:
        make.make_small_directory(session)
        session.commit()
        yield {
            words: [
                card.slug
                for card in unit_search.find_units(session, words, now=now, limit=50).items
            ]
            for words in QUERIES
        }


_seen: dict[str, list[str]] = {}


def test_the_same_words_give_the_same_units_in_the_same_order(
    answers: dict[str, list[str]], any_database: str
) -> None:
    if not _seen:
        _seen.update(answers)
    assert answers == _seen
    assert answers["whatsapp juizado sinop"][0] == "juizado-especial-civel-de-sinop-secretaria"
    assert answers["nada que exista"] == []


def test_a_units_page_is_read_in_both(any_database: str, now: datetime) -> None:
    with Session(db.get_engine()) as session:
        make.make_small_directory(session)
        session.commit()
        page = load_unit_page(session, "vara-unica-de-vera", now=now)
    assert page.card.comarca == "Vera"
    assert page.nearby[0].name == "Feliz Natal"

"""The search by address and postal code, and of units that are no more."""

from datetime import datetime

import pytest
from sqlmodel import Session

from canais_app.accounts.roles import Actor
from canais_app.directory import hooks, unit_search
from canais_app.directory.editing import tree
from canais_app.directory.models import Unit
from tests.factories import accounts
from tests.factories import directory as make
from tests.people import ADMIN

ADDRESS = "Av. Historiador Rubens de Mendonça, 4000, CEP 78049-900"


@pytest.fixture
def units(session: Session) -> dict[str, Unit]:
    return make.make_small_directory(session)


@pytest.fixture
def admin(session: Session, now: datetime) -> Actor:
    return accounts.make_actor(session, ADMIN, now=now)


@pytest.mark.parametrize(
    "words",
    ["rubens de mendonça", "78049-900", "78049900", "cep 78049-900", "av historiador rubens"],
)
def test_an_address_and_a_postal_code_find_their_units(
    session: Session, units: dict[str, Unit], now: datetime, words: str
) -> None:
    make.make_unit(session, "Vara de Teste de Vera", place="Vera", address=ADDRESS)
    found = unit_search.find_units(session, words, now=now)
    assert [card.name for card in found.items] == ["Vara de Teste de Vera"]


def test_an_unknown_postal_code_is_said_to_be_none(
    session: Session, units: dict[str, Unit], now: datetime
) -> None:
    assert "CEP" in unit_search.find_units(session, "78000-001", now=now).advice


@pytest.mark.parametrize("words", ["1 vara paranatinga", "1ª Vara de Paranatinga"])
def test_a_retired_unit_is_found_with_the_one_that_attends(
    session: Session, units: dict[str, Unit], admin: Actor, now: datetime, words: str
) -> None:
    gone = make.make_unit(session, "1ª Vara de Paranatinga", place="Paranatinga")
    stays = make.make_unit(session, "2ª Vara de Paranatinga", place="Paranatinga")
    session.flush()
    tree.retire_unit(session, gone.code, stays.code, actor=admin, now=now)
    answer = unit_search.find_units(session, words, now=now)
    assert answer.items[0].name == "2ª Vara de Paranatinga"
    assert "1ª Vara de Paranatinga foi extinta em" in answer.advice
    assert "atende 2ª Vara de Paranatinga" in answer.advice
    assert (
        "foi extinta" not in unit_search.find_units(session, "2 vara paranatinga", now=now).advice
    )


def test_a_magistrate_is_asked_for_where_an_agenda_is_published(
    session: Session, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in (1, 2):
        make.make_unit(
            session, f"Gabinete da {number}ª Vara Cível de Sinop", kind="gabinete", place="Sinop"
        )
    answer = unit_search.find_units(session, "falar com o juiz sinop", now=now)
    assert "Nenhum gabinete destes publica agenda" in answer.advice
    second = next(card.id for card in answer.items if "2ª" in card.name)
    monkeypatch.setattr(hooks.hooks, "bookable", lambda _session: {second})
    answer = unit_search.find_units(session, "falar com o juiz sinop", now=now)
    assert answer.items[0].id == second
    assert "publica agenda" not in answer.advice

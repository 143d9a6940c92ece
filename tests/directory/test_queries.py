from datetime import datetime, timedelta

import pytest
from sqlmodel import Session

from canais_app.directory import hooks, notices, queries, unit_search
from canais_app.directory.hooks import AgendaSummary
from canais_app.directory.models import Unit
from canais_app.directory.search import case_number
from canais_app.directory.unit_page import load_unit_page
from canais_app.directory.unit_search import UnitFilters
from canais_app.kit.errors import InvalidError, NotFoundError
from tests.factories import directory as make

Units = dict[str, Unit]
SINOP_CASE = "0000001-49.2026.8.11.0015"


@pytest.fixture
def units(session: Session) -> Units:
    return make.make_small_directory(session)


@pytest.mark.parametrize(
    ("words", "first"),
    [
        ("whatsapp juizado sinop", "registry"),
        ("pensão cuiaba", "family"),
        ("2a civel rondonopolis", "civil"),
        ("segunda vara civel de Rondonópolis", "civil"),
        ("II civel rondonopolis", "civil"),
        ("jecrim vg", "jecrim"),
        ("JEC Sinop", "jec"),
        ("forum sinop", "forum"),
        ("confresa", "porto"),
        ("divórcio vera", "sole"),
        ("camara direito privado", "chamber"),
        ("2º grau", "chamber"),
        ("juizado especal civel de sinop secretaria", "registry"),
        ("rondonopols civel", "civil"),
        ("varzea grnde juizado", "jecrim"),
        ("juizadoespecial sinop gabinete", "chambers"),
        ("gabinete juizado sin op", "chambers"),
        ("porto alegre do norte", "porto"),
    ],
)
def test_a_typed_query_ranks_the_unit_first(
    session: Session, now: datetime, units: Units, words: str, first: str
) -> None:
    answer = unit_search.find_units(session, words, now=now)
    assert answer.items[0].name == units[first].name


def test_every_unit_is_found_first_by_its_own_name_and_by_each_alias(
    session: Session, now: datetime, units: Units
) -> None:
    for unit in units.values():
        for name in (unit.name, unit.name.upper(), *unit.aliases):
            assert unit_search.find_units(session, name, now=now).items[0].id == unit.id


def test_phones_and_emails_find_their_unit(session: Session, now: datetime, units: Units) -> None:
    unit = units["civil"]
    for words in (
        f"(65) 30{unit.id:06d}",
        f"30{unit.id:06d}",
        "2a-vara-civel-de-rondonopolis@exemplo",
    ):
        found = unit_search.find_units(session, words, now=now)
        assert [card.id for card in found.items] == [unit.id]


def test_an_unconfirmed_municipality_gets_advice_and_no_unit(
    session: Session, now: datetime, units: Units
) -> None:
    answer = unit_search.find_units(session, "vara denise", now=now)
    assert answer.items == []
    assert "Denise" in answer.advice
    assert "Ouvidoria" in answer.advice


def test_an_empty_answer_has_advice(session: Session, now: datetime, units: Units) -> None:
    answer = unit_search.find_units(session, "zzyzx qqwwk", now=now)
    assert answer.items == []
    assert "Ouvidoria" in answer.advice


def test_each_understood_part_can_be_removed(session: Session, now: datetime, units: Units) -> None:
    answer = unit_search.find_units(session, "whatsapp juizado sinop", now=now)
    assert [part.label for part in answer.understood] == [
        "Com WhatsApp",
        "Juizado especial",
        "Comarca: Sinop",
    ]
    assert answer.understood[0].rest == "juizado sinop"


def test_a_correction_is_suggested(session: Session, now: datetime, units: Units) -> None:
    answer = unit_search.find_units(session, "civel rondonopols", now=now)
    assert answer.did_you_mean == "civel Rondonópolis"
    assert unit_search.find_units(session, "civel rondonopolis", now=now).did_you_mean == ""


def test_scores_are_the_sum_of_their_parts(session: Session, now: datetime, units: Units) -> None:
    for card in unit_search.find_units(session, "juizado sinop", now=now).items:
        assert card.score == pytest.approx(sum(card.parts.values()), abs=0.01)


def test_filters_narrow_and_count(session: Session, now: datetime, units: Units) -> None:
    answer = unit_search.find_units(session, "sinop", UnitFilters(channel="whatsapp"), now=now)
    assert [card.id for card in answer.items] == [units["registry"].id]
    assert unit_search.find_units(session, "sinop", now=now).facets["channel:whatsapp"] == 1
    with pytest.raises(InvalidError):
        unit_search.find_units(session, "", UnitFilters(comarca="atlantida"), now=now)


def test_open_now_uses_the_court_s_zone(session: Session, now: datetime, units: Units) -> None:
    open_now = unit_search.find_units(session, "sinop", UnitFilters(open_now=True), now=now)
    assert open_now.total == 4
    assert open_now.items[0].open_words == "Aberta · fecha às 19h"
    night = now + timedelta(hours=8)
    assert (
        unit_search.find_units(session, "sinop", UnitFilters(open_now=True), now=night).total == 0
    )
    card = unit_search.find_units(session, "sinop", now=night).items[0]
    assert card.open_words == "Fechada · abre amanhã às 12h"


def test_pages_of_the_answer_have_no_gap_or_repeat(
    session: Session, now: datetime, units: Units
) -> None:
    first = unit_search.find_units(session, "", now=now, limit=4)
    rest = unit_search.find_units(session, "", now=now, limit=50, offset=first.next)
    ids = [card.id for card in (*first.items, *rest.items)]
    assert len(ids) == len(set(ids)) == first.total


def test_a_case_number_finds_its_origin(session: Session, now: datetime, units: Units) -> None:
    answer = unit_search.find_case_origin(session, SINOP_CASE, now=now)
    assert answer.comarca == "Sinop"
    assert "origem: comarca de sinop; confirme a unidade no pje" in answer.message.lower()
    assert {card.comarca for card in answer.units} == {"Sinop"}
    typed = unit_search.find_units(session, SINOP_CASE, now=now)
    assert typed.case == answer
    assert typed.understood == []


def test_an_unknown_origin_is_no_error(session: Session, now: datetime, units: Units) -> None:
    bare = "00000010020268119199"[:16] + "0999"
    number = bare[:7] + case_number.compute_check_digits(bare) + bare[9:]
    answer = unit_search.find_case_origin(session, number, now=now)
    assert answer.valid
    assert "Origem não identificada" in answer.message


def test_an_invalid_case_number_gets_a_sentence(
    session: Session, now: datetime, units: Units
) -> None:
    answer = unit_search.find_units(session, "0000001-50.2026.8.11.0015", now=now)
    assert answer.case is not None
    assert not answer.case.valid
    assert "verificadores" in answer.case.message


def test_the_index_follows_every_change(session: Session, now: datetime, units: Units) -> None:
    assert unit_search.find_units(session, "zebu", now=now).total == 0
    make.make_unit(session, "Vara do Zebu Mecânico de Sinop")
    assert unit_search.find_units(session, "zebu", now=now).total == 1
    units["civil"].active = False
    session.add(units["civil"])
    session.flush()
    with pytest.raises(NotFoundError):
        load_unit_page(session, units["civil"].slug, now=now)


def test_a_unit_s_page_shows_sectors_and_parents(
    session: Session, now: datetime, units: Units
) -> None:
    page = load_unit_page(session, units["registry"].slug, now=now)
    assert [card.id for card in page.above] == [units["jec"].id]
    assert [card.id for card in page.sisters] == [units["chambers"].id]
    assert page.hours == "segunda a sexta, das 12h às 19h"


def test_a_notice_is_on_each_card_in_its_scope(
    session: Session, now: datetime, units: Units
) -> None:
    make.make_notice(
        session, "Fórum sem energia", comarca_id=units["forum"].comarca_id, act="Portaria 12/2026"
    )
    cards = unit_search.find_units(session, "vara", now=now).items
    assert not any(card.notices for card in cards)
    assert queries.load_unit_card(session, units["jec"].slug, now=now).notices == [
        "Fórum sem energia. Portaria 12/2026."
    ]
    assert notices.list_current_and_announced(session, now)[0].scope == "Sinop"


def test_a_card_shows_the_agenda_s_next_free_time(
    session: Session, now: datetime, units: Units, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(hooks, "hooks", hooks.Hooks())
    chambers = units["chambers"]
    hooks.register_agendas(
        lambda _s, ids, _n: {
            i: AgendaSummary("gab", "qua., 25/11, 14h") for i in ids if i == chambers.id
        },
        lambda _s: [chambers.id or 0],
    )
    card = queries.load_unit_card(session, chambers.slug, now=now)
    assert card.next_free == "qua., 25/11, 14h"
    assert card.channels[0].href == "/agenda/gab"


def test_too_long_a_text_is_refused_at_its_field(
    session: Session, now: datetime, units: Units
) -> None:
    with pytest.raises(InvalidError) as refusal:
        unit_search.find_units(session, "x" * 1_000_000, now=now)
    assert "q" in refusal.value.errors


def test_unknown_slugs_are_not_found(session: Session, now: datetime, units: Units) -> None:
    for ask in (load_unit_page, queries.load_unit_card):
        with pytest.raises(NotFoundError):
            ask(session, "nao-existe", now=now)
    with pytest.raises(NotFoundError):
        queries.load_unit_ref(session, "nao-existe")
    ref = queries.load_unit_ref(session, units["civil"].slug)
    assert (ref.name, ref.comarca, ref.path) == (
        units["civil"].name,
        "Rondonópolis",
        units["civil"].path,
    )

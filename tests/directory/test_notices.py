"""Notices: on each card they concern, in words, and in the order in which they matter."""

from datetime import date, datetime, timedelta

import pytest
from sqlmodel import Session

from canais_app.directory import notices, queries
from canais_app.directory.models import Unit
from canais_app.directory.unit_page import load_unit_page
from canais_app.expediente import years
from canais_app.kit import clock
from canais_app.kit.errors import NotFoundError
from tests.factories import directory as make

Units = dict[str, Unit]
HOUR = timedelta(hours=1)


@pytest.fixture
def units(session: Session) -> Units:
    return make.make_small_directory(session)


def _card(session: Session, unit: Unit, now: datetime) -> list[str]:
    return queries.load_unit_card(session, unit.slug, now=now).notices


def test_a_unit_s_notice_applies_to_its_sectors_only(
    session: Session, now: datetime, units: Units
) -> None:
    make.make_notice(session, "Obras", kind="alterado", unit_id=units["jec"].id)
    told = {name: bool(_card(session, unit, now)) for name, unit in units.items()}
    assert {name for name, has in told.items() if has} == {"jec", "registry", "chambers"}


def test_a_state_wide_notice_is_on_every_card(
    session: Session, now: datetime, units: Units
) -> None:
    make.make_notice(session, "Luto oficial", kind="alterado")
    assert all(_card(session, unit, now) == ["Luto oficial."] for unit in units.values())


def test_a_channel_s_notice_applies_to_units_with_it(
    session: Session, now: datetime, units: Units
) -> None:
    make.make_notice(session, "Fora do ar", kind="manutencao", channel_kind="balcao_virtual")
    assert _card(session, units["registry"], now) == ["Balcão Virtual: Fora do ar."]
    assert _card(session, units["chambers"], now) == []
    assert [n.text for n in load_unit_page(session, units["registry"].slug, now=now).notices] == [
        "Fora do ar."
    ]
    assert load_unit_page(session, units["chambers"].slug, now=now).notices == []


def test_an_announced_notice_is_on_the_page_only(
    session: Session, now: datetime, units: Units
) -> None:
    make.make_notice(
        session, "Mudança", kind="alterado", starts_at=now + HOUR, unit_id=units["jec"].id
    )
    assert _card(session, units["jec"], now) == []
    (shown,) = load_unit_page(session, units["jec"].slug, now=now).notices
    assert not shown.in_force
    assert _card(session, units["jec"], now + HOUR) == ["Mudança."]


def test_a_notice_far_ahead_is_not_listed(session: Session, now: datetime, units: Units) -> None:
    make.make_notice(session, "Obras", starts_at=now + timedelta(days=46))
    assert notices.list_current_and_announced(session, now) == []
    assert len(notices.list_current_and_announced(session, now + timedelta(days=1))) == 1


def test_those_in_force_come_first(session: Session, now: datetime, units: Units) -> None:
    make.make_notice(session, "amanhã", starts_at=now + timedelta(days=1))
    make.make_notice(session, "agora", starts_at=now - HOUR)
    assert [n.text for n in notices.list_current_and_announced(session, now)] == [
        "agora.",
        "amanhã.",
    ]


def test_a_closed_card_gives_the_reason_once(session: Session, now: datetime, units: Units) -> None:
    make.make_notice(session, "Sem energia", unit_id=units["forum"].id, act="Portaria 1")
    card = queries.load_unit_card(session, units["forum"].slug, now=now)
    assert (card.open_words, card.open_reason) == (
        "Fechada, sem previsão",
        "Sem energia (Portaria 1)",
    )
    assert card.notices == ["Sem energia. Portaria 1."]


def test_the_calendar_announces_the_recesso(session: Session, now: datetime, units: Units) -> None:
    years.seed_years(session, [2026, 2027])
    found = notices.list_current_and_announced(session, now)
    assert [(n.kind, n.when, n.text) for n in found] == [
        (
            "prazos",
            "De 20/12/2026 a 06/01/2027",
            "Recesso forense: atendimento só em plantão, com prazos suspensos.",
        ),
        ("prazos", "De 07/01/2027 a 20/01/2027", "Prazos suspensos: o atendimento segue normal."),
    ]
    assert _card(session, units["jec"], now) == []
    again = notices.list_current_and_announced(session, now + HOUR)
    assert [n.uid for n in again] == [n.uid for n in found]


def test_open_and_deadlines_suspended_are_two_states_of_a_card(
    session: Session, units: Units
) -> None:
    years.seed_years(session, [2026, 2027])
    card = queries.load_unit_card(
        session, units["jec"].slug, now=clock.from_wall_clock(date(2027, 1, 8), 14)
    )
    assert (card.is_open, card.deadlines_suspended, card.on_call) == (True, True, False)


def test_a_comarcas_notices_are_its_own_its_units_and_the_states(
    session: Session, now: datetime, units: Units
) -> None:
    make.make_notice(session, "estado")
    make.make_notice(session, "sinop", comarca_id=units["jec"].comarca_id)
    make.make_notice(session, "jec", unit_id=units["jec"].id)
    make.make_notice(session, "cuiaba", comarca_id=units["family"].comarca_id)
    make.make_notice(session, "segundo grau", unit_id=units["chamber"].id)
    found = notices.list_for_place(session, now=now, comarca="sinop")
    assert {n.text for n in found} == {"estado.", "sinop.", "jec."}
    found = notices.list_for_place(session, now=now, unit=units["chamber"].slug)
    assert {n.text for n in found} == {"estado.", "segundo grau."}
    with pytest.raises(NotFoundError):
        notices.list_for_place(session, now=now, comarca="nao-existe")


@pytest.mark.parametrize(
    ("start", "end", "words"),
    [
        (
            clock.from_wall_clock(date(2026, 11, 24), 9),
            None,
            "Desde 24/11/2026, 9h, sem previsão de fim",
        ),
        (
            clock.from_wall_clock(date(2026, 11, 24), 0),
            clock.from_wall_clock(date(2026, 11, 25), 0),
            "Em 24/11/2026",
        ),
        (
            clock.from_wall_clock(date(2026, 11, 24), 0),
            clock.from_wall_clock(date(2026, 11, 26), 0),
            "De 24/11/2026 a 25/11/2026",
        ),
        (
            clock.from_wall_clock(date(2026, 11, 24), 9),
            clock.from_wall_clock(date(2026, 11, 24), 12, 30),
            "Em 24/11/2026, das 9h às 12h30",
        ),
        (
            clock.from_wall_clock(date(2026, 11, 24), 9),
            clock.from_wall_clock(date(2026, 11, 25), 12),
            "De 24/11/2026, 9h, a 25/11/2026, 12h",
        ),
    ],
)
def test_the_span_is_formatted_in_words(start: datetime, end: datetime | None, words: str) -> None:
    assert notices.format_notice_span(start, end) == words

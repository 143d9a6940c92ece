"""The editors of notices and of the year: what they foretell, what they keep, whom they refuse."""

import asyncio
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from sqlmodel import Session, select

import canais_app.canais_app  # noqa: F401 (every page registers its States)
from canais_app.admin import calendar_view, impact_preview
from canais_app.admin.calendar import form as day_form
from canais_app.admin.notices import form as notice_form
from canais_app.directory.models import Unit
from canais_app.expediente import years
from canais_app.expediente.models import CalendarDay, Notice
from canais_app.kit import clock, db
from canais_app.kit.errors import InvalidError, NotFoundError, PermissionDeniedError
from tests.doors import Browser, list_handlers
from tests.factories import accounts as people
from tests.factories import directory as make
from tests.people import ADMIN, MANAGER_A, MANAGER_B, READER

FILLED = {
    "kind": "fechada",
    "where": "estado",
    "text": "Luto oficial",
    "starts_at": "2026-11-24T12:00",
    "ends_at": "2026-11-24T15:30",
}


def test_a_form_is_read_in_the_courts_time_zone(now: datetime) -> None:
    wish = notice_form.parse_notice_form(FILLED)
    assert wish.starts_at == clock.from_wall_clock(date(2026, 11, 24), 12)
    assert wish.ends_at == clock.from_wall_clock(date(2026, 11, 24), 15, 30)
    assert notice_form.parse_notice_form({**FILLED, "ends_at": ""}).ends_at is None


@pytest.mark.parametrize(
    ("field", "wrong"),
    [
        ("where", {"where": "mundo"}),
        ("comarca_id", {"where": "comarca"}),
        ("unit_id", {"where": "unidade"}),
        ("starts_at", {"starts_at": ""}),
        ("starts_at", {"starts_at": "amanhã"}),
        ("text", {"text": "a\x00b"}),
    ],
)
def test_a_wrong_field_gets_its_message(field: str, wrong: dict[str, str]) -> None:
    with pytest.raises(InvalidError) as refused:
        notice_form.parse_notice_form({**FILLED, **wrong})
    assert list(refused.value.errors) == [field]


def test_a_stored_notice_comes_back_as_it_was_written(session: Session, now: datetime) -> None:
    row = make.make_notice(session, "Luto", starts_at=now, ends_at=now + timedelta(hours=2))
    form = notice_form.notice_form_of(row)
    assert (form["where"], form["starts_at"]) == ("estado", "2026-11-23T14:00")
    assert notice_form.parse_notice_form(form).ends_at == row.ends_at


def test_the_preview_is_the_card_as_it_will_be(session: Session, now: datetime) -> None:
    units = make.make_small_directory(session)
    ada = people.make_actor(session, ADMIN, now=now)
    wish = notice_form.parse_notice_form(
        {**FILLED, "where": "unidade", "unit_id": str(units["jec"].id)}
    )
    shown = impact_preview.preview_notice(session, wish, actor=ada, now=now)
    assert shown.card.open_words == "Fechada · abre às 15h30"
    assert shown.card.notices == ["Luto oficial."]
    assert shown.words == "Fecha 3 unidades; nenhum horário marcado no período."
    assert session.exec(select(Notice)).all() == []


def test_a_manager_sees_and_previews_only_their_own(session: Session, now: datetime) -> None:
    unit = people.make_unit(session, "a", now=now)
    make.make_notice(session, "daqui", kind="alterado", unit_id=unit.id)
    make.make_notice(session, "do Estado", kind="alterado")
    mauro = people.make_actor(session, MANAGER_A, now=now)
    bruna = people.make_actor(session, MANAGER_B, now=now)
    assert [
        one.view.text for one in impact_preview.list_editable_notices(session, actor=mauro, now=now)
    ] == ["daqui."]
    assert impact_preview.list_editable_notices(session, actor=bruna, now=now) == []
    assert [u.name for u in impact_preview.find_scope_units(session, "", actor=bruna)] == [
        "Unidade B"
    ]
    assert impact_preview.find_scope_units(session, "%%%", actor=bruna) == []
    wish = notice_form.parse_notice_form({**FILLED, "where": "unidade", "unit_id": str(unit.id)})
    with pytest.raises(NotFoundError):
        impact_preview.preview_notice(session, wish, actor=bruna, now=now)
    with pytest.raises(PermissionDeniedError):
        impact_preview.list_editable_notices(
            session, actor=people.make_actor(session, READER, now=now), now=now
        )


def test_the_year_is_read_by_month_with_its_closures(session: Session, now: datetime) -> None:
    units = make.make_small_directory(session)
    years.seed_years(session, [2026])
    make.make_notice(session, "Obras", starts_at=now, unit_id=units["family"].id)
    ada = people.make_actor(session, ADMIN, now=now)
    found = {m.name: m.lines for m in calendar_view.list_months(session, 2026, None, actor=ada)}
    assert [one.name for one in found["abril"]][1:2] == ["Aniversário de Cuiabá"]
    assert [(one.name, one.id) for one in found["novembro"]][-1] == ("Obras", 0)
    sinop = calendar_view.list_months(session, 2026, units["jec"].comarca_id, actor=ada)
    assert "Aniversário de Cuiabá" not in {line.name for m in sinop for line in m.lines}


def test_a_day_form_of_one_day_needs_no_last_day() -> None:
    wish = day_form.parse_day_form({"effect": "closed", "name": "Luto", "first_day": "2026-11-24"})
    assert (wish.first_day, wish.last_day) == (date(2026, 11, 24), date(2026, 11, 24))


def test_a_refused_form_keeps_its_input_and_a_corrected_one_is_saved(database: Any) -> None:
    with db.write_transaction() as session:
        make.make_unit(session, "Vara")
        people.make_everybody(session, now=clock.now())
        cookie = people.open_session(session, ADMIN)
    tab = Browser(cookie, "/admin/calendario")
    full = {name: entry[1] for name, entry in list_handlers().items()}

    async def story() -> None:
        for name in ("CourtCalendarState.load", "CourtCalendarState.open_new"):
            await tab.send(full[name], {})
        wrong = {"effect": "closed", "name": "Luto", "first_day": "ontem"}
        answer = await tab.send(full["CourtCalendarState.save"], {"form": wrong})
        assert set(answer.told["errors"]) == {"first_day", "last_day"}
        assert answer.told["form"]["name"] == "Luto"
        right = {**wrong, "first_day": "2026-11-26", "last_day": ""}
        answer = await tab.send(full["CourtCalendarState.save"], {"form": right})
        assert answer.told["news"] == "Dia incluído."

    asyncio.run(story())
    with db.read_transaction() as session:
        assert session.exec(select(CalendarDay.name)).all() == ["Luto"]
        assert session.exec(select(Unit.name)).first() == "Vara"

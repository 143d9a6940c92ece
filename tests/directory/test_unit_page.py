"""What a unit's page says beyond its card: the days that differ, what is near, structured data."""

from datetime import date, datetime, time

import pytest
from sqlmodel import Session

from canais_app.directory import schema_org
from canais_app.directory.cards import format_open_state
from canais_app.directory.models import Comarca
from canais_app.directory.unit_page import compute_distance_km, find_nearest, load_unit_page
from canais_app.directory.views import UnitPage
from canais_app.expediente.models import CalendarDay
from canais_app.expediente.rules import Cause, OpenState
from canais_app.kit.clock import TZ
from tests.factories import directory as make

BASE = "https://portal.invalid"


def _day(session: Session, first: date, last: date, effect: str, name: str, **more: object) -> None:
    session.add(CalendarDay(first_day=first, last_day=last, effect=effect, name=name, **more))
    session.flush()


@pytest.fixture
def december() -> datetime:
    return datetime(2026, 12, 1, 9, 0, tzinfo=TZ)


def _page(session: Session, now: datetime, **unit: object) -> UnitPage:
    row = make.make_unit(session, "Vara Única de Vera", place="Vera", **unit)
    return load_unit_page(session, row.slug, now=now)


def test_consecutive_days_with_one_reason_are_one_entry(
    session: Session, december: datetime
) -> None:
    _day(session, date(2026, 12, 20), date(2027, 1, 6), "recess", "Recesso forense")
    _day(session, date(2026, 12, 8), date(2026, 12, 8), "closed", "Dia da Justiça")
    found = _page(session, december).special
    assert [(d.when, d.reason) for d in found] == [
        ("08/12/2026", "feriado: Dia da Justiça"),
        ("21/12/2026 a 06/01/2027", "recesso forense: só plantão"),
    ]
    assert found[1].last == date(2027, 1, 6)


def test_a_day_that_opens_late_has_its_own_hours(session: Session) -> None:
    _day(
        session,
        date(2027, 2, 10),
        date(2027, 2, 10),
        "opens_late",
        "Quarta-feira de Cinzas",
        opens_at=time(13),
    )
    found = _page(session, datetime(2027, 2, 1, 9, 0, tzinfo=TZ)).special
    assert [(d.opens, d.closes) for d in found] == [("13:00", "19:00")]


def test_a_usual_week_has_no_special_days(session: Session, now: datetime) -> None:
    assert _page(session, now).special == []


def test_structured_data_say_closed_days_as_schema_org_does(
    session: Session, december: datetime
) -> None:
    _day(session, date(2026, 12, 20), date(2027, 1, 6), "recess", "Recesso forense")
    data = schema_org.unit_json_ld(_page(session, december), BASE)
    assert data["specialOpeningHoursSpecification"] == [
        {
            "@type": "OpeningHoursSpecification",
            "name": "recesso forense: só plantão",
            "validFrom": "2026-12-21",
            "validThrough": "2027-01-06",
            "opens": "00:00",
            "closes": "00:00",
        }
    ]
    assert len(data["openingHoursSpecification"]) == 5


def test_a_channel_s_own_hours_are_in_the_structured_data(
    session: Session, december: datetime
) -> None:
    page = _page(session, december, channels=[("whatsapp", "+5565999990142")])
    points = schema_org.unit_json_ld(page, BASE)["contactPoint"]
    assert [p["contactType"] for p in points] == ["WhatsApp", "Telefone", "E-mail"]
    assert all("hoursAvailable" not in point for point in points)
    assert points[2]["email"].endswith("@exemplo.invalid")
    assert points[0]["url"] == "https://wa.me/5565999990142"
    assert points[1]["telephone"].startswith("+55")
    assert "telephone" not in points[0]


def test_a_forum_is_of_a_type_that_has_contacts(session: Session, december: datetime) -> None:
    data = schema_org.unit_json_ld(_page(session, december, kind="diretoria"), BASE)
    assert data["@type"] == "GovernmentOffice"  # schema.org: a Courthouse has no contactPoint


def test_a_sector_is_in_the_building_of_the_unit_above_it(session: Session, now: datetime) -> None:
    known = {"rampa": {"has": "sim", "note": "entrada lateral"}, "elevador": {"has": "nao"}}
    above = make.make_unit(session, "Fórum de Vera", place="Vera", accessibility=known)
    own = {"libras": {"has": "sim", "note": "às terças"}}
    make.make_unit(session, "Vara Única de Vera", place="Vera", parent=above, accessibility=own)
    sector = make.make_unit(session, "Distribuição de Vera", place="Vera", parent=above)
    found = load_unit_page(session, sector.slug, now=now).features
    assert [(f.name, f.has, f.note) for f in found] == [
        ("Rampa de acesso", True, "entrada lateral"),
        ("Elevador", False, ""),
    ]
    assert [f.name for f in load_unit_page(session, "vara-unica-de-vera", now=now).features] == [
        "Intérprete de Libras"
    ]


def test_units_at_the_forums_address_share_its_building(session: Session, now: datetime) -> None:
    make.make_unit(
        session,
        "Diretoria do Foro de Vera",
        place="Vera",
        kind="diretoria",
        address="Fórum de Vera",
        accessibility={"rampa": {"has": "sim"}},
    )
    inside = make.make_unit(session, "Vara Única de Vera", place="Vera", address="Fórum de Vera")
    outside = make.make_unit(session, "CEJUSC de Vera", place="Vera", address="Outra rua")
    assert load_unit_page(session, inside.slug, now=now).features[0].name == "Rampa de acesso"
    assert load_unit_page(session, outside.slug, now=now).features == []


def _comarca(slug: str, latitude: float, longitude: float) -> Comarca:
    return Comarca(
        slug=slug, name=slug, ibge_code=slug, latitude=latitude, longitude=longitude, installed=True
    )


def test_the_distance_of_two_seats_is_the_great_circle() -> None:
    cuiaba = _comarca("cuiaba", -15.5989, -56.0949)
    sinop = _comarca("sinop", -11.8642, -55.5066)
    # One degree of latitude is 111.2 km: 3.7347° north and a little east.
    assert compute_distance_km(cuiaba, sinop) == pytest.approx(420, abs=3)
    assert compute_distance_km(cuiaba, cuiaba) == 0


def test_the_nearest_other_comarcas_come_first() -> None:
    line = [_comarca(str(n), -12.0, -55.0 - n / 10) for n in range(6)]
    found = find_nearest(line[2], line, count=3)
    assert [near.slug for near in found] == ["1", "3", "0"]
    assert [near.km for near in found] == [11, 11, 22]


def test_a_comarca_that_is_not_installed_is_never_nearby(
    session: Session, december: datetime
) -> None:
    first = _page(session, december).nearby[0].name
    make.make_comarca(session, first).installed = False
    session.flush()
    names = [
        near.name for near in load_unit_page(session, "vara-unica-de-vera", now=december).nearby
    ]
    assert first not in names
    assert "Vera" not in names
    assert len(names) == 4


ALWAYS = {str(day): [["00:00", "24:00"]] for day in range(7)}


def test_a_unit_open_day_and_night_is_not_published_as_closed(
    session: Session, now: datetime
) -> None:
    """Because equal times mean closed all day, and 24:00 is no time of schema.org's."""
    page = _page(session, now, hours=ALWAYS)
    assert page.special == []
    hours = schema_org.unit_json_ld(page, BASE)["openingHoursSpecification"]
    assert {(day["opens"], day["closes"]) for day in hours} == {("00:00", "23:59")}
    assert len(hours) == 7


def test_a_closure_in_mid_day_leaves_two_periods(session: Session, december: datetime) -> None:
    row = make.make_unit(session, "Vara Única de Vera", place="Vera")
    make.make_notice(
        session,
        "Sem energia",
        scope="unidade",
        unit_id=row.id,
        starts_at=datetime(2026, 12, 2, 14, 0, tzinfo=TZ),
        ends_at=datetime(2026, 12, 2, 16, 0, tzinfo=TZ),
    )
    page = load_unit_page(session, row.slug, now=december)
    day = next(day for day in page.special if day.first == date(2026, 12, 2))
    assert day.spans == (("12:00", "14:00"), ("16:00", "19:00"))
    special = schema_org.unit_json_ld(page, BASE)["specialOpeningHoursSpecification"]
    times = [(s["opens"], s["closes"]) for s in special if s["validFrom"] == "2026-12-02"]
    assert times == [("12:00", "14:00"), ("16:00", "19:00")]


def test_a_unit_that_never_opens_is_not_closed_by_the_weekend(now: datetime) -> None:
    opens = now.replace(day=30, hour=12, minute=0)
    never = OpenState(False, "fim de semana", None, False, Cause.WEEKEND)
    until_monday = OpenState(False, "fim de semana", opens, False, Cause.WEEKEND)
    assert format_open_state(never, now) == "Fechada, sem previsão"
    assert format_open_state(until_monday, now).endswith("(fim de semana)")

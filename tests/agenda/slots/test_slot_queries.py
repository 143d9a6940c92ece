"""Queries of free slots by the API and the command: days, moments, modality, refusals."""

import json
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import Session, select
from starlette.testclient import TestClient

from canais_app.agenda.models import Agenda, Appointment, AppointmentStatus
from canais_app.directory.models import Unit
from canais_app.kit import clock, db, text
from tests.agenda.slots.cases import FRI, NOW, THU, TUE, WED, at
from tests.agenda.slots.conftest import Run
from tests.factories import agenda as make

Ask = Callable[..., Any]


@pytest.fixture(autouse=True)
def at_nine(monkeypatch: pytest.MonkeyPatch, database: Path) -> None:
    """Monday, 16 November 2026, nine o'clock."""
    monkeypatch.setattr(clock, "now", lambda: NOW)


def made(windows: list[Any] | None = None, **fields: Any) -> str:
    """Slots of an hour, from 13h to 17h on weekdays, unless fields say otherwise."""
    hours = {"slot_minutes": 60, "step_minutes": 60}
    return db.write_sync(lambda session: make.make_agenda(session, windows, **hours | fields).slug)


@pytest.fixture
def ask(api: TestClient, run: Run) -> Ask:
    """Ask at both doors, and return what they agree on: the starts, or that it is refused."""

    def work(slug: str, first: str, last: str, **more: str) -> list[str] | int:
        answer = api.get(
            f"/api/v1/agendas/{slug}/slots", params={"from": first, "to": last, **more}
        )
        options = [word for name, value in more.items() for word in (f"--{name}", value)]
        code, out, err = run("slots", slug, "--from", first, "--to", last, "--json", *options)
        if answer.status_code != 200:
            assert answer.headers["content-type"] == "application/problem+json"
            assert answer.json()["detail"].endswith(".")
            assert (code in (1, 2), out) == (True, "")
            assert err
            return answer.status_code * 10 + code
        assert (code, err) == (0, "")
        assert json.loads(out)["items"] == answer.json()["items"]
        return [item["start"] for item in answer.json()["items"]]

    return work


def hours(starts: list[str]) -> str:
    return " ".join(start[8:13] for start in starts)


def test_days_are_the_courts_and_both_are_included(ask: Ask) -> None:
    slug = made()
    assert hours(ask(slug, "2026-11-24", "2026-11-25")) == (
        "24T13 24T14 24T15 24T16 25T13 25T14 25T15 25T16"
    )
    assert hours(ask(slug, "2026-11-25", "2026-11-25")) == "25T13 25T14 25T15 25T16"


@pytest.mark.parametrize(
    ("first", "last", "expected"),
    [
        ("2026-11-25T14:00:00-04:00", "2026-11-25T16:00:00-04:00", "25T14 25T15"),
        ("2026-11-25T14:00:01-04:00", "2026-11-25T16:00:01-04:00", "25T15 25T16"),
        ("2026-11-25T18:00:00Z", "2026-11-25T20:00:00Z", "25T14 25T15"),
        ("2026-11-25T15:00-03:00", "2026-11-25T17:00-03:00", "25T14 25T15"),
        ("2026-11-26T03:00+09:00", "2026-11-26T05:00+09:00", "25T14 25T15"),
        ("2026-11-25T18:00:00z", "2026-11-25T20:00:00.000z", "25T14 25T15"),
        ("2026-11-25T14:00", "2026-11-25T16:00", "25T14 25T15"),
        ("2026-11-26T03:00 09:00", "2026-11-26T05:00 09:00", "25T14 25T15"),
        ("2026-11-25T15:00-04:00", "2026-11-25", "25T15 25T16"),
        ("2026-11-25", "2026-11-25T15:00-04:00", "25T13 25T14"),
        ("2026-11-25T14:00-04:00", "2026-11-25T14:00-04:00", ""),
        ("2026-11-25T00:00:00Z", "2026-11-26T00:00:00Z", "25T13 25T14 25T15 25T16"),
        ("2026-11-24T21:00:00Z", "2026-11-25T17:30:00Z", "25T13"),
        ("25/11/2026", "25/11/2026", "25T13 25T14 25T15 25T16"),
        ("2001-01-01", "2001-12-31", ""),
    ],
)
def test_moments_have_their_own_offset_and_are_half_open(
    ask: Ask, first: str, last: str, expected: str
) -> None:
    assert hours(ask(made(), first, last)) == expected


REFUSED, MISUSED = 4221, 4222


@pytest.mark.parametrize(
    ("first", "last", "expected"),
    [
        ("2026-11-25", "2026-11-24", REFUSED),
        ("2026-11-25T14:00:00Z", "2026-11-25T13:59:59Z", REFUSED),
        ("2026-11-25", "2026-11-24T23:00-04:00", REFUSED),
        ("2026-01-01", "2027-01-03", REFUSED),
        ("2000-01-01", "2100-12-31", REFUSED),
        ("0001-01-01", "2026-11-25", REFUSED),
        ("2026-11-25", "9999-12-31", REFUSED),
        ("9999-12-31T23:59:59-12:00", "9999-12-31T23:59:59-12:00", REFUSED),
        ("2026-02-30", "2026-03-01", MISUSED),
        ("2026-11-25", "0000-00-00", MISUSED),
        ("10000-01-01", "10000-01-02", MISUSED),
        ("2026-11-25T25:00Z", "2026-11-26", MISUSED),
        ("ontem", "hoje", MISUSED),
        ("32/11/2026", "2026-11-26", MISUSED),
        ("0", "1", MISUSED),
        ("２０２６-11-25", "2026-11-26", MISUSED),
    ],
)
def test_an_invalid_range_is_refused(ask: Ask, first: str, last: str, expected: int) -> None:
    assert ask(made(), first, last) == expected


def test_a_year_may_be_asked_for_at_once(ask: Ask) -> None:
    slug = made(horizon_days=400)
    found = ask(slug, "2026-11-17", "2027-11-17")
    assert len(found) == 4 * 262
    assert found == sorted(found)


def test_without_days_it_is_four_weeks_from_today(api: TestClient) -> None:
    slug = made(horizon_days=100, windows=[make.make_window(0)])
    items = api.get(f"/api/v1/agendas/{slug}/slots").json()["items"]
    assert sorted({item["start"][:10] for item in items}) == [
        "2026-11-16",
        "2026-11-23",
        "2026-11-30",
        "2026-12-07",
    ]


def test_unknown_and_unpublished_agendas_and_those_of_retired_units_are_not_found(ask: Ask) -> None:
    days = ("2026-11-24", "2026-11-25")
    hidden, orphan = made(published=False), made()

    def retire(session: Session) -> None:
        agenda = session.exec(select(Agenda).where(Agenda.slug == orphan)).one()
        session.get_one(Unit, agenda.unit_id).active = False

    db.write_sync(retire)
    assert [ask(slug, *days) for slug in ("nada", hidden, orphan)] == [4041] * 3


def test_the_modality_asked_for_filters_and_is_named(ask: Ask, api: TestClient) -> None:
    slug = made(modalities=("presencial", "video"))
    days = {"from": "2026-11-25", "to": "2026-11-25"}
    path = f"/api/v1/agendas/{slug}/slots"
    assert api.get(path, params=days).json()["items"][0]["modality"] == "presencial"
    found = api.get(path, params={**days, "modality": "video"}).json()["items"]
    assert {item["modality"] for item in found} == {"video"}
    nothing = {**days, "modality": ""}  # as a form sends a field left empty
    assert api.get(path, params=nothing).json() == api.get(path, params=days).json()
    assert found[0]["modalities"] == ["presencial", "video"]
    assert ask(slug, *days.values(), modality="telefone") == []
    assert len(ask(slug, *days.values(), modality="video")) == 4
    assert ask(slug, *days.values(), modality="telepatia") == MISUSED


def test_the_command_prints_slots_as_text(run: Run) -> None:
    slug = made(
        [make.make_window(2, time(13), time(14))], slot_minutes=20, step_minutes=20, capacity=2
    )
    code, out, err = run("slots", slug, "--from", "2026-11-25", "--to", "2026-11-25")
    assert (code, err) == (0, "")
    assert out.splitlines() == [
        "qua., 25/11, 13h às 13h20, video, presencial: 2",
        "qua., 25/11, 13h20 às 13h40, video, presencial: 2",
        "qua., 25/11, 13h40 às 14h, video, presencial: 2",
        "3 horários livres",
    ]
    assert run("slots", slug, "--from", "2026-11-24", "--to", "2026-11-24")[1] == (
        "0 horários livres\n"
    )


def test_a_start_has_the_offset_of_its_day(ask: Ask) -> None:
    assert ask(made(), "2026-11-25", "2026-11-25")[0] == "2026-11-25T13:00:00-04:00"


def test_an_hour_that_came_twice_is_listed_twice_in_its_order(
    ask: Ask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clock, "now", lambda: clock.from_wall_clock(date(2019, 2, 10), 9))
    slug = made([make.make_window(5, time(22), time.max)])
    assert ask(slug, "2019-02-16", "2019-02-16") == [
        "2019-02-16T22:00:00-03:00",
        "2019-02-16T23:00:00-03:00",
        "2019-02-16T23:00:00-04:00",
    ]
    assert len(ask(slug, "2019-02-17T03:00:00Z", "2019-02-17T04:00:00Z")) == 1


def test_a_day_without_midnight_begins_at_one(ask: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: clock.from_wall_clock(date(2018, 11, 1), 9))
    slug = made([make.make_window(6, time(0), time(3))])
    assert ask(slug, "2018-11-04", "2018-11-04") == [
        "2018-11-04T01:00:00-03:00",
        "2018-11-04T02:00:00-03:00",
    ]


def keep(slug: str, status: AppointmentStatus, **fields: Any) -> None:
    """Store a row of any kind at 14h on Wednesday."""
    start = at(WED, "14")

    def work(session: Session) -> None:
        agenda = session.exec(select(Agenda).where(Agenda.slug == slug)).one()
        row = {
            "ends_at": start + timedelta(hours=1),
            "busy_from": start,
            "busy_until": start + timedelta(hours=1),
            "modality": "video",
            "token_hash": text.generate_token(),
            "created_at": NOW,
        }
        agenda_id = agenda.id or 0
        session.add(
            Appointment(agenda_id=agenda_id, status=status, starts_at=start, **row | fields)
        )

    db.write_sync(work)


SECOND = timedelta(seconds=1)


@pytest.mark.parametrize(
    ("status", "fields", "free"),
    [
        (AppointmentStatus.HELD, {"expires_at": NOW + SECOND}, False),
        (AppointmentStatus.HELD, {"expires_at": NOW}, True),
        (AppointmentStatus.HELD, {"expires_at": NOW - SECOND}, True),
        (AppointmentStatus.OFFERED, {"expires_at": NOW + SECOND}, False),
        (AppointmentStatus.PRECONFIRMED, {"expires_at": NOW + SECOND}, False),
        (AppointmentStatus.CONFIRMED, {}, False),
        (AppointmentStatus.ATTENDED, {}, False),
        (AppointmentStatus.MISSED, {}, False),
        (AppointmentStatus.PENDING, {}, True),
        (AppointmentStatus.REFUSED, {}, True),
        (AppointmentStatus.EXPIRED, {}, True),
        (AppointmentStatus.CANCELLED, {}, True),
        (AppointmentStatus.CANCELLED, {"released_at": NOW + SECOND}, False),
        (AppointmentStatus.CANCELLED, {"released_at": NOW}, True),
        (AppointmentStatus.EXPIRED, {"released_at": NOW + SECOND}, False),
        # Its own buffers, whatever the agenda's are now.
        (AppointmentStatus.CONFIRMED, {"busy_until": at(WED, "15:30")}, False),
    ],
)
def test_the_status_of_a_row_decides_whether_its_slot_is_free(
    ask: Ask, status: AppointmentStatus, fields: dict[str, Any], *, free: bool
) -> None:
    slug = made()
    keep(slug, status, **fields)
    found = hours(ask(slug, "2026-11-25", "2026-11-25"))
    assert ("25T14" in found) is free
    assert ("25T15" in found) is (fields.get("busy_until") is None)


def test_another_agendas_rows_do_not_count(ask: Ask) -> None:
    own, other = made(), made()
    keep(other, AppointmentStatus.CONFIRMED)
    assert len(ask(own, "2026-11-25", "2026-11-25")) == 4


def test_versions_take_over_by_day(ask: Ask) -> None:
    slug = made(ends_on=THU)

    def follow(session: Session) -> None:
        agenda = session.exec(select(Agenda).where(Agenda.slug == slug)).one()
        later = make.weekday_windows(time(8), time(10))
        terms = {"slot_minutes": 60, "step_minutes": 60, "modalities": ("telefone",)}
        make.make_version(session, agenda, later, number=2, starts_on=THU, ends_on=FRI, **terms)

    db.write_sync(follow)
    assert hours(ask(slug, str(WED), str(FRI))) == "25T13 25T14 25T15 25T16 26T08 26T09"
    assert hours(ask(slug, str(WED), str(FRI), modality="telefone")) == "26T08 26T09"


@pytest.mark.parametrize("notice", [timedelta(minutes=45), timedelta(hours=2), timedelta(days=2)])
def test_a_start_at_the_very_end_of_the_notice_is_listed(
    ask: Ask, monkeypatch: pytest.MonkeyPatch, notice: timedelta
) -> None:
    slug = made(notice_minutes=notice // timedelta(minutes=1))
    in_time = at(WED, "15") - notice
    monkeypatch.setattr(clock, "now", lambda: in_time)
    assert hours(ask(slug, str(WED), str(WED))) == "25T15 25T16"
    monkeypatch.setattr(clock, "now", lambda: in_time + timedelta(microseconds=1))
    assert hours(ask(slug, str(WED), str(WED))) == "25T16"


def test_the_api_and_the_command_answer_for_past_days(ask: Ask) -> None:
    assert ask(made(), str(TUE - timedelta(days=14)), str(TUE - timedelta(days=10))) == []


def test_rfc_3339_is_read_back_as_the_same_moment(ask: Ask) -> None:
    for start in ask(made(), str(WED), str(WED)):
        assert clock.to_rfc3339(datetime.fromisoformat(start)) == start


def test_over_http_each_listed_start_can_be_booked_and_no_other(ask: Ask, api: TestClient) -> None:
    rules = {"slot_minutes": 30, "step_minutes": 20, "buffer_after": 10, "notice_minutes": 60}
    slug = made(**rules)
    keep(slug, AppointmentStatus.CONFIRMED)
    path = f"/api/v1/agendas/{slug}"
    for minute in range(-20, 260, 5):
        start = at(WED, "13") + timedelta(minutes=minute)
        is_listed = clock.to_rfc3339(start) in ask(slug, str(WED), str(WED))
        held = api.post(f"{path}/holds", json={"start": start.isoformat()})
        assert held.status_code == 201 if is_listed else held.status_code in (409, 422)
        if is_listed:
            api.delete(f"{path}/holds/{held.json()['hold_token']}")
        else:
            sent = make.make_booking_form(start)
            assert api.post(f"{path}/appointments", json=sent).status_code in (409, 422)
    for number, start in enumerate(ask(slug, str(WED), str(WED)), start=1):
        if start in ask(slug, str(WED), str(WED)):
            sent = make.make_booking_form(datetime.fromisoformat(start), oab_number=str(number))
            assert api.post(f"{path}/appointments", json=sent).status_code == 201
    assert ask(slug, str(WED), str(WED)) == []

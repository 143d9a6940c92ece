"""The agenda's REST doors: the same services, spoken in JSON."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta

import pytest
from sqlmodel import Session
from starlette.testclient import TestClient

from canais_app.api.app import create_app as make_api
from canais_app.kit import clock, db
from tests.factories import agenda as make

CASE = "0000001-94.2026.8.11.0015"  # wrong check digits


@pytest.fixture
def slug(database: object) -> str:
    def prepare(session: Session) -> str:
        # One window on every weekday, so that whatever today is, something is free.
        windows = [make.make_window(day) for day in range(7)]
        return make.make_agenda(session, windows).slug

    return db.write_sync(prepare)


@pytest.fixture
def api(database: object) -> Iterator[TestClient]:
    with TestClient(make_api(), raise_server_exceptions=True) as client:
        yield client


def first_start(api: TestClient, slug: str) -> str:
    tomorrow = clock.to_local_day(clock.now()) + timedelta(days=1)
    answer = api.get(f"/api/v1/agendas/{slug}/slots", params={"from": str(tomorrow)})
    assert answer.status_code == 200
    return answer.json()["items"][0]["start"]


def body(start: str, **fields: object) -> dict[str, object]:
    return make.make_booking_form(datetime.fromisoformat(start), **fields)


def test_an_agenda_is_listed_with_its_next_free_time(api: TestClient, slug: str) -> None:
    items = api.get("/api/v1/agendas").json()["items"]
    assert [item["slug"] for item in items] == [slug]
    assert items[0]["next_free"].endswith("-04:00")


def test_hold_book_see_move_cancel(api: TestClient, slug: str) -> None:
    start = first_start(api, slug)
    held = api.post(f"/api/v1/agendas/{slug}/holds", json={"start": start, "modality": "video"})
    assert held.status_code == 201
    again = api.post(f"/api/v1/agendas/{slug}/holds", json={"start": start, "modality": "video"})
    assert again.status_code == 409
    assert again.headers["content-type"] == "application/problem+json"
    sent = body(start, hold_token=held.json()["hold_token"])
    booked = api.post(f"/api/v1/agendas/{slug}/appointments", json=sent)
    assert booked.status_code == 201
    token = booked.json()["token"]
    seen = api.get(f"/api/v1/appointments/{token}")
    assert seen.headers["cache-control"] == "no-store"
    assert seen.json()["start"] == start
    invite = api.get(f"/api/v1/appointments/{token}/invite.ics")
    assert invite.headers["content-type"].startswith("text/calendar")
    later = (datetime.fromisoformat(start) + timedelta(minutes=40)).isoformat()
    moved = api.post(f"/api/v1/appointments/{token}/move", json={"start": later})
    assert moved.json()["start"] == later
    assert api.delete(f"/api/v1/appointments/{token}").status_code == 204
    assert api.get(f"/api/v1/appointments/{token}").json()["status"] == "cancelled"


def test_an_idempotency_key_repeats_the_answer(api: TestClient, slug: str) -> None:
    sent, headers = body(first_start(api, slug)), {"Idempotency-Key": "a1"}
    path = f"/api/v1/agendas/{slug}/appointments"
    first = api.post(path, json=sent, headers=headers)
    again = api.post(path, json=sent, headers=headers)
    assert first.status_code == again.status_code == 201
    assert first.json() == again.json()
    other = api.post(path, json=sent | {"name": "Outra Pessoa"}, headers=headers)
    assert other.status_code == 409


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("start", "ontem"),
        ("start", "2026-11-25T14:00:00"),
        ("start", "9999-12-31T23:59:59-12:00"),
        ("start", {"a": 1}),
        ("name", "  "),
        ("name", "x" * 1_000_000),
        ("oab_number", "1234567"),
        ("oab_number", "0"),
        ("oab_number", "١٢٣"),
        ("oab_uf", "XX"),
        ("email", "voce@"),
        ("email", "a@b@exemplo.invalid"),
        ("phone", "123"),
        ("case_number", CASE),
        ("subject", ""),
        ("consent", False),
        ("consent", None),
        ("modality", "telepatia"),
        ("hold_token", ["x"]),
    ],
)
def test_a_wrong_field_gets_a_sentence(
    api: TestClient, slug: str, field: str, value: object
) -> None:
    sent = body(first_start(api, slug)) | {field: value}
    answer = api.post(f"/api/v1/agendas/{slug}/appointments", json=sent)
    assert answer.status_code == 422
    assert set(answer.json()["errors"]) == {field}
    assert answer.json()["errors"][field][0].isupper()


@pytest.mark.parametrize(
    "query", ["from=ontem", "from=2026-01-02&to=2026-01-01", "from=0001-01-01&to=9999-12-31",
              "from=9999-12-31", "from=0001-01-01", "modality=x"]
)  # fmt: skip
def test_a_strange_range_is_no_fault(api: TestClient, slug: str, query: str) -> None:
    assert api.get(f"/api/v1/agendas/{slug}/slots?{query}").status_code in (200, 422)


def test_unknown_names_are_not_found(api: TestClient, slug: str) -> None:
    assert api.get("/api/v1/agendas/nada/slots").status_code == 404
    assert api.get("/api/v1/appointments/nada").status_code == 404
    assert api.delete("/api/v1/appointments/nada").status_code == 404
    start = f"{date(2027, 1, 4)}T14:00:00-04:00"
    assert api.post("/api/v1/agendas/nada/holds", json={"start": start}).status_code == 404

"""What one person, or somebody with patience, can do to the public status through the API."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from fastapi.testclient import TestClient
from sqlmodel import col, select

from canais_app.complaints.situations.engine import judge_now
from canais_app.complaints.situations.models import Situation
from canais_app.kit import clock, db
from tests.factories.complaints import ComplaintsCourt, make_court
from tests.factories.directory import make_notice
from tests.portal import shared_app

MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
UNIT, CHANNEL = "jecrim-sinop", "telefone"
Send = Callable[..., Any]


@pytest.fixture
def court(any_database: str) -> ComplaintsCourt:
    assert any_database
    return db.write_sync(make_court)


class Clock:
    """The portal's time in a test."""

    def __init__(self, now: datetime) -> None:
        self.now = now


@pytest.fixture
def time(now: datetime, monkeypatch: pytest.MonkeyPatch) -> Clock:
    """The time that the API sees; it stands until a test moves it."""
    made = Clock(now)
    monkeypatch.setattr(clock, "now", lambda: made.now)
    return made


@pytest.fixture
def send(court: ComplaintsCourt) -> Send:
    """Post from an address: `send("192.0.2.1", "complaints", kind=…)`."""
    assert court.unit.slug == UNIT

    def post(address: str, path: str = "complaints", **changes: Any) -> Any:
        client = TestClient(shared_app(), client=(address, 50_000))
        said = {"unit": UNIT, "channel": CHANNEL, "kind": "nao_atende", **changes}
        return client.post(f"/api/v1/{path}", json=said if path == "complaints" else None)

    return post


def _level(channel: str = CHANNEL) -> str:
    """Judge now, as the worker does each minute; return the channel's public level."""
    db.write_sync(judge_now, clock.now())
    answer = TestClient(shared_app()).get("/api/v1/status", params={"unit": UNIT})
    assert answer.status_code == 200
    (item,) = answer.json()["items"]
    return next((c["level"] for c in item["channels"] if c["channel"] == channel), "")


def _seen() -> list[tuple[int, int]]:
    """Return the reports and people of each open situation."""
    with db.read_transaction() as session:
        rows = session.exec(select(Situation).where(col(Situation.closed_at).is_(None)))
        return [(row.seen, row.people) for row in rows]


@pytest.mark.parametrize(
    "addresses",
    [
        ["203.0.113.9"],
        [f"2001:db8:7:1::{n:x}" for n in range(1, 21)],  # of one connection
        ["203.0.113.9", "::ffff:203.0.113.9"],
    ],
    ids=["one address", "one network of IPv6", "one address written twice"],
)
def test_one_person_with_twenty_reports_and_me_too_is_never_public(
    send: Send, time: Clock, addresses: list[str]
) -> None:
    for number in range(20):
        time.now += MINUTE
        assert send(addresses[number % len(addresses)]).status_code == 201
        if number % 4 == 0:
            send(addresses[-1], f"units/{UNIT}/channels/{CHANNEL}/me-too")
        assert _level() == ""
    assert _seen() == []


def test_three_people_are_public_at_once(send: Send, time: Clock) -> None:
    for number in range(3):
        time.now += MINUTE
        send(f"203.0.113.{number}")
    assert _level() == "relatada"


def test_backdated_reports_neither_raise_nor_hide(send: Send, time: Clock) -> None:
    start = time.now
    for number in range(54):  # two of each day, from as many people, in a minute
        moment = start - (3 + number // 2) * DAY
        sent = send(f"198.51.100.{number}", occurred_at=clock.to_rfc3339(moment))
        assert sent.status_code == 201
    assert _level() == ""
    for number in range(3):
        time.now += MINUTE
        send(f"203.0.113.{number}")
    assert _level() == "relatada"


def test_reports_in_maintenance_are_that_and_alarm_once_it_is_over(
    send: Send, time: Clock, court: ComplaintsCourt
) -> None:
    db.write_sync(
        lambda session: make_notice(
            session,
            "Troca da central",
            kind="manutencao",
            unit_id=court.unit.id,
            channel_kind=CHANNEL,
            starts_at=time.now - HOUR,
            ends_at=time.now + 30 * MINUTE,
        )
    )
    end = time.now + 30 * MINUTE
    for number in range(8):
        time.now += 3 * MINUTE
        send(f"203.0.113.{number}")
        assert _level() == "manutencao"
    assert _seen() == []
    time.now = end + MINUTE
    assert _level() == "", "what was reported in its window is over with it"
    for number in range(3):
        time.now += 2 * MINUTE
        send(f"203.0.113.{100 + number}")
    assert _level() == "relatada", "at the next round"


def test_repeats_of_a_tenth_change_nothing(send: Send, time: Clock) -> None:
    for number in range(10):
        time.now += MINUTE
        send(f"203.0.113.{number}")
    once = _level(), _seen()
    for number in range(3):
        send("203.0.113.5")
        send(f"203.0.113.{number}", f"units/{UNIT}/channels/{CHANNEL}/me-too")
    assert (_level(), _seen()) == once
    assert once == ("relatada", [(10, 10)])

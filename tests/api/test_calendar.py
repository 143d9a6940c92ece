"""Calendar, notices and feeds in the API."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from fastapi.testclient import TestClient
from sqlmodel import Session

from canais_app.directory.models import Unit
from canais_app.expediente import years
from canais_app.expediente.models import Notice
from canais_app.kit import clock
from tests.factories import directory as make
from tests.portal import shared_app

ATOM = "{http://www.w3.org/2005/Atom}"
HOUR = timedelta(hours=1)


@pytest.fixture
def units(session: Session) -> dict[str, Unit]:
    made = make.make_small_directory(session)
    years.seed_years(session, [2026, 2027])
    session.commit()
    return made


@pytest.fixture
def api(units: dict[str, Unit]) -> Iterator[TestClient]:
    with TestClient(shared_app()) as client:
        yield client


def _publish(session: Session, text: str, **more: Any) -> Notice:
    now = clock.now()
    dated = {"starts_at": now - HOUR, "published_at": now - HOUR, "updated_at": now - HOUR}
    row = make.make_notice(session, text, **{**dated, **more})
    session.commit()
    return row


def test_the_calendar_has_the_hours_of_each_day(api: TestClient) -> None:
    asked = {"from": "2026-02-13", "to": "2026-02-18"}
    answer = api.get("/api/v1/calendar", params=asked).json()
    assert [day["is_open"] for day in answer["items"]] == [True, False, False, False, False, True]
    assert answer["items"][3] == {
        "date": "2026-02-16",
        "is_open": False,
        "opens": None,
        "closes": None,
        "reason": "feriado: Carnaval",
        "deadlines_suspended": False,
    }
    assert (answer["items"][5]["opens"], answer["items"][5]["closes"]) == ("13:00", "19:00")


def test_the_calendar_of_a_comarca_has_its_own_days(api: TestClient) -> None:
    day = {"from": "2026-04-08", "to": "2026-04-08"}
    assert api.get("/api/v1/calendar", params=day).json()["items"][0]["is_open"]
    here = api.get("/api/v1/calendar", params={**day, "comarca": "cuiaba"}).json()
    assert here["comarca"] == "cuiaba"
    assert here["items"][0]["reason"] == "feriado: Aniversário de Cuiabá"


def test_suspended_deadlines_are_independent_of_opening(api: TestClient) -> None:
    day = {"from": "2027-01-07", "to": "2027-01-07"}
    (told,) = api.get("/api/v1/calendar", params=day).json()["items"]
    assert (told["is_open"], told["deadlines_suspended"]) == (True, True)


def test_the_calendar_begins_today_by_default(api: TestClient) -> None:
    items = api.get("/api/v1/calendar").json()["items"]
    assert len(items) == 31
    assert items[0]["date"] == clock.to_local_day(clock.now()).isoformat()


@pytest.mark.parametrize(
    ("asked", "status"),
    [
        ({"comarca": "nao-existe"}, 404),
        ({"from": "2026-02-13", "to": "2026-02-12"}, 422),
        ({"from": "2026-01-01", "to": "2027-01-02"}, 422),
        ({"from": "ontem"}, 422),
        ({"from": "9999-12-31"}, 200),
    ],
)
def test_an_empty_span_is_refused(api: TestClient, asked: dict[str, str], status: int) -> None:
    assert api.get("/api/v1/calendar", params=asked).status_code == status


def test_a_notice_has_scope_and_time(
    api: TestClient, session: Session, units: dict[str, Unit]
) -> None:
    row = _publish(session, "Sem energia", unit_id=units["jec"].id, act="Portaria 1")
    (told,) = (n for n in api.get("/api/v1/notices").json()["items"] if n["id"] == row.uid)
    assert told["comarca"] == "sinop"
    assert told["unit"] == units["jec"].slug
    assert (told["kind"], told["in_force"], told["ends_at"]) == ("fechada", True, None)
    assert datetime.fromisoformat(told["starts_at"]) == row.starts_at
    elsewhere = api.get("/api/v1/notices", params={"comarca": "cuiaba"}).json()["items"]
    assert row.uid not in {n["id"] for n in elsewhere}
    card = api.get(f"/api/v1/units/{units['registry'].slug}").json()
    assert card["open"]["reason"] == "Sem energia (Portaria 1)"
    assert row.uid in {n["id"] for n in card["notices"]}


# --- the feed -----------------------------------------------------------------------------


def _instant(words: str | None) -> datetime:
    at = datetime.fromisoformat(words or "")
    assert at.tzinfo is not None
    return at


def _valid(body: bytes) -> ET.Element:
    """Hold the document against RFC 4287, sections 4.1.1 and 4.1.2."""
    feed = ET.fromstring(body)  # noqa: S314 (our own document)
    assert feed.tag == f"{ATOM}feed"
    for element in (feed, *feed.findall(f"{ATOM}entry")):
        for name in ("id", "title", "updated"):
            assert len(element.findall(f"{ATOM}{name}")) == 1
            assert element.findtext(f"{ATOM}{name}")
        assert str(element.findtext(f"{ATOM}id")).startswith("urn:uuid:")
        _instant(element.findtext(f"{ATOM}updated"))
        links = element.findall(f"{ATOM}link")
        assert all(link.get("href", "").startswith(("http://", "https://")) for link in links)
        assert len([link for link in links if link.get("rel") == "alternate"]) == 1
    assert feed.find(f"{ATOM}author/{ATOM}name") is not None
    assert len([x for x in feed.findall(f"{ATOM}link") if x.get("rel") == "self"]) == 1
    ids = [e.findtext(f"{ATOM}id") for e in feed.iter() if e.tag in (f"{ATOM}feed", f"{ATOM}entry")]
    assert len(ids) == len(set(ids))
    moments = [_instant(e.findtext(f"{ATOM}updated")) for e in feed.findall(f"{ATOM}entry")]
    assert _instant(feed.findtext(f"{ATOM}updated")) == max(moments, default=None) or not moments
    return feed


def _titles(feed: ET.Element) -> set[str]:
    return {str(entry.findtext(f"{ATOM}title")) for entry in feed.findall(f"{ATOM}entry")}


def test_the_feed_is_valid_atom_with_any_text(
    api: TestClient, session: Session, units: dict[str, Unit]
) -> None:
    _publish(
        session, 'Obras <b>& "poeira"</b> ]]>', act="Portaria 1", act_url="https://x.invalid/?a=1&b"
    )
    _publish(session, "Sem sinal", kind="manutencao", channel_kind="whatsapp")
    _publish(session, "Luz", unit_id=units["jec"].id, starts_at=clock.now() + HOUR)
    answer = api.get("/avisos.atom")
    assert answer.headers["content-type"] == "application/atom+xml; charset=utf-8"
    feed = _valid(answer.content)
    assert _titles(feed) >= {
        "Fechada: Todo o Estado",
        "Manutenção: Todo o Estado · WhatsApp",
        "Fechada: Juizado Especial Cível de Sinop",
    }
    summaries = [entry.findtext(f"{ATOM}summary") for entry in feed.findall(f"{ATOM}entry")]
    assert any('Obras <b>& "poeira"</b> ]]>' in str(words) for words in summaries)


def test_an_empty_feed_is_valid_too(session: Session) -> None:
    with TestClient(shared_app()) as client:
        assert _titles(_valid(client.get("/avisos.atom").content)) == set()


def test_an_ended_notice_keeps_its_id_and_says_that_it_is_over(
    api: TestClient, session: Session
) -> None:
    row = _publish(session, "Luz")

    def entry() -> ET.Element:
        feed = _valid(api.get("/avisos.atom").content)
        wanted = f"urn:uuid:{row.uid}"
        return next(e for e in feed.findall(f"{ATOM}entry") if e.findtext(f"{ATOM}id") == wanted)

    before = _instant(entry().findtext(f"{ATOM}updated"))
    row.ends_at = clock.now()
    session.add(row)
    session.commit()
    assert entry().findtext(f"{ATOM}title") == "Encerrado: Fechada: Todo o Estado"
    assert _instant(entry().findtext(f"{ATOM}updated")) > before
    row.ends_at = clock.now() - timedelta(days=31)
    session.add(row)
    session.commit()
    with pytest.raises(StopIteration):
        entry()


def test_a_comarca_has_a_feed_of_its_own(
    api: TestClient, session: Session, units: dict[str, Unit]
) -> None:
    _publish(session, "aqui", comarca_id=units["jec"].comarca_id)
    _publish(session, "lá", comarca_id=units["family"].comarca_id)
    here = _valid(api.get("/avisos/sinop.atom").content)
    whole = _valid(api.get("/avisos.atom").content)
    assert "Fechada: Sinop" in _titles(here)
    assert "Fechada: Cuiabá" not in _titles(here)
    assert here.findtext(f"{ATOM}title") == "Avisos da comarca de Sinop"
    assert here.findtext(f"{ATOM}id") != whole.findtext(f"{ATOM}id")
    assert api.get("/avisos/nao-existe.atom").status_code == 404


def test_an_unchanged_feed_is_answered_by_304(api: TestClient, session: Session) -> None:
    first = api.get("/avisos.atom")
    known = {"If-None-Match": first.headers["etag"]}
    assert api.get("/avisos.atom", headers=known).status_code == 304
    _publish(session, "Luz")
    assert api.get("/avisos.atom", headers=known).status_code == 200

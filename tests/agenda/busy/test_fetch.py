"""Fetching a calendar: redirects, private addresses, size, time, passwords, a CalDAV server."""

import asyncio
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest

from canais_app.agenda.busy import fetch
from canais_app.agenda.busy.expand import expand
from canais_app.agenda.busy.fetch import CalendarKind, CalendarSource, FetchError
from canais_app.kit.errors import InvalidError
from tests.calendar_server import Answer, WebServer, start_caldav_server, start_web_server

FIRST, LAST = datetime(2026, 12, 1, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC)
CALENDAR = b"BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//x\r\nEND:VCALENDAR\r\n"


def read(address: str, user: str = "", password: str = "") -> bytes:
    kind = CalendarKind.ICS
    return asyncio.run(fetch.fetch(CalendarSource(kind, address, user, password), FIRST, LAST))


def test_it_reads_what_the_server_sends_and_follows_redirects(web: WebServer) -> None:
    web.answers["/a.ics"] = Answer(CALENDAR)
    web.answers["/b.ics"] = Answer(status=302, headers={"Location": "/a.ics"})
    assert read(f"{web.origin}/b.ics") == CALENDAR
    assert [path for path, _ in web.seen] == ["/b.ics", "/a.ics"]


@pytest.mark.parametrize(
    "address",
    [
        "http://127.0.0.1:9/a.ics",
        "https://127.0.0.1/a.ics",
        "https://localhost/a.ics",
        "https://10.0.0.8/a.ics",
        "https://192.168.0.1/a.ics",
        "https://169.254.169.254/latest/meta-data",
        "https://[::1]/a.ics",
        "https://[::ffff:127.0.0.1]/a.ics",
        "file:///etc/passwd",
    ],
)
def test_a_private_address_is_refused_at_once_and_after_a_redirect(
    web: WebServer, address: str
) -> None:
    with pytest.raises(InvalidError):
        asyncio.run(fetch.check_address(address))
    with pytest.raises(FetchError):
        read(address)
    web.answers["/b.ics"] = Answer(status=302, headers={"Location": address})
    with pytest.raises(FetchError, match=r"rede interna|endereço https"):
        read(f"{web.origin}/b.ics")


def test_a_redirect_to_another_server_of_our_own_network_reaches_it_not(web: WebServer) -> None:
    with start_web_server() as other:
        other.answers["/secret"] = Answer(CALENDAR)
        web.answers["/b.ics"] = Answer(status=307, headers={"Location": f"{other.origin}/secret"})
        with pytest.raises(FetchError):
            read(f"{web.origin}/b.ics")
        assert other.seen == []


def test_the_password_goes_to_no_other_origin(web: WebServer, configure: object) -> None:
    with start_web_server() as other:
        assert callable(configure)
        configure(CALENDAR_ORIGINS=f"{web.origin},{other.origin}")
        other.answers["/a.ics"] = Answer(CALENDAR)
        web.answers["/b.ics"] = Answer(status=302, headers={"Location": f"{other.origin}/a.ics"})
        assert read(f"{web.origin}/b.ics", "gabinete", "senha") == CALENDAR
        assert web.seen[0][1].startswith("Basic ")
        assert other.seen == [("/a.ics", "")]


def test_redirects_without_end_end(web: WebServer) -> None:
    web.answers["/b.ics"] = Answer(status=302, headers={"Location": "/b.ics"})
    with pytest.raises(FetchError, match="sem fim"):
        read(f"{web.origin}/b.ics")
    assert len(web.seen) == fetch.MAX_REDIRECTS + 1


def test_five_megabytes_pass_and_one_byte_more_does_not(web: WebServer) -> None:
    web.answers["/a.ics"] = Answer(b"x" * fetch.MAX_BYTES)
    web.answers["/b.ics"] = Answer(b"x" * (fetch.MAX_BYTES + 1))
    assert len(read(f"{web.origin}/a.ics")) == fetch.MAX_BYTES
    with pytest.raises(FetchError, match="5 MB"):
        read(f"{web.origin}/b.ics")


def test_a_compressed_answer_is_refused(web: WebServer) -> None:
    web.answers["/a.ics"] = Answer(b"\x1f\x8b", headers={"Content-Encoding": "gzip"})
    with pytest.raises(FetchError, match="comprimido"):
        read(f"{web.origin}/a.ics")


def test_a_slow_answer_is_given_up(web: WebServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fetch, "TIMEOUT", 1.0)
    # Each part comes in time, all together do not.
    web.answers["/a.ics"] = Answer(b"x" * 65536 * 60, seconds=0.5)
    with pytest.raises(FetchError, match="a tempo"):
        read(f"{web.origin}/a.ics")


@pytest.mark.parametrize(("status", "words"), [(401, "senha"), (404, "Não há"), (500, "500")])
def test_what_the_server_refuses_is_said(web: WebServer, status: int, words: str) -> None:
    web.answers["/a.ics"] = Answer(status=status)
    with pytest.raises(FetchError, match=words):
        read(f"{web.origin}/a.ics")


def test_a_calendar_link_is_read_by_https() -> None:
    assert fetch.normalise_address(" webcal://a.exemplo/x.ics ") == "https://a.exemplo/x.ics"
    assert fetch.normalise_address("https://a.exemplo/x.ics") == "https://a.exemplo/x.ics"


def test_a_real_caldav_server(tmp_path: Path, configure: object) -> None:
    event = (
        "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//x\r\nBEGIN:VEVENT\r\nUID:{uid}\r\n"
        "DTSTAMP:20260101T000000Z\r\nSUMMARY:Sessão sigilosa\r\n{lines}\r\nEND:VEVENT\r\n{more}"
        "END:VCALENDAR\r\n"
    )
    moved = (
        "BEGIN:VEVENT\r\nUID:b\r\nDTSTAMP:20260101T000000Z\r\nRECURRENCE-ID:20261203T140000Z\r\n"
        "DTSTART:20261210T140000Z\r\nDURATION:PT1H\r\nEND:VEVENT\r\n"
    )
    stored = {
        "a": event.format(uid="a", lines="DTSTART:20261201T100000Z\r\nDURATION:PT1H", more=""),
        "b": event.format(
            uid="b",
            lines="DTSTART:20261126T140000Z\r\nDURATION:PT1H\r\nRRULE:FREQ=WEEKLY;COUNT=3",
            more=moved,
        ),
        "c": event.format(uid="c", lines="DTSTART:20200101T100000Z\r\nDURATION:PT1H", more=""),
    }
    with start_caldav_server(tmp_path) as origin:
        assert callable(configure)
        configure(CALENDAR_ORIGINS=origin)
        address = f"{origin}/gabinete/agenda/"
        with httpx.Client(auth=("gabinete", "senha")) as client:
            assert client.request("MKCALENDAR", address).status_code == 201
            for name, text in stored.items():
                sent = client.put(
                    f"{address}{name}.ics",
                    content=text.encode(),
                    headers={"Content-Type": "text/calendar"},
                )
                assert sent.status_code == 201
        source = CalendarSource(CalendarKind.CALDAV, address, "gabinete", "senha")
        data = asyncio.run(fetch.fetch(source, FIRST, LAST))
        spans = expand(data, FIRST, LAST).spans
        assert [f"{start:%d %H}" for start, _ in spans] == ["01 10", "10 14"]
        assert b"20200101T100000Z" not in data  # the server was asked for the range only
        wrong = CalendarSource(CalendarKind.CALDAV, address, "gabinete", "outra")
        with pytest.raises(FetchError, match="senha"):
            asyncio.run(fetch.fetch(wrong, FIRST, LAST))

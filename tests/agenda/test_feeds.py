"""An agenda's calendar feed at a secret address: content, permissions and revocation."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from prometheus_client import REGISTRY, generate_latest
from sqlmodel import Session, select
from starlette.testclient import TestClient

from canais_app.accounts.models import AuditEntry
from canais_app.accounts.roles import PUBLIC, Actor
from canais_app.agenda import feeds
from canais_app.agenda.booking import booking, cancellation
from canais_app.agenda.errors import AgendaNotFoundError
from canais_app.agenda.models import Agenda, AgendaFeed
from canais_app.api import ops
from canais_app.api.app import create_app as make_api
from canais_app.api.headers import SecurityHeadersMiddleware
from canais_app.kit import clock, db
from canais_app.kit.errors import AuthenticationRequiredError, NotFoundError, PermissionDeniedError
from tests.calendars import read_with_ical_js, read_with_icalendar
from tests.factories import accounts
from tests.factories import agenda as make
from tests.people import CHAMBERS_A, CHAMBERS_B, CORREGEDORIA

READERS = (read_with_icalendar, read_with_ical_js)
CASE = "0000001-49.2026.8.11.0015"


@pytest.fixture
def graca(session: Session, now: datetime) -> Actor:
    return accounts.make_actor(session, CHAMBERS_A, now=now)


@pytest.fixture
def agenda(session: Session, now: datetime) -> Agenda:
    return make.make_agenda(session, unit_id=accounts.make_unit(session, "a", now=now).id)


@pytest.fixture
def start(now: datetime) -> datetime:
    return clock.from_wall_clock(now.date() + timedelta(days=2), 14)


def key_of(address: str) -> str:
    return parse_qs(urlsplit(address).query)["key"][0]


def made(session: Session, actor: Actor, agenda: Agenda, now: datetime) -> str:
    return key_of(feeds.create_feed(session, actor, agenda.id or 0, now=now))


def test_the_feed_follows_the_appointments_and_both_readers_agree(
    session: Session, graca: Actor, agenda: Agenda, now: datetime, start: datetime
) -> None:
    key = made(session, graca, agenda, now)
    booked = booking.book(session, agenda.slug, make.make_booking_request(start), now=now)
    other = booking.book(
        session,
        agenda.slug,
        make.make_booking_request(start + timedelta(hours=1), oab_number="2"),
        now=now,
    )
    texts = [feeds.read_feed(session, agenda.slug, key, now=now)]
    cancellation.move_appointment(session, booked.token, start + timedelta(minutes=20), now=now)
    texts.append(feeds.read_feed(session, agenda.slug, key, now=now))
    cancellation.cancel_by_link(session, other.token, now=now)
    texts.append(feeds.read_feed(session, agenda.slug, key, now=now))
    steps = read_with_icalendar(texts)
    assert steps == read_with_ical_js(texts)
    assert [[one["start"][11:16] for one in step["events"]] for step in steps] == [
        ["18:00", "19:00"],
        ["18:20", "19:00"],
        ["18:20"],
    ]
    assert steps[0]["events"][0]["uid"] == steps[2]["events"][0]["uid"]
    assert steps[2]["events"][0]["sequence"] == 1


def test_the_feed_names_no_attendee_no_case_and_no_contact(
    session: Session, graca: Actor, agenda: Agenda, now: datetime, start: datetime
) -> None:
    key = made(session, graca, agenda, now)
    wish = make.make_booking_request(start, case_number=CASE, subject="Assunto sigiloso")
    booked = booking.book(session, agenda.slug, wish, now=now)
    words = feeds.read_feed(session, agenda.slug, key, now=now).replace("\r\n ", "")
    assert "SUMMARY:Atendimento: Pessoa de demonstração\\, OAB 1/MT" in words
    for private in ("ATTENDEE", CASE, "sigiloso", "voce@exemplo", "3000-0000", booked.token):
        assert private not in words


def test_the_feed_says_how_often_to_read_it_and_in_which_zone_its_times_are(
    session: Session, graca: Actor, agenda: Agenda, now: datetime, start: datetime
) -> None:
    key = made(session, graca, agenda, now)
    booking.book(session, agenda.slug, make.make_booking_request(start), now=now)
    words = feeds.read_feed(session, agenda.slug, key, now=now)
    for line in (
        "REFRESH-INTERVAL;VALUE=DURATION:PT30M",
        "X-PUBLISHED-TTL;VALUE=DURATION:PT30M",
        "BEGIN:VTIMEZONE\r\nTZID:America/Cuiaba",
        f"DTSTART;TZID=America/Cuiaba:{start:%Y%m%d}T140000",
    ):
        assert line in words
    zones = [reader([words])[0]["events"][0]["zone"] for reader in READERS]
    assert zones == ["America/Cuiaba", "America/Cuiaba"]


def test_a_new_address_replaces_the_old_one_and_revoking_ends_it(
    session: Session, graca: Actor, agenda: Agenda, now: datetime
) -> None:
    first = made(session, graca, agenda, now)
    second = made(session, graca, agenda, now)
    feeds.read_feed(session, agenda.slug, second, now=now)
    with pytest.raises(AgendaNotFoundError):
        feeds.read_feed(session, agenda.slug, first, now=now)
    assert feeds.load_feed_view(session, graca, agenda.id or 0).since
    feeds.revoke_feed(session, graca, agenda.id or 0, now=now)
    assert feeds.load_feed_view(session, graca, agenda.id or 0).since == ""
    for key in (first, second, ""):
        with pytest.raises(AgendaNotFoundError):
            feeds.read_feed(session, agenda.slug, key, now=now)
    actions = session.exec(select(AuditEntry.action)).all()
    assert actions.count("criou endereço de calendário") == 2
    assert actions.count("revogou endereço de calendário") == 1


def test_only_a_hash_of_the_key_is_stored(
    session: Session, graca: Actor, agenda: Agenda, now: datetime
) -> None:
    key = made(session, graca, agenda, now)
    stored = session.exec(select(AgendaFeed)).one()
    assert key not in stored.model_dump_json()
    assert key not in str(session.exec(select(AuditEntry)).all())


def test_only_the_own_gabinete_manages_the_address(
    session: Session, agenda: Agenda, now: datetime
) -> None:
    number = agenda.id or 0
    strangers = (
        (PUBLIC, AuthenticationRequiredError),
        (accounts.make_actor(session, CORREGEDORIA, now=now), PermissionDeniedError),
        (accounts.make_actor(session, CHAMBERS_B, now=now), NotFoundError),
    )
    for who, refusal in strangers:
        with pytest.raises(refusal):
            feeds.create_feed(session, who, number, now=now)
        with pytest.raises(refusal):
            feeds.revoke_feed(session, who, number, now=now)
        with pytest.raises(refusal):
            feeds.load_feed_view(session, who, number)


@pytest.fixture
def client(database: object) -> Iterator[TestClient]:
    with TestClient(
        ops.MetricsMiddleware(SecurityHeadersMiddleware(make_api())), raise_server_exceptions=True
    ) as opened:
        yield opened


@pytest.fixture
def address(database: object) -> str:
    """The path and query of an agenda's feed, with one appointment tomorrow."""

    def prepare(session: Session) -> str:
        now = clock.now()
        unit = accounts.make_unit(session, "a", now=now)
        agenda = make.make_agenda(
            session, [make.make_window(day) for day in range(7)], unit_id=unit.id
        )
        start = clock.from_wall_clock(clock.to_local_day(now) + timedelta(days=1), 14)
        booking.book(session, agenda.slug, make.make_booking_request(start), now=now)
        actor = accounts.make_actor(session, CHAMBERS_A, now=now)
        return feeds.create_feed(session, actor, agenda.id or 0, now=now)

    parts = urlsplit(db.write_sync(prepare))
    return f"{parts.path}?{parts.query}"


def test_a_conditional_request_gets_not_modified(client: TestClient, address: str) -> None:
    first = client.get(address)
    assert first.status_code == 200
    assert first.headers["content-type"] == "text/calendar; charset=utf-8"
    assert first.headers["cache-control"] == "no-store"  # of anybody in between
    again = client.get(address, headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    other = client.get(address, headers={"If-None-Match": '"outra"'})
    assert other.content == first.content


@pytest.mark.parametrize("key", ["", "errada", "k" * 43, "k" * 5000, "ç", "%00"])
def test_a_wrong_key_is_not_found(client: TestClient, address: str, key: str) -> None:
    answer = client.get(f"{urlsplit(address).path}?key={key}")
    assert answer.status_code == 404
    assert answer.headers["cache-control"] == "no-store"
    unknown = client.get(f"/api/v1/agendas/nenhuma/feed.ics?key={key}")
    assert unknown.content == answer.content


def test_the_key_is_in_no_log_and_no_metric(
    client: TestClient, address: str, capfd: pytest.CaptureFixture[str]
) -> None:
    key = key_of(address)
    for path in (address, f"/api/v1/agendas/nenhuma/feed.ics?key={key}"):
        client.get(path)
    figures = generate_latest(REGISTRY).decode()
    assert '"/api/v1/agendas/{slug}/feed.ics"' in figures
    printed = capfd.readouterr()
    assert key not in figures + printed.out + printed.err

"""The desk shows live which messages were not delivered; a real mail server rejects them."""

import asyncio
from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from sqlmodel import Session

from canais_app import wiring
from canais_app.agenda import tokens
from canais_app.agenda.booking import booking
from canais_app.agenda.chambers import chambers_desk
from canais_app.agenda.desk import state
from canais_app.kit import clock, db, live
from canais_app.outbox import delivery, queue
from canais_app.outbox.transports import SmtpTransport
from tests.factories import agenda as make
from tests.mail_server import MailServer, free_port, serve_in_background

pytestmark = pytest.mark.usefixtures("database")
LAWYER = "voce@exemplo.invalid"


@pytest.fixture
def server() -> Iterator[MailServer]:
    with serve_in_background(MailServer(free_port())) as opened:
        yield opened


@pytest.fixture
def agenda_id(now: datetime) -> int:
    def write(session: Session) -> int:
        agenda = make.make_agenda(session)
        start = clock.from_wall_clock(clock.to_local_day(now), 16)
        booking.book(session, agenda.slug, make.make_booking_request(start, email=LAWYER), now=now)
        return agenda.id or 0

    return db.write_sync(write)


def drain(server: MailServer, at: datetime) -> None:
    asyncio.run(delivery.send_due_messages(get_now=lambda: at, transport=SmtpTransport(server.url)))


def said(agenda_id: int, now: datetime) -> str:
    (item,) = db.read_sync(chambers_desk.load_desk_by_id, agenda_id, now=now).days[0].people
    return item.undelivered


def test_a_bounced_message_to_the_lawyer_shows_at_the_appointment(
    server: MailServer, agenda_id: int, now: datetime
) -> None:
    assert said(agenda_id, now) == ""
    server.refusals[LAWYER] = ["550 no such user"]
    drain(server, now)
    assert said(agenda_id, now) == "O servidor de e-mail do destino a recusou"


def test_only_a_message_given_up_shows_as_undelivered(
    server: MailServer, agenda_id: int, now: datetime
) -> None:
    server.refusals[LAWYER] = ["451 try later"] * 5
    drain(server, now)
    assert said(agenda_id, now) == ""
    for hours in range(1, 5):
        drain(server, now + timedelta(hours=2 * hours))
    assert said(agenda_id, now) == "Não saiu em 5 tentativas"


def test_a_bounced_message_to_the_gabinete_is_not_shown_as_the_lawyers(
    server: MailServer, agenda_id: int, now: datetime
) -> None:
    server.refusals["gabinete@exemplo.invalid"] = ["550 no such user"]
    drain(server, now)
    assert said(agenda_id, now) == ""


def test_open_desks_update_when_a_message_is_given_up(
    server: MailServer, agenda_id: int, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    wiring.connect_screens()
    heard: list[str] = []
    monkeypatch.setattr(
        db, "before_commit_hooks", [lambda s: heard.extend(s.info.get("topics", ()))]
    )
    server.refusals[LAWYER] = ["550 no such user"]
    drain(server, now)
    assert queue.UNDELIVERED in heard
    kind = tokens.agenda_topic(agenda_id).partition(":")[0]
    assert kind in live.broadcaster.dependents[queue.UNDELIVERED]
    assert live.broadcaster.views[f"{kind}#{state.LIVE_VARIANT}"].state is state.ChambersDeskState

"""A scanner of links opens every address of every letter: nothing is confirmed, taken or lost."""

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlmodel import Session, SQLModel, col, select
from starlette.testclient import TestClient

from canais_app.accounts import password_links
from canais_app.accounts.roles import SYSTEM
from canais_app.agenda.chambers import chambers_desk
from canais_app.agenda.models import Appointment
from canais_app.agenda.notifications import my_appointments
from canais_app.complaints.public_status import subscriptions
from canais_app.complaints.public_status.subscriptions import SubscriptionForm
from canais_app.kit import clock, db
from canais_app.outbox.models import OutboxMessage
from canais_app.settings import settings
from tests.factories import accounts
from tests.factories import agenda as make
from tests.factories.outbox import payload_of
from tests.people import CHAMBERS_A
from tests.portal import shared_app

ADDRESS = re.compile(r"https?://[^\s<>\"]+[^\s<>\".,;:)]")
KINDS = {
    "appointment_booked", "appointment_cancelled", "appointment_moved", "appointment_pending",
    "appointment_to_confirm", "my_appointments", "password_reset", "status_confirmation",
    "waitlist_joined",
}  # fmt: skip


@pytest.fixture
def api(database: object) -> Iterator[TestClient]:
    with TestClient(shared_app(), raise_server_exceptions=True) as client:
        yield client


def _book(api: TestClient, **terms: Any) -> tuple[str, str]:
    """Book in a new agenda; return its slug and the private link's token."""
    windows = [make.make_window(day) for day in range(7)]
    slug = db.write_sync(lambda session: make.make_agenda(session, windows, **terms).slug)
    tomorrow = clock.to_local_day(clock.now()) + timedelta(days=1)
    asked = {"from": str(tomorrow)}
    start = api.get(f"/api/v1/agendas/{slug}/slots", params=asked).json()["items"][0]["start"]
    sent = make.make_booking_form(datetime.fromisoformat(start))
    answer = api.post(f"/api/v1/agendas/{slug}/appointments", json=sent)
    return slug, answer.json()["token"]


def _send_letters(api: TestClient) -> None:
    _book(api, confirms_by_email=True)
    _book(api, needs_approval=True)
    slug, token = _book(api)
    waits = make.make_booking_form(clock.now(), oab_number="2")
    waits.pop("start")
    api.post(f"/api/v1/agendas/{slug}/waitlist", json=waits).raise_for_status()
    later = api.get(f"/api/v1/agendas/{slug}/slots").json()["items"]
    moved = {"start": later[-1]["start"]}
    api.post(f"/api/v1/appointments/{token}/move", json=moved).raise_for_status()

    def more(session: Session) -> None:
        now = clock.now()
        asked = select(Appointment).where(col(Appointment.starts_at) > now)
        rows = session.exec(asked.where(col(Appointment.status) == "confirmed")).all()
        chambers_desk.cancel_as_chambers(session, SYSTEM, rows[0].id or 0, "Sessão", now=now)
        my_appointments.request_link(session, "voce@exemplo.invalid", now=now)
        accounts.make_actor(session, CHAMBERS_A, now=now)
        password_links.request_recovery(session, CHAMBERS_A.email, now=now)
        wanted = SubscriptionForm(email="a@exemplo.invalid")
        subscriptions.request_subscription(session, wanted, reporter="x", now=now)

    db.write_sync(more)


def _letters() -> list[OutboxMessage]:
    return db.read_sync(lambda session: list(session.exec(select(OutboxMessage))))


def _everything() -> dict[str, list[Any]]:
    def read(session: Session) -> dict[str, list[Any]]:
        tables = SQLModel.metadata.sorted_tables
        return {table.name: sorted(map(repr, session.execute(select(table)))) for table in tables}

    return db.read_sync(read)


def test_opening_every_link_of_every_letter_changes_nothing(api: TestClient) -> None:
    _send_letters(api)
    letters = _letters()
    assert {one.kind for one in letters} >= KINDS
    written = [payload_of(one) for one in letters]
    found = {url for one in written for url in ADDRESS.findall(one.text + " " + one.html)}
    ours = sorted(url for url in found if url.startswith(settings().base_url))
    assert len(ours) >= 10
    before = _everything()
    for url in ours:
        path = url.removeprefix(settings().base_url)
        for method in ("GET", "HEAD"):
            assert api.request(method, path, follow_redirects=False).status_code < 500
    after = _everything()
    assert {name for name in before if before[name] != after[name]} == set()

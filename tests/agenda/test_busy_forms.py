"""A database that is busy: the form's page says so, and what was typed can be sent again."""

import asyncio
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import select

from canais_app.agenda.models import Appointment, AppointmentStatus, WalkIn
from canais_app.canais_app import handle_backend_exception
from canais_app.kit import clock, db
from canais_app.kit.errors import BusyError
from canais_app.ui.error_banner import ErrorBannerState
from tests.doors import Browser, EventResult, list_handlers
from tests.factories import accounts
from tests.factories import agenda as factory
from tests.people import CHAMBERS_A

HANDLERS = list_handlers()
LAWYER = {
    "name": "Ana Prado",
    "oab_number": "1234",
    "oab_uf": "MT",
    "email": "ana@exemplo.invalid",
    "phone": "65 99999-0000",
    "subject": "Despacho",
    "modality": "video",
    "consent": "true",
}
ARRIVAL = {"name": "Bia Melo", "oab_number": "77", "oab_uf": "MT", "subject": "Urgência"}


@pytest.fixture(autouse=True)
def short_timeout(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(db, "SQLITE_TIMEOUT", 0.2)


@pytest.fixture
def cookie(database: Path) -> str:
    """Graça's session; her gabinete publishes an agenda."""
    with db.write_transaction() as session:
        unit = accounts.make_unit(session, "a", now=clock.now())
        factory.make_agenda(
            session, [factory.make_window(day) for day in range(7)], unit_id=unit.id, slug="ocupada"
        )
        accounts.make_everybody(session, now=clock.now())
        return accounts.open_session(session, CHAMBERS_A)


def send(tab: Browser, event: str, **sent: Any) -> EventResult:
    return asyncio.run(tab.send(HANDLERS[event][1], sent))


def send_while_busy(tab: Browser, event: str, **sent: Any) -> EventResult:
    """Send an event while another connection holds the write lock; check the sentence."""
    with db.write_transaction():
        answer = send(tab, event, **sent)
    assert {type(wrong) for wrong in answer.wrong} == {BusyError}
    assert answer.page[ErrorBannerState.get_full_name()]["said"].startswith(BusyError.message)
    return answer


def test_a_busy_database_keeps_a_lawyers_registration(cookie: str) -> None:
    tab = Browser("", "/agenda/ocupada", on_failure=handle_backend_exception)
    opened = send(tab, "PickerState.load").deltas
    label = opened["board"].turns[opened["day"]][-1].times[-1]
    assert send(tab, "PickerState.choose_time", label=label).deltas["mine"].label == label
    assert send(tab, "PickerState.review", form=LAWYER).deltas["step"] == "check"
    refused = send_while_busy(tab, "PickerState.confirm")
    assert {"typed", "step", "mine"}.isdisjoint(refused.deltas)  # as they were
    assert send(tab, "PickerState.confirm").redirects != []
    with db.read_transaction() as session:
        (row,) = session.exec(select(Appointment)).all()
    assert (row.name, row.status) == (LAWYER["name"], AppointmentStatus.CONFIRMED)


def test_a_busy_database_keeps_the_form_of_an_arrival(cookie: str) -> None:
    tab = Browser(cookie, "/gabinete", on_failure=handle_backend_exception)
    send(tab, "ChambersDeskState.load")
    refused = send_while_busy(tab, "ChambersDeskState.add_walk_in", form=ARRIVAL)
    assert "line_form" not in refused.deltas  # a new key would empty the form
    assert "line_form" in send(tab, "ChambersDeskState.add_walk_in", form=ARRIVAL).deltas
    with db.read_transaction() as session:
        assert [row.name for row in session.exec(select(WalkIn))] == [ARRIVAL["name"]]

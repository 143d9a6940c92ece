"""The desk's events, sent through Reflex's own pipeline."""

import asyncio
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import reflex as rx
from reflex_base.components.component import BaseComponent
from reflex_components_core.el.elements.forms import Form
from sqlmodel import select

from canais_app.agenda import queries
from canais_app.agenda.booking import approvals, booking
from canais_app.agenda.desk import parts
from canais_app.agenda.desk.state import ChambersDeskState
from canais_app.agenda.models import Agenda, Appointment, AppointmentStatus, WalkIn
from canais_app.kit import clock, db
from tests.doors import Browser, EventResult, list_handlers
from tests.factories import accounts
from tests.factories import agenda as factory
from tests.people import CHAMBERS_A

HANDLERS = list_handlers()


class Desk:
    """Graça's tab with her agenda open."""

    def __init__(self, cookie: str) -> None:
        self.browser = Browser(cookie, "/gabinete")

    def send(self, name: str, **sent: Any) -> EventResult:
        answer = asyncio.run(self.browser.send(HANDLERS[f"ChambersDeskState.{name}"][1], sent))
        assert answer.wrong == []
        return answer


@pytest.fixture
def now() -> datetime:
    """The real time: States use the portal's own clock."""
    return clock.now()


@pytest.fixture
def desk(database: Path, now: datetime) -> Desk:
    with db.write_transaction() as session:
        unit = accounts.make_unit(session, "a", now=now)
        factory.make_agenda(session, unit_id=unit.id, slug="mesa-de-teste", needs_approval=True)
        accounts.make_everybody(session, now=now)
        cookie = accounts.open_session(session, CHAMBERS_A)
    opened = Desk(cookie)
    opened.send("load")
    return opened


def ask(count: int, now: datetime) -> list[int]:
    """Create pending requests for the last free slot of the coming days; return their ids."""
    with db.write_transaction() as session:
        today = clock.to_local_day(now)
        slots = queries.list_open_slots(
            session, "mesa-de-teste", today, today + timedelta(days=27), now=now
        )
        start = datetime.fromisoformat(slots[-1].start)
        for number in range(count):
            wish = factory.make_booking_request(start, oab_number=str(number + 1), case_number="")
            booking.book(session, "mesa-de-teste", wish, now=now)
        rows = session.exec(select(Appointment).order_by(Appointment.id)).all()
        return [row.id or 0 for row in rows]


def every_component(drawn: BaseComponent) -> Iterator[BaseComponent]:
    """Return a component and all within it, whichever the branch."""
    yield drawn
    for child in getattr(drawn, "children", []):
        yield from every_component(child)


def status(appointment_id: int) -> str:
    with db.read_transaction() as session:
        return session.get_one(Appointment, appointment_id).status


def test_the_first_approval_wins_the_slot_and_the_other_is_refused(
    desk: Desk, now: datetime
) -> None:
    first, second = ask(2, now)
    assert desk.send("approve", appointment_id=first).told["news"].startswith("Pedido aprovado")
    late = desk.send("approve", appointment_id=second)
    assert "o gabinete aprovou outro pedido" in late.told["problem"]
    for agenda_id in db.read_sync(approvals.agendas_with_expired_requests, now=clock.now()):
        db.write_sync(approvals.expire_requests, agenda_id, now=clock.now())  # as the loop does
    assert (status(first), status(second)) == (
        AppointmentStatus.CONFIRMED,
        AppointmentStatus.REFUSED,
    )


def test_a_refusal_needs_a_reason_and_keeps_its_form_open(desk: Desk, now: datetime) -> None:
    (asked,) = ask(1, now)
    desk.send("ask_refuse", appointment_id=asked)
    answer = desk.send("refuse", form={"refusal": "  "})
    assert "refusal" in answer.told["errors"]
    assert answer.deltas.get("refusing", asked) == asked  # not sent anew: it stays
    desk.send("refuse", form={"refusal": "O processo está concluso"})
    assert status(asked) == AppointmentStatus.REFUSED


@pytest.mark.parametrize(
    "draw",
    [
        parts.request_list,
        parts.conflict_list,
        lambda: rx.foreach(ChambersDeskState.days, parts.desk_day),
        lambda: parts.chosen_item(ChambersDeskState.chosen),
    ],
)
def test_the_forms_of_a_list_send_their_own_fields(draw: Callable[[], rx.Component]) -> None:
    """Reflex keeps one ref per id on the page, which is that of the list drawn last."""
    forms = [one for one in every_component(draw()) if isinstance(one, Form)]
    assert forms
    for form in forms:
        assert form._get_form_refs() == {}


def test_a_cancellation_offers_the_chosen_slots(desk: Desk, now: datetime) -> None:
    (asked,) = ask(1, now)
    desk.send("approve", appointment_id=asked)
    offers = desk.send("ask_cancel", appointment_id=asked).told["offers"]
    assert len(offers) == 3
    form = {"reason": "Audiência marcada", f"offer-{offers[1][0]}": "true"}
    assert "oferecidos" in desk.send("cancel", form=form).told["news"]
    with db.read_transaction() as session:
        kept = session.exec(select(Appointment).where(Appointment.status == "offered")).all()
    assert [row.starts_at for row in kept] == [datetime.fromisoformat(offers[1][0])]


def test_a_walk_in_is_listed_called_and_attended(desk: Desk) -> None:
    form = {"name": "Pessoa de teste", "oab_number": "12", "oab_uf": "MT", "urgent": "true"}
    said = desk.send("add_walk_in", form=form).told
    assert said["news"] == "Pessoa de teste está na lista."
    with db.read_transaction() as session:
        waiting = session.exec(select(WalkIn)).one()
    desk.send("move_walk_in", walk_in_id=waiting.id, status="called")
    desk.send("move_walk_in", walk_in_id=waiting.id, status="attended")
    with db.read_transaction() as session:
        assert session.exec(select(WalkIn.status)).one() == "attended"
    late = desk.send("move_walk_in", walk_in_id=waiting.id, status="left")
    assert "A lista mudou" in late.told["problem"]


def test_a_walk_in_without_an_oab_is_refused_at_its_field(desk: Desk) -> None:
    answer = desk.send("add_walk_in", form={"name": "Pessoa de teste", "agenda_id": 99})
    assert set(answer.told["errors"]) == {"oab_number", "oab_uf"}


def test_the_second_click_on_a_booking_at_the_desk_does_nothing(desk: Desk) -> None:
    with db.read_transaction() as session:
        agenda_id = session.exec(select(Agenda.id)).one()

    def send(name: str, **sent: Any) -> EventResult:
        handler = HANDLERS[f"DeskBookingState.{name}"][1]
        return asyncio.run(desk.browser.send(handler, sent))

    opened = send("open_form", agenda_id=agenda_id).deltas
    form = {
        "form_key": "a",
        "para_start": opened["starts"][0][0],
        "para_name": "Ana Prado",
        "para_oab_number": "1234",
        "para_oab_uf": "MT",
        "para_email": "ana@exemplo.jus.br",
        "para_phone": "65 3617-0000",
        "para_subject": "Alvará",
        "para_consent": "true",
        "para_modality": opened["modalities"][0][0],
    }
    booked = send("book", form=form)
    assert booked.told["news"].startswith("Marcado para Ana Prado")
    again = send("book", form=form)
    assert not again.told.get("problem")
    assert "errors" not in again.told
    with db.read_transaction() as session:
        assert len(session.exec(select(Appointment)).all()) == 1

"""The page of one complaint: what it shows is what its forms answer to."""

import asyncio
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import Session

from canais_app import routes
from canais_app.accounts.roles import Actor, Grant, Role
from canais_app.complaints import queries
from canais_app.complaints.lifecycle import ComplaintStatus
from canais_app.complaints.triage import service as triage
from canais_app.kit import clock, db
from tests.doors import Browser, EventResult, list_handlers
from tests.factories import accounts
from tests.factories.complaints import file_report, make_court
from tests.people import CORREGEDORIA


@pytest.fixture
def tab(database: Path) -> Browser:
    """A tab of the Corregedoria at the page of a complaint."""

    def arrive(session: Session) -> tuple[str, str]:
        given = file_report(session, make_court(session), clock.now())
        accounts.make_staff(session, CORREGEDORIA, now=clock.now())
        return accounts.open_session(session, CORREGEDORIA), given.protocol

    cookie, protocol = db.write_sync(arrive)
    return Browser(cookie, f"{routes.CORREGEDORIA_COMPLAINTS}/{protocol}")


def _send(tab: Browser, handler: str, **payload: Any) -> EventResult:
    _, full, _ = list_handlers()[f"ComplaintState.{handler}"]
    answer = asyncio.run(tab.send(full, payload))
    assert answer.wrong == []
    return answer


def _move_by_a_colleague(session: Session, protocol: str, now: datetime) -> None:
    colleague = Actor(None, "Colega", (Grant(Role.CORREGEDORIA, ""),), is_trusted=True)
    to = ComplaintStatus.NOT_CONFIRMED
    triage.move_complaint(session, colleague, protocol, to, "Funcionava.", now=now)


@pytest.mark.parametrize(
    ("handler", "form"),
    [
        ("move", {"to": "em_analise", "text": "Vamos ver."}),
        ("extend_deadline", {"text": "Falta a unidade."}),
    ],
)
def test_who_read_an_older_version_is_told_who_was_faster(
    tab: Browser, handler: str, form: dict[str, str]
) -> None:
    protocol = tab.path.rpartition("/")[2]
    shown = _send(tab, "load").deltas
    assert shown["complaint"]["version"] == 1
    db.write_sync(_move_by_a_colleague, protocol, clock.now())
    answer = _send(tab, handler, form=form).deltas
    assert answer["problem"].startswith("Colega encerrou esta reclamação")
    assert answer["complaint"]["status"] == "nao_confirmada"
    assert "form_key" not in answer, "what was typed stays"
    row = db.read_sync(queries.load_by_protocol, protocol)
    assert (row.status, row.extended_at) == ("nao_confirmada", None)


def test_a_move_after_one_of_ones_own_is_of_the_version_shown(tab: Browser) -> None:
    _send(tab, "load")
    first = _send(tab, "move", form={"to": "em_analise", "text": ""}).deltas
    assert first["news"] == "Movimento registrado."
    second = _send(tab, "move", form={"to": "respondida", "text": "Voltou."}).deltas
    assert second["complaint"]["status"] == "respondida"


def test_the_page_offers_no_move_that_it_cannot_make(tab: Browser) -> None:
    moves = [move["to"] for move in _send(tab, "load").deltas["moves"]]
    assert moves == ["em_analise", "nao_confirmada"]

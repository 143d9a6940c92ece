"""The second of two clicks on a form does nothing, whatever the page shows by then."""

import asyncio
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlmodel import Session, col, select

from canais_app import routes
from canais_app.accounts import sessions
from canais_app.accounts.models import Staff
from canais_app.accounts.roles import Actor, Role
from canais_app.complaints import queries
from canais_app.complaints.models import Complaint, ComplaintEvent
from canais_app.complaints.triage import service as triage
from canais_app.kit import clock, db
from tests.doors import Browser, list_handlers
from tests.factories.complaints import file_report, make_court, make_staff


def _arrive(session: Session) -> tuple[str, str, list[str]]:
    """Forward two complaints; return a manager's cookie, an inspector's, and the protocols."""
    now, court = clock.now(), make_court(session)
    inspector = make_staff(session, Role.CORREGEDORIA)
    manager = make_staff(session, Role.MANAGER, court.unit)
    protocols = [file_report(session, court, now).protocol for _ in range(2)]
    for protocol in protocols:
        triage.forward_complaint(session, inspector, protocol, "Verifiquem.", now=now)
    return _cookie(session, manager, now), _cookie(session, inspector, now), protocols


def _cookie(session: Session, actor: Actor, now: datetime) -> str:
    row = session.get_one(Staff, actor.staff_id)
    return sessions.open_session(session, row, now=now, code_given=True).token


def _send(tab: Browser, handler: str, **payload: Any) -> dict[str, Any]:
    _, full, _ = list_handlers()[handler]
    answer = asyncio.run(tab.send(full, payload))
    assert answer.wrong == []
    return answer.deltas


def _answered(protocols: list[str]) -> list[bool]:
    rows = [db.read_sync(queries.load_by_protocol, protocol) for protocol in protocols]
    return [row.unit_answered_at is not None for row in rows]


def test_a_units_second_click_answers_no_other_complaint(database: Path) -> None:
    cookie, _, protocols = db.write_sync(_arrive)
    tab = Browser(cookie, routes.MANAGEMENT)
    _send(tab, "InboxState.load")
    shown = _send(tab, "InboxState.open", protocol=protocols[0])
    form = {"form_key": shown["form_key"], "text": "Aparelho trocado.", "fizemos-religamos": "on"}
    after = _send(tab, "InboxState.answer", form=form)
    assert after["opened"] == protocols[1]
    _send(tab, "InboxState.answer", form=form)
    assert _answered(protocols) == [True, False]
    _send(tab, "InboxState.answer", form={**form, "form_key": after["form_key"]})
    assert _answered(protocols) == [True, True]


def test_a_second_click_in_the_queue_acts_on_no_other_complaint(database: Path) -> None:
    _, cookie, protocols = db.write_sync(_arrive)
    tab = Browser(cookie, routes.CORREGEDORIA_COMPLAINTS)
    _send(tab, "QueueState.load")
    shown = _send(tab, "QueueState.open", protocol=protocols[0])
    act = {"action": "responder", "text": "O aparelho foi trocado.", "form_key": shown["form_key"]}
    assert _send(tab, "QueueState.act", **act)["opened"] == protocols[1]
    _send(tab, "QueueState.act", **act)
    rows = [db.read_sync(queries.load_by_protocol, protocol) for protocol in protocols]
    assert [row.status for row in rows] == ["respondida", "encaminhada"]


def test_a_message_clicked_twice_is_sent_once(database: Path) -> None:
    _, cookie, protocols = db.write_sync(_arrive)
    tab = Browser(cookie, f"{routes.CORREGEDORIA_COMPLAINTS}/{protocols[0]}")
    _send(tab, "ComplaintState.load")
    form = {"form_key": "", "text": "Desde que horas?"}
    for _ in range(2):
        _send(tab, "ComplaintState.write_to_reporter", form=form)

    def count(session: Session) -> int:
        query = (
            select(ComplaintEvent)
            .join(Complaint, col(Complaint.id) == col(ComplaintEvent.complaint_id))
            .where(
                col(Complaint.protocol) == protocols[0],
                col(ComplaintEvent.text) == "Desde que horas?",
            )
        )
        return len(session.exec(query).all())

    assert db.read_sync(count) == 1

"""What the Corregedoria reads of appointments: late requests, and what two sides tell apart."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlmodel import Session

from canais_app.accounts.roles import Actor, Grant, Role
from canais_app.agenda import oversight_queries as service
from canais_app.agenda.models import Agenda, Appointment, AppointmentStatus
from canais_app.kit.errors import PermissionDeniedError
from tests.factories import agenda as make

HOUR = timedelta(hours=1)
CORREGEDORIA = Actor(1, "Corregedoria", (Grant(Role.CORREGEDORIA),))


@pytest.fixture
def agenda(session: Session) -> Agenda:
    return make.make_agenda(session)


def _store(session: Session, agenda: Agenda, start: datetime, code: str, **changes: Any) -> None:
    session.add(
        Appointment(
            agenda_id=agenda.id or 0, starts_at=start, ends_at=start + HOUR, busy_from=start,
            busy_until=start + HOUR, token_hash=code, code=code, created_at=start - 99 * HOUR,
            name="Advogada", **changes,
        )
    )  # fmt: skip
    session.flush()


def test_requests_past_their_term_are_listed_the_latest_first(
    session: Session, agenda: Agenda, now: datetime
) -> None:
    soon, pending = now + 24 * HOUR, AppointmentStatus.PENDING
    _store(session, agenda, soon, "A", status=pending, answer_due_at=now - 3 * HOUR)
    _store(session, agenda, soon + 1 * HOUR, "B", status=pending, answer_due_at=now - 60 * HOUR)
    _store(session, agenda, soon + 2 * HOUR, "C", status=pending, answer_due_at=now + HOUR)
    _store(session, agenda, soon + 3 * HOUR, "D", status="confirmed", answer_due_at=now - HOUR)
    _store(session, agenda, now - 4 * HOUR, "E", status=pending, answer_due_at=now - HOUR)
    found = service.list_overdue_requests(session, actor=CORREGEDORIA, now=now)
    assert [(row.code, row.late) for row in found] == [("B", "há 2 dias"), ("A", "há 3 horas")]


def test_disagreements_are_what_the_two_sides_tell_apart(
    session: Session, agenda: Agenda, now: datetime
) -> None:
    said = {"lawyer_outcome_at": now - HOUR}
    rows = {
        "A": ("not_attended", "attended"),
        "B": ("not_attended", "missed"),
        "C": ("attended", "missed"),
        "D": ("attended", "attended"),
        "E": ("not_attended", "confirmed"),
        "F": ("", "missed"),
    }
    for number, (code, (outcome, status)) in enumerate(rows.items()):
        start = now - (2 + 2 * number) * HOUR
        changes = {"lawyer_outcome": outcome, "status": status, **said}
        _store(session, agenda, start, code, complaint_protocol="2026-00000001", **changes)
    found = service.list_disagreements(session, actor=CORREGEDORIA, now=now)
    assert sorted((row.code, row.lawyer, row.desk) for row in found) == [
        ("A", "ninguém atendeu", "veio"),
        ("B", "ninguém atendeu", "faltou"),
        ("C", "foi atendida(o)", "faltou"),
    ]
    assert found[0].complaint_href == "/corregedoria/reclamacoes/2026-00000001"
    assert "Advogada" not in repr(found)
    reader = Actor(2, "Leitura", (Grant(Role.READER),))
    assert service.list_disagreements(session, actor=reader, now=now)[0].complaint_href == ""
    later = service.list_disagreements(session, actor=CORREGEDORIA, now=now + service.PERIOD)
    assert later == []


def test_only_those_of_the_dashboard_read_it(session: Session, now: datetime) -> None:
    desk = Actor(3, "Gabinete", (Grant(Role.CHAMBERS, "/1/"),))
    for query in (
        service.list_overdue_requests,
        service.list_disagreements,
        service.list_full_agendas,
    ):
        with pytest.raises(PermissionDeniedError):
            query(session, actor=desk, now=now)


def test_agendas_without_a_free_time_in_twenty_days_are_listed(
    session: Session, now: datetime
) -> None:
    make.make_agenda(session, title="Com horários")
    far = make.make_window(2, valid_from=now.date() + timedelta(days=21))
    near = make.make_window(2, valid_from=now.date() + timedelta(days=10))
    make.make_agenda(session, [far], title="Distante", horizon_days=60)
    make.make_agenda(session, [near], title="Perto", horizon_days=60)
    make.make_agenda(session, [], title="Vazia")
    make.make_agenda(session, [], title="Recolhida", published=False)
    found = service.list_full_agendas(session, actor=CORREGEDORIA, now=now)
    assert [row.agenda for row in found] == ["Vazia", "Distante"]
    assert found[0].next_free == "nenhum"

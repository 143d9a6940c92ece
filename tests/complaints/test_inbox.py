"""The inbox of a unit: what arrives, what it answers, what nobody else sees, and deadlines."""

from datetime import datetime, timedelta

import pytest
from sqlmodel import Session, col, select

from canais_app.accounts.roles import Actor, Grant, Role
from canais_app.complaints import queries
from canais_app.complaints.errors import StaleComplaintError
from canais_app.complaints.lifecycle import ComplaintStatus
from canais_app.complaints.models import Complaint
from canais_app.complaints.triage import duplicates, escalation, unit_inbox
from canais_app.complaints.triage import service as triage
from canais_app.kit import clock
from canais_app.kit.errors import ConflictError, InvalidError, NotFoundError, PermissionDeniedError
from canais_app.outbox.messages import COMPLAINT_DEADLINES, COMPLAINT_FORWARDED
from canais_app.outbox.models import OutboxMessage
from canais_app.outbox.service import render_redacted
from tests.factories.complaints import (
    ComplaintsCourt,
    file_report,
    file_reports,
    make_court,
    make_staff,
)

TASK = "Verifiquem o aparelho e digam desde quando responde."


@pytest.fixture
def court(session: Session) -> ComplaintsCourt:
    return make_court(session)


@pytest.fixture
def inspector(session: Session) -> Actor:
    return make_staff(session, Role.CORREGEDORIA)


@pytest.fixture
def manager(session: Session, court: ComplaintsCourt) -> Actor:
    return make_staff(session, Role.MANAGER, court.unit)


@pytest.fixture
def forwarded(
    session: Session, court: ComplaintsCourt, inspector: Actor, manager: Actor, now: datetime
) -> str:
    """A complaint that was forwarded to the manager's unit."""
    given = file_report(session, court, now, text="CPF 123.456.789-09", name="Fulana")
    triage.forward_complaint(session, inspector, given.protocol, TASK, now=now)
    return given.protocol


def _letters(session: Session, kind: str) -> list[OutboxMessage]:
    query = select(OutboxMessage).where(col(OutboxMessage.kind) == kind)
    return list(session.exec(query.order_by(col(OutboxMessage.id))))


def test_forwarding_needs_a_task_for_the_unit(
    session: Session, court: ComplaintsCourt, inspector: Actor, now: datetime
) -> None:
    given = file_report(session, court, now)
    with pytest.raises(InvalidError):
        triage.forward_complaint(session, inspector, given.protocol, " ", now=now)


def test_a_forwarded_complaint_arrives_with_a_letter_and_an_inner_deadline(
    session: Session, manager: Actor, forwarded: str, now: datetime
) -> None:
    rows = unit_inbox.load_inbox(session, actor=manager, now=now)
    assert [row.protocol for row in rows] == [forwarded]
    assert unit_inbox.count_inbox(session, manager) == 1
    letters = _letters(session, COMPLAINT_FORWARDED)
    assert [letter.recipient for letter in letters] == [
        "secretaria@exemplo.invalid",
        "gestor@exemplo.invalid",
    ]
    subject, text = render_redacted(letters[0])
    assert forwarded in subject
    assert TASK in text
    assert "Fulana" not in text
    assert "123.456" not in text
    detail = unit_inbox.load_inbox_detail(session, forwarded, actor=manager, now=now)
    row = queries.load_by_protocol(session, forwarded)
    assert row.unit_due_at is not None
    days = (clock.to_local_day(row.unit_due_at) - clock.to_local_day(now)).days
    assert 20 <= days <= 24
    assert row.unit_due_at < row.due_at
    assert detail.asked[0].text == TASK
    assert "Fulana" not in str(detail)
    assert "123.456" not in str(detail)


def test_the_reporter_does_not_read_what_the_unit_is_asked(
    session: Session, court: ComplaintsCourt, inspector: Actor, now: datetime
) -> None:
    given = file_report(session, court, now)
    triage.forward_complaint(session, inspector, given.protocol, TASK, now=now)
    seen = queries.load_reporter_view(session, given.protocol, given.secret, now=now)
    assert [step.title for step in seen.steps] == [
        "Recebida",
        "Em análise",
        "Encaminhada à unidade",
    ]
    assert TASK not in str(seen)


def test_the_unit_answers_to_the_corregedoria_which_answers_the_reporter(
    session: Session, inspector: Actor, manager: Actor, forwarded: str, now: datetime
) -> None:
    unit_inbox.take_complaint(session, forwarded, actor=manager, now=now)
    version = queries.load_by_protocol(session, forwarded).version
    with pytest.raises(InvalidError):
        unit_inbox.answer_to_corregedoria(
            session, forwarded, ["ti"], "", version, actor=manager, now=now
        )
    unit_inbox.answer_to_corregedoria(
        session, forwarded, ["religamos", "x"], "Ligado hoje.", version, actor=manager, now=now
    )
    row = queries.load_by_protocol(session, forwarded)
    assert (row.status, row.unit_answered_at) == ("encaminhada", now)
    assert unit_inbox.load_inbox(session, actor=manager, now=now) == []
    sent = unit_inbox.load_inbox(session, actor=manager, now=now, which="enviadas")
    assert (sent[0].mark, sent[0].taker) == ("enviada", "Pessoa da gestor")
    seen = queries.load_detail(session, inspector, forwarded, now=now)
    assert seen.unit_answered
    assert seen.steps[-1].text == "• Religamos ou trocamos o aparelho.\nLigado hoje."
    assert seen.steps[-1].author == "unit"
    triage.answer_complaint(session, inspector, forwarded, "Voltou.", now=now)
    assert queries.load_by_protocol(session, forwarded).status == "respondida"


def test_the_corregedoria_sends_it_back_and_it_is_marked(
    session: Session, inspector: Actor, manager: Actor, forwarded: str, now: datetime
) -> None:
    unit_inbox.answer_to_corregedoria(session, forwarded, [], "Feito", 0, actor=manager, now=now)
    triage.return_to_unit(session, inspector, forwarded, "Desde quando?", now=now)
    rows = unit_inbox.load_inbox(session, actor=manager, now=now)
    assert [(row.protocol, row.mark) for row in rows] == [(forwarded, "voltou")]
    detail = unit_inbox.load_inbox_detail(session, forwarded, actor=manager, now=now)
    assert (detail.answered, detail.asked[-1].text) == ("", "Desde quando?")
    assert len(_letters(session, COMPLAINT_FORWARDED)) == 4


def test_the_unit_gives_back_what_is_not_its_affair(
    session: Session, manager: Actor, forwarded: str, now: datetime
) -> None:
    with pytest.raises(InvalidError):
        unit_inbox.refuse_complaint(session, forwarded, "", 0, actor=manager, now=now)
    unit_inbox.refuse_complaint(session, forwarded, "É do CEJUSC", 0, actor=manager, now=now)
    assert queries.load_by_protocol(session, forwarded).status == ComplaintStatus.IN_REVIEW
    with pytest.raises(ConflictError):
        unit_inbox.answer_to_corregedoria(session, forwarded, [], "x", 0, actor=manager, now=now)


def test_another_unit_and_other_roles_find_nothing(
    session: Session, court: ComplaintsCourt, manager: Actor, forwarded: str, now: datetime
) -> None:
    stranger = Actor(manager.staff_id, "Outra", (Grant(Role.MANAGER, court.other.path),))
    assert unit_inbox.load_inbox(session, actor=stranger, now=now) == []
    assert unit_inbox.count_inbox(session, stranger) == 0
    with pytest.raises(NotFoundError):
        unit_inbox.load_inbox_detail(session, forwarded, actor=stranger, now=now)
    with pytest.raises(NotFoundError):
        unit_inbox.answer_to_corregedoria(session, forwarded, [], "x", 0, actor=stranger, now=now)
    chambers = Actor(manager.staff_id, "Gabinete", (Grant(Role.CHAMBERS, court.unit.path),))
    with pytest.raises(PermissionDeniedError):
        unit_inbox.load_inbox(session, actor=chambers, now=now)


def test_a_complaint_that_was_never_forwarded_is_not_found(
    session: Session, court: ComplaintsCourt, manager: Actor, now: datetime
) -> None:
    given = file_report(session, court, now)
    with pytest.raises(NotFoundError):
        unit_inbox.load_inbox_detail(session, given.protocol, actor=manager, now=now)


def test_who_is_slower_than_a_colleague_is_told(
    session: Session, manager: Actor, forwarded: str, now: datetime
) -> None:
    version = queries.load_by_protocol(session, forwarded).version
    colleague = Actor(None, "Colega", manager.grants, is_trusted=True)
    unit_inbox.answer_to_corregedoria(
        session, forwarded, [], "Feito", version, actor=colleague, now=now
    )
    with pytest.raises(StaleComplaintError, match="Colega respondeu, pela unidade"):
        unit_inbox.answer_to_corregedoria(
            session, forwarded, [], "Eu", version, actor=manager, now=now
        )


def test_merged_reports_are_read_together(
    session: Session, court: ComplaintsCourt, inspector: Actor, manager: Actor, now: datetime
) -> None:
    first, second = file_reports(session, court, now, 2)
    row = queries.load_by_protocol(session, second.protocol)
    row.text = "Mensagem entregue, nunca lida."
    duplicates.mark_duplicate(session, inspector, second.protocol, first.protocol, "", now=now)
    triage.forward_complaint(session, inspector, first.protocol, TASK, now=now)
    rows = unit_inbox.load_inbox(session, actor=manager, now=now)
    assert rows[0].same == 2
    detail = unit_inbox.load_inbox_detail(session, first.protocol, actor=manager, now=now)
    assert [report.text for report in detail.reports] == ["Mensagem entregue, nunca lida."]


def test_a_missed_inner_deadline_is_told_once(
    session: Session, inspector: Actor, forwarded: str, now: datetime
) -> None:
    assert escalation.warn_of_deadlines(session, now=now) == 0
    row = queries.load_by_protocol(session, forwarded)
    assert row.unit_due_at is not None
    late = row.unit_due_at + timedelta(hours=1)
    assert escalation.warn_of_deadlines(session, now=late) == 1
    assert escalation.warn_of_deadlines(session, now=late) == 0
    assert (
        "O prazo da sua unidade passou"
        in render_redacted(_letters(session, COMPLAINT_FORWARDED)[-1])[0]
    )
    owners = _letters(session, COMPLAINT_DEADLINES)
    assert [letter.recipient for letter in owners] == ["corregedoria@exemplo.invalid"]
    # The final deadline is another one: it is warned of again, once.
    near = row.due_at - timedelta(days=1)
    assert escalation.warn_of_deadlines(session, now=near) == 1
    assert escalation.warn_of_deadlines(session, now=near + timedelta(days=9)) == 0
    assert len(_letters(session, COMPLAINT_DEADLINES)) == 2


def test_a_stopped_clock_and_an_answered_complaint_are_not_escalated(
    session: Session, court: ComplaintsCourt, inspector: Actor, now: datetime
) -> None:
    asked, answered = file_reports(session, court, now, 2)
    triage.ask_reporter(session, inspector, asked.protocol, "Qual número?", now=now)
    triage.answer_complaint(session, inspector, answered.protocol, "Voltou", now=now)
    assert escalation.warn_of_deadlines(session, now=now + timedelta(days=90)) == 0
    late = session.exec(select(Complaint)).all()
    assert not any(queries.is_late(row, now + timedelta(days=90)) for row in late)


def test_a_change_by_the_unit_shows_in_the_corregedorias_version(
    session: Session, inspector: Actor, manager: Actor, forwarded: str, now: datetime
) -> None:
    version = queries.load_by_protocol(session, forwarded).version
    unit_inbox.answer_to_corregedoria(session, forwarded, [], "Feito", 0, actor=manager, now=now)
    with pytest.raises(StaleComplaintError):
        triage.answer_complaint(session, inspector, forwarded, "x", version=version, now=now)

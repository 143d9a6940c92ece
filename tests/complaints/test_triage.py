"""Triage by the Corregedoria: owners, answers, the clock, duplicates, many at once, undoing."""

from datetime import datetime, timedelta

import pytest
from sqlmodel import Session, col, select

from canais_app.accounts.audit import verify_chain
from canais_app.accounts.models import AuditEntry
from canais_app.accounts.roles import Actor, Grant, Role
from canais_app.complaints import lifecycle, queries, reporter, rollups
from canais_app.complaints.errors import StaleComplaintError
from canais_app.complaints.lifecycle import ComplaintStatus
from canais_app.complaints.models import AnswerDay, Complaint, ComplaintEvent
from canais_app.complaints.triage import bulk, duplicates, letters
from canais_app.complaints.triage import service as triage
from canais_app.complaints.triage.answer_templates import (
    TemplateForm,
    fill_template,
    list_templates,
    save_template,
)
from canais_app.kit import clock
from canais_app.kit.errors import ConflictError, InvalidError, NotFoundError, PermissionDeniedError
from canais_app.outbox.models import OutboxMessage
from tests.factories.complaints import (
    ComplaintsCourt,
    file_report,
    file_reports,
    make_court,
    make_staff,
)

ADDRESS = "pessoa@exemplo.invalid"


@pytest.fixture
def court(session: Session) -> ComplaintsCourt:
    return make_court(session)


@pytest.fixture
def inspector(session: Session) -> Actor:
    return make_staff(session, Role.CORREGEDORIA)


def load(session: Session, protocol: str) -> Complaint:
    return queries.load_by_protocol(session, protocol)


def test_answering_a_received_complaint_passes_through_review(
    session: Session, court: ComplaintsCourt, inspector: Actor, now: datetime
) -> None:
    given = file_report(session, court, now, email=ADDRESS)
    triage.answer_complaint(session, inspector, given.protocol, "O {canal} voltou.", now=now)
    row = load(session, given.protocol)
    assert (row.status, row.owner_id, row.is_on_time) == ("respondida", inspector.staff_id, True)
    moves = [e.to_status for e in queries.load_events(session, row)]
    assert moves == ["recebida", "em_analise", "respondida"]
    seen = queries.load_reporter_view(session, given.protocol, given.secret, now=now)
    assert seen.steps[-1].text == "O Balcão Virtual voltou."


def test_who_read_an_older_version_is_told_who_did_what(
    session: Session, court: ComplaintsCourt, inspector: Actor, now: datetime
) -> None:
    given = file_report(session, court, now)
    colleague = Actor(None, "Colega", inspector.grants, is_trusted=True)
    triage.answer_complaint(session, colleague, given.protocol, "Voltou.", now=now)
    with pytest.raises(StaleComplaintError) as refused:
        triage.answer_complaint(session, inspector, given.protocol, "Não", version=1, now=now)
    assert refused.value.status == 409
    assert refused.value.message.startswith("Colega respondeu esta reclamação às 14h.")
    row = load(session, given.protocol)
    triage.move_complaint(
        session, inspector, given.protocol, ComplaintStatus.IN_REVIEW, "", version=row.version,
        now=now,
    )  # fmt: skip


def test_a_message_of_the_reporter_is_unread_until_staff_open_it(
    session: Session, court: ComplaintsCourt, inspector: Actor, now: datetime
) -> None:
    given = file_report(session, court, now)
    reporter.add_reporter_message(session, given.protocol, given.secret, "Caiu de novo", now=now)
    assert load(session, given.protocol).is_unread
    triage.mark_read(session, inspector, given.protocol, now=now)
    assert not load(session, given.protocol).is_unread


def test_a_question_stops_the_clock_until_the_reporter_writes(
    session: Session, court: ComplaintsCourt, inspector: Actor, now: datetime
) -> None:
    given = file_report(session, court, now, email=ADDRESS)
    before = load(session, given.protocol).due_at
    triage.ask_reporter(session, inspector, given.protocol, "Qual número?", now=now)
    much_later = before + timedelta(days=5)
    row = load(session, given.protocol)
    assert not queries.is_late(row, much_later)
    assert "aguarda" in queries.format_deadline_of(row, much_later)
    answered = now + timedelta(days=7)
    reporter.add_reporter_message(session, given.protocol, given.secret, "O de cima", now=answered)
    row = load(session, given.protocol)
    assert row.waiting_since is None
    moved = (clock.to_local_day(row.due_at) - clock.to_local_day(before)).days
    assert 7 <= moved <= 12  # to the next open day


def test_no_answer_is_asked_for_once_the_complaint_is_answered(
    session: Session, court: ComplaintsCourt, inspector: Actor, now: datetime
) -> None:
    given = file_report(session, court, now)
    triage.answer_complaint(session, inspector, given.protocol, "Voltou.", now=now)
    with pytest.raises(ConflictError):
        triage.ask_reporter(session, inspector, given.protocol, "Qual número?", now=now)


def test_an_owner_must_be_somebody_who_triages(
    session: Session, court: ComplaintsCourt, inspector: Actor, now: datetime
) -> None:
    given = file_report(session, court, now)
    manager = make_staff(session, Role.MANAGER, court.unit)
    with pytest.raises(InvalidError):
        triage.assign_complaint(session, inspector, given.protocol, manager.staff_id, now=now)
    triage.assign_complaint(session, inspector, given.protocol, inspector.staff_id, now=now)
    triage.assign_complaint(session, inspector, given.protocol, None, now=now)
    assert load(session, given.protocol).owner_id is None
    actions = session.exec(select(AuditEntry.action).order_by(col(AuditEntry.id))).all()
    assert list(actions) == ["assumiu", "passou"]
    seen = queries.load_reporter_view(session, given.protocol, given.secret, now=now)
    assert [step.title for step in seen.steps] == ["Recebida"]


def test_a_duplicate_names_its_original_which_counts_it(
    session: Session, court: ComplaintsCourt, inspector: Actor, now: datetime
) -> None:
    first, second, third = file_reports(session, court, now, 3)
    with pytest.raises(InvalidError):
        triage.move_complaint(
            session, inspector, second.protocol, ComplaintStatus.DUPLICATE, "igual", now=now
        )
    with pytest.raises(InvalidError):
        duplicates.mark_duplicate(session, inspector, first.protocol, first.protocol, "", now=now)
    with pytest.raises(NotFoundError):
        duplicates.mark_duplicate(session, inspector, first.protocol, "2026-1", "", now=now)
    duplicates.mark_duplicate(session, inspector, third.protocol, second.protocol, "", now=now)
    duplicates.mark_duplicate(session, inspector, second.protocol, first.protocol, "", now=now)
    original = load(session, first.protocol)
    assert original.duplicates == 2
    for other in (second, third):
        row = load(session, other.protocol)
        assert (row.status, row.duplicate_of_id) == ("duplicada", original.id)


def test_a_reopened_duplicate_still_shows_its_original(
    session: Session, court: ComplaintsCourt, inspector: Actor, now: datetime
) -> None:
    first, second = file_reports(session, court, now, 2)
    duplicates.mark_duplicate(session, inspector, second.protocol, first.protocol, "", now=now)
    reporter.reopen_complaint(session, second.protocol, second.secret, "Não é igual", now=now)
    seen = queries.load_detail(session, inspector, second.protocol, now=now)
    assert (seen.status, seen.original) == ("em_analise", first.protocol)
    assert load(session, second.protocol).is_unread


def test_the_answer_of_the_original_reaches_the_reporters_of_duplicates(
    session: Session, court: ComplaintsCourt, inspector: Actor, now: datetime
) -> None:
    first = file_report(session, court, now)
    second = file_report(session, court, now, email=ADDRESS)
    duplicates.mark_duplicate(session, inspector, second.protocol, first.protocol, "", now=now)
    triage.answer_complaint(session, inspector, first.protocol, "Voltou às 14h.", now=now)
    seen = queries.load_reporter_view(session, second.protocol, second.secret, now=now)
    assert seen.steps[-1].text == "Voltou às 14h."
    to = session.exec(select(OutboxMessage.recipient)).all()
    assert list(to).count(ADDRESS) == 3  # receipt, merged, answered


def test_likely_duplicates_are_of_the_same_unit_and_channel(
    session: Session, court: ComplaintsCourt, inspector: Actor, now: datetime
) -> None:
    given = file_report(session, court, now, text="O vídeo cai no meio da audiência")
    alike = file_report(session, court, now, text="Vídeo cai no meio da audiência, duas vezes")
    file_report(session, court, now, channel="telefone", kind="nao_atende")
    file_report(session, court, now, unit=court.other.slug)
    row = load(session, given.protocol)
    found = duplicates.list_likely_duplicates(session, inspector, row)
    assert [other.protocol for other in found] == [alike.protocol]
    assert found[0].percent > 85


def test_fourteen_reports_of_one_outage_are_answered_in_one_action(
    session: Session, court: ComplaintsCourt, inspector: Actor, now: datetime
) -> None:
    given = [filed.protocol for filed in file_reports(session, court, now, 14)]
    result = bulk.answer_all(session, inspector, given, "O {canal} voltou em {data}.", now=now)
    assert (len(result.done), result.refused) == (14, {})
    words = select(ComplaintEvent.text).where(ComplaintEvent.to_status == "respondida")
    assert set(session.exec(words)) == {"O Balcão Virtual voltou em 23/11/2026."}
    assert session.exec(select(AnswerDay.count)).all() == [14]
    assert verify_chain(session).is_intact


def test_what_one_complaint_refuses_does_not_stop_the_others(
    session: Session, court: ComplaintsCourt, inspector: Actor, now: datetime
) -> None:
    first, second, third = file_reports(session, court, now, 3)
    triage.move_complaint(
        session, inspector, second.protocol, ComplaintStatus.NOT_CONFIRMED, "Não vimos", now=now
    )
    chosen = [first.protocol, second.protocol, "2026-0", third.protocol, first.protocol]
    result = bulk.forward_all(session, inspector, chosen, "Verifiquem o link.", now=now)
    assert [change.protocol for change in result.done] == [first.protocol, third.protocol]
    assert set(result.refused) == {second.protocol, "2026-0"}
    assert load(session, second.protocol).status == "nao_confirmada"
    manager = make_staff(session, Role.MANAGER, court.unit)
    with pytest.raises(PermissionDeniedError):
        bulk.answer_all(session, manager, chosen, "Voltou", now=now)
    with pytest.raises(InvalidError):
        bulk.answer_all(session, inspector, [], "Voltou", now=now)


def test_an_action_is_undone_with_its_letters_and_counts(
    session: Session, court: ComplaintsCourt, inspector: Actor, now: datetime
) -> None:
    given = file_report(session, court, now, email=ADDRESS)
    result = bulk.answer_all(session, inspector, [given.protocol], "Voltou", now=now)
    assert session.exec(select(AnswerDay)).all()
    soon = now + timedelta(seconds=9)
    undone = bulk.undo_changes(session, inspector, result.done, now=soon)
    assert undone.refused == {}
    session.expire_all()
    row = load(session, given.protocol)
    assert (row.status, row.owner_id, row.answered_at) == ("recebida", None, None)
    assert session.exec(select(AnswerDay)).all() == []
    assert [e.to_status for e in queries.load_events(session, row)] == ["recebida"]
    states = select(OutboxMessage.status).where(col(OutboxMessage.kind) == "complaint_answer")
    assert set(session.exec(states)) == {"withdrawn"}
    actions = session.exec(select(AuditEntry.action).order_by(col(AuditEntry.id))).all()
    assert actions[-1] == "desfez"
    assert verify_chain(session).is_intact


def test_undoing_a_merge_corrects_the_original(
    session: Session, court: ComplaintsCourt, inspector: Actor, now: datetime
) -> None:
    first, second = file_reports(session, court, now, 2)
    result = bulk.merge_all(
        session, inspector, [first.protocol, second.protocol], first.protocol, now=now
    )
    assert load(session, first.protocol).duplicates == 1
    bulk.undo_changes(session, inspector, result.done, now=now)
    session.expire_all()
    assert load(session, first.protocol).duplicates == 0
    assert load(session, second.protocol).duplicate_of_id is None


def test_undoing_a_merge_returns_the_duplicates_that_went_along(
    session: Session, court: ComplaintsCourt, inspector: Actor, now: datetime
) -> None:
    first, second, third, fourth = (r.protocol for r in file_reports(session, court, now, 4))
    for other in (third, fourth):
        duplicates.mark_duplicate(session, inspector, other, second, "", now=now)
    result = bulk.merge_all(session, inspector, [second], first, now=now)
    assert load(session, first).duplicates == 3
    assert bulk.undo_changes(session, inspector, result.done, now=now).refused == {}
    session.expire_all()
    own = load(session, second)
    assert (load(session, first).duplicates, own.duplicates) == (0, 2)
    assert {load(session, other).duplicate_of_id for other in (third, fourth)} == {own.id}


def test_what_was_sent_is_not_undone(
    session: Session, court: ComplaintsCourt, inspector: Actor, now: datetime
) -> None:
    first = file_report(session, court, now, email=ADDRESS)
    second = file_report(session, court, now)
    given = [first.protocol, second.protocol]
    result = bulk.answer_all(session, inspector, given, "Voltou", now=now)
    letter = session.exec(
        select(OutboxMessage).where(col(OutboxMessage.kind) == "complaint_answer")
    ).one()
    letter.status = "sent"
    session.flush()
    undone = bulk.undo_changes(session, inspector, result.done, now=now)
    assert undone.refused == {first.protocol: "A mensagem já saiu: não dá mais para desfazer."}
    assert [load(session, protocol).status for protocol in given] == ["respondida", "recebida"]


def test_many_are_changed_only_as_they_were_read(
    session: Session, court: ComplaintsCourt, inspector: Actor, now: datetime
) -> None:
    first, second, third = (r.protocol for r in file_reports(session, court, now, 3))
    colleague = make_staff(session, Role.CORREGEDORIA, login="outra")
    read = {protocol: load(session, protocol).version for protocol in (first, second, third)}
    triage.assign_complaint(session, colleague, second, colleague.staff_id, now=now)
    result = bulk.assign_all(
        session, inspector, [first, second], inspector.staff_id, versions=read, now=now
    )
    assert [change.protocol for change in result.done] == [first]
    assert "mudou o responsável" in result.refused[second]
    assert load(session, second).owner_id == colleague.staff_id
    chosen = [second, third]
    for refusing in (
        bulk.answer_all(session, inspector, chosen[:1], "Voltou", versions=read, now=now),
        bulk.forward_all(session, inspector, chosen[:1], "Vejam", versions=read, now=now),
        bulk.merge_all(session, inspector, chosen, third, versions=read, now=now),
        bulk.move_all(
            session, inspector, chosen[:1], ComplaintStatus.IN_REVIEW, "", versions=read, now=now
        ),
    ):
        assert set(refusing.refused) == {second}


def test_deadlines_are_told_to_an_owner_who_still_triages(
    session: Session, court: ComplaintsCourt, inspector: Actor
) -> None:
    other = make_staff(session, Role.CORREGEDORIA, login="outra")
    manager = make_staff(session, Role.MANAGER, court.unit)
    assert [p.id for p in letters.staff_to_warn(session, inspector.staff_id)] == [
        inspector.staff_id
    ]
    everybody = [person.id for person in triage.list_owners(session, inspector)]
    assert sorted(filter(None, everybody)) == sorted(
        filter(None, (inspector.staff_id, other.staff_id))
    )
    for owner_id in (None, manager.staff_id):
        assert [p.id for p in letters.staff_to_warn(session, owner_id)] == everybody


def test_what_somebody_changed_since_is_not_undone(
    session: Session, court: ComplaintsCourt, inspector: Actor, now: datetime
) -> None:
    given = file_report(session, court, now)
    result = bulk.assign_all(session, inspector, [given.protocol], inspector.staff_id, now=now)
    reporter.add_reporter_message(session, given.protocol, given.secret, "Alô", now=now)
    assert bulk.undo_changes(session, inspector, result.done, now=now).refused
    late = now + timedelta(seconds=30)
    assert bulk.undo_changes(session, inspector, result.done, now=late).refused


def test_templates_are_edited_with_a_version_and_known_placeholders(
    session: Session, court: ComplaintsCourt, inspector: Actor, now: datetime
) -> None:
    form = TemplateForm(name="Canal restabelecido", text="O {canal} da {unidade} voltou.")
    number = save_template(session, inspector, 0, form, now=now)
    with pytest.raises(ConflictError):
        save_template(session, inspector, 0, form, now=now)
    unknown = form.model_copy(update={"name": "Outro", "text": "Olá, {nome}"})
    with pytest.raises(InvalidError) as refused:
        save_template(session, inspector, 0, unknown, now=now)
    assert "{nome}" in refused.value.errors["text"]
    newer = form.model_copy(update={"text": "Voltou em {data}.", "version": 1})
    save_template(session, inspector, number, newer, now=now)
    with pytest.raises(ConflictError):
        save_template(session, inspector, number, newer, now=now)
    assert [t.text for t in list_templates(session, inspector)] == ["Voltou em {data}."]
    given = file_report(session, court, now)
    row = load(session, given.protocol)
    assert fill_template(session, "{unidade}: {canal}, {sic}", row, now=now) == (
        "Juizado Especial Criminal de Sinop: Balcão Virtual, {sic}"
    )


def test_managers_do_not_triage(session: Session, court: ComplaintsCourt, now: datetime) -> None:
    given = file_report(session, court, now)
    manager = make_staff(session, Role.MANAGER, court.unit)
    with pytest.raises(PermissionDeniedError):
        triage.answer_complaint(session, manager, given.protocol, "Voltou", now=now)
    admin = Actor(manager.staff_id, "DAPI", (Grant(Role.ADMIN),))
    with pytest.raises(PermissionDeniedError):
        list_templates(session, manager, every=True)
    assert list_templates(session, admin, every=True) == []


def test_answers_counted_equal_the_complaints(
    session: Session, court: ComplaintsCourt, inspector: Actor, now: datetime
) -> None:
    given = [filed.protocol for filed in file_reports(session, court, now, 5)]
    result = bulk.answer_all(session, inspector, given, "Voltou", now=now)
    bulk.undo_changes(session, inspector, result.done[:2], now=now)
    session.flush()
    counted = session.exec(select(AnswerDay.count)).all()
    rollups.rebuild(session)
    session.expire_all()
    assert list(counted) == list(session.exec(select(AnswerDay.count)).all()) == [3]


def test_closed_statuses_are_not_pending() -> None:
    assert not set(lifecycle.PENDING_STATUSES) & lifecycle.CLOSED_STATUSES
    assert set(lifecycle.OPEN_STATUSES) | lifecycle.CLOSED_STATUSES == set(ComplaintStatus)

"""What the Corregedoria does about situations: owner, unit told, verdicts, undo, hand-over."""

from datetime import datetime, timedelta

import pytest
from sqlmodel import Session, col, select

from canais_app.accounts.models import AuditEntry
from canais_app.accounts.roles import Actor, Role
from canais_app.complaints.models import Complaint
from canais_app.complaints.public_status import subscriptions
from canais_app.complaints.public_status.subscriptions import SubscriptionForm
from canais_app.complaints.situations import episodes, listing, service
from canais_app.complaints.situations.models import Situation, StatusSubscription
from canais_app.complaints.situations.queries import current_situation
from canais_app.kit.errors import ConflictError, InvalidError, NotFoundError, PermissionDeniedError
from canais_app.outbox.models import OutboxMessage
from tests.factories import complaints as factory
from tests.factories.complaints import ComplaintsCourt
from tests.factories.situations import make_situation

SECOND = timedelta(seconds=1)


@pytest.fixture
def court(session: Session) -> ComplaintsCourt:
    return factory.make_court(session)


@pytest.fixture
def staff(session: Session) -> Actor:
    return factory.make_staff(session, Role.CORREGEDORIA)


@pytest.fixture
def situation(session: Session, court: ComplaintsCourt, now: datetime) -> Situation:
    return make_situation(session, court.unit, now=now)


def _timeline(session: Session, row: Situation) -> list[str]:
    return [f"{event.who}: {event.text}" for event in episodes.load_events(session, row.id or 0)]


def test_one_assumes_and_a_stale_desk_is_refused(
    session: Session, staff: Actor, situation: Situation, now: datetime
) -> None:
    done = service.assume(session, staff, situation.code, 1, now=now)
    assert (situation.owner_id, situation.assumed_at, done.version) == (staff.staff_id, now, 2)
    assert _timeline(session, situation) == [f"{staff.name}: assumiu."]
    assert session.exec(select(AuditEntry.action)).all() == ["assumiu"]
    assert "situations:all" in session.info["topics"]
    with pytest.raises(ConflictError, match="Outra pessoa mexeu"):
        service.confirm(session, staff, situation.code, 1, now=now)


def test_an_owned_situation_is_passed_on_not_taken(
    session: Session, staff: Actor, situation: Situation, now: datetime
) -> None:
    other = factory.make_staff(session, Role.READER)
    situation.owner_id = other.staff_id
    with pytest.raises(ConflictError, match=other.name):
        service.assume(session, staff, situation.code, 0, now=now)
    service.pass_on(session, staff, situation.code, 0, None, "fim do turno", now=now)
    assert situation.owner_id is None
    assert _timeline(session, situation) == [f"{staff.name}: devolveu à fila: “fim do turno”."]
    for stranger in (99999, other.staff_id):
        with pytest.raises(InvalidError):
            service.pass_on(session, staff, situation.code, 0, stranger, now=now)
    colleague = factory.make_staff(session, Role.CORREGEDORIA, login="outra")
    service.pass_on(session, staff, situation.code, 0, colleague.staff_id, now=now)
    assert situation.owner_id == colleague.staff_id


def test_the_unit_is_told_at_its_mailbox_and_its_managers(
    session: Session, court: ComplaintsCourt, staff: Actor, situation: Situation, now: datetime
) -> None:
    factory.make_staff(session, Role.MANAGER, court.unit)
    service.tell_unit(session, staff, situation.code, 1, "Olhem o aparelho.", now=now)
    rows = session.exec(
        select(OutboxMessage.recipient).where(col(OutboxMessage.kind) == "situation_unit")
    ).all()
    assert sorted(rows) == ["gestor@exemplo.invalid", "secretaria@exemplo.invalid"]
    assert situation.unit_told_at == now


def test_confirming_is_public_and_undone_within_ten_seconds(
    session: Session, court: ComplaintsCourt, staff: Actor, situation: Situation, now: datetime
) -> None:
    def level() -> str:
        (trouble,) = current_situation(session, court.unit.id or 0, now).troubles
        return trouble.level

    done = service.confirm(session, staff, situation.code, 1, now=now)
    assert (level(), situation.verdict) == ("confirmada", "verdadeiro")
    with pytest.raises(ConflictError, match="dez segundos"):
        service.undo(session, staff, done, now=now + 14 * SECOND)
    service.undo(session, staff, done, now=now + 9 * SECOND)
    assert (level(), situation.verdict) == ("relatada", "")
    with pytest.raises(ConflictError):
        service.undo(session, staff, done, now=now + 9 * SECOND)


def test_undoing_a_confirmation_withdraws_its_letters_or_is_refused(
    session: Session, staff: Actor, situation: Situation, now: datetime
) -> None:
    request = SubscriptionForm(email="ana@example.org", place="estado")
    subscriptions.request_subscription(session, request, reporter="x", now=now)
    row = session.exec(select(StatusSubscription)).one()
    row.confirmed_at = now
    session.flush()
    news = select(OutboxMessage).where(col(OutboxMessage.kind) == "status_news")

    done = service.confirm(session, staff, situation.code, 0, now=now)
    (letter,) = session.exec(news).all()
    assert letter.due_at > now + 10 * SECOND, "it waits as long as it can be undone"
    service.undo(session, staff, done, now=now + 5 * SECOND)
    session.expire_all()
    assert [row.status for row in session.exec(news)] == ["withdrawn"]

    again = service.confirm(session, staff, situation.code, 0, now=now + 20 * SECOND)
    letter = session.exec(news.where(col(OutboxMessage.status) == "waiting")).one()
    letter.claimed_at = now + 21 * SECOND
    session.flush()
    with pytest.raises(ConflictError, match="já saiu"):
        service.undo(session, staff, again, now=now + 22 * SECOND)


def test_a_false_alarm_needs_a_reason_and_leaves_the_public_page(
    session: Session, court: ComplaintsCourt, staff: Actor, situation: Situation, now: datetime
) -> None:
    with pytest.raises(InvalidError):
        service.dismiss(session, staff, situation.code, 1, "  ", now=now)
    service.dismiss(session, staff, situation.code, 1, "Era um teste", now=now)
    assert current_situation(session, court.unit.id or 0, now).troubles == ()
    row = listing.load_situation(session, staff, situation.code, now=now)
    assert (row.state, row.verdict_reason) == ("falsa", "Era um teste")


def test_a_call_and_a_note_stay_in_the_timeline_even_after_the_end(
    session: Session, staff: Actor, situation: Situation, now: datetime
) -> None:
    situation.closed_at = now
    service.add_note(
        session, staff, situation.code, "Trocaram o aparelho", called="(65) 3000-1180", now=now
    )
    service.add_note(session, staff, situation.code, "Voltou", now=now)
    assert _timeline(session, situation) == [
        f"{staff.name}: “Voltou”",
        f"{staff.name}: ligou para (65) 3000-1180: “Trocaram o aparelho”.",
    ]
    with pytest.raises(ConflictError):
        service.assume(session, staff, situation.code, 0, now=now)
    service.judge_true(session, staff, situation.code, 0, now=now)
    assert situation.verdict == "verdadeiro"


def test_complaints_are_listed_for_one_answer_and_taken_out(
    session: Session, court: ComplaintsCourt, staff: Actor, situation: Situation, now: datetime
) -> None:
    filed = factory.file_reports(session, court, now, 3)
    for row in session.exec(select(Complaint)):
        row.situation_id = situation.id
    session.flush()
    assert len(service.list_protocols(session, staff, situation.code, ["caiu_no_meio"])) == 3
    assert (
        service.split_complaint(session, staff, situation.code, [filed[0].protocol], now=now) == 1
    )
    assert service.list_protocols(session, staff, situation.code) == [
        each.protocol for each in filed[1:]
    ]
    with pytest.raises(NotFoundError):
        service.split_complaint(session, staff, situation.code, [filed[0].protocol], now=now)


def test_the_list_is_ordered_by_urgency(
    session: Session, court: ComplaintsCourt, staff: Actor, now: datetime
) -> None:
    def add(channel: str, **changes: object) -> None:
        make_situation(session, court.unit, now=now, channel=channel, **changes)

    add("a", level="possivel", probable_at=None)
    add("b", owner_id=staff.staff_id)
    add("c", opened_at=now - 3 * SECOND)
    add("d", opened_at=now - 90 * SECOND)
    add("e", quiet_since=now)
    add("f", confirmed_at=now, owner_id=staff.staff_id)
    rows = listing.list_situations(session, staff, now=now)
    assert "".join(row.channel for row in rows) == "fdcbae"
    assert rows[-1].state == "em_observacao"


def test_a_note_goes_to_the_next_shift(session: Session, staff: Actor, now: datetime) -> None:
    note = service.hand_over(session, staff, " Sinop espera \n a troca do link ", now=now)
    assert (note.text, note.who) == ("Sinop espera a troca do link", staff.name)
    with pytest.raises(InvalidError):
        service.hand_over(session, staff, "", now=now)


@pytest.mark.parametrize("role", [Role.READER, Role.MANAGER, Role.ADMIN])
def test_only_the_corregedoria_handles_situations(
    session: Session, court: ComplaintsCourt, situation: Situation, now: datetime, role: Role
) -> None:
    actor = factory.make_staff(session, role, court.unit if role is Role.MANAGER else None)
    with pytest.raises(PermissionDeniedError):
        service.assume(session, actor, situation.code, 1, now=now)

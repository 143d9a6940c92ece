"""The gabinete gets the day's list at eight."""

import threading
from datetime import date, datetime, timedelta

import pytest
from sqlmodel import Session, col, select

from canais_app.agenda.booking import booking, cancellation
from canais_app.agenda.models import Agenda, AgendaSubstitute
from canais_app.agenda.notifications import reminders
from canais_app.directory.models import Channel, UnitKind
from canais_app.kit import clock, db
from canais_app.outbox.models import OutboxMessage
from tests.factories import agenda as make
from tests.factories.outbox import payload_of

DAY = date(2026, 11, 26)
CASE = "0000001-49.2026.8.11.0015"


def at(hour: int, minute: int = 0, day: date = DAY) -> datetime:
    return clock.from_wall_clock(day, hour, minute)


def lists(session: Session) -> list[OutboxMessage]:
    asked = select(OutboxMessage).where(col(OutboxMessage.kind) == "day_list")
    return list(session.exec(asked.order_by(col(OutboxMessage.id))))


def booked(session: Session, now: datetime, *hours: int, agenda: Agenda | None = None) -> Agenda:
    found = agenda or make.make_agenda(session)
    for number, hour in enumerate(hours, start=1):
        request = make.make_booking_request(
            at(hour), oab_number=str(number), case_number=CASE, name=f"Pessoa das {hour} horas"
        )
        booking.book(session, found.slug, request, now=now)
    return found


def test_the_daily_list_is_sent_once_at_eight_to_the_gabinete_only(
    session: Session, now: datetime
) -> None:
    booked(session, now, 15, 13)
    assert reminders.send_day_lists(session, now=at(7, 59)) == 0
    assert reminders.send_day_lists(session, now=at(8)) == 1
    assert reminders.send_day_lists(session, now=at(8, 1)) == 0
    (letter,) = lists(session)
    assert (letter.party, letter.recipient) == ("chambers", "gabinete@exemplo.invalid")
    assert payload_of(letter).subject.startswith("Hoje, 26/11/2026: 2 atendimentos, Gabinete")
    words = payload_of(letter).text
    assert words.index("Pessoa das 13 horas") < words.index("Pessoa das 15 horas")
    assert words.count(f"Processo: {CASE}") == 2
    assert "(65) 3000-0000" in words


def test_a_day_without_appointments_has_no_list(session: Session, now: datetime) -> None:
    agenda = booked(session, now, 13)
    assert reminders.send_day_lists(session, now=at(8, day=DAY - timedelta(days=1))) == 0
    gone = booking.book(
        session, agenda.slug, make.make_booking_request(at(14), oab_number="9"), now=now
    )
    cancellation.cancel_by_link(session, gone.token, now=now)
    assert reminders.send_day_lists(session, now=at(8)) == 1
    assert "14h" not in payload_of(lists(session)[0]).text


def test_the_daily_list_may_be_late_until_the_court_opens(session: Session, now: datetime) -> None:
    booked(session, now, 13)
    assert reminders.send_day_lists(session, now=at(12)) == 0
    assert reminders.send_day_lists(session, now=at(11, 59)) == 1


def test_a_unit_with_two_agendas_gets_one_list(session: Session, now: datetime) -> None:
    first = booked(session, now, 13)
    second = make.make_agenda(session, unit_id=first.unit_id, title="Substituição")
    booked(session, now, 16, agenda=second)
    assert reminders.send_day_lists(session, now=at(8)) == 1
    words = payload_of(lists(session)[0]).text
    assert f"Agenda: {first.title}" in words
    assert "Agenda: Substituição" in words


def test_the_substitute_gabinete_gets_the_list(session: Session, now: datetime) -> None:
    agenda = booked(session, now, 13)
    other = make.make_unit(session, UnitKind.CHAMBERS, "substituto@exemplo.invalid")
    session.add(
        AgendaSubstitute(
            agenda_id=agenda.id or 0,
            unit_id=other.id or 0,
            first_day=DAY,
            last_day=DAY,
            created_at=now,
        )
    )
    assert reminders.send_day_lists(session, now=at(8)) == 1
    assert [letter.recipient for letter in lists(session)] == ["substituto@exemplo.invalid"]


def test_the_next_day_has_another_thread(session: Session, now: datetime) -> None:
    agenda = booked(session, now, 13)
    tomorrow = DAY + timedelta(days=1)
    booking.book(session, agenda.slug, make.make_booking_request(at(13, day=tomorrow)), now=now)
    reminders.send_day_lists(session, now=at(8))
    reminders.send_day_lists(session, now=at(8, day=tomorrow))
    assert len({letter.thread for letter in lists(session)}) == 2


def test_a_gabinete_without_an_address_does_not_stop_the_others(
    session: Session, now: datetime
) -> None:
    silent = booked(session, now, 13)
    theirs = select(Channel).where(col(Channel.unit_id) == silent.unit_id)
    for channel in session.exec(theirs):
        session.delete(channel)
    booked(session, now, 13)
    assert reminders.send_day_lists(session, now=at(8)) == 1
    assert reminders.send_day_lists(session, now=at(8, 1)) == 0


@pytest.mark.usefixtures("any_database")
def test_two_processes_at_once_send_each_list_once(now: datetime) -> None:
    def write(session: Session) -> None:
        for _ in range(3):
            booked(session, now, 13, 14)

    db.write_sync(write)
    eight, day_before = at(8), at(13, 30) - timedelta(hours=24)
    failed: list[BaseException] = []

    def work() -> None:
        try:
            while db.write_sync(reminders.send_day_lists, now=eight) or db.write_sync(
                reminders.send_reminders, now=day_before
            ):
                pass
        except BaseException as wrong:  # noqa: BLE001 (reported to the test)
            failed.append(wrong)

    rivals = [threading.Thread(target=work) for _ in range(4)]
    for rival in rivals:
        rival.start()
    for rival in rivals:
        rival.join()
    work()  # the one without the lock tries again
    kinds = db.read_sync(lambda s: list(s.exec(select(OutboxMessage.kind))))
    assert failed == []
    assert kinds.count("day_list") == 3
    assert kinds.count("appointment_reminder") == 9  # three at 13h, three parties each

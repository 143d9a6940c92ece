"""Book, hold, move and cancel: the services' contract."""

from datetime import date, datetime, timedelta

import icalendar
import pytest
from sqlmodel import Session, col, select

from canais_app.agenda import appointment_views, queries
from canais_app.agenda.booking import booking, cancellation, expiry, holds
from canais_app.agenda.errors import (
    AgendaNotFoundError,
    AppointmentNotFoundError,
    IdempotencyKeyReusedError,
    SlotNotOfferedError,
    SlotTakenError,
)
from canais_app.agenda.models import Appointment, AppointmentStatus
from canais_app.kit import clock, db
from canais_app.kit.errors import InvalidError
from canais_app.outbox.models import OutboxMessage
from tests.factories import agenda as make
from tests.factories.outbox import payload_of

CASE = "0000001-49.2026.8.11.0015"


@pytest.fixture
def start(now: datetime) -> datetime:
    """Wednesday, 25 November, 14h in Cuiabá."""
    return clock.from_wall_clock(now.date() + timedelta(days=2), 14)


def starts(session: Session, slug: str, now: datetime, day: datetime) -> list[str]:
    when = clock.to_local_day(day)
    return [s.start[11:16] for s in queries.list_open_slots(session, slug, when, when, now=now)]


def letters(session: Session) -> dict[str, OutboxMessage]:
    return {m.party: m for m in session.exec(select(OutboxMessage).order_by(col(OutboxMessage.id)))}


def test_a_booked_time_is_no_longer_listed(
    session: Session, now: datetime, start: datetime
) -> None:
    agenda = make.make_agenda(session)
    assert "14:00" in starts(session, agenda.slug, now, start)
    booked = booking.book(session, agenda.slug, make.make_booking_request(start), now=now)
    assert "14:00" not in starts(session, agenda.slug, now, start)
    assert booked.end - booked.start == timedelta(minutes=20)
    assert len(booked.code) == 7


def test_a_second_lawyer_gets_the_sentence_that_says_why(
    session: Session, now: datetime, start: datetime
) -> None:
    agenda = make.make_agenda(session)
    booking.book(session, agenda.slug, make.make_booking_request(start), now=now)
    with pytest.raises(SlotTakenError, match="acabou de ser reservado por outra pessoa"):
        booking.book(
            session, agenda.slug, make.make_booking_request(start, oab_number="2"), now=now
        )


def test_each_party_gets_a_message_and_the_registry_never_the_case_number(
    session: Session, now: datetime, start: datetime
) -> None:
    agenda = make.make_agenda(session)
    request = make.make_booking_request(
        start, case_number=CASE, subject=f"Urgência no processo {CASE}"
    )
    booked = booking.book(session, agenda.slug, request, now=now)
    queued = letters(session)
    assert set(queued) == {"lawyer", "chambers", "registry"}
    assert queued["registry"].recipient == "secretaria@exemplo.invalid"
    whole = {party: repr(payload_of(m)) for party, m in queued.items()}
    assert CASE in whole["chambers"]
    assert CASE not in whole["registry"]
    assert booked.token in whole["lawyer"]
    assert booked.token not in whole["chambers"] + whole["registry"]


def test_book_move_and_cancel_are_one_calendar_event_with_a_rising_sequence(
    session: Session, now: datetime, start: datetime
) -> None:
    agenda = make.make_agenda(session)
    booked = booking.book(session, agenda.slug, make.make_booking_request(start), now=now)
    cancellation.move_appointment(session, booked.token, start + timedelta(minutes=40), now=now)
    cancellation.cancel_by_link(session, booked.token, now=now)
    rows = session.exec(
        select(OutboxMessage)
        .where(col(OutboxMessage.party) == "lawyer")
        .order_by(col(OutboxMessage.id))
    ).all()
    events = [icalendar.Calendar.from_ical(payload_of(row).ics).walk("VEVENT")[0] for row in rows]
    assert len({str(e["UID"]) for e in events}) == 1
    assert [int(e["SEQUENCE"]) for e in events] == [0, 1, 2]
    assert [payload_of(row).ics_method for row in rows] == ["REQUEST", "REQUEST", "CANCEL"]
    assert str(events[2]["STATUS"]) == "CANCELLED"


def test_every_change_emits_the_agendas_topic(
    session: Session, now: datetime, start: datetime
) -> None:
    agenda = make.make_agenda(session)
    booking.book(session, agenda.slug, make.make_booking_request(start), now=now)
    assert f"agenda:{agenda.id}" in session.info["topics"]


def test_a_hold_blocks_others_and_not_its_owner(
    session: Session, now: datetime, start: datetime
) -> None:
    agenda = make.make_agenda(session)
    held = holds.hold_slot(session, agenda.slug, start, "video", now=now)
    assert held.expires_at == now + timedelta(minutes=5)
    with pytest.raises(SlotTakenError):
        holds.hold_slot(session, agenda.slug, start, "video", now=now)
    with pytest.raises(SlotTakenError):
        booking.book(
            session, agenda.slug, make.make_booking_request(start, oab_number="2"), now=now
        )
    booked = booking.book(
        session, agenda.slug, make.make_booking_request(start, hold_token=held.token), now=now
    )
    assert booked.start == start
    statuses = [row.status for row in session.exec(select(Appointment))]
    assert statuses == [AppointmentStatus.CONFIRMED]


def test_holding_another_slot_releases_the_first(
    session: Session, now: datetime, start: datetime
) -> None:
    agenda = make.make_agenda(session)
    first = holds.hold_slot(session, agenda.slug, start, "video", now=now)
    later = start + timedelta(minutes=20)
    holds.hold_slot(session, agenda.slug, later, "video", now=now, previous_token=first.token)
    listed = starts(session, agenda.slug, now, start)
    assert "14:00" in listed
    assert "14:20" not in listed


def test_a_released_hold_is_free_at_once(session: Session, now: datetime, start: datetime) -> None:
    agenda = make.make_agenda(session)
    held = holds.hold_slot(session, agenda.slug, start, "video", now=now)
    holds.release_hold(session, held.token)
    assert "14:00" in starts(session, agenda.slug, now, start)


def test_a_late_submit_books_when_the_time_is_still_free(
    session: Session, now: datetime, start: datetime
) -> None:
    agenda = make.make_agenda(session)
    held = holds.hold_slot(session, agenda.slug, start, "video", now=now)
    late = now + timedelta(minutes=20)
    assert booking.book(
        session, agenda.slug, make.make_booking_request(start, hold_token=held.token), now=late
    )


def test_a_late_submit_is_refused_when_somebody_else_took_the_time(
    session: Session, now: datetime, start: datetime
) -> None:
    agenda = make.make_agenda(session)
    held = holds.hold_slot(session, agenda.slug, start, "video", now=now)
    late = now + timedelta(minutes=6)
    booking.book(session, agenda.slug, make.make_booking_request(start, oab_number="2"), now=late)
    with pytest.raises(SlotTakenError):
        booking.book(
            session, agenda.slug, make.make_booking_request(start, hold_token=held.token), now=late
        )


def test_an_expired_hold_is_listed_as_free_before_anything_clears_it(
    session: Session, now: datetime, start: datetime
) -> None:
    agenda = make.make_agenda(session)
    holds.hold_slot(session, agenda.slug, start, "video", now=now)
    later = now + timedelta(minutes=5)
    assert "14:00" in starts(session, agenda.slug, later, start)
    assert expiry.expire_due(session, agenda.id or 0, now=later) == 1


def test_the_notice_does_not_run_out_while_the_form_is_filled_in(
    session: Session, now: datetime
) -> None:
    agenda = make.make_agenda(session, notice_minutes=60)
    start = clock.from_wall_clock(now.date(), 15)
    held = holds.hold_slot(session, agenda.slug, start, "video", now=now)
    assert booking.book(
        session,
        agenda.slug,
        make.make_booking_request(start, hold_token=held.token),
        now=now + timedelta(minutes=4),
    )


def test_the_same_key_and_request_return_the_same_booking(
    session: Session, now: datetime, start: datetime
) -> None:
    agenda = make.make_agenda(session)
    request = make.make_booking_request(start, idempotency_key="chave-1")
    first = booking.book(session, agenda.slug, request, now=now)
    again = booking.book(session, agenda.slug, request, now=now + timedelta(minutes=1))
    assert again == first
    assert len(session.exec(select(Appointment)).all()) == 1
    assert len(session.exec(select(OutboxMessage)).all()) == 3


def test_the_same_key_with_another_request_is_refused(
    session: Session, now: datetime, start: datetime
) -> None:
    agenda = make.make_agenda(session)
    booking.book(
        session, agenda.slug, make.make_booking_request(start, idempotency_key="k"), now=now
    )
    other = make.make_booking_request(start + timedelta(minutes=20), idempotency_key="k")
    with pytest.raises(IdempotencyKeyReusedError):
        booking.book(session, agenda.slug, other, now=now)


def test_a_cancelled_time_returns_after_the_release_delay(
    session: Session, now: datetime, start: datetime
) -> None:
    agenda = make.make_agenda(session, release_delay=30)
    booked = booking.book(session, agenda.slug, make.make_booking_request(start), now=now)
    cancellation.cancel_by_link(session, booked.token, now=now)
    assert "14:00" not in starts(session, agenda.slug, now + timedelta(minutes=29), start)
    with pytest.raises(SlotTakenError):
        booking.book(
            session, agenda.slug, make.make_booking_request(start), now=now + timedelta(minutes=29)
        )
    assert "14:00" in starts(session, agenda.slug, now + timedelta(minutes=30), start)
    assert expiry.expire_due(session, agenda.id or 0, now=now + timedelta(minutes=30)) == 1
    assert expiry.expire_due(session, agenda.id or 0, now=now + timedelta(minutes=31)) == 0


def test_a_moved_appointments_old_time_returns_after_the_release_delay(
    session: Session, now: datetime, start: datetime
) -> None:
    agenda = make.make_agenda(session, release_delay=30)
    booked = booking.book(session, agenda.slug, make.make_booking_request(start), now=now)
    moved = cancellation.move_appointment(
        session, booked.token, start + timedelta(hours=1), now=now
    )
    assert moved.token == booked.token
    assert moved.code == booked.code
    assert "14:00" not in starts(session, agenda.slug, now, start)
    assert "14:00" in starts(session, agenda.slug, now + timedelta(minutes=30), start)


def test_a_move_to_a_taken_time_keeps_the_old_one(
    session: Session, now: datetime, start: datetime
) -> None:
    agenda = make.make_agenda(session)
    booked = booking.book(session, agenda.slug, make.make_booking_request(start), now=now)
    other = start + timedelta(minutes=20)
    booking.book(session, agenda.slug, make.make_booking_request(other, oab_number="2"), now=now)
    with pytest.raises(SlotTakenError):
        cancellation.move_appointment(session, booked.token, other, now=now)
    view = appointment_views.load_view_by_token(session, booked.token, now=now)
    assert view.start == clock.to_rfc3339(start)


def test_a_move_by_less_than_its_own_length_does_not_clash_with_itself(
    session: Session, now: datetime, start: datetime
) -> None:
    agenda = make.make_agenda(session, step_minutes=10)
    booked = booking.book(session, agenda.slug, make.make_booking_request(start), now=now)
    assert cancellation.move_appointment(
        session, booked.token, start + timedelta(minutes=10), now=now
    )


def test_cancelling_twice_changes_nothing(session: Session, now: datetime, start: datetime) -> None:
    agenda = make.make_agenda(session)
    booked = booking.book(session, agenda.slug, make.make_booking_request(start), now=now)
    cancellation.cancel_by_link(session, booked.token, now=now)
    cancellation.cancel_by_link(session, booked.token, now=now)
    assert len(session.exec(select(OutboxMessage)).all()) == 6


def test_after_the_deadline_nothing_can_be_changed(
    session: Session, now: datetime, start: datetime
) -> None:
    agenda = make.make_agenda(session, cancel_notice=120)
    booked = booking.book(session, agenda.slug, make.make_booking_request(start), now=now)
    late = start - timedelta(minutes=119)
    with pytest.raises(InvalidError, match="O prazo para mudar ou cancelar terminou"):
        cancellation.cancel_by_link(session, booked.token, now=late)
    with pytest.raises(InvalidError, match="O prazo"):
        cancellation.move_appointment(session, booked.token, start + timedelta(hours=1), now=late)
    cancellation.cancel_by_link(session, booked.token, now=start - timedelta(minutes=120))


def test_one_oab_gets_one_time_a_day(session: Session, now: datetime, start: datetime) -> None:
    agenda = make.make_agenda(session, max_per_oab_per_day=1)
    booking.book(
        session, agenda.slug, make.make_booking_request(start, oab_number="00.001"), now=now
    )
    again = make.make_booking_request(start + timedelta(hours=1), oab_number="1")
    with pytest.raises(InvalidError) as refusal:
        booking.book(session, agenda.slug, again, now=now)
    assert "oab_number" in refusal.value.errors
    next_day = make.make_booking_request(start + timedelta(days=1))
    assert booking.book(session, agenda.slug, next_day, now=now)


def test_the_same_number_in_another_section_is_another_lawyer(
    session: Session, now: datetime, start: datetime
) -> None:
    agenda = make.make_agenda(session, max_per_oab_per_day=1)
    booking.book(session, agenda.slug, make.make_booking_request(start), now=now)
    other = make.make_booking_request(start + timedelta(hours=1), oab_uf="sp")
    assert booking.book(session, agenda.slug, other, now=now)


def test_active_times_of_one_oab_are_limited_until_one_is_cancelled(
    session: Session, now: datetime, start: datetime
) -> None:
    agenda = make.make_agenda(session, max_active_per_oab=2)
    days = [start + timedelta(days=n) for n in (0, 1, 2)]
    first = booking.book(session, agenda.slug, make.make_booking_request(days[0]), now=now)
    booking.book(session, agenda.slug, make.make_booking_request(days[1]), now=now)
    with pytest.raises(InvalidError, match="ao mesmo tempo"):
        booking.book(session, agenda.slug, make.make_booking_request(days[2]), now=now)
    cancellation.cancel_by_link(session, first.token, now=now)
    assert booking.book(session, agenda.slug, make.make_booking_request(days[2]), now=now)


def test_one_case_has_one_active_time_however_it_is_written(
    session: Session, now: datetime, start: datetime
) -> None:
    agenda = make.make_agenda(session, max_active_per_case=1)
    booking.book(session, agenda.slug, make.make_booking_request(start, case_number=CASE), now=now)
    digits = "".join(c for c in CASE if c.isdigit())
    request = make.make_booking_request(
        start + timedelta(hours=1), oab_number="2", case_number=digits
    )
    with pytest.raises(InvalidError) as refusal:
        booking.book(session, agenda.slug, request, now=now)
    assert "case_number" in refusal.value.errors


def test_a_full_day_takes_no_more_and_lists_no_more(
    session: Session, now: datetime, start: datetime
) -> None:
    agenda = make.make_agenda(session, max_per_day=1)
    booking.book(session, agenda.slug, make.make_booking_request(start), now=now)
    assert starts(session, agenda.slug, now, start) == []
    other = make.make_booking_request(start + timedelta(hours=1), oab_number="2")
    with pytest.raises(SlotNotOfferedError, match="limite"):
        booking.book(session, agenda.slug, other, now=now)


def test_a_time_with_two_seats_is_taken_twice(
    session: Session, now: datetime, start: datetime
) -> None:
    agenda = make.make_agenda(session, capacity=2)
    for number in ("1", "2"):
        booking.book(
            session, agenda.slug, make.make_booking_request(start, oab_number=number), now=now
        )
    assert sorted(row.seat for row in session.exec(select(Appointment))) == [0, 1]
    with pytest.raises(SlotTakenError):
        booking.book(
            session, agenda.slug, make.make_booking_request(start, oab_number="3"), now=now
        )


@pytest.mark.parametrize(
    ("shift", "sentence"),
    [
        (timedelta(minutes=10), "não está na agenda"),
        (timedelta(hours=-2), "não está na agenda"),
        (timedelta(days=-3), "já passou"),
        (timedelta(days=3), "não está na agenda"),
        (timedelta(days=40), "abre para marcação até"),
    ],
)
def test_what_is_not_listed_is_refused_with_its_reason(
    session: Session, now: datetime, start: datetime, shift: timedelta, sentence: str
) -> None:
    agenda = make.make_agenda(session)
    with pytest.raises(SlotNotOfferedError, match=sentence):
        booking.book(session, agenda.slug, make.make_booking_request(start + shift), now=now)


def test_an_unpublished_agenda_does_not_exist_but_its_appointments_do(
    session: Session, now: datetime, start: datetime
) -> None:
    agenda = make.make_agenda(session)
    booked = booking.book(session, agenda.slug, make.make_booking_request(start), now=now)
    agenda.published = False
    session.flush()
    with pytest.raises(AgendaNotFoundError):
        queries.load_agenda_view(session, agenda.slug, now=now)
    with pytest.raises(AgendaNotFoundError):
        holds.hold_slot(session, agenda.slug, start, "video", now=now)
    cancellation.cancel_by_link(session, booked.token, now=now)


@pytest.mark.parametrize("token", ["", "nada", "x" * 500, "'; DROP TABLE appointment; --"])
def test_an_unknown_link_is_not_found(session: Session, now: datetime, token: str) -> None:
    with pytest.raises(AppointmentNotFoundError):
        appointment_views.load_view_by_token(session, token, now=now)
    with pytest.raises(AppointmentNotFoundError):
        cancellation.cancel_by_link(session, token, now=now)


def test_the_token_of_a_hold_opens_no_private_page(
    session: Session, now: datetime, start: datetime
) -> None:
    agenda = make.make_agenda(session)
    held = holds.hold_slot(session, agenda.slug, start, "video", now=now)
    with pytest.raises(AppointmentNotFoundError):
        appointment_views.load_view_by_token(session, held.token, now=now)


def test_a_modality_that_the_agenda_does_not_offer_is_refused(
    session: Session, now: datetime, start: datetime
) -> None:
    agenda = make.make_agenda(session, modalities=["presencial"])
    with pytest.raises(InvalidError) as refusal:
        booking.book(
            session, agenda.slug, make.make_booking_request(start, modality="video"), now=now
        )
    assert "modality" in refusal.value.errors


def test_tokens_are_stored_as_hashes_only(session: Session, now: datetime, start: datetime) -> None:
    agenda = make.make_agenda(session)
    booked = booking.book(session, agenda.slug, make.make_booking_request(start), now=now)
    row = session.exec(select(Appointment)).one()
    assert booked.token not in row.model_dump_json()


def test_the_repr_of_a_request_has_no_personal_data(start: datetime) -> None:
    request = make.make_booking_request(start, case_number=CASE)
    for secret in (
        request.name,
        request.email,
        request.phone,
        request.case_number,
        request.oab_number,
    ):
        assert secret not in repr(request)


def test_a_booking_whose_messages_fail_is_not_stored(
    session: Session, now: datetime, start: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    agenda = make.make_agenda(session)
    session.commit()

    def broken(*_: object, **__: object) -> None:
        raise RuntimeError

    monkeypatch.setattr("canais_app.agenda.notifications.appointments.outbox.enqueue", broken)
    with pytest.raises(RuntimeError):
        db.write_sync(booking.book, agenda.slug, make.make_booking_request(start), now=now)
    assert not session.exec(select(Appointment)).all()


def test_every_start_that_is_not_listed_is_refused_and_every_listed_one_is_held(
    session: Session, now: datetime, start: datetime
) -> None:
    agenda = make.make_agenda(
        session, step_minutes=15, buffer_before=5, buffer_after=10, max_per_day=9, notice_minutes=60
    )
    for number, minutes in enumerate((0, 45, 120), 1):
        taken = start + timedelta(minutes=minutes)
        booking.book(
            session, agenda.slug, make.make_booking_request(taken, oab_number=str(number)), now=now
        )
    listed = set(starts(session, agenda.slug, now, start))
    assert listed
    midnight = clock.from_wall_clock(clock.to_local_day(start), 0)
    for minutes in range(0, 24 * 60, 5):
        moment = midnight + timedelta(minutes=minutes)
        try:
            held = holds.hold_slot(session, agenda.slug, moment, "video", now=now)
        except (SlotTakenError, SlotNotOfferedError):
            assert f"{clock.to_local(moment):%H:%M}" not in listed
        else:
            holds.release_hold(session, held.token)
            assert f"{clock.to_local(moment):%H:%M}" in listed


def test_an_oab_takes_no_more_in_a_month_than_the_agenda_says(
    session: Session, now: datetime
) -> None:
    agenda = make.make_agenda(session, max_per_oab_per_month=2, horizon_days=60)
    first, later = date(2026, 11, 24), now + timedelta(days=7)  # 30 November: the month goes on
    for day, at in ((first, now), (date(2026, 11, 26), now)):
        booking.book(
            session, agenda.slug, make.make_booking_request(clock.from_wall_clock(day, 14)), now=at
        )
    with pytest.raises(InvalidError, match="por mês"):
        booking.book(
            session,
            agenda.slug,
            make.make_booking_request(clock.from_wall_clock(date(2026, 11, 30), 16)),
            now=later,
        )
    booking.book(
        session,
        agenda.slug,
        make.make_booking_request(clock.from_wall_clock(date(2026, 12, 1), 14)),
        now=later,
    )

"""Concurrent writers: exactly one gets the slot, and no two stored spans overlap."""

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta

import pytest
from sqlalchemy import text as sql
from sqlalchemy.exc import IntegrityError
from sqlmodel import Session, col, select

from canais_app.agenda import queries
from canais_app.agenda.availability.slots import do_overlap
from canais_app.agenda.booking import booking, cancellation, holds
from canais_app.agenda.models import ACTIVE_STATUSES, Appointment, AppointmentStatus
from canais_app.kit import clock, db
from canais_app.kit.errors import ConflictError, InvalidError
from canais_app.outbox.models import OutboxMessage
from tests.factories import agenda as make
from tests.rivals import run_concurrently

NOW = datetime(2026, 11, 23, 18, 0, tzinfo=UTC)
DAY = date(2026, 11, 25)
RIVALS = 20


def made(**fields: object) -> str:
    return db.write_sync(lambda session: make.make_agenda(session, **fields).slug)


def booking_call(slug: str, start: datetime, number: int, **fields: object) -> Callable[[], object]:
    request = make.make_booking_request(start, oab_number=str(number), **fields)
    return lambda: db.write_sync(booking.book, slug, request, now=NOW)


def active(session: Session) -> list[Appointment]:
    asked = select(Appointment).where(col(Appointment.status).in_(ACTIVE_STATUSES))
    return list(session.exec(asked.order_by(col(Appointment.starts_at))))


def overlapping(rows: list[Appointment]) -> list[tuple[Appointment, Appointment]]:
    return [
        (a, b)
        for i, a in enumerate(rows)
        for b in rows[i + 1 :]
        if a.seat == b.seat and do_overlap((a.busy_from, a.busy_until), (b.busy_from, b.busy_until))
    ]


def test_of_twenty_bookings_at_once_one_wins(any_database: str) -> None:
    slug = made()
    for hour in (13, 14, 15):
        start = clock.from_wall_clock(DAY, hour)
        won, lost = run_concurrently([booking_call(slug, start, n) for n in range(1, RIVALS + 1)])
        assert len(won) == 1
        assert all(isinstance(refusal, ConflictError) for refusal in lost)
    with db.read_transaction() as session:
        assert len(active(session)) == 3
        assert len(session.exec(select(OutboxMessage)).all()) == 9


def test_rivals_shifted_by_ten_minutes_leave_no_overlap(any_database: str) -> None:
    slug = made(step_minutes=10)
    for hour in (13, 14, 15):
        start = clock.from_wall_clock(DAY, hour)
        shifted = start + timedelta(minutes=10)
        work = [booking_call(slug, shifted if n % 2 else start, n) for n in range(1, RIVALS + 1)]
        won, lost = run_concurrently(work)
        assert len(won) == 1
        assert len(lost) == RIVALS - 1
    with db.read_transaction() as session:
        assert not overlapping(active(session))


def test_of_twenty_holds_at_once_one_wins(any_database: str) -> None:
    slug = made()
    start = clock.from_wall_clock(DAY, 14)
    won, _ = run_concurrently(
        [
            lambda: db.write_sync(holds.hold_slot, slug, start, "video", now=NOW)
            for _ in range(RIVALS)
        ]
    )
    assert len(won) == 1


def test_of_holds_and_bookings_at_once_one_wins(any_database: str) -> None:
    slug = made()
    start = clock.from_wall_clock(DAY, 14)
    hold_calls = [
        lambda: db.write_sync(holds.hold_slot, slug, start, "video", now=NOW) for _ in range(10)
    ]
    won, _ = run_concurrently([*hold_calls, *(booking_call(slug, start, n) for n in range(1, 11))])
    assert len(won) == 1


def test_of_moves_and_bookings_at_once_one_wins(any_database: str) -> None:
    slug = made()
    target = clock.from_wall_clock(DAY, 16)
    tokens = [
        db.write_sync(
            booking.book,
            slug,
            make.make_booking_request(clock.from_wall_clock(DAY, 13, m), oab_number=str(m + 1)),
            now=NOW,
        ).token
        for m in (0, 20, 40)
    ]
    moves = [
        lambda t=t: db.write_sync(cancellation.move_appointment, t, target, now=NOW) for t in tokens
    ]
    won, _ = run_concurrently([*moves, *(booking_call(slug, target, n) for n in range(100, 110))])
    assert len(won) == 1
    with db.read_transaction() as session:
        assert not overlapping(active(session))
        standing = active(session)
        assert len(standing) in (3, 4)


def test_bookings_at_once_do_not_exceed_the_limit_of_one_oab(any_database: str) -> None:
    slug = made(max_per_oab_per_day=1)
    starts = [clock.from_wall_clock(DAY, 13) + timedelta(minutes=20 * n) for n in range(10)]
    won, lost = run_concurrently([booking_call(slug, start, 7) for start in starts])
    assert len(won) == 1
    assert all(isinstance(refusal, InvalidError) for refusal in lost)


def test_one_idempotency_key_at_once_is_one_booking(any_database: str) -> None:
    slug = made()
    start = clock.from_wall_clock(DAY, 14)
    won, lost = run_concurrently(
        [booking_call(slug, start, 1, idempotency_key="uma") for _ in range(10)]
    )
    assert not lost
    assert len(set(map(str, won))) == 1
    with db.read_transaction() as session:
        assert len(active(session)) == 1


def test_the_database_itself_refuses_an_overlap(any_database: str) -> None:
    slug = made()
    db.write_sync(
        booking.book, slug, make.make_booking_request(clock.from_wall_clock(DAY, 14)), now=NOW
    )

    def force(session: Session) -> None:
        row = session.exec(select(Appointment)).one()
        twin = Appointment(**row.model_dump(exclude={"id", "token_hash"}), token_hash="x")
        twin.starts_at += timedelta(minutes=10)
        twin.busy_from += timedelta(minutes=10)
        twin.busy_until += timedelta(minutes=10)
        session.add(twin)
        session.flush()

    with pytest.raises(IntegrityError, match="appointment_no_overlap"):
        db.write_sync(force)


def test_the_database_refuses_to_reactivate_a_cancelled_row_over_a_new_one(
    any_database: str,
) -> None:
    slug = made()
    first = db.write_sync(
        booking.book, slug, make.make_booking_request(clock.from_wall_clock(DAY, 14)), now=NOW
    )
    db.write_sync(cancellation.cancel_by_link, first.token, now=NOW)
    db.write_sync(
        booking.book,
        slug,
        make.make_booking_request(clock.from_wall_clock(DAY, 14), oab_number="2"),
        now=NOW,
    )
    revive = sql("UPDATE appointment SET status = 'confirmed' WHERE status = 'cancelled'")
    with pytest.raises(IntegrityError):
        db.write_sync(lambda session: session.connection().execute(revive))


def test_every_listed_slot_can_be_booked_and_then_none_is_left(any_database: str) -> None:
    windows = [make.make_window(2, time(13), time(15, 30))]
    slug = db.write_sync(
        lambda session: (
            make.make_agenda(session, windows, step_minutes=15, buffer_after=5, capacity=2).slug
        )
    )
    number = 0
    while listed := db.read_sync(queries.list_open_slots, slug, DAY, DAY, now=NOW):
        number += 1
        start = datetime.fromisoformat(listed[number % len(listed)].start)
        booking_call(slug, start, number)()
        assert number < 50
    with db.read_transaction() as session:
        rows = active(session)
        assert not overlapping(rows)
        assert all(row.status == AppointmentStatus.CONFIRMED for row in rows)
    unlisted = clock.from_wall_clock(DAY, 13)
    with pytest.raises(ConflictError):
        booking_call(slug, unlisted, 999)()

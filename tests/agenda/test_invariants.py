"""Invariants under any order of actions: no two rows overlap, and listed slots can be booked."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from sqlmodel import Session, col, select

from canais_app.accounts.roles import SYSTEM
from canais_app.agenda import queries, schemas
from canais_app.agenda.availability.slots import do_overlap
from canais_app.agenda.booking import approvals, booking, cancellation, expiry, holds, waitlist
from canais_app.agenda.chambers import blocks, chambers_desk
from canais_app.agenda.models import (
    ACTIVE_STATUSES,
    AgendaBlock,
    Appointment,
    AppointmentStatus,
    WaitlistEntry,
    WaitlistStatus,
)
from canais_app.kit import clock, db
from canais_app.kit.errors import AppError
from tests.factories import agenda as make

MONDAY = clock.from_wall_clock(datetime(2026, 11, 23).date(), 9)  # noqa: DTZ001 (a day)
DAYS = [clock.to_local_day(MONDAY) + timedelta(days=n) for n in (0, 1, 2)]
MINUTES = st.integers(0, 23).map(lambda n: n * 10)  # from 13h, on the grid of tens and off it
LAWYERS = st.integers(1, 8)
NEWCOMERS = 1000  # their numbers come after: no limit has met them before


class Portal(RuleBasedStateMachine):
    """Two seats, steps shorter than the slot, buffers, limits, a line, a delay."""

    @initialize(approval=st.booleans(), confirms=st.booleans(), capacity=st.integers(1, 2))
    def open(self, *, approval: bool, confirms: bool, capacity: int) -> None:
        self.now = MONDAY
        self.tokens: list[str] = []
        self.holds: list[str] = []
        self.places: list[str] = []
        self.newcomers = 0
        terms: dict[str, Any] = {
            "step_minutes": 20,
            "slot_minutes": 30,
            "buffer_after": 5,
            "capacity": capacity,
            "needs_approval": approval,
            "confirms_by_email": confirms,
            "release_delay": 15,
            "offer_minutes": 30,
            "max_per_day": 5,
            "max_active_per_oab": 3,
        }
        made = db.write_sync(lambda s: make.make_agenda(s, **terms).model_copy())
        self.slug, self.id = made.slug, made.id or 0

    def try_it(self, work: Callable[..., Any], *args: Any, **more: Any) -> Any:
        try:
            return db.write_sync(work, *args, now=self.now, **more)
        except AppError:
            return None

    def start(self, day: int, minutes: int) -> datetime:
        return clock.from_wall_clock(DAYS[day], 13) + timedelta(minutes=minutes)

    def listed(self) -> set[datetime]:
        found = db.read_sync(queries.list_open_slots, self.slug, DAYS[0], DAYS[-1], now=self.now)
        return {datetime.fromisoformat(slot.start) for slot in found}

    @rule(day=st.integers(0, 2), minutes=MINUTES, lawyer=LAWYERS, by_hold=st.booleans())
    def book(self, day: int, minutes: int, lawyer: int, *, by_hold: bool) -> None:
        held = self.holds.pop() if by_hold and self.holds else ""
        request = make.make_booking_request(
            self.start(day, minutes), oab_number=str(lawyer), hold_token=held
        )
        booked = self.try_it(booking.book, self.slug, request)
        self.tokens += [booked.token] if booked else []

    @rule(day=st.integers(0, 2), minutes=MINUTES)
    def hold_says_what_the_list_says(self, day: int, minutes: int) -> None:
        start, listed = self.start(day, minutes), self.listed()
        held = self.try_it(holds.hold_slot, self.slug, start, "video")
        assert bool(held) is (start in listed)
        self.holds += [held.token] if held else []

    @rule(day=st.integers(0, 2), minutes=MINUTES)
    def a_newcomers_booking_says_it_too(self, day: int, minutes: int) -> None:
        self.newcomers += 1
        start, listed = self.start(day, minutes), self.listed()
        request = make.make_booking_request(start, oab_number=str(NEWCOMERS + self.newcomers))
        booked = self.try_it(booking.book, self.slug, request)
        assert bool(booked) is (start in listed)
        self.tokens += [booked.token] if booked else []

    @rule(which=st.integers(0, 30), day=st.integers(0, 2), minutes=MINUTES)
    def move(self, which: int, day: int, minutes: int) -> None:
        if self.tokens:
            token = self.tokens[which % len(self.tokens)]
            self.try_it(cancellation.move_appointment, token, self.start(day, minutes))

    @rule(which=st.integers(0, 30))
    def cancel(self, which: int) -> None:
        if self.tokens:
            self.try_it(cancellation.cancel_by_link, self.tokens[which % len(self.tokens)])

    @rule(lawyer=LAWYERS)
    def wait_in_line(self, lawyer: int) -> None:
        sent = make.make_booking_form(self.now, oab_number=str(lawyer))
        request = schemas.WaitlistRequest.model_validate(sent)
        token = self.try_it(waitlist.join_waitlist, self.slug, request)
        self.places += [token] if token else []

    @rule(which=st.integers(0, 9), accept=st.booleans())
    def answer_an_offer(self, which: int, *, accept: bool) -> None:
        if not self.places:
            return
        place = db.read_sync(
            waitlist.load_waitlist_view, self.places[which % len(self.places)], now=self.now
        )
        if place.offer_token and accept:
            self.try_it(booking.confirm_appointment, place.offer_token)
        elif place.offer_token:
            self.try_it(cancellation.cancel_by_link, place.offer_token)

    @rule(which=st.integers(0, 30), approve=st.booleans())
    def answer_a_request(self, which: int, *, approve: bool) -> None:
        asked = select(Appointment.id).where(col(Appointment.status) == AppointmentStatus.PENDING)
        ids = db.read_sync(lambda session: list(session.exec(asked)))
        if ids and approve:
            self.try_it(approvals.approve_request, SYSTEM, ids[which % len(ids)])
        elif ids:
            self.try_it(approvals.refuse_request, SYSTEM, ids[which % len(ids)], "motivo")

    @rule(which=st.integers(0, 30), closed=st.booleans())
    def cancel_as_the_gabinete(self, which: int, *, closed: bool) -> None:
        asked = select(Appointment.id).where(col(Appointment.status) == AppointmentStatus.CONFIRMED)
        ids = db.read_sync(lambda session: list(session.exec(asked)))
        if ids:
            one = ids[which % len(ids)]
            self.try_it(chambers_desk.cancel_as_chambers, SYSTEM, one, "motivo", keep_closed=closed)

    @rule()
    def open_a_block(self) -> None:
        ids = db.read_sync(lambda session: list(session.exec(select(AgendaBlock.id))))
        if ids:
            self.try_it(blocks.remove_block, SYSTEM, ids[0])

    @rule(minutes=st.sampled_from([1, 4, 5, 15, 30, 31, 120]))
    def time_passes_and_the_loop_runs(self, minutes: int) -> None:
        self.now += timedelta(minutes=minutes)
        loop = (
            (approvals.agendas_with_expired_requests, approvals.expire_requests),
            (expiry.agendas_with_expired, expiry.expire_due),
        )
        for due, end in loop:
            for agenda_id in db.read_sync(due, now=self.now):
                db.write_sync(end, agenda_id, now=self.now)
        assert [db.read_sync(due, now=self.now) for due, _ in loop] == [[], []]

    @invariant()
    def no_two_active_rows_of_a_seat_overlap(self) -> None:
        def read(session: Session) -> list[Appointment]:
            asked = select(Appointment).where(col(Appointment.status).in_(ACTIVE_STATUSES))
            rows = list(session.exec(asked))
            session.expunge_all()
            return rows

        rows = db.read_sync(read)
        for number, one in enumerate(rows):
            span = (one.busy_from, one.busy_until)
            for other in rows[number + 1 :]:
                touch = do_overlap(span, (other.busy_from, other.busy_until))
                assert one.seat != other.seat or not touch

    @invariant()
    def an_offer_belongs_to_one_place_and_a_place_has_one_offer(self) -> None:
        def read(session: Session) -> tuple[list[int | None], list[int | None]]:
            with_offer = select(Appointment.waitlist_id).where(
                col(Appointment.status) == AppointmentStatus.OFFERED,
                col(Appointment.waitlist_id).is_not(None),
            )
            offered = select(WaitlistEntry.id).where(
                col(WaitlistEntry.status) == WaitlistStatus.OFFERED
            )
            return sorted(session.exec(with_offer).all()), sorted(session.exec(offered).all())

        with_offer, offered = db.read_sync(read)
        assert with_offer == offered

    def teardown(self) -> None:
        def wipe(session: Session) -> None:
            for table in ("appointment", "waitlist_entry", "agenda_block", "outbox_message"):
                session.connection().exec_driver_sql(f"DELETE FROM {table}")  # noqa: S608 (ours)

        db.write_sync(wipe)


QUIET = {"deadline": None, "suppress_health_check": list(HealthCheck)}


def _play(examples: int, steps: int) -> None:
    class Played(Portal.TestCase):  # type: ignore[name-defined,misc]
        settings = settings(max_examples=examples, stateful_step_count=steps, **QUIET)

    Played().runTest()


def test_the_invariants_hold_in_any_order(database: object) -> None:
    _play(12, 25)


@pytest.mark.slow
def test_the_invariants_hold_for_long_on_both_databases(any_database: str) -> None:
    _play(150, 50)

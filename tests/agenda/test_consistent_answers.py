"""Listing, holding, booking, moving and the line's offer give one answer, at every minute.

Every listed start can be had by each of them, and every other one is refused by each.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlmodel import Session, col, select

from canais_app.agenda import appointment_views, queries, schemas
from canais_app.agenda.availability import limits
from canais_app.agenda.availability import service as availability
from canais_app.agenda.availability.slots import Slot, do_overlap
from canais_app.agenda.booking import booking, cancellation, holds, waitlist
from canais_app.agenda.errors import SlotNotOfferedError, SlotTakenError
from canais_app.agenda.models import AgendaBlock, Appointment, AppointmentStatus
from canais_app.kit import clock, db
from tests.factories import agenda as make

TODAY, TOMORROW, AFTER = date(2026, 11, 23), date(2026, 11, 24), date(2026, 11, 25)
NOON = clock.from_wall_clock(TODAY, 12)
STANDS = {AppointmentStatus.CONFIRMED, AppointmentStatus.PENDING}


@dataclass
class World:
    """An agenda in some state; `terms` are as the factory takes them."""

    terms: dict[str, Any]
    steps: list[tuple[str, int]] = field(default_factory=list)
    block: tuple[int, int] | None = None
    minute: int = 0


@st.composite
def worlds(draw: st.DrawFn) -> World:
    terms = {
        "slot_minutes": draw(st.sampled_from([20, 30, 45])),
        "step_minutes": draw(st.sampled_from([10, 20, 30])),
        "buffer_before": draw(st.sampled_from([0, 5, 15])),
        "buffer_after": draw(st.sampled_from([0, 10])),
        "capacity": draw(st.integers(1, 2)),
        "notice_minutes": draw(st.sampled_from([0, 60, 90, 26 * 60])),
        "horizon_days": draw(st.integers(0, 2)),
        "max_per_day": draw(st.sampled_from([0, 0, 2])),
        "release_delay": draw(st.sampled_from([0, 30])),
        "needs_approval": draw(st.booleans()),
    }
    verbs = st.sampled_from(["book", "book", "book", "hold", "cancel", "wait"])
    return World(
        terms,
        draw(st.lists(st.tuples(verbs, st.integers(0, 60)), min_size=2, max_size=9)),
        draw(st.none() | st.tuples(st.integers(0, 200), st.integers(1, 60))),
        draw(st.sampled_from([0, 4, 5, 31, 90])),
    )


@dataclass
class Portal:
    """A generated sequence of actions, in one transaction that is not committed."""

    session: Session
    slug: str
    now: datetime = NOON
    tokens: list[str] = field(default_factory=list)
    lawyers: int = 0

    def make_request(self, start: datetime) -> schemas.BookingRequest:
        self.lawyers += 1
        return make.make_booking_request(start, oab_number=str(self.lawyers))

    def agenda(self) -> availability.AgendaContext:
        return queries.load_published(self.session, self.slug, now=self.now)

    def free(self, *days: date, **more: Any) -> list[Slot]:
        plans = availability.plan_days(self.session, self.agenda(), days, now=self.now, **more)
        return availability.list_free_slots(plans)

    def listed(self) -> list[datetime]:
        found = queries.list_open_slots(self.session, self.slug, TODAY, AFTER, now=self.now)
        return [datetime.fromisoformat(slot.start) for slot in found]

    def live(self, verb: str, pick: int) -> None:
        listed = self.listed()
        if verb == "cancel" and self.tokens:
            cancellation.cancel_by_link(
                self.session, self.tokens.pop(pick % len(self.tokens)), now=self.now
            )
        elif verb == "wait":
            self.join()
        elif verb == "hold" and listed:
            start = listed[pick % len(listed)]
            holds.hold_slot(self.session, self.slug, start, "video", now=self.now)
        elif verb == "book" and listed:
            request = self.make_request(listed[pick % len(listed)])
            booked = booking.book(self.session, self.slug, request, now=self.now)
            self.tokens.append(booked.token)

    def join(self) -> None:
        self.lawyers += 1
        sent = make.make_booking_form(self.now, oab_number=str(self.lawyers))
        waitlist.join_waitlist(
            self.session, self.slug, schemas.WaitlistRequest.model_validate(sent), now=self.now
        )

    def can(self, verb: Callable[..., Any], *args: Any) -> bool:
        """Whether a verb has its way; what it did is undone."""
        point = self.session.begin_nested()
        try:
            verb(self.session, *args, now=self.now)
        except (SlotTakenError, SlotNotOfferedError):
            return False
        finally:
            point.rollback()
        return True


def lived(session: Session, world: World) -> Portal:
    agenda = make.make_agenda(session, **world.terms)
    portal = Portal(session, agenda.slug)
    for verb, pick in world.steps:
        portal.live(verb, pick)
    if world.block:
        start = clock.from_wall_clock(TOMORROW, 13) + timedelta(minutes=world.block[0])
        end = start + timedelta(minutes=world.block[1])
        session.add(AgendaBlock(agenda_id=agenda.id or 0, starts_at=start, ends_at=end))
        session.flush()
    portal.now += timedelta(minutes=world.minute)
    return portal


def minutes() -> list[datetime]:
    """Every fifth minute about the windows of today, of tomorrow and of a day too far."""
    starts = [clock.from_wall_clock(day, 12, 50) for day in (TODAY, TOMORROW)]
    every = [start + timedelta(minutes=5 * n) for start in starts for n in range(53)]
    return [*every, clock.from_wall_clock(AFTER, 13), clock.from_wall_clock(date(2026, 11, 28), 13)]


def hold_and_book_say_what_is_listed(portal: Portal) -> None:
    listed = set(portal.listed())
    for start in minutes():
        is_listed = start in listed
        assert portal.can(holds.hold_slot, portal.slug, start, "video") is is_listed, start
        assert portal.can(booking.book, portal.slug, portal.make_request(start)) is is_listed, start


def move_says_what_is_listed_without_ones_own_time(portal: Portal) -> None:
    for token in portal.tokens[:2]:
        row = appointment_views.load_appointment_by_token(portal.session, token)
        own_start = row.starts_at
        if row.status not in STANDS or own_start < portal.now:
            continue
        free = {slot.start for slot in portal.free(TODAY, TOMORROW, AFTER, excluded_id=row.id)}
        assert {start for start in portal.listed() if start != own_start} <= free
        for start in minutes():
            if start != own_start:
                assert portal.can(cancellation.move_appointment, token, start) is (start in free), (
                    start
                )


def the_line_is_offered_what_is_free(portal: Portal) -> None:
    portal.join()
    for token in portal.tokens[:2]:
        row = appointment_views.load_appointment_by_token(portal.session, token)
        if row.status == AppointmentStatus.CONFIRMED and row.starts_at >= portal.now:
            point = portal.session.begin_nested()
            _cancel_and_look(portal, token, (row.starts_at, row.ends_at))
            point.rollback()


def _cancel_and_look(portal: Portal, token: str, span: tuple[datetime, datetime]) -> None:
    before = {row.id for row in _offers(portal)}
    cancellation.cancel_by_link(portal.session, token, now=portal.now)
    made = [row for row in _offers(portal) if row.id not in before]
    for row in made:
        day = clock.to_local_day(row.starts_at)
        free = portal.free(day, excluded_id=row.id, for_waitlist=True)
        assert row.seat in {s for slot in free if slot.start == row.starts_at for s in slot.seats}
        assert do_overlap((row.starts_at, row.ends_at), span)
    if not made:
        free = portal.free(clock.to_local_day(span[0]), for_waitlist=True)
        agenda = queries.load_published(portal.session, portal.slug, now=portal.now)
        readable = limits.add_waking_time(portal.now, limits.MIN_OFFER_TIME)
        assert not [
            slot
            for slot in free
            if do_overlap((slot.start, slot.end), span)
            and slot.start - timedelta(minutes=agenda.terms_at(slot.start).notice_minutes)
            >= readable
        ]


def _offers(portal: Portal) -> list[Appointment]:
    asked = select(Appointment).where(col(Appointment.status) == AppointmentStatus.OFFERED)
    return list(portal.session.exec(asked))


PROMISES = (
    hold_and_book_say_what_is_listed,
    move_says_what_is_listed_without_ones_own_time,
    the_line_is_offered_what_is_free,
)


def _keep(promise: Callable[[Portal], None], examples: int) -> None:
    @settings(max_examples=examples, deadline=None, suppress_health_check=list(HealthCheck))
    @given(worlds())
    def check(world: World) -> None:
        with Session(db.get_engine(), expire_on_commit=False) as session:
            promise(lived(session, world))

    check()


@pytest.mark.parametrize("promise", PROMISES, ids=lambda promise: promise.__name__)
def test_one_answer(promise: Callable[[Portal], None], database: object) -> None:
    _keep(promise, 6)


@pytest.mark.slow
@pytest.mark.parametrize("promise", PROMISES, ids=lambda promise: promise.__name__)
def test_one_answer_for_long_on_both_databases(
    promise: Callable[[Portal], None], any_database: str
) -> None:
    _keep(promise, 25)

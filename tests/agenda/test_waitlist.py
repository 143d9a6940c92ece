"""The waiting list: freed slots are offered in order of entry, and cannot be traded."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from sqlmodel import Session, col, select

from canais_app.accounts.roles import SYSTEM
from canais_app.agenda import appointment_views, queries, tokens
from canais_app.agenda.booking import approvals, booking, cancellation, expiry, holds, waitlist
from canais_app.agenda.chambers import blocks, chambers_desk
from canais_app.agenda.errors import (
    AgendaNotFoundError,
    AlreadyOnWaitlistError,
    OfferExpiredError,
    SlotTakenError,
    WaitlistEntryNotFoundError,
)
from canais_app.agenda.formatting import format_full_start
from canais_app.agenda.models import Agenda, AgendaBlock, Appointment, AppointmentStatus
from canais_app.agenda.schemas import WaitlistRequest
from canais_app.agenda.waitlist_status.view import waitlist_page_view
from canais_app.kit import clock, db
from canais_app.kit.errors import InvalidError
from canais_app.kit.forms import parse_form
from canais_app.outbox.models import OutboxMessage
from tests.factories import agenda as make
from tests.factories.outbox import payload_of

CASE = "0000001-49.2026.8.11.0015"


@pytest.fixture
def start(now: datetime) -> datetime:
    """Wednesday, 25 November, 14h in Cuiabá."""
    return clock.from_wall_clock(now.date() + timedelta(days=2), 14)


@pytest.fixture
def agenda(session: Session) -> Agenda:
    return make.make_agenda(session, offer_minutes=60, release_delay=30)


def book(session: Session, agenda: Agenda, start: datetime, number: int, now: datetime) -> str:
    request = make.make_booking_request(start, oab_number=str(number))
    return booking.book(session, agenda.slug, request, now=now).token


def make_request(number: int, **fields: Any) -> WaitlistRequest:
    sent = make.make_booking_form(datetime.min.replace(tzinfo=clock.TZ), oab_number=str(number))
    return parse_form(WaitlistRequest, {**sent, "modality": "", **fields})


def join(session: Session, agenda: Agenda, number: int, now: datetime, **fields: Any) -> str:
    return waitlist.join_waitlist(session, agenda.slug, make_request(number, **fields), now=now)


def offers(session: Session) -> list[tuple[str, str]]:
    """Who is offered what: OAB number and time of day."""
    rows = session.exec(
        select(Appointment)
        .where(col(Appointment.status) == AppointmentStatus.OFFERED)
        .order_by(col(Appointment.starts_at))
    )
    return [(row.oab[2:].lstrip("0"), f"{clock.to_local(row.starts_at):%H:%M}") for row in rows]


def offer_token(session: Session, place: str, now: datetime) -> str:
    return waitlist.load_waitlist_view(session, place, now=now).offer_token


def free(session: Session, agenda: Agenda, start: datetime, now: datetime) -> bool:
    day = clock.to_local_day(start)
    listed = queries.list_open_slots(session, agenda.slug, day, day, now=now)
    return clock.to_rfc3339(start) in [slot.start for slot in listed]


def test_a_cancelled_slot_is_offered_to_the_first_entry(
    session: Session, agenda: Agenda, start: datetime, now: datetime
) -> None:
    own_token = book(session, agenda, start, 1, now)
    first, _second = join(session, agenda, 2, now), join(session, agenda, 3, now)
    cancellation.cancel_by_link(session, own_token, now=now)
    assert offers(session) == [("2", "14:00")]
    with pytest.raises(SlotTakenError):
        book(session, agenda, start, 4, now)
    place = waitlist.load_waitlist_view(session, first, now=now)
    assert place.status == "offered"
    assert place.offer_until == clock.to_rfc3339(now + timedelta(minutes=60))
    taken = booking.confirm_appointment(session, place.offer_token, now=now + timedelta(minutes=59))
    assert (taken.status, taken.start) == ("confirmed", start)
    assert waitlist.load_waitlist_view(session, first, now=now).status == "served"


def test_entries_and_offers_are_notified_with_their_links(
    session: Session, agenda: Agenda, start: datetime, now: datetime
) -> None:
    own_token = book(session, agenda, start, 1, now)
    place = join(session, agenda, 2, now)
    cancellation.cancel_by_link(session, own_token, now=now)
    sent = {row.kind: payload_of(row).text for row in session.exec(select(OutboxMessage))}
    assert f"/fila/{place}" in sent["waitlist_joined"]
    assert f"/agendamento/{offer_token(session, place, now)}" in sent["appointment_offered"]


def test_an_expired_offer_goes_to_the_next_entry_then_waits_for_its_release(
    session: Session, agenda: Agenda, start: datetime, now: datetime
) -> None:
    own_token = book(session, agenda, start, 1, now)
    first, second = join(session, agenda, 2, now), join(session, agenda, 3, now)
    cancellation.cancel_by_link(session, own_token, now=now)
    lost = offer_token(session, first, now)
    hour = now + timedelta(hours=1)
    assert not free(session, agenda, start, hour)
    with pytest.raises(OfferExpiredError):
        booking.confirm_appointment(session, lost, now=hour)
    expiry.expire_due(session, agenda.id or 0, now=hour)
    assert offers(session) == [("3", "14:00")]
    assert waitlist.load_waitlist_view(session, first, now=hour).status == "waiting"
    hours = now + timedelta(hours=2)
    expiry.expire_due(session, agenda.id or 0, now=hours)
    assert offers(session) == []
    assert not free(session, agenda, start, hours + timedelta(minutes=29))
    assert free(session, agenda, start, hours + timedelta(minutes=30))
    assert waitlist.load_waitlist_view(session, second, now=hours).status == "waiting"


def test_an_expired_hold_blocks_no_offer(session: Session, start: datetime, now: datetime) -> None:
    agenda = make.make_agenda(session, capacity=2, slot_minutes=30, step_minutes=20)
    own_token = book(session, agenda, start, 1, now)
    holds.hold_slot(session, agenda.slug, start + timedelta(minutes=20), "video", now=now)
    join(session, agenda, 2, now)
    join(session, agenda, 3, now)
    cancellation.cancel_by_link(session, own_token, now=now + timedelta(minutes=5))
    assert offers(session) == [("2", "14:00"), ("3", "14:00")]


def test_a_declined_offer_goes_to_the_next_at_once(
    session: Session, agenda: Agenda, start: datetime, now: datetime
) -> None:
    own_token = book(session, agenda, start, 1, now)
    first, _ = join(session, agenda, 2, now), join(session, agenda, 3, now)
    cancellation.cancel_by_link(session, own_token, now=now)
    cancellation.cancel_by_link(session, offer_token(session, first, now), now=now)
    assert offers(session) == [("3", "14:00")]


def test_an_entry_that_declines_goes_on_waiting_and_shows_the_declined_slot(
    session: Session, agenda: Agenda, start: datetime, now: datetime
) -> None:
    own_token = book(session, agenda, start, 1, now)
    first, second = join(session, agenda, 2, now), join(session, agenda, 3, now)
    waitlist.decline_offer(session, first, now=now)  # no offer yet: no change
    cancellation.cancel_by_link(session, own_token, now=now)
    waitlist.decline_offer(session, first, now=now)
    assert offers(session) == [("3", "14:00")]
    place = waitlist.load_waitlist_view(session, first, now=now)
    assert (place.status, place.passed_words) == ("waiting", format_full_start(start))
    taken = booking.confirm_appointment(session, offer_token(session, second, now), now=now)
    served = waitlist.load_waitlist_view(session, second, now=now)
    assert (served.status, served.booked_token) == ("served", taken.token)


def test_every_change_of_a_waitlist_emits_its_topic(
    session: Session, agenda: Agenda, start: datetime, now: datetime
) -> None:
    def has_emitted() -> bool:
        return tokens.waitlist_topic(agenda.id or 0) in session.info.pop("topics", set())

    own_token = book(session, agenda, start, 1, now)
    first, second = join(session, agenda, 2, now), join(session, agenda, 3, now)
    has_emitted()
    cancellation.cancel_by_link(session, own_token, now=now)
    assert has_emitted(), "an offer"
    waitlist.decline_offer(session, first, now=now)
    assert has_emitted(), "an offer passed on"
    waitlist.leave_waitlist(session, first, now=now)
    assert has_emitted(), "one fewer before the others"
    booking.confirm_appointment(session, offer_token(session, second, now), now=now)
    assert has_emitted(), "an offer accepted"


def test_leaving_the_waitlist_offers_the_slot_to_the_next_entry(
    session: Session, agenda: Agenda, start: datetime, now: datetime
) -> None:
    own_token = book(session, agenda, start, 1, now)
    first, _ = join(session, agenda, 2, now), join(session, agenda, 3, now)
    cancellation.cancel_by_link(session, own_token, now=now)
    waitlist.leave_waitlist(session, first, now=now)
    waitlist.leave_waitlist(session, first, now=now)
    assert offers(session) == [("3", "14:00")]
    assert waitlist.load_waitlist_view(session, first, now=now).status == "left"


def test_an_entry_links_to_no_agenda_that_is_not_published(
    session: Session, agenda: Agenda, now: datetime
) -> None:
    token = join(session, agenda, 1, now)
    waitlist.leave_waitlist(session, token, now=now)
    assert waitlist_page_view(
        waitlist.load_waitlist_view(session, token, now=now), now
    ).waitlist_path
    agenda.published = False
    session.add(agenda)
    session.flush()
    after = waitlist_page_view(waitlist.load_waitlist_view(session, token, now=now), now)
    assert (after.agenda_path, after.waitlist_path) == ("", "")


def test_a_lawyer_who_cancels_is_not_offered_the_slot_again(
    session: Session, agenda: Agenda, start: datetime, now: datetime
) -> None:
    own_token = book(session, agenda, start, 1, now)
    join(session, agenda, 1, now)
    cancellation.cancel_by_link(session, own_token, now=now)
    assert offers(session) == []
    join(session, agenda, 2, now + timedelta(minutes=1))
    expiry.expire_due(session, agenda.id or 0, now=now + timedelta(minutes=1))
    assert offers(session) == [], "who came after it was freed waits for the next"


def test_a_lawyer_who_moves_is_not_offered_the_old_slot(
    session: Session, agenda: Agenda, start: datetime, now: datetime
) -> None:
    own_token = book(session, agenda, start, 1, now)
    join(session, agenda, 1, now)
    join(session, agenda, 2, now)
    cancellation.move_appointment(session, own_token, start + timedelta(hours=1), now=now)
    assert offers(session) == [("2", "14:00")]


def test_one_offer_at_a_time_and_each_to_another_entry(
    session: Session, agenda: Agenda, start: datetime, now: datetime
) -> None:
    tokens = [
        book(session, agenda, start + timedelta(minutes=20 * n), n + 1, now) for n in (0, 1, 2)
    ]
    for number in (11, 12):
        join(session, agenda, number, now)
    for token in tokens:
        cancellation.cancel_by_link(session, token, now=now)
    assert offers(session) == [("11", "14:00"), ("12", "14:20")]


def test_an_unconfirmed_booking_goes_to_the_waitlist_when_it_expires(
    session: Session, start: datetime, now: datetime
) -> None:
    agenda = make.make_agenda(session, confirms_by_email=True, confirm_minutes=30)
    book(session, agenda, start, 1, now)
    place = join(session, agenda, 2, now)
    later = now + timedelta(minutes=30)
    expiry.expire_due(session, agenda.id or 0, now=later)
    assert offers(session) == [("2", "14:00")]
    taken = booking.confirm_appointment(session, offer_token(session, place, later), now=later)
    assert taken.status == "confirmed", "the offer's link came by e-mail: nothing to confirm"


def test_the_slots_of_a_removed_block_are_offered_one_by_one(
    session: Session, agenda: Agenda, start: datetime, now: datetime
) -> None:
    agenda_id = agenda.id or 0
    end = start + timedelta(hours=1)
    blocks.create_block(session, SYSTEM, agenda_id, start, end, "Correição", now=now)
    for number in (1, 2):
        join(session, agenda, number, now)
    block = session.exec(select(AgendaBlock)).one()
    blocks.remove_block(session, SYSTEM, block.id or 0, now=now)
    assert offers(session) == [("1", "14:00"), ("2", "14:20")]
    assert free(session, agenda, start + timedelta(minutes=40), now)


def test_a_slot_the_gabinete_closed_is_not_offered(
    session: Session, agenda: Agenda, start: datetime, now: datetime
) -> None:
    own_token = book(session, agenda, start, 1, now)
    join(session, agenda, 2, now)
    row = appointment_views.load_appointment_by_token(session, own_token)
    chambers_desk.cancel_as_chambers(
        session, SYSTEM, row.id or 0, "Sessão", now=now, alternatives=()
    )
    assert offers(session) == []


@pytest.mark.parametrize(
    ("fields", "served"),
    [
        ({"from": "2026-11-25", "to": "2026-11-25"}, True),
        ({"from": "2026-11-26"}, False),
        ({"to": "2026-11-24"}, False),
        ({"modality": "presencial"}, True),
        ({}, True),
    ],
)
def test_only_entries_whose_days_fit_get_offers(
    session: Session,
    agenda: Agenda,
    start: datetime,
    now: datetime,
    fields: dict[str, str],
    served: bool,  # noqa: FBT001 (a table)
) -> None:
    own_token = book(session, agenda, start, 1, now)
    join(session, agenda, 2, now, **fields)
    cancellation.cancel_by_link(session, own_token, now=now)
    assert bool(offers(session)) is served


def test_an_entry_whose_limit_is_reached_gets_no_offer(
    session: Session, start: datetime, now: datetime
) -> None:
    agenda = make.make_agenda(session, max_active_per_oab=1, max_active_per_case=1)
    own_token = book(session, agenda, start, 1, now)
    book(session, agenda, start + timedelta(hours=1), 2, now)
    booking.book(
        session,
        agenda.slug,
        make.make_booking_request(start + timedelta(hours=2), oab_number="9", case_number=CASE),
        now=now,
    )
    join(session, agenda, 2, now)
    join(session, agenda, 3, now, case_number=CASE)
    join(session, agenda, 4, now)
    cancellation.cancel_by_link(session, own_token, now=now)
    assert offers(session) == [("4", "14:00")]


def test_an_offer_accepted_after_another_booking_keeps_the_limit(
    session: Session, start: datetime, now: datetime
) -> None:
    agenda = make.make_agenda(session, max_active_per_oab=1)
    own_token = book(session, agenda, start, 1, now)
    place = join(session, agenda, 2, now)
    cancellation.cancel_by_link(session, own_token, now=now)
    book(session, agenda, start + timedelta(hours=1), 2, now)
    with pytest.raises(InvalidError, match="ao mesmo tempo"):
        booking.confirm_appointment(session, offer_token(session, place, now), now=now)


def test_an_offer_does_not_reach_into_the_notice(session: Session, now: datetime) -> None:
    agenda = make.make_agenda(session, notice_minutes=60, offer_minutes=120)
    soon = clock.from_wall_clock(now.date(), 16)
    own_token = book(session, agenda, soon, 1, now)
    place = join(session, agenda, 2, now)
    cancellation.cancel_by_link(session, own_token, now=now)
    until = waitlist.load_waitlist_view(session, place, now=now).offer_until
    assert until == clock.to_rfc3339(soon - timedelta(minutes=60))


def test_one_oab_has_one_entry(session: Session, agenda: Agenda, now: datetime) -> None:
    token = join(session, agenda, 1, now)
    with pytest.raises(AlreadyOnWaitlistError):
        join(session, agenda, 1, now)
    waitlist.leave_waitlist(session, token, now=now)
    assert join(session, agenda, 1, now + timedelta(minutes=1)) != token


def test_an_entry_counts_the_entries_before_it(
    session: Session, agenda: Agenda, now: datetime
) -> None:
    places = [join(session, agenda, n, now) for n in (1, 2, 3)]
    assert [waitlist.load_waitlist_view(session, p, now=now).ahead for p in places] == [0, 1, 2]
    waitlist.leave_waitlist(session, places[0], now=now)
    assert waitlist.load_waitlist_view(session, places[2], now=now).ahead == 1


def test_days_that_are_over_or_in_the_wrong_order_are_refused(
    session: Session, agenda: Agenda, now: datetime
) -> None:
    for fields in (
        {"from": "2026-11-30", "to": "2026-11-25"},
        {"to": "2026-11-20"},
        {"to": "2028-01-01"},
        {"from": "0001-01-01"},
        {"from": "ontem"},
        {"modality": "telefone"},
    ):
        with pytest.raises(InvalidError):
            join(session, agenda, 1, now, **fields)
    with pytest.raises(AgendaNotFoundError):
        waitlist.join_waitlist(session, "nenhuma", make_request(1), now=now)


def test_an_entry_expires_after_its_last_day(
    session: Session, agenda: Agenda, now: datetime
) -> None:
    token = join(session, agenda, 1, now, to="2026-11-25")
    after = clock.from_wall_clock(date(2026, 11, 26), 0)
    assert expiry.agendas_with_expired(session, now=after - timedelta(seconds=1)) == []
    assert expiry.agendas_with_expired(session, now=after) == [agenda.id]
    expiry.expire_due(session, agenda.id or 0, now=after)
    assert waitlist.load_waitlist_view(session, token, now=after).status == "over"


@pytest.mark.parametrize("token", ["", "nada", "x" * 500])
def test_an_unknown_waitlist_link_is_not_found(session: Session, now: datetime, token: str) -> None:
    with pytest.raises(WaitlistEntryNotFoundError):
        waitlist.load_waitlist_view(session, token, now=now)
    with pytest.raises(WaitlistEntryNotFoundError):
        waitlist.leave_waitlist(session, token, now=now)


def test_an_accepted_offer_waits_for_approval_if_the_agenda_requires_it(
    session: Session, start: datetime, now: datetime
) -> None:
    agenda = make.make_agenda(session, needs_approval=True)
    own_token = book(session, agenda, start, 1, now)
    approvals.approve_request(
        session,
        SYSTEM,
        appointment_views.load_appointment_by_token(session, own_token).id or 0,
        now=now,
    )
    place = join(session, agenda, 2, now)
    cancellation.cancel_by_link(session, own_token, now=now)
    taken = booking.confirm_appointment(session, offer_token(session, place, now), now=now)
    assert taken.status == "pending"


def test_with_shorter_steps_the_very_time_that_was_freed_is_offered(
    session: Session, start: datetime, now: datetime
) -> None:
    agenda = make.make_agenda(session, step_minutes=10)
    own_token = book(session, agenda, start, 1, now)
    join(session, agenda, 2, now)
    cancellation.cancel_by_link(session, own_token, now=now)
    assert offers(session) == [("2", "14:00")]


def test_an_offer_outlives_expired_holds_of_its_agenda(database: object, now: datetime) -> None:
    """SQLite gives the number of a row that is gone to the next one: that must not go too."""
    assert database
    terms = {"confirms_by_email": True, "confirm_minutes": 30}
    agenda = db.write_sync(lambda s: make.make_agenda(s, **terms))
    later = clock.from_wall_clock(now.date() + timedelta(days=2), 14)
    waits = WaitlistRequest.model_validate(make.make_booking_form(later, oab_number="2"))
    db.write_sync(booking.book, agenda.slug, make.make_booking_request(later), now=now)
    db.write_sync(waitlist.join_waitlist, agenda.slug, waits, now=now)
    db.write_sync(holds.hold_slot, agenda.slug, later + timedelta(hours=1), "video", now=now)
    over = now + timedelta(minutes=30)
    db.write_sync(expiry.expire_due, agenda.id or 0, now=over)
    asked = select(Appointment.status).order_by(col(Appointment.id))
    assert db.read_sync(lambda s: list(s.exec(asked))) == ["expired", "offered"]

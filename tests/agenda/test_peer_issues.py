"""What users of peers reported as bugs, tried here: rules in a table, journeys below it."""

from collections.abc import Callable
from datetime import date, datetime, timedelta

import pytest
from icalendar import Calendar
from sqlmodel import Session, col, select

from canais_app.agenda import appointment_views
from canais_app.agenda.booking import approvals, booking, cancellation, expiry, waitlist
from canais_app.agenda.chambers import blocks
from canais_app.agenda.errors import (
    AlreadyOnWaitlistError,
    OfferExpiredError,
    SlotNotOfferedError,
    SlotTakenError,
)
from canais_app.agenda.models import Appointment
from canais_app.agenda.notifications import reminders
from canais_app.kit import clock
from canais_app.kit.errors import ConflictError, InvalidError, NotFoundError
from canais_app.outbox import messages
from tests.agenda.journeys import Desk, refused
from tests.agenda.peer_rules import CASES
from tests.agenda.slots.cases import Case, free_starts
from tests.factories import accounts
from tests.factories.outbox import payload_of
from tests.people import CHAMBERS_A


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_the_times_offered_are_right(case: Case) -> None:
    found = [f"{clock.to_local(start):%H:%M}" for start in free_starts(case)]
    assert " ".join(found) == case.starts


@pytest.fixture
def desk(session: Session, now: datetime) -> Desk:
    actor = accounts.make_actor(session, CHAMBERS_A, now=now)
    return Desk(session, now, actor, clock.from_wall_clock(date(2026, 11, 25), 14))


def two_requests_for_one_time(desk: Desk) -> None:
    agenda = desk.agenda(needs_approval=True)
    first, second = desk.book(agenda, 1), desk.book(agenda, 2)
    approvals.approve_request(desk.session, desk.actor, first.id or 0, now=desk.now)
    refused(
        ConflictError,
        lambda: approvals.approve_request(desk.session, desk.actor, second.id or 0, now=desk.now),
    )


def a_start_that_is_not_on_the_grid(desk: Desk) -> None:
    refused(SlotNotOfferedError, lambda: desk.book(desk.agenda(), 1, 0.1))


def a_booking_nearer_than_the_notice(desk: Desk) -> None:
    refused(SlotNotOfferedError, lambda: desk.book(desk.agenda(notice_minutes=7 * 1440)))


def a_limit_of_one_is_each_persons(desk: Desk) -> None:
    agenda = desk.agenda(max_per_oab_per_day=1)
    desk.book(agenda, 1)
    desk.book(agenda, 2, 1)
    refused(InvalidError, lambda: desk.book(agenda, 1, 2))


def a_second_booking_of_a_taken_time(desk: Desk) -> None:
    agenda = desk.agenda()
    desk.book(agenda, 1)
    refused(SlotTakenError, lambda: desk.book(agenda, 2))


def one_seat_cancelled_leaves_the_others(desk: Desk) -> None:
    agenda = desk.agenda(capacity=3)
    first, second = desk.book(agenda, 1), desk.book(agenda, 2)
    cancellation.cancel_by_link(desk.session, desk.token(first), now=desk.now)
    assert (first.status, second.status) == ("cancelled", "confirmed")


def a_cancelled_seat_is_told(desk: Desk) -> None:
    agenda = desk.agenda(capacity=3)
    _, second = desk.book(agenda, 1), desk.book(agenda, 2)
    cancellation.cancel_by_link(desk.session, desk.token(second), now=desk.now)
    assert [one.recipient for one in desk.letters(messages.CANCELLED)] == [second.email]


def a_first_seat_changes_after_others_joined(desk: Desk) -> None:
    agenda = desk.agenda(capacity=3)
    first, second = desk.book(agenda, 1), desk.book(agenda, 2)
    later = desk.at + timedelta(hours=1)
    cancellation.move_appointment(desk.session, desk.token(first), later, now=desk.now)
    assert (first.starts_at, second.starts_at) == (later, desk.at)


def a_refused_request_is_not_booked(desk: Desk) -> None:
    row = desk.book(desk.agenda(needs_approval=True))
    approvals.refuse_request(desk.session, desk.actor, row.id or 0, "Sessão", now=desk.now)
    assert (row.status, desk.letters(messages.BOOKED)) == ("refused", [])


def a_request_that_is_moved_still_waits(desk: Desk) -> None:
    row = desk.book(desk.agenda(needs_approval=True))
    later = desk.at + timedelta(hours=1)
    cancellation.move_appointment(desk.session, desk.token(row), later, now=desk.now)
    assert (row.status, row.starts_at) == ("pending", later)


def an_approved_time_survives_a_refused_move(desk: Desk) -> None:
    row = desk.book(desk.agenda(needs_approval=True))
    approvals.approve_request(desk.session, desk.actor, row.id or 0, now=desk.now)
    later = desk.at + timedelta(hours=1)
    cancellation.move_appointment(desk.session, desk.token(row), later, now=desk.now)
    asked = select(Appointment).where(col(Appointment.moves_id) == row.id)
    request = desk.session.exec(asked).one()
    approvals.refuse_request(desk.session, desk.actor, request.id or 0, "Sessão", now=desk.now)
    assert (row.status, row.starts_at) == ("confirmed", desk.at)


def a_cancelled_booking_cannot_be_moved(desk: Desk) -> None:
    row = desk.book(desk.agenda())
    token, later = desk.token(row), desk.at + timedelta(hours=1)
    cancellation.cancel_by_link(desk.session, token, now=desk.now)
    refused(
        InvalidError,
        lambda: cancellation.move_appointment(desk.session, token, later, now=desk.now),
    )


def a_pending_request_can_be_withdrawn_late(desk: Desk) -> None:
    row = desk.book(desk.agenda(needs_approval=True, cancel_notice=30 * 1440))
    cancellation.cancel_by_link(desk.session, desk.token(row), now=desk.now)
    assert row.status == "cancelled"


def every_move_raises_the_sequence(desk: Desk) -> None:
    row = desk.book(desk.agenda())
    for hours in (1, 2, 0):
        start = desk.at + timedelta(hours=hours)
        cancellation.move_appointment(desk.session, desk.token(row), start, now=desk.now)
    events = [payload_of(one).ics for one in desk.letters(messages.MOVED)]
    found = [Calendar.from_ical(event).walk("VEVENT")[0] for event in events]
    assert [str(event.decoded("SEQUENCE")) for event in found] == ["1", "2", "3"]
    assert {str(event["UID"]) for event in found} == {row.ics_uid}


def a_cancellation_is_a_cancel(desk: Desk) -> None:
    row = desk.book(desk.agenda())
    cancellation.cancel_by_link(desk.session, desk.token(row), now=desk.now)
    mail = payload_of(desk.letters(messages.CANCELLED)[0])
    assert mail.ics_method == "CANCEL"
    assert "STATUS:CANCELLED" in mail.ics


def a_moved_booking_keeps_its_link(desk: Desk) -> None:
    row = desk.book(desk.agenda(video_base_url="https://meet.google.com/abc-defg-hij"))
    later = desk.at + timedelta(hours=1)
    cancellation.move_appointment(desk.session, desk.token(row), later, now=desk.now)
    assert (
        "https://meet.google.com/abc-defg-hij" in payload_of(desk.letters(messages.MOVED)[0]).text
    )


def no_reminder_for_a_cancelled_one(desk: Desk) -> None:
    row = desk.book(desk.agenda())
    cancellation.cancel_by_link(desk.session, desk.token(row), now=desk.now)
    assert reminders.send_reminders(desk.session, now=desk.at - timedelta(hours=23)) == 0


def a_reminder_is_sent_once(desk: Desk) -> None:
    desk.book(desk.agenda())
    for minutes in (0, 1, 30):
        soon = desk.at - timedelta(hours=23, minutes=-minutes)
        reminders.send_reminders(desk.session, now=soon)
    assert len(desk.letters(messages.REMINDER)) == 1


def an_unconfirmed_booking_is_released(desk: Desk) -> None:
    agenda = desk.agenda(confirms_by_email=True, confirm_minutes=30)
    row = desk.book(agenda)
    expiry.expire_due(desk.session, agenda.id or 0, now=desk.now + timedelta(minutes=31))
    assert (row.status, "14:00" in desk.free(agenda)) == ("expired", True)


def opening_a_link_confirms_nothing(desk: Desk) -> None:
    row = desk.book(desk.agenda(confirms_by_email=True))
    appointment_views.load_view_by_token(desk.session, desk.token(row), now=desk.now)
    refused(
        NotFoundError,
        lambda: booking.confirm_appointment(desk.session, desk.token(row), now=desk.now),
    )
    assert row.status == "preconfirmed"


def the_longest_waiting_gets_the_time(desk: Desk) -> None:
    agenda = desk.agenda()
    rows = desk.fill(agenda)
    for number in (1, 2):
        desk.wait(agenda, number)
    cancellation.cancel_by_link(desk.session, desk.token(rows[3]), now=desk.now)
    assert [one.oab[2:].lstrip("0") for one in desk.offers()] == ["1"]


def who_took_an_offer_leaves_the_line(desk: Desk) -> None:
    agenda = desk.agenda(release_delay=0)
    rows = desk.fill(agenda)
    place = desk.wait(agenda, 1)
    cancellation.cancel_by_link(desk.session, desk.token(rows[3]), now=desk.now)
    (offer,) = desk.offers()
    booking.confirm_appointment(desk.session, desk.token(offer), now=desk.now)
    cancellation.cancel_by_link(desk.session, desk.token(offer), now=desk.now)
    assert desk.offers() == []
    assert waitlist.load_waitlist_view(desk.session, place, now=desk.now).status == "served"
    assert "14:00" in desk.free(agenda)


def a_declined_offer_passes_on(desk: Desk) -> None:
    agenda = desk.agenda()
    rows = desk.fill(agenda)
    first, _ = desk.wait(agenda, 1), desk.wait(agenda, 2)
    cancellation.cancel_by_link(desk.session, desk.token(rows[3]), now=desk.now)
    waitlist.decline_offer(desk.session, first, now=desk.now)
    assert [one.oab[2:].lstrip("0") for one in desk.offers()] == ["2"]


def no_offer_too_late_to_be_taken(desk: Desk) -> None:
    agenda = desk.agenda(notice_minutes=120)
    rows = desk.fill(agenda)
    desk.wait(agenda, 1)
    late = desk.at - timedelta(minutes=121)
    cancellation.cancel_by_link(desk.session, desk.token(rows[3]), now=late)
    assert desk.offers() == []


def an_expired_offer_says_so(desk: Desk) -> None:
    agenda = desk.agenda(offer_minutes=30)
    rows = desk.fill(agenda)
    desk.wait(agenda, 1)
    cancellation.cancel_by_link(desk.session, desk.token(rows[3]), now=desk.now)
    (offer,) = desk.offers()
    late = desk.now + timedelta(minutes=31)
    refused(
        OfferExpiredError,
        lambda: booking.confirm_appointment(desk.session, desk.token(offer), now=late),
    )


def a_closed_shop_serves_no_line(desk: Desk) -> None:
    agenda = desk.agenda()
    rows = desk.fill(agenda)
    desk.wait(agenda, 1)
    agenda.published = False
    desk.session.add(agenda)
    desk.session.flush()
    cancellation.cancel_by_link(desk.session, desk.token(rows[3]), now=desk.now)
    assert desk.offers() == []


def nobody_waits_twice(desk: Desk) -> None:
    agenda = desk.agenda()
    desk.wait(agenda, 1)
    refused(AlreadyOnWaitlistError, lambda: desk.wait(agenda, 1))


def joining_the_line_is_confirmed(desk: Desk) -> None:
    desk.wait(desk.agenda(), 1)
    assert len(desk.letters(messages.WAITLISTED)) == 1


def one_leaves_the_line(desk: Desk) -> None:
    place = desk.wait(desk.agenda(), 1)
    waitlist.leave_waitlist(desk.session, place, now=desk.now)
    assert waitlist.load_waitlist_view(desk.session, place, now=desk.now).status == "left"


def a_cancelled_letter_leads_to_the_same_agenda(desk: Desk) -> None:
    agenda = desk.agenda()
    row = desk.book(agenda)
    cancellation.cancel_by_link(desk.session, desk.token(row), now=desk.now)
    assert f"/agenda/{agenda.slug}" in payload_of(desk.letters(messages.CANCELLED)[0]).text


def no_deadline_that_has_passed(desk: Desk) -> None:
    desk.book(desk.agenda(cancel_notice=7 * 1440))
    assert "cancelar até" not in payload_of(desk.letters(messages.BOOKED)[0]).text


def an_agent_is_warned_of_what_a_block_covers(desk: Desk) -> None:
    agenda = desk.agenda()
    desk.book(agenda)
    span = (desk.at - timedelta(hours=1), desk.at + timedelta(hours=1))
    block = (desk.session, desk.actor, agenda.id or 0, *span, "Férias", "")
    refused(InvalidError, lambda: blocks.create_block(*block, now=desk.now))


JOURNEYS: dict[str, Callable[[Desk], None]] = {
    "calcom/cal.diy#10789": two_requests_for_one_time,
    "calcom/cal.diy#244": a_start_that_is_not_on_the_grid,
    "calcom/cal.diy#14465": a_booking_nearer_than_the_notice,
    "calcom/cal.diy#15862": a_limit_of_one_is_each_persons,
    "calcom/cal.diy#2342": a_second_booking_of_a_taken_time,
    "calcom/cal.diy#8378": one_seat_cancelled_leaves_the_others,
    "calcom/cal.diy#10167": a_cancelled_seat_is_told,
    "calcom/cal.diy#5340": a_first_seat_changes_after_others_joined,
    "calcom/cal.diy#5393": a_refused_request_is_not_booked,
    "calcom/cal.diy#28926": a_request_that_is_moved_still_waits,
    "calcom/cal.diy#11397": an_approved_time_survives_a_refused_move,
    "calcom/cal.diy#13170": a_cancelled_booking_cannot_be_moved,
    "indico/indico#5995": a_pending_request_can_be_withdrawn_late,
    "calcom/cal.diy#22779": every_move_raises_the_sequence,
    "calcom/cal.diy#29706": a_cancellation_is_a_cancel,
    "calcom/cal.diy#14086": a_moved_booking_keeps_its_link,
    "calcom/cal.diy#17785": no_reminder_for_a_cancelled_one,
    "SergeyMosin/Appointments#675": a_reminder_is_sent_once,
    "SergeyMosin/Appointments#104": an_unconfirmed_booking_is_released,
    "SergeyMosin/Appointments#646": opening_a_link_confirms_nothing,
    "pretix/pretix#2119": the_longest_waiting_gets_the_time,
    "pretix/pretix#1163": who_took_an_offer_leaves_the_line,
    "pretix/pretix#2219": a_declined_offer_passes_on,
    "pretix/pretix#681": no_offer_too_late_to_be_taken,
    "pretix/pretix#489": an_expired_offer_says_so,
    "pretix/pretix#1899": a_closed_shop_serves_no_line,
    "pretix/pretix#3277": nobody_waits_twice,
    "pretix/pretix#1164": joining_the_line_is_confirmed,
    "pretix/pretix#837": one_leaves_the_line,
    "betagouv/rdv-service-public#1972": a_cancelled_letter_leads_to_the_same_agenda,
    "betagouv/rdv-service-public#4453": no_deadline_that_has_passed,
    "betagouv/rdv-service-public#1797": an_agent_is_warned_of_what_a_block_covers,
}


@pytest.mark.parametrize("source", JOURNEYS)
def test_a_reported_journey_ends_well(desk: Desk, source: str) -> None:
    JOURNEYS[source](desk)


def test_the_table_has_eighty_rows_of_several_peers() -> None:
    sources = [case.name.split()[0] for case in CASES] + list(JOURNEYS)
    assert len(sources) >= 80
    assert len({source.partition("#")[0] for source in sources}) >= 5

"""Journeys at the edges of the rules; the right end of each follows from what was promised.

The slots at the edges are rows of `slots/table_hostile.py`.
"""

from collections.abc import Callable
from datetime import date, datetime, timedelta

import pytest
from sqlmodel import Session, col, select

from canais_app.agenda import consequences, queries, tokens
from canais_app.agenda.availability.rule_values import AttendanceKind
from canais_app.agenda.booking import approvals, booking, cancellation, earlier, expiry, holds
from canais_app.agenda.chambers import blocks, chambers_changes, chambers_desk
from canais_app.agenda.errors import (
    OfferExpiredError,
    SlotNotOfferedError,
    SlotReservedError,
    SlotTakenError,
)
from canais_app.agenda.models import Agenda, Appointment, WaitlistEntry, WaitlistStatus
from canais_app.agenda.rules import editor, publishing, substitutes
from canais_app.agenda.rules.substitutes import SubstitutionRequest
from canais_app.agenda.views import HeldSlot
from canais_app.kit import clock
from canais_app.kit.errors import InvalidError
from canais_app.outbox import messages
from tests.agenda.journeys import Desk, refused
from tests.factories import accounts
from tests.factories import agenda as factory
from tests.people import CHAMBERS_A

WED = date(2026, 11, 25)
HOUR, MINUTE = timedelta(hours=1), timedelta(minutes=1)
LONG_KIND = (
    AttendanceKind(name="Despacho"),
    AttendanceKind(name="Sustentação", minutes=40, modalities=("presencial",)),
)


@pytest.fixture
def desk(session: Session, now: datetime) -> Desk:
    actor = accounts.make_actor(session, CHAMBERS_A, now=now)
    return Desk(session, now, actor, clock.from_wall_clock(WED, 14))


def hold(desk: Desk, agenda: Agenda, now: datetime, start: datetime | None = None) -> HeldSlot:
    return holds.hold_slot(desk.session, agenda.slug, start or desk.at, "video", now=now)


def book_at(desk: Desk, agenda: Agenda, now: datetime, **fields: object) -> Appointment:
    request = factory.make_booking_request(desk.at, **fields)
    made = booking.book(desk.session, agenda.slug, request, now=now)
    return desk.session.exec(select(Appointment).where(col(Appointment.code) == made.code)).one()


def book_long(desk: Desk, agenda: Agenda, number: int = 1, hours: float = 0) -> Appointment:
    start = desk.at + hours * HOUR
    request = factory.make_booking_request(
        start, oab_number=str(number), kind="Sustentação", modality="presencial"
    )
    made = booking.book(desk.session, agenda.slug, request, now=desk.now)
    return desk.session.exec(select(Appointment).where(col(Appointment.code) == made.code)).one()


def cancel(desk: Desk, row: Appointment, now: datetime | None = None) -> None:
    cancellation.cancel_by_link(desk.session, tokens.token_of(row), now=now or desk.now)


def move(desk: Desk, row: Appointment, hours: float, now: datetime | None = None) -> None:
    start = desk.at + hours * HOUR
    cancellation.move_appointment(desk.session, tokens.token_of(row), start, now=now or desk.now)


def minutes_of(row: Appointment) -> int:
    return int((row.ends_at - row.starts_at) / MINUTE)


def block(desk: Desk, agenda: Agenda, hours: float = 0, lasts: timedelta = HOUR) -> None:
    start = desk.at + hours * HOUR
    blocks.create_block(
        desk.session, desk.actor, agenda.id or 0, start, start + lasts, "Sessão", now=desk.now
    )


def offered_to(desk: Desk) -> list[str]:
    return [one.oab[2:].lstrip("0") for one in desk.offers()]


# holds


def a_hold_ends_at_its_second_for_others(desk: Desk) -> None:
    agenda = desk.agenda()
    held = hold(desk, agenda, desk.now)
    refused(SlotTakenError, lambda: book_at(desk, agenda, held.expires_at - MINUTE / 60))
    assert book_at(desk, agenda, held.expires_at).status == "confirmed"


def an_expired_hold_that_nobody_took_still_books(desk: Desk) -> None:
    agenda = desk.agenda()
    held = hold(desk, agenda, desk.now)
    row = book_at(desk, agenda, held.expires_at + HOUR, hold_token=held.token)
    assert (row.status, row.starts_at) == ("confirmed", desk.at)


def an_expired_hold_that_somebody_took_is_refused(desk: Desk) -> None:
    agenda = desk.agenda()
    held = hold(desk, agenda, desk.now)
    book_at(desk, agenda, held.expires_at, oab_number="2")
    refused(SlotTakenError, lambda: book_at(desk, agenda, held.expires_at, hold_token=held.token))


def a_hold_keeps_its_slot_while_the_notice_runs_out(desk: Desk) -> None:
    agenda = desk.agenda(notice_minutes=60)
    asked = desk.at - HOUR
    held = hold(desk, agenda, asked)
    assert book_at(desk, agenda, asked + 4 * MINUTE, hold_token=held.token).status == "confirmed"


def another_slots_hold_does_not_stretch_the_notice(desk: Desk) -> None:
    agenda = desk.agenda(notice_minutes=60)
    asked = desk.at - HOUR
    held = hold(desk, agenda, asked, desk.at + HOUR)
    refused(
        SlotNotOfferedError, lambda: book_at(desk, agenda, asked + MINUTE, hold_token=held.token)
    )


def a_second_hold_gives_the_first_back(desk: Desk) -> None:
    agenda = desk.agenda()
    first = hold(desk, agenda, desk.now)
    holds.hold_slot(
        desk.session, agenda.slug, desk.at + HOUR, "video", now=desk.now, previous_token=first.token
    )
    assert "14:00" in desk.free(agenda)
    assert "15:00" not in desk.free(agenda)


def a_held_slot_blocked_meanwhile_is_not_booked(desk: Desk) -> None:
    agenda = desk.agenda()
    held = hold(desk, agenda, desk.now)
    block(desk, agenda)
    refused(SlotNotOfferedError, lambda: book_at(desk, agenda, desk.now, hold_token=held.token))


# moves


def moving_onto_part_of_ones_own_time(desk: Desk) -> None:
    agenda = desk.agenda(slot_minutes=60, step_minutes=20)
    row = desk.book(agenda)
    move(desk, row, 1 / 3)
    assert row.starts_at == desk.at + 20 * MINUTE


def moving_within_a_full_day(desk: Desk) -> None:
    agenda = desk.agenda(max_per_day=2)
    row, _ = desk.book(agenda, 1), desk.book(agenda, 2, 1)
    move(desk, row, 2)
    assert row.starts_at == desk.at + 2 * HOUR


def moving_to_a_full_day_is_refused(desk: Desk) -> None:
    agenda = desk.agenda(max_per_day=1)
    row, _ = desk.book(agenda, 1), desk.book(agenda, 2, 24)
    refused(SlotNotOfferedError, lambda: move(desk, row, 25))
    assert (row.status, row.starts_at) == ("confirmed", desk.at)


def moving_is_refused_a_second_after_its_deadline(desk: Desk) -> None:
    row = desk.book(desk.agenda(cancel_notice=60))
    deadline = desk.at - HOUR
    refused(InvalidError, lambda: move(desk, row, 1, deadline + MINUTE / 60))
    move(desk, row, 1, deadline)
    assert row.starts_at == desk.at + HOUR


def a_long_kind_stays_long_when_moved(desk: Desk) -> None:
    row = book_long(desk, desk.agenda(kinds=LONG_KIND))
    move(desk, row, 1)
    assert minutes_of(row) == 40


def a_long_kind_stays_long_when_the_gabinete_moves_it(desk: Desk) -> None:
    row = book_long(desk, desk.agenda(kinds=LONG_KIND))
    times = chambers_changes.list_move_times(desk.session, desk.actor, row.id or 0, now=desk.now)
    last_of_the_day = clock.from_wall_clock(WED, 16, 40)
    assert last_of_the_day not in times  # forty minutes do not fit
    chambers_changes.move_as_chambers(
        desk.session, desk.actor, row.id or 0, desk.at + HOUR, now=desk.now
    )
    assert minutes_of(row) == 40


def the_gabinete_moves_a_long_kind_only_where_it_fits(desk: Desk) -> None:
    agenda = desk.agenda(kinds=LONG_KIND)
    row = book_long(desk, agenda)
    desk.book(agenda, 2, 4 / 3)
    refused(
        SlotTakenError,
        lambda: chambers_changes.move_as_chambers(
            desk.session, desk.actor, row.id or 0, desk.at + HOUR, now=desk.now
        ),
    )


def the_gabinete_moves_past_a_block_of_its_own(desk: Desk) -> None:
    agenda = desk.agenda()
    row = desk.book(agenda)
    block(desk, agenda, hours=1)
    refused(
        SlotNotOfferedError,
        lambda: chambers_changes.move_as_chambers(
            desk.session, desk.actor, row.id or 0, desk.at + HOUR, now=desk.now
        ),
    )


# moves that the gabinete approves


def _asked_to_move(desk: Desk, agenda: Agenda, hours: float = 1) -> tuple[Appointment, Appointment]:
    row = desk.book(agenda)
    approvals.approve_request(desk.session, desk.actor, row.id or 0, now=desk.now)
    move(desk, row, hours)
    asked = select(Appointment).where(
        col(Appointment.moves_id) == row.id, col(Appointment.status) == "pending"
    )
    return row, desk.session.exec(asked).one()


def the_old_time_stays_taken_until_the_answer(desk: Desk) -> None:
    agenda = desk.agenda(needs_approval=True)
    _asked_to_move(desk, agenda)
    assert "14:00" not in desk.free(agenda)
    assert "15:00" in desk.free(agenda)


def an_approved_move_frees_the_old_time(desk: Desk) -> None:
    agenda = desk.agenda(needs_approval=True)
    row, request = _asked_to_move(desk, agenda)
    approvals.approve_request(desk.session, desk.actor, request.id or 0, now=desk.now)
    assert (row.status, row.starts_at) == ("confirmed", desk.at + HOUR)
    assert "14:00" in desk.free(agenda)


def a_second_request_to_move_replaces_the_first(desk: Desk) -> None:
    row, first = _asked_to_move(desk, desk.agenda(needs_approval=True))
    move(desk, row, 2)
    desk.session.refresh(first)
    assert first.status == "cancelled"
    assert (row.status, row.starts_at) == ("confirmed", desk.at)


def a_cancelled_appointment_is_not_moved_any_more(desk: Desk) -> None:
    row, request = _asked_to_move(desk, desk.agenda(needs_approval=True))
    cancel(desk, row)
    desk.session.refresh(request)
    assert request.status == "cancelled"


def the_gabinetes_own_move_answers_the_request(desk: Desk) -> None:
    row, request = _asked_to_move(desk, desk.agenda(needs_approval=True))
    chambers_changes.move_as_chambers(
        desk.session, desk.actor, row.id or 0, desk.at + 2 * HOUR, now=desk.now
    )
    desk.session.refresh(request)
    assert (request.status, row.starts_at) == ("cancelled", desk.at + 2 * HOUR)


def a_move_beside_ones_own_time_outlives_anothers_approval(desk: Desk) -> None:
    # Its own appointment, with buffers, is no obstacle to a request that would end it.
    agenda = desk.agenda(needs_approval=True, buffer_after=20)
    row, request = _asked_to_move(desk, agenda, 1 / 3)
    request.expires_at = desk.now  # as `_mark_overtaken` does: the worker looks again
    desk.session.add(request)
    desk.session.flush()
    approvals.expire_requests(desk.session, agenda.id or 0, now=desk.now)
    assert (request.status, row.status) == ("pending", "confirmed")


def an_approval_that_shortens_anothers_time_refuses_it(desk: Desk) -> None:
    agenda = desk.agenda(needs_approval=True, kinds=LONG_KIND)
    long = book_long(desk, agenda)
    short = desk.book(agenda, 2, 1 / 3)
    approvals.approve_request(desk.session, desk.actor, short.id or 0, now=desk.now)
    approvals.expire_requests(desk.session, agenda.id or 0, now=desk.now)
    assert long.status == "refused"


def a_refused_move_leaves_the_line_of_others_alone(desk: Desk) -> None:
    agenda = desk.agenda(needs_approval=True)
    _, request = _asked_to_move(desk, agenda)
    desk.wait(agenda, 7)
    approvals.refuse_request(desk.session, desk.actor, request.id or 0, "Sessão", now=desk.now)
    assert desk.offers() == []


# cancellations, release and the waiting list


def a_time_freed_shortly_before_goes_to_the_line(desk: Desk) -> None:
    agenda = desk.agenda(release_delay=60)
    rows = desk.fill(agenda)
    desk.wait(agenda, 7)
    cancel(desk, rows[3], desk.at - 35 * MINUTE)
    assert offered_to(desk) == ["7"]


def a_time_in_its_release_delay_is_not_public(desk: Desk) -> None:
    agenda = desk.agenda(release_delay=30)
    cancel(desk, desk.book(agenda))
    assert "14:00" not in desk.free(agenda)
    refused(SlotReservedError, lambda: desk.book(agenda, 2))
    later = desk.now + 30 * MINUTE
    expiry.expire_due(desk.session, agenda.id or 0, now=later)
    assert book_at(desk, agenda, later, oab_number="2").status == "confirmed"


def no_delay_frees_at_once(desk: Desk) -> None:
    agenda = desk.agenda(release_delay=0)
    cancel(desk, desk.book(agenda))
    assert desk.book(agenda, 2).status == "confirmed"


def the_line_keeps_the_order_of_arrival(desk: Desk) -> None:
    agenda = desk.agenda()
    rows = desk.fill(agenda)
    for number in (9, 7, 8):  # the same second
        desk.wait(agenda, number)
    for row in rows[:2]:
        cancel(desk, row)
    assert sorted(offered_to(desk)) == ["7", "9"]


def who_cannot_take_it_is_passed_over_and_keeps_the_place(desk: Desk) -> None:
    agenda = desk.agenda(max_active_per_oab=1)
    rows = desk.fill(agenda)
    desk.wait(agenda, 105)  # holds a time already
    desk.wait(agenda, 8)
    cancel(desk, rows[3])
    assert offered_to(desk) == ["8"]
    cancel(desk, rows[5])  # the time of 105 itself: not offered back to them
    cancel(desk, rows[7])
    assert "105" in offered_to(desk)


def who_joined_after_the_cancellation_is_not_first(desk: Desk) -> None:
    agenda = desk.agenda(release_delay=60)
    rows = desk.fill(agenda)
    cancel(desk, rows[3])
    desk.now += MINUTE
    desk.wait(agenda, 8)
    assert desk.offers() == []


def an_offer_ends_at_its_second(desk: Desk) -> None:
    agenda = desk.agenda()
    rows = desk.fill(agenda)
    desk.wait(agenda, 7)
    cancel(desk, rows[3])
    (offer,) = desk.offers()
    until = offer.expires_at
    assert until is not None
    refused(
        OfferExpiredError,
        lambda: booking.confirm_appointment(desk.session, tokens.token_of(offer), now=until),
    )


def an_offer_of_a_blocked_time_is_not_kept(desk: Desk) -> None:
    agenda = desk.agenda()
    rows = desk.fill(agenda)
    desk.wait(agenda, 7)
    cancel(desk, rows[3])
    (offer,) = desk.offers()
    block(desk, agenda)
    refused(
        OfferExpiredError,
        lambda: booking.confirm_appointment(desk.session, tokens.token_of(offer), now=desk.now),
    )


def a_cancelled_appointment_leaves_the_line_for_an_earlier_one(desk: Desk) -> None:
    agenda = desk.agenda()
    row = desk.book(agenda)
    earlier.ask_for_earlier(desk.session, tokens.token_of(row), now=desk.now)
    cancel(desk, row)
    entry = desk.session.exec(select(WaitlistEntry)).one()
    assert entry.status == WaitlistStatus.LEFT
    assert desk.wait(agenda, 1)  # and may join again


def an_offer_of_an_earlier_time_goes_on_when_the_later_is_cancelled(desk: Desk) -> None:
    agenda = desk.agenda(release_delay=60)
    rows = desk.fill(agenda)
    earlier.ask_for_earlier(desk.session, tokens.token_of(rows[-1]), now=desk.now)
    cancel(desk, rows[3])
    assert offered_to(desk) == ["111"]
    desk.wait(agenda, 8)
    cancel(desk, rows[-1])
    assert offered_to(desk) == ["8"]  # the last time of the day, freed by the same person
    assert "14:00" not in desk.free(agenda)


def the_line_waits_for_the_first_kinds_length(desk: Desk) -> None:
    kinds = (AttendanceKind(name="Sustentação", minutes=40),)
    agenda = desk.agenda(kinds=kinds, release_delay=0)
    rows = [desk.book(agenda, 100 + n, n * 2 / 3 - 1) for n in range(6)]  # all the day
    desk.wait(agenda, 7)
    cancel(desk, rows[3])
    assert [minutes_of(one) for one in desk.offers()] == [40]


# alternatives of the gabinete


def alternatives_keep_the_kind_and_its_length(desk: Desk) -> None:
    agenda = desk.agenda(kinds=LONG_KIND)
    row = book_long(desk, agenda)
    chambers_desk.cancel_as_chambers(desk.session, desk.actor, row.id or 0, "Sessão", now=desk.now)
    found = desk.offers()
    assert len(found) == 3
    assert {minutes_of(one) for one in found} == {40}
    assert {(one.attendance_kind, one.modality) for one in found} == {("Sustentação", "presencial")}


def an_accepted_alternative_frees_the_others(desk: Desk) -> None:
    agenda = desk.agenda(release_delay=0)
    row = desk.book(agenda)
    chambers_desk.cancel_as_chambers(desk.session, desk.actor, row.id or 0, "Sessão", now=desk.now)
    first = desk.offers()[0]
    booking.confirm_appointment(desk.session, tokens.token_of(first), now=desk.now)
    assert desk.offers() == []
    assert first.status == "confirmed"


def alternatives_are_not_offered_to_the_line(desk: Desk) -> None:
    agenda = desk.agenda()
    row = desk.book(agenda)
    desk.wait(agenda, 7)
    chambers_desk.cancel_as_chambers(desk.session, desk.actor, row.id or 0, "Sessão", now=desk.now)
    assert {one.alternative_to for one in desk.offers()} == {row.id}


# seats


def seats_reduced_below_the_booked_are_named(desk: Desk) -> None:
    agenda = desk.agenda(capacity=2)
    rows = [desk.book(agenda, number) for number in (1, 2)]
    _publish(desk, agenda, capacity="1")
    view = chambers_desk.load_desk_by_id(desk.session, agenda.id or 0, now=desk.now)
    found = {item.conflict for day in view.days for item in day.people}
    assert found == {"2 pessoas marcadas para 1 lugar"}
    assert {row.status for row in rows} == {"confirmed"}


def one_of_too_many_cancels_and_nobody_takes_the_seat(desk: Desk) -> None:
    agenda = desk.agenda(capacity=2)
    first, _ = desk.book(agenda, 1), desk.book(agenda, 2)
    _publish(desk, agenda, capacity="1")
    desk.wait(agenda, 7)
    cancel(desk, first)
    assert desk.offers() == []
    assert "14:00" not in desk.free(agenda)


def a_new_seat_goes_to_the_line_first(desk: Desk) -> None:
    agenda = desk.agenda()
    desk.fill(agenda)
    desk.wait(agenda, 7)
    _publish(desk, agenda, capacity="2")
    assert offered_to(desk) == ["7"]


def _publish(desk: Desk, agenda: Agenda, base: int = 1, **changed: str) -> None:
    now, agenda_id = desk.now, agenda.id or 0
    context = queries.load_by_id(desk.session, agenda_id, now=now)
    form = editor.form_in_force(desk.session, context, now=now) | changed
    checked = publishing.check_form(desk.session, desk.actor, agenda_id, form, base, now=now)
    consequences.publish(desk.session, desk.actor, agenda_id, checked, now=now)


# versions, blocks and substitutes


def a_block_over_a_versions_border_closes_both_sides(desk: Desk) -> None:
    agenda = desk.agenda()
    _publish(desk, agenda, starts_on="2026-11-26", slot_minutes="60", step_minutes="60")
    block(desk, agenda, hours=2, lasts=24 * HOUR)  # Wednesday 16h to Thursday 16h
    assert [hour for hour in desk.free(agenda) if hour >= "16:00"] == []
    thursday = date(2026, 11, 26)
    found = queries.list_open_slots(desk.session, agenda.slug, thursday, thursday, now=desk.now)
    assert [slot.start[11:16] for slot in found] == ["16:00"]


def moving_over_a_versions_border_takes_the_new_length(desk: Desk) -> None:
    agenda = desk.agenda()
    row = desk.book(agenda)
    _publish(desk, agenda, starts_on="2026-11-26", slot_minutes="60", step_minutes="60")
    move(desk, row, 24)
    assert minutes_of(row) == 60


def a_withdrawn_version_tells_who_was_told_of_it(desk: Desk) -> None:
    agenda = desk.agenda()
    desk.session.add(agenda)
    row = desk.book(agenda, hours=24)
    start = desk.at + 24 * HOUR
    request = factory.make_booking_request(
        start + HOUR, oab_number="2", email="oab2@exemplo.invalid", modality="presencial"
    )
    booking.book(desk.session, agenda.slug, request, now=desk.now)
    _publish(desk, agenda, starts_on="2026-11-26", place="Fórum, sala 9")
    assert len(desk.letters(messages.CHANGED)) == 1
    context = queries.load_by_id(desk.session, agenda.id or 0, now=desk.now)
    version = publishing_version(desk, agenda)
    consequences.withdraw_version(desk.session, desk.actor, version, now=desk.now)
    assert len(desk.letters(messages.CHANGED)) == 2
    assert (context.id, row.status) == (agenda.id, "confirmed")


def publishing_version(desk: Desk, agenda: Agenda) -> int:
    from canais_app.agenda.models import AgendaVersion

    asked = select(AgendaVersion.id).where(
        col(AgendaVersion.agenda_id) == agenda.id, col(AgendaVersion.number) == 2
    )
    return desk.session.exec(asked).one() or 0


def a_substitute_for_a_day_is_told_of_that_day_only(desk: Desk) -> None:
    agenda = desk.agenda()
    rows = [desk.book(agenda, number, 24 * (number - 1)) for number in (1, 2, 3)]
    other = accounts.make_unit(desk.session, "b", now=desk.now)
    day = clock.to_local_day(rows[1].starts_at)
    request = SubstitutionRequest(unit=other.slug, first_day=day, last_day=day)
    substitutes.appoint_substitute(desk.session, desk.actor, agenda.id or 0, request, now=desk.now)
    assert [one.recipient for one in desk.letters(messages.CHANGED)] == [rows[1].email]
    context = queries.load_by_id(desk.session, agenda.id or 0, now=desk.now)
    assert [context.attended_by(row.starts_at) != "" for row in rows] == [False, True, False]


def midnight_is_the_substitutes_border(desk: Desk) -> None:
    agenda = desk.agenda()
    other = accounts.make_unit(desk.session, "b", now=desk.now)
    request = SubstitutionRequest(unit=other.slug, first_day=WED, last_day=WED)
    substitutes.appoint_substitute(desk.session, desk.actor, agenda.id or 0, request, now=desk.now)
    context = queries.load_by_id(desk.session, agenda.id or 0, now=desk.now)
    midnight = clock.from_wall_clock(WED, 0)
    moments = (midnight - MINUTE / 60, midnight, midnight + 24 * HOUR)
    assert [bool(context.attended_by(moment)) for moment in moments] == [False, True, False]


def removing_a_block_gives_its_times_to_the_line(desk: Desk) -> None:
    agenda = desk.agenda()
    block(desk, agenda, hours=-1, lasts=4 * HOUR)
    desk.wait(agenda, 7)
    found = queries.load_blocks(desk.session, agenda.id or 0, now=desk.now)
    blocks.remove_block(desk.session, desk.actor, found[0].id, now=desk.now)
    assert offered_to(desk) == ["7"]


JOURNEYS: tuple[Callable[[Desk], None], ...] = (
    a_hold_ends_at_its_second_for_others,
    an_expired_hold_that_nobody_took_still_books,
    an_expired_hold_that_somebody_took_is_refused,
    a_hold_keeps_its_slot_while_the_notice_runs_out,
    another_slots_hold_does_not_stretch_the_notice,
    a_second_hold_gives_the_first_back,
    a_held_slot_blocked_meanwhile_is_not_booked,
    moving_onto_part_of_ones_own_time,
    moving_within_a_full_day,
    moving_to_a_full_day_is_refused,
    moving_is_refused_a_second_after_its_deadline,
    a_long_kind_stays_long_when_moved,
    a_long_kind_stays_long_when_the_gabinete_moves_it,
    the_gabinete_moves_a_long_kind_only_where_it_fits,
    the_gabinete_moves_past_a_block_of_its_own,
    the_old_time_stays_taken_until_the_answer,
    an_approved_move_frees_the_old_time,
    a_second_request_to_move_replaces_the_first,
    a_cancelled_appointment_is_not_moved_any_more,
    the_gabinetes_own_move_answers_the_request,
    a_move_beside_ones_own_time_outlives_anothers_approval,
    an_approval_that_shortens_anothers_time_refuses_it,
    a_refused_move_leaves_the_line_of_others_alone,
    a_time_freed_shortly_before_goes_to_the_line,
    a_time_in_its_release_delay_is_not_public,
    no_delay_frees_at_once,
    the_line_keeps_the_order_of_arrival,
    who_cannot_take_it_is_passed_over_and_keeps_the_place,
    who_joined_after_the_cancellation_is_not_first,
    an_offer_ends_at_its_second,
    an_offer_of_a_blocked_time_is_not_kept,
    a_cancelled_appointment_leaves_the_line_for_an_earlier_one,
    an_offer_of_an_earlier_time_goes_on_when_the_later_is_cancelled,
    the_line_waits_for_the_first_kinds_length,
    alternatives_keep_the_kind_and_its_length,
    an_accepted_alternative_frees_the_others,
    alternatives_are_not_offered_to_the_line,
    seats_reduced_below_the_booked_are_named,
    one_of_too_many_cancels_and_nobody_takes_the_seat,
    a_new_seat_goes_to_the_line_first,
    a_block_over_a_versions_border_closes_both_sides,
    moving_over_a_versions_border_takes_the_new_length,
    a_withdrawn_version_tells_who_was_told_of_it,
    a_substitute_for_a_day_is_told_of_that_day_only,
    midnight_is_the_substitutes_border,
    removing_a_block_gives_its_times_to_the_line,
)


@pytest.mark.parametrize("journey", JOURNEYS, ids=lambda one: one.__name__)
def test_a_journey_ends_as_was_promised(desk: Desk, journey: Callable[[Desk], None]) -> None:
    journey(desk)

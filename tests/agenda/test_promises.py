"""What a letter, a page or a refusal says is true: one test for each promise."""

import time as stopwatch
from datetime import date, datetime, time, timedelta
from typing import Any

import pytest
from sqlmodel import Session, col, select

from canais_app.accounts.roles import SYSTEM
from canais_app.agenda import appointment_views, queries, slot_queries
from canais_app.agenda.availability import limits, rule_values
from canais_app.agenda.availability.rule_values import Terms
from canais_app.agenda.availability.slots import END_OF_DAY, WeeklyWindow
from canais_app.agenda.booking import approvals, booking, cancellation, holds, waitlist
from canais_app.agenda.chambers import chambers_desk
from canais_app.agenda.errors import AlreadyBookedError, SlotReservedError, SlotTakenError
from canais_app.agenda.models import Agenda, AgendaBlock, Appointment, AppointmentStatus
from canais_app.agenda.picker import hold_state
from canais_app.agenda.picker import view as picker
from canais_app.agenda.rules import form_values, validation
from canais_app.agenda.rules.validation import ValidationContext
from canais_app.agenda.schemas import WaitlistRequest
from canais_app.agenda.views import HeldSlot
from canais_app.kit import clock
from canais_app.kit.errors import InvalidError
from canais_app.outbox import messages, queue
from canais_app.outbox.models import OutboxMessage
from tests.factories import agenda as factory
from tests.factories.outbox import payload_of

TEAMS = "https://teams.microsoft.com/l/meetup-join/19%3ameeting_abc%40thread.v2/0?context=%7b%7d"
MEET = "https://meet.google.com/abc-defg-hij"
ZOOM = "https://us02web.zoom.us/j/81234567890?pwd=abc"


@pytest.fixture
def start(now: datetime) -> datetime:
    """Wednesday, 25 November, 14h in Cuiabá."""
    return clock.from_wall_clock(now.date() + timedelta(days=2), 14)


def book(
    session: Session, agenda: Agenda, start: datetime, now: datetime, **fields: str
) -> Appointment:
    number = fields.get("oab_number", "1")
    sent = {"email": f"oab{number}@exemplo.invalid"} | fields
    request = factory.make_booking_request(start, **sent)
    made = booking.book(session, agenda.slug, request, now=now)
    return appointment_views.load_appointment_by_token(session, made.token)


def token_of(row: Appointment) -> str:
    from canais_app.agenda import tokens

    return tokens.token_of(row)


def letters(session: Session, kind: str) -> list[OutboxMessage]:
    asked = select(OutboxMessage).where(col(OutboxMessage.kind) == kind)
    return list(session.exec(asked.order_by(col(OutboxMessage.id))))


# --- the video link


@pytest.mark.parametrize("link", [TEAMS, MEET, ZOOM, "https://sala.exemplo.invalid/"])
def test_a_video_link_is_used_as_typed(
    session: Session, start: datetime, now: datetime, link: str
) -> None:
    agenda = factory.make_agenda(session, video_base_url=link)
    row = book(session, agenda, start, now)
    assert appointment_views.load_view_by_token(session, token_of(row), now=now).video_url == link
    for letter in letters(session, messages.BOOKED)[:2]:  # the secretaria gets no link
        sent = payload_of(letter)
        assert link in sent.text
        assert link in sent.ics.replace("\r\n ", "").replace("\\;", ";")


def test_only_a_link_that_says_codigo_gives_each_appointment_its_room(
    session: Session, start: datetime, now: datetime
) -> None:
    agenda = factory.make_agenda(session, video_base_url="https://sala.exemplo.invalid/{codigo}?a")
    row = book(session, agenda, start, now)
    view = appointment_views.load_view_by_token(session, token_of(row), now=now)
    assert view.video_url == f"https://sala.exemplo.invalid/{row.code.lower()}?a"


@pytest.mark.parametrize("link", [f"{MEET}/{{codigo}}", f"{ZOOM}&r={{codigo}}"])
def test_a_service_with_fixed_rooms_takes_no_code(link: str) -> None:
    terms = Terms(windows=(factory.make_window(0),), modalities=("video",), video_base_url=link)
    day = date(2026, 11, 23)
    found = validation.find_contradictions(
        terms, ValidationContext(day, day, day + timedelta(days=28))
    )
    assert [one.field for one in found if one.is_blocking] == ["video_base_url"]


def test_the_room_is_for_who_has_the_time(session: Session, start: datetime, now: datetime) -> None:
    agenda = factory.make_agenda(session, video_base_url=MEET, needs_approval=True)
    row = book(session, agenda, start, now)
    view = appointment_views.load_view_by_token(session, token_of(row), now=now)
    assert view.video_url == ""
    assert all(MEET not in repr(payload_of(one)) for one in letters(session, messages.PENDING))
    approvals.approve_request(session, SYSTEM, row.id or 0, now=now)
    view = appointment_views.load_view_by_token(session, token_of(row), now=now)
    assert view.video_url == MEET


def test_a_link_of_teams_fits_into_the_form() -> None:
    form = {"video_base_url": TEAMS + "&x=" + "y" * 250, "modalities-video": "true"}
    assert form_values.parse_rules_form(form_values.clean_form(form)).errors == {}


# --- deadlines


def test_no_letter_names_a_deadline_that_has_passed(session: Session, now: datetime) -> None:
    agenda = factory.make_agenda(session, cancel_notice=2 * 1440)
    row = book(session, agenda, now + timedelta(hours=1), now)
    text = payload_of(letters(session, messages.BOOKED)[0]).text
    assert "mudar ou cancelar até" not in text
    assert "fale com o gabinete" in text
    assert "Ver o atendimento:" in text
    assert limits.change_deadline(row.starts_at, 2 * 1440) < now


def test_a_deadline_that_passes_in_the_queue_is_not_sent(
    session: Session, start: datetime, now: datetime
) -> None:
    agenda = factory.make_agenda(session, cancel_notice=60)
    book(session, agenda, start, now)
    message = queue.decrypt_message(letters(session, messages.BOOKED)[0])
    assert "mudar ou cancelar até" in messages.render_message(message).text
    late = messages.drop_passed_deadlines(message, start - timedelta(minutes=59))
    assert "até" not in messages.render_message(late).text.partition("Código")[2]


# --- seats


def cancel(session: Session, row: Appointment, now: datetime, **options: bool) -> None:
    chambers_desk.cancel_as_chambers(
        session, SYSTEM, row.id or 0, "Audiência", now=now, alternatives=[], **options
    )


def seats_at(session: Session, agenda: Agenda, start: datetime, now: datetime) -> int:
    day = clock.to_local_day(start)
    listed = queries.list_open_slots(session, agenda.slug, day, day, now=now)
    return next((one.free for one in listed if one.start == clock.to_rfc3339(start)), 0)


def test_one_cancelled_seat_closes_one_seat(
    session: Session, start: datetime, now: datetime
) -> None:
    agenda = factory.make_agenda(session, capacity=5)
    first, _ = (book(session, agenda, start, now, oab_number=str(n)) for n in (1, 2))
    assert seats_at(session, agenda, start, now) == 3
    cancel(session, first, now)
    assert seats_at(session, agenda, start, now) == 3  # its seat is closed, no other
    assert session.exec(select(AgendaBlock)).all() == []
    desk = chambers_desk.load_desk_by_id(session, agenda.id or 0, now=now)
    assert [item.conflict for day in desk.days for item in day.people] == [""]


def test_a_closed_seat_is_not_offered_to_the_waiting_list(
    session: Session, start: datetime, now: datetime
) -> None:
    agenda = factory.make_agenda(session, capacity=2, offer_minutes=60)
    first, second = (book(session, agenda, start, now, oab_number=str(n)) for n in (1, 2))
    cancel(session, first, now)
    fields = factory.make_booking_form(start, oab_number="3") | {"modality": ""}
    fields |= {"from": clock.to_local_day(start).isoformat(), "to": "2026-11-25"}
    fields.pop("start")
    waitlist.join_waitlist(session, agenda.slug, WaitlistRequest.model_validate(fields), now=now)
    cancellation.cancel_by_link(session, token_of(second), now=now)
    offered = select(Appointment).where(
        col(Appointment.status) == AppointmentStatus.OFFERED, col(Appointment.starts_at) == start
    )
    assert len(session.exec(offered).all()) <= 1


def test_more_people_than_seats_are_a_named_conflict(
    session: Session, start: datetime, now: datetime
) -> None:
    agenda = factory.make_agenda(session, capacity=5)
    for number in (1, 2, 3):
        book(session, agenda, start, now, oab_number=str(number))
    book(session, agenda, start + timedelta(hours=1), now, oab_number="4")
    version = session.exec(
        select(rule_values.AgendaVersion).where(rule_values.AgendaVersion.agenda_id == agenda.id)
    ).one()
    fewer = rule_values.parse_terms(version.terms).model_copy(update={"capacity": 1})
    version.terms = rule_values.serialize_terms(fewer)
    session.add(version)
    session.flush()
    desk = chambers_desk.load_desk_by_id(session, agenda.id or 0, now=now)
    said = [item.conflict for day in desk.days for item in day.people]
    assert said == ["3 pessoas marcadas para 1 lugar"] * 3 + [""]


# --- who has a slot


def test_a_slot_in_its_release_delay_belongs_to_nobody(
    session: Session, start: datetime, now: datetime
) -> None:
    agenda = factory.make_agenda(session, release_delay=30)
    row = book(session, agenda, start, now)
    cancellation.cancel_by_link(session, token_of(row), now=now)
    with pytest.raises(SlotReservedError, match=r"desmarcado há pouco.*14h30"):
        book(session, agenda, start, now)


def test_a_slot_held_by_a_form_may_come_back(
    session: Session, start: datetime, now: datetime
) -> None:
    agenda = factory.make_agenda(session)
    holds.hold_slot(session, agenda.slug, start, "video", now=now)
    with pytest.raises(SlotReservedError, match="preenchendo"):
        book(session, agenda, start, now)


def test_the_same_form_sent_twice_finds_its_own_booking(
    session: Session, start: datetime, now: datetime
) -> None:
    agenda = factory.make_agenda(session)
    book(session, agenda, start, now)
    with pytest.raises(AlreadyBookedError, match="já é seu"):
        book(session, agenda, start, now)
    with pytest.raises(SlotTakenError, match="outra pessoa"):
        book(session, agenda, start, now, oab_number="2")


def test_who_moved_away_may_go_back(session: Session, start: datetime, now: datetime) -> None:
    agenda = factory.make_agenda(session, release_delay=30)
    row = book(session, agenda, start, now)
    later = start + timedelta(hours=1)
    for to in (later, start, later, start):
        moved = cancellation.move_appointment(session, token_of(row), to, now=now)
        assert moved.start == to
    with pytest.raises(SlotReservedError):
        book(session, agenda, later, now, oab_number="2")


# --- offers


@pytest.mark.parametrize(
    ("at", "minutes", "until"),
    [
        ("2026-11-23T10:00", 120, "2026-11-23T12:00"),
        ("2026-11-23T21:00", 120, "2026-11-24T08:00"),
        ("2026-11-23T23:30", 30, "2026-11-24T07:30"),
        ("2026-11-24T03:00", 30, "2026-11-24T07:30"),
    ],
)
def test_an_offer_counts_waking_hours(at: str, minutes: int, until: str) -> None:
    moment = datetime.fromisoformat(at).replace(tzinfo=clock.TZ)
    found = limits.add_waking_time(moment, timedelta(minutes=minutes))
    assert clock.to_local(found).isoformat(timespec="minutes")[:16] == until


@pytest.mark.parametrize(("before", "offers"), [(121, 0), (149, 0), (150, 1)])
def test_an_offer_that_nobody_could_read_is_not_made(
    session: Session, start: datetime, now: datetime, before: int, offers: int
) -> None:
    agenda = factory.make_agenda(session, notice_minutes=120)
    day = clock.to_local_day(start)
    row = book(session, agenda, start, now)
    fields = factory.make_booking_form(start, oab_number="3") | {"modality": ""}
    fields |= {"from": day.isoformat(), "to": day.isoformat()}
    fields.pop("start")
    for hour in range(13, 17):  # nothing else is free that day
        for minute in (0, 20, 40):
            other = clock.from_wall_clock(day, hour, minute)
            if other != start:
                book(session, agenda, other, now, oab_number=str(hour * 100 + minute))
    waitlist.join_waitlist(session, agenda.slug, WaitlistRequest.model_validate(fields), now=now)
    cancellation.cancel_by_link(session, token_of(row), now=start - timedelta(minutes=before))
    assert len(letters(session, messages.OFFERED)) == offers


# --- rules


def remarks(terms: Terms, days: int = 3650) -> dict[str, str]:
    day = date(2026, 11, 23)
    context = ValidationContext(day, day, day + timedelta(days=min(days, 28)))
    return {one.field: one.sentence for one in validation.find_contradictions(terms, context)}


def test_buffers_that_lose_slots_are_named_with_what_would_fit() -> None:
    terms = Terms(
        windows=(factory.make_window(0),), modalities=("telefone",), buffer_after=5, cancel_notice=0
    )
    assert remarks(terms) == {
        "step_minutes": "Com as folgas, um horário marcado impede o vizinho: dos 12 inícios da "
        "janela mais longa só 6 podem ser marcados. Com um início a cada 25 minutos cabem 9."
    }
    assert "step_minutes" not in remarks(terms.model_copy(update={"step_minutes": 25}))


@pytest.mark.parametrize("ends", ["24:00", "00:00", "23:59", "23:59:59"])
def test_a_window_may_last_until_midnight(ends: str) -> None:
    form = {"windows-0-weekday": "0", "windows-0-starts": "22:00", "windows-0-ends": ends}
    parsed = form_values.parse_rules_form(form)
    assert parsed.errors == {}
    assert parsed.terms.windows[0].ends == END_OF_DAY
    again = form_values.terms_to_form(parsed.terms, title="", registry="", since=date(2026, 11, 23))
    assert form_values.parse_rules_form(again).terms.windows == parsed.terms.windows


def test_seconds_of_an_end_lose_no_slot() -> None:
    form = {"windows-0-weekday": "0", "windows-0-starts": "22:00", "windows-0-ends": "22:59:59"}
    assert form_values.parse_rules_form(form).terms.windows[0].ends == time(23)


def test_the_heaviest_rules_are_checked_within_300_ms() -> None:
    first = date(2026, 11, 23)
    windows = tuple(
        WeeklyWindow(0, time(13), time(17), 8, valid_from=first + timedelta(weeks=n % 8))
        for n in range(120)
    )
    terms = Terms(windows=windows, modalities=("telefone",), cancel_notice=0)
    began = stopwatch.process_time()
    found = remarks(terms)
    assert stopwatch.process_time() - began < 0.3
    assert len([name for name in found if name.endswith("-starts")]) == 112


def test_a_refusal_at_the_desk_is_a_sentence(
    session: Session, start: datetime, now: datetime
) -> None:
    agenda = factory.make_agenda(session)
    row = book(session, agenda, start, now)
    with pytest.raises(InvalidError):
        chambers_desk.cancel_as_chambers(session, SYSTEM, row.id or 0, " ", now=now)


# --- what booking means, before the press


@pytest.mark.parametrize(
    ("terms", "label", "said", "recipients"),
    [
        ({}, "Confirmar agendamento", "até a hora marcada", ["lawyer", "chambers", "registry"]),
        ({"needs_approval": True}, "Enviar pedido", "faz um pedido", ["lawyer", "chambers"]),
        ({"confirms_by_email": True}, "Reservar e receber o e-mail", "em até 30", ["lawyer"]),
        ({"cancel_notice": 2880}, "Confirmar agendamento", "até 2 dias antes", None),
    ],
)
def test_the_picker_says_what_a_booking_will_be(
    session: Session,
    now: datetime,
    terms: dict[str, Any],
    label: str,
    said: str,
    recipients: list[str] | None,
) -> None:
    agenda = factory.make_agenda(session, **terms)
    summary = picker.agenda_summary_view(queries.load_agenda_view(session, agenda.slug, now=now))
    words = " ".join([*summary.promises, summary.told, summary.confirm_label])
    assert summary.confirm_label == label
    assert said in words
    card = next(one for one in queries.list_agendas(session, now=now) if one.slug == agenda.slug)
    assert card.needs_approval == bool(terms.get("needs_approval"))
    assert card.confirms_by_email == bool(terms.get("confirms_by_email"))
    assert card.cancel_notice == terms.get("cancel_notice", 0)
    assert recipients in (None, card.recipients)


def test_the_review_names_no_deadline_that_has_passed(now: datetime, start: datetime) -> None:
    assert "até segunda-feira, 23" in picker.deadline_of(start, 46 * 60, now)
    assert picker.deadline_of(start, 49 * 60, now).startswith("Faltam menos de")


def test_a_year_of_the_heaviest_agenda_is_listed_in_pages(session: Session, now: datetime) -> None:
    windows = [WeeklyWindow(day, time(0), END_OF_DAY) for day in range(7)]
    agenda = factory.make_agenda(
        session, windows, slot_minutes=5, step_minutes=5, capacity=50, horizon_days=365
    )
    year = slot_queries.parse_time_range("2026-11-23", "2027-11-22", now=now)
    began = stopwatch.process_time()
    page = slot_queries.list_slots_in_range(session, agenda.slug, year, now=now, limit=2001)
    assert stopwatch.process_time() - began < 0.2
    assert len(page) == 2001
    rest = slot_queries.parse_time_range(page[2000].start, "2027-11-22", now=now)
    following = slot_queries.list_slots_in_range(session, agenda.slug, rest, now=now, limit=1)
    assert following[0] == page[2000]


def test_a_second_tab_is_not_called_another_person(now: datetime, start: datetime) -> None:
    until = now + timedelta(minutes=5)
    held = HeldSlot("a" * 43, start, start + timedelta(minutes=20), until)
    stored = hold_state.serialize_hold("gabinete-1", held)
    assert hold_state.held_elsewhere(stored, "gabinete-1", "", now) == "2026-11-25 14h"
    assert hold_state.held_elsewhere(stored, "gabinete-1", held.token, now) == ""
    assert hold_state.held_elsewhere(stored, "gabinete-2", "", now) == ""
    assert hold_state.held_elsewhere(stored, "gabinete-1", "", until) == ""
    assert hold_state.held_elsewhere("x|y", "gabinete-1", "", now) == ""

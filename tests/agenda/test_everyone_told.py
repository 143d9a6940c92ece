"""Everybody whom a change concerns is told once, and nothing is sent for a closed day."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from icalendar import Calendar
from sqlmodel import Session, col, select

from canais_app.accounts.roles import SYSTEM, Actor
from canais_app.agenda import consequences, queries, tokens
from canais_app.agenda.availability.service import AgendaContext
from canais_app.agenda.booking import booking, cancellation, earlier, expiry, waitlist
from canais_app.agenda.chambers import blocks, chambers_desk
from canais_app.agenda.errors import AlreadyOnWaitlistError
from canais_app.agenda.models import Agenda, Appointment, AppointmentStatus
from canais_app.agenda.notifications import changes, reminders
from canais_app.agenda.rules import editor, preview, publishing, substitutes
from canais_app.agenda.rules.form_values import Form
from canais_app.agenda.rules.substitutes import SubstitutionRequest
from canais_app.agenda.schemas import WaitlistRequest
from canais_app.directory.channels import ChannelKind
from canais_app.directory.models import Channel
from canais_app.expediente.models import CalendarDay
from canais_app.kit import clock
from canais_app.kit.errors import InvalidError
from canais_app.outbox import messages
from canais_app.outbox.models import OutboxMessage
from tests.factories import accounts
from tests.factories import agenda as factory
from tests.factories.outbox import payload_of
from tests.people import CHAMBERS_A

WED = date(2026, 11, 25)


@pytest.fixture
def graca(session: Session, now: datetime) -> Actor:
    return accounts.make_actor(session, CHAMBERS_A, now=now)


@pytest.fixture
def agenda(session: Session, now: datetime) -> Agenda:
    """Graça's agenda, with a mailbox of its own; Gil's gabinete has one, too."""
    for letter, name in (("a", "graca"), ("b", "gil")):
        unit = accounts.make_unit(session, letter, now=now)
        address = f"{name}@exemplo.invalid"
        session.add(Channel(unit_id=unit.id or 0, kind=ChannelKind.EMAIL, value=address))
    own = accounts.make_unit(session, "a", now=now)
    return factory.make_agenda(session, unit_id=own.id)


def book(
    session: Session, agenda: Agenda, hour: int, now: datetime, minute: int = 0, **fields: Any
) -> Appointment:
    start = clock.from_wall_clock(WED, hour, minute)
    number = str(hour * 100 + minute)
    sent = {"oab_number": number, "email": f"oab{number}@exemplo.invalid"} | fields
    request = factory.make_booking_request(start, **sent)
    made = booking.book(session, agenda.slug, request, now=now)
    return session.exec(select(Appointment).where(col(Appointment.code) == made.code)).one()


def letters(session: Session, kind: str) -> list[OutboxMessage]:
    asked = select(OutboxMessage).where(col(OutboxMessage.kind) == kind)
    return list(session.exec(asked.order_by(col(OutboxMessage.id))))


def form_of(session: Session, agenda: Agenda, now: datetime, **changed: str) -> Form:
    context = queries.load_by_id(session, agenda.id or 0, now=now)
    return editor.form_in_force(session, context, now=now) | changed


def publish(
    session: Session, actor: Actor, agenda: Agenda, form: Form, now: datetime, **options: bool
) -> None:
    agenda_id = agenda.id or 0
    checked = publishing.check_form(session, actor, agenda_id, form, 1, now=now)
    consequences.publish(session, actor, agenda_id, checked, now=now, **options)


def join(session: Session, agenda: Agenda, number: int, now: datetime, **days: str) -> str:
    fields = factory.make_booking_form(now, oab_number=str(number)) | {"modality": ""} | days
    fields.pop("start")
    request = WaitlistRequest.model_validate(fields)
    return waitlist.join_waitlist(session, agenda.slug, request, now=now)


def offered_days(session: Session) -> list[date]:
    asked = select(Appointment).where(col(Appointment.status) == AppointmentStatus.OFFERED)
    return [clock.to_local_day(row.starts_at) for row in session.exec(asked)]


def test_another_room_is_told_in_one_letter_each(
    session: Session, agenda: Agenda, graca: Actor, now: datetime
) -> None:
    rows = [book(session, agenda, hour, now, modality="presencial") for hour in (13, 14, 15)]
    by_video = book(session, agenda, 16, now)
    uids = [row.ics_uid for row in rows]
    form = form_of(session, agenda, now, place="Fórum de Sinop, sala 9")
    seen = preview.preview_rules(session, graca, agenda.id or 0, form, now=now)
    assert (seen.impact, seen.fallen) == ("3 pessoas serão avisadas", [])
    publish(session, graca, agenda, form, now)
    sent = letters(session, messages.CHANGED)
    lawyers = [one for one in sent if one.party == "lawyer"]
    assert [one.recipient for one in lawyers] == [row.email for row in rows]
    assert [one.recipient for one in sent if one.party == "chambers"] == ["graca@exemplo.invalid"]
    for letter, row, uid in zip(lawyers, rows, uids, strict=True):
        mail = payload_of(letter)
        assert "sala 9" in mail.text
        assert "Antes, a sala: Fórum de Sinop, sala 4" in mail.text
        event = Calendar.from_ical(mail.ics).walk("VEVENT")[0]
        assert (str(event["UID"]), int(str(event.decoded("SEQUENCE"))), mail.ics_method) == (
            uid,
            1,
            "REQUEST",
        )
        assert str(event["LOCATION"]) == "Fórum de Sinop, sala 9"
        assert (row.status, row.ics_sequence) == ("confirmed", 1)
    batch = payload_of(next(one for one in sent if one.party == "chambers"))
    assert "3 atendimentos" in batch.subject
    assert len(batch.more_ics) == 2
    assert by_video.ics_sequence == 0


def test_one_person_with_two_appointments_gets_one_letter(
    session: Session, agenda: Agenda, graca: Actor, now: datetime
) -> None:
    same: dict[str, Any] = {"email": "duas@exemplo.invalid", "oab_number": "7", "modality": "video"}
    for hour in (13, 14):
        book(session, agenda, hour, now, **same)
    form = form_of(session, agenda, now, video_base_url="https://outra.exemplo.invalid/")
    publish(session, graca, agenda, form, now)
    sent = [one for one in letters(session, messages.CHANGED) if one.party == "lawyer"]
    assert len(sent) == 1
    assert payload_of(sent[0]).text.count("https://outra.exemplo.invalid/") == 2


def test_a_substitute_and_back_is_told_once_to_each(
    session: Session, agenda: Agenda, graca: Actor, now: datetime
) -> None:
    for hour in (13, 14, 15):
        book(session, agenda, hour, now)
    request = SubstitutionRequest(unit="unidade-b", first_day=WED, last_day=WED)
    substitutes.appoint_substitute(session, graca, agenda.id or 0, request, now=now)
    told = letters(session, messages.SUBSTITUTION_STARTED)
    assert {one.recipient for one in told} == {"gil@exemplo.invalid", "graca@exemplo.invalid"}
    sent = letters(session, messages.CHANGED)
    assert [one.party for one in sent] == ["lawyer"] * 3
    assert "Quem atende: Unidade B, em substituição" in payload_of(sent[0]).text
    context = queries.load_by_id(session, agenda.id or 0, now=now)
    later = now + timedelta(minutes=5)
    substitutes.end_substitution(session, graca, context.substitutes[0].id, now=later)
    back = letters(session, messages.CHANGED)[3:]
    assert [one.party for one in back] == ["lawyer"] * 3
    assert "Quem atende: Unidade A" in payload_of(back[0]).text
    assert len(letters(session, messages.SUBSTITUTION_ENDED)) == 2


def test_a_version_that_drops_a_time_says_so_and_offers_others(
    session: Session, agenda: Agenda, graca: Actor, now: datetime
) -> None:
    row, stays = book(session, agenda, 13, now), book(session, agenda, 15, now)
    form = form_of(session, agenda, now)
    form |= {f"windows-{n}-starts": "14:00" for n in range(5)}
    seen = preview.preview_rules(session, graca, agenda.id or 0, form, now=now)
    assert seen.impact == "1 atendimento cai"
    assert "fora das janelas" in seen.fallen[0]
    publish(session, graca, agenda, form, now, offers_others=True)
    assert (row.status, row.cancelled_by, stays.status) == ("cancelled", "chambers", "confirmed")
    letter = next(one for one in letters(session, messages.CANCELLED) if one.party == "lawyer")
    mail = payload_of(letter)
    assert "guardou estes horários" in mail.text
    assert f"/agenda/{agenda.slug}" in mail.text


def test_without_the_choice_a_dropped_time_stays_as_a_conflict(
    session: Session, agenda: Agenda, graca: Actor, now: datetime
) -> None:
    row = book(session, agenda, 13, now)
    form = form_of(session, agenda, now) | {f"windows-{n}-starts": "14:00" for n in range(5)}
    publish(session, graca, agenda, form, now)
    assert row.status == "confirmed"
    desk = chambers_desk.load_desk_by_id(session, agenda.id or 0, now=now)
    assert [item.conflict for day in desk.days for item in day.people] == ["fora das janelas"]


def test_a_block_over_appointments_asks_what_becomes_of_them(
    session: Session, agenda: Agenda, graca: Actor, now: datetime
) -> None:
    rows = [book(session, agenda, hour, now) for hour in (13, 14)]
    span = (clock.from_wall_clock(WED, 12), clock.from_wall_clock(WED, 19))
    block = (session, graca, agenda.id or 0, *span, "Audiência")
    with pytest.raises(InvalidError, match="2 atendimentos caem"):
        blocks.create_block(*block, "", now=now)
    blocks.create_block(*block, blocks.OFFER_FALLEN, now=now)
    assert [row.status for row in rows] == ["cancelled"] * 2
    sent = [one for one in letters(session, messages.CANCELLED) if one.party == "lawyer"]
    assert len(sent) == 2
    assert all("Motivo: Audiência" in payload_of(one).text for one in sent)


def test_a_holiday_over_two_appointments_tells_them(
    session: Session, agenda: Agenda, now: datetime
) -> None:
    rows = [book(session, agenda, hour, now) for hour in (13, 14)]
    assert consequences.list_closed(session, now=now) == []
    session.add(CalendarDay(first_day=WED, last_day=WED, effect="closed", name="Luto oficial"))
    session.flush()
    closed = consequences.list_closed(session, now=now)
    assert closed == [row.id for row in rows]
    assert all(consequences.cancel_closed(session, one, now=now) for one in closed)
    assert [(row.status, row.cancelled_by) for row in rows] == [("cancelled", "court")] * 2
    sent = [one for one in letters(session, messages.CANCELLED) if one.party == "lawyer"]
    for one in sent:
        mail = payload_of(one)
        assert "o Tribunal não abre" in mail.text
        assert "Luto oficial" in mail.text
        assert "Guardamos estes horários" in mail.text
        assert mail.ics_method == "CANCEL"
    assert len(sent) == 2
    assert consequences.list_closed(session, now=now) == []


def test_no_reminder_and_no_list_for_a_closed_day(
    session: Session, agenda: Agenda, now: datetime
) -> None:
    book(session, agenda, 13, now)
    session.add(CalendarDay(first_day=WED, last_day=WED, effect="closed", name="Luto oficial"))
    session.flush()
    day_before = clock.from_wall_clock(WED - timedelta(days=1), 14)
    assert reminders.send_reminders(session, now=day_before) == 0
    assert reminders.send_day_lists(session, now=clock.from_wall_clock(WED, 9)) == 0


def test_an_agenda_reminds_as_often_as_it_says(session: Session, now: datetime) -> None:
    agenda = factory.make_agenda(session, reminder_hours=(72, 24, 2))
    start = clock.from_wall_clock(date(2026, 11, 30), 14)
    booking.book(session, agenda.slug, factory.make_booking_request(start), now=now)
    told: list[tuple[int, set[str]]] = []
    for hours in (80, 72, 50, 24, 10, 2, 1):
        before = len(letters(session, messages.REMINDER))
        reminders.send_reminders(session, now=start - timedelta(hours=hours))
        new = letters(session, messages.REMINDER)[before:]
        if new:
            told.append((hours, {one.party for one in new}))
    assert told == [(72, {"lawyer"}), (24, {"lawyer", "chambers", "registry"}), (2, {"lawyer"})]


def test_newly_opened_times_go_to_the_waiting_list_first(
    session: Session, agenda: Agenda, graca: Actor, now: datetime
) -> None:
    saturday = "2026-11-28"
    join(session, agenda, 900, now, **{"from": saturday, "to": saturday})
    later = now + timedelta(hours=1)
    form = form_of(session, agenda, later)
    form |= {"windows-9-weekday": "5", "windows-9-starts": "13:00", "windows-9-ends": "14:00"}
    publish(session, graca, agenda, form, later)
    assert offered_days(session) == [date(2026, 11, 28)]
    assert len(letters(session, messages.OFFERED)) == 1


def test_a_day_that_enters_the_horizon_goes_to_who_waits_for_it(
    session: Session, now: datetime
) -> None:
    agenda = factory.make_agenda(session, horizon_days=7)
    day = clock.to_local_day(now) + timedelta(days=8)  # a Tuesday
    join(session, agenda, 900, now, **{"from": day.isoformat(), "to": day.isoformat()})
    assert consequences.agendas_with_new_days(session, now=now) == []
    midnight = clock.from_wall_clock(clock.to_local_day(now) + timedelta(days=1), 0, 1)
    assert consequences.agendas_with_new_days(session, now=midnight) == [agenda.id]
    assert consequences.offer_new_days(session, agenda.id or 0, now=midnight) == 1
    assert offered_days(session) == [day]
    assert consequences.agendas_with_new_days(session, now=midnight) == []


def test_a_withdrawn_agenda_offers_nothing(session: Session, agenda: Agenda, now: datetime) -> None:
    row = book(session, agenda, 13, now)
    join(session, agenda, 900, now, **{"from": WED.isoformat(), "to": WED.isoformat()})
    agenda.published = False
    session.add(agenda)
    session.flush()
    chambers_desk.cancel_as_chambers(
        session, SYSTEM, row.id or 0, "Audiência", now=now, keep_closed=False, alternatives=[]
    )
    assert offered_days(session) == []


def test_an_impact_says_nothing_when_nobody_is_concerned(
    session: Session, agenda: Agenda, now: datetime
) -> None:
    row = book(session, agenda, 13, now)
    context = queries.load_by_id(session, agenda.id or 0, now=now)
    assert changes.compute_impact([row], context, context).words == ""
    assert tokens.appointment_topic(row)


def offer_of(session: Session) -> Appointment:
    asked = select(Appointment).where(col(Appointment.status) == AppointmentStatus.OFFERED)
    return session.exec(asked).one()


def test_who_holds_a_time_exchanges_it_for_an_earlier_one(session: Session, now: datetime) -> None:
    agenda = factory.make_agenda(session, max_active_per_oab=1, release_delay=0)
    first, mine = book(session, agenda, 13, now), book(session, agenda, 15, now)
    for hour, minute in ((h, m) for h in (13, 14, 15, 16) for m in (0, 20, 40)):
        if (hour, minute) not in {(13, 0), (15, 0)}:
            book(session, agenda, hour, now, minute)
    place = earlier.ask_for_earlier(session, tokens.token_of(mine), now=now)
    with pytest.raises(AlreadyOnWaitlistError):
        earlier.ask_for_earlier(session, tokens.token_of(mine), now=now)
    cancellation.cancel_by_link(session, tokens.token_of(first), now=now)
    offer = offer_of(session)
    letter = payload_of(letters(session, messages.OFFERED)[0])
    assert "antes do seu, de quarta-feira, 25 de novembro de 2026, às 15h" in letter.text
    uid, start = mine.ics_uid, offer.starts_at
    done = booking.confirm_appointment(session, tokens.token_of(offer), now=now)
    assert (done.code, done.start) == (mine.code, start)
    assert (mine.starts_at, mine.ics_uid, mine.ics_sequence) == (start, uid, 1)
    assert len([one for one in letters(session, messages.MOVED) if one.party == "lawyer"]) == 1
    view = waitlist.load_waitlist_view(session, place, now=now)
    assert (view.status, view.booked_token) == ("served", tokens.token_of(mine))


def test_an_earlier_time_is_told_three_times_once_a_day_and_after_the_others(
    session: Session, now: datetime
) -> None:
    agenda = factory.make_agenda(session, release_delay=0, offer_minutes=30)
    mine = book(session, agenda, 16, now, 40)
    place = earlier.ask_for_earlier(session, tokens.token_of(mine), now=now)
    early = [book(session, agenda, 13, now, minute) for minute in (0, 20, 40)]
    early += [book(session, agenda, 14, now, minute) for minute in (0, 20)]
    join(session, agenda, 900, now, **{"from": WED.isoformat(), "to": WED.isoformat()})

    def cancel(row: Appointment, at: datetime) -> list[str]:
        before = len(letters(session, messages.OFFERED))
        cancellation.cancel_by_link(session, tokens.token_of(row), now=at)
        new = letters(session, messages.OFFERED)[before:]
        for offer in session.exec(
            select(Appointment).where(col(Appointment.status) == AppointmentStatus.OFFERED)
        ).all():
            expiry.expire_and_release(session, queries_of(session, agenda, at), offer, now=at)
        return [one.recipient for one in new]

    assert "voce@exemplo.invalid" in cancel(early[0], now)  # who has no time comes first
    told = cancel(early[1], now)
    assert told.count(mine.email) <= 1
    assert mine.email not in cancel(early[2], now)  # once a day
    entry = waitlist.load_waitlist_view(session, place, now=now)
    assert entry.status in ("waiting", "offered")


def queries_of(session: Session, agenda: Agenda, now: datetime) -> AgendaContext:
    return queries.load_by_id(session, agenda.id or 0, now=now)

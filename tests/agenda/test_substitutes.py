"""A substitute gabinete has an agenda for a period."""

from datetime import date, datetime, timedelta

import pytest
from sqlmodel import Session, col, select

from canais_app.accounts.models import AuditEntry
from canais_app.accounts.roles import PUBLIC, Actor
from canais_app.agenda import access, appointment_views, month_view, queries, tokens
from canais_app.agenda.booking import booking
from canais_app.agenda.chambers import chambers_desk
from canais_app.agenda.models import Agenda, AgendaSubstitute
from canais_app.agenda.notifications import appointments, my_appointments
from canais_app.agenda.picker import view as picker
from canais_app.agenda.rules import substitutes
from canais_app.agenda.rules.substitutes import SubstitutionRequest
from canais_app.directory.channels import ChannelKind
from canais_app.directory.models import Channel
from canais_app.kit import clock
from canais_app.kit.errors import (
    AuthenticationRequiredError,
    ConflictError,
    InvalidError,
    NotFoundError,
)
from canais_app.outbox import messages
from canais_app.outbox import service as outbox
from canais_app.outbox.models import OutboxMessage
from tests.factories import accounts
from tests.factories import agenda as factory
from tests.people import CHAMBERS_A, CHAMBERS_B

FIRST, LAST = date(2026, 11, 24), date(2026, 11, 27)


@pytest.fixture
def graca(session: Session, now: datetime) -> Actor:
    return accounts.make_actor(session, CHAMBERS_A, now=now)


@pytest.fixture
def gil(session: Session, now: datetime) -> Actor:
    return accounts.make_actor(session, CHAMBERS_B, now=now)


@pytest.fixture
def agenda(session: Session, now: datetime) -> Agenda:
    """Graça's agenda; the gabinete of Gil has an e-mail of its own."""
    other = accounts.make_unit(session, "b", now=now)
    session.add(Channel(unit_id=other.id, kind=ChannelKind.EMAIL, value="gil@exemplo.invalid"))
    own = accounts.make_unit(session, "a", now=now)
    session.add(Channel(unit_id=own.id, kind=ChannelKind.EMAIL, value="graca@exemplo.invalid"))
    return factory.make_agenda(session, unit_id=own.id)


def hand_over(
    session: Session, actor: Actor, agenda: Agenda, now: datetime, **other: object
) -> None:
    wish = SubstitutionRequest(
        **{"unit": "unidade-b", "first_day": FIRST, "last_day": LAST} | other
    )
    substitutes.appoint_substitute(session, actor, agenda.id or 0, wish, now=now)


def has_desk(session: Session, actor: Actor, agenda: Agenda, at: datetime) -> bool:
    listed = bool(chambers_desk.list_desk_agendas(session, actor, now=at))
    try:
        chambers_desk.load_desk(session, actor, agenda.id or 0, now=at)
    except NotFoundError:
        assert not listed
        return False
    assert listed
    return True


def test_the_substitute_has_the_desk_only_in_the_period(
    session: Session, graca: Actor, gil: Actor, agenda: Agenda, now: datetime
) -> None:
    hand_over(session, graca, agenda, now)
    begins, ends = (
        clock.from_wall_clock(FIRST, 0),
        clock.from_wall_clock(LAST + timedelta(days=1), 0),
    )
    moment = timedelta(seconds=1)
    assert [has_desk(session, gil, agenda, at) for at in (begins - moment, begins)] == [False, True]
    assert [has_desk(session, gil, agenda, at) for at in (ends - moment, ends)] == [True, False]
    assert all(has_desk(session, graca, agenda, at) for at in (now, begins, ends))


def test_the_substitute_edits_appointments_and_not_the_rules(
    session: Session, graca: Actor, gil: Actor, agenda: Agenda, now: datetime
) -> None:
    start = clock.from_wall_clock(FIRST, 14)
    booked = booking.book(session, agenda.slug, factory.make_booking_request(start), now=now)
    row = appointment_views.load_appointment_by_token(session, booked.token)
    hand_over(session, graca, agenda, now)
    chambers_desk.mark_attendance(session, gil, row.id or 0, "attended", now=start)
    assert row.status == "attended"
    with pytest.raises(NotFoundError):
        chambers_desk.mark_attendance(
            session,
            gil,
            row.id or 0,
            "missed",
            now=clock.from_wall_clock(LAST, 0) + timedelta(days=1),
        )
    with pytest.raises(NotFoundError):
        access.require_rules_access(session, gil, agenda.id or 0)


def test_messages_of_the_period_go_to_the_substitute(
    session: Session, graca: Actor, agenda: Agenda, now: datetime
) -> None:
    hand_over(session, graca, agenda, now)
    to: list[set[str]] = []
    for number, day in enumerate((LAST, LAST + timedelta(days=3)), 1):
        wish = factory.make_booking_request(clock.from_wall_clock(day, 14), oab_number=str(number))
        booked = booking.book(session, agenda.slug, wish, now=now)
        thread = tokens.appointment_topic(
            appointment_views.load_appointment_by_token(session, booked.token)
        )
        sent = session.exec(select(OutboxMessage).where(OutboxMessage.thread == thread)).all()
        to.append({one.recipient for one in sent} - {"voce@exemplo.invalid"})
    assert "gil@exemplo.invalid" in to[0]
    assert "graca@exemplo.invalid" not in to[0]
    assert "graca@exemplo.invalid" in to[1]


def test_messages_and_pages_name_the_substitute(
    session: Session, graca: Actor, agenda: Agenda, now: datetime
) -> None:
    hand_over(session, graca, agenda, now)
    booked = booking.book(
        session, agenda.slug, factory.make_booking_request(clock.from_wall_clock(LAST, 14)), now=now
    )
    row = appointment_views.load_appointment_by_token(session, booked.token)
    words = appointments.build_context(
        queries.load_by_id(session, agenda.id or 0, now=now),
        row,
        appointments.AppointmentChange(messages.BOOKED),
        now=now,
    )
    assert words.attended_by == "Unidade B"
    view = appointment_views.load_view_by_token(session, booked.token, now=now)
    assert view.attended_by == "Unidade B"
    afterwards = appointment_views.load_view_by_token(
        session, booked.token, now=now + timedelta(days=60)
    )
    assert afterwards.attended_by == "Unidade B"
    (mine,) = my_appointments._appointment_rows(session, [row], now=now)
    assert mine.attended_by == "Unidade B"


def test_the_calendar_names_the_substitute_by_day(
    session: Session, graca: Actor, agenda: Agenda, now: datetime
) -> None:
    hand_over(session, graca, agenda, now)
    board = month_view.load_month_by_id(session, agenda.id or 0, FIRST, now=now)
    assert picker.month_view(board, now).stand_ins == ["De 24 a 27 de novembro atende Unidade B."]
    assert list(picker.substitutes_by_day(board)) == [f"2026-11-{day}" for day in (24, 25, 26, 27)]
    later = month_view.load_month_by_id(session, agenda.id or 0, LAST + timedelta(days=7), now=now)
    assert picker.month_view(later, now).stand_ins == []


def test_both_desks_name_the_substitution(
    session: Session, graca: Actor, gil: Actor, agenda: Agenda, now: datetime
) -> None:
    hand_over(session, graca, agenda, now)
    theirs = factory.make_agenda(session, unit_id=accounts.make_unit(session, "b", now=now).id)
    desk = chambers_desk.load_desk(
        session, graca, agenda.id or 0, now=clock.from_wall_clock(FIRST, 8)
    )
    assert desk.stand_ins == ["De 24 a 27 de novembro atende Unidade B."]
    assert [day.attended_by for day in desk.days] == ["Unidade B"]
    assert chambers_desk.load_desk(session, gil, theirs.id or 0, now=now).stand_ins == [
        f"De 24 a 27 de novembro este gabinete atende também a agenda “{agenda.title}”."
    ]
    listed = chambers_desk.list_desk_agendas(session, gil, now=clock.from_wall_clock(FIRST, 8))
    assert [one.title for one in listed] == [theirs.title, f"{agenda.title} (em substituição)"]


def test_the_substitute_gets_a_message_with_the_period_and_the_count(
    session: Session, graca: Actor, agenda: Agenda, now: datetime
) -> None:
    for number, day in enumerate((FIRST, LAST, LAST + timedelta(days=3)), 1):
        wish = factory.make_booking_request(clock.from_wall_clock(day, 14), oab_number=str(number))
        booking.book(session, agenda.slug, wish, now=now)
    session.info.clear()
    hand_over(session, graca, agenda, now)
    substitutes.end_substitution(
        session, graca, session.exec(select(AgendaSubstitute)).one().id or 0, now=now
    )
    sent = session.exec(select(OutboxMessage).where(col(OutboxMessage.kind).startswith("subst")))
    every = [(one.recipient, one.reply_to, outbox.render_redacted(one)) for one in sent]
    own = [(reply, words) for to, reply, (_, words) in every if to == "graca@exemplo.invalid"]
    assert [reply for reply, _ in own] == ["gil@exemplo.invalid"] * 2
    assert "fica com Unidade B de 24 a 27 de novembro" in own[0][1]
    assert "voltou a este gabinete" in own[1][1]
    told = [one for one in every if one[0] == "gil@exemplo.invalid"]
    assert len(every) == 4
    assert {reply for _, reply, _ in told} == {"graca@exemplo.invalid"}
    (first, words), (second, _) = (read for _, _, read in told)
    assert first == f"Substituição de 24 a 27 de novembro: {agenda.title}"
    assert "2 atendimentos já estão marcados nesses dias" in words
    assert second == f"Substituição encerrada: {agenda.title}"


def test_open_pages_of_the_appointments_are_updated(
    session: Session, graca: Actor, agenda: Agenda, now: datetime
) -> None:
    booked = booking.book(
        session, agenda.slug, factory.make_booking_request(clock.from_wall_clock(LAST, 14)), now=now
    )
    session.info.clear()
    hand_over(session, graca, agenda, now)
    thread = tokens.appointment_topic(
        appointment_views.load_appointment_by_token(session, booked.token)
    )
    assert {thread, f"agenda:{agenda.id}"} <= session.info["topics"]


@pytest.mark.parametrize(
    ("wish", "field"),
    [
        ({"last_day": FIRST - timedelta(days=1)}, "last_day"),
        ({"first_day": date(2026, 11, 1), "last_day": date(2026, 11, 22)}, "last_day"),
        ({"last_day": date(2028, 1, 1)}, "last_day"),
        ({"unit": "unidade-a"}, "unit"),
        ({"unit": "nao-existe"}, "unit"),
    ],
)
def test_an_invalid_period_is_refused(
    session: Session,
    graca: Actor,
    gil: Actor,
    agenda: Agenda,
    now: datetime,
    wish: dict[str, object],
    field: str,
) -> None:
    with pytest.raises(InvalidError) as refused:
        hand_over(session, graca, agenda, now, **wish)
    assert list(refused.value.errors) == [field]


def test_two_substitutes_do_not_share_a_day(
    session: Session, graca: Actor, agenda: Agenda, now: datetime
) -> None:
    hand_over(session, graca, agenda, now)
    with pytest.raises(ConflictError):
        hand_over(session, graca, agenda, now, first_day=LAST, last_day=LAST)
    day_after = LAST + timedelta(days=1)
    hand_over(session, graca, agenda, now, first_day=day_after, last_day=day_after)


def test_a_substitution_can_be_ended_at_once(
    session: Session, graca: Actor, gil: Actor, agenda: Agenda, now: datetime
) -> None:
    hand_over(session, graca, agenda, now)
    row = session.exec(select(AgendaSubstitute)).one()
    midst = clock.from_wall_clock(FIRST + timedelta(days=1), 15)
    assert has_desk(session, gil, agenda, midst)
    substitutes.end_substitution(session, graca, row.id or 0, now=midst)
    assert not has_desk(session, gil, agenda, midst)
    assert row.last_day == FIRST
    substitutes.end_substitution(
        session, graca, row.id or 0, now=midst
    )  # again: nothing left to end


def test_a_future_substitution_can_be_deleted(
    session: Session, graca: Actor, agenda: Agenda, now: datetime
) -> None:
    hand_over(session, graca, agenda, now)
    substitutes.end_substitution(
        session, graca, session.exec(select(AgendaSubstitute)).one().id or 0, now=now
    )
    assert session.exec(select(AgendaSubstitute)).all() == []
    said = [(e.action, e.changes) for e in session.exec(select(AuditEntry))]
    period = "Unidade B, de 24/11/2026 a 27/11/2026"
    assert said == [
        ("passou a agenda", {"substituição": ["", period]}),
        ("retomou a agenda", {"substituição": [period, ""]}),
    ]


def test_only_the_own_gabinete_appoints_a_substitute(
    session: Session, graca: Actor, gil: Actor, agenda: Agenda, now: datetime
) -> None:
    with pytest.raises(NotFoundError):
        hand_over(session, gil, agenda, now)
    with pytest.raises(AuthenticationRequiredError):
        hand_over(session, PUBLIC, agenda, now)
    hand_over(session, graca, agenda, now)
    row = session.exec(select(AgendaSubstitute)).one()
    with pytest.raises(NotFoundError):
        substitutes.end_substitution(
            session, gil, row.id or 0, now=clock.from_wall_clock(FIRST, 14)
        )

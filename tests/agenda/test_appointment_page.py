"""The values of an appointment's page at each stage."""

from collections.abc import Callable
from datetime import datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from sqlmodel import Session, col, select

from canais_app.agenda import appointment_views, tokens
from canais_app.agenda.appointment import calendars, timeline, view
from canais_app.agenda.appointment.view import AppointmentPageView
from canais_app.agenda.booking import approvals, booking
from canais_app.agenda.chambers import chambers_desk
from canais_app.agenda.models import Appointment, AppointmentStatus
from canais_app.agenda.views import AppointmentView
from canais_app.kit import clock
from canais_app.outbox import service as outbox
from canais_app.outbox.models import OutboxMessage
from tests.factories import accounts
from tests.factories import agenda as make
from tests.people import CHAMBERS_A

CASE = "0000001-49.2026.8.11.0015"


@pytest.fixture
def start(now: datetime) -> datetime:
    """Wednesday, 25 November, 14h in Cuiabá."""
    return clock.from_wall_clock(now.date() + timedelta(days=2), 14)


@pytest.fixture
def book(session: Session, now: datetime, start: datetime) -> Callable[..., str]:
    """Book on an agenda of these terms and return the token."""
    unit = accounts.make_unit(session, "a", now=now)

    def booked(**terms: object) -> str:
        agenda = make.make_agenda(session, unit_id=unit.id, **terms)
        wish = make.make_booking_request(start, case_number=CASE, subject="Assunto sigiloso")
        return booking.book(session, agenda.slug, wish, now=now).token

    return booked


def page_view(session: Session, token: str, now: datetime) -> AppointmentView:
    return appointment_views.load_view_by_token(session, token, now=now)


def page(session: Session, token: str, now: datetime) -> AppointmentPageView:
    return view.appointment_page_view(
        page_view(session, token, now), "/agenda/a", "/unidade/u", now
    )


def message_statuses(session: Session, token: str, now: datetime) -> list[timeline.MessageStatus]:
    one = page_view(session, token, now)
    return timeline.list_message_statuses(outbox.list_delivery_statuses(session, one.thread), one)


def test_an_appointment_can_be_changed_until_it_is_over(
    session: Session, now: datetime, start: datetime, book: Callable[..., str]
) -> None:
    token = book()
    shown = page(session, token, now)
    assert (shown.stage, shown.seal, shown.can_change) == ("on", "ok", True)
    assert shown.video_url.startswith("https://sala.exemplo.invalid/")
    later = page(session, token, start + timedelta(minutes=20))
    assert (later.stage, later.heading, later.can_change) == ("past", "O horário já passou", False)
    assert (later.video_url, later.google) == ("", "")


def test_an_unconfirmed_hold_shows_a_countdown_and_no_video_room(
    session: Session, now: datetime, book: Callable[..., str]
) -> None:
    token = book(confirms_by_email=True, confirm_minutes=30)
    shown = page(session, token, now + timedelta(minutes=10))
    assert (shown.stage, shown.seal, shown.seconds_left) == ("to_confirm", "wait", 20 * 60)
    assert shown.kept_until_words == "segunda-feira, 23/11/2026, às 14h30"
    assert (shown.video_url, shown.google, shown.can_change) == ("", "", False)
    assert [s.name for s in timeline.timeline_steps(page_view(session, token, now), now)] == [
        "Reservado",
        "Guardado até",
        "Atendimento",
    ]
    assert [
        (s.party, s.what.partition(" · ")[0]) for s in message_statuses(session, token, now)
    ] == [("Você", "Pedido de confirmação")]


def test_a_pending_request_and_a_refusal_with_its_reason(
    session: Session, now: datetime, book: Callable[..., str]
) -> None:
    token = book(needs_approval=True)
    assert page(session, token, now).stage == "pending"
    row = appointment_views.load_appointment_by_token(session, token)
    actor = accounts.make_actor(session, CHAMBERS_A, now=now)
    approvals.refuse_request(session, actor, row.id or 0, "Sessão da câmara", now=now)
    shown = page(session, token, now)
    assert (shown.stage, shown.seal, shown.cancel_reason) == ("off", "off", "Sessão da câmara")
    assert message_statuses(session, token, now)[0].what.startswith("Resposta do gabinete")


def test_alternatives_are_shown_on_the_cancelled_page_and_each_on_its_own(
    session: Session, now: datetime, book: Callable[..., str]
) -> None:
    token = book()
    row = appointment_views.load_appointment_by_token(session, token)
    actor = accounts.make_actor(session, CHAMBERS_A, now=now)
    chambers_desk.cancel_as_chambers(session, actor, row.id or 0, "Sessão", now=now)
    shown = page(session, token, now)
    assert (shown.stage, len(shown.alternatives)) == ("off", 3)
    other = page(session, shown.alternatives[0].token, now)
    assert (other.stage, other.is_alternative) == ("offered", True)
    booking.confirm_appointment(session, shown.alternatives[0].token, now=now)
    assert page(session, token, now).alternatives == []
    assert page(session, shown.alternatives[0].token, now).stage == "on"


@pytest.mark.parametrize(
    ("status", "seal"),
    [
        (AppointmentStatus.ATTENDED, "ok"),
        (AppointmentStatus.MISSED, "off"),
        (AppointmentStatus.CONFIRMED, "wait"),
    ],
)
def test_a_past_appointment_shows_its_attendance(
    session: Session, start: datetime, book: Callable[..., str], status: str, seal: str
) -> None:
    token = book()
    row = appointment_views.load_appointment_by_token(session, token)
    row.status = status
    session.add(row)
    shown = page(session, token, start + timedelta(days=1))
    assert (shown.stage, shown.seal) == ("past", seal)


@pytest.mark.parametrize(
    ("letter", "state", "tone", "words"),
    [
        ({"status": "waiting"}, "Na fila", "warn", "Aguardando envio"),
        (
            {"status": "waiting", "attempts": 2},
            "Tentando de novo",
            "warn",
            "Nova tentativa em 23/11/2026 às 14h",
        ),
        ({"status": "failed", "attempts": 5}, "Não saiu", "bad", "Não saiu em 5 tentativas"),
        ({"status": "bounced"}, "Devolvido", "bad", "O servidor de e-mail do destino a recusou"),
    ],
)
def test_each_partys_delivery_status_is_shown(
    session: Session,
    now: datetime,
    book: Callable[..., str],
    letter: dict[str, object],
    state: str,
    tone: str,
    words: str,
) -> None:
    token = book()
    asked = select(OutboxMessage).where(col(OutboxMessage.party) == "lawyer")
    row = session.exec(asked).one()
    for name, value in letter.items():
        setattr(row, name, value)
    session.add(row)
    session.flush()
    mine = message_statuses(session, token, now)[0]
    assert (mine.state, mine.tone, mine.words) == (state, tone, words)


def test_calendar_links_contain_no_personal_data(
    session: Session, now: datetime, book: Callable[..., str]
) -> None:
    token = book()
    one = page_view(session, token, now)
    shown = page(session, token, now)
    asked = parse_qs(urlsplit(shown.google).query)
    assert asked["dates"] == ["20261125T180000Z/20261125T182000Z"]
    asked = parse_qs(urlsplit(shown.outlook).query)
    assert asked["startdt"] == ["2026-11-25T18:00:00+00:00"]
    assert shown.office.startswith(calendars.OFFICE_URL)
    row = session.exec(select(Appointment)).one()
    for address in (shown.google, shown.outlook, shown.office):
        for private in ("sigiloso", CASE, "demonstra", "voce%40", "000001", one.code, token):
            assert private not in address
        assert tokens.token_of(row) not in address

"""A cancellation by the gabinete offers other slots, held for 48 hours."""

from datetime import datetime, timedelta

import pytest
from sqlmodel import Session, col, select

from canais_app.accounts.roles import Actor
from canais_app.agenda import appointment_views, queries
from canais_app.agenda.booking import booking, expiry
from canais_app.agenda.chambers import chambers_desk
from canais_app.agenda.errors import OfferExpiredError, SlotNotOfferedError, SlotTakenError
from canais_app.agenda.models import Agenda, Appointment
from canais_app.agenda.views import AlternativeSlot
from canais_app.kit import clock
from canais_app.kit.errors import InvalidError, NotFoundError
from canais_app.outbox.models import OutboxMessage
from tests.factories import accounts
from tests.factories import agenda as make
from tests.factories.outbox import payload_of as letter_body
from tests.people import CHAMBERS_A, CHAMBERS_B


@pytest.fixture
def start(now: datetime) -> datetime:
    """Wednesday, 25 November, 14h in Cuiabá."""
    return clock.from_wall_clock(now.date() + timedelta(days=2), 14)


@pytest.fixture
def graca(session: Session, now: datetime) -> Actor:
    return accounts.make_actor(session, CHAMBERS_A, now=now)


@pytest.fixture
def agenda(session: Session, now: datetime) -> Agenda:
    unit = accounts.make_unit(session, "a", now=now)
    return make.make_agenda(session, unit_id=unit.id, max_active_per_oab=1)


@pytest.fixture
def token(session: Session, agenda: Agenda, start: datetime, now: datetime) -> str:
    return booking.book(session, agenda.slug, make.make_booking_request(start), now=now).token


def cancelled(
    session: Session,
    graca: Actor,
    token: str,
    now: datetime,
    alternatives: list[datetime] | None = None,
) -> list[str]:
    """Cancel as the gabinete; return the alternatives' tokens."""
    row = appointment_views.load_appointment_by_token(session, token)
    chambers_desk.cancel_as_chambers(
        session, graca, row.id or 0, "Sessão", now=now, alternatives=alternatives
    )
    return [other.token for other in others(session, token, now)]


def others(session: Session, token: str, now: datetime) -> list[AlternativeSlot]:
    return appointment_views.load_view_by_token(session, token, now=now).alternatives


def free(session: Session, agenda: Agenda, start: datetime, now: datetime) -> bool:
    day = clock.to_local_day(start)
    listed = queries.list_open_slots(session, agenda.slug, day, day, now=now)
    return clock.to_rfc3339(start) in [slot.start for slot in listed]


def test_the_nearest_slots_are_held_unless_the_gabinete_chooses(
    session: Session, agenda: Agenda, graca: Actor, token: str, start: datetime, now: datetime
) -> None:
    row = appointment_views.load_appointment_by_token(session, token)
    near = [start + timedelta(days=n) for n in (1, 2, 5)]  # Thursday, Friday, Monday
    assert chambers_desk.suggest_alternatives(session, graca, row.id or 0, now=now) == near
    cancelled(session, graca, token, now)
    shown = others(session, token, now)
    assert [other.start for other in shown] == [clock.to_rfc3339(one) for one in near]
    assert not any(free(session, agenda, one, now) for one in near)


def test_the_message_and_the_page_link_to_each_alternative(
    session: Session, graca: Actor, token: str, start: datetime, now: datetime
) -> None:
    chosen = [start + timedelta(days=1, hours=n) for n in range(3)]
    links = cancelled(session, graca, token, now, chosen)
    asked = select(OutboxMessage).where(
        col(OutboxMessage.kind) == "appointment_cancelled", col(OutboxMessage.party) == "lawyer"
    )
    text = letter_body(session.exec(asked).one()).text
    assert all(f"/agendamento/{link}" in text for link in links)
    assert len(links) == 3


def test_accepting_one_alternative_releases_the_others(
    session: Session, agenda: Agenda, graca: Actor, token: str, start: datetime, now: datetime
) -> None:
    chosen = [start + timedelta(days=n) for n in (1, 2, 5)]
    links = cancelled(session, graca, token, now, chosen)
    taken = booking.confirm_appointment(session, links[1], now=now + timedelta(hours=47))
    assert (taken.status, taken.start) == ("confirmed", chosen[1])
    assert free(session, agenda, chosen[0], now)
    assert free(session, agenda, chosen[2], now)
    with pytest.raises(OfferExpiredError):
        booking.confirm_appointment(session, links[0], now=now)
    assert others(session, token, now) == []
    uids = {row.ics_uid for row in session.exec(select(Appointment)) if row.confirmed_at}
    assert len(uids) == 2, "another appointment: the cancelled event stays cancelled"


def test_alternatives_expire_after_48_hours(
    session: Session, agenda: Agenda, graca: Actor, token: str, start: datetime, now: datetime
) -> None:
    far = start + timedelta(days=7)
    links = cancelled(session, graca, token, now, [far])
    over = now + timedelta(hours=48)
    assert expiry.agendas_with_expired(session, now=over - timedelta(seconds=1)) == []
    expiry.expire_due(session, agenda.id or 0, now=over)
    assert free(session, agenda, far, over)
    with pytest.raises(OfferExpiredError):
        booking.confirm_appointment(session, links[0], now=over)


def test_held_alternatives_are_not_bookable_by_others(
    session: Session, agenda: Agenda, graca: Actor, token: str, start: datetime, now: datetime
) -> None:
    far = start + timedelta(days=7)
    cancelled(session, graca, token, now, [far])
    with pytest.raises(SlotTakenError):
        booking.book(session, agenda.slug, make.make_booking_request(far, oab_number="2"), now=now)


def test_an_alternative_that_is_not_free_is_refused_and_nothing_is_cancelled(
    session: Session, agenda: Agenda, graca: Actor, token: str, start: datetime, now: datetime
) -> None:
    row = appointment_views.load_appointment_by_token(session, token)
    other = make.make_booking_request(start + timedelta(hours=1), oab_number="2")
    booking.book(session, agenda.slug, other, now=now)
    for alternatives, refusal in (
        ([start + timedelta(hours=1)], SlotTakenError),
        ([start + timedelta(minutes=7)], SlotNotOfferedError),
        ([start + timedelta(days=n) for n in (1, 2, 5, 6)], InvalidError),
    ):
        with pytest.raises(refusal):
            chambers_desk.cancel_as_chambers(
                session, graca, row.id or 0, "Sessão", now=now, alternatives=alternatives
            )
        assert row.status == "confirmed"


def test_another_gabinete_sees_no_suggestions(session: Session, token: str, now: datetime) -> None:
    gil = accounts.make_actor(session, CHAMBERS_B, now=now)
    with pytest.raises(NotFoundError):
        chambers_desk.suggest_alternatives(
            session,
            gil,
            appointment_views.load_appointment_by_token(session, token).id or 0,
            now=now,
        )

"""An agenda's public statistics: what is counted and what is not published."""

import asyncio
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from sqlmodel import Session
from starlette.testclient import TestClient

from canais_app.agenda import appointment_views, queries, statistics
from canais_app.agenda.booking import booking, cancellation, holds
from canais_app.agenda.chambers import chambers_desk
from canais_app.agenda.listing.state import agenda_row as shown
from canais_app.agenda.models import Agenda, Appointment, AppointmentStatus
from canais_app.agenda.statistics import AgendaStatistics, AppointmentCounts
from canais_app.agenda.views import AgendaCard
from canais_app.api.app import create_app as make_api
from canais_app.directory.models import Unit, UnitKind
from canais_app.jobs import worker
from canais_app.kit import clock, db
from tests.factories import accounts
from tests.factories import agenda as make
from tests.people import CHAMBERS_A


def past(session: Session, agenda: Agenda, now: datetime, status: str, count: int = 1) -> None:
    """Insert past appointments with a status."""
    for number in range(count):
        start = now - timedelta(
            days=1, minutes=20 * number + 1000 * list(AppointmentStatus).index(status)
        )  # type: ignore[arg-type]
        session.add(
            Appointment(
                agenda_id=agenda.id or 0,
                status=status,
                starts_at=start,
                ends_at=start + timedelta(minutes=20),
                busy_from=start,
                busy_until=start + timedelta(minutes=20),
                token_hash=f"{agenda.id}{status}{number}",
                created_at=start,
                confirmed_at=start,
                cancelled_by="chambers" if status == AppointmentStatus.CANCELLED else "",
            )
        )
    session.flush()


def counted(session: Session, agenda: Agenda, now: datetime) -> AgendaStatistics:
    statistics.store_counts(session, statistics.count_appointments(session, now=now), now=now)
    (card,) = [c for c in queries.list_agendas(session, now=now) if c.slug == agenda.slug]
    return card.figures


def test_shares_are_of_marked_and_of_all_confirmed_appointments(
    session: Session, now: datetime
) -> None:
    agenda = make.make_agenda(session)
    past(session, agenda, now, AppointmentStatus.ATTENDED, 9)
    past(session, agenda, now, AppointmentStatus.MISSED, 1)
    past(session, agenda, now, AppointmentStatus.CONFIRMED, 8)  # nobody noted
    past(session, agenda, now, AppointmentStatus.CANCELLED, 2)
    found = counted(session, agenda, now)
    assert (found.attended, found.cancelled) == (0.9, 0.1)


def test_shares_of_fewer_than_five_are_not_published(session: Session, now: datetime) -> None:
    agenda = make.make_agenda(session)
    past(session, agenda, now, AppointmentStatus.ATTENDED, 4)
    assert counted(session, agenda, now).attended is None
    past(session, agenda, now, AppointmentStatus.MISSED, 1)
    found = counted(session, agenda, now)
    assert (found.attended, found.cancelled) == (0.8, 0.0)


def test_only_the_last_180_days_count(session: Session, now: datetime) -> None:
    agenda = make.make_agenda(session)
    past(session, agenda, now - timedelta(days=170), AppointmentStatus.ATTENDED, 5)
    past(session, agenda, now - timedelta(days=181), AppointmentStatus.MISSED, 5)
    assert counted(session, agenda, now).attended == 1.0


def test_unconfirmed_and_coming_appointments_do_not_count(session: Session, now: datetime) -> None:
    agenda = make.make_agenda(session)
    start = clock.from_wall_clock(now.date() + timedelta(days=2), 14)
    booked = booking.book(session, agenda.slug, make.make_booking_request(start), now=now)
    cancellation.move_appointment(session, booked.token, start + timedelta(hours=1), now=now)
    holds.hold_slot(session, agenda.slug, start, "video", now=now)
    later = start + timedelta(days=1)
    assert statistics.count_appointments(session, now=now) == {}
    assert statistics.count_appointments(session, now=later) == {
        agenda.id: AppointmentCounts(0, 0, 0, 1)
    }


def test_a_cancellation_of_the_gabinete_counts_and_one_of_the_lawyer_does_not(
    session: Session, now: datetime
) -> None:
    unit = accounts.make_unit(session, "a", now=now)
    agenda = make.make_agenda(session, unit_id=unit.id)
    actor = accounts.make_actor(session, CHAMBERS_A, now=now)
    start = clock.from_wall_clock(now.date() + timedelta(days=2), 14)
    theirs = booking.book(session, agenda.slug, make.make_booking_request(start), now=now)
    chambers_desk.cancel_as_chambers(
        session,
        actor,
        appointment_views.load_appointment_by_token(session, theirs.token).id or 0,
        "Sessão",
        now=now,
    )
    mine = booking.book(
        session,
        agenda.slug,
        make.make_booking_request(start + timedelta(hours=1), oab_number="2"),
        now=now,
    )
    cancellation.cancel_by_link(session, mine.token, now=now)
    tally = statistics.count_appointments(session, now=start + timedelta(days=1))[agenda.id or 0]
    assert (tally.cancelled, tally.stood) == (1, 2)


def test_days_to_the_next_slot_are_counted_in_the_courts_zone(
    session: Session, now: datetime
) -> None:
    agenda = make.make_agenda(session, [make.make_window(3)])  # Thursdays; now is a Monday
    assert counted(session, agenda, now).days_to_next == 3
    shut = make.make_agenda(session, [])
    assert counted(session, shut, now).days_to_next is None


def test_a_units_statistics_sum_the_agendas_below_it(session: Session, now: datetime) -> None:
    one, other = make.make_agenda(session), make.make_agenda(session)
    for agenda, status in ((one, AppointmentStatus.ATTENDED), (other, AppointmentStatus.MISSED)):
        past(session, agenda, now, status, 5)
    statistics.store_counts(session, statistics.count_appointments(session, now=now), now=now)
    unit = make.make_unit(session, UnitKind.VARA)
    for agenda in (one, other):
        gabinete = session.get_one(Unit, agenda.unit_id)
        gabinete.path = f"{unit.path}{gabinete.id}/"
        session.add(gabinete)
    session.flush()
    found = queries.load_unit_statistics(session, unit.slug, now=now)
    assert (found.attended, found.cancelled, found.days_to_next) == (0.5, 0.0, 0)
    lonely = make.make_unit(session, UnitKind.VARA)
    assert queries.load_unit_statistics(session, lonely.slug, now=now) == AgendaStatistics()


@pytest.mark.parametrize(
    ("found", "words"),
    [
        (
            AgendaStatistics(3, 0.94, 0.031),
            "Em 180 dias: 94% dos atendimentos aconteceram; o gabinete ",
        ),
        (AgendaStatistics(3, None, 0.0), "Em 180 dias: o gabinete cancelou 0%."),
        (AgendaStatistics(3), ""),
    ],
)
def test_the_list_formats_the_shares(found: AgendaStatistics, words: str) -> None:
    asks: dict[str, Any] = {
        "needs_approval": False,
        "confirms_by_email": False,
        "accepts_parties": False,
    }
    names = (1, "a", "A", "U", "u", "Sinop", ["video"])
    asks |= {"cancel_notice": 120, "recipients": [], "answer_hours": 48, "kinds": []}
    card = AgendaCard(*names, **asks, figures=found)
    assert shown(card).figures.startswith(words)
    assert bool(shown(card).figures) == bool(words)


@pytest.fixture
def api(database: object) -> Iterator[TestClient]:
    with TestClient(make_api(), raise_server_exceptions=True) as client:
        yield client


def test_the_api_returns_what_the_job_counted(api: TestClient) -> None:
    def prepare(session: Session) -> tuple[str, str]:
        agenda = make.make_agenda(session, [make.make_window(day) for day in range(7)])
        past(session, agenda, clock.now(), AppointmentStatus.ATTENDED, 5)
        return agenda.slug, session.get_one(Unit, agenda.unit_id).slug

    slug, unit = db.write_sync(prepare)
    count = next(job for job in worker.jobs() if job.name == "statistics")
    asyncio.run(count.work())  # type: ignore[arg-type]
    (item,) = api.get("/api/v1/agendas").json()["items"]
    assert item["slug"] == slug
    assert item["figures"]["attended"] == 1.0
    assert item["figures"]["days_to_next"] in (0, 1)
    assert api.get(f"/api/v1/units/{unit}").json()["figures"]["cancelled"] == 0.0

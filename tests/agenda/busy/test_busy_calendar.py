"""The gabinete's own calendar: slots go, conflicts have a name, an old reading says so."""

import asyncio
from datetime import date, datetime, timedelta

import pytest
from sqlmodel import Session, select

from canais_app.accounts.models import AuditEntry
from canais_app.accounts.roles import Actor
from canais_app.agenda import queries
from canais_app.agenda.booking import booking, cancellation, waitlist
from canais_app.agenda.busy import service as busy
from canais_app.agenda.busy.fetch import CalendarKind
from canais_app.agenda.chambers import chambers_desk
from canais_app.agenda.errors import SlotNotOfferedError
from canais_app.agenda.models import Agenda, AgendaBusy, AgendaCalendar, Appointment, WaitlistEntry
from canais_app.agenda.schemas import WaitlistRequest
from canais_app.jobs import worker
from canais_app.kit import clock, db
from canais_app.kit.errors import NotFoundError
from tests.agenda.busy.test_expand import calendar, event
from tests.calendar_server import Answer, WebServer
from tests.factories import accounts
from tests.factories import agenda as make
from tests.people import CHAMBERS_A, CHAMBERS_B

pytestmark = pytest.mark.usefixtures("database")
PATH = "/segredo-do-link/a.ics"


@pytest.fixture
def agenda() -> Agenda:
    """A published agenda of a gabinete, every day from 13h to 17h."""

    def prepare(session: Session) -> Agenda:
        unit = accounts.make_unit(session, "a", now=clock.now())
        windows = [make.make_window(day) for day in range(7)]
        return make.make_agenda(session, windows, unit_id=unit.id)

    return db.write_sync(prepare)


@pytest.fixture
def graca(agenda: Agenda) -> Actor:
    return db.write_sync(lambda session: accounts.make_actor(session, CHAMBERS_A, now=clock.now()))


def tomorrow() -> date:
    return clock.to_local_day(clock.now()) + timedelta(days=1)


def at(hour: int, minute: int = 0) -> datetime:
    return clock.from_wall_clock(tomorrow(), hour, minute)


def busy_at(hour: int, uid: str = "sessao", words: str = "SUMMARY:Sessão sigilosa") -> str:
    """An event of one hour, tomorrow."""
    return event(f"{words}|DTSTART:{at(hour):%Y%m%dT%H%M%SZ}|DURATION:PT1H", uid)


def connect(web: WebServer, agenda: Agenda, actor: Actor) -> None:
    form = busy.CalendarForm(kind=CalendarKind.ICS, address=f"{web.origin}{PATH}")
    db.write_sync(busy.connect_calendar, actor, agenda.id or 0, form, now=clock.now())


def read_calendar(agenda: Agenda) -> None:
    """Run the worker's job, with the calendar due."""

    def make_due(session: Session) -> None:
        session.get_one(AgendaCalendar, agenda.id).due_at = clock.now()

    db.write_sync(make_due)
    job = next(job for job in worker.jobs() if job.name == "busy_calendars")
    assert asyncio.run(job.work()) == 1


def offered(agenda: Agenda) -> list[str]:
    now = clock.now()
    free = db.read_sync(queries.list_open_slots, agenda.slug, tomorrow(), tomorrow(), now=now)
    return [slot.start[11:16] for slot in free]


def view(agenda: Agenda, actor: Actor, *, now: datetime | None = None) -> busy.CalendarView:
    number, now = agenda.id or 0, now or clock.now()
    return db.read_sync(busy.load_calendar_view, actor, number, now=now)


def test_busy_times_take_slots_away_and_give_them_back(
    web: WebServer, agenda: Agenda, graca: Actor
) -> None:
    before = offered(agenda)
    assert "14:00" in before
    web.answers[PATH] = Answer(calendar(busy_at(14)))
    connect(web, agenda, graca)
    read_calendar(agenda)
    assert offered(agenda) == [hour for hour in before if not hour.startswith("14")]
    request = make.make_booking_request(at(14, 20))
    with pytest.raises(SlotNotOfferedError):
        db.write_sync(booking.book, agenda.slug, request, now=clock.now())
    assert view(agenda, graca).busy == "1 período ocupado"
    web.answers[PATH] = Answer(calendar())
    read_calendar(agenda)
    assert offered(agenda) == before


def test_a_booking_that_the_calendar_contradicts_stays_and_is_a_named_conflict(
    web: WebServer, agenda: Agenda, graca: Actor
) -> None:
    now = clock.now()
    db.write_sync(booking.book, agenda.slug, make.make_booking_request(at(14)), now=now)
    web.answers[PATH] = Answer(calendar(busy_at(14)))
    connect(web, agenda, graca)
    read_calendar(agenda)
    desk = db.read_sync(chambers_desk.load_desk, graca, agenda.id or 0, now=clock.now())
    found = [item for day in desk.days for item in day.people]
    assert [item.conflict for item in found] == ["ocupado no calendário do gabinete"]


def test_our_own_invitation_in_the_calendar_is_no_conflict(
    web: WebServer, agenda: Agenda, graca: Actor
) -> None:
    now = clock.now()
    db.write_sync(booking.book, agenda.slug, make.make_booking_request(at(14)), now=now)
    uid = db.read_sync(lambda session: session.exec(select(Appointment.ics_uid)).one())
    web.answers[PATH] = Answer(calendar(busy_at(14, uid)))
    connect(web, agenda, graca)
    read_calendar(agenda)
    desk = db.read_sync(chambers_desk.load_desk, graca, agenda.id or 0, now=clock.now())
    assert [item.conflict for day in desk.days for item in day.people] == [""]


def test_an_old_reading_stays_in_force_and_says_so(
    web: WebServer, agenda: Agenda, graca: Actor
) -> None:
    web.answers[PATH] = Answer(calendar(busy_at(14)))
    connect(web, agenda, graca)
    read_calendar(agenda)
    assert view(agenda, graca).warning == ""
    web.answers[PATH] = Answer(status=503)
    read_calendar(agenda)
    assert "14:00" not in offered(agenda)
    shown = view(agenda, graca)
    assert "lido por último em" in shown.warning
    assert "respondeu 503" in shown.warning
    desk = db.read_sync(chambers_desk.load_desk, graca, agenda.id or 0, now=clock.now())
    assert desk.calendar_warning == shown.warning
    web.answers[PATH] = Answer(b"<html>entre</html>")
    read_calendar(agenda)
    assert "não com um calendário" in view(agenda, graca).warning
    web.answers[PATH] = Answer(calendar(busy_at(15)))
    read_calendar(agenda)
    assert view(agenda, graca).warning == ""
    assert {"14:00", "15:00"} & set(offered(agenda)) == {"14:00"}


def test_a_calendar_that_nobody_reads_any_more_is_stale(
    web: WebServer, agenda: Agenda, graca: Actor
) -> None:
    web.answers[PATH] = Answer(calendar())
    connect(web, agenda, graca)
    read_calendar(agenda)
    later = clock.now() + busy.STALE_AFTER + timedelta(minutes=1)
    assert "última hora" in view(agenda, graca, now=later).warning


def test_times_that_become_free_go_to_the_waiting_list_first(
    web: WebServer, agenda: Agenda, graca: Actor
) -> None:
    whole_day = f"DTSTART;VALUE=DATE:{tomorrow():%Y%m%d}"
    web.answers[PATH] = Answer(calendar(event(whole_day)))
    connect(web, agenda, graca)
    read_calendar(agenda)
    assert offered(agenda) == []
    form = make.make_booking_form(at(14)) | {"first_day": tomorrow(), "last_day": tomorrow()}
    wish = {name: form[name] for name in WaitlistRequest.model_fields if name in form}
    request = WaitlistRequest.model_validate(wish)
    db.write_sync(waitlist.join_waitlist, agenda.slug, request, now=clock.now())
    web.answers[PATH] = Answer(calendar(busy_at(14)))
    read_calendar(agenda)
    entry = db.read_sync(lambda session: session.exec(select(WaitlistEntry)).one())
    assert entry.status == "offered"
    assert offered(agenda)[0] == "13:20"  # 13h is theirs first


def test_only_when_it_is_busy_is_kept(web: WebServer, agenda: Agenda, graca: Actor) -> None:
    web.answers[PATH] = Answer(calendar(busy_at(14)))
    connect(web, agenda, graca)
    read_calendar(agenda)

    def stored(session: Session) -> str:
        rows = [session.exec(select(one)).all() for one in (AgendaBusy, AgendaCalendar, AuditEntry)]
        return repr(rows)

    kept = db.read_sync(stored)
    assert "ligou calendário" in kept
    for private in ("sigilosa", "sessao", "segredo-do-link"):
        assert private not in kept
    assert view(agenda, graca).host == "127.0.0.1"


def test_disconnecting_forgets_the_busy_times(web: WebServer, agenda: Agenda, graca: Actor) -> None:
    web.answers[PATH] = Answer(calendar(busy_at(14)))
    connect(web, agenda, graca)
    read_calendar(agenda)
    db.write_sync(busy.disconnect_calendar, graca, agenda.id or 0, now=clock.now())
    assert "14:00" in offered(agenda)
    assert view(agenda, graca) == busy.CalendarView()


def test_a_rule_without_end_is_given_up(
    web: WebServer, agenda: Agenda, graca: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(busy, "EXPANSION_TIMEOUT", 3.0)
    lines = "DTSTART:20200101T000000Z|DURATION:PT1S|RRULE:FREQ=SECONDLY"
    web.answers[PATH] = Answer(calendar(event(lines)))
    connect(web, agenda, graca)
    read_calendar(agenda)
    assert "demorou demais" in view(agenda, graca).warning


def test_an_appointment_may_not_be_moved_to_a_busy_time(
    web: WebServer, agenda: Agenda, graca: Actor
) -> None:
    now = clock.now()
    made = db.write_sync(booking.book, agenda.slug, make.make_booking_request(at(16)), now=now)
    web.answers[PATH] = Answer(calendar(busy_at(14)))
    connect(web, agenda, graca)
    read_calendar(agenda)
    with pytest.raises(SlotNotOfferedError):
        db.write_sync(cancellation.move_appointment, made.token, at(14), now=clock.now())


def test_another_unit_may_not_read_or_change_it(agenda: Agenda) -> None:
    other = db.write_sync(lambda session: accounts.make_actor(session, CHAMBERS_B, now=clock.now()))
    form = busy.CalendarForm(address="https://a.exemplo.invalid/a.ics")
    for work in (
        lambda: db.write_sync(busy.connect_calendar, other, agenda.id or 0, form, now=clock.now()),
        lambda: db.write_sync(busy.disconnect_calendar, other, agenda.id or 0, now=clock.now()),
        lambda: db.write_sync(busy.read_soon, other, agenda.id or 0, now=clock.now()),
        lambda: view(agenda, other),
    ):
        with pytest.raises(NotFoundError):
            work()

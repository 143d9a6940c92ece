"""Versions of an agenda's terms: which is in force on a day, and the migration of old rows."""

from datetime import date, datetime, time

import pytest
from sqlalchemy import text
from sqlmodel import Session, select

from alembic import command
from canais_app.agenda import appointment_views, month_view, queries
from canais_app.agenda.availability import rule_values
from canais_app.agenda.availability.rule_values import DayOverride
from canais_app.agenda.availability.slots import END_OF_DAY, WeeklyWindow
from canais_app.agenda.booking import booking, cancellation
from canais_app.agenda.models import Agenda, AgendaVersion
from canais_app.kit import clock, db, migrations
from canais_app.kit.errors import InvalidError
from tests.factories import agenda as make

CHANGE = date(2026, 12, 2)  # a Wednesday
BEFORE, AFTER = date(2026, 12, 1), date(2026, 12, 3)


@pytest.fixture
def agenda(session: Session) -> Agenda:
    """Twenty minutes from 13h until the change; from then on thirty, from 14h, in person only."""
    made = make.make_agenda(session, make.weekday_windows(ends=time(14)), ends_on=CHANGE)
    make.make_version(
        session,
        made,
        make.weekday_windows(time(14), time(15)),
        number=2,
        starts_on=CHANGE,
        slot_minutes=30,
        step_minutes=30,
        modalities=("presencial",),
        place="Sala nova",
        cancel_notice=60,
    )
    return made


def listed(session: Session, agenda: Agenda, first: date, last: date, now: datetime) -> list[str]:
    found = queries.list_open_slots(session, agenda.slug, first, last, now=now)
    return [f"{one.start[5:16]} {one.modality}" for one in found]


def test_a_month_across_two_versions_has_both_rules(
    session: Session, agenda: Agenda, now: datetime
) -> None:
    assert listed(session, agenda, BEFORE, AFTER, now) == [
        "12-01T13:00 video",
        "12-01T13:20 video",
        "12-01T13:40 video",
        "12-02T14:00 presencial",
        "12-02T14:30 presencial",
        "12-03T14:00 presencial",
        "12-03T14:30 presencial",
    ]


def test_the_month_lists_the_same_slots_as_the_api(
    session: Session, agenda: Agenda, now: datetime
) -> None:
    board = month_view.load_month_by_id(session, agenda.id or 0, clock.to_local_day(now), now=now)
    shown = [
        f"{one.start[5:16]} {one.modalities[0]}"
        for times in board.times.values()
        for one in times
        if one.status == "free"
    ]
    assert shown == listed(session, agenda, clock.to_local_day(now), date(2026, 12, 20), now)


def test_a_modality_is_filtered_by_the_terms_of_the_day(
    session: Session, agenda: Agenda, now: datetime
) -> None:
    found = queries.list_open_slots(session, agenda.slug, BEFORE, AFTER, now=now, modality="video")
    assert {one.start[:10] for one in found} == {"2026-12-01"}


def test_an_appointment_has_the_length_and_the_place_of_its_day(
    session: Session, agenda: Agenda, now: datetime
) -> None:
    start = clock.from_wall_clock(AFTER, 14)
    booked = booking.book(
        session, agenda.slug, make.make_booking_request(start, modality="presencial"), now=now
    )
    view = appointment_views.load_view_by_token(session, booked.token, now=now)
    assert (view.time_words, view.place) == ("14h às 14h30", "Sala nova")
    assert view.change_until == "2026-12-03T13:00:00-04:00"


def test_an_appointment_does_not_move_to_a_day_that_does_not_offer_its_modality(
    session: Session, agenda: Agenda, now: datetime
) -> None:
    booked = booking.book(
        session, agenda.slug, make.make_booking_request(clock.from_wall_clock(BEFORE, 13)), now=now
    )
    with pytest.raises(InvalidError) as refused:
        cancellation.move_appointment(
            session, booked.token, clock.from_wall_clock(AFTER, 14), now=now
        )
    assert "modality" in refused.value.errors


def test_before_the_first_version_nothing_is_free(session: Session, now: datetime) -> None:
    made = make.make_agenda(session, starts_on=CHANGE)
    found = listed(session, made, BEFORE, CHANGE, now)
    assert found
    assert all(one.startswith("12-02") for one in found)


def test_a_version_replaced_before_it_began_is_in_force_on_no_day(
    session: Session, agenda: Agenda, now: datetime
) -> None:
    second = session.exec(select(AgendaVersion).where(AgendaVersion.number == 2)).one()
    second.ends_on = CHANGE
    make.make_version(
        session, agenda, make.weekday_windows(time(16), time(16, 20)), number=3, starts_on=CHANGE
    )
    assert listed(session, agenda, CHANGE, CHANGE, now) == ["12-02T16:00 video"]


def test_of_two_versions_in_force_the_later_one_counts(session: Session, now: datetime) -> None:
    made = make.make_agenda(session, make.weekday_windows(ends=time(13, 20)))
    later = make.weekday_windows(time(15), time(15, 20))
    make.make_version(session, made, later, number=2, starts_on=CHANGE)
    assert listed(session, made, BEFORE, AFTER, now) == [
        "12-01T13:00 video",
        "12-02T15:00 video",
        "12-03T15:00 video",
    ]


def test_terms_without_modalities_are_in_person(session: Session, now: datetime) -> None:
    made = make.make_agenda(session, modalities=())
    assert listed(session, made, BEFORE, BEFORE, now)[0] == "12-01T13:00 presencial"
    request = make.make_booking_request(clock.from_wall_clock(BEFORE, 13), modality="presencial")
    assert booking.book(session, made.slug, request, now=now)


def test_a_window_may_be_stored_with_its_end_at_24h() -> None:
    stored = '{"windows": [{"weekday": 2, "starts": "23:00", "ends": "24:00"}]}'
    assert rule_values.parse_terms(stored).windows == (WeeklyWindow(2, time(23), END_OF_DAY),)


def test_the_last_day_to_book_is_the_furthest_any_version_reaches(
    session: Session, now: datetime
) -> None:
    made = make.make_agenda(session, ends_on=CHANGE, horizon_days=60)
    make.make_version(
        session, made, make.weekday_windows(), number=2, starts_on=CHANGE, horizon_days=10
    )
    view = queries.load_agenda_view(session, made.slug, now=now)
    assert view.last_day == "2026-12-03"


def test_a_version_beyond_its_own_horizon_does_not_lengthen_the_agenda(
    session: Session, now: datetime
) -> None:
    made = make.make_agenda(session, ends_on=date(2027, 3, 1), horizon_days=7)
    make.make_version(session, made, make.weekday_windows(), number=2, starts_on=date(2027, 3, 1))
    assert queries.load_agenda_view(session, made.slug, now=now).last_day == "2026-11-30"


def test_terms_are_read_as_they_were_written() -> None:
    its = rule_values.Terms(
        windows=(WeeklyWindow(2, time(13), time(15), 2, -1, BEFORE, AFTER),),
        own_days=(
            DayOverride(BEFORE, time(9), time(10)),
            DayOverride(BEFORE, time(14), time(15)),
            DayOverride(AFTER),
        ),
        opt_outs=(CHANGE,),
        modalities=("video",),
    )
    assert rule_values.parse_terms(rule_values.serialize_terms(its)) == its
    assert its.rules.overrides == {BEFORE: ((time(9), time(10)), (time(14), time(15))), AFTER: ()}


OLD_AGENDA = """
INSERT INTO agenda (id, slug, title, unit_id, published, slot_minutes, step_minutes, buffer_before,
    buffer_after, notice_minutes, horizon_days, horizon_in_business_days, capacity, modalities,
    place, video_base_url, max_per_day, max_per_oab_per_day, max_active_per_oab,
    max_active_per_case, release_delay, cancel_notice, updated_at)
VALUES (7, 'antiga', 'Antiga', 1, true, 30, 40, 0, 5, 60, 14, true, 2, '["telefone"]', 'Sala 1',
    '', 9, 1, 3, 1, 30, 120, '2026-10-02 01:00:00+00')
"""
OLD_ROWS = (
    """INSERT INTO unit (id, code, slug, name, kind, degree, path, competences, aliases, hours,
        address, room, active, is_demo, updated_at)
    VALUES (1, 'X', 'x', 'X', 'gabinete', 1, '/1/', '[]', '[]', '{}', '', '', true, false,
        '2026-10-01 00:00:00')""",
    OLD_AGENDA,
    """INSERT INTO agenda_window (agenda_id, weekday, starts, ends, every_weeks, nth_week,
        valid_from) VALUES (7, 2, '13:00:00', '15:00:00', 2, 0, '2026-10-01')""",
    "INSERT INTO agenda_override (agenda_id, day) VALUES (7, '2026-12-01')",
    """INSERT INTO agenda_override (agenda_id, day, starts, ends)
        VALUES (7, '2026-12-02', '09:00:00', '10:00:00')""",
    "INSERT INTO agenda_holiday_opt_out (agenda_id, day) VALUES (7, '2026-12-08')",
)


def test_a_migration_turns_old_rules_into_the_first_version(any_database: str) -> None:
    config = migrations._config()
    command.downgrade(config, "20261124v-1")
    with db.get_engine().begin() as connection:
        for statement in OLD_ROWS:
            connection.execute(text(statement))
    migrations.upgrade_database()
    _check_first_version()
    command.downgrade(config, "20261124v-1")
    with db.get_engine().begin() as connection:
        windows = connection.execute(text("SELECT weekday, every_weeks FROM agenda_window")).all()
        own = connection.execute(text("SELECT count(*), count(starts) FROM agenda_override")).one()
        length = connection.execute(text("SELECT slot_minutes FROM agenda")).scalar_one()
    assert ([tuple(row) for row in windows], tuple(own), length) == ([(2, 2)], (2, 1), 30)
    migrations.upgrade_database()
    _check_first_version()


def _check_first_version() -> None:
    with Session(db.get_engine()) as session:
        version = session.exec(select(AgendaVersion)).one()
    assert (version.agenda_id, version.number) == (7, 1)
    assert (version.starts_on, version.ends_on) == (date(2026, 10, 1), None)
    assert rule_values.parse_terms(version.terms) == rule_values.Terms(
        windows=(WeeklyWindow(2, time(13), time(15), 2, 0, date(2026, 10, 1)),),
        own_days=(
            DayOverride(date(2026, 12, 1)),
            DayOverride(date(2026, 12, 2), time(9), time(10)),
        ),
        opt_outs=(date(2026, 12, 8),),
        slot_minutes=30,
        step_minutes=40,
        buffer_after=5,
        notice_minutes=60,
        horizon_days=14,
        horizon_in_business_days=True,
        capacity=2,
        modalities=("telefone",),
        place="Sala 1",
        max_per_day=9,
    )

"""The nightly calibration: what of the past counts, what is stored, and what the judge reads."""

import json
from datetime import datetime, timedelta

import numpy as np
import pytest
from sqlmodel import Session, col, select

from canais_app.complaints import rollups
from canais_app.complaints.models import Calibration
from canais_app.complaints.situations import nightly_fit
from canais_app.complaints.situations.nightly_fit import Past
from canais_app.complaints.statistics.alarms.calibration import Memory, calibrate, visible_rise
from canais_app.complaints.statistics.alarms.calibration_json import (
    SeriesKey,
    read_judge,
    to_figures,
)
from canais_app.complaints.statistics.alarms.drift import find_drift
from canais_app.complaints.statistics.alarms.fit import Fit, fit_history
from canais_app.complaints.statistics.alarms.history import DAY, WEEKDAYS, History, Intervals
from canais_app.complaints.statistics.alarms.simulation import World, make_reports, simulate
from canais_app.directory.models import Channel, Unit, UnitChange
from canais_app.kit import clock
from tests.factories import complaints as factory
from tests.factories.complaints import ComplaintsCourt
from tests.factories.directory import make_notice
from tests.factories.situations import make_incident, make_situation

ONE_DAY = timedelta(days=1)
HOUR = timedelta(hours=1)


@pytest.fixture
def court(session: Session) -> ComplaintsCourt:
    """A comarca with two secretarias."""
    return factory.make_court(session)


def _count(session: Session, unit: Unit, *moments: datetime, channel: str = "whatsapp") -> None:
    for number, at in enumerate(moments):
        rollups.count_person(
            session, unit_id=unit.id or 0, channel=channel, mark=f"{at}-{number}", now=at
        )


def _days_before(now: datetime, *days: int) -> list[datetime]:
    return [now - day * ONE_DAY for day in days]


def _fit(past: Past) -> Fit:
    return fit_history(past.history, past.day)


def _of(past: Past, unit: Unit, channel: str = "whatsapp") -> int:
    return past.series.index[unit.id or 0, channel]


def test_people_count_on_the_open_days_but_the_newest_two(
    session: Session, court: ComplaintsCourt, now: datetime
) -> None:
    _count(session, court.other, now - 100 * ONE_DAY)  # the portal is older than the reference
    # 23 November is a Monday: the 20th and 19th are skipped, the 15th is a Sunday.
    _count(session, court.unit, *_days_before(now, 3, 4, 5, 8, 13))
    past = nightly_fit.load_past(session, now=now)
    fit, at = _fit(past), _of(past, court.unit)
    assert fit.total[at] == 2
    # Whole weeks average to 20; holidays move the window, so that weekdays differ a little.
    assert fit.exposure[at] == pytest.approx(20, abs=1)


def test_closures_incidents_and_true_alarms_leave_both_people_and_exposure(
    session: Session, court: ComplaintsCourt, now: datetime
) -> None:
    _count(session, court.other, now - 100 * ONE_DAY)
    day = now - 10 * ONE_DAY
    for hour in range(3):
        _count(session, court.unit, day + hour * HOUR)
    before = nightly_fit.load_past(session, now=now)
    make_incident(
        session,
        (court.unit, "whatsapp"),
        now=now,
        started_at=day - HOUR / 2,
        closed_at=day + HOUR / 2,
    )
    make_situation(
        session,
        court.unit,
        now=now,
        first_report_at=day + HOUR / 2,
        closed_at=day + 1.5 * HOUR,
        verdict="verdadeiro",
    )
    make_notice(
        session,
        "Sem energia",
        comarca_id=court.comarca.id,
        channel_kind="whatsapp",
        starts_at=day + 1.5 * HOUR,
        ends_at=day + 2.5 * HOUR,
    )
    after = nightly_fit.load_past(session, now=now)
    at = _of(after, court.unit)
    assert _fit(before).total[at] == 3
    assert _fit(after).total[at] == 0
    lost = _fit(before).exposure[at] - _fit(after).exposure[at]
    assert 0.1 < lost < 0.9  # three hours of the afternoon
    untouched = _of(after, court.unit, "telefone")
    assert _fit(after).exposure[untouched] == pytest.approx(_fit(before).exposure[untouched], 0.1)


def test_a_false_alarm_stays_in_the_reference(
    session: Session, court: ComplaintsCourt, now: datetime
) -> None:
    _count(session, court.other, now - 100 * ONE_DAY)
    day = now - 10 * ONE_DAY
    _count(session, court.unit, day)
    make_situation(
        session,
        court.unit,
        now=now,
        first_report_at=day - HOUR,
        closed_at=day + HOUR,
        verdict="falso",
    )
    past = nightly_fit.load_past(session, now=now)
    assert _fit(past).total[_of(past, court.unit)] == 1


def test_days_before_a_unit_existed_are_no_days(
    session: Session, court: ComplaintsCourt, now: datetime
) -> None:
    for back in range(1, 110):
        if (now - back * ONE_DAY).weekday() < 5:
            _count(session, court.other, now - back * ONE_DAY)
    made = UnitChange(
        unit_id=court.unit.id or 0, field="created", version=1, at=now - ONE_DAY, actor="Teste"
    )
    session.add(made)
    session.flush()
    past = nightly_fit.load_past(session, now=now)
    fit, new, old = _fit(past), _of(past, court.unit), _of(past, court.other)
    assert (fit.total[new], fit.exposure[new]) == (0, 0)
    # Its channel's prior, not 20 days of zero: three people in an hour are no surprise.
    assert fit.rate[new] == pytest.approx(
        fit.channels[fit.channel[new]].a / fit.channels[fit.channel[new]].b
    )
    assert fit.rate[new] > fit.rate[old] / 4


def test_a_new_unit_is_not_public_for_what_is_usual_in_its_kind() -> None:
    """Unit created yesterday; others of the kind see 0.7 an hour; three people in an hour."""
    rng = np.random.default_rng(1)
    channels, days = 30, 60
    made = rng.poisson(0.7 * 7, (channels - 1, days))
    series = np.repeat(np.arange(channels - 1), made.sum(axis=1))
    day = np.repeat(np.tile(np.arange(days), channels - 1), made.ravel())
    minute = day * DAY + 12 * 60 + rng.integers(0, 420, len(day))
    order = np.lexsort((minute, series))
    zeros = np.zeros(channels, dtype=np.int64)
    born = zeros.copy()
    born[-1] = days
    history = History(
        channel=zeros,
        group=np.arange(channels),
        place=zeros,
        born=born,
        kinds=np.append(np.arange(days) % WEEKDAYS, 0)[None],
        event_series=series[order],
        event_minute=minute[order],
    )
    calibration = calibrate(history, days)
    people = np.zeros((3, channels), dtype=np.int64)
    people[:, -1] = 3
    verdict = calibration.judge().judge(people, 15 * 60, zeros, zeros + 4)
    assert calibration.fit.rate[-1] == pytest.approx(4.9, rel=0.15)
    assert not verdict.opens[-1]
    people[:, -1] = 12
    assert calibration.judge().judge(people, 15 * 60, zeros, zeros + 4).opens[-1]


def test_three_people_in_an_hour_on_a_silent_channel_are_public() -> None:
    history = make_reports(World(60, units=80), 60, np.random.default_rng(1))[1]
    calibration = calibrate(history, 59)
    silent = int(calibration.fit.total.argmin())
    assert calibration.fit.total[silent] == 0
    people = np.zeros((3, len(history.channel)), dtype=np.int64)
    people[:, silent] = 3
    zeros = np.zeros(len(history.channel), dtype=np.int64)
    assert calibration.judge().judge(people, 15 * 60, zeros, zeros + 4).opens[silent]


def test_figures_are_json_and_give_the_same_judge_back() -> None:
    history = make_reports(World(200, units=60), 30, np.random.default_rng(2))[1]
    calibration = calibrate(history, 29)
    names = [f"canal{index}" for index in range(len(calibration.fit.channels))]
    keys = [
        SeriesKey(number, names[channel], int(group))
        for number, (channel, group) in enumerate(zip(history.channel, history.group, strict=True))
    ]
    figures = json.loads(json.dumps(to_figures(calibration, keys, names)))
    new = SeriesKey(9999, names[0], 0)
    unknown = SeriesKey(9999, "outro canal", 0)
    judge = read_judge(figures, [*keys, new, unknown])
    known = slice(0, len(keys))
    people = np.random.default_rng(3).poisson(0.2, (3, len(keys) + 2)).cumsum(axis=0)
    people[:, -2:] = 40
    kinds = np.zeros(len(keys) + 2, dtype=np.int64)
    restored = judge.judge(people, 900, kinds, kinds)
    original = calibration.judge().judge(people[:, known], 900, kinds[known], kinds[known])
    assert restored.p[known] == pytest.approx(original.p, rel=0.01)
    assert restored.opens[-2]  # 40 people where the channel's prior expects few
    assert restored.p[-1] == 1  # nothing is known of such a channel


def test_a_night_is_stored_once_and_old_ones_go(
    session: Session, court: ComplaintsCourt, now: datetime
) -> None:
    _count(session, court.unit, *_days_before(now, 4, 5, 6, 11))
    session.add(Calibration(at=now - 90 * ONE_DAY, figures={}))
    assert not nightly_fit.is_calibrated_today(session, now=now)
    figures = nightly_fit.calculate_figures(nightly_fit.load_past(session, now=now))
    nightly_fit.store_calibration(session, figures, now=now)
    assert nightly_fit.is_calibrated_today(session, now=now)
    (row,) = session.exec(select(Calibration).order_by(col(Calibration.id))).all()
    assert row.figures["people"] == 4
    assert len(row.figures["series"]) == 8
    assert row.figures["replayed"] is None  # fewer than 42 open days


def test_an_empty_portal_is_calibrated_without_alarms(
    session: Session, court: ComplaintsCourt, now: datetime
) -> None:
    past = nightly_fit.load_past(session, now=now)
    figures = nightly_fit.calculate_figures(past)
    judge = read_judge(figures, past.series.keys)
    kinds = np.zeros(len(past.series.keys), dtype=np.int64)
    verdict = judge.judge(np.full((3, len(kinds)), 9), 900, kinds, kinds)
    assert not verdict.opens.any()
    assert verdict.groups == ()


def test_excluded_minutes_are_cut_once_where_spans_overlap() -> None:
    history = make_reports(World(100, units=40), 40, np.random.default_rng(4))[1]
    day = 20 * DAY
    once = Intervals(*np.array([[0, day + 800, day + 900]]).T)
    twice = Intervals(*np.array([[0, day + 800, day + 880], [0, day + 820, day + 900]]).T)
    exposures = [
        fit_history(History(**{**_fields(history), "excluded": spans}), 39).exposure[0]
        for spans in (once, twice)
    ]
    assert exposures[0] == pytest.approx(exposures[1])
    assert exposures[0] < fit_history(history, 39).exposure[0]


def _fields(history: History) -> dict:
    return {name: getattr(history, name) for name in history.__dataclass_fields__}


def test_a_busy_channel_shows_only_larger_rises() -> None:
    history = make_reports(World(900, units=60), 40, np.random.default_rng(5))[1]
    fit = fit_history(history, 39)
    rise = visible_rise(fit, 1e-5)
    assert rise[fit.rate.argmax()] > rise[fit.rate.argmin()] > 1


def test_a_doubled_channel_drifts_and_the_others_do_not() -> None:
    history = make_reports(World(600, units=60), 90, np.random.default_rng(6))[1]
    busiest = int(np.bincount(history.event_series).argmax())
    more = history.event_minute[
        (history.event_series == busiest) & (history.event_minute >= 68 * DAY)
    ]
    series = np.append(history.event_series, np.full(len(more), busiest))
    minute = np.append(history.event_minute, more + 1)
    order = np.lexsort((minute, series))
    worse = History(
        **{**_fields(history), "event_series": series[order], "event_minute": minute[order]}
    )
    usual, found = find_drift(history, 89, Memory()), find_drift(worse, 89, Memory())
    assert usual is not None
    assert found is not None
    assert found.rising[busiest]
    assert not usual.rising[busiest]
    assert found.rising.sum() == usual.rising.sum() + 1
    assert find_drift(history, 30, Memory()) is None


def test_a_small_world_keeps_its_budget_and_repeats_change_nothing() -> None:
    found = simulate(World(60, months=1, seed=3, units=60))
    assert found["false_episodes_a_month"] <= 5
    assert found["caught_by_hour_2"] > 0.8
    assert found["repeats"]["rows"] > found["repeats"]["people"] * 1.07
    assert simulate(World(60, months=1, seed=3, units=60, repeats=0.0)) == {
        **found,
        "repeats": {"rows": found["repeats"]["people"], "people": found["repeats"]["people"]},
        "seconds": pytest.approx(found["seconds"], abs=1e4),
        "cpu_seconds": pytest.approx(found["cpu_seconds"], abs=1e4),
    }


def test_days_are_counted_in_the_courts_zone(
    session: Session, court: ComplaintsCourt, now: datetime
) -> None:
    late = clock.from_wall_clock(clock.to_local_day(now - 10 * ONE_DAY), 23, 30)
    _count(session, court.unit, late)
    past = nightly_fit.load_past(session, now=now)
    assert past.history.event_minute.tolist() == [
        (nightly_fit.REACH_DAYS - 10) * DAY + 23 * 60 + 30
    ]


def test_a_retired_channel_has_no_series(
    session: Session, court: ComplaintsCourt, now: datetime
) -> None:
    row = session.exec(select(Channel).where(Channel.unit_id == court.unit.id)).first()
    assert row is not None
    row.retired_at = now
    session.flush()
    past = nightly_fit.load_past(session, now=now)
    assert (court.unit.id, row.kind) not in past.series.index

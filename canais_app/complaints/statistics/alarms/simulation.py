"""Simulation of a state: what the alarms of this portal do in months of made reports.

400 units with 2 or 3 channels in 79 comarcas report at very different rates, with an hour and
weekday profile and overdispersion. Each night fits and calibrates on past days only; each day is
judged at every report. Outages are planted beside the days, and never enter the past.
"""

import time
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from canais_app.complaints.statistics.alarms.calibration import (
    MONTH,
    REPLAY_DAYS,
    Calibration,
    Memory,
    calibrate,
    day_events,
    simulate_counts,
)
from canais_app.complaints.statistics.alarms.history import (
    DAY,
    HOURS,
    KEY,
    REFERENCE_DAYS,
    SKIPPED_DAYS,
    WEEKDAYS,
    History,
)
from canais_app.complaints.statistics.alarms.history_judge import (
    Events,
    count_windows,
    judge_groups,
    judge_series,
)
from canais_app.complaints.statistics.alarms.judge import QUIET, WINDOWS, GroupKind, Judge
from canais_app.complaints.statistics.anomaly import IntArray

UNITS, COMARCAS, CHANNELS = 400, 79, 5
SMALLEST_COMARCA = 4  # units
COMARCA_SPREAD = 1.0  # of the logarithm of the comarcas' sizes
RATE_SPREAD = 1.1  # of the logarithm of the series' rates
OPEN_HOUR, CLOSE_HOUR = 12, 19
HOUR_WEIGHTS = (0.8, 1.2, 1.3, 1.0, 0.9, 1.0, 0.8)
WEEKDAY_WEIGHTS = (1.25, 1.05, 0.95, 0.9, 0.85)
PAST_DAYS = REFERENCE_DAYS + SKIPPED_DAYS + REPLAY_DAYS  # open days before the first judged one
POOLED_NIGHTS = 10  # that share the months simulated for their thresholds
REPEATS = 0.1  # share of reports that the same person sends again
SERIES_HOURS, COMARCA_HOURS = 2, 3  # of planted outages; both are asked for by hour 2
SERIES_RISE = 4.0  # people an hour
COMARCA_RISE = 0.8  # people an hour in each channel
SERIES_TRIALS = 12  # planted outages a day
COMARCA_TRIALS = 3
LOOKS = range(60, COMARCA_HOURS * 60 + 1, 5)  # minutes at which a planted comarca is looked at
SOON = 120  # minutes
REACH = WINDOWS[-1] + QUIET  # minutes an episode outlives its last rare moment


@dataclass(frozen=True)
class World:
    """What to simulate."""

    reports_per_day: float = 95.0
    phi: float = 1.0
    kappa: float = 0.0
    months: int = 3
    seed: int = 1
    units: int = UNITS
    repeats: float = REPEATS


@dataclass
class Tally:
    """What happened in the judged days."""

    false_series: int = 0
    false_groups: int = 0
    trials: int = 0
    caught: int = 0
    comarca_trials: int = 0
    comarca_soon: int = 0
    comarca_as_one: int = 0
    alphas: list[float] = field(default_factory=list)
    group_alphas: list[float] = field(default_factory=list)


def simulate(world: World) -> dict[str, Any]:
    """Simulate a world; return its figures."""
    began, cpu = time.perf_counter(), time.process_time()
    rng = np.random.default_rng(world.seed)
    days = PAST_DAYS + world.months * MONTH
    rows, people = make_reports(world, days, rng)
    history, tally, memory = people, Tally(), Memory(POOLED_NIGHTS)
    for day in range(PAST_DAYS - POOLED_NIGHTS + 1, PAST_DAYS):
        memory.simulate(history, day, world.seed)
    for day in range(PAST_DAYS, days):
        calibration = calibrate(history, day, seed=world.seed, memory=memory)
        tally.alphas.append(calibration.alpha)
        tally.group_alphas.append(calibration.group_alpha)
        _judge_day(history, day, calibration, tally)
        _plant_series(history, day, calibration, rng, tally)
        _plant_comarcas(history, day, calibration.judge(), rng, tally)
    return {
        "reports_per_day": world.reports_per_day,
        "phi": world.phi,
        "kappa": world.kappa,
        "months": world.months,
        "seed": world.seed,
        "units": world.units,
        "series": len(history.channel),
        "false_episodes_a_month": round(
            (tally.false_series + tally.false_groups) / world.months, 2
        ),
        "false_series_a_month": round(tally.false_series / world.months, 2),
        "false_groups_a_month": round(tally.false_groups / world.months, 2),
        "caught_by_hour_2": round(tally.caught / max(tally.trials, 1), 3),
        "trials": tally.trials,
        "comarca_by_hour_2": round(tally.comarca_soon / max(tally.comarca_trials, 1), 3),
        "comarca_as_one_incident": round(tally.comarca_as_one / max(tally.comarca_trials, 1), 3),
        "comarca_trials": tally.comarca_trials,
        "repeats": {"rows": rows, "people": len(history.event_series)},
        "alpha": float(np.median(tally.alphas)),
        "group_alpha": float(np.median(tally.group_alphas)),
        "seconds": round(time.perf_counter() - began, 1),
        "cpu_seconds": round(time.process_time() - cpu, 1),
    }


def make_reports(world: World, days: int, rng: np.random.Generator) -> tuple[int, History]:
    """Make a state and its reports; return the number of rows, repeats counted, and the people."""
    channels = np.where(rng.random(world.units) < 0.5, 2, 3)  # noqa: PLR2004 (2.5 on average)
    unit = np.repeat(np.arange(world.units), channels)
    channel = np.concatenate([rng.choice(CHANNELS, size, replace=False) for size in channels])
    rate = rng.lognormal(0, RATE_SPREAD, len(unit))
    rate *= world.reports_per_day / rate.sum()
    hours = np.zeros(HOURS)
    hours[OPEN_HOUR:CLOSE_HOUR] = HOUR_WEIGHTS
    weekday = np.array(WEEKDAY_WEIGHTS) / np.mean(WEEKDAY_WEIGHTS)
    profile = weekday[:, None] * hours / hours.sum()
    kinds = np.arange(days) % WEEKDAYS
    series, minute = simulate_counts(
        rate[:, None] * profile.ravel(),
        np.full((len(unit), 1), world.phi),
        np.full((len(unit), 1), world.kappa),
        kinds,
        rng,
    )
    person = np.arange(len(series))
    others = np.random.default_rng([world.seed, 1])  # repeats change nothing else of the world
    again = others.random(len(series)) < world.repeats
    midnight = minute[again] // DAY * DAY
    later = np.minimum(minute[again] + others.integers(1, 60, again.sum()), midnight + DAY - 1)
    rows = (
        np.concatenate([series, series[again]]),
        np.concatenate([minute, later]),
        np.concatenate([person, person[again]]),
    )
    series, minute = first_of_each_person(*rows)
    return len(rows[0]), History(
        channel=channel,
        group=_comarcas(world.units, rng)[unit],
        place=np.zeros(len(unit), dtype=np.int64),
        born=np.zeros(len(unit), dtype=np.int64),
        kinds=kinds[None],
        event_series=series,
        event_minute=minute,
    )


def _comarcas(units: int, rng: np.random.Generator) -> IntArray:
    """Draw each unit's comarca: few large ones, and at least 4 units in each (if they suffice)."""
    comarcas = min(COMARCAS, max(units // SMALLEST_COMARCA, 1))
    smallest = np.repeat(np.arange(comarcas), SMALLEST_COMARCA)[:units]
    size = rng.lognormal(0, COMARCA_SPREAD, comarcas)
    others = rng.choice(comarcas, units - len(smallest), p=size / size.sum())
    return np.concatenate([smallest, others])


def first_of_each_person(
    series: IntArray, minute: IntArray, person: IntArray
) -> tuple[IntArray, IntArray]:
    """Keep a person's first report of each series and day, sorted by series, then minute."""
    order = np.lexsort((minute, person, series))
    series, minute, person = series[order], minute[order], person[order]
    same = (np.diff(series) == 0) & (np.diff(person) == 0) & (np.diff(minute // DAY) == 0)
    first = np.concatenate([[True], ~same])[: len(series)]
    series, minute = series[first], minute[first]
    order = np.lexsort((minute, series))
    return series[order], minute[order]


# False episodes.


def _judge_day(history: History, day: int, calibration: Calibration, tally: Tally) -> None:
    """Count the episodes of a normal day: the live judge looks whenever anything is rare."""
    events = day_events(history, day)
    p = judge_series(calibration.fit, events)
    rare = set(events.minute[p < calibration.alpha].tolist())
    for kind in GroupKind:
        groups = judge_groups(calibration.fit, events, kind)
        rare |= set(groups.minute[groups.p < calibration.group_alpha].tolist())
    watch = Watch(calibration.judge(), history, day, events)
    for minute in sorted(each for each in rare if each >= day * DAY):
        watch.look(minute)
    tally.false_series += len(watch.alarms)
    tally.false_groups += len(watch.incidents)


class Watch:
    """A day as the live engine sees it: open episodes, and groups that mute their members."""

    def __init__(self, judge: Judge, history: History, day: int, events: Events) -> None:
        self.judge, self.kinds = judge, (history.kinds_on(day), history.kinds_on(day - 1))
        self.keys = np.sort(events.series * KEY + events.minute)
        self.count = len(history.channel)
        self.alarms: list[tuple[int, int]] = []  # series, minute
        self.incidents: list[tuple[GroupKind, int, IntArray]] = []
        self._last: dict[int, int] = {}
        self._muted: dict[int, int] = {}  # series: last minute of its group's incident

    def look(self, minute: int) -> None:
        """Judge one moment; open what is rare and not open."""
        people = count_windows(self.keys, np.arange(self.count) * KEY + minute)
        muted = np.zeros(self.count, dtype=bool)
        muted[[series for series, last in self._muted.items() if minute - last <= REACH]] = True
        verdict = self.judge.judge(people, minute % DAY, *self.kinds, muted=muted)
        for group in verdict.groups:
            self.incidents.append((group.kind, group.index, group.members))
            self.alarms = [each for each in self.alarms if each[0] not in group.members]
            self._muted.update(dict.fromkeys(group.members.tolist(), minute))
        for series in np.flatnonzero(verdict.opens).tolist():
            if series in self._muted and minute - self._muted[series] <= REACH:
                continue
            if minute - self._last.get(series, -REACH - 1) > REACH:
                self.alarms.append((series, minute))
            self._last[series] = minute


# Planted outages.


def _plant_series(
    history: History, day: int, calibration: Calibration, rng: np.random.Generator, tally: Tally
) -> None:
    """Plant outages of single series; count those caught by the second hour."""
    chosen = rng.integers(len(history.channel), size=SERIES_TRIALS)
    start = _starts(day, SERIES_TRIALS, SERIES_HOURS, rng)
    extra = rng.poisson(SERIES_RISE * SERIES_HOURS, SERIES_TRIALS)
    trial = np.repeat(np.arange(SERIES_TRIALS), extra)
    minute = start[trial] + rng.integers(SERIES_HOURS * 60, size=len(trial))
    usual = day_events(history, day)
    for number, series in enumerate(chosen):
        own = usual.minute[usual.series == series]
        trial = np.concatenate([trial, np.full(len(own), number)])
        minute = np.concatenate([minute, own])
    order = np.lexsort((minute, trial))
    trial, minute = trial[order], minute[order]
    kinds = history.kinds_on(day)[chosen[trial]], history.kinds_on(day - 1)[chosen[trial]]
    p = judge_series(calibration.fit.take(chosen), Events(trial, minute, *kinds))
    during = (minute >= start[trial]) & (minute < start[trial] + SERIES_HOURS * 60)
    caught = np.unique(trial[during & (p < calibration.alpha)])
    tally.trials += SERIES_TRIALS
    tally.caught += len(caught)


def _plant_comarcas(
    history: History, day: int, judge: Judge, rng: np.random.Generator, tally: Tally
) -> None:
    """Plant outages of whole comarcas; count those raised as one incident."""
    usual = day_events(history, day)
    units_of = np.bincount(history.group, minlength=COMARCAS)
    for start in _starts(day, COMARCA_TRIALS, COMARCA_HOURS, rng):
        comarca = int(rng.choice(np.flatnonzero(units_of > 1)))
        members = np.flatnonzero(history.group == comarca)
        extra = rng.poisson(COMARCA_RISE * COMARCA_HOURS, len(members))
        series = np.repeat(members, extra)
        minute = start + rng.integers(COMARCA_HOURS * 60, size=len(series))
        events = Events(
            np.concatenate([usual.series, series]),
            np.concatenate([usual.minute, minute]),
            usual.today,
            usual.yesterday,
        )
        watch = Watch(judge, history, day, events)
        tally.comarca_trials += 1
        for look in LOOKS:
            watch.look(int(start) + look)
            if (GroupKind.COMARCA, comarca) in [each[:2] for each in watch.incidents]:
                mine = [each for each in watch.incidents if np.isin(members, each[2]).any()]
                alarms = [each for each in watch.alarms if each[0] in members]
                tally.comarca_soon += look <= SOON
                tally.comarca_as_one += len(mine) == 1 and not alarms
                break


def _starts(day: int, count: int, hours: int, rng: np.random.Generator) -> IntArray:
    """Draw the first minutes of outages that end before the courts close."""
    first, last = OPEN_HOUR * 60, (CLOSE_HOUR - hours) * 60
    return day * DAY + rng.integers(first, last, count)

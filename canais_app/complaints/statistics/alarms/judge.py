"""Judgement of the last hours: which series, and which groups of series, are above normal.

Windows are the last 60, 120 and 180 minutes; the smallest tail probability counts, with at least
three people. `history_judge` judges many moments at once by the same model, for calibration.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

import numpy as np

from canais_app.complaints.statistics import anomaly
from canais_app.complaints.statistics.alarms.fit import Fit
from canais_app.complaints.statistics.alarms.history import REFERENCE_DAYS, WEEKDAYS, BoolArray
from canais_app.complaints.statistics.alarms.profile import CELL_PRIOR, window_share
from canais_app.complaints.statistics.anomaly import FloatArray, IntArray

WINDOWS = (60, 120, 180)  # minutes
WIDTHS = np.array(WINDOWS)[:, None]
MIN_PEOPLE = 3
MIN_MEMBERS = 2  # of a group with reports
POSSIBLE = 1e-2  # p of "possível", which stays inside
QUIET = 120  # minutes without p < POSSIBLE that end an episode
LARGEST_ALPHA = 1e-3  # no threshold is above, whatever the calibration says
LARGEST_GROUP_ALPHA = 1e-4
PROFILE_DAYS = REFERENCE_DAYS / WEEKDAYS  # of each weekday in the reference
REST = 1e-2  # p of a group without its strongest member: one channel alone is no group
GROUP_RISE = 0.8  # people an hour in each member: the rise that a group's weights find best
ROUNDS = 4  # groups suggested at one moment at most


class GroupKind(StrEnum):
    """What the members of a group share."""

    COMARCA = "comarca"
    CHANNEL = "canal"  # over the whole state


@dataclass(frozen=True)
class GroupVerdict:
    """Several series above normal at once: one incident is suggested, its members are muted."""

    kind: GroupKind
    index: int  # of the comarca or of the type of channel, as in `Fit`
    p: float
    seen: int  # people
    expected: float
    minutes: int  # width of the window
    members: IntArray  # all series of the group that are not muted
    reporting: IntArray  # those of them with people in the window


@dataclass(frozen=True)
class Verdict:
    """A judgement of all n series at one moment."""

    p: FloatArray  # (n,) smallest tail probability of the windows
    opens: BoolArray  # (n,) p < α with enough people: "provável"
    possible: BoolArray  # (n,) p < 0.01; an open episode goes on
    expected: FloatArray  # (n,) people in the window of the smallest p
    people: IntArray  # (n,) people in that window
    minutes: IntArray  # (n,) its width
    groups: tuple[GroupVerdict, ...]  # least probable first


class Means(NamedTuple):
    """Means and variances of counts."""

    mean: FloatArray
    variance: FloatArray


class Model:
    """The moments of each series: of a window with exposure e, m = rate·e, linear·m + square·m²."""

    def __init__(self, fit: Fit) -> None:
        self.fit = fit
        self.rate = fit.rate  # infinite: unknown
        self.linear = fit.of_channel("phi")
        shape = np.maximum(fit.shape, anomaly.SMALLEST_EXCESS)
        self.square = fit.of_channel("kappa") + 1 / shape
        usual = self.rate * fit.usual_share[fit.channel]  # people an hour
        self.weight = np.log1p(GROUP_RISE / np.maximum(usual, anomaly.SMALLEST_EXCESS))

    def label(self, kind: GroupKind) -> IntArray:
        """Return the group of each series."""
        return self.fit.group if kind == GroupKind.COMARCA else self.fit.channel


class Judge:
    """Judges the last hours of all series with a fit and its calibrated thresholds."""

    def __init__(
        self,
        fit: Fit,
        alpha: float,
        group_alpha: float,
        *,
        channels: tuple[str, ...] = (),
        comarcas: tuple[int, ...] = (),
    ) -> None:
        """Keep a fit and its thresholds; `channels` and `comarcas` name the groups' indexes."""
        self.fit, self.alpha, self.group_alpha = fit, alpha, group_alpha
        self.channels, self.comarcas = channels, comarcas
        self._model = Model(fit)

    def judge(  # noqa: PLR0913 (one moment of the world)
        self,
        people: IntArray,
        minute: int,
        today: IntArray,
        yesterday: IntArray,
        *,
        width: IntArray | None = None,
        muted: BoolArray | None = None,
    ) -> Verdict:
        """Judge a moment. `people` is (3, n): people of each series in the last 60, 120, 180 min.

        `minute` is the minute of the local day, `today` and `yesterday` are each series' kinds of
        day (0–4 open weekday, 5 closed). `width` (n,) shortens windows: minutes since an incident
        or a maintenance ended, before which `people` must not be counted. `muted` series (closed,
        in maintenance, in a known incident) are not judged.
        """
        people = np.asarray(people)
        if muted is not None:
            people = np.where(muted, 0, people)
        means = self._means(minute, today, yesterday, width)
        p = np.ones(people.shape)
        at = (people > 0) & np.isfinite(means.mean)
        p[at] = means_tail(people[at], Means(means.mean[at], means.variance[at]))
        best, each = p.argmin(axis=0), np.arange(people.shape[1])
        enough = np.where(people >= MIN_PEOPLE, p, 1.0).min(axis=0)
        return Verdict(
            p=p[best, each],
            opens=enough < self.alpha,
            possible=p[best, each] < POSSIBLE,
            expected=means.mean[best, each],
            people=people[best, each],
            minutes=np.array(WINDOWS)[best],
            groups=self._judge_groups(people, means, muted),
        )

    def _means(
        self, minute: int, today: IntArray, yesterday: IntArray, width: IntArray | None
    ) -> Means:
        widths = WIDTHS if width is None else np.minimum(WIDTHS, np.maximum(width, 1))
        share = window_share(
            self.fit.profile, self.fit.channel, today, yesterday, np.array(minute), widths
        )
        mean = self._model.rate * share
        known = np.where(np.isinf(mean), 0.0, mean)
        variance = self._model.linear * known + self._model.square * known**2
        return Means(mean, np.where(np.isinf(mean), np.inf, variance))

    def _judge_groups(
        self, people: IntArray, means: Means, muted: BoolArray | None
    ) -> tuple[GroupVerdict, ...]:
        """Return the groups above normal; each is judged without the members of those before."""
        known = np.isfinite(means.mean[0])
        means = Means(*(np.where(known, each, 0.0) for each in means))
        left = known if muted is None else known & ~muted
        found = list[GroupVerdict]()
        for _ in range(ROUNDS):
            groups = [
                group for kind in GroupKind for group in self._groups_of(kind, people, means, left)
            ]
            if not groups:
                break
            best = max(groups, key=lambda g: log_likelihood_ratio(g.seen, g.expected))
            found.append(best)
            left = left.copy()
            left[best.members] = False
        return tuple(sorted(found, key=lambda group: group.p))

    def _groups_of(
        self, kind: GroupKind, people: IntArray, means: Means, left: BoolArray
    ) -> list[GroupVerdict]:
        label, weight = self._model.label(kind), self._model.weight
        if not (left & (people[-1] > 0)).any():
            return []
        count = int(label.max()) + 1

        def sums(values: FloatArray | IntArray) -> FloatArray:
            rows = [np.bincount(label[left], row[left], minlength=count) for row in values]
            return np.array(rows, dtype=float)

        seen, expected = sums(people.astype(float)), sums(means.mean)
        at = (seen >= MIN_PEOPLE) & (sums((people > 0).astype(float)) >= MIN_MEMBERS)
        p = np.ones(seen.shape)
        weighted, variance = sums(weight * means.mean), sums(weight**2 * means.variance)
        if kind == GroupKind.CHANNEL:
            variance += profile_variance(weighted, expected)
        values = sums(weight * people), weighted, sums(weight**2 * means.mean), variance
        p[at] = weighted_tail(*(each[at] for each in values))
        found = list[GroupVerdict]()
        for index in np.flatnonzero(p.min(axis=0) < self.group_alpha):
            window = int(p[:, index].argmin())
            mine = np.flatnonzero(left & (label == index))
            own = Means(means.mean[window, mine], means.variance[window, mine])
            if rest_tail(people[window, mine], own, weight[mine]) >= REST:
                continue
            found.append(
                GroupVerdict(
                    kind,
                    int(index),
                    float(p[window, index]),
                    int(seen[window, index]),
                    float(expected[window, index]),
                    WINDOWS[window],
                    mine,
                    mine[people[window, mine] > 0],
                )
            )
        return found


def means_tail(seen: FloatArray | IntArray, means: Means) -> FloatArray:
    """Return P(X ≥ seen) of the negative binomial with these means and variances."""
    return anomaly.group_tail(seen, means.mean[..., None], means.variance[..., None])


def weighted_tail(
    seen: FloatArray, mean: FloatArray, square: FloatArray, variance: FloatArray
) -> FloatArray:
    """Return the tail probability of a group's weighted sum, as one negative binomial.

    With weights w, counts x, means m and variances v of the members: the sums of w·x, w·m, w²·m
    and w²·v. A quiet member weighs more than a busy one, whose noise would hide a rise of all.
    With equal weights it is the plain sum (`anomaly.group_tail`).
    """
    scale = mean / np.maximum(square, anomaly.SMALLEST_EXCESS)
    return means_tail(scale * seen, Means(scale * mean, scale**2 * variance))


def profile_variance(weighted: FloatArray, expected: FloatArray) -> FloatArray:
    """Return the variance that an uncertain profile adds to the sum of a whole channel.

    The share of an hour was estimated from the channel's people in it on few days of its kind;
    all members share the error, so that it does not average out.
    """
    return weighted**2 / (PROFILE_DAYS * expected + CELL_PRIOR)


def rest_tail(seen: IntArray, means: Means, weight: FloatArray) -> float:
    """Return the tail probability of a group without the member that stands out most; (m,)."""
    strongest = int(np.argmax((seen - means.mean) / np.sqrt(means.variance + 1e-12)))
    rest = np.arange(len(seen)) != strongest
    weight, mean, variance = weight[rest], means.mean[rest], means.variance[rest]
    values = (weight * seen[rest], weight * mean, weight**2 * mean, weight**2 * variance)
    return float(weighted_tail(*(each.sum(keepdims=True) for each in values))[0])


def log_likelihood_ratio(seen: float, expected: float) -> float:
    """Return how much better `seen` is explained by a higher mean than by `expected` (Poisson)."""
    if seen <= expected or expected <= 0:
        return 0.0
    return seen * float(np.log(seen / expected)) - (seen - expected)


def count_recent(series: IntArray, age: FloatArray, n: int) -> IntArray:
    """Count each series' people in the windows; `age` is minutes since each report; (3, n)."""
    rows = [np.bincount(series[(age >= 0) & (age < width)], minlength=n) for width in WINDOWS]
    return np.array(rows)

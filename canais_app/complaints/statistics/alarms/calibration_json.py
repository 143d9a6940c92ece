"""A calibration as JSON, and the live judge read from it.

Series are stored by unit and type of channel, so that units made since the night, which have only
their channel's prior, and units that left need nothing else.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from canais_app.complaints.statistics.alarms.calibration import Calibration, visible_rise
from canais_app.complaints.statistics.alarms.fit import ChannelFit, Fit
from canais_app.complaints.statistics.alarms.judge import Judge
from canais_app.complaints.statistics.anomaly import JEFFREYS


class SeriesKey(NamedTuple):
    """A channel of a unit; groups need the comarca."""

    unit_id: int
    channel: str
    comarca_id: int


def to_figures(
    calibration: Calibration, keys: Sequence[SeriesKey], channels: Sequence[str]
) -> dict[str, Any]:
    """Return a calibration as JSON values; `keys` and `channels` in the order of the fit."""
    fit = calibration.fit
    rise = visible_rise(fit, calibration.alpha)
    return {
        "alpha": calibration.alpha,
        "group_alpha": calibration.group_alpha,
        "simulated": calibration.simulated,
        "replayed": calibration.replayed,
        "simulated_months": calibration.simulated_months,
        "replayed_days": calibration.replayed_days,
        "channels": {
            name: {**each._asdict(), "profile": np.round(profile, 6).tolist()}
            for name, each, profile in zip(channels, fit.channels, fit.profile, strict=True)
        },
        # unit, channel, people and open days of the reference, smallest visible rise an hour
        "series": [
            [key.unit_id, key.channel, total, round(exposure, 4), _finite(visible)]
            for key, total, exposure, visible in zip(
                keys, fit.total.tolist(), fit.exposure.tolist(), rise.tolist(), strict=True
            )
        ],
    }


def _finite(value: float) -> float | None:
    return round(value, 2) if np.isfinite(value) else None


def read_judge(figures: dict[str, Any], keys: Sequence[SeriesKey]) -> Judge:
    """Return a judge of today's series, in the order of `keys`, from stored figures.

    A series that the night did not know has its channel's prior; a type of channel that it did
    not know is never above normal before the next night.
    """
    stored = figures["channels"]
    names = [*stored, *sorted({key.channel for key in keys} - set(stored))]
    known = {(unit, channel): (total, days) for unit, channel, total, days, _ in figures["series"]}
    seen = np.array([known.get(key[:2], (0.0, 0.0)) for key in keys], dtype=float).reshape(-1, 2)
    profiles = [np.array(stored[name]["profile"]) for name in stored]
    profiles += [np.mean(profiles, axis=0)] * (len(names) - len(stored))
    priors = [ChannelFit(*(stored[name][part] for part in ChannelFit._fields)) for name in stored]
    priors += [ChannelFit(*JEFFREYS, 1.0, 0.0)] * (len(names) - len(stored))
    position = {name: index for index, name in enumerate(names)}
    comarcas, group = np.unique([key.comarca_id for key in keys], return_inverse=True)
    fit = Fit(
        channel=np.array([position[key.channel] for key in keys], dtype=np.int64),
        group=group.astype(np.int64),
        total=seen[:, 0],
        exposure=seen[:, 1],
        channels=tuple(priors),
        profile=np.array(profiles),
    )
    return Judge(
        fit,
        figures["alpha"],
        figures["group_alpha"],
        channels=tuple(names),
        comarcas=tuple(comarcas.tolist()),
    )

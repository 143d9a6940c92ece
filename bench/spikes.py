"""Alarms in simulated states: false episodes a month, and planted outages that show in two hours.

The worlds of `canais bench spikes`: 95, 500 and 2,000 reports a day, without and with
overdispersion, three seeds each. Bars hold for the mean of the seeds.
"""

from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from statistics import mean
from typing import Any

from bench.claim import QUICK, Claim, sized
from canais_app.complaints.statistics.alarms.simulation import World, simulate

DAILY = (95, 500) if QUICK else (95, 500, 2000)
PHIS = (1.0, 1.2)
SEEDS = sized(full=3, quick=1)
MONTHS = sized(full=3, quick=1)
CAUGHT = {95: 0.80, 500: 0.75}
FALSE, AS_ONE, LONGEST = 3.0, 0.90, 120.0


def claims() -> Iterator[Claim]:
    """Simulate each world and compare it with its bars."""
    worlds = [World(daily, phi, 0.0, MONTHS, seed + 1)
              for daily in DAILY for phi in PHIS for seed in range(SEEDS)]  # fmt: skip
    with ProcessPoolExecutor(2) as pool:
        found = list(pool.map(simulate, worlds))
    for daily in DAILY:
        for phi in PHIS:
            mine = [
                each for each in found if (each["reports_per_day"], each["phi"]) == (daily, phi)
            ]
            yield from _claims_of(f"{daily} relatos por dia, φ {phi:g}", CAUGHT.get(daily), mine)
    slowest = max(each["cpu_seconds"] for each in found)
    yield Claim(
        "simulação de alarmes, 3 meses",
        f"{slowest:.0f} s de CPU",
        f"≤ {LONGEST:.0f} s",
        holds=slowest <= LONGEST,
    )


def _claims_of(world: str, bar: float | None, found: list[dict[str, Any]]) -> Iterator[Claim]:
    false, caught, as_one = (
        mean(each[name] for each in found)
        for name in ("false_episodes_a_month", "caught_by_hour_2", "comarca_as_one_incident")
    )
    yield Claim(
        f"alarmes falsos, {world}",
        f"{false:.1f} por mês",
        f"≤ {FALSE:g} por mês",
        holds=false <= FALSE,
    )
    if bar is not None:
        yield Claim(
            f"+4 por hora em 2 h, {world}", f"{caught:.1%}", f"≥ {bar:.0%}", holds=caught >= bar
        )
    yield Claim(
        f"comarca inteira, um incidente, {world}",
        f"{as_one:.1%}",
        f"≥ {AS_ONE:.0%}",
        holds=as_one >= AS_ONE,
    )

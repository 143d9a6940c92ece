"""Claim: searching 20,000 units, cards included, is fast.

Measured in a process of its own, on a SQLite file of its own: `python -m bench.search UNITS`.
`bench/search_quality.py` measures what it finds.
"""

import json
import statistics
import sys
import time
from collections.abc import Iterable
from random import Random

from bench import typing
from bench.apart import run_isolated, seed_generated_units
from bench.claim import Claim, sized

MANY, FEW, ASKED = sized(20_000, 600), sized(1_000, 200), sized(400, 20)
TYPICAL = (
    "whatsapp juizado sinop",
    "pensão cuiaba",
    "2a civel rondonopolis",
    "jecrim vg",
    "balcão virtual família cáceres",
    "gabinete vara criminal sorriso",
    "confresa",
    "vara",
    "zzyzx qqwwk",
)


def claims() -> Iterable[Claim]:
    """Compare the search of 20,000 generated units with that of 1,000."""
    many, few = run_isolated("bench.search", MANY), run_isolated("bench.search", FEW)
    ratio = many["median"] / few["median"]
    yield Claim(
        f"busca entre {MANY} unidades, no serviço",
        f"p95 {many['p95']:.1f} ms",
        "p95 ≤ 10 ms (alvo 5 ms)",
        many["p95"] <= 10,
    )
    yield Claim(f"o mesmo, comparado com {FEW} (mediana)", f"{ratio:.2f}×", "≤ 3×", ratio <= 3)


def main(units: int) -> None:
    """Print one line of JSON: p95 and median in milliseconds of names, misspellings and queries."""
    from canais_app.directory import snapshot, unit_search
    from canais_app.kit import clock, db

    seed_generated_units(units)  # with the rooms that tell the cards of free times and of trouble
    now, rng = clock.now(), Random(7)
    with db.read_transaction() as session:
        names = [unit.name for unit in snapshot.load_snapshot(session).units.values()]
        chosen = rng.sample(names, min(ASKED, len(names)))
        asked = [*chosen, *(typing.make_slip(name, rng) for name in chosen), *TYPICAL * 10]
        unit_search.find_units(session, "sinop", now=now)
        spent: list[float] = []
        for words in asked:
            start = time.perf_counter()
            unit_search.find_units(session, words, now=now)
            spent.append((time.perf_counter() - start) * 1000)
    print(
        json.dumps(
            {"p95": statistics.quantiles(spent, n=20)[-1], "median": statistics.median(spent)}
        )
    )


if __name__ == "__main__":
    main(int(sys.argv[1]))

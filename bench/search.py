"""Claim: the search is quick at 20,000 units and finds what was meant in spite of a slip.

Measured in a process of its own, on a SQLite file of its own: `python -m bench.search UNITS`.
"""

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable
from pathlib import Path
from random import Random

from bench.claim import Claim

ROOT = Path(__file__).parents[1]
MANY, FEW, ASKED = 20_000, 1_000, 400
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
LETTERS = "abcdefghijlmnopqrstuvxz"


def claims() -> Iterable[Claim]:
    """Compare the search of 20,000 generated units with that of 1,000."""
    many, few = _measured(MANY), _measured(FEW)
    ratio = many["median"] / few["median"]
    yield Claim(
        "busca entre 20.000 unidades, no serviço",
        f"p95 {many['p95']:.1f} ms",
        "p95 ≤ 10 ms (alvo 5 ms)",
        many["p95"] <= 10,
    )
    yield Claim("o mesmo, comparado com 1.000 (mediana)", f"{ratio:.2f}×", "≤ 3×", ratio <= 3)
    yield Claim(
        "pelo próprio nome, primeira ou empatada",
        f"{many['own']:.1%}",
        "100%",
        many["own"] >= 1,
    )
    yield Claim(
        "nome com um erro de digitação, entre as três primeiras ou empatada",
        f"{many['typo']:.1%}",
        "≥ 98%",
        many["typo"] >= 0.98,
    )


def _measured(units: int) -> dict[str, float]:
    with tempfile.TemporaryDirectory(prefix="canais-bench-") as var:
        environment = {
            **os.environ,
            "CANAIS_VAR_DIR": var,
            "CANAIS_DATABASE_URL": f"sqlite:///{var}/bench.db",
            "PYTHONPATH": str(ROOT),
        }
        done = subprocess.run(
            [sys.executable, "-m", "bench.search", str(units)],
            cwd=ROOT,
            env=environment,
            check=True,
            capture_output=True,
        )
    return json.loads(done.stdout.splitlines()[-1])


def slip(name: str, rng: Random) -> str:
    """Return a name with one letter lost, doubled, changed or swapped."""
    at = rng.randrange(1, len(name) - 1)
    letter = rng.choice(LETTERS)
    return rng.choice(
        (
            name[:at] + name[at + 1 :],
            name[:at] + letter + name[at:],
            name[:at] + letter + name[at + 1 :],
            name[: at - 1] + name[at] + name[at - 1] + name[at + 1 :],
        )
    )


def _rank(cards, name: str, first: int) -> bool:  # noqa: ANN001 (UnitCard, imported late)
    """Whether the name is among the first, or as high as the last of them."""
    scores = [card.score for card in cards]
    floor = scores[min(first, len(scores)) - 1] if scores else 0.0
    return any(card.name == name and card.score >= floor for card in cards)


def main(units: int) -> None:
    """Print one line of JSON: p95 and median in milliseconds, and the shares found."""
    from canais_app.demo import bulk
    from canais_app.directory import finding, kept
    from canais_app.kit import clock, db
    from canais_app.kit.migrations import upgrade

    upgrade()
    now = clock.now()
    db.run(bulk.generate, units=units, appointments=0, complaints=0, seed=7, now=now)
    rng = Random(7)
    with db.reading() as session:
        names = [unit.name for unit in kept.load(session).units.values()]
        chosen = rng.sample(names, min(ASKED, len(names)))
        spent: list[float] = []

        def ask(words: str):  # noqa: ANN202 (UnitCard, imported late)
            start = time.perf_counter()
            answer = finding.find_units(session, words, now=now)
            spent.append((time.perf_counter() - start) * 1000)
            return answer.items

        ask("sinop")
        spent.clear()
        own = sum(_rank(ask(name), name, 1) for name in chosen)
        typo = sum(_rank(ask(slip(name, rng)), name, 3) for name in chosen)
        for words in TYPICAL * 10:
            ask(words)
    figures = {
        "p95": statistics.quantiles(spent, n=20)[-1],
        "median": statistics.median(spent),
        "own": own / len(chosen),
        "typo": typo / len(chosen),
    }
    print(json.dumps(figures))


if __name__ == "__main__":
    main(int(sys.argv[1]))

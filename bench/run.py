"""Measure every claim of `bench/`, print a line each, and write `bench/results.md`."""

import importlib
import pkgutil
import sys
from pathlib import Path

import bench
from bench.claim import Claim

HERE = Path(__file__).parent


def _modules(wanted: list[str]) -> list[str]:
    found = [m.name for m in pkgutil.iter_modules(bench.__path__)]
    return [name for name in found if not wanted or name in wanted]


def main() -> int:
    """Run the modules named on the command line, or all; exit 1 when a claim does not hold."""
    measured: list[Claim] = []
    for name in _modules(sys.argv[1:]):
        claims = getattr(importlib.import_module(f"bench.{name}"), "claims", list)
        for claim in claims():
            mark = "vale" if claim.holds else "NÃO VALE"
            print(f"{claim.what} · {claim.figure} · {claim.bar} · {mark}", flush=True)
            measured.append(claim)
    rows = "\n".join(
        f"| {c.what} | {c.figure} | {c.bar} | {'sim' if c.holds else '**não**'} |" for c in measured
    )
    head = "| afirmação | medido | limite | vale |\n|---|---|---|---|\n"
    (HERE / "results.md").write_text(head + rows + "\n", encoding="utf-8")
    return 0 if all(c.holds for c in measured) else 1


if __name__ == "__main__":
    sys.exit(main())

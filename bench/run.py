"""Measure every claim of `bench/`, print a line each, and write `bench/results.md`.

Each bench runs in a process of its own: one that fails or hangs is a line of the table, and the
others still run. `python -m bench.run race slots` runs those two; `QUICK=1` runs all at a tiny
size and judges only the exact claims.
"""

import json
import os
import signal
import subprocess
import sys
import time
import traceback
from collections.abc import Iterator
from dataclasses import asdict
from importlib import import_module
from pathlib import Path

from bench.claim import QUICK, Claim, sized

HERE = Path(__file__).parent
CLAIMS = "def claims("
ALONE = "--alone"  # measure one bench in this process
LONGEST = sized(full=3600, quick=600)  # seconds a bench may take


def main() -> int:
    """Run the benches named on the command line, or all; exit 1 when a claim does not hold."""
    wanted = sys.argv[1:]
    if wanted[:1] == [ALONE]:
        return _measure(wanted[1])
    known = [path.stem for path in sorted(HERE.glob("*.py")) if CLAIMS in path.read_text("utf-8")]
    known.remove("run")
    if unknown := set(wanted) - set(known):
        sys.exit(f"Não há estas medições: {', '.join(sorted(unknown))}. Há: {', '.join(known)}.")
    measured: list[Claim] = []
    for name in wanted or known:
        began = time.monotonic()
        for claim in _claims_of(name):
            print(f"{claim.what} · {claim.figure} · {claim.bar} · {_verdict(claim)}", flush=True)
            measured.append(claim)
        print(f"  ({name}: {time.monotonic() - began:.0f} s)", file=sys.stderr, flush=True)
    table = "".join(f"| {c.what} | {c.figure} | {c.bar} | {_verdict(c)} |\n" for c in measured)
    head = "| afirmação | medido | limite | vale |\n|---|---|---|---|\n"
    (HERE / "results.md").write_text(head + table, encoding="utf-8")
    failed = [claim for claim in measured if _is_judged(claim) and not claim.holds]
    print(f"{len(measured)} afirmações, {len(failed)} não valem. Tabela: bench/results.md")
    return 1 if failed else 0


def _is_judged(claim: Claim) -> bool:
    return claim.exact or not QUICK


def _verdict(claim: Claim) -> str:
    if not _is_judged(claim):
        return "não julgado"
    return "vale" if claim.holds else "**NÃO VALE**"


def _measure(name: str) -> int:
    """Measure one bench in this process and print a JSON line for each claim."""
    try:
        for claim in import_module(f"bench.{name}").claims():
            print(json.dumps(asdict(claim)), flush=True)
    except (Exception, SystemExit) as wrong:  # noqa: BLE001 (the table says it)
        traceback.print_exc()
        print(json.dumps(asdict(_failed(name, f"{type(wrong).__name__}: {wrong}"))), flush=True)
    return 0


def _failed(name: str, why: str) -> Claim:
    words = " ".join(why.split())[:200].replace("|", "/")
    return Claim(f"medição {name}", f"falhou: {words}", "mede até o fim", holds=False, exact=True)


def _claims_of(name: str) -> Iterator[Claim]:
    """Yield the claims of a bench as its process prints them."""
    process = subprocess.Popen(
        [sys.executable, "-m", "bench.run", ALONE, name],
        cwd=HERE.parent,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    try:
        said, _ = process.communicate(timeout=LONGEST)
    except subprocess.TimeoutExpired:
        said = _interrupt(process)
        said += json.dumps(asdict(_failed(name, f"passou de {LONGEST} s")))
    for line in said.splitlines():
        if line.startswith('{"what"'):
            yield Claim(**json.loads(line))
    if process.returncode > 0:
        yield _failed(name, f"terminou com {process.returncode}")


def _interrupt(process: subprocess.Popen[str]) -> str:
    """End a bench and the servers it started; return what it has printed."""
    os.killpg(process.pid, signal.SIGINT)  # the bench stops its servers on the way out
    try:
        return process.communicate(timeout=60)[0]
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        return process.communicate()[0]


if __name__ == "__main__":
    sys.exit(main())

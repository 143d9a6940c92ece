"""Claim: a month of one magistrate's slots is quick, and does not grow with history.

Measured in a process of its own, on a SQLite file of its own: `python -m bench.slots`. Beside
it, in the same run, the same month by django-appointment, pinned in `bench/peers/`.
"""

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time as clock_time
from collections.abc import Iterable
from datetime import UTC, datetime, time, timedelta
from pathlib import Path

from bench.claim import Claim, sized
from canais_app.agenda import month_view

ROOT = Path(__file__).parents[1]
PEERS = ROOT / "bench" / "peers" / "requirements.txt"
STORED, ASKED, PEER_MONTHS = sized(20_000, 500), sized(300, 10), sized(25, 2)
NOW = datetime(2026, 11, 23, 18, 0, tzinfo=UTC)


def claims() -> Iterable[Claim]:
    """Compare a month of an agenda without appointments and of one with 20,000."""
    with tempfile.TemporaryDirectory(prefix="canais-bench-") as var:
        environment = {
            **os.environ,
            "CANAIS_VAR_DIR": var,
            "CANAIS_DATABASE_URL": f"sqlite:///{var}/bench.db",
            "PYTHONPATH": str(ROOT),
        }
        done = subprocess.run(
            [sys.executable, "-m", "bench.slots"],
            cwd=ROOT,
            env=environment,
            check=True,
            capture_output=True,
        )
        peer = _peer(Path(var))
    found = json.loads(done.stdout.splitlines()[-1])
    p95, ratio = found["full_p95"], found["full_median"] / found["empty_median"]
    yield Claim(
        f"um mês de horários com {STORED} atendimentos gravados",
        f"p95 {p95:.1f} ms",
        "p95 ≤ 10 ms",
        p95 <= 10,
    )
    yield Claim(
        "o mesmo, comparado com a agenda vazia (mediana do tempo de processador)",
        f"{ratio:.2f}×",
        "≤ 1,2×",
        ratio <= 1.2,
    )
    theirs = {name: statistics.median(spent) for name, spent in peer.items()}
    times = theirs["full"] / found["full_median"]
    yield Claim(
        "o mesmo mês cheio no django-appointment, medido em seguida (processador)",
        f"{theirs['full']:.0f} ms lá, {found['full_median']:.1f} ms aqui: {times:.0f}× mais rápido "
        f"(cheia/vazia: {theirs['full'] / theirs['empty']:.2f}× lá, {ratio:.2f}× aqui)",
        "≥ 10×",
        times >= 10,
    )


def _peer(var: Path) -> dict[str, list[float]]:
    """Measure django-appointment in an environment of its own, made at the first time."""
    home = ROOT / "var" / "bench-peers"
    python = home / "bin" / "python"
    mark = home / "requirements.txt"
    if not mark.exists() or mark.read_bytes() != PEERS.read_bytes():
        subprocess.run([sys.executable, "-m", "venv", "--clear", home], check=True)
        pip = [python, "-m", "pip", "install", "-q", "--disable-pip-version-check"]
        subprocess.run([*pip, "--no-deps", "--require-hashes", "-r", PEERS], check=True)
        mark.write_bytes(PEERS.read_bytes())
    script = ROOT / "bench" / "peers" / "django_month.py"
    first = NOW.date().isoformat()
    done = subprocess.run(
        [python, script, var / "peer.db", first, str(STORED), str(PEER_MONTHS)],
        check=True,
        stdout=subprocess.PIPE,
    )
    return json.loads(done.stdout.splitlines()[-1])


def _fill(session, agenda_id: int) -> None:  # noqa: ANN001 (a Session, imported late)
    """Store 20,000 appointments: four years behind, and half of the month ahead."""
    from canais_app.agenda.models import Appointment

    length, rows = timedelta(minutes=20), []
    day = NOW.replace(hour=16, minute=0) + timedelta(days=28)
    while len(rows) < STORED:
        day -= timedelta(days=1)
        if day.weekday() >= 5:
            continue
        step = 2 if day > NOW else 1
        for number in range(0, 21, step):
            start = day + length * number
            rows.append(
                {
                    "agenda_id": agenda_id,
                    "seat": 0,
                    "status": "confirmed" if number % 9 else "cancelled",
                    "starts_at": start,
                    "ends_at": start + length,
                    "busy_from": start,
                    "busy_until": start + length,
                    "token_hash": f"{agenda_id}-{len(rows)}",
                    "created_at": NOW,
                }
            )
    from sqlalchemy import insert

    session.connection().execute(insert(Appointment), rows)


def _once(slug: str) -> tuple[float, float]:
    """Return a month's milliseconds by the clock, and of the processor."""
    from canais_app.agenda import queries
    from canais_app.kit import clock, db

    agenda_id = db.read_sync(queries.load_agenda_view, slug, now=NOW).id
    began, worked = clock_time.perf_counter(), clock_time.process_time()
    db.read_sync(month_view.load_month_by_id, agenda_id, clock.to_local_day(NOW), now=NOW)
    return (clock_time.perf_counter() - began) * 1000, (clock_time.process_time() - worked) * 1000


def main() -> None:
    """Measure in turns, so that the machine's moods fall on both alike."""
    from canais_app import wiring
    from canais_app.kit import db
    from canais_app.kit.migrations import upgrade_database
    from tests.factories import agenda as make

    wiring.connect_hooks()
    upgrade_database()

    def prepare(session) -> tuple[str, str]:  # noqa: ANN001 (a Session, imported late)
        times = make.weekday_windows(time(12), time(19))
        both = [make.make_agenda(session, times) for _ in "ab"]
        _fill(session, both[1].id or 0)
        return both[0].slug, both[1].slug

    empty, full = db.write_sync(prepare)
    for slug in (empty, full) * 10:
        _once(slug)
    spent: dict[str, list[tuple[float, float]]] = {empty: [], full: []}
    for _ in range(ASKED):
        for slug in (empty, full):
            spent[slug].append(_once(slug))
    p95 = statistics.quantiles([clock for clock, _ in spent[full]], n=20)[18]
    median = {slug: statistics.median(work for _, work in spent[slug]) for slug in spent}
    print(json.dumps({"full_p95": p95, "full_median": median[full], "empty_median": median[empty]}))


if __name__ == "__main__":
    main()

"""Claim: the server killed at any moment of booking and sending loses and doubles nothing.

A real server process takes bookings over HTTP and sends by a real SMTP server. It is killed
(SIGKILL) at random moments and started again; at the end everything has to be there:
no confirmed appointment without its messages, no message lost, a repeat only under its own
Message-ID. `python -m bench.crash 10` kills ten times and prints what was found as JSON.
"""

import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

import httpx

from bench.claim import Claim, sized
from tests.mail_server import MailServer, free_port, serve_in_background

ROOT = Path(__file__).parents[1]
POINTS, CLIENTS = sized(200, 3), 3
LEASE = timedelta(minutes=3)  # after which claims of a dead process are taken over


@dataclass
class CrashReport:
    """Counts at the end. All but `kills`, `confirmed` and `sent` must be zero."""

    kills: int
    confirmed: int
    sent: int
    lost_bookings: int  # answered with 201, and not stored
    without_messages: int  # confirmed, with fewer than three messages
    unsent: int
    lost_messages: int  # marked as sent, and never arrived
    too_often: int  # arrived more often than crashes can explain
    foreign: int  # arrived under a Message-ID that the outbox does not know


def claims() -> Iterable[Claim]:
    """Kill two hundred times; then again with the mail server down."""
    for points, mail_is_up in ((POINTS, True), (sized(10, 2), False)):
        words = [sys.executable, "-m", "bench.crash", str(points), "" if mail_is_up else "down"]
        done = subprocess.run(words, cwd=ROOT, check=True, stdout=subprocess.PIPE)
        found = CrashReport(**json.loads(done.stdout.splitlines()[-1]))
        yield Claim(
            f"servidor morto (kill −9) em {found.kills} momentos ao acaso"
            + ("" if mail_is_up else ", servidor de e-mail fora do ar até o fim"),
            f"{found.confirmed} agendamentos, {found.sent} mensagens entregues, "
            f"{list_flaws(found)} falhas",
            "nada perdido, nada repetido com outro Message-ID",
            not list_flaws(found) and found.sent > 0,
            exact=True,
        )


def list_flaws(found: CrashReport) -> int:
    """Count the flaws."""
    expected = ("kills", "confirmed", "sent")
    return sum(value for name, value in asdict(found).items() if name not in expected)


def main() -> None:
    """Kill as often as the command line says."""
    points, mail_is_up = int(sys.argv[1]), "down" not in sys.argv[2:]
    print(json.dumps(asdict(run_crash_test(points, mail_is_up=mail_is_up))))


def run_crash_test(points: int, *, mail_is_up: bool = True, seed: int = 7) -> CrashReport:
    """Kill the server at so many moments, let it recover, and look at what is there."""
    with tempfile.TemporaryDirectory(prefix="canais-crash-") as var:
        mail = MailServer(free_port(), slow=0.002)
        os.environ.update(
            CANAIS_VAR_DIR=var,
            CANAIS_DATABASE_URL=f"sqlite:///{var}/crash.db",
            CANAIS_SMTP_URL=mail.url,
            CANAIS_RATE_LIMITS="off",
            CANAIS_WORKERS="1",
            PYTHONPATH=str(ROOT),
        )
        slug, starts = _prepare()
        moments, answered = random.Random(seed), list[str]()
        with serve_in_background(mail) if mail_is_up else nullcontext():
            for turn in range(points):
                with _serving() as (process, url), _booking(url, slug, starts, answered):
                    if turn % 4:  # the others die over their first booking
                        _wait_for(answered, len(answered) + 1)
                    time.sleep(moments.uniform(0.0, 0.5))  # the moment of the crash is the test
                    os.killpg(process.pid, signal.SIGKILL)
        with serve_in_background(mail):
            _recover()
        return _collect_report(points, answered, mail)


def _wait_for(answered: list[str], how_many: int) -> None:
    until = time.monotonic() + 60
    while len(answered) < how_many and time.monotonic() < until:
        time.sleep(0.002)


def _prepare() -> tuple[str, Iterator[datetime]]:
    from datetime import time as at

    from canais_app import wiring
    from canais_app.kit import clock, db
    from canais_app.kit.migrations import upgrade_database
    from tests.factories import agenda as factory

    wiring.connect_hooks()
    upgrade_database()
    windows = [factory.make_window(day, at(0), at(23, 59)) for day in range(7)]
    terms: dict[str, Any] = {"slot_minutes": 5, "step_minutes": 5, "horizon_days": 300}
    slug = db.write_sync(lambda session: factory.make_agenda(session, windows, **terms).slug)
    first = clock.from_wall_clock(clock.to_local_day(clock.now()) + timedelta(days=1), 0)
    return slug, (first + timedelta(minutes=5 * n) for n in count())


@contextmanager
def _serving() -> Iterator[tuple[subprocess.Popen[bytes], str]]:
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    process = subprocess.Popen(
        [sys.executable, "-m", "bench.lean", str(port)], cwd=ROOT, start_new_session=True
    )
    try:
        for _ in range(1200):
            try:
                httpx.get(f"{url}/healthz", timeout=5)
                break
            except httpx.TransportError:
                time.sleep(0.05)
        yield process, url
    finally:
        process.kill()
        process.wait()


@contextmanager
def _booking(
    url: str, slug: str, starts: Iterator[datetime], answered: list[str]
) -> Iterator[None]:
    """Let clients book one time after another until the server is gone."""
    turn = threading.Lock()

    def client() -> None:
        from tests.factories import agenda as factory

        with httpx.Client(base_url=f"{url}/api/v1", timeout=10) as http:
            while True:
                with turn:
                    start = next(starts)
                try:
                    answer = http.post(
                        f"/agendas/{slug}/appointments", json=factory.make_booking_form(start)
                    )
                except httpx.TransportError:
                    return
                if answer.status_code == 201:
                    answered.append(answer.json()["code"])

    threads = [threading.Thread(target=client) for _ in range(CLIENTS)]
    for thread in threads:
        thread.start()
    yield
    for thread in threads:
        thread.join()


def _recover() -> None:
    """Send what is left, as a server that starts later does."""
    import asyncio

    from canais_app.kit import clock
    from canais_app.outbox import delivery

    asyncio.run(delivery.send_due_messages(get_now=lambda: clock.now() + LEASE))


def _collect_report(kills: int, answered: list[str], mail: MailServer) -> CrashReport:
    from sqlmodel import Session, col, select

    from canais_app.agenda.models import Appointment, AppointmentStatus
    from canais_app.kit import db
    from canais_app.outbox.messages import BOOKED
    from canais_app.outbox.models import OutboxMessage

    def read(session: Session) -> tuple[dict[int, str], list[OutboxMessage]]:
        asked = select(Appointment).where(col(Appointment.status) == AppointmentStatus.CONFIRMED)
        rows = {row.id or 0: row.code for row in session.exec(asked)}
        return rows, list(session.exec(select(OutboxMessage)).all())

    confirmed, letters = db.read_sync(read)
    # A long run may send reminders, which are in the same thread.
    of = Counter(letter.thread for letter in letters if letter.kind == BOOKED)
    arrived = Counter(str(message["Message-ID"]) for message in mail.taken)
    known = {letter.message_id for letter in letters}
    sent = {letter.message_id for letter in letters if letter.status == "sent"}
    return CrashReport(
        kills=kills,
        confirmed=len(confirmed),
        sent=len(sent),
        lost_bookings=len(set(answered) - set(confirmed.values())),
        without_messages=sum(of[f"appointment:{key}"] != 3 for key in confirmed),
        unsent=len(known - sent),
        lost_messages=len(sent - set(arrived)),
        too_often=max(0, sum(arrived.values()) - len(arrived) - kills),
        foreign=len(set(arrived) - known),
    )


if __name__ == "__main__":
    main()

"""Claim: while a gabinete publishes the heaviest rules, bookings elsewhere take their usual time.

The heaviest rules that the editor accepts: 120 windows of five-minute times and 120 special days.
Each press publishes another room, so that everybody booked is told. It goes through the editor's
own page, in the server's process, with `PAUSE` between two presses.
`python -m bench.publishing sqlite` prints the figures as JSON.
"""

import asyncio
import json
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from itertools import count
from pathlib import Path

from sqlmodel import Session

from bench.claim import Claim, sized
from bench.locks import Bookings
from bench.page_socket import PageSocket
from bench.race import serve_in_process

ROOT = Path(__file__).parents[1]
DATABASES = ("sqlite", "postgresql")
TIMES_USUAL = 2.0
PAUSE = 2.0  # seconds that somebody reads what a press answered
ASKED = sized(150, 20)  # bookings without and with the presses
BOOKED = sized(40, 5)  # appointments of the agenda that is published
PATIENCE = 60
PUBLISH = (  # the event of the editor's button
    "reflex___state____state.canais_app___agenda___rules_editor___state____rules_page_state.publish"
)
WINDOWS_A_DAY, SPECIAL_DAYS = 17, 120


@dataclass
class Published:
    """Milliseconds (p95) of a booking elsewhere, usually and meanwhile; the presses."""

    usual: float
    meanwhile: float
    presses: int
    longest_press: float


def claims() -> Iterable[Claim]:
    """Measure on each database, each in a process of its own."""
    for database in DATABASES:
        command = [sys.executable, "-m", "bench.publishing", database]
        done = subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE)
        seen = Published(**json.loads(done.stdout.splitlines()[-1]))
        yield Claim(
            f"publicar as regras mais pesadas (120 janelas, {BOOKED} marcados) a cada "
            f"{PAUSE:.0f} s: marcar em outra agenda, {database}",
            f"p95 {seen.meanwhile:.0f} ms, em geral {seen.usual:.0f} ms "
            f"({seen.meanwhile / seen.usual:.1f}×; {seen.presses} publicações, "
            f"a mais lenta {seen.longest_press:.1f} s)",
            f"≤ {TIMES_USUAL:.0f}×",
            seen.meanwhile <= TIMES_USUAL * seen.usual and seen.presses > 0,
        )


def measure(database: str) -> Published:
    """Book one after another, first alone, then while a gabinete publishes."""
    with serve_in_process(database, workers=1) as (url, _):
        elsewhere = Bookings(url, "outra")
        for _ in range(10):
            elsewhere.seconds()  # both the process and the agenda are warm
        usual = [elsewhere.seconds() for _ in range(ASKED)]
        gabinete = Gabinete(url)
        publisher = threading.Thread(target=gabinete.work)
        publisher.start()
        gabinete.began.wait(PATIENCE)
        meanwhile: list[float] = []
        while publisher.is_alive() and (len(meanwhile) < ASKED or not gabinete.presses):
            meanwhile.append(elsewhere.seconds())
        gabinete.stops.set()
        publisher.join()
        if gabinete.failure:
            raise gabinete.failure
    return Published(
        _p95(usual) * 1000, _p95(meanwhile) * 1000, len(gabinete.presses), max(gabinete.presses)
    )


def _p95(spent: list[float]) -> float:
    return statistics.quantiles(spent, n=20)[18]


class Gabinete:
    """Somebody who presses "Publicar" again and again in the editor of one agenda."""

    def __init__(self, url: str) -> None:
        from canais_app import wiring

        wiring.connect_hooks()
        self.url, self.began, self.stops = url, threading.Event(), threading.Event()
        self.presses: list[float] = []
        self.failure: Exception | None = None
        self.cookie, self.form = _prepare()

    def work(self) -> None:
        """Publish until it is told to stop."""
        try:
            asyncio.run(self._work())
        except Exception as wrong:  # noqa: BLE001 (raised again by who waits)
            self.failure = wrong
        self.began.set()

    async def _work(self) -> None:
        from canais_app import routes

        headers = {"Cookie": self.cookie, "Origin": self.url}
        page = await PageSocket.open(self.url, routes.CHAMBERS_RULES, {}, headers)
        await _until(page, '"form_key_rx_state_"')
        for number in count(1):
            if self.stops.is_set():
                break
            form = self.form | {"place": f"Fórum, sala {number}"}
            sent = {"name": PUBLISH, "payload": {"form": form}, "router_data": {}}
            self.began.set()
            started = time.perf_counter()
            await page.send("42/_event," + json.dumps(["event", sent]))
            await _until(page, "Publicada \\u00e0s", "Publicada às")
            self.presses.append(time.perf_counter() - started)
            await asyncio.to_thread(self.stops.wait, PAUSE)
        await page.close()


async def _until(page: PageSocket, *marks: str) -> None:
    async def hear() -> None:
        while True:
            said = await page.frame()
            if any(mark in said for mark in marks):
                return
            if "Falta corrigir" in said:
                raise AssertionError(said)

    await asyncio.wait_for(hear(), PATIENCE)


def _prepare() -> tuple[str, dict[str, str]]:
    """Store a gabinete with its agenda, those booked and a session; return cookie and form."""
    from canais_app.accounts import cookies, sessions
    from canais_app.accounts.models import Staff
    from canais_app.agenda import queries
    from canais_app.agenda.booking import booking
    from canais_app.agenda.rules import editor
    from canais_app.kit import clock, db
    from tests.factories import accounts
    from tests.factories import agenda as factory
    from tests.people import CHAMBERS_A

    now = clock.now()

    def stored(session: Session) -> tuple[str, dict[str, str]]:
        actor = accounts.make_actor(session, CHAMBERS_A, now=now)
        unit = accounts.make_unit(session, "a", now=now)
        agenda = factory.make_agenda(session, unit_id=unit.id, capacity=50)
        first = clock.to_local_day(now) + timedelta(days=1)
        days = [first + timedelta(days=number) for number in range(14)]
        starts = queries.list_open_slots(session, agenda.slug, days[0], days[-1], now=now)
        for number in range(BOOKED):
            request = factory.make_booking_request(
                datetime.fromisoformat(starts[number].start),
                modality="presencial",
                oab_number=str(number + 1),
                email=f"oab{number}@exemplo.invalid",
            )
            booking.book(session, agenda.slug, request, now=now)
        context = queries.load_by_id(session, agenda.id or 0, now=now)
        form = editor.form_in_force(session, context, now=now) | _heavy_rows(first)
        opened = sessions.open_session(session, session.get_one(Staff, actor.staff_id), now=now)
        return f"{cookies.SESSION_COOKIE}={opened.token}", form

    return db.write_sync(stored)


def _heavy_rows(first: date) -> dict[str, str]:
    """Return the fields of 120 windows and 120 special days."""
    rows: dict[str, str] = {"slot_minutes": "5", "step_minutes": "5"}
    for number in range(7 * WINDOWS_A_DAY + 1):
        day, turn = divmod(number, WINDOWS_A_DAY) if number < 7 * WINDOWS_A_DAY else (0, 17)
        begins = 7 * 60 + turn * 50
        rows |= {
            f"windows-{number}-weekday": str(day),
            f"windows-{number}-starts": f"{begins // 60:02d}:{begins % 60:02d}",
            f"windows-{number}-ends": f"{(begins + 40) // 60:02d}:{(begins + 40) % 60:02d}",
        }
    for number in range(SPECIAL_DAYS):
        day = first + timedelta(days=30 + number)
        rows |= {
            f"own_days-{number}-day": day.isoformat(),
            f"own_days-{number}-starts": "08:00",
            f"own_days-{number}-ends": "18:00",
        }
    return rows


def main() -> None:
    """Measure on one database and print the figures."""
    print(json.dumps(asdict(measure(sys.argv[1]))))


if __name__ == "__main__":
    main()

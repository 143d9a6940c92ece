"""Senders killed at any moment: every message arrives, repeats keep their Message-ID."""

import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from datetime import datetime

import pytest
from sqlmodel import Session

from canais_app.kit import db
from canais_app.outbox import service
from tests.factories.outbox import make_message
from tests.mail_server import MailServer, free_port, serve_in_background

LETTERS, KILLS = 120, 12
# Each drainer lives eleven minutes later than the one before, so that dead claims are stale.
DRAIN = """
import asyncio, sys
from datetime import datetime, timedelta
from canais_app.outbox import delivery
from canais_app.outbox.transports import SmtpTransport
now = datetime.fromisoformat(sys.argv[2]) + timedelta(minutes=11 * int(sys.argv[3]))
print("ready", flush=True)
asyncio.run(delivery.send_due_messages(get_now=lambda: now, transport=SmtpTransport(sys.argv[1])))
"""


def drainer(server: MailServer, now: datetime, turn: int) -> subprocess.Popen[bytes]:
    """Start a drainer in a process of its own and wait until it is about to begin."""
    words = [sys.executable, "-c", DRAIN, server.url, now.isoformat(), str(turn)]
    started = subprocess.Popen(words, stdout=subprocess.PIPE, env=dict(os.environ))
    assert started.stdout is not None
    assert started.stdout.readline() == b"ready\n"
    return started


@pytest.mark.slow
def test_kill_9_at_random_moments_loses_no_message(database: None, now: datetime) -> None:
    def write(session: Session) -> None:
        for number in range(LETTERS):
            service.enqueue(session, make_message(number), now=now)

    db.write_sync(write)
    moments = random.Random(7)
    with serve_in_background(MailServer(free_port(), slow=0.002)) as server:
        for turn in range(KILLS):
            running = drainer(server, now, turn)
            time.sleep(moments.uniform(0.0, 0.25))  # the moment of the crash is the test
            running.send_signal(signal.SIGKILL)
            running.communicate()
        drainer(server, now, KILLS).communicate(timeout=60)
        arrived = Counter(str(mail["Message-ID"]) for mail in server.taken)
    assert len(arrived) == LETTERS
    assert sum(arrived.values()) - LETTERS <= KILLS  # at most the one in hand, each time
    assert db.read_sync(service.count_messages, now=now).sent == LETTERS

"""The counts equal the complaints after any sequence of operations, rollbacks and kills."""

import json
import random
import signal
import subprocess
import sys
import time
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import text, update
from sqlmodel import Session, col, func, select
from typer.testing import CliRunner

from canais_app.commands import rollups as command
from canais_app.complaints import rollups
from canais_app.complaints.models import Complaint, ComplaintHour, PeopleHour, StateHour
from canais_app.kit import db
from tests.factories import figures as factory

OPERATIONS = 10_000
KINDS = {"telefone": ("nao_atende", "nao_completa"), "whatsapp": ("sem_resposta", "outro")}


def _differences(session: Session) -> dict[str, int]:
    return {check.table: check.different for check in rollups.verify(session)}


def _do_something(
    session: Session, rng: random.Random, units: list[int], number: int, now: datetime
) -> None:
    moment = now - timedelta(minutes=rng.randrange(60 * 24 * 20))
    unit, channel = rng.choice(units), rng.choice(list(KINDS))
    match rng.randrange(10):
        case 0 | 1 | 2 | 3 | 4:
            complaint = Complaint(
                protocol=f"2026-{number:08d}",
                secret_hash="",
                unit_id=unit,
                channel=channel,
                kind=rng.choice(KINDS[channel]),
                occurred_at=moment - timedelta(hours=rng.randrange(48)),
                created_at=moment,
                due_at=moment + timedelta(days=30),
            )
            session.add(complaint)
            session.flush()
            rollups.count_complaint(session, complaint)
        case 5 | 6 | 7:
            mark = str(rng.randrange(50)) if rng.random() < 0.8 else ""
            rollups.count_person(session, unit_id=unit, channel=channel, mark=mark, now=moment)
        case _:
            newest = select(Complaint).order_by(col(Complaint.id).desc()).limit(rng.randint(1, 20))
            for complaint in session.exec(newest):
                rollups.count_answer(
                    session, complaint, now=moment + timedelta(days=rng.randrange(40))
                )
                session.add(complaint)


@pytest.mark.usefixtures("any_database")
def test_ten_thousand_random_operations_leave_the_counts_equal(now: datetime) -> None:
    rng, done = random.Random(15), 0
    with Session(db.get_engine()) as session:
        place = factory.make_comarca(session)
        units = [factory.make_unit(session, f"Vara {n}", place, now=now).id or 0 for n in range(5)]
        session.commit()
        while done < OPERATIONS:
            for _ in range(rng.randint(1, 400)):
                done += 1
                _do_something(session, rng, units, done, now)
            if rng.random() < 0.2:
                session.rollback()
            else:
                session.commit()
        assert set(_differences(session).values()) == {0}
        assert session.scalar(select(func.sum(ComplaintHour.count)))
        before = session.exec(select(func.sum(PeopleHour.people))).one()
        rollups.rebuild(session)
        assert set(_differences(session).values()) == {0}
        assert session.exec(select(func.sum(PeopleHour.people))).one() == before


def test_a_wrong_count_is_found_named_and_repaired(
    session: Session, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    unit = factory.make_unit(session, "Vara", factory.make_comarca(session), now=now).id or 0
    factory.make_complaint(session, now, unit)
    session.execute(update(ComplaintHour).values(count=3))
    session.execute(text("DELETE FROM state_hour"))
    session.commit()
    found = CliRunner().invoke(command.app, ["verify", "--json"])
    said = json.loads(found.stdout)
    assert found.exit_code == 1
    assert said["ok"] is False
    hours = next(table for table in said["tables"] if table["table"] == "complaint_hour")
    assert hours["different"] == 1
    assert (hours["differences"][0]["stored"], hours["differences"][0]["counted"]) == (3, 1)
    assert hours["differences"][0]["key"]["unit_id"] == unit
    monkeypatch.setattr("sys.argv", ["canais"])
    assert CliRunner().invoke(command.app, ["rebuild"]).exit_code == 0
    assert CliRunner().invoke(command.app, ["verify"]).exit_code == 0
    assert session.exec(select(func.sum(StateHour.count))).one() == 1


_FILER = """
import sys
from canais_app import wiring
import canais_app.models
from canais_app.complaints.schemas import Report
from canais_app.complaints.service import file_complaint
from canais_app.kit import clock, db
wiring.connect_hooks()
number = 0
while True:
    number += 1
    report = Report(unit="vara", kind="contato_errado")
    db.write_sync(file_complaint, report, now=clock.now(), reporter=str(number % 7))
    print(number, flush=True)
"""


def test_a_process_killed_while_filing_leaves_the_counts_equal(
    database: Path, now: datetime
) -> None:
    with Session(db.get_engine()) as session:
        factory.make_unit(session, "Vara", factory.make_comarca(session), now=now)
        session.commit()
    rng, filed = random.Random(4), 0
    for _ in range(3):
        with subprocess.Popen(
            [sys.executable, "-c", _FILER], stdout=subprocess.PIPE, text=True, cwd=Path.cwd()
        ) as process:
            assert process.stdout is not None
            assert process.stdout.readline().strip() == "1"
            time.sleep(rng.random())  # a random moment of the loop
            process.send_signal(signal.SIGKILL)
            filed += 1 + len(process.stdout.read().split())
    with Session(db.get_engine()) as session:
        stored = session.exec(select(func.count()).select_from(Complaint)).one()
        assert stored >= filed
        assert set(_differences(session).values()) == {0}
    assert database.exists()

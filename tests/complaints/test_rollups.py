"""The counts equal the complaints after any sequence of operations, rollbacks and kills."""

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import text, update
from sqlmodel import Session, col, func, select
from typer.testing import CliRunner

from canais_app.accounts.roles import Role
from canais_app.commands import rollups as command
from canais_app.complaints import rollups
from canais_app.complaints.models import Complaint, ComplaintHour, PeopleHour, StateHour
from canais_app.kit import db
from tests.factories import figures as factory
from tests.factories.complaints import make_court, make_staff

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


def _random_desk(seed: int, count: int) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "tests.complaints.random_desk", str(seed), str(count)],
        stdout=subprocess.PIPE,
        text=True,
        cwd=Path.cwd(),
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
    )


def _use_and_kill(rng: random.Random, operations: int) -> Counter[str]:
    """Let two processes use the services until so many operations are done, killing them.

    Returns how often each operation was done without a refusal.
    """
    done: Counter[str] = Counter()
    total, seed = 0, 0
    while total < operations:
        desks = [_random_desk(seed + n, operations) for n in range(2)]
        seed += len(desks)
        lines = [
            desk.stdout.readline()
            for desk in desks
            if desk.stdout
            for _ in range(rng.randint(20, 150))
        ]
        time.sleep(rng.random() / 20)  # a random moment of an operation
        for desk in desks:
            desk.send_signal(signal.SIGKILL)
            said, _ = desk.communicate()
            lines += said.splitlines()
            assert desk.returncode in (-signal.SIGKILL, 0)
        total += len(lines)
        done.update(name for name, *refused in map(str.split, lines) if not refused)
    return done


@pytest.mark.parametrize("operations", [int(os.environ.get("CANAIS_TEST_OPERATIONS", "250"))])
def test_counts_equal_the_complaints_after_random_use_and_kills(
    any_database: str, operations: int
) -> None:
    assert any_database
    with Session(db.get_engine()) as session:
        court = make_court(session)
        for role, unit in (
            (Role.CORREGEDORIA, None),
            (Role.ADMIN, None),
            (Role.MANAGER, court.unit),
        ):
            make_staff(session, role, unit)
        session.commit()
    done = _use_and_kill(random.Random(4), operations)
    with Session(db.get_engine()) as session:
        checks = rollups.verify(session)
        assert [check.table for check in checks if check.different] == []
        assert session.exec(select(func.count()).select_from(Complaint)).one() >= done["file"]
        for name in ("file", "me_too", "answer", "answer_and_undo", "move", "merge", "reopen"):
            assert done[name], done

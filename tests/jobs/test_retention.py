"""Personal data is removed when its retention time is over, and no sooner."""

import asyncio
from datetime import datetime, timedelta

import pytest
from sqlmodel import Session, select

from canais_app.accounts.models import AuditEntry
from canais_app.agenda.models import Agenda, Appointment
from canais_app.complaints.models import Complaint, ComplaintEvent
from canais_app.directory.models import Unit
from canais_app.jobs import retention, worker
from canais_app.kit import clock, db


def _unit(session: Session, now: datetime) -> Unit:
    unit = Unit(code="u", slug="u", name="U", kind="vara", degree=1, updated_at=now)
    session.add(unit)
    session.flush()
    return unit


def _appointment(session: Session, now: datetime, ended: datetime) -> Appointment:
    unit = _unit(session, now)
    agenda = Agenda(slug="a", title="A", unit_id=unit.id or 0, updated_at=now)
    session.add(agenda)
    session.flush()
    start = ended - timedelta(minutes=20)
    row = Appointment(
        agenda_id=agenda.id or 0, status="attended", starts_at=start, ends_at=ended,
        busy_from=start, busy_until=ended, token_hash="t", name="Pessoa", oab="MT000001",
        email="p@exemplo.invalid", phone="+556530000000", subject="Assunto", created_at=start,
    )  # fmt: skip
    session.add(row)
    session.flush()
    return row


def _complaint(session: Session, now: datetime, status: str, moved: datetime) -> Complaint:
    unit = _unit(session, now)
    row = Complaint(
        protocol="2026-000001", secret_hash="s", unit_id=unit.id or 0, channel="telefone",
        kind="nao_atende", status=status, occurred_at=moved, created_at=moved, due_at=moved,
        name="Pessoa", email="p@exemplo.invalid",
    )  # fmt: skip
    session.add(row)
    session.flush()
    event = ComplaintEvent(complaint_id=row.id or 0, at=moved, who="x", to_status=status)
    session.add(event)
    session.flush()
    return row


@pytest.mark.parametrize(("days", "anonymised"), [(181, True), (179, False)])
def test_a_lawyer_is_anonymised_after_180_days(
    session: Session, now: datetime, days: int, *, anonymised: bool
) -> None:
    row = _appointment(session, now, now - timedelta(days=days))
    assert retention.anonymise_appointments(session, now=now) == int(anonymised)
    session.refresh(row)
    assert (row.name == "") is anonymised
    assert (row.email, row.oab, row.phone, row.subject).count("") == (4 if anonymised else 0)
    assert retention.anonymise_appointments(session, now=now) == 0


@pytest.mark.parametrize(
    ("status", "days", "anonymised"),
    [("resolvida", 181, True), ("resolvida", 179, False), ("em_analise", 400, False)],
)
def test_a_reporter_is_anonymised_180_days_after_the_end(
    session: Session, now: datetime, status: str, days: int, *, anonymised: bool
) -> None:
    row = _complaint(session, now, status, now - timedelta(days=days))
    assert retention.anonymise_complaints(session, now=now) == int(anonymised)
    session.refresh(row)
    assert (row.email == "") is anonymised


def test_retention_is_written_to_the_audit_log(session: Session, now: datetime) -> None:
    _appointment(session, now, now - timedelta(days=200))
    assert retention.run_retention(session, now=now).appointments == 1
    assert session.exec(select(AuditEntry.action)).all() == ["anonimizar"]


def test_a_preview_says_what_would_be_done_and_keeps_all(session: Session, now: datetime) -> None:
    row = _appointment(session, now, now - timedelta(days=200))
    session.commit()
    for _ in range(2):
        assert retention.preview_retention(now=now).appointments == 1
    session.refresh(row)
    assert (row.name, row.anonymised_at) == ("Pessoa", None)
    assert session.exec(select(AuditEntry)).all() == []


def test_the_daily_job_runs_once_a_day_and_not_before_three(database: object) -> None:
    at = datetime(2026, 11, 24, 2, 0).astimezone()
    moments = [at.replace(hour=h, tzinfo=clock.TZ) for h in (2, 3, 4)]
    job = worker.DailyJob(now=lambda: moments.pop(0))

    async def run_three_times() -> list[bool]:
        return [await job.work() is not None for _ in range(3)]

    assert asyncio.run(run_three_times()) == [False, True, False]
    with Session(db.get_engine()) as session:
        assert session.exec(select(AuditEntry)).all() == []


def test_a_failing_job_runs_again() -> None:
    runs = 0

    async def work() -> None:
        nonlocal runs
        runs += 1
        if runs == 3:
            raise asyncio.CancelledError
        raise ValueError

    with pytest.raises(asyncio.CancelledError):
        asyncio.run(worker.run_forever(worker.Job("x", 0, work)))
    assert runs == 3

"""After the retention nobody's name, phone or CPF is found in the database, by any grep."""

import asyncio
import subprocess
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import update
from sqlmodel import Session, col, select

from canais_app.accounts.roles import Role
from canais_app.complaints import erasure, queries, reporter
from canais_app.complaints.lifecycle import ComplaintStatus
from canais_app.complaints.models import ComplaintEvent
from canais_app.complaints.service import file_complaint, reporter_fingerprint
from canais_app.complaints.triage import duplicates, unit_inbox
from canais_app.complaints.triage import service as triage
from canais_app.jobs import worker
from canais_app.kit import db
from canais_app.outbox.models import OutboxMessage
from canais_app.outbox.queue import SENT
from canais_app.settings import settings
from tests import servers
from tests.factories.complaints import make_court, make_report, make_staff

NAME, CPF, PHONE = "Zulmira Trancoso", "123.456.789-09", "(65) 98877-4321"
EMAIL, ADDRESS = "zulmira@exemplo.invalid", "203.0.113.77"
TEXT = f"Sou {NAME}, CPF {CPF}, fone {PHONE}."
PIECES = (NAME, "zulmira", "trancoso", CPF, "12345678909", "123.456", PHONE, "98877", ADDRESS)


def _live(session: Session, now: datetime) -> None:
    """Take an identified complaint with a duplicate through everything that may happen to it."""
    court = make_court(session)
    staff = make_staff(session, Role.CORREGEDORIA)
    manager = make_staff(session, Role.MANAGER, court.unit)
    mark = reporter_fingerprint(ADDRESS, now=now)
    given, other = (
        file_complaint(
            session,
            make_report(court, text=TEXT, name=NAME, email=EMAIL, idempotency_key=key),
            now=now,
            reporter=mark,
        )
        for key in ("a", "b")
    )
    keys = given.protocol, given.secret
    duplicates.mark_duplicate(session, staff, other.protocol, given.protocol, "", now=now)
    triage.open_identity(session, staff, given.protocol, "Preciso responder.", now=now)
    triage.ask_reporter(session, staff, given.protocol, "Qual o horário?", now=now)
    reporter.add_reporter_message(session, *keys, f"Às 14h; ligue para {PHONE}.", now=now)
    triage.forward_complaint(session, staff, given.protocol, "Verifiquem o link.", now=now)
    unit_inbox.answer_to_corregedoria(
        session, given.protocol, (), "Trocado.", 0, actor=manager, now=now
    )
    words = f"Senhora Zulmira, ligamos para {PHONE}: o link foi trocado."
    triage.write_staff_message(session, staff, given.protocol, words, public=False, now=now)
    triage.answer_complaint(session, staff, given.protocol, words, now=now)
    reporter.reopen_complaint(session, *keys, f"{NAME} aqui: continua, {CPF}.", now=now)
    triage.answer_complaint(session, staff, given.protocol, "Trocado de novo.", now=now)
    for protocol in (given.protocol, other.protocol):
        row = queries.load_by_protocol(session, protocol)
        row.status, row.closed_at = ComplaintStatus.SOLVED, now
    session.execute(update(OutboxMessage).values(status=SENT))


def _stored(kind: str) -> str:
    """Return all that the database holds: its files, or a dump of PostgreSQL."""
    if kind == "sqlite":
        path = Path(settings().database_url.removeprefix("sqlite:///"))
        files = path.parent.glob(f"{path.name}*")
        return "".join(file.read_bytes().decode("utf-8", "replace") for file in files)
    programs = servers.postgres_bin()
    assert programs is not None
    url = settings().database_url.replace("postgresql+psycopg://", "postgresql://")
    done = subprocess.run([programs / "pg_dump", url], check=True, capture_output=True)
    return done.stdout.decode()


def test_nothing_of_a_person_is_left_after_the_retention(any_database: str, now: datetime) -> None:
    db.write_sync(_live, now)
    db.truncate_wal()
    before = _stored(any_database).lower()
    for piece in (NAME, CPF, PHONE):
        assert piece.lower() in before
    later = now + timedelta(days=settings().complaint_retention_days + 1)
    assert asyncio.run(worker.DailyJob(now=lambda: later).work()) is not None
    left = _stored(any_database).lower()
    assert [piece for piece in PIECES if piece.lower() in left] == []
    assert "[removido: " in left
    assert "senhora [nome], ligamos para [telefone]: o link foi trocado." in left


def test_a_name_is_masked_however_staff_wrote_it(session: Session, now: datetime) -> None:
    court = make_court(session)
    staff = make_staff(session, Role.CORREGEDORIA)
    report = make_report(court, name="José dos Santos-Ávila", email=EMAIL)
    given = file_complaint(session, report, now=now)
    words = "O sr. Jose (JOSÉ AVILA) ligou para um dos canais; Josefa, de Santos, não."
    triage.write_staff_message(session, staff, given.protocol, words, public=False, now=now)
    row = queries.load_by_protocol(session, given.protocol)
    erasure.mask_staff_words(session, [row])
    texts = session.exec(select(ComplaintEvent.text).where(col(ComplaintEvent.text) != "")).all()
    assert texts == [
        "O sr. [nome] ([nome] [nome]) ligou para um dos canais; Josefa, de [nome], não."
    ]


def test_a_text_that_was_withdrawn_is_gone_the_next_night(any_database: str, now: datetime) -> None:
    court = db.write_sync(make_court)
    given = db.write_sync(file_complaint, make_report(court, text=TEXT), now=now)
    db.truncate_wal()
    assert CPF in _stored(any_database)
    db.write_sync(reporter.withdraw_text, given.protocol, given.secret, now=now)
    tomorrow = now + timedelta(days=1)
    assert asyncio.run(worker.DailyJob(now=lambda: tomorrow).work()) is not None
    left = _stored(any_database).lower()
    assert [piece for piece in PIECES if piece.lower() in left] == []

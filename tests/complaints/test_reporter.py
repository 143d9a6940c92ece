"""What a reporter does with a report: write, rate, reopen, withdraw; what closes by itself."""

import asyncio
import os
import time
from datetime import datetime, timedelta
from io import BytesIO
from pathlib import Path

import pytest
from PIL import Image
from sqlalchemy import update
from sqlmodel import Session, col, select

from canais_app.accounts.models import AuditEntry
from canais_app.accounts.roles import PUBLIC, Actor, Role
from canais_app.complaints import attachments, queries, reporter
from canais_app.complaints.lifecycle import ComplaintStatus
from canais_app.complaints.models import Attachment, Complaint, ComplaintEvent, PersonReport
from canais_app.complaints.schemas import RatingForm
from canais_app.complaints.service import (
    FiledComplaint,
    count_me_too,
    file_complaint,
    forget_marks,
    reporter_fingerprint,
)
from canais_app.complaints.triage import service as triage
from canais_app.jobs import worker
from canais_app.kit import clock, db
from canais_app.kit.errors import AuthenticationRequiredError, ConflictError, NotFoundError
from canais_app.outbox.models import OutboxMessage
from canais_app.outbox.queue import SENT
from canais_app.settings import settings
from tests.factories.complaints import (
    ComplaintsCourt,
    file_report,
    make_court,
    make_report,
    make_staff,
)
from tests.factories.outbox import payload_of
from tests.rivals import run_concurrently

Keys = tuple[str, str]


@pytest.fixture
def court(session: Session) -> ComplaintsCourt:
    return make_court(session)


@pytest.fixture
def inspector(session: Session) -> Actor:
    return make_staff(session, Role.CORREGEDORIA)


def keys_of(given: FiledComplaint) -> Keys:
    return given.protocol, given.secret


def answer(session: Session, inspector: Actor, given: FiledComplaint, now: datetime) -> None:
    for to, why in ((ComplaintStatus.IN_REVIEW, ""), (ComplaintStatus.ANSWERED, "Trocamos o link")):
        triage.move_complaint(session, inspector, given.protocol, to, why, now=now)


def load(session: Session, given: FiledComplaint) -> Complaint:
    return queries.load_by_protocol(session, given.protocol)


def photo(colour: str = "red") -> attachments.Photo:
    out = BytesIO()
    Image.new("RGB", (40, 30), colour).save(out, "PNG")
    return attachments.prepare_photo(out.getvalue())


def files() -> list[Path]:
    return sorted((settings().var_dir / "anexos").glob("*"))


def test_a_message_is_unread_and_starts_the_clock_again(
    session: Session, court: ComplaintsCourt, now: datetime
) -> None:
    given = file_report(session, court, now)
    row = load(session, given)
    row.waiting_since = now
    later = now + timedelta(days=7)
    reporter.add_reporter_message(session, *keys_of(given), "Foi pelo celular", now=later)
    assert row.is_unread
    assert row.waiting_since is None
    moved = clock.to_local_day(row.due_at) - clock.to_local_day(given.due_at)
    assert moved >= timedelta(days=7)
    event = session.exec(select(ComplaintEvent).order_by(col(ComplaintEvent.id).desc())).first()
    assert event is not None
    assert event.author == "reporter"


def test_messages_of_one_report_are_limited(
    session: Session, court: ComplaintsCourt, now: datetime
) -> None:
    keys = keys_of(file_report(session, court, now))
    for number in range(reporter.MAX_MESSAGES):
        reporter.add_reporter_message(session, *keys, f"{number}", now=now)
    with pytest.raises(ConflictError):
        reporter.add_reporter_message(session, *keys, "mais uma", now=now)


def test_one_tap_rates_an_answer_and_yes_closes_it(
    session: Session, court: ComplaintsCourt, inspector: Actor, now: datetime
) -> None:
    given = file_report(session, court, now)
    with pytest.raises(ConflictError):
        reporter.rate_answer(session, *keys_of(given), RatingForm(is_useful=True), now=now)
    answer(session, inspector, given, now)
    reporter.rate_answer(session, *keys_of(given), RatingForm(is_useful=True), now=now)
    row = load(session, given)
    assert (row.status, row.is_useful, row.is_resolved) == ("respondida", True, None)
    reporter.rate_answer(session, *keys_of(given), RatingForm(is_resolved=True), now=now)
    assert (row.status, row.is_useful, row.is_resolved) == ("resolvida", True, True)
    assert row.rated_at == now


def test_a_failure_that_goes_on_is_reopened(
    session: Session, court: ComplaintsCourt, inspector: Actor, now: datetime
) -> None:
    given = file_report(session, court, now)
    answer(session, inspector, given, now)
    reporter.rate_answer(session, *keys_of(given), RatingForm(is_resolved=False), now=now)
    row = load(session, given)
    assert row.status == "respondida"
    reporter.reopen_complaint(session, *keys_of(given), "Continua caindo", now=now)
    assert (row.status, row.is_resolved, row.is_unread) == ("em_analise", False, True)


def test_an_answer_without_a_word_of_the_reporter_closes_after_ten_days(
    session: Session, court: ComplaintsCourt, inspector: Actor, now: datetime
) -> None:
    silent, wrote = (file_report(session, court, now) for _ in range(2))
    for given in (silent, wrote):
        answer(session, inspector, given, now)
    reporter.add_reporter_message(session, *keys_of(wrote), "Ainda não testei", now=now)
    assert reporter.close_unconfirmed(session, now=now + timedelta(days=9)) == 0
    later = now + timedelta(days=11)
    assert reporter.close_unconfirmed(session, now=later) == 1
    assert load(session, silent).status == "resolvida"
    assert load(session, silent).is_resolved is None
    assert load(session, wrote).status == "respondida"
    reporter.reopen_complaint(session, *keys_of(silent), "Voltou", now=later)


def test_the_letter_with_the_answer_asks_before_the_report_is_closed(
    session: Session, court: ComplaintsCourt, inspector: Actor, now: datetime
) -> None:
    given = file_report(session, court, now, email="pessoa@exemplo.invalid")
    answer(session, inspector, given, now)
    letters = session.exec(select(OutboxMessage).order_by(col(OutboxMessage.id))).all()
    texts = [payload_of(letter).text for letter in letters]
    assert ["Resolveu?" in text for text in texts] == [False, False, True]
    assert "em 10 dias, encerramos" in texts[-1]


def test_a_withdrawn_text_takes_messages_and_photo_along(
    session: Session, court: ComplaintsCourt, inspector: Actor, now: datetime
) -> None:
    report = make_report(court, text="Sou a Maria")
    given = file_complaint(session, report, now=now, photo=photo())
    reporter.add_reporter_message(session, *keys_of(given), "Meu número é outro", now=now)
    triage.write_staff_message(session, inspector, given.protocol, "Certo", public=True, now=now)
    session.commit()
    assert len(files()) == 1
    reporter.withdraw_text(session, *keys_of(given), now=now)
    session.commit()
    seen = queries.load_reporter_view(session, *keys_of(given), now=now)
    assert seen.text == "[removido: relato “Caiu no meio”, 11 letras]"
    assert [step.text for step in seen.steps] == [
        "",
        "[removido: mensagem, 18 letras]",
        "Certo",
        "",
    ]
    assert seen.steps[-1].title == "Texto retirado por quem relatou"
    assert (seen.photos, seen.may_withdraw, files()) == (0, False, [])
    with pytest.raises(ConflictError, match="já foi retirado"):
        reporter.withdraw_text(session, *keys_of(given), now=now)
    disguised = "[removido: mensagem, 1 letra] Sou a Maria"
    reporter.add_reporter_message(session, *keys_of(given), disguised, now=now)
    assert queries.load_reporter_view(session, *keys_of(given), now=now).may_withdraw
    reporter.withdraw_text(session, *keys_of(given), now=now)
    seen = queries.load_reporter_view(session, *keys_of(given), now=now)
    assert not any("Maria" in step.text for step in seen.steps)


def test_a_photo_is_for_triage_only_and_its_reading_is_audited(
    session: Session, court: ComplaintsCourt, inspector: Actor, now: datetime
) -> None:
    given = file_complaint(session, make_report(court), now=now, photo=photo())
    id_ = session.exec(select(Attachment.id)).one() or 0
    seen = queries.load_detail(session, inspector, given.protocol, now=now)
    assert seen.photo == f"/corregedoria/anexos/{id_}"
    assert attachments.read_photo(session, inspector, id_, now=now).startswith(b"\xff\xd8\xff")
    entry = session.exec(select(AuditEntry)).one()
    assert (entry.action, entry.entity_id) == ("abriu foto", given.protocol)
    with pytest.raises(AuthenticationRequiredError):
        attachments.read_photo(session, PUBLIC, id_, now=now)
    for file in files():
        file.unlink()
    with pytest.raises(NotFoundError):
        attachments.read_photo(session, inspector, id_, now=now)


def test_files_without_a_row_are_swept_after_an_hour(
    session: Session, court: ComplaintsCourt
) -> None:
    now = clock.now()
    file_complaint(session, make_report(court), now=now, photo=photo())
    stray = settings().var_dir / "anexos" / "sobra.jpg"
    stray.write_bytes(b"x")
    assert attachments.find_stray_files(session, now=now) == []
    past = time.time() - 7200
    for file in files():
        os.utime(file, (past, past))
    found = attachments.find_stray_files(session, now=now)
    assert found == [stray.name]
    attachments.delete_files(found)
    assert not stray.exists()
    assert len(files()) == 1
    files()[0].unlink()


def test_nothing_personal_is_left_in_the_database_file(database: Path, now: datetime) -> None:
    """Texts of all lengths, in pages that were split and overflowed meanwhile."""
    court = db.write_sync(make_court)
    person = ("Zulmira Trancoso", "123.456.789-09", "(65) 98877-4321", "zulmira@exemplo.invalid")
    said = f"Sou {person[0]}, CPF {person[1]}, fone {person[2]}. "

    def file_many(session: Session) -> list[Keys]:
        return [
            keys_of(
                file_report(
                    session,
                    court,
                    now,
                    text=(said * (1 + number % 30))[:2000],
                    name=person[0],
                    email="" if number % 3 else person[3],
                )
            )
            for number in range(150)
        ]

    def write_and_close(session: Session, keys: Keys) -> None:
        reporter.add_reporter_message(session, *keys, f"Ligue para {person[2]}", now=now)
        row = queries.load_by_protocol(session, keys[0])
        row.status, row.closed_at = ComplaintStatus.SOLVED, now

    for keys in db.write_sync(file_many):
        db.write_sync(write_and_close, keys)
    db.write_sync(lambda session: session.execute(update(OutboxMessage).values(status=SENT)))
    db.truncate_wal()
    assert person[1].encode() in database.read_bytes()
    later = now + timedelta(days=settings().complaint_retention_days + 1)
    done = asyncio.run(worker.DailyJob(now=lambda: later).work())
    assert done is not None
    assert done.complaints == 150
    stored = b"".join(path.read_bytes() for path in database.parent.glob("tests.db*"))
    for piece in person:
        assert piece.encode() not in stored
    for word in (b"zulmira", b"trancoso"):  # as the search index holds them
        assert word not in stored.lower()


def test_a_report_lives_and_is_erased_in_each_database(any_database: str, now: datetime) -> None:
    del any_database
    court = db.write_sync(make_court)
    mark = reporter_fingerprint("192.0.2.1", now=now)
    sent = make_report(court, text="CPF 123.456.789-09", idempotency_key="k")
    given = db.write_sync(file_complaint, sent, now=now, reporter=mark, photo=photo())
    assert db.write_sync(file_complaint, sent, now=now, reporter=mark) == given
    slug, channel = court.unit.slug, "balcao_virtual"
    assert not db.write_sync(count_me_too, slug, channel, now=now, reporter=mark)
    db.write_sync(reporter.add_reporter_message, *keys_of(given), "Mais uma vez", now=now)
    actor = db.write_sync(make_staff, Role.CORREGEDORIA)
    db.write_sync(triage.answer_complaint, actor, given.protocol, "Trocamos", now=now)
    later = now + timedelta(days=11)
    db.write_sync(lambda session: load(session, given).__setattr__("is_unread", False))
    assert db.write_sync(reporter.close_unconfirmed, now=later) == 1
    assert db.write_sync(forget_marks, now=later) == 1
    much_later = later + timedelta(days=settings().complaint_retention_days + 1)
    asyncio.run(worker.DailyJob(now=lambda: much_later).work())
    with db.read_transaction() as session:
        row = load(session, given)
        assert row.text.startswith("[removido: ")
        assert row.anonymised_at == much_later
        assert session.exec(select(Attachment)).all() == []
        assert session.exec(select(PersonReport.mark)).all() == [None]
    assert files() == []


def test_a_report_that_is_reopened_eight_times_at_once_is_reopened_once(
    any_database: str, now: datetime
) -> None:
    del any_database
    court = db.write_sync(make_court)
    given = db.write_sync(file_complaint, make_report(court), now=now)
    actor = db.write_sync(make_staff, Role.CORREGEDORIA)
    db.write_sync(triage.answer_complaint, actor, given.protocol, "Trocamos", now=now)

    def reopen() -> None:
        db.write_sync(reporter.reopen_complaint, *keys_of(given), "Continua", now=now)

    done, refused = run_concurrently([reopen] * 8)
    assert (len(done), len(refused)) == (1, 7)
    with db.read_transaction() as session:
        events = queries.load_events(session, load(session, given))
    assert [event.text for event in events].count("Continua") == 1

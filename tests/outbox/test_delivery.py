"""Delivery to a real SMTP server: no message lost, none sent twice."""

import asyncio
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlmodel import Session, select

from canais_app.kit import db
from canais_app.outbox import appointment_messages, delivery, messages, queue, retries, service
from canais_app.outbox.messages import Message
from canais_app.outbox.models import OutboxMessage
from canais_app.outbox.transports import SEND_SECONDS, FileTransport, SmtpTransport
from canais_app.settings import settings
from tests.factories.outbox import make_appointment_context, make_message
from tests.mail_server import MailServer, free_port, serve_in_background

pytestmark = pytest.mark.usefixtures("database")


@pytest.fixture
def server() -> Iterator[MailServer]:
    with serve_in_background(MailServer(free_port())) as opened:
        yield opened


def put(*letters: Message, now: datetime) -> None:
    def write(session: Session) -> None:
        service.enqueue(session, *letters, now=now)

    db.write_sync(write)


def drain(server: MailServer, at: datetime) -> int:
    return asyncio.run(
        delivery.send_due_messages(get_now=lambda: at, transport=SmtpTransport(server.url))
    )


def rows() -> list[OutboxMessage]:
    return db.read_sync(lambda session: list(session.exec(select(OutboxMessage)).all()))


def test_a_message_is_delivered_once(server: MailServer, now: datetime) -> None:
    put(make_message(), now=now)
    assert drain(server, now) == 1
    assert drain(server, now) == 0
    (mail,) = server.taken
    assert mail["Message-ID"] == "<complaint_answer.complaint-1.reporter.0@canais.invalid>"
    assert mail["Auto-Submitted"] == "auto-generated"
    body = mail.get_body(("plain",))
    assert body is not None
    assert "Olá, atenção; é só isto." in body.get_content()
    (row,) = rows()
    assert (row.status, row.sent_at is not None) == ("sent", True)


def test_a_message_of_a_failed_transaction_is_never_sent(server: MailServer, now: datetime) -> None:
    def write_and_fail(session: Session) -> None:
        service.enqueue(session, make_message(), now=now)
        raise RuntimeError

    with pytest.raises(RuntimeError):
        db.write_sync(write_and_fail)
    assert drain(server, now) == 0
    assert rows() == []


def test_a_temporary_refusal_is_retried_later(server: MailServer, now: datetime) -> None:
    server.refusals["pessoa@exemplo.invalid"] = ["451 try later"]
    put(make_message(), now=now)
    assert drain(server, now) == 0
    (row,) = rows()
    assert (row.status, row.attempts) == ("waiting", 1)
    assert drain(server, now + timedelta(seconds=59)) == 0
    assert drain(server, now + timedelta(seconds=60)) == 1
    assert len(server.taken) == 1


def test_a_message_fails_after_five_temporary_refusals(server: MailServer, now: datetime) -> None:
    server.refusals["pessoa@exemplo.invalid"] = ["451 try later"] * 5
    put(make_message(), now=now)
    for hours in range(5):
        assert drain(server, now + timedelta(hours=2 * hours)) == 0
    (row,) = rows()
    assert (row.status, row.attempts) == ("failed", 5)
    assert row.last_error.startswith("451")
    later = now + timedelta(days=1)
    assert drain(server, later) == 0
    db.write_sync(retries.retry_message, row.id, now=later)
    assert drain(server, later) == 1


def test_a_permanent_refusal_bounces_and_blocks_no_other_message(
    server: MailServer, now: datetime
) -> None:
    server.refusals["ninguem@exemplo.invalid"] = ["550 no such user"]
    put(make_message(1, "ninguem@exemplo.invalid"), make_message(2), now=now)
    assert drain(server, now) == 1
    assert {row.recipient: row.status for row in rows()} == {
        "ninguem@exemplo.invalid": "bounced",
        "pessoa@exemplo.invalid": "sent",
    }
    (told,) = db.read_sync(service.list_delivery_statuses, "complaint:1")
    assert told.words == "O servidor de e-mail do destino a recusou"


def test_an_unreachable_server_counts_no_attempt(now: datetime) -> None:
    server = MailServer(free_port())
    put(*(make_message(n) for n in range(20)), now=now)
    for minutes in range(10):
        assert drain(server, now + timedelta(minutes=minutes)) == 0
    assert {(row.status, row.attempts) for row in rows()} == {("waiting", 0)}
    with serve_in_background(server):
        assert drain(server, now + timedelta(minutes=10)) == 20
    assert len({mail["Message-ID"] for mail in server.taken}) == len(server.taken) == 20


def test_a_connection_lost_midway_counts_one_attempt_of_one_message(
    server: MailServer, now: datetime
) -> None:
    server.hang_up = 1
    put(*(make_message(n) for n in range(3)), now=now)
    assert drain(server, now) == 0
    assert sorted(row.attempts for row in rows()) == [0, 0, 1]
    assert drain(server, now + timedelta(minutes=1)) == 3


def test_two_senders_at_once_never_send_twice(server: MailServer, now: datetime) -> None:
    put(*(make_message(n) for n in range(40)), now=now)

    async def both() -> list[int]:
        ways = [SmtpTransport(server.url) for _ in range(4)]
        drains = (delivery.send_due_messages(get_now=lambda: now, transport=way) for way in ways)
        return await asyncio.gather(*drains)

    sent = asyncio.run(both())
    assert sum(sent) == 40
    assert sum(1 for part in sent if part) > 1, "the drainers did not run side by side"
    assert len({mail["Message-ID"] for mail in server.taken}) == len(server.taken) == 40


def test_a_dead_senders_message_is_sent_once_after_the_lease(
    server: MailServer, now: datetime
) -> None:
    put(make_message(), now=now)
    assert db.write_sync(queue.claim_next, now=now) is not None  # and dies
    late = (timedelta(), queue.LEASE, queue.LEASE + timedelta(seconds=1), 2 * queue.LEASE)
    assert [drain(server, now + one) for one in late] == [0, 0, 1, 0]
    assert len(server.taken) == 1


def test_a_send_times_out_long_before_its_lease_ends() -> None:
    assert 2 * timedelta(seconds=SEND_SECONDS) <= queue.LEASE


def test_an_expired_message_is_not_sent(server: MailServer, now: datetime) -> None:
    put(make_message(1, until=now + timedelta(hours=1)), make_message(2), now=now)
    assert drain(server, now + timedelta(hours=1)) == 1
    assert [mail["Message-ID"] for mail in server.taken] == [
        messages.make_message_id(make_message(2))
    ]
    assert {row.thread: row.status for row in rows()} == {
        "complaint:1": "withdrawn",
        "complaint:2": "sent",
    }


def test_an_update_under_a_lost_claim_changes_nothing(now: datetime) -> None:
    put(make_message(), now=now)
    first = db.write_sync(queue.claim_next, now=now)
    second = db.write_sync(queue.claim_next, now=now + queue.LEASE + timedelta(seconds=1))
    assert first is not None
    assert second is not None
    db.write_sync(queue.mark_refused, first, "550 late news", is_permanent=True, now=now)
    (row,) = rows()
    assert (row.status, row.claim) == ("waiting", second.claim)


def test_a_message_that_cannot_be_rendered_does_not_block_the_queue(
    server: MailServer, now: datetime
) -> None:
    put(make_message(1, "sem arroba\nBcc: outro@exemplo.invalid"), make_message(2), now=now)
    assert drain(server, now) == 1
    assert [mail["To"] for mail in server.taken] == ["pessoa@exemplo.invalid"]


def test_a_message_is_sent_only_when_due_and_can_be_withdrawn(
    server: MailServer, now: datetime
) -> None:
    words = make_appointment_context(now + timedelta(days=3))
    (reminder,) = appointment_messages.build_appointment_messages(
        messages.REMINDER,
        words,
        {"lawyer": "advogada@exemplo.invalid"},
        thread="appointment:1",
        uid=messages.generate_event_uid(),
        now=now,
        due_at=now + timedelta(days=2),
    )
    put(reminder, now=now)
    assert drain(server, now + timedelta(days=1)) == 0
    assert db.write_sync(service.withdraw, "appointment:1") == 1
    assert drain(server, now + timedelta(days=2)) == 0


def test_the_messages_of_an_appointment_are_one_thread(server: MailServer, now: datetime) -> None:
    uid = messages.generate_event_uid()
    kinds = (messages.BOOKED, messages.MOVED, messages.CANCELLED)
    for sequence, kind in enumerate(kinds):
        words = make_appointment_context(now + timedelta(days=sequence + 1), sequence=sequence)
        to: dict[messages.Party, str] = {
            "lawyer": "advogada@exemplo.invalid",
            "chambers": "gabinete@exemplo.invalid",
        }
        put(
            *appointment_messages.build_appointment_messages(
                kind, words, to, thread="appointment:7", uid=uid, now=now
            ),
            now=now,
        )
    assert drain(server, now) == 6
    mine = [mail for mail in server.taken if mail["To"] == "advogada@exemplo.invalid"]
    ids = [str(mail["Message-ID"]) for mail in mine]
    assert mine[0]["References"] is None
    assert [str(mail["In-Reply-To"]) for mail in mine[1:]] == ids[:2]
    assert str(mine[2]["References"]).split() == ids[:2]
    calendars = [part for part in mine[2].walk() if part.get_content_type() == "text/calendar"]
    assert calendars[0].get_param("method") == "CANCEL"
    assert "METHOD:CANCEL\r\n" in calendars[0].get_payload(decode=True).decode()  # type: ignore[union-attr]


def test_without_a_mail_server_messages_are_written_to_files(tmp_path: Path, now: datetime) -> None:
    put(make_message(), now=now)
    assert (
        asyncio.run(
            delivery.send_due_messages(get_now=lambda: now, transport=FileTransport(tmp_path))
        )
        == 1
    )
    (file,) = tmp_path.glob("*.eml")
    assert b"Auto-Submitted: auto-generated" in file.read_bytes()


def test_the_status_counts_waiting_messages_and_their_delay(now: datetime) -> None:
    put(make_message(1), make_message(2, due_at=now + timedelta(days=1)), now=now)
    seen = db.read_sync(service.count_messages, now=now + timedelta(seconds=90))
    assert (seen.waiting, seen.scheduled, seen.sent, seen.oldest_due_seconds) == (1, 1, 0, 90)


def test_a_sent_message_keeps_no_secret(server: MailServer, now: datetime) -> None:
    token = "k" * 43
    words = make_appointment_context(now, page_url=f"https://portal.invalid/agendamento/{token}")
    (booked,) = appointment_messages.build_appointment_messages(
        messages.BOOKED,
        words,
        {"lawyer": "advogada@exemplo.invalid"},
        thread="appointment:9",
        uid=messages.generate_event_uid(),
        now=now,
    )
    receipt = {
        "protocol": "2026-1",
        "secret": "K7QF-3M9T-XW2H",
        "unit": "Vara",
        "channel": "telefone",
        "kind": "Não atende",
        "due_at": now,
        "page_url": "https://p.invalid",
    }
    put(booked, make_message(2, kind=messages.COMPLAINT_RECEIPT, context=receipt), now=now)
    assert drain(server, now) == 2
    assert token in server.taken[0].as_string()
    for row in rows():
        assert row.text
        assert row.sealed == ""
        assert token not in row.text
        assert "K7QF-3M9T" not in row.text


def test_old_messages_are_anonymised_unless_they_wait(server: MailServer, now: datetime) -> None:
    put(make_message(1), make_message(2, due_at=now + timedelta(days=300)), now=now)
    assert drain(server, now) == 1
    assert db.write_sync(service.anonymise_messages, before=now + timedelta(days=180)) == 1
    assert sorted(row.recipient for row in rows()) == ["", "pessoa@exemplo.invalid"]


def test_sending_a_message_emits_the_topic_of_its_thread(
    server: MailServer, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(make_message(), now=now)
    heard: list[str] = []
    monkeypatch.setattr(
        db, "before_commit_hooks", [lambda s: heard.extend(s.info.get("topics", ()))]
    )
    assert drain(server, now) == 1
    assert {"outbox:all", "complaint:1"} <= set(heard)


def test_waiting_messages_are_encrypted_in_the_database(database: Path, now: datetime) -> None:
    token = "k" * 43
    context = {**make_message().context, "page_url": f"https://portal.invalid/agendamento/{token}"}
    put(make_message(context=context), now=now)
    db.get_engine().dispose()
    dump = b"".join(file.read_bytes() for file in database.parent.glob("tests.db*"))
    assert b"complaint_answer" in dump
    assert b"Novidade no seu relato" not in dump
    assert token.encode() not in dump


def test_a_message_under_another_key_is_shown_to_staff_and_blocks_no_other(
    server: MailServer, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(make_message(1), now=now)
    monkeypatch.setenv("CANAIS_SECRET_KEY", "outra-chave-ao-acaso-de-32-letras!")
    settings.cache_clear()
    put(make_message(2), now=now)
    assert drain(server, now) == 1
    monkeypatch.undo()
    settings.cache_clear()
    waits = next(row for row in rows() if row.status == "waiting")
    assert (waits.attempts, waits.last_error) == (1, "DecryptionError")


def test_of_what_is_due_links_go_first_and_lists_last(server: MailServer, now: datetime) -> None:
    """The list has waited longest; a link that somebody waits for overtakes it."""
    kinds = ("day_list", "appointment_reminder", "appointment_cancelled", "password_reset")
    rendered = {messages.RENDERED_KEY: {"subject": "x", "text": "x\n", "html": "<p>x</p>"}}
    for number, kind in enumerate(kinds):
        letter = make_message(number, kind=kind, context=rendered)
        put(letter, now=now - timedelta(minutes=len(kinds) - number))
    assert drain(server, now) == len(kinds)
    sent = [str(mail["Message-ID"])[1:].partition(".")[0] for mail in server.taken]
    assert sent == [*reversed(kinds)]


def test_a_confirmation_to_the_court_is_a_change() -> None:
    booked = make_message(kind="appointment_booked")
    assert messages.priority_of(booked) == messages.Priority.URGENT
    inside = make_message(kind="appointment_booked", party="chambers")
    assert messages.priority_of(inside) == messages.Priority.CHANGE


def test_many_messages_take_several_connections_and_each_is_sent_once(
    server: MailServer, now: datetime
) -> None:
    server.slow = 0.05
    put(*(make_message(number) for number in range(60)), now=now)
    assert drain(server, now) == 60
    assert server.connections == delivery.CONNECTIONS
    assert len({str(mail["Message-ID"]) for mail in server.taken}) == len(server.taken) == 60


def test_a_full_folder_is_no_refused_try(tmp_path: Path, now: datetime) -> None:
    """The file that is written aside is /dev/full: the kernel's own full disk."""
    put(make_message(), now=now)
    folder = FileTransport(tmp_path)
    (tmp_path / "complaint_answer.complaint-1.reporter.0_canais.invalid.eml.part").symlink_to(
        "/dev/full"
    )
    assert asyncio.run(delivery.send_due_messages(get_now=lambda: now, transport=folder)) == 0
    (row,) = rows()
    assert (row.status, row.attempts, row.claimed_at) == ("waiting", 0, None)
    assert "No space left" in row.last_error
    assert [*tmp_path.iterdir()] == []
    assert asyncio.run(delivery.send_due_messages(get_now=lambda: now, transport=folder)) == 1
    (written,) = tmp_path.iterdir()
    assert written.suffix == ".eml"

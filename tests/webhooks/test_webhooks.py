"""Webhooks: signed, retried, sent again; never to a private address."""

import asyncio
import hashlib
import hmac
import json
import threading
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from sqlmodel import Session, select

from canais_app.accounts.roles import OPERATOR, PUBLIC
from canais_app.kit import clock, db, public_address
from canais_app.kit.errors import (
    AuthenticationRequiredError,
    ConflictError,
    InvalidError,
    NotFoundError,
)
from canais_app.webhooks import service as webhooks
from canais_app.webhooks.models import WebhookDelivery

PAYLOAD = {"code": "2026-0001", "unit": "1ª vara"}


class _Receiver(ThreadingHTTPServer):
    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.status = 204
        self.headers: dict[str, str] = {}
        self.received: list[tuple[dict[str, str], bytes]] = []

    @property
    def url(self) -> str:
        return f"http://localhost:{self.server_port}/hook"


class _Handler(BaseHTTPRequestHandler):
    server: _Receiver  # pyright: ignore[reportIncompatibleVariableOverride]

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.received.append((dict(self.headers), body))
        self.send_response(self.server.status)
        for name, value in self.server.headers.items():
            self.send_header(name, value)
        self.end_headers()

    def log_message(self, *_args: object) -> None:
        """Say nothing."""


@pytest.fixture
def receiver(configure: Callable[..., None]) -> Iterator[_Receiver]:
    configure(WEBHOOKS_PRIVATE="on")
    with _Receiver() as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@pytest.fixture
def secret(receiver: _Receiver, any_database: str) -> str:
    assert any_database
    return db.write_sync(webhooks.add_webhook, OPERATOR, receiver.url, now=clock.now())


def _deliveries() -> list[WebhookDelivery]:
    return db.read_sync(lambda session: list(session.exec(select(WebhookDelivery).order_by("id"))))


def test_an_event_arrives_signed_with_the_time_of_sending(receiver: _Receiver, secret: str) -> None:
    db.write_sync(webhooks.enqueue, webhooks.OPENED, PAYLOAD, now=clock.now())
    assert asyncio.run(webhooks.deliver_due()) == 1
    ((headers, body),) = receiver.received
    assert json.loads(body) == PAYLOAD
    moment, signature = headers["Canais-Signature"].split(",")
    signed = hmac.new(secret.encode(), f"{moment[2:]}.".encode() + body, hashlib.sha256)
    assert signature == f"v1={signed.hexdigest()}"
    assert abs(int(moment[2:]) - clock.now().timestamp()) < 60
    assert headers["Canais-Event"] == "situation.opened"
    assert headers["Host"] == f"localhost:{receiver.server_port}"
    assert asyncio.run(webhooks.deliver_due()) == 0, "once"


def test_what_fails_is_retried_later_and_gives_up(receiver: _Receiver, secret: str) -> None:
    assert secret
    receiver.status = 500
    db.write_sync(webhooks.enqueue, webhooks.OPENED, PAYLOAD, now=clock.now())
    assert asyncio.run(webhooks.deliver_due()) == 0
    (row,) = _deliveries()
    assert (row.status, row.attempts, row.last_error) == ("waiting", 1, "resposta 500")
    assert timedelta(seconds=50) < row.due_at - clock.now() < timedelta(seconds=70)
    for _ in webhooks.BACKOFF:
        db.write_sync(_make_due)
        asyncio.run(webhooks.deliver_due())
    (row,) = _deliveries()
    assert (row.status, row.attempts) == ("failed", len(webhooks.BACKOFF) + 1)


def _make_due(session: Session) -> None:
    for row in session.exec(select(WebhookDelivery)):
        row.due_at = clock.now()
        session.add(row)


def test_an_answer_redirects_nowhere_and_is_not_read(receiver: _Receiver, secret: str) -> None:
    assert secret
    receiver.status = 307
    receiver.headers = {"Location": receiver.url, "Content-Length": "1000000000"}
    db.write_sync(webhooks.enqueue, webhooks.OPENED, PAYLOAD, now=clock.now())
    assert asyncio.run(webhooks.deliver_due()) == 0
    (row,) = _deliveries()
    assert (row.last_error, len(receiver.received)) == ("resposta 307", 1)


def test_a_broken_address_holds_up_no_other(receiver: _Receiver, secret: str) -> None:
    assert secret
    for broken in ("https://[", "http://localhost:99999/", "http://localhost\x7f/"):
        db.write_sync(webhooks.add_webhook, OPERATOR, broken, now=clock.now())
    db.write_sync(webhooks.enqueue, webhooks.OPENED, PAYLOAD, now=clock.now())
    assert asyncio.run(webhooks.deliver_due()) == 1
    assert [row.status for row in _deliveries()] == ["sent", *["waiting"] * 3]


def test_an_event_sent_again_keeps_its_id(receiver: _Receiver, secret: str) -> None:
    assert secret
    db.write_sync(webhooks.enqueue, webhooks.OPENED, PAYLOAD, now=clock.now())
    asyncio.run(webhooks.deliver_due())
    (first,) = _deliveries()
    again = db.write_sync(webhooks.send_again, OPERATOR, first.delivery_id, now=clock.now())
    asyncio.run(webhooks.deliver_due())
    headers = [headers for headers, _ in receiver.received]
    assert headers[0]["Canais-Event-Id"] == headers[1]["Canais-Event-Id"]
    assert [each["Canais-Delivery"] for each in headers] == [first.delivery_id, again]
    with pytest.raises(NotFoundError):
        db.write_sync(webhooks.send_again, OPERATOR, "x", now=clock.now())


def test_a_removed_webhook_is_told_nothing(receiver: _Receiver, secret: str) -> None:
    assert secret
    db.write_sync(webhooks.enqueue, webhooks.OPENED, PAYLOAD, now=clock.now())
    (hook,) = db.read_sync(webhooks.list_webhooks, OPERATOR)
    db.write_sync(webhooks.remove_webhook, OPERATOR, hook.id or 0, now=clock.now())
    assert asyncio.run(webhooks.deliver_due()) == 0
    assert receiver.received == []
    assert db.read_sync(webhooks.list_webhooks, OPERATOR) == []
    with pytest.raises(ConflictError):
        db.write_sync(webhooks.send_again, OPERATOR, _deliveries()[0].delivery_id, now=clock.now())


@pytest.mark.parametrize(
    "url",
    [
        "http://example.com",
        "https://localhost/x",
        "https://127.0.0.1",
        "https://[::1]/",
        "https://10.0.0.8",
        "https://169.254.169.254/latest",
        "https://[::ffff:192.168.0.1]/",
        "https://0.0.0.0",
        "https://2130706433/",
        "https://",
        "https://[",
        "ftp://example.com",
        "https://nao-existe.invalid",
    ],
)
def test_private_addresses_are_refused(url: str) -> None:
    with pytest.raises(InvalidError):
        asyncio.run(public_address.resolve_public(url))


@pytest.mark.parametrize(("address", "public"), [("8.8.8.8", True), ("100.64.0.1", False)])
def test_public_addresses(address: str, public: bool) -> None:  # noqa: FBT001 (a case)
    assert public_address.is_public(address) is public


def test_events_and_permission_are_checked(session: Session, now: datetime) -> None:
    with pytest.raises(InvalidError):
        webhooks.add_webhook(session, OPERATOR, "https://exemplo.invalid", ["x"], now=now)
    with pytest.raises(InvalidError, match="300"):
        webhooks.add_webhook(session, OPERATOR, f"https://exemplo.invalid/{'a' * 300}", now=now)
    with pytest.raises(AuthenticationRequiredError):
        webhooks.add_webhook(session, PUBLIC, "https://exemplo.invalid", now=now)

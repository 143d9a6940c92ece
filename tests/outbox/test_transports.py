"""SMTP: TLS, log-in, slow and failing servers; always a real one."""

import asyncio
import ipaddress
import ssl
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from sqlmodel import Session, col, select

from canais_app.kit import db
from canais_app.outbox import delivery, service, transports
from canais_app.outbox.models import OutboxMessage
from canais_app.outbox.transports import SmtpTransport
from tests.factories.outbox import make_message
from tests.mail_server import MailServer, free_port, serve_in_background

pytestmark = [
    pytest.mark.usefixtures("database"),
    pytest.mark.filterwarnings("ignore:Requiring AUTH while not"),  # aiosmtpd, of the test server
]
TO = "pessoa@exemplo.invalid"


def put(now: datetime, count: int = 1) -> None:
    def write(session: Session) -> None:
        for number in range(count):
            service.enqueue(session, make_message(number), now=now)

    db.write_sync(write)


def drain(url: str, at: datetime, send_seconds: float = 60) -> int:
    way = SmtpTransport(url, send_seconds)
    return asyncio.run(delivery.send_due_messages(get_now=lambda: at, transport=way))


def states() -> list[tuple[str, int]]:
    asked = select(OutboxMessage.status, OutboxMessage.attempts).order_by(col(OutboxMessage.id))
    return db.read_sync(lambda session: [(s, n) for s, n in session.exec(asked).all()])


@pytest.fixture
def certificate(tmp_path: Path) -> Path:
    """A certificate for this machine, in one file with its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    today = datetime.now(UTC)  # noqa: TID251 (a certificate is for the real clock)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(today - timedelta(days=1))
        .not_valid_after(today + timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), False
        )
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    file = tmp_path / "servidor.pem"
    file.write_bytes(
        made.public_bytes(serialization.Encoding.PEM)
        + key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return file


@pytest.fixture
def tls(certificate: Path, monkeypatch: pytest.MonkeyPatch) -> ssl.SSLContext:
    """What the server speaks TLS with; this process trusts it."""
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    return context


@pytest.mark.parametrize("scheme", ["smtp", "smtps"])
def test_messages_are_sent_over_tls_with_the_log_in(
    scheme: str, tls: ssl.SSLContext, now: datetime
) -> None:
    put(now, 2)
    server = MailServer(
        free_port(), tls=tls, from_first_byte=scheme == "smtps", login=("portal", "s3nh@:/")
    )
    with serve_in_background(server):
        sent = drain(f"{scheme}://portal:s3nh%40%3A%2F@127.0.0.1:{server.port}", now)
    assert (sent, server.over_tls) == (2, 2)


def test_a_server_with_an_untrusted_certificate_gets_no_message(
    tls: ssl.SSLContext, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SSL_CERT_FILE")
    put(now)
    with serve_in_background(MailServer(free_port(), tls=tls)) as server:
        assert drain(f"smtp://127.0.0.1:{server.port}", now) == 0
    assert (server.taken, states()) == ([], [("waiting", 0)])


def test_a_password_is_never_sent_in_the_clear(now: datetime) -> None:
    put(now)
    with serve_in_background(MailServer(free_port(), login=("portal", "senha"))) as server:
        assert drain(f"smtp://portal:senha@127.0.0.1:{server.port}", now) == 0
    assert (server.taken, states()) == ([], [("waiting", 0)])


def test_a_wrong_password_counts_no_attempt(tls: ssl.SSLContext, now: datetime) -> None:
    put(now)
    with serve_in_background(MailServer(free_port(), tls=tls, login=("portal", "senha"))) as server:
        assert drain(f"smtp://portal:outra@127.0.0.1:{server.port}", now) == 0
        assert states() == [("waiting", 0)]
        assert drain(f"smtp://portal:senha@127.0.0.1:{server.port}", now) == 1


def test_the_connection_closes_without_waiting_for_the_server(tls: ssl.SSLContext) -> None:
    async def is_open_after(url: str) -> bool:
        async with SmtpTransport(url).open() as way:
            assert isinstance(way, transports._SmtpConnection)
            wire = way.client.get_transport_info("socket")
        await asyncio.sleep(0)
        return wire.fileno() >= 0

    with serve_in_background(MailServer(free_port(), tls=tls, lingers=True)) as server:
        assert not asyncio.run(is_open_after(f"smtp://127.0.0.1:{server.port}"))


@pytest.mark.parametrize(("due", "connections"), [(10, 1), (25, 3)])
def test_due_messages_share_connections(now: datetime, due: int, connections: int) -> None:
    put(now, due)
    with serve_in_background(MailServer(free_port())) as server:
        assert drain(server.url, now) == due
        assert server.connections == connections


def test_a_hanging_server_counts_one_attempt(now: datetime) -> None:
    put(now)
    with serve_in_background(MailServer(free_port(), slow=30)) as server:
        assert drain(server.url, now, send_seconds=0.3) == 0
        assert states() == [("waiting", 1)]
        server.slow = 0
        assert drain(server.url, now + timedelta(minutes=1)) == 1


@pytest.mark.parametrize(
    ("answer", "after"),
    [
        ("451 4.3.0 try later", ("waiting", 1)),
        ("452 4.3.1 no room", ("waiting", 1)),
        ("554 5.7.1 spam", ("bounced", 1)),
        ("552 5.3.4 too large", ("bounced", 1)),
        ("421 4.3.2 closing", ("waiting", 0)),  # the server's trouble, not the letter's
    ],
)
def test_the_servers_reply_decides_the_status(
    answer: str, after: tuple[str, int], now: datetime
) -> None:
    put(now)
    with serve_in_background(MailServer(free_port(), answers=[answer])) as server:
        assert drain(server.url, now) == 0
        assert states() == [after]
        later = drain(server.url, now + timedelta(minutes=1))
    assert later == (0 if after[0] == "bounced" else 1)


def test_a_non_ascii_mailbox_needs_smtputf8(now: datetime) -> None:
    def write(session: Session) -> None:
        service.enqueue(session, make_message(1, "joão@exemplo.invalid"), now=now)
        service.enqueue(session, make_message(2, "joao@órgão.invalid"), now=now)

    db.write_sync(write)
    with serve_in_background(MailServer(free_port(), knows_utf8=False)) as server:
        assert drain(server.url, now) == 1
    assert [mail["To"] for mail in server.taken] == ["joao@xn--rgo-nla1f.invalid"]
    assert states() == [("bounced", 1), ("sent", 0)]


def test_retries_are_1_4_16_and_64_minutes_apart(now: datetime) -> None:
    put(now)
    server = MailServer(free_port(), refusals={TO: ["451 try later"] * 5})
    at = now
    with serve_in_background(server):
        for minutes in (1, 4, 16, 64):
            assert drain(server.url, at) == 0
            assert drain(server.url, at + timedelta(minutes=minutes, seconds=-1)) == 0
            at += timedelta(minutes=minutes)
        assert states() == [("waiting", 4)]
        assert drain(server.url, at) == 0
    assert states() == [("failed", 5)]

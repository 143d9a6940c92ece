"""deploy/nginx/canais.conf as the installed nginx reads it, in front of the served portal."""

import re
import shutil
import socket
import ssl
import subprocess
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

import httpx
import pytest

from tests.e2e.conftest import Server, serve_portal
from tests.servers import free_port

ROOT = Path(__file__).parents[2]
NGINX = shutil.which("nginx", path="/usr/sbin:/usr/bin")
OPENSSL = shutil.which("openssl")
HOST = "canais.example.org"
SECRET = "segredo-de-um-link-0123456789"
pytestmark = [
    pytest.mark.alone,
    pytest.mark.skipif(not (NGINX and OPENSSL), reason="needs nginx (apt: nginx-light)"),
]


class _Named(httpx.HTTPTransport):
    """Asks for HOST's certificate at an address of loopback."""

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        request.extensions["sni_hostname"] = HOST
        return super().handle_request(request)


@dataclass
class Proxy:
    """The running nginx; `folder` has its logs."""

    https: int
    http: int
    folder: Path

    def client(self) -> httpx.Client:
        """Return a client that finds HOST here."""
        return httpx.Client(
            base_url=f"https://127.0.0.1:{self.https}",
            headers={"Host": HOST},
            transport=_Named(
                verify=ssl.create_default_context(cafile=self.folder / "fullchain.pem")
            ),
            timeout=30,
        )

    def written(self) -> str:
        """Return all that nginx has logged."""
        return "".join(path.read_text() for path in sorted(self.folder.glob("*.log")))


@pytest.fixture(scope="module")
def portal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with serve_portal(
        tmp_path_factory.mktemp("portal"), TRUSTED_PROXY_HOPS="1", PUBLIC_URL=f"https://{HOST}"
    ) as made:
        yield made


def write_configuration(folder: Path, https: int, http: int, portal_port: str) -> Path:
    """Write what /etc/nginx would hold, with the paths and ports of this test."""
    made = (ROOT / "deploy/nginx/canais.conf").read_text("utf-8")
    for before, after in (
        ("listen 443", f"listen 127.0.0.1:{https}"),
        ("listen 80", f"listen 127.0.0.1:{http}"),
        ("127.0.0.1:3000", f"127.0.0.1:{portal_port}"),
        ("/etc/ssl/canais", str(folder)),
        ("/var/cache/nginx/canais", str(folder / "cache")),
        ("/var/log/nginx", str(folder)),
    ):
        assert before in made
        made = made.replace(before, after)
    if nginx_version() >= (1, 25, 1):
        made = made.replace(" ssl http2;", " ssl;\n    http2 on;")
    temporary = "".join(
        f"{name}_temp_path {folder}/{name};"
        for name in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    (folder / "canais.conf").write_text(made)
    path = folder / "nginx.conf"
    path.write_text(
        f"daemon off; pid {folder}/nginx.pid; error_log {folder}/main.log; user root;"
        f"events {{}} http {{ {temporary} include {folder}/canais.conf; }}"
    )
    return path


def nginx_version() -> tuple[int, ...]:
    assert NGINX
    done = subprocess.run([NGINX, "-v"], capture_output=True, text=True, check=True)
    found = re.search(r"nginx/(\d+)\.(\d+)\.(\d+)", done.stderr)
    assert found
    return tuple(int(part) for part in found.groups())


@pytest.fixture(scope="module")
def proxy(portal: Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Proxy]:
    assert NGINX
    assert OPENSSL
    folder = tmp_path_factory.mktemp("nginx")
    subprocess.run(
        [
            OPENSSL, "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2",
            "-subj", f"/CN={HOST}", "-addext", f"subjectAltName=DNS:{HOST},IP:127.0.0.1",
            "-keyout", folder / "privkey.pem", "-out", folder / "fullchain.pem",
        ],
        check=True,
        capture_output=True,
    )  # fmt: skip
    made = Proxy(free_port(), free_port(), folder)
    path = write_configuration(folder, made.https, made.http, portal.url.rpartition(":")[2])
    checked = subprocess.run([NGINX, "-t", "-c", path], capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stderr
    assert "[warn]" not in checked.stderr
    process = subprocess.Popen([NGINX, "-c", path])
    until = time.monotonic() + 30
    while True:
        try:
            socket.create_connection(("127.0.0.1", made.https), 1).close()
        except OSError:
            assert time.monotonic() < until
            time.sleep(0.05)
        else:
            break
    yield made
    process.terminate()
    process.wait()


def handshake(proxy: Proxy, name: str) -> ssl.SSLSocket:
    trust = ssl.create_default_context(cafile=proxy.folder / "fullchain.pem")
    line = socket.create_connection(("127.0.0.1", proxy.https), 10)
    return trust.wrap_socket(line, server_hostname=name)


def test_plain_http_leads_to_our_name_and_other_names_get_nothing(proxy: Proxy) -> None:
    plain = f"http://127.0.0.1:{proxy.http}/situacao?x=1"
    answer = httpx.get(plain, headers={"Host": HOST})
    assert (answer.status_code, answer.headers["location"]) == (308, f"https://{HOST}/situacao?x=1")
    with pytest.raises(httpx.RemoteProtocolError):
        httpx.get(plain, headers={"Host": "evil.example"})
    with pytest.raises(ssl.SSLError):
        handshake(proxy, "evil.example")


def test_pages_and_calls_pass_with_their_headers(proxy: Proxy) -> None:
    with proxy.client() as client:
        page = client.get("/")
        assert page.status_code == 200
        assert "Strict-Transport-Security" in page.headers
        assert client.get("/api/v1/comarcas").status_code == 200
        sent = client.get("/entrar", follow_redirects=False)
        assert not sent.headers.get("location", "/").startswith("http")
        for inside in ("/metrics", "/readyz"):
            assert client.get(inside).status_code == 403
        assert page.headers["X-Request-ID"] in proxy.written()


@pytest.mark.parametrize(("origin", "status"), [(f"https://{HOST}", "101"), ("https://x.y", "40")])
def test_the_pages_socket_passes(proxy: Proxy, origin: str, status: str) -> None:
    with handshake(proxy, HOST) as line:
        line.sendall(
            f"GET /_event/?token=abc&EIO=4&transport=websocket HTTP/1.1\r\nHost: {HOST}\r\n"
            "Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
            f"Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nOrigin: {origin}\r\n"
            f"Sec-WebSocket-Protocol: {version('reflex')}\r\n\r\n".encode()
        )
        assert line.recv(4096).startswith(f"HTTP/1.1 {status}".encode())


def test_a_large_body_is_refused_but_for_forms_with_a_file(proxy: Proxy) -> None:
    with proxy.client() as client:
        large = b"x" * 2_000_000
        assert client.post("/api/v1/complaints", content=large).status_code == 413
        sent = client.post("/relatar", files={"photo": ("a.png", large)})
        assert sent.status_code != 413


def test_assets_come_from_the_cache_compressed(proxy: Proxy) -> None:
    with proxy.client() as client:
        found = re.search(r'"(/assets/[^"]+\.js)"', client.get("/").text)
        assert found
        answers = [client.get(found[1], headers={"Accept-Encoding": "gzip"}) for _ in range(2)]
    assert [answer.headers["X-Cache"] for answer in answers] == ["MISS", "HIT"]
    assert "immutable" in answers[1].headers["Cache-Control"]
    assert answers[1].headers["Content-Encoding"] == "gzip"
    assert answers[0].content == answers[1].content


def test_one_address_is_limited(proxy: Proxy) -> None:
    def many(count: int) -> Counter[int]:
        with proxy.client() as client:
            return Counter(client.get("/healthz").status_code for _ in range(count))

    with ThreadPoolExecutor(8) as pool:
        seen = sum(pool.map(many, [150] * 8), Counter[int]())
    assert set(seen) == {200, 429}
    assert seen[200] >= 200
    time.sleep(3)  # the zone drains at a rate of its own: later tests start below the limit


def test_no_log_holds_the_secret_of_a_path_or_a_query(proxy: Proxy, portal: Server) -> None:
    """The portal is stopped in the middle: then nginx itself writes of each failed request."""
    paths = (
        f"/agendamento/{SECRET}", f"/fila/{SECRET}", f"/senha/{SECRET}",
        f"/meus-agendamentos/{SECRET}", f"/situacao/avisos/{SECRET}/sair",
        f"/api/v1/appointments/{SECRET}/move", f"/api/v1/waitlist/{SECRET}",
        f"/api/v1/complaints/{SECRET}/messages", f"/api/v1/agendas/x/feed.ics?key={SECRET}",
        f"/corregedoria/reclamacoes/{SECRET}/", f"/situacao?codigo={SECRET}",
    )  # fmt: skip
    with proxy.client() as client:
        for path in paths:
            client.get(path)
        portal.stop()
        assert {client.get(path).status_code for path in paths} == {502}
        portal.start()
    written = proxy.written()
    assert "/agendamento/-" in written
    assert SECRET not in written

"""Security and cache headers."""

from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route
from starlette.testclient import TestClient

from canais_app import routes
from canais_app.api import headers, security_reports
from canais_app.settings import settings
from tests.portal import shared_app

PAGE = """<html><script>let a = 1;\r\nlet b = 2;</script><script src="/assets/x.js"></script>
<script type="application/ld+json">{"a": 1}</script>
<script type="module" async="">import "x";</script>
<script></script></html>"""


@pytest.fixture
def client() -> TestClient:
    def answer(request: Request) -> Response:
        given = {"Cache-Control": "public, max-age=60"} if "own" in request.query_params else {}
        code = 404 if "missing" in request.query_params else 200
        return PlainTextResponse("ok", code, headers=given)

    app = Starlette(routes=[Route("/{path:path}", answer)])
    return TestClient(headers.SecurityHeadersMiddleware(app))


def test_only_the_scripts_of_the_build_may_run() -> None:
    hashes = headers.inline_hashes([PAGE])
    assert hashes == [
        "'sha256-7T56iJ/lIGhILv8h0hc4LmVl5j4NIE9vy2D+6wjlyDM='",
        "'sha256-j0LhJtlJ0yX7jx90lb4t5va47Tx5qNgVtITyqKzUNPM='",
    ]
    said = headers.content_security_policy(hashes, "http://127.0.0.1:3000")
    script = next(part for part in said.split("; ") if part.startswith("script-src"))
    assert script == "script-src 'self' " + " ".join(hashes)
    assert "unsafe-eval" not in said
    assert "connect-src 'self' ws://127.0.0.1:3000" in said
    assert "frame-ancestors 'none'" in said


def test_a_portal_on_https_says_so_in_the_policy() -> None:
    said = headers.content_security_policy([], "https://portal.exemplo.invalid")
    assert "connect-src 'self' wss://portal.exemplo.invalid" in said
    assert said.endswith("upgrade-insecure-requests")


def test_every_answer_has_security_headers_even_a_404(client: TestClient) -> None:
    for path in ("/", "/nada?missing=1", "/api/v1/units"):
        answer = client.get(path)
        assert "script-src 'self'" in answer.headers["content-security-policy"]
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["referrer-policy"] == "same-origin"
        assert "camera=()" in answer.headers["permissions-policy"]
        assert "strict-transport-security" not in answer.headers  # not on plain http


def test_behind_a_proxy_with_tls_redirects_stay_on_https(monkeypatch: pytest.MonkeyPatch) -> None:
    changed = settings().model_copy(update={"public_url": "https://portal.exemplo.invalid"})
    monkeypatch.setattr(headers, "settings", lambda: changed)
    headers._fixed_headers.cache_clear()
    app = Starlette(routes=[Route("/pasta/", lambda _request: PlainTextResponse("ok"))])
    client = TestClient(
        headers.SecurityHeadersMiddleware(app), base_url="http://portal.exemplo.invalid"
    )
    answer = client.get("/pasta", follow_redirects=False)
    headers._fixed_headers.cache_clear()
    assert answer.headers["location"] == "https://portal.exemplo.invalid/pasta/"
    assert answer.headers["strict-transport-security"] == "max-age=31536000"


@pytest.mark.parametrize(
    ("path", "keeping"),
    [
        ("/assets/entry-1a2b.js", "public, max-age=31536000, immutable"),
        ("/assets/gone.js?missing=1", "no-store"),
        ("/", "no-cache"),
        ("/unidade/sinop", "no-cache"),
        ("/agendamento/segredo", "no-store"),
        ("/acompanhar", "no-store"),
        ("/corregedoria/reclamacoes", "no-store"),
        ("/admin", "no-store"),
        ("/administradores", "no-cache"),
        ("/api/v1/appointments/segredo?own=1", "no-store"),
        ("/api/v1/complaints/2026-1?own=1", "no-store"),
        ("/api/v1/agendas/sinop/feed.ics?own=1", "no-store"),
        ("/api/v1/units?own=1", "public, max-age=60"),
        ("/api/v1/units", "no-store"),
    ],
)
def test_secrets_are_never_cached_and_immutable_files_always(
    client: TestClient, path: str, keeping: str
) -> None:
    answer = client.get(path)
    assert answer.headers["cache-control"] == keeping
    assert ("x-robots-tag" in answer.headers) == headers.is_private(path.partition("?")[0])


def test_every_staff_page_is_private() -> None:
    from canais_app import routes

    staff = (
        routes.STAFF_HOME,
        routes.CHAMBERS,
        routes.CHAMBERS_RULES,
        routes.MANAGEMENT,
        routes.ADMIN,
    )
    charts = (routes.CORREGEDORIA, routes.CORREGEDORIA_COMPLAINTS)
    assert all(headers.is_private(path) for path in staff + charts)


def test_the_hashes_are_read_from_the_pages_that_are_served(tmp_path: Path) -> None:
    (tmp_path / "agendar").mkdir()
    (tmp_path / "index.html").write_text("<script>a</script>")
    (tmp_path / "agendar" / "index.html").write_text("<script>b</script>")
    headers._fixed_headers.cache_clear()
    said = headers._fixed_headers(tmp_path)["Content-Security-Policy"]
    headers._fixed_headers.cache_clear()
    assert said.count("'sha256-") == 2


def test_static_files_have_no_content_security_policy(client: TestClient) -> None:
    answer = client.get("/assets/entry-1a2b.js")
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert "content-security-policy" not in answer.headers


@pytest.mark.parametrize(
    ("sent", "found"),
    [
        (
            (
                b'[{"url":"https://p.invalid/agendamento/segredo","body":{"effectiveDirective":'
                b'"script-src-elem","blockedURL":"https://mal.invalid/x.js?a=1"}}]'
            ),
            [("script-src-elem", "mal.invalid")],
        ),
        (
            b'{"csp-report":{"effective-directive":"script-src","blocked-uri":"inline"}}',
            [("script-src", "inline")],
        ),
        (b'[{"body":{"effectiveDirective":"a\\nb","blockedURL":1}}, 3, {"body": []}]', []),
        (
            b'[{"body":{"effectiveDirective":"img-src","blockedURL":"http://[x"}}]',
            [("img-src", "")],
        ),
        (b"[" * 100_000, []),
        (b"\xff", []),
    ],
)
def test_a_reported_violation_is_told_without_an_address(
    sent: bytes, found: list[tuple[str, str]]
) -> None:
    assert security_reports.violations(sent) == found


def test_browsers_are_told_where_to_report(client: TestClient) -> None:
    answer = client.get("/healthz")
    assert answer.headers["reporting-endpoints"] == f'portal="{routes.SECURITY_REPORTS}"'
    assert f"report-uri {routes.SECURITY_REPORTS}" in answer.headers["content-security-policy"]
    portal = TestClient(shared_app())
    assert portal.post(routes.SECURITY_REPORTS, content=b"{}").status_code == 204

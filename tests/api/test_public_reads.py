"""What every public read promises: HEAD, ETag, CORS, compression, no unknown parameter."""

from collections.abc import Iterator
from datetime import datetime

import pytest
from fastapi.testclient import TestClient
from sqlmodel import Session

from canais_app.api.problems import PROBLEM_MEDIA_TYPE
from canais_app.api.public_answers import PublicReadsMiddleware
from canais_app.kit import clock
from tests.factories import agenda as agendas
from tests.factories import directory as make
from tests.handler_access import PUBLIC_ROUTES
from tests.portal import shared_app

NOW = datetime(2026, 11, 23, 14, 0, tzinfo=clock.TZ)
SLUG = "juizado-especial-civel-de-sinop-secretaria"
EXAMPLES = {
    "/avisos/{slug}.atom": "/avisos/sinop.atom",
    "/comarcas/{slug}.pdf": "/comarcas/sinop.pdf",
    "/comarcas/{slug}": "/comarcas/sinop",
    "/agenda/{slug}/cartao.png": "/agenda/gabinete/cartao.png",
    "/icone-{size}.png": "/icone-192.png",
    "/situacao/{slug}.atom": "/situacao/sinop.atom",
    "/situacao/{slug}/selo.svg": "/situacao/sinop/selo.svg",
    "/api/v1/open-data/{dataset}.{kind}": "/api/v1/open-data/units.csv",
    "/agenda/{slug}": "/agenda/gabinete",
    "/api/v1/agendas/{slug}/slots": "/api/v1/agendas/gabinete/slots",
}
# Not reads of public data: redirects, one person's things, and the operator's own.
OTHER = {
    "/api/{path:path}",
    "/metrics",
    "/corregedoria",
    "/sessao/provedor",
    "/sessao/provedor/volta",
    "/api/v1/agendas/{slug}/feed.ics",
}
PRIVATE = ("{token}", "{protocol}", "/acompanhar", "/verify/", "/comprovante/")
# Answers of the moment, which nobody keeps.
UNTAGGED = {"/healthz", "/readyz", "/relatar"}


def _public_reads() -> Iterator[str]:
    for name in PUBLIC_ROUTES:
        method, _, path = name.partition(" ")
        is_private = any(part in path for part in PRIVATE)
        is_redirect = path.endswith("/") and path != "/"
        if method == "GET" and path not in OTHER and not is_private and not is_redirect:
            yield path


READS = sorted(_public_reads())
TAGGED = [path for path in READS if path not in UNTAGGED]
PAGES = (
    "/",
    "/agendar",
    "/agenda/{slug}",
    "/unidade/{slug}",
    "/comarcas",
    "/comarcas/{slug}",
    "/situacao",
    "/sobre",
    "/acessibilidade",
    "/privacidade",
    "/dados-abertos",
    "/api/docs",
    "/relatar",
    "/transparencia",
)
DATA = [path for path in TAGGED if path not in PAGES]
API = [path for path in READS if path.startswith("/api/v1/") and not path.endswith("openapi.json")]


def _address(path: str) -> str:
    return EXAMPLES.get(path, path).replace("{slug}", SLUG)


@pytest.fixture
def client(session: Session, monkeypatch: pytest.MonkeyPatch) -> TestClient:
    monkeypatch.setattr(clock, "now", lambda: NOW)
    make.make_small_directory(session)
    agendas.make_agenda(session, slug="gabinete")
    session.commit()
    return TestClient(shared_app(), follow_redirects=False)


@pytest.mark.parametrize("path", READS)
def test_head_has_the_headers_of_get(client: TestClient, path: str) -> None:
    got, head = client.get(_address(path)), client.head(_address(path))
    assert got.status_code in (200, 503), got.text
    assert (head.status_code, head.content) == (got.status_code, b"")
    assert dict(head.headers) == dict(got.headers)


@pytest.mark.parametrize("path", TAGGED)
def test_what_is_known_is_not_sent_again(client: TestClient, path: str) -> None:
    tag = client.get(_address(path)).headers["etag"]
    again = client.get(_address(path), headers={"If-None-Match": f'"other", W/{tag}'})
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["etag"] == tag
    assert client.get(_address(path), headers={"If-None-Match": '"other"'}).status_code == 200


@pytest.mark.parametrize("path", TAGGED)
def test_caches_are_told_how_long(client: TestClient, path: str) -> None:
    said = client.get(_address(path)).headers["cache-control"]
    assert said == "no-cache" if path in PAGES else "public, max-age=" in said or said == "no-cache"


@pytest.mark.parametrize("path", TAGGED)
def test_large_answers_are_compressed(client: TestClient, path: str) -> None:
    plain = client.get(_address(path), headers={"Accept-Encoding": "identity"})
    packed = client.get(_address(path), headers={"Accept-Encoding": "gzip"})
    assert "content-encoding" not in plain.headers
    if len(plain.content) >= 1000:
        assert packed.headers["content-encoding"] == "gzip"
        assert packed.headers["vary"] == "Accept-Encoding"
    assert packed.content == plain.content


@pytest.mark.parametrize("path", DATA)
def test_other_sites_may_read_public_data(client: TestClient, path: str) -> None:
    answer = client.get(_address(path), headers={"Origin": "https://jornal.exemplo.invalid"})
    assert answer.headers["access-control-allow-origin"] == "*"


@pytest.mark.parametrize("path", DATA)
def test_browsers_may_ask_first(path: str) -> None:
    asked = {
        "Origin": "https://jornal.exemplo.invalid",
        "Access-Control-Request-Method": "GET",
        "Access-Control-Request-Headers": "if-none-match",
    }
    answer = TestClient(PublicReadsMiddleware(shared_app())).options(_address(path), headers=asked)
    assert answer.status_code == 204
    assert answer.headers["access-control-allow-origin"] == "*"
    assert "GET" in answer.headers["access-control-allow-methods"]
    assert "if-none-match" in answer.headers["access-control-allow-headers"].lower()
    assert "access-control-allow-credentials" not in answer.headers


@pytest.mark.parametrize(
    ("path", "method"),
    [
        ("/api/v1/case-lookup", "POST"),
        ("/api/v1/complaints", "POST"),
        ("/api/v1/appointments/abc", "GET"),
        ("/acompanhar", "GET"),
        ("/api/v1/agendas/gabinete/feed.ics", "GET"),
        ("/admin/auditoria.csv", "GET"),
    ],
)
def test_other_sites_may_ask_for_nothing_else(path: str, method: str) -> None:
    asked = {"Origin": "https://jornal.exemplo.invalid", "Access-Control-Request-Method": method}
    answer = TestClient(PublicReadsMiddleware(shared_app())).options(path, headers=asked)
    assert "access-control-allow-origin" not in answer.headers


@pytest.mark.parametrize("path", API)
def test_unknown_parameters_are_refused(client: TestClient, path: str) -> None:
    answer = client.get(_address(path), params={"degre": "2"})
    assert answer.status_code == 422
    assert answer.headers["content-type"] == PROBLEM_MEDIA_TYPE
    assert set(answer.json()["errors"]) == {"degre"}


@pytest.mark.parametrize("path", ["/api/v1/nada", "/api/nada", "/api/v1/units/nada/nada"])
def test_unknown_addresses_are_problems(client: TestClient, path: str) -> None:
    answer = client.get(path)
    assert (answer.status_code, answer.headers["content-type"]) == (404, PROBLEM_MEDIA_TYPE)


def test_a_wrong_method_names_the_right_ones(client: TestClient) -> None:
    answer = client.delete("/api/v1/comarcas")
    assert (answer.status_code, answer.headers["allow"]) == (405, "GET, HEAD")
    assert answer.headers["content-type"] == PROBLEM_MEDIA_TYPE


def test_the_documentation_is_typed_and_says_who_answers_for_it(client: TestClient) -> None:
    spec = client.get("/api/v1/openapi.json").json()
    info = spec["info"]
    assert info["contact"]["email"] == "ouvidoria@tjmt.jus.br"
    assert info["license"]["url"] == "https://creativecommons.org/licenses/by/4.0/"
    assert spec["servers"] == [{"url": "http://127.0.0.1:3000"}]
    unit = spec["components"]["schemas"]["UnitItem"]
    assert unit["examples"][0]["code"]
    for path in ("/api/v1/units", "/api/v1/units/{slug}", "/api/v1/comarcas", "/api/v1/calendar",
                 "/api/v1/notices", "/api/v1/agendas", "/api/v1/agendas/{slug}/slots"):  # fmt: skip
        answers = spec["paths"][path]["get"]["responses"]
        assert "$ref" in answers["200"]["content"]["application/json"]["schema"], path
        assert PROBLEM_MEDIA_TYPE in answers["422"]["content"], path
    assert "HTTPValidationError" not in spec["components"]["schemas"]


def test_the_example_of_a_unit_is_one() -> None:
    from canais_app.api.directory import UNIT_EXAMPLE, UnitItem

    assert UnitItem.model_validate(UNIT_EXAMPLE).model_dump(mode="json") == UNIT_EXAMPLE


def test_a_unit_keeps_its_code_and_says_when_it_changed(client: TestClient) -> None:
    unit = client.get(f"/api/v1/units/{SLUG}").json()
    assert unit["code"]
    assert unit["updated_at"] == "2026-11-12T11:00:00-04:00"
    assert unit["degree"] == 1
    assert unit["hours_by_day"][0] == {"weekday": 1, "opens": "12:00", "closes": "19:00"}
    found = client.get("/api/v1/units", params={"degree": "2"}).json()
    assert [row["name"] for row in found["items"]] == ["1ª Câmara de Direito Privado — Secretaria"]


def test_a_unit_is_a_contact_card(client: TestClient) -> None:
    answer = client.get(f"/api/v1/units/{SLUG}.vcf")
    assert answer.headers["content-type"] == "text/vcard; charset=utf-8"
    assert all(len(line.encode()) <= 75 for line in answer.text.split("\r\n"))
    card = answer.text.replace("\r\n ", "")
    assert card.startswith("BEGIN:VCARD\r\nVERSION:4.0\r\n")
    assert card.endswith("END:VCARD\r\n")
    assert "IMPP;TYPE=work:https://wa.me/5566999990142\r\n" in card
    assert "FN:Juizado Especial Cível de Sinop — Secretaria\r\n" in card
    assert "REV:20261112T110000-0400\r\n" in card
    known = {"If-Modified-Since": answer.headers["last-modified"]}
    assert client.get(f"/api/v1/units/{SLUG}.vcf", headers=known).status_code == 304

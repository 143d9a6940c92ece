"""Public pages as the server writes them: today's data, canonical addresses, real 404s."""

import re
from datetime import datetime
from html import unescape

import pytest
from fastapi.testclient import TestClient
from sqlmodel import Session

from canais_app.kit import clock
from tests.factories import agenda as agendas
from tests.factories import directory as make
from tests.portal import shared_app

NOW = datetime(2026, 11, 23, 14, 0, tzinfo=clock.TZ)
CASE = "0000001-49.2026.8.11.0015"
SLUG = "juizado-especial-civel-de-sinop-secretaria"


@pytest.fixture
def client(session: Session, monkeypatch: pytest.MonkeyPatch) -> TestClient:
    monkeypatch.setattr(clock, "now", lambda: NOW)
    make.make_small_directory(session)
    agendas.make_agenda(session, slug="gabinete")
    session.commit()
    return TestClient(shared_app(), follow_redirects=False)


def test_a_search_is_answered_in_the_page(client: TestClient) -> None:
    page = unescape(client.get("/", params={"q": "whatsapp juizado sinop"}).text)
    assert 'href="/unidade/juizado-especial-civel-de-sinop-secretaria"' in page
    assert 'href="https://wa.me/5566999990142"' in page
    assert "noindex" in page


def test_filters_are_links(client: TestClient) -> None:
    page = unescape(client.get("/", params={"q": "sinop", "canal": "balcao_virtual"}).text)
    assert 'href="/?q=sinop&canal=balcao_virtual&aberta=1"' in page
    assert 'href="/?q=sinop"' in page  # turns the chosen one off


def test_the_home_page_tells_the_notices_in_force(client: TestClient, session: Session) -> None:
    assert "Nenhum aviso agora." in client.get("/").text
    make.make_notice(session, "Fórum de Sinop fechado: falta de água.", now=NOW)
    session.commit()
    page = client.get("/").text
    assert "Fórum de Sinop fechado: falta de água." in page
    assert "Nenhum aviso agora." not in page


def test_words_of_the_box_move_into_the_address(client: TestClient) -> None:
    answer = client.post("/buscar", data={"busca": " família sinop "})
    assert (answer.status_code, answer.headers["location"]) == (303, "/?q=fam%C3%ADlia+sinop")


def test_a_case_number_does_not(client: TestClient) -> None:
    answer = client.post("/buscar", data={"busca": CASE})
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "no-store"
    assert "comarca de Sinop" in answer.text
    assert CASE not in answer.text
    assert 'type="module"' not in answer.text


def test_a_case_number_leads_to_the_pje_and_to_a_choice(client: TestClient) -> None:
    page = unescape(client.post("/buscar", data={"busca": CASE}).text)
    assert 'href="https://pje.tjmt.jus.br"' in page
    found = re.findall(r'class="btn sec" href="(/[?]q=[^"]+)">([^<]+)<[^>]+>(\d+)<', page)
    assert found
    for path, words, count in found:
        answer = unescape(client.get(path).text)
        assert int(count) >= 1
        assert "unidade" in answer, words
        assert "/unidade/" in answer, words


def test_the_agendas_are_listed_with_their_next_time(client: TestClient) -> None:
    page = client.get("/agendar").text
    assert 'href="/agenda/gabinete"' in page
    assert "Próximo horário: " in page
    assert "0 agendas publicadas" in client.get("/agendar", params={"q": "nada assim"}).text


def test_a_comarca_has_a_page_with_its_channels(client: TestClient) -> None:
    page = client.get("/comarcas/sinop").text
    assert "<title>Comarca de Sinop · Canais de Atendimento do TJMT</title>" in page
    assert f'href="/unidade/{SLUG}"' in page
    assert "https://wa.me/5566999990142" in page
    assert client.get("/comarcas/atlantida").status_code == 404


@pytest.mark.parametrize(
    "path",
    ["/unidade/nada", "/agenda/nada", "/comarcas/nada", "/unidade/nada/cartao.png", "/icone-7.png"],
)
def test_unknown_pages_are_real_404s(client: TestClient, path: str) -> None:
    assert client.get(path).status_code == 404


@pytest.mark.parametrize(
    "path",
    ["/comarcas", "/agendar", "/situacao", "/sobre", f"/unidade/{SLUG}", "/agenda/gabinete",
     "/comarcas/sinop", "/relatar", "/acompanhar"],
)  # fmt: skip
def test_a_last_slash_is_dropped_for_good(client: TestClient, path: str) -> None:
    answer = client.get(f"{path}/?origem=cartaz")
    assert answer.status_code == 308
    if path != "/acompanhar":
        assert answer.headers["location"] == f"{path}?origem=cartaz"


@pytest.mark.parametrize(
    "path", ["/", "/comarcas", "/agendar", "/situacao", f"/unidade/{SLUG}", "/agenda/gabinete"]
)
def test_pages_name_their_own_address_and_a_picture(client: TestClient, path: str) -> None:
    page = client.get(path, params={"utm_source": "carta"}).text
    assert f'<link rel="canonical" href="http://127.0.0.1:3000{path}">' in page
    found = re.search(r'property="og:image" content="http://127.0.0.1:3000([^"]+)"', page)
    assert found
    picture = client.get(found[1])
    assert (picture.status_code, picture.headers["content-type"]) == (200, "image/png")
    assert picture.content[16:24] == (1200).to_bytes(4, "big") + (630).to_bytes(4, "big")


def test_phones_can_install_the_portal(client: TestClient) -> None:
    manifest = client.get("/manifest.webmanifest")
    assert manifest.headers["content-type"] == "application/manifest+json"
    for icon in manifest.json()["icons"]:
        answer = client.get(icon["src"])
        side = int(icon["sizes"].partition("x")[0])
        assert answer.content[16:20] == side.to_bytes(4, "big")
    assert client.get("/favicon.ico").content[:4] == b"\x00\x00\x01\x00"


def test_security_txt_names_a_contact_and_its_end(client: TestClient) -> None:
    text = client.get("/.well-known/security.txt").text
    assert "Contact: mailto:ouvidoria@tjmt.jus.br\n" in text
    assert "Expires: 2027-05-22T00:00:00-04:00\n" in text


def test_every_page_of_the_sitemap_exists(client: TestClient) -> None:
    listed = re.findall(r"<loc>http://127.0.0.1:3000([^<]*)</loc>", client.get("/sitemap.xml").text)
    assert "/comarcas/sinop" in listed
    assert {path: client.head(path).status_code for path in listed} == dict.fromkeys(listed, 200)

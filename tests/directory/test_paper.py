"""The poster and the sheet: one page each, whatever the directory holds."""

import base64
import re
import zlib
from dataclasses import replace

import pytest
from fastapi.testclient import TestClient
from sqlmodel import Session

from canais_app.directory.paper.poster import render_poster
from canais_app.directory.paper.sheet import render_comarca_sheet
from canais_app.directory.views import ChannelView, UnitCard, UnitPage
from tests.factories import directory as make
from tests.portal import shared_app

PHONE = ChannelView("telefone", "Telefone", "", "(65) 3000-0001", "tel:+556530000001")
MAIL = ChannelView("email", "E-mail", "", "unidade-de-nome-comprido@exemplo.invalid", "")


def pages(pdf: bytes) -> int:
    return len(re.findall(rb"/Type /Page\b", pdf))


def words(pdf: bytes) -> bytes:
    """Return the drawing instructions of a PDF that ReportLab wrote."""
    streams = re.findall(rb"stream\r?\n(.*?)endstream", pdf, re.DOTALL)
    found = b""
    for stream in streams:
        raw = stream.strip().removesuffix(b"~>")
        found += zlib.decompress(base64.a85decode(raw))
    return found


def card(number: int, name: str = "Vara Cível de Cuiabá — Secretaria") -> UnitCard:
    return UnitCard(
        id=number, slug=f"u{number}", name=f"{number}ª {name}", channels=[PHONE, MAIL], is_demo=True
    )


@pytest.mark.parametrize("count", [0, 1, 7, 60, 148, 400])
def test_a_comarca_is_one_page_with_every_unit(count: int) -> None:
    units = [card(number) for number in range(count)]
    pdf = render_comarca_sheet(
        "Cuiabá", units, printed="24/11/2026", address="https://portal.invalid/"
    )
    assert pages(pdf) == 1
    assert words(pdf).count(b"(65) 3000-0001".replace(b"(", rb"\(").replace(b")", rb"\)")) == count


def test_few_units_are_set_in_large_letters() -> None:
    few, many = (
        render_comarca_sheet("Vera", [card(n) for n in range(count)], printed="", address="")
        for count in (5, 148)
    )
    largest = [
        max(float(size) for size in re.findall(rb"/F2 ([\d.]+) Tf", words(pdf))[1:])
        for pdf in (few, many)
    ]
    assert largest[0] == 11
    assert 3 <= largest[1] < 6


def test_a_poster_is_one_page_even_with_a_very_long_name() -> None:
    page = UnitPage(
        replace(card(1), name="Vara Especializada " * 12, channels=[PHONE, MAIL] * 9),
        hours="segunda a sexta, das 12h às 19h",
    )
    pdf = render_poster(page, "https://portal.invalid")
    assert pages(pdf) == 1
    assert b"unidade-de-nome-comprido" in words(pdf)


@pytest.fixture
def client(session: Session) -> TestClient:
    make.make_small_directory(session)
    session.commit()
    return TestClient(shared_app())


def test_paper_is_served_for_units_and_comarcas_that_exist(client: TestClient) -> None:
    for path, kind in (
        ("/unidade/diretoria-do-foro-de-sinop/cartaz.pdf", "application/pdf"),
        ("/unidade/diretoria-do-foro-de-sinop/qr.svg", "image/svg+xml"),
        ("/comarcas/sinop.pdf", "application/pdf"),
    ):
        answer = client.get(path)
        assert answer.status_code == 200, path
        assert answer.headers["content-type"] == kind
    for path in ("/unidade/nada/cartaz.pdf", "/unidade/nada/qr.svg", "/comarcas/nada.pdf"):
        assert client.get(path).status_code == 404

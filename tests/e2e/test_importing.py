"""An administrator takes the directory out, corrects it, looks at the difference and writes it."""

import csv
import io
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import assert_accessible, assert_no_sideways_scroll

pytestmark = pytest.mark.browser
Tabs = Callable[..., Page]
Lines = list[dict[str, str]]


def open_page(tabs: Tabs) -> Page:
    page = tabs("/entrar?voltar=/admin/importacao")
    page.wait_for_load_state("networkidle")
    page.get_by_label("E-mail").fill("administrador@exemplo.invalid")
    page.get_by_label("Senha").fill("demonstracao-dos-canais")
    page.get_by_role("button", name="Entrar").click()
    expect(page.get_by_role("heading", name="Importar", exact=True)).to_be_visible()
    return page


def take_out(page: Page) -> Lines:
    with page.expect_download() as waiting:
        page.get_by_role("link", name="CSV").click()
    text = Path(waiting.value.path()).read_bytes().decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text), delimiter=";"))


def send(page: Page, lines: Lines, folder: Path) -> None:
    out = io.StringIO()
    writer = csv.DictWriter(out, list(lines[0]), delimiter=";")
    writer.writeheader()
    writer.writerows(lines)
    file = folder / "unidades.csv"
    file.write_text(out.getvalue(), "utf-8")
    page.get_by_label("Arquivo CSV ou XLSX").set_input_files(file)
    page.keyboard.press("Tab")  # from the field to its button
    page.get_by_role("button", name="Ver o que mudaria").focus()
    page.keyboard.press("Enter")


def check(page: Page) -> None:
    assert_accessible(page)
    assert_no_sideways_scroll(page)
    page.set_viewport_size({"width": 1280, "height": 900})


def test_out_corrected_looked_at_and_written_by_keyboard(tabs: Tabs, tmp_path: Path) -> None:
    page = open_page(tabs)
    check(page)
    lines = take_out(page)
    first = next(line for line in lines if line["endereco"])
    before, first["endereco"] = first["endereco"], "Rua das Flores, 100"
    lines.append(dict.fromkeys(lines[0], "") | {
        "codigo": "TJMT-99999", "nome": "Vara trazida por arquivo", "tipo": "vara", "grau": "1",
        "comarca": "Sinop", "situacao": "ativa", "email": "trazida@exemplo.invalid",
    })  # fmt: skip
    send(page, lines, tmp_path)
    expect(page.get_by_role("button", name="Mudadas 1")).to_have_attribute("aria-pressed", "true")
    expect(page.locator(".import-rows")).to_contain_text(f"{before} → para Rua das Flores, 100")
    check(page)
    page.get_by_role("button", name="Novas 1").press("Enter")
    expect(page.locator(".import-rows")).to_contain_text("Vara trazida por arquivo")
    page.get_by_role("button", name="Gravar 2 unidades").press("Enter")
    expect(page.get_by_role("status").filter(has_text="Gravado: 2 unidades.")).to_be_visible()
    check(page)
    assert page.request.get("/unidade/vara-trazida-por-arquivo").ok
    send(page, lines, tmp_path)
    expect(page.get_by_text("não há o que gravar")).to_be_visible()
    expect(page.get_by_role("button", name="Gravar")).to_have_count(0)
    page.get_by_role("button", name="Descartar o arquivo").press("Enter")
    expect(page.get_by_role("heading", name="O que mudaria")).to_have_count(0)


def test_a_refused_file_says_where_and_offers_nothing_to_write(tabs: Tabs, tmp_path: Path) -> None:
    page = open_page(tabs)
    lines = take_out(page)
    for line in lines[:60]:
        line["telefone"] = "123"
    send(page, lines, tmp_path)
    expect(page.get_by_text("o arquivo tem 60 problemas")).to_be_visible()
    expect(page.get_by_role("button", name="Gravar")).to_have_count(0)
    rows = page.locator(".import-rows > li")
    expect(rows).to_have_count(50)
    expect(rows.first).to_contain_text("Linha 2")
    check(page)
    page.get_by_role("button", name="Mostrar mais (10)").press("Enter")
    expect(rows).to_have_count(60)


def test_a_file_too_large_or_of_another_kind_is_said_at_the_form(
    tabs: Tabs, tmp_path: Path
) -> None:
    page = open_page(tabs)
    for name, content, said in (
        ("unidades.csv", b"x" * 17_000_000, "passa de 16 MB"),
        ("unidades.pdf", b"x", "precisa ser .csv ou .xlsx"),
    ):
        file = tmp_path / name
        file.write_bytes(content)
        page.get_by_label("Arquivo CSV ou XLSX").set_input_files(file)
        page.get_by_role("button", name="Ver o que mudaria").click()
        expect(page.get_by_role("alert").filter(has_text=said)).to_be_visible()
        check(page)


def test_the_list_of_another_system_is_mapped_and_written(tabs: Tabs, tmp_path: Path) -> None:
    page = open_page(tabs)
    unit = next(line for line in take_out(page) if line["comarca"] and line["telefone"])
    file = tmp_path / "lista.csv"
    file.write_bytes(
        "Telefones do 1º grau;;\nUnidade;Comarca;Telefone/Ramal\n"
        f"{unit['nome']};{unit['comarca']};(65) 3000-7001 r. 22\n9ª Vara de Nada;Sinop;1\n".encode(
            "cp1252"
        )
    )
    page.get_by_label("Arquivo CSV ou XLSX").set_input_files(file)
    page.get_by_role("button", name="Ver o que mudaria").click()
    expect(page.get_by_role("heading", name="Que coluna é qual?")).to_be_visible()
    expect(page.get_by_label("Telefone/Ramal")).to_have_value("telefone")
    check(page)
    page.get_by_role("button", name="Ver o que mudaria").first.click()
    expect(page.get_by_text("1 linha ficou de fora.")).to_be_visible()
    expect(page.get_by_text("9ª Vara de Nada · Sinop")).to_be_visible()
    expect(page.get_by_text("ramal 22")).to_be_visible()
    check(page)
    page.get_by_role("button", name="Gravar 1 unidade").click()
    expect(page.get_by_text("Gravado: 1 unidade.")).to_be_visible()

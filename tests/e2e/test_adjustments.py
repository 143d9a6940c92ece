"""Letter size, contrast, and the comarca nearest to the device: all kept in the browser."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import assert_accessible, assert_no_sideways_scroll

pytestmark = pytest.mark.browser
PATHS = (
    "/", "/?q=juizado+sinop", "/unidade/diretoria-do-foro-de-sinop", "/situacao", "/agendar",
    "/relatar", "/acompanhar", "/comarcas", "/comarcas/sinop", "/acessibilidade", "/dados-abertos",
    "/transparencia", "/unidade/nao-existe",
)  # fmt: skip
# The contrast of the text of each element with the page's background, where it has none itself.
CONTRAST = """() => {
  const light = (c) => {
    const [r, g, b] = c.match(/[\\d.]+/g).slice(0, 3).map(Number).map((v) => v / 255)
      .map((v) => v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const ground = (e) => {
    for (; e; e = e.parentElement) {
      const c = getComputedStyle(e).backgroundColor;
      if (!/, 0\\)$|transparent/.test(c)) return c;
    }
    return "rgb(255, 255, 255)";
  };
  const found = {};
  for (const name of ["main p", ".muted", "main a", ".btn", ".tag", "h1", "footer a"]) {
    const e = document.querySelector(name);
    if (!e) continue;
    const [a, b] = [light(getComputedStyle(e).color), light(ground(e))].sort((x, y) => y - x);
    found[name] = (a + 0.05) / (b + 0.05);
  }
  return found;
}"""


def _raise_contrast(page: Page) -> None:
    page.goto("/acessibilidade#ajustes")
    page.get_by_role("button", name="Mais contraste").click()
    expect(page.get_by_role("button", name="Mais contraste")).to_have_attribute(
        "aria-pressed", "true"
    )


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_more_contrast_is_accessible(tabs: Callable[..., Page], path: str, scheme: str) -> None:
    page = tabs(path, color_scheme=scheme, contrast="more")
    expect(page.get_by_role("heading", level=1)).to_have_count(1)
    assert_accessible(page)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_more_contrast_raises_and_never_lowers_it(tabs: Callable[..., Page], scheme: str) -> None:
    path = "/unidade/diretoria-do-foro-de-sinop"
    usual = tabs(path, color_scheme=scheme).evaluate(CONTRAST)
    by_system = tabs(path, color_scheme=scheme, contrast="more").evaluate(CONTRAST)
    page = tabs("/", color_scheme=scheme)
    _raise_contrast(page)
    page.goto(path)
    by_button = page.evaluate(CONTRAST)
    assert len(usual) >= 6
    for name, before in usual.items():
        assert by_system[name] >= min(before, 7), name
        assert by_button[name] == pytest.approx(by_system[name]), name
    assert by_system[".muted"] > usual[".muted"]
    assert_accessible(page)


@pytest.mark.parametrize("path", ["/", "/relatar", "/unidade/diretoria-do-foro-de-sinop"])
def test_larger_letters_stay_and_fit(tabs: Callable[..., Page], path: str) -> None:
    page = tabs("/acessibilidade", width=375)
    page.get_by_role("button", name="Letra ainda maior").click()
    page.goto(path)
    size = page.evaluate("getComputedStyle(document.documentElement).fontSize")
    assert size == "20px"
    assert_no_sideways_scroll(page)
    page.goto("/acessibilidade")
    page.get_by_role("button", name="Letra normal").click()
    assert page.evaluate("getComputedStyle(document.documentElement).fontSize") == "16px"


def test_every_page_leads_to_the_adjustments(tabs: Callable[..., Page]) -> None:
    for width in (375, 1280):
        page = tabs("/", width=width)
        page.get_by_role("link", name="Letra, contraste e acessibilidade").click()
        expect(page.get_by_role("group", name="Tamanho da letra")).to_be_in_viewport()


def test_the_nearest_comarca_is_found_in_the_page(tabs: Callable[..., Page]) -> None:
    page = tabs(
        "/comarcas",
        permissions=["geolocation"],
        geolocation={"latitude": -11.86, "longitude": -55.5},
    )
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.get_by_role("button", name="Achar a mais perto de mim").click()
    first = page.locator("#perto-resposta a").first
    expect(first).to_have_text("Sinop")
    expect(first).to_have_attribute("href", "http://" + page.url.split("/")[2] + "/comarcas/sinop")
    expect(page.locator("#perto-resposta li")).to_have_count(3)
    assert not any("-11" in url or "-55" in url for url in asked)
    assert_accessible(page)


def test_a_refused_position_leads_to_the_list(tabs: Callable[..., Page]) -> None:
    page = tabs("/comarcas")
    page.get_by_role("button", name="Achar a mais perto de mim").click()
    expect(page.locator("#perto-resposta")).to_contain_text("Procure o seu município na lista")

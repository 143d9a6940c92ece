"""Journey, with the keyboard alone: invited, a password, the second step, the desk, out again."""

import email
import email.policy
import re
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect
from pyotp.totp import TOTP

from canais_app import routes
from tests import openid
from tests.e2e.conftest import (
    Server,
    assert_accessible,
    assert_no_sideways_scroll,
    free_port,
    serve_portal,
)
from tests.openid import OpenIdProvider

pytestmark = pytest.mark.browser
PASSWORD = "cavalo bateria grampo certo"
INVITED = "ada@exemplo.invalid"
PEOPLE = {
    "ana": {
        "email": "ana@exemplo.invalid",
        "email_verified": True,
        "name": "Ana do Provedor",
        "groups": ["portal-administracao"],
    }
}


@pytest.fixture(scope="module")
def strict(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Server, OpenIdProvider]]:
    """A portal that asks for the second step, beside a provider; one administrator is invited."""
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    invited = f"staff invite {INVITED} --role administrador"
    with (
        openid.start_provider(PEOPLE, url) as provider,
        serve_portal(
            tmp_path_factory.mktemp("strict"),
            invited,
            port=port,
            SECOND_STEP_REQUIRED="on",
            OIDC_ROLE_MAP='{"portal-administracao": "administrador"}',
            **openid.client_settings(provider.url),
        ) as server,
    ):
        yield server, provider


@pytest.fixture
def page(browser: Browser, strict: tuple[Server, OpenIdProvider]) -> Iterator[Page]:
    """A tab of a browser of its own."""
    context = browser.new_context(
        base_url=strict[0].url, viewport={"width": 1280, "height": 900}, locale="pt-BR"
    )
    yield context.new_page()
    context.close()


def link_in_the_letter(server: Server) -> str:
    """Wait for the invitation to leave, and return its link."""
    folder = Path(server.environment["CANAIS_VAR_DIR"]) / "mail"
    until = time.monotonic() + 30
    while time.monotonic() < until:
        for file in folder.glob("*.eml"):
            letter = email.message_from_bytes(file.read_bytes(), policy=email.policy.default)
            body = letter.get_body(("plain",))
            found = re.search(r"/senha/[\w-]+", body.get_content() if body else "")
            if found:
                return found[0]
        time.sleep(0.1)
    pytest.fail("o convite não saiu")


def tab_to(page: Page, wanted: Locator) -> None:
    """Press Tab until the element has the focus, and see that it shows."""
    expect(wanted).to_be_visible()
    for _ in range(60):
        page.keyboard.press("Tab")
        if wanted.evaluate("(e) => e === document.activeElement"):
            outline = wanted.evaluate("(e) => getComputedStyle(e).outlineStyle")
            assert outline != "none", "o foco não se vê"
            return
    pytest.fail(f"o teclado não chega a {wanted}")


def write(page: Page, label: str, words: str) -> None:
    tab_to(page, page.get_by_label(label, exact=True))
    page.keyboard.type(words)


def press(page: Page, role: str, name: str) -> None:
    tab_to(page, page.locator("main").get_by_role(role, name=name, exact=True))  # type: ignore[arg-type]
    page.keyboard.press("Enter")


def leave(page: Page) -> None:
    """Press "Sair", which is in the frame of the staff's pages."""
    tab_to(page, page.locator(".frame-person").get_by_role("button", name="Sair", exact=True))
    page.keyboard.press("Enter")


def checked(page: Page) -> None:
    assert_accessible(page)
    assert_no_sideways_scroll(page)
    page.set_viewport_size({"width": 1280, "height": 900})


def settled(page: Page, heading: str) -> None:
    expect(page.get_by_role("heading", level=1)).to_have_text(heading)
    page.wait_for_load_state("networkidle")


def test_invited_password_second_step_desk_and_out(
    page: Page, strict: tuple[Server, OpenIdProvider]
) -> None:
    page.goto(link_in_the_letter(strict[0]))
    settled(page, "Boas-vindas! Crie a sua senha")
    expect(page.get_by_text(INVITED)).to_be_visible()
    checked(page)
    write(page, "Nova senha", "curta")
    page.keyboard.press("Enter")
    expect(page.locator("#password-erro")).to_be_visible()
    checked(page)
    page.goto(page.url)
    settled(page, "Boas-vindas! Crie a sua senha")
    write(page, "Nova senha", PASSWORD)
    write(page, "Repita a nova senha", PASSWORD)
    press(page, "button", "Guardar a senha")
    expect(page.get_by_text("Senha guardada")).to_be_visible()
    checked(page)
    press(page, "link", "Entrar")

    settled(page, "Entrar")
    write(page, "E-mail", INVITED)
    write(page, "Senha", PASSWORD)
    page.keyboard.press("Enter")

    settled(page, "Segunda etapa")
    expect(page.get_by_text("sem ela, nenhuma outra página abre")).to_be_visible()
    expect(page.get_by_role("img", name="Código QR da segunda etapa")).to_be_visible()
    checked(page)
    page.goto(routes.ADMIN_STAFF)
    page.wait_for_url(f"**{routes.ENROL}")
    settled(page, "Segunda etapa")
    secret = page.locator("code").first.inner_text().replace(" ", "")
    write(page, "Código do aplicativo", "000000")
    page.keyboard.press("Enter")
    expect(page.locator("#code-erro")).to_be_visible()
    checked(page)
    code = page.get_by_label("Código do aplicativo")
    code.focus()
    page.keyboard.press("Control+A")
    page.keyboard.type(TOTP(secret).now())
    page.keyboard.press("Enter")
    expect(page.get_by_text("Segunda etapa ligada.")).to_be_visible()
    assert page.locator(".account-codes code").count() == 8
    checked(page)
    press(page, "link", "Ir para a mesa")

    settled(page, "Sua mesa")
    expect(page.locator("main").get_by_role("link", name="Pessoal")).to_be_visible()
    expect(page.locator(f'a[href^="{routes.CORREGEDORIA_COMPLAINTS}"]')).to_have_count(0)
    checked(page)
    leave(page)
    page.wait_for_url(re.compile(r":\d+/$"))
    page.goto(routes.STAFF_HOME)
    settled(page, "Entrar")


def test_by_the_provider_in_and_out(page: Page, strict: tuple[Server, OpenIdProvider]) -> None:
    page.goto(f"{routes.SIGN_IN}?voltar={routes.ADMIN_STAFF}")
    settled(page, "Entrar")
    checked(page)
    press(page, "link", "Entrar com a conta do Tribunal")
    page.wait_for_url(f"{strict[1].url}/**")
    page.locator("input[name=login]").fill("ana")
    page.locator("input[name=password]").fill("qualquer")
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Continue").click()
    page.wait_for_url(re.compile(f"{routes.ADMIN_STAFF}/?$"))
    settled(page, "Pessoal")
    page.goto(routes.STAFF_HOME)
    settled(page, "Sua mesa")
    leave(page)
    page.wait_for_url(f"{strict[1].url}/session/end**")
    page.get_by_role("button", name=re.compile("sign me out", re.IGNORECASE)).click()
    page.wait_for_url(strict[0].url + routes.HOME)

"""The frame of public pages: skip link, demonstration banner, header, main, footer."""

from typing import Any

import reflex as rx

from canais_app import routes
from canais_app.settings import settings
from canais_app.ui import error_banner
from canais_app.ui.feedback import connection_bar

# Path, icon, words of the header, and of the bar on phones.
PUBLIC_NAV = (
    (routes.HOME, "search", "Buscar unidade", "Início"),
    (routes.AGENDAS, "calendar", "Agendar com magistrado", "Agendar"),
    (routes.REPORT, "triangle-alert", "Relatar falha", "Relatar"),
    (routes.STATUS, "activity", "Situação", "Situação"),
)
# Forms have an action bar at the bottom, so the menu stays under the header.
FORM_PAGES = (routes.REPORT,)


def skip_link() -> rx.Component:
    """Return the link that skips to the content."""
    return rx.el.a(
        "Ir para o conteúdo",
        href="#conteudo",
        class_name="skip",
        custom_attrs={"reloadDocument": True},
    )


def demo_banner() -> rx.Component | None:
    """Return the banner of a demonstration; None in production."""
    if settings().is_production:
        return None
    return rx.el.div(
        "Dados de demonstração: contatos e relatos fictícios",
        role="region",
        aria_label="Aviso",
        class_name="demo",
    )


def _nav_link(path: str, icon: str, words: str, short: str, *, is_here: bool) -> rx.Component:
    return rx.el.a(
        rx.icon(icon, size=24, aria_hidden=True),
        rx.el.span(words, class_name="long"),
        rx.el.span(short, class_name="short"),
        href=path,
        custom_attrs={"aria-current": "page"} if is_here else {},
    )


def _header(here: str) -> rx.Component:
    return rx.el.header(
        rx.el.div(
            rx.el.a(
                rx.el.span("MT", class_name="mark", aria_hidden="true"),
                rx.el.span("Canais de Atendimento", rx.el.small("Poder Judiciário de Mato Grosso")),
                href=routes.HOME,
                class_name="brand",
            ),
            rx.el.a(
                rx.icon("accessibility", size=22, aria_hidden=True),
                rx.el.span("Letra, contraste e acessibilidade", class_name="visually-hidden"),
                href=f"{routes.ACCESSIBILITY}#ajustes",
                title="Letra, contraste e acessibilidade",
                custom_attrs={"reloadDocument": True},
                class_name="tool",
            ),
            rx.el.nav(
                *[_nav_link(*entry, is_here=entry[0] == here) for entry in PUBLIC_NAV],
                aria_label="Principal",
                class_name="main",
            ),
            class_name="wrap",
        ),
        class_name="top",
    )


def _footer() -> rx.Component:
    return rx.el.footer(
        rx.el.div(
            rx.el.p(
                "Horário de Cuiabá (UTC−4) · ",
                rx.el.a("Sobre", href=routes.ABOUT),
                " · ",
                rx.el.a("Acessibilidade", href=routes.ACCESSIBILITY),
                " · ",
                rx.el.a("Privacidade", href=routes.PRIVACY),
                " · ",
                rx.el.a("Dados abertos e API", href=routes.OPEN_DATA),
                " · Ouvidoria 0800 647 1420 · ",
                rx.el.a("Acesso de servidores", href=routes.STAFF_HOME),
            ),
            class_name="wrap",
        ),
        class_name="site",
    )


def breadcrumbs(*steps: tuple[str | rx.Var, str | rx.Var]) -> rx.Component:
    """Return the breadcrumb; the last step has no link."""
    items = [rx.el.li(rx.el.a(words, href=path)) for words, path in steps[:-1]]
    items.append(rx.el.li(steps[-1][0], custom_attrs={"aria-current": "page"}))
    return rx.el.nav(rx.el.ol(*items), aria_label="Você está em", class_name="crumbs")


def page_heading(*words: rx.Component | rx.Var | str, **props: Any) -> rx.Component:
    """Return the page's one heading, which takes the focus after a navigation."""
    return rx.el.h1(*words, id="titulo", tab_index=-1, **props)


def server_rendered() -> rx.Component:
    """Return the place where the API writes the page's content for browsers without JavaScript.

    What needs JavaScript has the class `js-only`.
    """
    return rx.el.noscript(rx.el.div(id="sem-javascript"))


def page(
    *children: rx.Component | rx.Var | None,
    here: str = "",
    lead: rx.Component | None = None,
    is_form: bool = False,
) -> rx.Component:
    """Frame a public page. `lead` spans the full width above the content.

    A form has its own bar at the bottom of a phone, so there the menu stands under the header.
    """
    return rx.el.div(
        skip_link(),
        demo_banner(),
        connection_bar(),
        _header(here),
        error_banner.error_banner(),
        rx.el.main(lead, rx.el.div(*children, class_name="wrap"), id="conteudo", tab_index=-1),
        _footer(),
        class_name="page form" if is_form or here in FORM_PAGES else "page",
    )


def card(title: Any, *children: rx.Component | rx.Var | str | None) -> rx.Component:
    """Return a section with its heading, framed as a card."""
    return rx.el.section(rx.el.h2(title), *children, class_name="card pad stack")

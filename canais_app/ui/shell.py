"""The frame of every page: skip link, demonstration banner, header, main, footer."""

from collections.abc import Sequence
from typing import Any

import reflex as rx

from canais_app import routes
from canais_app.settings import settings
from canais_app.ui import error_banner
from canais_app.ui.feedback import connection_bar

PUBLIC_NAV = (
    ("Buscar unidade", routes.HOME),
    ("Agendar com magistrado", routes.AGENDAS),
    ("Relatar falha", routes.REPORT),
    ("Situação", routes.STATUS),
)
_HOME_ENTRY = ("Mesa", routes.STAFF_HOME)
_CORREGEDORIA_NAV = (
    _HOME_ENTRY,
    ("Painel", routes.CORREGEDORIA),
    ("Reclamações", routes.CORREGEDORIA_COMPLAINTS),
)
_CHAMBERS_NAV = (
    _HOME_ENTRY,
    ("Gabinete", routes.CHAMBERS),
    ("Regras da agenda", routes.CHAMBERS_RULES),
)
_DIRECTORY_NAV = (
    _HOME_ENTRY,
    ("Unidades", routes.ADMIN_UNITS),
    ("Contatos", routes.ADMIN_CONTACTS),
    ("Correções", routes.MANAGEMENT),
)
# A role that may see one of these pages may see the others; `/mesa` lists the rest.
STAFF_NAV = {
    routes.CORREGEDORIA: _CORREGEDORIA_NAV,
    routes.CORREGEDORIA_COMPLAINTS: _CORREGEDORIA_NAV,
    routes.CHAMBERS: _CHAMBERS_NAV,
    routes.CHAMBERS_RULES: _CHAMBERS_NAV,
    routes.MANAGEMENT: (_HOME_ENTRY, ("Minhas unidades", routes.MANAGEMENT)),
    routes.ADMIN_UNITS: _DIRECTORY_NAV,
    routes.ADMIN_CONTACTS: _DIRECTORY_NAV,
}


def _skip() -> rx.Component:
    return rx.el.a(
        "Ir para o conteúdo",
        href="#conteudo",
        class_name="skip",
        custom_attrs={"reloadDocument": True},
    )


def _banner() -> rx.Component | None:
    if settings().is_production:
        return None
    return rx.el.div(
        "Dados de demonstração: contatos e relatos fictícios",
        role="region",
        aria_label="Aviso",
        class_name="demo",
    )


def _header(here: str, nav: Sequence[tuple[str, str]], office: str) -> rx.Component:
    return rx.el.header(
        rx.el.div(
            rx.el.a(
                rx.el.span("MT", class_name="mark", aria_hidden="true"),
                rx.el.span("Canais de Atendimento", rx.el.small(office)),
                href=routes.HOME,
                class_name="brand",
            ),
            rx.el.nav(
                *[
                    rx.el.a(
                        words,
                        href=path,
                        custom_attrs={"aria-current": "page"} if path == here else {},
                    )
                    for words, path in nav
                ],
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


def _staff_stylesheet() -> rx.Component:
    """Return the style sheet of staff pages; the public does not carry it."""
    # React waits for a style sheet with a precedence before it shows the page.
    return rx.el.link(rel="stylesheet", href="/staff.css", custom_attrs={"precedence": "staff"})


def page(
    *children: rx.Component | rx.Var | None,
    here: str = "",
    staff: bool = False,
    lead: rx.Component | None = None,
    wide: bool = False,
) -> rx.Component:
    """Frame a page. `lead` spans the full width above the content; staff pages may be `wide`."""
    nav = STAFF_NAV.get(here, (_HOME_ENTRY,)) if staff else PUBLIC_NAV
    office = (
        "Corregedoria-Geral da Justiça"
        if nav is _CORREGEDORIA_NAV
        else "Poder Judiciário de Mato Grosso"
    )
    header = _header(here, nav, office)
    return rx.el.div(
        _staff_stylesheet() if staff else None,
        _skip(),
        _banner(),
        connection_bar(),
        header,
        error_banner.error_banner(),
        rx.el.main(
            lead,
            rx.el.div(*children, class_name="wrap wide" if wide else "wrap"),
            id="conteudo",
            tab_index=-1,
        ),
        _footer(),
        class_name="page",
    )


def card(title: Any, *children: rx.Component | rx.Var | str | None) -> rx.Component:
    """Return a section with its heading, framed as a card."""
    return rx.el.section(rx.el.h2(title), *children, class_name="card pad stack")

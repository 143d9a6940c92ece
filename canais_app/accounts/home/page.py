"""Mesa: one card for each page that this person may open."""

import reflex as rx

from canais_app import routes
from canais_app.accounts.home.menu import ICONS
from canais_app.accounts.home.state import Group, HomeState
from canais_app.ui import feedback, forms, shell


def _menu_card(entry: rx.vars.ObjectVar[dict[str, str]]) -> rx.Component:
    icon = rx.match(
        entry["icon"],
        *[(name, rx.icon(name, size=22, aria_hidden=True)) for name in ICONS],
        rx.icon("arrow-right", size=22, aria_hidden=True),
    )
    return rx.el.li(
        rx.el.a(
            icon,
            rx.el.span(
                rx.el.span(entry["title"], class_name="strong"),
                rx.el.span(entry["about"], class_name="muted small"),
                class_name="desk-words",
            ),
            href=entry["path"],
            class_name="card pad desk-place",
        ),
        key=entry["path"],
    )


def _group(group: rx.vars.ObjectVar[Group]) -> rx.Component:
    return rx.el.section(
        rx.el.h2(group["name"]),
        rx.el.ul(
            rx.foreach(group["entries"].to(list[dict[str, str]]), _menu_card),
            class_name="desk-places",
        ),
        class_name="section tight",
    )


def sign_out_form() -> rx.Component:
    """Return the form that ends the session."""
    return forms.plain_form(
        rx.el.button(
            rx.icon("log-out", size=18, aria_hidden=True),
            "Sair",
            type="submit",
            class_name="btn sec",
        ),
        action=routes.SIGN_OUT_FORM,
    )


def page() -> rx.Component:
    """Return the staff home page."""
    return shell.page(
        shell.breadcrumbs(("Início", routes.HOME), ("Mesa", routes.STAFF_HOME)),
        rx.el.div(
            rx.el.div(
                shell.page_heading("Sua mesa"),
                rx.el.p(
                    rx.el.span(HomeState.name, class_name="strong"),
                    rx.cond(HomeState.roles != "", " · ", " · sem perfil: peça ao administrador"),
                    HomeState.roles,
                    class_name="muted",
                ),
            ),
            sign_out_form(),
            class_name="between",
        ),
        rx.cond(
            HomeState.refused,
            feedback.callout("Seu perfil não permite abrir aquela página.", tone="warn"),
        ),
        rx.cond(HomeState.name == "", feedback.skeleton(), rx.foreach(HomeState.groups, _group)),
        here=routes.STAFF_HOME,
    )

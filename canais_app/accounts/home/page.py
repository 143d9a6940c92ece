"""Mesa: one card for each page that this person may open, with its number."""

from typing import Any

import reflex as rx

from canais_app import routes
from canais_app.accounts.frame.page import menu_count, menu_icon, staff_frame
from canais_app.accounts.frame.state import FrameState, MenuGroup
from canais_app.accounts.home.state import HomeState
from canais_app.ui import feedback, shell


def _card(entry: rx.vars.ObjectVar[dict[str, Any]]) -> rx.Component:
    return rx.el.li(
        rx.el.a(
            menu_icon(name=entry["icon"].to(str)),
            rx.el.span(
                rx.el.span(entry["title"], class_name="strong"),
                rx.el.span(entry["about"], class_name="muted small"),
                class_name="desk-words",
            ),
            menu_count(entry),
            href=entry["path"].to(str),
            class_name="card pad desk-place",
        ),
        key=entry["path"].to(str),
    )


def _group(group: rx.vars.ObjectVar[MenuGroup]) -> rx.Component:
    return rx.el.section(
        rx.el.h2(group["name"]),
        rx.el.ul(
            rx.foreach(group["entries"].to(list[dict[str, Any]]), _card), class_name="desk-places"
        ),
        class_name="section tight",
    )


def page() -> rx.Component:
    """Return the staff home page."""
    return staff_frame(
        shell.page_heading("Sua mesa"),
        rx.el.p(
            rx.el.span(FrameState.name, class_name="strong"),
            rx.cond(FrameState.roles != "", " · ", " · sem perfil: peça ao administrador"),
            FrameState.roles,
            class_name="muted",
        ),
        rx.cond(
            HomeState.refused,
            feedback.callout("Seu perfil não permite abrir aquela página.", tone="warn"),
        ),
        rx.cond(FrameState.name == "", feedback.skeleton(), rx.foreach(FrameState.groups, _group)),
        here=routes.STAFF_HOME,
    )

"""Feedback components: connection, refusals, announcements, loading, empty lists."""

from typing import Any

import reflex as rx
from reflex_components_core.core.banner import has_connection_errors


def connection_bar() -> rx.Component:
    """Show that the connection is lost, until the page recovers by itself."""
    return rx.el.div(
        rx.cond(
            has_connection_errors,
            rx.el.p(
                rx.icon("wifi-off", size=18, aria_hidden=True),
                rx.el.span(
                    "Sem conexão. O que você digitou continua aqui; tentamos de novo sozinhos. ",
                    rx.el.a(
                        "Ver contatos guardados",
                        href="/offline.html",
                        target="_blank",
                        custom_attrs={"reloadDocument": True},
                    ),
                ),
                class_name="offline-bar",
            ),
        ),
        role="status",
        aria_live="polite",
        class_name="stay",
    )


def error_message(message: rx.Var[str] | str, **props: Any) -> rx.Component:
    """Show a refusal; nothing for an empty message."""
    return rx.cond(
        message != "",
        rx.el.div(
            rx.icon("circle-alert", size=20, aria_hidden=True),
            rx.el.p(message),
            role="alert",
            class_name="note bad",
            **props,
        ),
    )


def live_announcement(message: rx.Var[str] | str) -> rx.Component:
    """Announce a live change politely, without moving the focus."""
    return rx.el.div(message, role="status", aria_live="polite", class_name="visually-hidden")


def callout(*children: rx.Component | rx.Var | str, tone: str = "info") -> rx.Component:
    """Show a note in the tone `info`, `ok`, `warn` or `bad`."""
    return rx.el.div(
        rx.icon("info", size=20, aria_hidden=True), rx.el.div(*children), class_name=f"note {tone}"
    )


def dot_tag(tone: Any, *words: rx.Component | rx.Var | str) -> rx.Component:
    """Show a tag with a coloured dot, such as whether a unit is open."""
    return rx.el.span(rx.el.span(class_name="dot"), *words, class_name=f"tag {tone}")


def skeleton(lines: int = 3) -> rx.Component:
    """Show a placeholder while content is loading."""
    return rx.el.div(
        *[rx.el.div(class_name="skeleton") for _ in range(lines)],
        rx.el.span("Carregando…", class_name="visually-hidden"),
        aria_busy="true",
    )


def empty_state(title: str, *next_steps: rx.Component | str) -> rx.Component:
    """Show that there is nothing, and what to do next."""
    return rx.el.div(rx.el.h2(title), *next_steps, class_name="card pad stack", role="status")

"""The home page: search, answer, notices."""

import reflex as rx

from canais_app import routes
from canais_app.directory.finder import parts
from canais_app.directory.finder.state import FinderState
from canais_app.ui import feedback, shell


def _hero() -> rx.Component:
    return rx.el.div(
        rx.el.div(
            shell.page_heading("Fale com a unidade certa, pelo canal que funciona agora."),
            rx.el.p(
                "Telefone, e-mail, WhatsApp, Balcão Virtual e agendamento de todas as unidades "
                "do 1º e do 2º grau."
            ),
            class_name="wrap",
        ),
        class_name=rx.cond(FinderState.searched, "finder-hero off", "finder-hero"),
    )


def page() -> rx.Component:
    """Return the home page."""
    return shell.page(
        rx.el.section(
            parts.box(),
            parts.chips(),
            aria_label="Busca de unidades",
            aria_busy=rx.cond(FinderState.ready, "false", "true"),
            class_name=rx.cond(FinderState.searched, "card finder on", "card finder"),
        ),
        shell.server_rendered(),
        feedback.error_message(FinderState.problem),
        feedback.live_announcement(FinderState.headline),
        feedback.live_announcement(FinderState.news),
        rx.el.div(
            rx.cond(FinderState.searched, parts.results(), parts.start()),
            parts.aside(),
            class_name="columns finder-columns js-only",
        ),
        here=routes.HOME,
        lead=_hero(),
    )

"""The desk's card for the calendar feed: its secret address and its buttons."""

import reflex as rx

from canais_app.agenda.desk.feed_state import FeedState
from canais_app.agenda.parts import status_message
from canais_app.ui.feedback import error_message
from canais_app.ui.forms import button


def _address() -> rx.Component:
    return rx.el.div(
        rx.el.label("Endereço do calendário", html_for="endereco-calendario"),
        rx.el.input(
            id="endereco-calendario", value=FeedState.address, read_only=True, spell_check=False
        ),
        rx.el.p(
            "No seu calendário, escolha “assinar” ou “adicionar por URL” e cole.",
            class_name="small muted",
        ),
        class_name="field",
    )


def _buttons(agenda_id: rx.Var[int]) -> rx.Component:
    return rx.el.div(
        button(
            rx.cond(FeedState.since != "", "Trocar o endereço", "Criar o endereço"),
            FeedState.create_feed(agenda_id),
            look="sec sm",
        ),
        rx.cond(
            FeedState.since != "",
            button(
                "Revogar",
                FeedState.revoke_feed(agenda_id),
                " o endereço do calendário",
                look="danger sm",
            ),
        ),
        class_name="row",
    )


def feed_card(agenda_id: rx.Var[int]) -> rx.Component:
    """Return the card of an agenda; keyed by agenda, so that another one is loaded."""
    return rx.el.section(
        rx.el.h2("No seu calendário", id="no-calendario"),
        rx.el.p(
            "Um endereço secreto mostra esta agenda no calendário do gabinete: quem vem e quando, "
            "sem assunto nem processo. Trocar o endereço desliga o anterior.",
            class_name="small muted",
        ),
        rx.cond(FeedState.since != "", rx.el.p("Em uso desde ", FeedState.since, ".")),
        status_message(FeedState.news),
        error_message(FeedState.problem),
        rx.cond(FeedState.address != "", _address()),
        _buttons(agenda_id),
        aria_labelledby="no-calendario",
        key=agenda_id.to_string(),
        on_mount=FeedState.load_feed(agenda_id),
        class_name="card picker-pad stack desk-noprint",
    )

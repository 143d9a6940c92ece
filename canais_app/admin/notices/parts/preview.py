"""Preview of the notice that is being written."""

import reflex as rx

from canais_app.admin.notices.state import NoticesState
from canais_app.ui import feedback


def notice_preview() -> rx.Component:
    """Return a unit's card as the notice would change it, and the impact."""
    card = NoticesState.card
    return rx.el.aside(
        rx.el.h3("Como o público verá"),
        rx.cond(
            card.name != "",
            rx.el.div(
                rx.el.p(card.name, class_name="strong"),
                rx.el.p(feedback.dot_tag(card.open_tone, card.open_words)),
                rx.foreach(
                    card.notices, lambda words: rx.el.p(words, class_name="finder-note small")
                ),
                class_name="card pad tight",
            ),
            rx.el.p("Preencha o aviso para ver a ficha da unidade.", class_name="muted small"),
        ),
        rx.el.p(NoticesState.reach, role="status", class_name="strong"),
        aria_label="Prévia",
        class_name="stack",
    )

"""Pieces of staff screens: heading, live mark, undo, help of the keyboard, rows and cells.

`assets/staff.js` gives life to the attributes `data-key`, `data-row` and `data-dialog`.
"""

from typing import Any

import reflex as rx

from canais_app.ui.feedback import live_announcement
from canais_app.ui.forms import button
from canais_app.ui.shell import page_heading

KEY_HELP_ID = "atalhos"


def page_head(
    title: Any, summary: Any, *right: rx.Component | None, announced: Any = ""
) -> rx.Component:
    """Return the head of a screen: a finding in numbers, and under it the sum that explains it.

    `announced` is read aloud politely when it changes.
    """
    return rx.el.div(
        rx.el.div(page_heading(title), rx.el.p(summary), live_announcement(announced)),
        rx.el.div(*right, class_name="live") if right else None,
        class_name="hd",
    )


def live_mark(time: Any, iso: Any, stamp: Any, paused: Any, on_pause: Any) -> rx.Component:
    """Return how old the data are, and the button that pauses; CSS alone counts the minutes.

    `stamp` differs with each update; after two minutes without one the mark says "parado".
    """
    age = rx.el.span(
        rx.el.span(class_name="dot", aria_hidden="true"),
        rx.el.span(
            rx.cond(
                paused,
                rx.el.span("Em pausa", class_name="live-paused"),
                rx.fragment(
                    rx.el.b("Ao vivo", class_name="live-on"),
                    rx.el.b("parado", class_name="live-off"),
                ),
            ),
            class_name="live-words",
        ),
        rx.el.span("dados de ", rx.el.time(time, date_time=iso)),
        rx.el.span(
            rx.el.span("de agora", class_name="live-now"),
            rx.el.span("há mais de 1 min", class_name="live-minute"),
            rx.el.span("há mais de 2 min", class_name="live-old"),
            class_name="live-ages",
        ),
        key=stamp,
        class_name="live-mark",
    )
    return rx.fragment(
        age,
        button(
            rx.cond(
                paused,
                rx.fragment(rx.icon("play", size=14, aria_hidden=True), "Continuar"),
                rx.fragment(rx.icon("pause", size=14, aria_hidden=True), "Pausar"),
            ),
            on_pause,
            look="sec xs",
        ),
    )


def avatar(initials: Any, *, small: bool = False) -> rx.Component:
    """Return a person's initials in a circle; a dashed `?` when there is nobody."""
    size = " s" if small else ""
    return rx.cond(
        initials,
        rx.el.span(initials, class_name=f"av{size}", aria_hidden="true"),
        rx.el.span("?", class_name=f"av{size} none", aria_hidden="true"),
    )


def undo_bar(words: Any, stamp: Any, undo: Any) -> rx.Component:
    """Say what was done, with a button (Z) that undoes it, for ten seconds.

    Empty `words` show nothing; `stamp` differs with each action.
    """
    return rx.el.div(
        rx.cond(
            words != "",
            rx.el.div(
                rx.icon("check", size=18, aria_hidden=True),
                rx.el.p(words),
                button("Desfazer", undo, look="sec sm", key="z"),
                key=stamp,
                class_name="note ok undo",
            ),
        ),
        role="status",
        class_name="undo-place",
    )


def key_help(*keys: tuple[str, str]) -> rx.Component:
    """Return the button (?) that opens the list of the screen's keys, with its off switch."""
    return rx.fragment(
        rx.el.button(
            "Atalhos ",
            rx.el.span("?", class_name="kbd", aria_hidden="true"),
            type="button",
            class_name="btn plain",
            custom_attrs={"data-key": "?", "data-dialog": KEY_HELP_ID},
        ),
        rx.el.dialog(
            rx.el.h2("Atalhos do teclado", id=f"{KEY_HELP_ID}-titulo"),
            rx.el.dl(
                *[
                    rx.el.div(rx.el.dt(rx.el.kbd(key, class_name="kbd")), rx.el.dd(words))
                    for key, words in (*keys, ("?", "esta ajuda"))
                ],
                class_name="key-list",
            ),
            key_switch(),
            rx.el.form(
                rx.el.button("Fechar", type="submit", class_name="btn sec"),
                custom_attrs={"method": "dialog"},
            ),
            id=KEY_HELP_ID,
            aria_labelledby=f"{KEY_HELP_ID}-titulo",
            class_name="key-help",
        ),
    )


def key_switch() -> rx.Component:
    """Return the switch of the single-letter keys (WCAG 2.1.4); this browser remembers it."""
    return rx.el.label(
        rx.el.input(type="checkbox", custom_attrs={"data-key-switch": "true"}),
        rx.el.span("Usar atalhos de uma letra neste navegador"),
        class_name="check",
    )


def confirmation(asking: Any, ask: rx.Component, yes: Any, act: Any, dismiss: Any) -> rx.Component:
    """Return the button `ask`; while `asking`, the buttons that confirm and dismiss."""
    answers = (button(yes, act, look="danger sm"), button("Não", dismiss, look="ghost sm"))
    return rx.cond(asking, rx.el.span(*answers, class_name="row"), ask)


def more_button(state: Any) -> rx.Component:
    """Return the button that loads the next page of a list, if there is one."""
    return rx.cond(state.next != "", button("Mostrar mais", state.load_more))


def table_cells(*values: Any) -> list[rx.Component]:
    """Return one table cell for each value."""
    return [rx.el.td(value) for value in values]

"""The bar that grows above the table when rows are ticked, and its forms."""

from typing import Any

import reflex as rx

from canais_app.complaints.queue.state import QueueState

STATE: Any = QueueState
TEXT = rx.Var("(document.getElementById('lote')?.value ?? '')").to(str)
OWNER = rx.Var("(document.getElementById('lote')?.value ?? '0')").to(str)


def _button(words: str, event: Any, **props: Any) -> rx.Component:  # noqa: ANN401 (an event, its props)
    return rx.el.button(words, type="button", on_click=event, class_name="btn xs", **props)


def bulk_bar() -> rx.Component:
    """Return the bar with what can be done to the ticked rows; nothing without any."""
    count = STATE.ticked.length()
    return rx.cond(
        count > 0,
        rx.el.div(
            rx.el.div(
                rx.el.b(
                    count, rx.cond(count == 1, " escolhida", " escolhidas"), aria_live="polite"
                ),
                _button("Assumir", QueueState.run_bulk("assumir", "", "0")),
                _button("Passar…", QueueState.open_bulk("passar")),
                _button("Encaminhar…", QueueState.open_bulk("encaminhar")),
                _button("Responder…", QueueState.open_bulk("responder")),
                _button("Não confirmada…", QueueState.open_bulk("nao_confirmada")),
                _button(
                    "Juntar iguais", QueueState.run_bulk("juntar", "", "0"), disabled=count == 1
                ),
                rx.el.button(
                    "Limpar",
                    rx.el.span("Esc", class_name="kbd", aria_hidden="true"),
                    type="button",
                    on_click=QueueState.untick,
                    class_name="btn xs gh",
                    custom_attrs={"data-key": "Escape"},
                ),
                role="toolbar",
                aria_label="Ações para as escolhidas",
                class_name="bulk",
            ),
            _form(),
        ),
    )


def _form() -> rx.Component:
    return rx.match(
        STATE.bulk_mode,
        ("passar", _owner_form()),
        ("responder", _text_form("responder", "Resposta a todas", "Responder a todas", True)),
        (
            "encaminhar",
            _text_form("encaminhar", "O que cada unidade deve fazer", "Encaminhar todas", False),
        ),
        (
            "nao_confirmada",
            _text_form("nao_confirmada", "Por que não se confirmou", "Encerrar todas", False),
        ),
        rx.fragment(),
    )


def _text_form(action: str, label: str, button: str, with_templates: bool) -> rx.Component:  # noqa: FBT001 (drawn twice)
    hint = "Quem relatou lê este texto. {unidade}, {canal} e {data} são preenchidos em cada uma."
    if action == "encaminhar":
        hint = "Só a unidade lê este texto; ela recebe também um e-mail."
    return rx.el.div(
        _templates() if with_templates else None,
        rx.el.label(label, html_for="lote", class_name="lab"),
        rx.el.textarea(
            id="lote",
            rows="4",
            max_length=2000,
            default_value=STATE.draft,
            key=STATE.form_key,
            aria_describedby="lote-dica",
        ),
        rx.el.p(hint, id="lote-dica", class_name="mut sm"),
        rx.el.button(
            button,
            type="button",
            on_click=QueueState.run_bulk(action, TEXT, "0"),
            class_name="btn pri",
        ),
        class_name="bulk-form stack",
    )


def _templates() -> rx.Component:
    return rx.el.div(
        rx.el.label("Modelo", html_for="lote-modelo", class_name="lab"),
        rx.el.select(
            rx.el.option("escolher…", value="0"),
            rx.foreach(
                STATE.templates, lambda t: rx.el.option(t["name"], value=t["id"].to_string())
            ),
            id="lote-modelo",
            default_value="0",
            on_change=QueueState.fill_bulk,
        ),
        class_name="field",
    )


def _owner_form() -> rx.Component:
    return rx.el.div(
        rx.el.label("Passar para", html_for="lote", class_name="lab"),
        rx.el.select(
            rx.el.option("ninguém", value="0"),
            rx.foreach(STATE.owners, lambda o: rx.el.option(o["name"], value=o["id"].to_string())),
            id="lote",
        ),
        rx.el.button(
            "Passar todas",
            type="button",
            on_click=QueueState.run_bulk("passar", "", OWNER),
            class_name="btn pri",
        ),
        class_name="bulk-form stack",
    )

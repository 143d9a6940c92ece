"""The correction form: channel, what is wrong, the right value, and an optional e-mail."""

from typing import Any

import reflex as rx

from canais_app.directory.unit.correction_state import PREFIX, CorrectionState
from canais_app.directory.views import ChannelView
from canais_app.ui import feedback, forms

FAULT_OPTIONS = (("valor", "O contato é outro"), ("extinto", "Este canal não existe mais"))


def _option(channel: rx.Var[ChannelView]) -> rx.Component:
    return rx.cond(
        channel.id > 0,
        rx.el.option(f"{channel.name}: {channel.value}", value=channel.id.to_string()),
    )


def _fields(channels: Any) -> rx.Component:  # noqa: ANN401 (a Var of channels)
    errors = CorrectionState.errors
    return rx.el.form(
        rx.el.div(
            feedback.error_message(CorrectionState.problem), id=f"{PREFIX}problema", tab_index=-1
        ),
        rx.el.div(
            rx.el.label("Qual canal?", html_for=f"{PREFIX}channel"),
            rx.el.select(
                rx.el.option("Escolha", value=""),
                rx.foreach(channels, _option),
                id=f"{PREFIX}channel",
                name=f"{PREFIX}channel",
                aria_invalid=rx.cond(errors.contains(f"{PREFIX}channel"), "true", "false"),
                aria_describedby=f"{PREFIX}channel-erro",
            ),
            rx.el.p(errors[f"{PREFIX}channel"], id=f"{PREFIX}channel-erro", class_name="err"),
            class_name="field",
        ),
        forms.select_from_pairs(f"{PREFIX}wrong", "O que está errado?", FAULT_OPTIONS, errors),
        forms.field(
            f"{PREFIX}value",
            "Qual é o certo?",
            errors,
            hint="Telefone com DDD, e-mail ou endereço https://",
            max_length=300,
            auto_complete="off",
        ),
        forms.field(f"{PREFIX}note", "Como você sabe?", errors, optional=True, max_length=300),
        forms.field(
            f"{PREFIX}email",
            "Seu e-mail",
            errors,
            hint="Só para contar o que foi decidido; depois é apagado.",
            optional=True,
            type="email",
            auto_complete="email",
            max_length=200,
        ),
        rx.el.button("Enviar aviso", type="submit", class_name="btn pri"),
        on_submit=CorrectionState.send_correction,
        no_validate=True,
        class_name="stack correction",
    )


def _thanks() -> rx.Component:
    return rx.el.div(
        rx.el.p(
            rx.el.strong("Obrigado. "),
            "A unidade recebeu o seu aviso e confere antes de publicar.",
            id=f"{PREFIX}enviado",
            tab_index=-1,
        ),
        rx.el.button(
            "Avisar de outro canal", on_click=CorrectionState.reset_form, class_name="btn sm sec"
        ),
        role="status",
        class_name="stack",
    )


def correction_form(channels: Any) -> rx.Component:  # noqa: ANN401 (a Var of channels)
    """Return the form, closed at first; `channels` is a Var of the unit's published channels."""
    return rx.el.details(
        rx.el.summary(rx.icon("flag", size=18, aria_hidden=True), "Informação errada? Avise"),
        rx.cond(CorrectionState.sent, _thanks(), _fields(channels)),
        class_name="card unit-correction unit-noprint",
    )

"""The forms of the desk's actions; one is open at a time, under the buttons."""

from typing import Any

import reflex as rx

from canais_app.complaints.situations.desk.state import SituationsState
from canais_app.complaints.situations.incident_forms import PROMISES
from canais_app.ui import forms

Value = Any  # a Var; on a State class pyright sees the plain types
STATE: Value = SituationsState
CHOSEN: Value = SituationsState.chosen
PROMISE_NAMES = {15: "15 minutos", 30: "30 minutos", 60: "1 hora", 120: "2 horas", 240: "4 horas"}


def action_panels() -> rx.Component:
    """Return the open form of the chosen situation."""
    return rx.match(
        SituationsState.panel,
        ("passar", _pass_on()),
        ("avisar", _tell_unit()),
        ("confirmar", _confirm()),
        ("falso", _dismiss()),
        ("incidente", _incident()),
        ("responder", _answer()),
        ("anotar", _note()),
        rx.fragment(),
    )


def hand_over_panel() -> rx.Component:
    """Return the form of the note to the next shift, when it is open."""
    return rx.cond(
        SituationsState.panel == "turno",
        _form(
            SituationsState.hand_over,
            "Deixar a nota",
            _text("turno-texto", "O que o próximo turno precisa saber", 500),
        ),
    )


def _form(on_submit: Value, submit: str, *children: rx.Component | None) -> rx.Component:
    return rx.el.form(
        *children,
        rx.el.div(
            rx.el.button(submit, type="submit", class_name="btn pri"),
            rx.el.button(
                "Fechar",
                type="button",
                on_click=SituationsState.open_panel("", ""),
                class_name="btn sec",
            ),
            class_name="rowx",
        ),
        on_submit=on_submit,
        no_validate=True,
        class_name="stack sit-panel",
    )


def _text(id_: str, label: str, longest: int, **props: Value) -> rx.Component:
    return rx.el.div(
        rx.el.label(label, html_for=id_),
        rx.el.textarea(
            id=id_,
            name="text",
            rows="3",
            max_length=longest,
            custom_attrs={"data-draft": f"situacao:{id_}"},
            **props,
        ),
        class_name="field",
    )


def _pass_on() -> rx.Component:
    return _form(
        SituationsState.pass_on,
        "Passar",
        forms.plain_select(
            "passar-para",
            "Passar para",
            rx.el.option("De volta à fila", value=""),
            rx.foreach(STATE.handlers, lambda each: rx.el.option(each[1], value=each[0])),
            name="to",
        ),
        forms.plain_input("passar-texto", "Nota (opcional)", name="text", max_length=300),
    )


def _tell_unit() -> rx.Component:
    return _form(
        SituationsState.tell_unit,
        "Enviar o aviso",
        rx.el.p(
            "Vai para o e-mail da unidade e para quem a administra, com o que as pessoas relatam.",
            class_name="mut sm",
        ),
        _text("avisar-texto", "Acrescentar (opcional)", 1000),
    )


def _confirm() -> rx.Component:
    return rx.el.div(
        rx.el.p(
            "Você conferiu que o canal falha? O público passa a ler “Instabilidade confirmada”, "
            "e quem assina os avisos recebe um e-mail."
        ),
        rx.el.div(
            rx.el.button(
                "Sim, confirmar",
                id="confirmar-sim",
                type="button",
                on_click=SituationsState.confirm,
                class_name="btn pri",
            ),
            rx.el.button(
                "Fechar",
                type="button",
                on_click=SituationsState.open_panel("", ""),
                class_name="btn sec",
            ),
            class_name="rowx",
        ),
        class_name="stack sit-panel",
    )


def _dismiss() -> rx.Component:
    return _form(
        SituationsState.dismiss,
        "Marcar falso",
        rx.el.p(
            "Sai da página pública agora e conta no orçamento de alarmes falsos.",
            class_name="mut sm",
        ),
        forms.plain_input(
            "falso-motivo", "Por que era falso?", name="text", max_length=300, list="falso-motivos"
        ),
        rx.el.datalist(
            *[
                rx.el.option(value=words)
                for words in (
                    "A unidade atendia normalmente",
                    "Relatos de outra unidade",
                    "Teste ou engano",
                    "Manutenção que não foi declarada",
                )
            ],
            id="falso-motivos",
        ),
    )


def _incident() -> rx.Component:
    return _form(
        SituationsState.declare,
        "Declarar incidente",
        forms.plain_input(
            "incidente-titulo",
            "Título, como o público lê",
            name="title",
            max_length=120,
            default_value=CHOSEN.suggested_title,
            key=CHOSEN.code,
        ),
        rx.cond(
            CHOSEN.neighbours.length() > 0,
            rx.el.fieldset(
                rx.el.legend("Outras situações da comarca"),
                rx.foreach(
                    CHOSEN.neighbours,
                    lambda each: rx.el.label(
                        rx.el.input(
                            type="checkbox",
                            name="com-" + each.code,
                            default_checked=True,
                            class_name="cb",
                        ),
                        rx.el.span(each.words),
                        class_name="check",
                        key=each.code,
                    ),
                ),
            ),
        ),
        rx.el.label(
            rx.el.input(type="checkbox", name="is_public", default_checked=True, class_name="cb"),
            rx.el.span("Mostrar ao público"),
            class_name="check",
        ),
        forms.plain_input(
            "incidente-funciona",
            "Funciona, enquanto isso",
            name="works",
            max_length=200,
            default_value=CHOSEN.works,
            key=f"works-{CHOSEN.code}",
        ),
        _text("incidente-texto", "Primeira notícia", 280),
        forms.plain_select(
            "incidente-promessa",
            "Próxima notícia em",
            *[rx.el.option(PROMISE_NAMES[minutes], value=str(minutes)) for minutes in PROMISES],
            name="next_update_minutes",
            default_value="30",
        ),
    )


def _answer() -> rx.Component:
    return _form(
        SituationsState.answer_all,
        "Responder aos grupos marcados",
        rx.el.p(
            "Cada pessoa recebe a resposta no seu relato, que passa a “Respondida”.",
            class_name="mut sm",
        ),
        _text("responder-texto", "Resposta", 2000),
    )


def _note() -> rx.Component:
    return _form(
        SituationsState.add_note,
        "Anotar",
        rx.cond(
            SituationsState.called != "",
            rx.el.p(f"Ligação para {SituationsState.called}: o que disseram?", class_name="ink"),
        ),
        _text("anotar-texto", "O que aconteceu", 1000),
    )

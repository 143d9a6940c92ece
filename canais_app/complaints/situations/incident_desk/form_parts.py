"""The forms of incidents: declare, publish, note, include, merge, false, review."""

from typing import Any

import reflex as rx

from canais_app.complaints.situations.desk.panel_parts import PROMISE_NAMES
from canais_app.complaints.situations.incident_desk.state import IncidentsState
from canais_app.complaints.situations.incident_forms import PROMISES
from canais_app.directory.channels import CHANNEL_NAMES
from canais_app.ui import forms

Value = Any  # a Var; on a State class pyright sees the plain types
STATE: Value = IncidentsState
INCIDENT: Value = IncidentsState.incident


def _form(on_submit: Value, submit: str, *children: rx.Component | None) -> rx.Component:
    return rx.el.form(
        *children,
        rx.el.div(
            rx.el.button(submit, type="submit", class_name="btn pri"),
            rx.el.button(
                "Fechar",
                type="button",
                on_click=IncidentsState.open_panel(""),
                class_name="btn sec",
            ),
            class_name="rowx",
        ),
        on_submit=on_submit,
        no_validate=True,
        class_name="stack sit-panel",
    )


def _text(
    id_: str, name: str, label: str, longest: int, rows: str = "3", **props: Value
) -> rx.Component:
    return rx.el.div(
        rx.el.label(label, html_for=id_),
        rx.el.textarea(id=id_, name=name, rows=rows, max_length=longest, **props),
        class_name="field",
    )


def _check(name: Value, words: Value, **props: Value) -> rx.Component:
    return rx.el.label(
        rx.el.input(type="checkbox", name=name, class_name="cb", **props),
        rx.el.span(words),
        class_name="check",
    )


def _promise(id_: str) -> rx.Component:
    return forms.plain_select(
        id_,
        "Próxima notícia em",
        rx.el.option("Escolha", value=""),
        *[rx.el.option(PROMISE_NAMES[minutes], value=str(minutes)) for minutes in PROMISES],
        name="next_update_minutes",
    )


def _channels() -> rx.Component:
    return rx.el.fieldset(
        rx.el.legend("Canais afetados (nenhum marcado: todos)"),
        *[_check(f"canal-{kind}", words) for kind, words in CHANNEL_NAMES.items()],
    )


def _step(id_: str) -> rx.Component:
    return forms.plain_select(
        id_,
        "Passo",
        rx.foreach(INCIDENT.next_steps, lambda each: rx.el.option(each[1], value=each[0])),
        name="status",
    )


def declare_form() -> rx.Component:
    """Return the declaration of an incident of a comarca, or a maintenance."""
    return _form(
        IncidentsState.declare,
        "Declarar",
        forms.plain_select(
            "declarar-tipo",
            "O que é",
            rx.el.option("Incidente, agora", value="incidente"),
            rx.el.option("Manutenção, com começo e fim", value="manutencao"),
            name="kind",
        ),
        forms.plain_input(
            "declarar-titulo", "Título, como o público lê", name="title", max_length=120
        ),
        forms.plain_select(
            "declarar-comarca",
            "Comarca",
            rx.el.option("Escolha", value=""),
            rx.foreach(STATE.comarcas, lambda each: rx.el.option(each.name, value=each.code)),
            name="comarca",
        ),
        _channels(),
        rx.el.div(
            forms.plain_input(
                "declarar-comeco", "Começo (manutenção)", name="started_at", type="datetime-local"
            ),
            forms.plain_input(
                "declarar-fim", "Fim ou previsão", name="ends_at", type="datetime-local"
            ),
            class_name="two",
        ),
        _check("is_public", "Mostrar ao público", default_checked=True),
        forms.plain_input(
            "declarar-funciona", "Funciona, enquanto isso", name="works", max_length=200
        ),
        _text("declarar-texto", "text", "Primeira notícia", 280),
        _promise("declarar-promessa"),
    )


def open_form() -> rx.Component:
    """Return the open form of the incident."""
    return rx.match(
        IncidentsState.panel,
        ("noticia", _publish()),
        ("nota", _note()),
        ("incluir", _include()),
        ("juntar", _merge()),
        ("falso", _false()),
        rx.fragment(),
    )


def _publish() -> rx.Component:
    return _form(
        IncidentsState.publish,
        "Publicar",
        rx.el.p(INCIDENT.reach, class_name="mut sm"),
        _text("noticia-texto", "text", "O que o público vai ler (até 280 letras)", 280),
        rx.el.div(_promise("noticia-promessa"), _step("noticia-passo"), class_name="two"),
        rx.el.div(
            forms.plain_input(
                "noticia-funciona",
                "Funciona",
                name="works",
                max_length=200,
                default_value=INCIDENT.works,
                key=f"works-{INCIDENT.version}",
            ),
            forms.plain_input(
                "noticia-fim", "Nova previsão de fim", name="ends_at", type="datetime-local"
            ),
            class_name="two",
        ),
    )


def _note() -> rx.Component:
    return _form(
        IncidentsState.add_note,
        "Guardar a nota",
        _text("nota-texto", "text", "Só para a equipe", 280),
        _step("nota-passo"),
    )


def _include() -> rx.Component:
    return _form(
        IncidentsState.include,
        "Incluir",
        forms.plain_input(
            "incluir-unidade",
            "Unidade",
            hint="Cole o endereço da página da unidade no portal.",
            name="unit",
            max_length=300,
        ),
        _channels(),
    )


def _merge() -> rx.Component:
    return _form(
        IncidentsState.merge,
        "Juntar",
        rx.el.p("As unidades e situações deste passam para o outro, e este se encerra."),
        forms.plain_select(
            "juntar-em",
            "Juntar a",
            rx.el.option("Escolha", value=""),
            rx.foreach(INCIDENT.others, lambda each: rx.el.option(each[1], value=each[0])),
            name="into",
        ),
    )


def _false() -> rx.Component:
    return _form(
        IncidentsState.mark_false,
        "Não era incidente",
        rx.el.p("Sai da página pública; as situações contam como alarmes falsos."),
        forms.plain_input("falso-motivo", "Por quê?", name="reason", max_length=300),
    )


def review_form() -> rx.Component:
    """Return the form of the review."""
    return _form(
        IncidentsState.write_review,
        "Guardar a análise",
        _text(
            "analise-houve",
            "what",
            "O que houve e por quê",
            2000,
            default_value=INCIDENT.review_what,
        ),
        _text(
            "analise-afetados",
            "affected",
            "Quem foi afetado",
            2000,
            "2",
            default_value=INCIDENT.review_affected,
        ),
        _text(
            "analise-funcionou",
            "worked",
            "O que funcionou, o que faltou",
            2000,
            default_value=INCIDENT.review_worked,
        ),
        rx.el.fieldset(
            rx.el.legend("O que muda"),
            forms.plain_input("analise-acao", "O quê", name="action", max_length=200),
            forms.plain_input("analise-dono", "Quem faz", name="action_owner", max_length=120),
            forms.plain_input("analise-prazo", "Até", name="action_due", type="date"),
        ),
        _check("is_done", "Concluir a análise"),
    )

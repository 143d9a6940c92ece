"""Page of one complaint: the report, its events, and the forms for triage."""

from typing import Any

import reflex as rx

from canais_app import routes
from canais_app.accounts.frame.page import staff_frame
from canais_app.complaints.detail.state import ComplaintState as State
from canais_app.ui import feedback, forms, shell
from canais_app.ui.persistence import persisted, show_once_ready

IS_LOADED = State.complaint.contains("protocol")


def _fact(title: str, *words: rx.Var[str] | rx.Component | str) -> rx.Component:
    return rx.el.div(rx.el.dt(title), rx.el.dd(*words))


def _facts() -> rx.Component:
    complaint = State.complaint
    return rx.el.section(
        rx.el.div(
            rx.el.h2("O relato"),
            rx.el.div(
                rx.el.span(complaint["status_words"].to(str), class_name="tag"),
                rx.el.span(
                    complaint["deadline"].to(str),
                    class_name=rx.cond(complaint["late"].to(bool), "tag bad", "tag off"),
                ),
                class_name="row",
            ),
            class_name="between",
        ),
        rx.el.dl(
            _fact(
                "Unidade",
                rx.el.a(
                    complaint["unit"].to(str), href=f"/unidade/{complaint['unit_slug'].to(str)}"
                ),
            ),
            _fact("Comarca", complaint["comarca"].to(str)),
            _fact("Canal", complaint["channel_words"].to(str)),
            _fact("O que houve", complaint["kind_words"].to(str)),
            _fact("Quando", complaint["occurred"].to(str)),
            _fact("Recebida em", complaint["received"].to(str)),
            _fact("Resposta até", complaint["due"].to(str)),
            _fact(
                "Texto (sem dados pessoais)",
                rx.cond(complaint["text"].to(str) != "", complaint["text"].to(str), "Sem texto."),
            ),
            class_name="facts queue-text",
        ),
        rx.cond(
            complaint["photo"].to(str) != "",
            forms.file_link("Baixar a foto enviada", complaint["photo"].to(str), icon="camera"),
        ),
        class_name="card pad stack",
    )


def _step(step: rx.Var[dict[str, Any]]) -> rx.Component:
    return rx.el.li(
        rx.el.p(step["title"].to(str), class_name="strong"),
        rx.el.p(f"{step['at'].to(str)} · {step['who'].to(str)}", class_name="muted small"),
        rx.cond(step["text"].to(str) != "", rx.el.p(step["text"].to(str))),
        class_name=rx.cond(step["public"].to(bool), "", "note-only"),
    )


def _action_form(  # noqa: PLR0913, PLR0917 (a form has that many parts)
    name: str,
    title: str,
    label: str,
    button: str,
    hint: str,
    handler: Any,  # noqa: ANN401
    before: rx.Component | None = None,
) -> rx.Component:
    return rx.el.details(
        rx.el.summary(title),
        rx.el.form(
            before,
            rx.el.div(
                rx.el.label(label, html_for=name),
                rx.el.textarea(
                    id=name,
                    name="why" if name == "motivo" else "text",
                    rows="3",
                    aria_describedby=f"{name}-dica",
                    custom_attrs={
                        "data-draft": f"{name}:{persisted(State.complaint, IS_LOADED)['protocol']}"
                    },
                ),
                rx.el.p(hint, id=f"{name}-dica", class_name="hint"),
                rx.el.p(id=f"{name}-rascunho", role="status", class_name="draft-note"),
                class_name="field",
            ),
            rx.el.button(button, type="submit", class_name="btn sec"),
            forms.send_once(State.form_key),
            on_submit=handler,
            no_validate=True,
            class_name="stack",
        ),
        key=f"{name}-{persisted(State.form_key, State.form_key != '')}",
        open=name == "mover",
        class_name="card report-more",
    )


def _move_choice() -> rx.Component:
    moves = persisted(State.moves, IS_LOADED)
    options = rx.foreach(moves, lambda m: rx.el.option(m["words"], value=m["to"]))
    return forms.plain_select("to", "Mover para", options, name="to")


def _action_forms() -> rx.Component:
    return rx.el.section(
        rx.el.h2("O que fazer"),
        rx.el.div(feedback.error_message(State.problem), id="recusa", tab_index=-1),
        rx.el.p(State.news, role="status", class_name="strong small"),
        _action_form(
            "mover",
            "Mover",
            "Por quê",
            "Registrar movimento",
            "Ao encaminhar, a unidade lê este texto; nos outros movimentos, quem relatou. "
            "Obrigatório ao responder ou encerrar.",
            State.move,
            _move_choice(),
        ),
        _action_form(
            "mensagem",
            "Escrever a quem relatou",
            "Mensagem",
            "Enviar mensagem",
            "Aparece no acompanhamento e vai por e-mail, se houver.",
            State.write_to_reporter,
        ),
        _action_form(
            "nota", "Nota interna", "Nota", "Guardar nota", "Só a equipe lê.", State.add_note
        ),
        rx.cond(
            persisted(State.complaint, IS_LOADED)["extended"].to(bool),
            rx.el.p("O prazo já foi prorrogado uma vez.", class_name="muted small"),
            _action_form(
                "prazo",
                "Prorrogar o prazo",
                "Por quê",
                "Prorrogar por 30 dias",
                "Uma vez só; quem relatou lê o motivo.",
                State.extend_deadline,
            ),
        ),
        _action_form(
            "motivo",
            "Abrir a identidade",
            "Por que é preciso saber",
            "Abrir identidade",
            "A abertura fica na auditoria, com seu nome e este motivo.",
            State.open_identity,
        ),
        class_name="stack",
    )


def _identity() -> rx.Component:
    def fact(title: str, name: str, missing: str) -> rx.Component:
        value = State.identity[name]
        return _fact(title, rx.cond(value != "", value, missing))

    return rx.cond(
        State.identity.contains("text"),
        shell.card(
            "Identidade",
            rx.el.dl(
                fact("Nome", "name", "Não informado"),
                fact("E-mail", "email", "Não informado"),
                fact("Texto como foi escrito", "text", "Sem texto."),
                class_name="facts queue-text",
            ),
        ),
    )


def _complaint() -> rx.Component:
    return rx.el.div(
        rx.el.div(
            _facts(),
            _identity(),
            shell.card(
                "Andamento", rx.el.ol(rx.foreach(State.steps, _step), class_name="track-steps")
            ),
            class_name="stack",
        ),
        _action_forms(),
        class_name="queue-columns report-chooser",
    )


def page() -> rx.Component:
    """Return the page of one complaint."""
    protocol = State.complaint["protocol"].to(str)
    return staff_frame(
        shell.breadcrumbs(("Reclamações", routes.CORREGEDORIA_COMPLAINTS), ("Uma reclamação", "")),
        shell.page_heading("Reclamação", rx.cond(IS_LOADED, f" {protocol}", "")),
        rx.cond(
            State.missing,
            feedback.empty_state(
                "Não encontramos esta reclamação",
                rx.el.a("Voltar à lista", href=routes.CORREGEDORIA_COMPLAINTS),
            ),
            show_once_ready(IS_LOADED, _complaint(), feedback.skeleton()),
        ),
        here=routes.CORREGEDORIA_COMPLAINTS,
    )

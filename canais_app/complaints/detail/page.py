"""One complaint: what was said, its life, and what can be done now."""

from typing import Any

import reflex as rx

from canais_app import routes
from canais_app.complaints.detail.state import ComplaintState as Desk
from canais_app.ui import feedback, shell
from canais_app.ui.persistence import persisted, show_once_ready

IS_LOADED = Desk.complaint.contains("protocol")


def _fact(title: str, *words: rx.Var[str] | rx.Component | str) -> rx.Component:
    return rx.el.div(rx.el.dt(title), rx.el.dd(*words))


def _facts() -> rx.Component:
    one = Desk.complaint
    return rx.el.section(
        rx.el.div(
            rx.el.h2("O relato"),
            rx.el.div(
                rx.el.span(one["status_words"].to(str), class_name="tag"),
                rx.el.span(
                    one["deadline"].to(str),
                    class_name=rx.cond(one["late"].to(bool), "tag bad", "tag off"),
                ),
                class_name="row",
            ),
            class_name="between",
        ),
        rx.el.dl(
            _fact(
                "Unidade", rx.el.a(one["unit"].to(str), href=f"/unidade/{one['unit_slug'].to(str)}")
            ),
            _fact("Comarca", one["comarca"].to(str)),
            _fact("Canal", one["channel"].to(str)),
            _fact("O que houve", one["kind"].to(str)),
            _fact("Quando", one["occurred"].to(str)),
            _fact("Recebida em", one["received"].to(str)),
            _fact("Resposta até", one["due"].to(str)),
            _fact(
                "Texto (sem dados pessoais)",
                rx.cond(one["text"].to(str) != "", one["text"].to(str), "Sem texto."),
            ),
            class_name="facts queue-text",
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


def _timeline() -> rx.Component:
    return rx.el.section(
        rx.el.h2("Andamento"),
        rx.el.ol(rx.foreach(Desk.steps, _step), class_name="track-steps"),
        class_name="card pad stack",
    )


def _act(  # noqa: PLR0913, PLR0917 (a form is all of these)
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
                ),
                rx.el.p(hint, id=f"{name}-dica", class_name="hint"),
                class_name="field",
            ),
            rx.el.button(button, type="submit", class_name="btn sec"),
            on_submit=handler,
            no_validate=True,
            class_name="stack",
        ),
        key=f"{name}-{persisted(Desk.form_key, Desk.form_key != '')}",
        open=name == "mover",
        class_name="card report-more",
    )


def _move_choice() -> rx.Component:
    return rx.el.div(
        rx.el.label("Mover para", html_for="to"),
        rx.el.select(
            rx.foreach(
                persisted(Desk.moves, IS_LOADED), lambda m: rx.el.option(m["words"], value=m["to"])
            ),
            id="to",
            name="to",
        ),
        class_name="field",
    )


def _acts() -> rx.Component:
    return rx.el.section(
        rx.el.h2("O que fazer"),
        rx.el.div(feedback.error_message(Desk.problem), id="recusa", tab_index=-1),
        rx.el.p(Desk.news, role="status", class_name="strong small"),
        _act(
            "mover",
            "Mover",
            "Por quê",
            "Registrar movimento",
            "Quem relatou lê este texto. Obrigatório ao responder ou encerrar.",
            Desk.move,
            _move_choice(),
        ),
        _act(
            "mensagem",
            "Escrever a quem relatou",
            "Mensagem",
            "Enviar mensagem",
            "Aparece no acompanhamento e vai por e-mail, se houver.",
            Desk.write_to_reporter,
        ),
        _act("nota", "Nota interna", "Nota", "Guardar nota", "Só a equipe lê.", Desk.add_note),
        rx.cond(
            persisted(Desk.complaint, IS_LOADED)["extended"].to(bool),
            rx.el.p("O prazo já foi prorrogado uma vez.", class_name="muted small"),
            _act(
                "prazo",
                "Prorrogar o prazo",
                "Por quê",
                "Prorrogar por 30 dias",
                "Uma vez só; quem relatou lê o motivo.",
                Desk.extend_deadline,
            ),
        ),
        _act(
            "motivo",
            "Abrir a identidade",
            "Por que é preciso saber",
            "Abrir identidade",
            "A abertura fica na auditoria, com seu nome e este motivo.",
            Desk.open_identity,
        ),
        class_name="stack",
    )


def _identity() -> rx.Component:
    return rx.cond(
        Desk.identity.contains("text"),
        rx.el.section(
            rx.el.h2("Identidade"),
            rx.el.dl(
                _fact(
                    "Nome",
                    rx.cond(Desk.identity["name"] != "", Desk.identity["name"], "Não informado"),
                ),
                _fact(
                    "E-mail",
                    rx.cond(Desk.identity["email"] != "", Desk.identity["email"], "Não informado"),
                ),
                _fact(
                    "Texto como foi escrito",
                    rx.cond(Desk.identity["text"] != "", Desk.identity["text"], "Sem texto."),
                ),
                class_name="facts queue-text",
            ),
            class_name="card pad stack",
        ),
    )


def _complaint() -> rx.Component:
    return rx.el.div(
        rx.el.div(_facts(), _identity(), _timeline(), class_name="stack"),
        _acts(),
        class_name="queue-columns report-chooser",
    )


def page() -> rx.Component:
    """Return one complaint on the Corregedoria's desk."""
    protocol = Desk.complaint["protocol"].to(str)
    return shell.page(
        shell.breadcrumbs(
            ("Painel", routes.CORREGEDORIA),
            ("Reclamações", routes.CORREGEDORIA_COMPLAINTS),
            ("Uma reclamação", ""),
        ),
        shell.page_heading("Reclamação", rx.cond(IS_LOADED, f" {protocol}", "")),
        rx.cond(
            Desk.missing,
            feedback.empty_state(
                "Não encontramos esta reclamação",
                rx.el.a("Voltar à lista", href=routes.CORREGEDORIA_COMPLAINTS),
            ),
            show_once_ready(IS_LOADED, _complaint(), feedback.skeleton()),
        ),
        here=routes.CORREGEDORIA_COMPLAINTS,
        staff=True,
    )

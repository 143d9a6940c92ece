"""Page to follow a report: open it with its codes, write messages, reopen it."""

from typing import Any

import reflex as rx

from canais_app import routes
from canais_app.complaints.tracking.state import TrackingState
from canais_app.ui import forms, shell

IS_OPEN = TrackingState.report.contains("protocol")
LABELS = (("protocol", "Protocolo"), ("secret", "Código secreto"), ("text", "Mensagem"))


def _open_form() -> rx.Component:
    return rx.el.form(
        rx.el.div(
            forms.field(
                "protocol",
                "Protocolo",
                TrackingState.errors,
                hint="Como 2026-004871.",
                auto_complete="off",
                max_length=40,
            ),
            forms.field(
                "secret",
                "Código secreto",
                TrackingState.errors,
                hint="Doze letras e números; maiúsculas e traços tanto faz.",
                auto_complete="off",
                spell_check=False,
                max_length=40,
            ),
            class_name="fields two",
        ),
        rx.el.button("Abrir relato", type="submit", class_name="btn pri"),
        rx.el.p(
            "Perdeu o código? Ele não pode ser recuperado: ",
            rx.el.a("faça outro relato", href=routes.REPORT),
            " e cite o protocolo anterior.",
            class_name="muted small",
        ),
        on_submit=TrackingState.open_report,
        no_validate=True,
        hidden=IS_OPEN,
        class_name="card pad stack report-chooser",
    )


def _fact(title: str, words: rx.Var[str]) -> rx.Component:
    return rx.cond(words != "", rx.el.div(rx.el.dt(title), rx.el.dd(words)))


def _facts() -> rx.Component:
    report = TrackingState.report
    return rx.el.section(
        rx.el.div(
            rx.el.h2(f"Relato {report['protocol']}", id="relato", tab_index=-1),
            rx.el.span(report["status_words"], class_name="tag"),
            class_name="between",
        ),
        rx.el.dl(
            _fact("Unidade", report["unit"]),
            _fact("Comarca", report["comarca"]),
            _fact("Canal", report["channel_words"]),
            _fact("O que houve", report["kind_words"]),
            _fact("Quando", report["occurred"]),
            _fact("O que você contou", report["text"]),
            _fact("Resposta até", f"{report['due']} ({report['deadline']})"),
            class_name="facts queue-text",
        ),
        class_name="card pad stack",
    )


def _step(step: rx.Var[dict[str, str]]) -> rx.Component:
    return rx.el.li(
        rx.el.p(rx.el.span(step["title"], class_name="strong")),
        rx.el.p(f"{step['at']} · {step['who']}", class_name="muted small"),
        rx.cond(step["text"] != "", rx.el.p(step["text"])),
    )


def _answered() -> rx.Component:
    return rx.cond(
        TrackingState.may_confirm,
        shell.card(
            "A resposta resolveu?",
            rx.el.div(
                forms.button("Sim, resolveu", TrackingState.confirm_solved, look="pri"),
                class_name="row",
            ),
            rx.el.p("Se não resolveu, reabra abaixo e diga o que falta.", class_name="muted small"),
        ),
    )


def _message() -> rx.Component:
    """Return one form to write or reopen, so that typed text survives a change between them."""

    def words(reopening: str, otherwise: str) -> Any:  # noqa: ANN401 (a Var)
        return rx.cond(TrackingState.may_reopen, reopening, otherwise)

    title = words("Reabrir", "Escrever mensagem")
    return rx.el.form(
        rx.el.h2(title),
        forms.text_area(
            "text",
            words("O que ainda acontece", "Mensagem"),
            TrackingState.errors,
            hint="Não escreva senhas. Até 2.000 letras.",
        ),
        rx.cond(
            TrackingState.may_reopen,
            rx.el.p("O relato volta para análise, com prazo novo.", class_name="muted small"),
        ),
        rx.el.button(
            words("Reabrir relato", "Enviar mensagem"), type="submit", class_name="btn pri"
        ),
        on_submit=TrackingState.write_message,
        no_validate=True,
        aria_label=title,
        class_name="card pad stack",
    )


def _report() -> rx.Component:
    return rx.el.div(
        _facts(),
        shell.card(
            "Andamento", rx.el.ol(rx.foreach(TrackingState.steps, _step), class_name="track-steps")
        ),
        _answered(),
        _message(),
        rx.el.p(TrackingState.news, role="status", class_name="strong small"),
        rx.el.div(
            forms.button("Fechar este relato", TrackingState.close, look="ghost"),
            rx.el.span(
                "Em computador de outra pessoa, feche antes de sair.", class_name="muted small"
            ),
            class_name="row",
        ),
        hidden=~IS_OPEN,
        class_name="stack report-chooser",
    )


def page() -> rx.Component:
    """Return the form that opens a report, or the open report.

    Both are always rendered: after a restart the typed codes and message are still there.
    """
    return shell.page(
        rx.el.div(
            shell.breadcrumbs(("Início", routes.HOME), ("Acompanhar relato", routes.TRACK)),
            shell.page_heading("Acompanhar relato"),
            rx.el.p(
                "Use o protocolo e o código secreto que você recebeu ao relatar.",
                class_name="report-lead",
            ),
            forms.error_summary(TrackingState.problem, TrackingState.errors, LABELS),
            _open_form(),
            _report(),
            class_name="report",
        ),
        here=routes.REPORT,
    )

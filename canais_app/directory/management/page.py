"""The units of the page `/gestao`: contacts to confirm, corrections to resolve."""

import reflex as rx

from canais_app import routes
from canais_app.directory.editing.corrections import CorrectionRow
from canais_app.directory.editing.views import ChannelLine, ManagedUnit
from canais_app.directory.management.state import ManagementState
from canais_app.ui import feedback, forms
from canais_app.ui.forms import button
from canais_app.ui.persistence import show_once_ready


def _reason_dialog() -> rx.Component:
    return rx.el.form(
        forms.field(
            "reason",
            "Por que não?",
            ManagementState.errors,
            hint="Quem avisou e deixou e-mail recebe este texto.",
            max_length=300,
        ),
        forms.submit_or_go_back("Recusar correção", ManagementState.open_refusal(0), look="danger"),
        on_submit=ManagementState.refuse_correction,
        no_validate=True,
        class_name="stack",
    )


def _proposal(row: rx.Var[CorrectionRow]) -> rx.Component:
    name = f" {row.channel} de {row.unit}"
    return rx.el.li(
        rx.el.h3(f"{row.channel} · {row.unit}"),
        rx.el.dl(
            rx.el.div(rx.el.dt("Publicado"), rx.el.dd(row.current)),
            rx.el.div(
                rx.el.dt("Proposto"),
                rx.el.dd(rx.cond(row.gone, "retirar: não existe mais", row.proposed)),
                class_name="proposed",
            ),
            class_name="desk-both",
        ),
        rx.cond(row.note != "", rx.el.p("“", row.note, "”", class_name="desk-note")),
        rx.el.p(
            rx.cond(row.people == "1", "1 pessoa avisou", f"{row.people} pessoas avisaram"),
            f", desde {row.since}.",
            rx.cond(row.awaited, " Quem deixou e-mail será avisado.", ""),
            class_name="muted small",
        ),
        rx.cond(
            ManagementState.refusing == row.id,
            _reason_dialog(),
            rx.el.div(
                button("Aceitar", ManagementState.accept_correction(row.id), name, look="pri sm"),
                button("Recusar", ManagementState.open_refusal(row.id), name, look="sec sm"),
                class_name="row",
            ),
        ),
        class_name="card pad stack",
        key=row.id.to_string(),
    )


def _proposals() -> rx.Component:
    return rx.el.section(
        rx.el.h2("Correções propostas pelo público", id="correcoes"),
        rx.cond(
            ManagementState.waiting.length() > 0,
            rx.el.ul(rx.foreach(ManagementState.waiting, _proposal), class_name="desk-proposals"),
            rx.el.p("Nenhuma correção espera por você.", class_name="muted"),
        ),
        aria_labelledby="correcoes",
        aria_live="polite",
        class_name="stack",
    )


def _contact(line: rx.Var[ChannelLine]) -> rx.Component:
    return rx.el.li(
        rx.el.span(line.name, class_name="muted"),
        rx.el.span(line.shown, class_name="strong"),
        key=line.id.to_string(),
    )


def _unit(unit: rx.Var[ManagedUnit]) -> rx.Component:
    return rx.el.li(
        rx.el.div(
            rx.el.h3(rx.el.a(unit.name, href=unit.href)),
            rx.el.span(unit.age, class_name=f"tag {unit.tone}"),
            class_name="between",
        ),
        rx.cond(unit.comarca != "", rx.el.p(unit.comarca, class_name="muted small")),
        rx.el.ul(rx.foreach(unit.channels, _contact), class_name="desk-contacts"),
        rx.el.div(
            rx.cond(
                unit.channels.length() > 0,
                button(
                    "Está tudo certo: confirmar",
                    ManagementState.confirm_contacts(unit.code),
                    f" contatos de {unit.name}",
                    look=rx.cond(unit.tone == "ok", "sec sm", "pri sm"),
                ),
            ),
            rx.el.a(
                "Corrigir",
                rx.el.span(f" {unit.name}", class_name="visually-hidden"),
                href=f"{routes.MANAGEMENT}/{unit.code}",
                class_name="btn sm sec",
            ),
            class_name="row",
        ),
        class_name="card pad tight",
        key=unit.code,
    )


def _units() -> rx.Component:
    return rx.el.section(
        rx.el.h2("Minhas unidades", id="unidades"),
        rx.cond(
            ManagementState.units.length() > 0,
            rx.el.ul(rx.foreach(ManagementState.units, _unit), class_name="desk-units"),
            rx.el.p(
                "Nenhuma unidade está com você. Peça à DAPI que dê o seu perfil de gestor.",
                class_name="muted",
            ),
        ),
        aria_labelledby="unidades",
        class_name="stack",
    )


def _all_units() -> rx.Component:
    return rx.el.p(
        "Como administrador você edita todas: ",
        rx.el.a("procurar uma unidade", href=routes.ADMIN_UNITS),
        " ou ver ",
        rx.el.a("há quanto tempo os contatos foram verificados", href=routes.ADMIN_CONTACTS),
        ".",
    )


def sections() -> rx.Component:
    """Return the corrections to resolve and the units with their contacts, with their news."""
    return rx.el.div(
        rx.el.div(
            rx.cond(ManagementState.news != "", feedback.callout(ManagementState.news, tone="ok")),
            role="status",
        ),
        forms.error_summary(
            ManagementState.problem, ManagementState.errors, (("reason", "Por que não?"),)
        ),
        show_once_ready(
            ManagementState.ready,
            rx.el.div(
                _proposals(),
                rx.cond(ManagementState.everywhere, _all_units(), _units()),
                class_name="stack admin-body",
            ),
            feedback.skeleton(),
        ),
        class_name="managed",
    )

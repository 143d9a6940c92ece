"""The page to join an agenda's waiting list."""

import reflex as rx

from canais_app import routes
from canais_app.agenda import parts
from canais_app.agenda.models import MODALITY_NAMES
from canais_app.agenda.picker.requester_form import requester_fields
from canais_app.agenda.waitlist.state import WaitlistFormState
from canais_app.ui import forms, shell
from canais_app.ui.forms import error_summary, field

LABELS = (("from", "de"), ("to", "até"), *parts.LABELS)


def _day(name: str, label: str, default: rx.Var[str]) -> rx.Component:
    return field(
        name,
        label,
        WaitlistFormState.errors,
        type="date",
        default_value=WaitlistFormState.typed.get(name, default),
        min=WaitlistFormState.today,
    )


def _modality() -> rx.Component:
    return forms.plain_select(
        "modality",
        "Modalidade",
        rx.el.option("Qualquer uma", value=""),
        rx.foreach(
            WaitlistFormState.modalities,
            lambda value: rx.el.option(
                rx.match(value, *((m.value, n) for m, n in MODALITY_NAMES.items()), value),
                value=value,
            ),
        ),
        name="modality",
        default_value=WaitlistFormState.typed.get("modality", ""),
    )


def _form() -> rx.Component:
    return rx.el.form(
        rx.el.fieldset(
            rx.el.legend("Em que dias você pode ir", class_name="legend"),
            rx.el.div(
                _day("from", "De", WaitlistFormState.today),
                _day("to", "Até", WaitlistFormState.last_day),
                class_name="fields two",
            ),
        ),
        _modality(),
        requester_fields(WaitlistFormState, WaitlistFormState.accepts_parties),
        *parts.lawyer_fields(WaitlistFormState.errors, WaitlistFormState.typed, card=False),
        parts.consent_field(WaitlistFormState.errors, WaitlistFormState.typed),
        rx.el.div(
            rx.el.button("Entrar na fila", type="submit", class_name="btn pri"),
            rx.el.a("Voltar à agenda", href=WaitlistFormState.agenda_path, class_name="btn sec"),
            class_name="row",
        ),
        no_validate=True,
        on_submit=WaitlistFormState.join,
        class_name="fields",
    )


def _join() -> rx.Component:
    return rx.el.div(
        parts.agenda_breadcrumbs("Fila de espera"),
        shell.page_heading("Fila de espera: " + WaitlistFormState.title),
        rx.el.p(
            "Quando vagar um horário nestes dias, guardamos para quem entrou primeiro e avisamos "
            "por e-mail. Cada inscrição tem um lugar por agenda; sair é pelo link do e-mail.",
            class_name="picker-lead",
        ),
        rx.el.section(
            error_summary(WaitlistFormState.summary, WaitlistFormState.errors, LABELS),
            _form(),
            class_name="card picker-pad waitlist-card",
        ),
    )


def page() -> rx.Component:
    """Return the page of an agenda's waiting list."""
    return parts.status_frame(
        WaitlistFormState,
        _join(),
        title="Fila de espera",
        gone=("Agenda não encontrada", "O gabinete pode não publicar mais esta agenda."),
        other=("Buscar unidade", routes.HOME),
    )

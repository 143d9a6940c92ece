"""The picker's registration form, and the review of its answers before they are sent."""

from typing import Any

import reflex as rx

from canais_app.agenda import parts
from canais_app.agenda.models import MODALITY_NAMES, Modality
from canais_app.agenda.parts import consent_field, fact, lawyer_fields
from canais_app.agenda.picker.parts import IS_BOOKABLE, step_heading
from canais_app.agenda.picker.requester_form import (
    behalf_fields,
    dispute_card,
    needs_fields,
    requester_fields,
)
from canais_app.agenda.picker.state import PickerState
from canais_app.ui.forms import button, error_summary

LABELS = (("escolha", "dia e horário"), ("start", "dia e horário"), *parts.LABELS)


def _modality(value: Modality, how: rx.Var | str) -> rx.Component:
    offered: Any = PickerState.about.modalities  # on a State class pyright sees the plain list
    return rx.el.label(
        rx.el.input(
            type="radio",
            name="modality",
            value=value,
            disabled=~offered.contains(value),
            default_checked=offered[0] == value,
        ),
        rx.el.b(MODALITY_NAMES[value]),
        rx.el.small(how),
        hidden=~offered.contains(value),
        class_name="picker-mod",
    )


def _modalities() -> rx.Component:
    place = PickerState.about.place
    return rx.el.fieldset(
        rx.el.legend("Modalidade", class_name="legend"),
        rx.el.div(
            _modality(Modality.VIDEO, "O link da sala vai na confirmação"),
            _modality(Modality.IN_PERSON, rx.cond(place != "", place, "No gabinete")),
            _modality(Modality.PHONE, "O gabinete liga para o seu telefone"),
            class_name="picker-mods",
        ),
        rx.cond(
            PickerState.errors.contains("modality"),
            rx.el.p(PickerState.errors["modality"], id="modality-erro", class_name="err"),
        ),
        id="modality",
        tab_index=-1,
        class_name="field",
    )


def registration() -> rx.Component:
    """Return the form; it stays mounted while hidden, so that what was typed stays."""
    return rx.el.section(
        step_heading("2", "Seus dados", "seus-dados"),
        error_summary(PickerState.summary, PickerState.errors, LABELS),
        dispute_card(),
        rx.el.form(
            requester_fields(PickerState, PickerState.about.accepts_parties),
            *lawyer_fields(PickerState.errors, PickerState.typed, card=False),
            _modalities(),
            needs_fields(),
            behalf_fields(),
            consent_field(PickerState.errors, PickerState.typed),
            id="dados",
            no_validate=True,
            on_submit=PickerState.review,
            class_name="fields",
        ),
        hidden=(PickerState.step == "check") | (PickerState.ready & ~IS_BOOKABLE),
        aria_labelledby="seus-dados",
        class_name="card picker-pad picker-form",
    )


def check_answers() -> rx.Component:
    """Return the review; only its button sends the registration."""
    typed = PickerState.typed
    return rx.el.section(
        rx.el.h2("Confira antes de confirmar", id="conferir", tab_index=-1),
        rx.el.dl(
            fact("Quando", PickerState.mine.date + ", " + PickerState.mine.words),
            rx.cond(PickerState.mine.own != "", fact("No seu relógio", PickerState.mine.own)),
            fact("Com", PickerState.about.title),
            rx.cond(
                PickerState.board.attended_by.contains(PickerState.mine.day),
                fact(
                    "Quem atende",
                    PickerState.board.attended_by.get(PickerState.mine.day, "")
                    + ", em substituição",
                ),
            ),
            rx.cond(
                PickerState.about.kinds.length() > 0,
                fact("Tipo de atendimento", PickerState.about.kind_name),
            ),
            fact("Modalidade", typed.get("modality_name", "")),
            fact("Nome", typed.get("name", "")),
            fact("Inscrição", typed.get("registration_words", "")),
            rx.cond(
                typed.get("booked_by_name", "") != "",
                fact("Marcado por", typed.get("booked_by_name", "")),
            ),
            rx.cond(
                typed.get("needs", "") != "",
                fact("Preferência e acessibilidade", typed.get("needs", "")),
            ),
            fact("E-mail", typed.get("email", "")),
            fact("Telefone", typed.get("phone", "")),
            fact(
                "Nº do processo",
                rx.cond(typed.get("case_number", "") != "", typed["case_number"], "sem processo"),
            ),
            fact("Assunto", typed.get("subject", "")),
            class_name="picker-answers",
        ),
        rx.el.p(
            PickerState.about.told, " Nome e inscrição não mudam depois.", class_name="small muted"
        ),
        rx.el.ul(rx.foreach(PickerState.terms, rx.el.li), class_name="picker-key"),
        rx.el.div(
            button(PickerState.about.confirm_label, PickerState.confirm, look="pri"),
            button("Corrigir dados", PickerState.edit_again, look="sec"),
            class_name="row",
        ),
        aria_labelledby="conferir",
        class_name="card picker-pad stack",
    )

"""The desk's form that books for a person who telephones or stands at the counter."""

from typing import Any

import reflex as rx

from canais_app.agenda.desk.booking_state import NEWS_ID, PREFIX, DeskBookingState
from canais_app.agenda.models import REQUESTER_NAMES, Requester
from canais_app.agenda.parts import UFS, status_message
from canais_app.ui.feedback import error_message
from canais_app.ui.forms import (
    button,
    consent_checkbox,
    field,
    select,
    select_from_pairs,
    send_once,
)

REQUESTERS = [(kind.value, name) for kind, name in REQUESTER_NAMES.items()]
# Vars; on a State class pyright sees the plain values.
ERRORS: Any = DeskBookingState.errors
REQUESTER: Any = DeskBookingState.requester


def _ask(name: str, label: str, **props: object) -> rx.Component:
    return field(
        PREFIX + name, label, ERRORS, **{"max_length": 200, "auto_complete": "off", **props}
    )


def _when() -> rx.Component:
    first = rx.el.option("Escolha o horário", value="")
    times = rx.foreach(DeskBookingState.starts, lambda one: rx.el.option(one[1], value=one[0]))
    return rx.fragment(
        rx.cond(
            DeskBookingState.kinds.length() > 1,
            select_from_pairs(
                PREFIX + "kind",
                "Tipo de atendimento",
                DeskBookingState.kinds,
                ERRORS,
                value=DeskBookingState.kind,
                on_change=DeskBookingState.choose_kind,
            ),
        ),
        select(PREFIX + "start", "Horário livre", [first, times], ERRORS),
        select_from_pairs(PREFIX + "modality", "Como atende", DeskBookingState.modalities, ERRORS),
    )


def _who() -> rx.Component:
    is_lawyer = Requester.LAWYER.value == REQUESTER
    is_party = Requester.PARTY.value == REQUESTER
    return rx.fragment(
        select_from_pairs(
            PREFIX + "requester",
            "Quem será atendida(o)",
            REQUESTERS,
            ERRORS,
            value=REQUESTER,
            on_change=DeskBookingState.choose_requester,
        ),
        _ask("name", "Nome completo"),
        rx.el.div(_ask("oab_number", "Nº da OAB"), hidden=~is_lawyer),
        rx.el.div(
            _ask("institution", "Instituição"),
            _ask("registration", "Matrícula"),
            hidden=is_lawyer | is_party,
            class_name="fields",
        ),
        rx.el.div(
            select_from_pairs(PREFIX + "oab_uf", "UF", UFS, ERRORS, default_value="MT"),
            hidden=is_party,
        ),
        _ask("email", "E-mail", type="email", hint="Para onde vai a confirmação."),
        _ask("phone", "Telefone", type="tel"),
        _ask("case_number", "Nº do processo", optional=True),
        _ask("subject", "Assunto"),
        consent_checkbox(
            PREFIX + "consent",
            "A pessoa concorda com o uso destes dados para o atendimento.",
            ERRORS,
            value="true",
        ),
    )


def _form() -> rx.Component:
    return rx.el.form(
        send_once(DeskBookingState.form_key),
        error_message(DeskBookingState.problem),
        _when(),
        _who(),
        rx.el.div(
            rx.el.button("Marcar e avisar todos", type="submit", class_name="btn pri"),
            button("Voltar", DeskBookingState.close_form, look="sec"),
            class_name="row",
        ),
        on_submit=DeskBookingState.book,
        no_validate=True,
        key=DeskBookingState.form_key,
        class_name="fields",
    )


def desk_booking_card(agenda_id: rx.Var[int]) -> rx.Component:
    """Return the card of an agenda; keyed by agenda."""
    return rx.el.section(
        rx.el.h2("Marcar por alguém", id="marcar-por-alguem"),
        rx.el.p(
            "Para quem telefona ou está no balcão. Vale na hora, sem antecedência nem limites; a "
            "confirmação diz que foi o gabinete que marcou.",
            class_name="small muted",
        ),
        status_message(DeskBookingState.news, id=NEWS_ID, tab_index=-1),
        rx.cond(
            DeskBookingState.is_open & (DeskBookingState.agenda_id == agenda_id),
            _form(),
            button("Marcar um horário", DeskBookingState.open_form(agenda_id), look="sec"),
        ),
        aria_labelledby="marcar-por-alguem",
        key=agenda_id.to_string(),
        class_name="card picker-pad stack desk-noprint",
    )

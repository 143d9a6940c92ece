"""The desk's card for the gabinete's own calendar, whose busy times take slots away."""

import reflex as rx

from canais_app.agenda.desk.calendar_state import OwnCalendarState
from canais_app.agenda.parts import status_message
from canais_app.ui.feedback import error_message
from canais_app.ui.forms import button, field, select_from_pairs

KINDS = (("ics", "Endereço ICS (link secreto)"), ("caldav", "CalDAV (usuário e senha)"))


def _state() -> rx.Component:
    its = OwnCalendarState.calendar
    return rx.el.div(
        rx.el.p("Ligado a ", rx.el.strong(its.host), " desde ", its.since, "."),
        rx.cond(
            its.last_read != "",
            rx.el.p(
                "Lido em ", its.last_read, ": ", its.busy, " nos próximos 28 dias.",
                class_name="small muted",
            ),
        ),
        rx.cond(its.unreadable != "", rx.el.p(its.unreadable, class_name="note warn")),
        rx.el.div(
            button("Ler agora", OwnCalendarState.read_soon, look="sec sm"),
            button("Desligar", OwnCalendarState.disconnect, " o calendário", look="danger sm"),
            class_name="row",
        ),
        class_name="tight",
    )  # fmt: skip


def _form() -> rx.Component:
    errors = OwnCalendarState.errors
    return rx.el.details(
        rx.el.summary(
            rx.cond(OwnCalendarState.calendar.host != "", "Ligar outro", "Ligar um calendário")
        ),
        rx.el.form(
            select_from_pairs("kind", "Como ler", KINDS, errors, default_value="ics"),
            field(
                "address",
                "Endereço do calendário",
                errors,
                hint="No Outlook ou no Google: publicar ou compartilhar, e copiar o link ICS.",
                max_length=2000,
                auto_complete="off",
            ),
            field("user", "Usuário", errors, optional=True, max_length=200, auto_complete="off"),
            field(
                "password",
                "Senha",
                errors,
                optional=True,
                type="password",
                max_length=200,
                auto_complete="off",
            ),
            rx.el.button("Ligar", type="submit", class_name="btn pri"),
            on_submit=OwnCalendarState.connect,
            no_validate=True,
            class_name="fields",
        ),
    )


def own_calendar_card(agenda_id: rx.Var[int]) -> rx.Component:
    """Return the card of an agenda; keyed by agenda, so that another one is loaded."""
    return rx.el.section(
        rx.el.h2("Calendário do gabinete", id="calendario-do-gabinete"),
        rx.el.p(
            "O que está ocupado no calendário do gabinete deixa de ser oferecido aqui. Guardamos "
            "só quando está ocupado: nem assunto, nem participantes.",
            class_name="small muted",
        ),
        status_message(OwnCalendarState.news),
        error_message(OwnCalendarState.problem),
        rx.cond(OwnCalendarState.calendar.host != "", _state()),
        _form(),
        aria_labelledby="calendario-do-gabinete",
        key=agenda_id.to_string(),
        on_mount=OwnCalendarState.load_calendar(agenda_id),
        class_name="card picker-pad stack desk-noprint",
    )

"""The gabinete's desk: appointments, requests, walk-ins, blocks and the calendar feed."""

import reflex as rx

from canais_app import routes
from canais_app.accounts.frame.page import staff_frame
from canais_app.agenda.desk import form, parts
from canais_app.agenda.desk.booking_parts import desk_booking_card
from canais_app.agenda.desk.calendar_parts import own_calendar_card
from canais_app.agenda.desk.feed import feed_card
from canais_app.agenda.desk.figures_parts import figures_card
from canais_app.agenda.desk.state import ChambersDeskState
from canais_app.agenda.desk.week_parts import chosen_card, upcoming_banner, week_grid
from canais_app.agenda.parts import public_agenda_link, status_message
from canais_app.ui import forms, shell
from canais_app.ui.feedback import error_message, skeleton


def _chooser() -> rx.Component:
    return rx.cond(
        ChambersDeskState.agendas.length() > 1,
        forms.plain_select(
            "agenda",
            "Agenda",
            rx.foreach(
                ChambersDeskState.agendas,
                lambda row: rx.el.option(row.title, value=row.id.to_string()),
            ),
            value=ChambersDeskState.agenda_choice,
            on_change=ChambersDeskState.choose,
        ),
    )


def _head() -> rx.Component:
    return rx.el.div(
        rx.el.div(
            shell.page_heading("Mesa do gabinete"),
            rx.el.p(ChambersDeskState.title, class_name="muted"),
        ),
        rx.el.div(
            rx.el.a("Regras da agenda", href=routes.CHAMBERS_RULES, class_name="btn sec"),
            rx.el.a("Manual", href=routes.CHAMBERS_MANUAL, class_name="btn sec"),
            public_agenda_link(ChambersDeskState.slug),
            forms.button(
                "Imprimir o dia", rx.call_function(rx.Var("(() => window.print())")), icon="printer"
            ),
            class_name="row",
        ),
        class_name="between section",
    )


def _desk_sections() -> rx.Component:
    return rx.el.div(
        _head(),
        _chooser(),
        status_message(ChambersDeskState.news, class_name="note ok booked-done"),
        rx.el.div(error_message(ChambersDeskState.problem), class_name="desk-top"),
        rx.cond(
            ChambersDeskState.calendar_warning != "",
            rx.el.p(ChambersDeskState.calendar_warning, class_name="note warn", role="status"),
        ),
        rx.cond(
            ChambersDeskState.free_warning != "",
            rx.el.p(ChambersDeskState.free_warning, class_name="note warn", role="status"),
        ),
        rx.cond(
            ChambersDeskState.stand_ins.length() > 0,
            rx.el.ul(
                rx.foreach(ChambersDeskState.stand_ins, rx.el.li),
                class_name="note info desk-stand-ins",
            ),
        ),
        upcoming_banner(),
        week_grid(),
        rx.el.div(
            rx.el.div(
                parts.request_list(),
                rx.foreach(ChambersDeskState.days, parts.desk_day),
                parts.conflict_list(),
            ),
            rx.el.div(
                chosen_card(),
                desk_booking_card(ChambersDeskState.agenda_id),
                form.walk_in_list(),
                form.blocks(),
                feed_card(ChambersDeskState.agenda_id),
                own_calendar_card(ChambersDeskState.agenda_id),
                figures_card(ChambersDeskState.agenda_id),
                class_name="stack",
            ),
            class_name="picker-cols",
        ),
    )


def _no_agenda() -> rx.Component:
    return rx.el.div(
        shell.page_heading("Mesa do gabinete"),
        rx.el.p("Seu gabinete ainda não tem agenda. Crie a primeira: ninguém a vê até publicar."),
        rx.el.p(rx.el.a("Criar a agenda", href=routes.CHAMBERS_RULES, class_name="btn pri")),
        class_name="stack section",
    )


def page() -> rx.Component:
    """Return the desk's page."""
    return staff_frame(
        rx.cond(
            ChambersDeskState.ready,
            rx.cond(ChambersDeskState.agendas.length() > 0, _desk_sections(), _no_agenda()),
            rx.el.div(
                shell.page_heading("Mesa do gabinete"), skeleton(4), class_name="stack section"
            ),
        ),
        here=routes.CHAMBERS,
    )

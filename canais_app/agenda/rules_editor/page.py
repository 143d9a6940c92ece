"""The rules editor's page: the form, the preview, and what takes effect at once."""

import reflex as rx

from canais_app import routes
from canais_app.accounts.frame.page import staff_frame
from canais_app.agenda.parts import public_agenda_link, status_message
from canais_app.agenda.rules.editor import EditableChambers
from canais_app.agenda.rules_editor import form, parts
from canais_app.agenda.rules_editor import sidebar_parts as around
from canais_app.agenda.rules_editor import week_parts as weeks
from canais_app.agenda.rules_editor.state import CHANGED, ERROR_SUMMARY_ID, STATUS, RulesPageState
from canais_app.agenda.rules_editor.view import Problem
from canais_app.ui import forms, shell
from canais_app.ui.feedback import skeleton
from canais_app.ui.forms import button

TITLE = "Regras da agenda"


def _chambers_link(row: rx.Var[EditableChambers]) -> rx.Component:
    return rx.cond(row.agenda_id > 0, rx.el.option(row.title, value=row.agenda_id.to_string()))


def _chooser() -> rx.Component:
    return rx.cond(
        RulesPageState.many,
        forms.plain_select(
            "agenda",
            "Agenda",
            rx.foreach(RulesPageState.places, _chambers_link),
            value=RulesPageState.choice,
            on_change=RulesPageState.choose,
        ),
    )


def _head() -> rx.Component:
    return rx.el.div(
        rx.el.div(
            shell.page_heading(TITLE),
            rx.el.p(
                rx.el.strong(RulesPageState.opened.title),
                " · ",
                RulesPageState.opened.state,
                class_name="muted",
            ),
        ),
        rx.el.div(
            rx.el.a("Mesa do gabinete", href=routes.CHAMBERS, class_name="btn sec"),
            rx.el.a("Manual", href=routes.CHAMBERS_MANUAL, class_name="btn sec"),
            rx.cond(
                RulesPageState.opened.published, public_agenda_link(RulesPageState.opened.slug)
            ),
            class_name="row",
        ),
        class_name="between rules-head",
    )


def _problem(problem: rx.Var[Problem]) -> rx.Component:
    return rx.el.li(
        rx.el.a(problem.sentence, href="#" + problem.field, custom_attrs={"reloadDocument": True})
    )


def _error_summary() -> rx.Component:
    return rx.cond(
        RulesPageState.problem != "",
        rx.el.div(
            rx.el.p(RulesPageState.problem),
            rx.el.ul(rx.foreach(RulesPageState.problems, _problem)),
            id=ERROR_SUMMARY_ID,
            role="alert",
            tab_index=-1,
            class_name="note bad summary",
        ),
    )


def _stale_notice() -> rx.Component:
    return rx.cond(
        RulesPageState.changed != "",
        rx.el.div(
            rx.el.p(RulesPageState.changed, class_name="strong"),
            rx.el.ul(rx.foreach(RulesPageState.changes, rx.el.li), class_name="rules-changes"),
            rx.el.div(
                button("Continuar com o que digitei", RulesPageState.keep_own_edits, look="pri"),
                button("Abrir o que foi publicado", RulesPageState.discard, look="sec"),
                class_name="row",
            ),
            id=CHANGED,
            role="alert",
            tab_index=-1,
            class_name="note warn summary rules-changed",
        ),
        rx.el.div(
            rx.cond(
                RulesPageState.newest > RulesPageState.base,
                rx.el.div(
                    rx.el.p("Alguém acabou de publicar esta agenda."),
                    button("Ver o que mudou", RulesPageState.show_changes, look="sec sm"),
                    class_name="note warn between",
                ),
            ),
            role="status",
        ),
    )


def _create_button(row: rx.Var[EditableChambers]) -> rx.Component:
    return rx.cond(
        row.agenda_id == 0,
        parts.card_row(
            rx.el.span(row.title),
            button(
                "Criar agenda", RulesPageState.create(row.unit_id), " de ", row.title, look="sec sm"
            ),
        ),
    )


def _without_agenda() -> rx.Component:
    return rx.cond(
        RulesPageState.some_without,
        parts.field_group(
            "Gabinetes sem agenda",
            "A agenda nasce vazia e ninguém a vê até você publicar.",
            rx.el.ul(rx.foreach(RulesPageState.places, _create_button)),
        ),
    )


def _editor() -> rx.Component:
    return rx.el.div(
        _head(),
        _chooser(),
        rx.el.div(
            status_message(RulesPageState.news, id=STATUS, tab_index=-1),
            _stale_notice(),
            _error_summary(),
            class_name="rules-said",
        ),
        rx.el.div(
            rx.el.div(
                form.rules_form(),
                around.colleagues(),
                around.immediate_changes(),
                class_name="rules-left",
            ),
            weeks.weeks_preview(),
            class_name="rules-columns",
        ),
        _without_agenda(),
    )


def _no_chambers() -> rx.Component:
    return rx.el.div(
        shell.page_heading(TITLE),
        status_message(RulesPageState.news, id=STATUS, tab_index=-1),
        _error_summary(),
        rx.cond(
            RulesPageState.some_without,
            _without_agenda(),
            rx.el.p("Nenhum gabinete seu ainda. Peça à DAPI o perfil do gabinete em que trabalha."),
        ),
        class_name="stack section",
    )


def page() -> rx.Component:
    """Return the rules editor's page."""
    return staff_frame(
        rx.cond(
            RulesPageState.ready,
            rx.cond(RulesPageState.agenda_id > 0, _editor(), _no_chambers()),
            rx.el.div(shell.page_heading(TITLE), skeleton(6), class_name="stack section"),
        ),
        here=routes.CHAMBERS_RULES,
    )

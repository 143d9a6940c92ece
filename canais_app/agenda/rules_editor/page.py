"""The rules of a gabinete's agenda, with four weeks of what they make."""

import reflex as rx

from canais_app import routes
from canais_app.agenda.rules_editor import form
from canais_app.agenda.rules_editor.around import parts as around
from canais_app.agenda.rules_editor.opened.state import CHANGED, STATUS, SUMMARY
from canais_app.agenda.rules_editor.state import RulesState
from canais_app.agenda.rules_editor.view import Problem
from canais_app.agenda.rules_editor.weeks import parts as weeks
from canais_app.agenda.setting.editor import Place
from canais_app.ui import shell
from canais_app.ui.feedback import skeleton

TITLE = "Regras da agenda"


def _place(place: rx.Var[Place]) -> rx.Component:
    return rx.cond(
        place.agenda_id > 0, rx.el.option(place.title, value=place.agenda_id.to_string())
    )


def _chooser() -> rx.Component:
    return rx.cond(
        RulesState.many,
        rx.el.div(
            rx.el.label("Agenda", html_for="agenda"),
            rx.el.select(
                rx.foreach(RulesState.places, _place),
                id="agenda",
                value=RulesState.choice,
                on_change=RulesState.choose,
            ),
            class_name="field",
        ),
    )


def _head() -> rx.Component:
    return rx.el.div(
        rx.el.div(
            shell.h1(TITLE),
            rx.el.p(
                rx.el.strong(RulesState.opened.title),
                " · ",
                RulesState.opened.state,
                class_name="muted",
            ),
        ),
        rx.el.div(
            rx.el.a("Mesa do gabinete", href=routes.CHAMBERS, class_name="btn sec"),
            rx.cond(
                RulesState.opened.published,
                rx.el.a(
                    "Ver a agenda pública",
                    href="/agenda/" + RulesState.opened.slug,
                    class_name="btn sec",
                ),
            ),
            class_name="row",
        ),
        class_name="between rules-head",
    )


def _said() -> rx.Component:
    return rx.el.div(
        rx.cond(
            RulesState.news != "",
            rx.el.p(RulesState.news, id=STATUS, tab_index=-1, class_name="note ok"),
        ),
        role="status",
    )


def _problem(problem: rx.Var[Problem]) -> rx.Component:
    return rx.el.li(
        rx.el.a(problem.sentence, href="#" + problem.field, custom_attrs={"reloadDocument": True})
    )


def _refused() -> rx.Component:
    return rx.cond(
        RulesState.problem != "",
        rx.el.div(
            rx.el.p(RulesState.problem),
            rx.el.ul(rx.foreach(RulesState.problems, _problem)),
            id=SUMMARY,
            role="alert",
            tab_index=-1,
            class_name="note bad summary",
        ),
    )


def _changed() -> rx.Component:
    return rx.cond(
        RulesState.changed != "",
        rx.el.div(
            rx.el.p(RulesState.changed, class_name="strong"),
            rx.el.ul(rx.foreach(RulesState.changes, rx.el.li), class_name="rules-changes"),
            rx.el.div(
                rx.el.button(
                    "Continuar com o que digitei",
                    type="button",
                    on_click=RulesState.keep_mine,
                    class_name="btn pri",
                ),
                rx.el.button(
                    "Abrir o que foi publicado",
                    type="button",
                    on_click=RulesState.discard,
                    class_name="btn sec",
                ),
                class_name="row",
            ),
            id=CHANGED,
            role="alert",
            tab_index=-1,
            class_name="note warn summary rules-changed",
        ),
        rx.el.div(
            rx.cond(
                RulesState.newest > RulesState.base,
                rx.el.div(
                    rx.el.p("Alguém acabou de publicar esta agenda."),
                    rx.el.button(
                        "Ver o que mudou",
                        type="button",
                        on_click=RulesState.see_changes,
                        class_name="btn sec sm",
                    ),
                    class_name="note warn between",
                ),
            ),
            role="status",
        ),
    )


def _new(place: rx.Var[Place]) -> rx.Component:
    return rx.cond(
        place.agenda_id == 0,
        rx.el.li(
            rx.el.span(place.title),
            rx.el.button(
                "Criar agenda",
                rx.el.span(" de ", place.title, class_name="visually-hidden"),
                type="button",
                on_click=RulesState.create(place.unit_id),
                class_name="btn sec sm",
            ),
            class_name="between rules-line",
        ),
    )


def _without_agenda() -> rx.Component:
    return rx.cond(
        RulesState.some_without,
        rx.el.section(
            rx.el.h2("Gabinetes sem agenda"),
            rx.el.p(
                "A agenda nasce vazia e ninguém a vê até você publicar.", class_name="small muted"
            ),
            rx.el.ul(rx.foreach(RulesState.places, _new)),
            class_name="card picker-pad rules-card",
        ),
    )


def _editor() -> rx.Component:
    return rx.el.div(
        _head(),
        _chooser(),
        rx.el.div(_said(), _changed(), _refused(), class_name="rules-said"),
        rx.el.div(
            rx.el.div(form.rules(), around.colleagues(), around.around(), class_name="rules-left"),
            weeks.preview(),
            class_name="rules-columns",
        ),
        _without_agenda(),
    )


def _none() -> rx.Component:
    return rx.el.div(
        shell.h1(TITLE),
        _said(),
        _refused(),
        rx.cond(
            RulesState.some_without,
            _without_agenda(),
            rx.el.p("Nenhum gabinete seu ainda. Peça à DAPI o perfil do gabinete em que trabalha."),
        ),
        class_name="stack section",
    )


def page() -> rx.Component:
    """Draw the rules editor of the gabinete's people."""
    return shell.page(
        shell.crumbs(
            ("Início", routes.HOME),
            ("Mesa", routes.DESK),
            ("Gabinete", routes.CHAMBERS),
            (TITLE, routes.CHAMBERS_RULES),
        ),
        rx.cond(
            RulesState.ready,
            rx.cond(RulesState.agenda_id > 0, _editor(), _none()),
            rx.el.div(shell.h1(TITLE), skeleton(6), class_name="stack section"),
        ),
        here=routes.CHAMBERS_RULES,
        staff=True,
        wide=True,
    )

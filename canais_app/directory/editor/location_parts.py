"""Components to move, retire and restore a unit; for administrators."""

import reflex as rx

from canais_app.directory.editor.location_state import TreePositionState
from canais_app.directory.editor.state import UnitEditorState
from canais_app.ui import feedback, forms


def _comarcas() -> rx.Component:
    given = [
        rx.el.option("Nenhuma", value=""),
        rx.foreach(TreePositionState.comarcas, lambda one: rx.el.option(one.name, value=one.code)),
    ]
    return forms.select("comarca", "Comarca (só na raiz)", given, TreePositionState.errors)


def _move() -> rx.Component:
    return rx.el.details(
        rx.el.summary(rx.icon("git-branch", size=18, aria_hidden=True), "Mover na árvore"),
        rx.el.form(
            rx.el.p("Agora: ", UnitEditorState.sheet.place, class_name="muted"),
            forms.search_and_select(
                "parent",
                "Fica abaixo de",
                TreePositionState,
                hint="Nenhuma: fica na raiz. Comarca e grau seguem a unidade de cima.",
            ),
            _comarcas(),
            rx.el.button("Mover", type="submit", class_name="btn pri"),
            on_submit=TreePositionState.move,
            no_validate=True,
            class_name="stack",
        ),
    )


def _retire() -> rx.Component:
    return rx.el.details(
        rx.el.summary(rx.icon("archive", size=18, aria_hidden=True), "Extinguir a unidade"),
        rx.el.form(
            rx.el.p(
                "Some das listas e da busca. O endereço da página leva à sucessora; o histórico e "
                "as reclamações ficam."
            ),
            forms.search_and_select("successor", "Quem passa a atender", TreePositionState),
            rx.el.button("Extinguir", type="submit", class_name="btn danger"),
            on_submit=TreePositionState.retire,
            no_validate=True,
            class_name="stack",
        ),
    )


def act_messages() -> rx.Component:
    """Return the messages of the last action."""
    return rx.el.div(
        rx.cond(TreePositionState.news != "", feedback.callout(TreePositionState.news, tone="ok")),
        feedback.error_message(TreePositionState.problem),
        role="status",
    )


def tree_position() -> rx.Component:
    """Return the section of the unit's tree position."""
    return rx.cond(
        UnitEditorState.shapes,
        rx.el.section(
            rx.el.h2("Lugar e extinção", id="lugar"),
            act_messages(),
            _move(),
            _retire(),
            aria_labelledby="lugar",
            on_mount=TreePositionState.offer_comarcas,
            class_name="card pad stack",
        ),
    )


def retired_notice() -> rx.Component:
    """Return the notice of a retired unit, and the button that restores it."""
    return rx.el.section(
        feedback.callout(
            rx.el.p(
                "Unidade extinta. Quem procura por ela chega a ",
                UnitEditorState.sheet.successor,
                ".",
            ),
            tone="warn",
        ),
        act_messages(),
        rx.cond(
            UnitEditorState.shapes, forms.button("Restaurar a unidade", TreePositionState.restore)
        ),
        class_name="stack",
    )

"""What only administrators do to a unit: move it, retire it, bring it back."""

import reflex as rx

from canais_app.directory.editor.place.state import PlaceEditor
from canais_app.directory.editor.state import Editor
from canais_app.ui import feedback, forms


def _comarcas() -> rx.Component:
    given = [
        rx.el.option("Nenhuma", value=""),
        rx.foreach(PlaceEditor.comarcas, lambda one: rx.el.option(one.name, value=one.code)),
    ]
    return forms.select("comarca", "Comarca (só na raiz)", given, PlaceEditor.errors)


def _move() -> rx.Component:
    return rx.el.details(
        rx.el.summary(rx.icon("git-branch", size=18, aria_hidden=True), "Mover na árvore"),
        rx.el.form(
            rx.el.p("Agora: ", Editor.sheet.place, class_name="muted"),
            forms.found_choice(
                "parent",
                "Fica abaixo de",
                PlaceEditor.find_units,
                PlaceEditor.found,
                PlaceEditor.errors,
                hint="Nenhuma: fica na raiz. Comarca e grau seguem a unidade de cima.",
            ),
            _comarcas(),
            rx.el.button("Mover", type="submit", class_name="btn pri"),
            on_submit=PlaceEditor.move,
            no_validate=True,
            reset_on_submit=False,
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
            forms.found_choice(
                "successor",
                "Quem passa a atender",
                PlaceEditor.find_units,
                PlaceEditor.found,
                PlaceEditor.errors,
            ),
            rx.el.button("Extinguir", type="submit", class_name="btn danger"),
            on_submit=PlaceEditor.retire,
            no_validate=True,
            reset_on_submit=False,
            class_name="stack",
        ),
    )


def messages() -> rx.Component:
    """Return what came of the last act here."""
    return rx.el.div(
        rx.cond(PlaceEditor.news != "", feedback.note(PlaceEditor.news, tone="ok")),
        feedback.problem(PlaceEditor.problem),
        role="status",
    )


def place() -> rx.Component:
    """Return the section of the unit's place; it opens on demand."""
    return rx.cond(
        Editor.shapes,
        rx.el.section(
            rx.el.h2("Lugar e extinção", id="lugar"),
            messages(),
            _move(),
            _retire(),
            aria_labelledby="lugar",
            on_mount=PlaceEditor.prepare,
            class_name="card pad stack",
        ),
    )


def retired() -> rx.Component:
    """Say that the unit is out of use, and offer to bring it back."""
    return rx.el.section(
        feedback.note(
            rx.el.p("Unidade extinta. Quem procura por ela chega a ", Editor.sheet.successor, "."),
            tone="warn",
        ),
        messages(),
        rx.cond(
            Editor.shapes,
            rx.el.button(
                "Restaurar a unidade",
                type="button",
                on_click=PlaceEditor.restore,
                class_name="btn sec",
            ),
        ),
        class_name="stack",
    )

"""Sinônimos da busca."""

import reflex as rx

from canais_app import routes
from canais_app.admin.synonyms.state import Synonyms
from canais_app.ui import forms, frame
from canais_app.ui.once import kept
from canais_app.ui.tables import table

HINT = (
    "Palavras que o diretório conhece, ou marcas: canal:whatsapp, grau:2, aberta:agora; "
    "“aviso: frase” diz algo ao lado do resultado, “fora: frase” diz que não é do TJMT."
)


# A restart forgets which line is in the form: the form itself says it.
FILLED = Synonyms.generation != ""
CHOSEN = kept(Synonyms.chosen, FILLED)


def _form() -> rx.Component:
    return rx.el.form(
        rx.el.h2(rx.cond(CHOSEN == 0, "Novo sinônimo", "Mudar sinônimo")),
        rx.el.input(type="hidden", name="id", value=CHOSEN, read_only=True),
        forms.field(
            "said",
            "O que as pessoas dizem",
            Synonyms.errors,
            default_value=Synonyms.said,
            max_length=80,
        ),
        forms.field(
            "means",
            "O que a busca entende",
            Synonyms.errors,
            default_value=Synonyms.means,
            max_length=300,
            hint=HINT,
        ),
        rx.el.div(
            rx.el.button("Salvar", type="submit", class_name="btn pri"),
            rx.cond(
                CHOSEN != 0,
                rx.el.button(
                    "Desistir", type="button", on_click=Synonyms.choose(0), class_name="btn sec"
                ),
            ),
            class_name="row",
        ),
        on_submit=Synonyms.save,
        key=kept(Synonyms.generation, FILLED),
        no_validate=True,
        reset_on_submit=False,
        class_name="card pad stack",
    )


def _row(row: rx.vars.ObjectVar[dict[str, str]]) -> rx.Component:
    whose = rx.el.span(" ", row["said"], class_name="visually-hidden")
    return rx.el.tr(
        *frame.cells(row["said"], row["means"]),
        rx.el.td(
            rx.el.div(
                rx.el.button(
                    "Mudar", whose, on_click=Synonyms.choose(row["id"].to(int)),
                    class_name="btn soft sm",
                ),
                rx.el.button(
                    "Retirar", whose, on_click=Synonyms.remove(row["id"].to(int)),
                    class_name="btn danger sm",
                ),
                class_name="row",
            )
        ),
        key=row["id"].to_string(),
    )  # fmt: skip


def page() -> rx.Component:
    """Return the page of synonyms."""
    return frame.page(
        "Sinônimos da busca",
        routes.ADMIN_SYNONYMS,
        Synonyms,
        _form(),
        rx.el.div(
            rx.el.label("Procurar na tabela", html_for="procurar"),
            rx.el.input(
                id="procurar",
                type="search",
                on_change=Synonyms.search.debounce(250),
                auto_complete="off",
                max_length=80,
            ),
            class_name="field",
        ),
        table(
            "Sinônimos",
            ("O que se diz", "O que se entende", "Ações"),
            rx.el.tbody(rx.foreach(Synonyms.rows, _row)),
        ),
        rx.el.p(
            rx.cond(Synonyms.rows.length() == 0, "Nenhuma linha tem estas palavras.", ""),
            role="status",
            class_name="muted",
        ),
        labels=(("said", "O que as pessoas dizem"), ("means", "O que a busca entende")),
    )

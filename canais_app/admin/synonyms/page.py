"""Sinônimos da busca."""

import reflex as rx

from canais_app import routes
from canais_app.accounts.frame.page import staff_page
from canais_app.admin.synonyms.state import SynonymsState
from canais_app.ui import desk, forms
from canais_app.ui.forms import button
from canais_app.ui.persistence import persisted
from canais_app.ui.tables import table

HINT = (
    "Palavras que o diretório conhece, ou marcas: canal:whatsapp, grau:2, aberta:agora; "
    "“aviso: título | frase | https://…” mostra um cartão ao lado do resultado, “fora: …” no lugar "
    "dele, e “assunto; outra linha” junta a um assunto o cartão de outra linha. “família?” é só "
    "uma pista: vale quando nada mais diz o assunto."
)

# After a restart of the server only the form knows which line it edits.
FILLED = SynonymsState.generation != ""
CHOSEN = persisted(SynonymsState.chosen, FILLED)


def _form() -> rx.Component:
    return rx.el.form(
        rx.el.h2(rx.cond(CHOSEN == 0, "Novo sinônimo", "Mudar sinônimo")),
        rx.el.input(type="hidden", name="id", value=CHOSEN, read_only=True),
        forms.field(
            "said",
            "O que as pessoas dizem",
            SynonymsState.errors,
            default_value=SynonymsState.said,
            max_length=80,
            hint="Com + valem palavras em qualquer ordem; | separa opções, e * qualquer final: "
            "marido|esposo + bat*.",
        ),
        forms.field(
            "means",
            "O que a busca entende",
            SynonymsState.errors,
            default_value=SynonymsState.means,
            max_length=300,
            hint=HINT,
        ),
        rx.el.div(
            rx.el.button("Salvar", type="submit", class_name="btn pri"),
            rx.cond(CHOSEN != 0, forms.button("Desistir", SynonymsState.open_line(0))),
            class_name="row",
        ),
        on_submit=SynonymsState.save,
        key=persisted(SynonymsState.generation, FILLED),
        no_validate=True,
        class_name="card pad stack",
    )


def _row(row: rx.vars.ObjectVar[dict[str, str]]) -> rx.Component:
    number, about = row["id"].to(int), (" ", row["said"])
    acts = (
        button("Mudar", SynonymsState.open_line(number), *about, look="soft sm"),
        button("Retirar", SynonymsState.remove(number), *about, look="danger sm"),
    )
    return rx.el.tr(
        *desk.table_cells(row["said"], row["means"]),
        rx.el.td(*acts, class_name="acts"),
        key=row["id"].to_string(),
    )


def page() -> rx.Component:
    """Return the page of synonyms."""
    return staff_page(
        "Sinônimos da busca",
        routes.ADMIN_SYNONYMS,
        SynonymsState,
        _form(),
        forms.plain_input(
            "procurar",
            "Procurar na tabela",
            type="search",
            on_change=SynonymsState.search.debounce(250),
            auto_complete="off",
            max_length=80,
        ),
        table(
            "Sinônimos",
            ("O que se diz", "O que se entende", "Ações"),
            rx.el.tbody(rx.foreach(SynonymsState.rows, _row)),
        ),
        rx.el.p(
            rx.cond(SynonymsState.rows.length() == 0, "Nenhuma linha tem estas palavras.", ""),
            role="status",
            class_name="muted",
        ),
        labels=(("said", "O que as pessoas dizem"), ("means", "O que a busca entende")),
    )

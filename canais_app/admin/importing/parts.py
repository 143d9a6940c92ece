"""Pieces of the page: the counts, the lists, the words on how the file is."""

import reflex as rx

from canais_app.admin.importing.state import Importing
from canais_app.admin.importing.view import NAMES, SORTS, ChangeView, RowView
from canais_app.ui import feedback

RULES = (
    "Cada unidade é reconhecida pelo código, que não muda nunca.",
    "Uma célula vazia apaga o que havia; uma unidade que falta no arquivo fica como está.",
    "Um contato que o arquivo muda deixa de estar verificado.",
    "Se uma linha for recusada, nada do arquivo é gravado.",
    "Um segundo telefone fica em telefone_2, com rótulo, nota e horário próprios.",
    "Horário: vazio é o do Tribunal; senão, como em «seg-sex 12:00-19:00; sáb 08:00-12:00».",
)


def how_to() -> rx.Component:
    """Return the rules of the file, to be opened."""
    return rx.el.details(
        rx.el.summary("Como é o arquivo"),
        rx.el.ul(
            rx.el.li("Comece por uma exportação: ela já traz todas as colunas."),
            *[rx.el.li(rule) for rule in RULES],
            class_name="import-rules",
        ),
        class_name="card pad",
    )


def difference() -> rx.Component:
    """Return what the file would change, and the buttons to write it or let it go."""
    return rx.el.section(
        rx.el.h2("O que mudaria"),
        rx.cond(
            Importing.counts["refused"] == "0",
            feedback.note(Importing.headline),
            feedback.note(Importing.headline, tone="bad"),
        ),
        _acts(),
        _chips(),
        rx.el.ul(rx.foreach(Importing.rows, _row), class_name="import-rows"),
        rx.cond(Importing.rows.length() == 0, rx.el.p("Nenhuma.", class_name="muted")),
        rx.cond(
            Importing.left > 0,
            rx.el.button(
                "Mostrar mais (", Importing.left.to_string(), ")",
                on_click=Importing.more,
                class_name="btn sec",
            ),
        ),
        class_name="card pad stack",
    )  # fmt: skip


def _acts() -> rx.Component:
    return rx.el.div(
        rx.cond(
            Importing.units > 0,
            rx.el.button(
                rx.cond(
                    Importing.saving,
                    "Gravando…",
                    rx.cond(
                        Importing.units == 1,
                        "Gravar 1 unidade",
                        f"Gravar {Importing.units} unidades",
                    ),
                ),
                on_click=Importing.save,
                disabled=Importing.saving,
                class_name="btn pri",
            ),
        ),
        rx.el.button(
            "Descartar o arquivo",
            on_click=Importing.discard,
            disabled=Importing.saving,
            class_name="btn sec",
        ),
        class_name="row",
    )


def _chips() -> rx.Component:
    return rx.el.div(
        *[
            rx.el.button(
                NAMES[sort],
                rx.el.b(Importing.counts[sort]),
                type="button",
                on_click=Importing.narrow(sort),
                class_name="chip",
                custom_attrs={"aria-pressed": rx.cond(Importing.sort == sort, "true", "false")},
            )
            for sort in SORTS
        ],
        rx.el.span("Iguais: ", rx.el.b(Importing.counts["same"]), class_name="muted"),
        role="group",
        aria_label="O que mostrar",
        class_name="row",
    )


def _row(row: rx.vars.ObjectVar[RowView]) -> rx.Component:
    return rx.el.li(
        rx.el.p(
            rx.el.span(row["title"], class_name="strong"),
            rx.el.span(row["about"], class_name="muted small"),
            class_name="import-title",
        ),
        rx.cond(row["words"] != "", rx.el.p(row["words"])),
        rx.el.dl(rx.foreach(row["changes"].to(list[ChangeView]), _change)),
        key=row["key"],
    )


def _change(change: rx.vars.ObjectVar[ChangeView]) -> rx.Component:
    return rx.el.div(
        rx.el.dt(change["column"]),
        rx.el.dd(
            rx.cond(
                change["before"] != "",
                rx.fragment(
                    rx.el.span("de ", class_name="visually-hidden"),
                    rx.el.del_(change["before"]),
                    rx.el.span(" → ", aria_hidden="true"),
                ),
            ),
            rx.el.span("para ", class_name="visually-hidden"),
            rx.cond(
                change["after"] != "",
                rx.el.ins(change["after"]),
                rx.el.span("nada", class_name="muted"),
            ),
        ),
        key=change["column"],
    )

"""Components of the import page: counts, lists, the rules of the file."""

import reflex as rx

from canais_app.admin.importing.state import ColumnView, ImportState
from canais_app.admin.importing.view import LIST_KINDS, LIST_NAMES, ChangeView, ImportRowView
from canais_app.directory.spreadsheet.mapping import TARGETS
from canais_app.ui import feedback, shell

RULES = (
    "Cada unidade é reconhecida pelo código, que não muda nunca.",
    "Uma célula vazia apaga o que havia; uma unidade que falta no arquivo fica como está.",
    "Um contato que o arquivo muda deixa de estar verificado.",
    "Se uma linha for recusada, nada do arquivo é gravado.",
    "Um segundo telefone fica em telefone_2, com rótulo, nota e horário próprios.",
    "Horário: vazio é o do Tribunal; senão, como em «seg-sex 12:00-19:00; sáb 08:00-12:00».",
)


def import_rules() -> rx.Component:
    """Return the rules of the file, collapsed."""
    return rx.el.details(
        rx.el.summary("Como é o arquivo"),
        rx.el.ul(
            rx.el.li("Comece por uma exportação: ela já traz todas as colunas."),
            rx.el.li("A lista de outro sistema também serve: você diz que coluna é qual."),
            *[rx.el.li(rule) for rule in RULES],
            class_name="import-rules",
        ),
        class_name="card pad",
    )


def mapping_section() -> rx.Component:
    """Return the columns of a file that others made, each with a choice of ours."""
    return shell.card(
        "Que coluna é qual?",
        rx.el.p(
            "Este arquivo não é uma exportação daqui. Confira o que cada coluna traz: só o que "
            "você escolher muda, e nada é gravado ainda."
        ),
        rx.el.form(
            rx.el.div(rx.foreach(ImportState.columns, _column), class_name="stack"),
            rx.el.div(
                rx.el.button("Ver o que mudaria", type="submit", class_name="btn pri"),
                rx.el.button(
                    "Descartar o arquivo",
                    type="button",
                    on_click=ImportState.discard,
                    class_name="btn sec",
                ),
                class_name="row",
            ),
            on_submit=ImportState.map_columns,
            no_validate=True,
            class_name="stack",
        ),
    )


def _column(column: rx.vars.ObjectVar[ColumnView]) -> rx.Component:
    name = column["field"]
    return rx.el.div(
        rx.el.label(column["name"], html_for=name),
        rx.el.select(
            *[rx.el.option(words, value=target) for target, words in TARGETS.items()],
            id=name,
            name=name,
            default_value=column["target"],
            custom_attrs={"aria-describedby": name.to_string(use_json=False) + "-dica"},
        ),
        rx.el.p(
            "Por exemplo: ",
            column["samples"],
            id=name.to_string(use_json=False) + "-dica",
            class_name="hint",
        ),
        key=name,
        class_name="field",
    )


def skipped_section() -> rx.Component:
    """Return the rows of such a file that found no unit."""
    return rx.el.details(
        rx.el.summary(ImportState.skipped_words),
        rx.el.ul(
            rx.foreach(
                ImportState.skipped,
                lambda row: rx.el.li(rx.el.b(row["line"]), " ", row["words"], key=row["line"]),
            ),
            class_name="import-rules",
        ),
        open=True,
        class_name="card pad",
    )


def difference_section() -> rx.Component:
    """Return what the file would change, and the buttons to import or discard it."""
    return shell.card(
        "O que mudaria",
        rx.cond(
            ImportState.counts["refused"] == "0",
            feedback.callout(ImportState.headline),
            feedback.callout(ImportState.headline, tone="bad"),
        ),
        _acts(),
        _chips(),
        rx.el.ul(rx.foreach(ImportState.rows, _row), class_name="import-rows"),
        rx.cond(ImportState.rows.length() == 0, rx.el.p("Nenhuma.", class_name="muted")),
        rx.cond(
            ImportState.left > 0,
            rx.el.button(
                "Mostrar mais (",
                ImportState.left.to_string(),
                ")",
                on_click=ImportState.load_more,
                class_name="btn sec",
            ),
        ),
    )


def _acts() -> rx.Component:
    return rx.el.div(
        rx.cond(
            ImportState.units > 0,
            rx.el.button(
                rx.cond(
                    ImportState.saving,
                    "Gravando…",
                    rx.cond(
                        ImportState.units == 1,
                        "Gravar 1 unidade",
                        f"Gravar {ImportState.units} unidades",
                    ),
                ),
                on_click=ImportState.save,
                disabled=ImportState.saving,
                class_name="btn pri",
            ),
        ),
        rx.el.button(
            "Descartar o arquivo",
            on_click=ImportState.discard,
            disabled=ImportState.saving,
            class_name="btn sec",
        ),
        class_name="row",
    )


def _chips() -> rx.Component:
    return rx.el.div(
        *[
            rx.el.button(
                LIST_NAMES[sort],
                rx.el.b(ImportState.counts[sort]),
                type="button",
                on_click=ImportState.show_list(sort),
                class_name="chip",
                custom_attrs={"aria-pressed": rx.cond(ImportState.sort == sort, "true", "false")},
            )
            for sort in LIST_KINDS
        ],
        rx.el.span("Iguais: ", rx.el.b(ImportState.counts["same"]), class_name="muted"),
        role="group",
        aria_label="O que mostrar",
        class_name="row",
    )


def _row(row: rx.vars.ObjectVar[ImportRowView]) -> rx.Component:
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

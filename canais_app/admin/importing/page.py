"""Page “Importação”."""

import reflex as rx

from canais_app import routes
from canais_app.accounts.frame.page import staff_page
from canais_app.admin.importing.parts import (
    difference_section,
    import_rules,
    mapping_section,
    skipped_section,
)
from canais_app.admin.importing.state import ImportState
from canais_app.ui import forms, shell


def _export() -> rx.Component:
    return shell.card(
        "Exportar",
        rx.el.p("O diretório inteiro, uma linha para cada unidade. O que sai pode voltar."),
        rx.el.div(
            *[
                rx.el.a(
                    rx.icon("download", size=18, aria_hidden=True),
                    words,
                    href=routes.directory_file(kind),
                    custom_attrs={"reloadDocument": True, "download": True},
                    class_name="btn sec",
                )
                for words, kind in (("XLSX", "xlsx"), ("CSV", "csv"))
            ],
            class_name="row",
        ),
    )


def _import() -> rx.Component:
    return shell.card(
        "Importar",
        forms.plain_form(
            forms.plain_input(
                "arquivo",
                "Arquivo CSV ou XLSX",
                name="arquivo",
                type="file",
                accept=".csv,.xlsx",
                required=True,
                hint="Até 16 MB. Nada é gravado antes de você conferir.",
            ),
            rx.el.button("Ver o que mudaria", type="submit", class_name="btn pri"),
            action=routes.IMPORT_FORM,
            custom_attrs={"encType": "multipart/form-data"},
            class_name="stack",
        ),
    )


def page() -> rx.Component:
    """Return the page of importing and exporting the directory."""
    return staff_page(
        "Importação",
        routes.ADMIN_IMPORT,
        ImportState,
        rx.cond(ImportState.columns.length() > 0, mapping_section()),
        rx.cond(ImportState.skipped_words != "", skipped_section()),
        rx.cond(ImportState.headline != "", difference_section()),
        rx.el.div(_import(), _export(), class_name="columns"),
        import_rules(),
    )

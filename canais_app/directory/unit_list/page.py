"""Page “Unidades”: search the whole directory, and create a unit."""

import reflex as rx

from canais_app import routes
from canais_app.accounts.frame.page import staff_page
from canais_app.directory.editing.views import UnitLine
from canais_app.directory.models import UNIT_KIND_NAMES, UnitKind
from canais_app.directory.unit_list.state import UnitListState
from canais_app.ui import desk, forms
from canais_app.ui.tables import table

KINDS = [(kind.value, UNIT_KIND_NAMES[kind]) for kind in UnitKind]


def _select(
    name: str, label: str, first: str, *options: rx.Component, **props: str
) -> rx.Component:
    return forms.plain_select(
        f"f-{name}", label, rx.el.option(first, value=""), *options, name=name, **props
    )


def _comarcas() -> rx.Component:
    return rx.foreach(UnitListState.comarcas, lambda one: rx.el.option(one.name, value=one.code))


def _filters() -> rx.Component:
    kinds = [rx.el.option(words, value=value) for value, words in KINDS]
    return rx.el.form(
        forms.plain_input(
            "q",
            "Nome, código ou contato",
            name="q",
            type="search",
            default_value=UnitListState.q,
            max_length=80,
        ),
        _select("comarca", "Comarca", "Todas", _comarcas(), default_value=UnitListState.comarca),
        _select("tipo", "Tipo", "Todos", *kinds, default_value=UnitListState.kind),
        _select(
            "extintas",
            "Situação",
            "Em uso",
            rx.el.option("Extintas", value="true"),
            default_value=rx.cond(UnitListState.retired, "true", ""),
        ),
        rx.el.button("Procurar", type="submit", class_name="btn pri"),
        on_submit=UnitListState.apply_filters,
        key=(
            f"{UnitListState.q} {UnitListState.comarca} "
            f"{UnitListState.kind} {UnitListState.retired}"
        ),
        class_name="admin-search units-search",
    )


def _create() -> rx.Component:
    return rx.el.details(
        rx.el.summary(rx.icon("plus", size=18, aria_hidden=True), "Criar unidade"),
        rx.el.form(
            rx.el.div(
                forms.field("name", "Nome", UnitListState.errors, max_length=200),
                forms.field(
                    "code",
                    "Código",
                    UnitListState.errors,
                    hint="O mesmo dos arquivos de importação. Não muda depois.",
                    max_length=40,
                ),
                class_name="fields two",
            ),
            rx.el.div(
                forms.select_from_pairs(
                    "kind", "Tipo", [("", "Escolha"), *KINDS], UnitListState.errors
                ),
                forms.select_from_pairs(
                    "degree", "Grau (só na raiz)", [("1", "1º"), ("2", "2º")], UnitListState.errors
                ),
                class_name="fields two",
            ),
            forms.search_and_select(
                "parent", "Fica abaixo de", UnitListState, hint="Nenhuma: fica na raiz."
            ),
            forms.select(
                "comarca",
                "Comarca (só na raiz)",
                [rx.el.option("Nenhuma", value=""), _comarcas()],
                UnitListState.errors,
            ),
            rx.el.button("Criar e continuar", type="submit", class_name="btn pri"),
            on_submit=UnitListState.create_unit,
            no_validate=True,
            class_name="stack",
        ),
        class_name="card pad",
    )


def _row(line: rx.Var[UnitLine]) -> rx.Component:
    return rx.el.tr(
        rx.el.th(
            rx.el.a(line.name, href=f"{routes.ADMIN_UNITS}/{line.code}"),
            rx.el.p(line.code, class_name="muted small"),
            scope="row",
        ),
        rx.el.td(line.kind),
        rx.el.td(rx.cond(line.comarca != "", line.comarca, "—")),
        rx.el.td(
            rx.cond(
                line.retired,
                rx.el.span("extinta", class_name="tag off"),
                rx.el.span(line.contacts, class_name=f"tag {line.tone}"),
            )
        ),
        key=line.code,
    )


def page() -> rx.Component:
    """Return the list of units."""
    heads = ("Unidade", "Tipo", "Comarca", "Contatos")
    return staff_page(
        "Unidades",
        routes.ADMIN_UNITS,
        UnitListState,
        _filters(),
        rx.cond(
            UnitListState.rows.length() > 0,
            table("Unidades", heads, rx.el.tbody(rx.foreach(UnitListState.rows, _row))),
            rx.el.p(
                "Nenhuma unidade com estas palavras e filtros. Tire um filtro ou procure de novo.",
                role="status",
                class_name="muted",
            ),
        ),
        desk.more_button(UnitListState),
        _create(),
        labels=(
            ("name", "Nome"),
            ("code", "Código"),
            ("kind", "Tipo"),
            ("parent", "Fica abaixo de"),
            ("comarca", "Comarca"),
        ),
    )

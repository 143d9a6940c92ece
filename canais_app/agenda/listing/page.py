"""The list of published agendas, each with its next free slot."""

import reflex as rx

from canais_app import routes
from canais_app.agenda.listing.state import AgendaRow, ListingState
from canais_app.ui import forms, shell
from canais_app.ui.feedback import skeleton
from canais_app.ui.forms import button


def _card(row: rx.Var[AgendaRow]) -> rx.Component:
    return rx.el.li(
        rx.el.h2(row.title),
        rx.el.p(row.where, class_name="small muted"),
        rx.cond(
            row.next_free != "",
            rx.el.p(
                rx.el.span(class_name="dot", aria_hidden="true"),
                "Próximo horário: ",
                row.next_free,
                class_name="tag ok",
            ),
            rx.el.p("Sem horário livre agora", class_name="tag off"),
        ),
        rx.el.a(
            rx.cond(row.next_free != "", "Escolher horário", "Ver caminhos"),
            rx.el.span(": ", row.title, class_name="visually-hidden"),
            href=row.path,
            class_name=rx.cond(row.next_free != "", "btn pri sm", "btn sec sm"),
        ),
        rx.cond(row.figures != "", rx.el.p(row.figures, class_name="small muted")),
        class_name="card agendas-card",
    )


def _filters() -> rx.Component:
    return rx.el.div(
        rx.el.div(
            rx.el.label("Gabinete, vara ou comarca", html_for="palavras"),
            rx.debounce_input(
                rx.el.input(
                    id="palavras",
                    type="search",
                    value=ListingState.words,
                    on_change=ListingState.type_words,
                    auto_complete="off",
                    max_length=200,
                ),
                debounce_timeout=250,
            ),
            class_name="field",
        ),
        forms.plain_select(
            "comarca",
            "Comarca",
            rx.el.option("Todas", value=""),
            rx.foreach(ListingState.comarcas, lambda name: rx.el.option(name, value=name)),
            value=ListingState.comarca,
            on_change=ListingState.choose_comarca,
        ),
        role="search",
        aria_label="Procurar agenda",
        class_name="fields two",
    )


def _nothing_found() -> rx.Component:
    return rx.el.div(
        rx.el.h2("Nenhuma agenda com essas palavras"),
        rx.el.p(
            "O gabinete pode não ter publicado agenda. Agendar é opcional: a lei garante o "
            "atendimento por ordem de chegada (Lei 8.906/94, art. 7º, VIII)."
        ),
        rx.el.p(
            button("Ver todas", ListingState.clear, look="pri"),
            rx.el.a("Buscar unidade", href=routes.HOME, class_name="btn sec"),
            class_name="row",
        ),
        class_name="card pad stack",
    )


def page() -> rx.Component:
    """Return the list's page."""
    return shell.page(
        shell.breadcrumbs(("Início", routes.HOME), ("Agendar com magistrado", "")),
        shell.page_heading("Agendar com magistrado"),
        rx.el.p(
            "Agendas publicadas pelos gabinetes, com o próximo horário livre. Sem conta: leva "
            "cerca de um minuto. Horário de Cuiabá (UTC−4). ",
            rx.el.a("Já marquei: ver meus agendamentos", href=routes.MY_APPOINTMENTS),
            class_name="picker-lead",
        ),
        shell.server_rendered(),
        rx.el.div(
            _filters(),
            rx.cond(
                ListingState.ready,
                rx.fragment(
                    rx.el.p(ListingState.found, role="status", class_name="muted small"),
                    rx.cond(
                        ListingState.rows.length() > 0,
                        rx.el.ul(rx.foreach(ListingState.rows, _card), class_name="agendas-list"),
                        _nothing_found(),
                    ),
                ),
                skeleton(4),
            ),
            class_name="stack section js-only",
        ),
        here=routes.AGENDAS,
    )

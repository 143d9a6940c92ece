"""The page for an unknown address."""

import reflex as rx

from canais_app import routes
from canais_app.ui import shell


def not_found_page() -> rx.Component:
    """Return the page, with links to search and to the A–Z list."""
    return shell.page(
        rx.el.div(
            shell.page_heading("Não encontramos esta página"),
            rx.el.p("O endereço pode ter mudado. Procure a unidade pelo nome ou pela comarca."),
            rx.el.p(
                rx.el.a("Buscar unidade", href=routes.HOME, class_name="btn pri"),
                rx.el.a("Comarcas de A a Z", href=routes.COMARCAS, class_name="btn sec"),
                class_name="row",
            ),
            class_name="stack section",
        )
    )

"""Avisos."""

import reflex as rx

from canais_app import routes
from canais_app.admin.notices.form import LABELS
from canais_app.admin.notices.parts.editor import WRITING, editor
from canais_app.admin.notices.parts.listing import group
from canais_app.admin.notices.state import Notices
from canais_app.ui import frame


def page() -> rx.Component:
    """Return the page of notices."""
    return frame.page(
        "Avisos",
        routes.ADMIN_NOTICES,
        Notices,
        rx.cond(
            WRITING,
            editor(),
            rx.el.p(
                rx.el.button(
                    rx.icon("plus", size=18, aria_hidden=True),
                    "Escrever um aviso",
                    type="button",
                    on_click=Notices.begin,
                    class_name="btn pri",
                )
            ),
        ),
        group("Em vigor", Notices.in_force, "Nenhum aviso em vigor."),
        group("Anunciados", Notices.to_come, "Nenhum aviso por começar."),
        group("Encerrados nos últimos 60 dias", Notices.over, "Nenhum."),
        labels=LABELS,
    )

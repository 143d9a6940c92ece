"""Avisos."""

import reflex as rx

from canais_app import routes
from canais_app.accounts.frame.page import staff_page
from canais_app.admin.notices.form import LABELS
from canais_app.admin.notices.parts.editor import WRITING, editor
from canais_app.admin.notices.parts.listing import group
from canais_app.admin.notices.state import NoticesState
from canais_app.ui import forms


def page() -> rx.Component:
    """Return the page of notices."""
    return staff_page(
        "Avisos",
        routes.ADMIN_NOTICES,
        NoticesState,
        rx.cond(
            WRITING,
            editor(),
            rx.el.p(
                forms.button("Escrever um aviso", NoticesState.open_new, look="pri", icon="plus")
            ),
        ),
        group("Em vigor", NoticesState.in_force, "Nenhum aviso em vigor."),
        group("Anunciados", NoticesState.to_come, "Nenhum aviso por começar."),
        group("Encerrados nos últimos 60 dias", NoticesState.over, "Nenhum."),
        labels=LABELS,
    )

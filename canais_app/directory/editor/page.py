"""Page: the editor of a unit, for administrators and its managers."""

import reflex as rx

from canais_app import routes
from canais_app.accounts.frame.page import staff_page
from canais_app.directory.editor import parts
from canais_app.directory.editor.channel_parts import channels
from canais_app.directory.editor.location_parts import retired_notice, tree_position
from canais_app.directory.editor.state import UnitEditorState


def _about() -> rx.Component:
    return rx.el.div(
        rx.el.p(
            rx.el.span(UnitEditorState.sheet.code, class_name="num left"),
            f" · {UnitEditorState.sheet.kind} · {UnitEditorState.sheet.place}",
            class_name="muted",
        ),
        rx.cond(
            UnitEditorState.sheet.active,
            rx.el.a(
                "Ver a página pública", href=UnitEditorState.sheet.href, class_name="btn sm sec"
            ),
        ),
        class_name="between",
    )


def _in_use() -> rx.Component:
    return rx.fragment(
        parts.lock_bar(),
        parts.stale_fields_notice(),
        rx.el.div(
            rx.el.div(channels(), parts.unit_fields(), tree_position(), class_name="stack"),
            parts.history_section(),
            class_name="columns editor-columns",
        ),
    )


def _missing(home: str) -> rx.Component:
    return rx.el.div(
        rx.el.p("Não há esta unidade, ou ela não é das suas."),
        rx.el.p(rx.el.a("Voltar", href=home, class_name="btn pri")),
        class_name="stack",
    )


def _page(name: str, home: str) -> rx.Component:
    return staff_page(
        rx.cond(
            UnitEditorState.missing, "Não encontramos esta unidade", UnitEditorState.sheet.name
        ),
        home,
        UnitEditorState,
        rx.cond(
            UnitEditorState.missing,
            _missing(home),
            rx.el.div(
                _about(),
                rx.cond(
                    UnitEditorState.sheet.active,
                    _in_use(),
                    rx.fragment(retired_notice(), parts.history_section()),
                ),
                on_unmount=UnitEditorState.release_lock_on_leave,
                class_name="stack",
            ),
        ),
        labels=parts.LABELS,
        steps=((name, home),),
    )


def admin_page() -> rx.Component:
    """Return the editor under the list of all units."""
    return _page("Unidades", routes.ADMIN_UNITS)


def manager_page() -> rx.Component:
    """Return the editor under the manager's units."""
    return _page("Unidades e correções", routes.MANAGEMENT)

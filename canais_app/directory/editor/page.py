"""The editor of one unit, for administrators and for its managers."""

import reflex as rx

from canais_app import routes
from canais_app.directory.editor import parts
from canais_app.directory.editor.channels.parts import channels
from canais_app.directory.editor.place.parts import place, retired
from canais_app.directory.editor.state import Editor
from canais_app.ui import frame


def _about() -> rx.Component:
    return rx.el.div(
        rx.el.p(
            rx.el.span(Editor.sheet.code, class_name="num left"),
            f" · {Editor.sheet.kind} · {Editor.sheet.place}",
            class_name="muted",
        ),
        rx.cond(
            Editor.sheet.active,
            rx.el.a("Ver a página pública", href=Editor.sheet.href, class_name="btn sm sec"),
        ),
        class_name="between",
    )


def _in_use() -> rx.Component:
    return rx.fragment(
        parts.lock_bar(),
        parts.changed_meanwhile(),
        rx.el.div(
            rx.el.div(channels(), parts.fields(), place(), class_name="stack"),
            parts.past(),
            class_name="columns editor-columns",
        ),
    )


def _out_of_use() -> rx.Component:
    return rx.fragment(retired(), parts.past())


def _missing(home: str) -> rx.Component:
    return rx.el.div(
        rx.el.p("Não há esta unidade, ou ela não é das suas."),
        rx.el.p(rx.el.a("Voltar", href=home, class_name="btn pri")),
        class_name="stack",
    )


def _page(name: str, home: str) -> rx.Component:
    return frame.page(
        rx.cond(Editor.missing, "Não encontramos esta unidade", Editor.sheet.name),
        home,
        Editor,
        rx.cond(
            Editor.missing,
            _missing(home),
            rx.el.div(
                _about(),
                rx.cond(Editor.sheet.active, _in_use(), _out_of_use()),
                on_unmount=Editor.leave,
                class_name="stack",
            ),
        ),
        labels=parts.LABELS,
        steps=((name, home),),
    )


def for_administrators() -> rx.Component:
    """Return the editor as it is reached from all units."""
    return _page("Unidades", routes.ADMIN_UNITS)


def for_managers() -> rx.Component:
    """Return the editor as it is reached from one's own units."""
    return _page("Unidades e correções", routes.MANAGEMENT)

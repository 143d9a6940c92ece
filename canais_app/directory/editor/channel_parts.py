"""Components of the unit's channels: a list, and the form of the open one."""

from typing import Any

import reflex as rx

from canais_app.directory.channels import CHANNEL_NAMES
from canais_app.directory.editing.schemas import DAY_FIELDS
from canais_app.directory.editing.views import ChannelLine
from canais_app.directory.editor import parts
from canais_app.directory.editor.channel_state import (
    NEW_CHANNEL,
    NOT_LOADED,
    PREFIX,
    ChannelEditorState,
)
from canais_app.directory.editor.state import UnitEditorState
from canais_app.ui import feedback, forms
from canais_app.ui.forms import button
from canais_app.ui.persistence import persisted

KINDS = [("", "Escolha"), *[(kind.value, name) for kind, name in CHANNEL_NAMES.items()]]
BLANK_FORM = dict.fromkeys(("value", "label", "note", *DAY_FIELDS), "")
FORM_ERRORS = ChannelEditorState.errors
# A server restart loses which channel is open; the page and its form keep it.
CHOSEN = persisted(ChannelEditorState.chosen, ChannelEditorState.chosen != NOT_LOADED)
CHANNELS = persisted(UnitEditorState.channels, UnitEditorState.ready)


def _field(name: str, label: str, value: Any, hint: str = "", **props: Any) -> rx.Component:  # noqa: ANN401
    return forms.field(
        f"{PREFIX}{name}", label, FORM_ERRORS, hint=hint, default_value=value, **props
    )


def _form(title: Any, form: Any, *first: rx.Component) -> rx.Component:  # noqa: ANN401 (Vars)
    """Return the form of one channel; `form` has its initial values."""
    return rx.el.form(
        rx.el.fieldset(
            rx.el.legend(title, class_name="legend"),
            feedback.error_message(ChannelEditorState.problem),
            rx.el.input(type="hidden", name=f"{PREFIX}id", value=CHOSEN, read_only=True),
            *first,
            _field("value", "Contato", form["value"], "Telefone com DDD, e-mail ou https://"),
            rx.el.div(
                _field("label", "Texto do botão", form["label"], optional=True, max_length=80),
                _field(
                    "note",
                    "Observação",
                    form["note"],
                    "Um ramal, por exemplo.",
                    optional=True,
                    max_length=200,
                ),
                class_name="fields two",
            ),
            rx.el.details(
                rx.el.summary(
                    rx.icon("clock", size=18, aria_hidden=True), "Horário próprio deste canal"
                ),
                parts.week_fields(form, FORM_ERRORS, "Em branco: o horário da unidade.", PREFIX),
            ),
            parts.clash_list(ChannelEditorState.clashes),
            rx.el.div(
                rx.el.button("Salvar canal", type="submit", class_name="btn pri"),
                forms.button("Cancelar", ChannelEditorState.close),
                class_name="row",
            ),
            on_focus=UnitEditorState.renew_lock,
            class_name="stack",
        ),
        on_submit=ChannelEditorState.save,
        no_validate=True,
        class_name="editor-channel-form",
    )


def _existing(line: rx.Var[ChannelLine]) -> rx.Component:
    seen = rx.cond(ChannelEditorState.seen > 0, ChannelEditorState.seen, line.version)
    return _form(
        f"Editar {line.name}",
        line.form,
        rx.el.input(type="hidden", name=f"{PREFIX}kind", value=line.kind, read_only=True),
        parts.base_version_fields(line.version, seen, PREFIX),
    )


def _arrow(icon: str, words: str, line: rx.Var[ChannelLine], *, up: bool) -> rx.Component:
    return rx.el.button(
        rx.icon(icon, size=16, aria_hidden=True),
        rx.el.span(f"{words} {line.name} {line.shown}", class_name="visually-hidden"),
        type="button",
        on_click=ChannelEditorState.reorder(line.id, up),
        class_name="btn sm ghost editor-arrow",
    )


def _acts(line: rx.Var[ChannelLine]) -> rx.Component:
    about = f" {line.name} {line.shown}"
    return rx.el.div(
        rx.cond(~line.first, _arrow("arrow-up", "Subir", line, up=True)),
        rx.cond(~line.last, _arrow("arrow-down", "Descer", line, up=False)),
        button("Corrigir", ChannelEditorState.open_channel(line.id), about, look="sec sm"),
        button("Retirar", ChannelEditorState.retire(line.id), about, look="danger sm"),
        class_name="row",
    )


def _channel_item(line: rx.Var[ChannelLine]) -> rx.Component:
    return rx.el.li(
        rx.el.div(
            rx.el.div(
                rx.el.p(line.name, class_name="muted small"),
                rx.el.p(line.shown, class_name="strong"),
                rx.cond(line.about != "", rx.el.p(line.about, class_name="small")),
                rx.el.p(
                    rx.el.span(line.verified, class_name=f"tag {line.tone}"),
                    class_name="editor-age",
                ),
                class_name="editor-about",
            ),
            rx.cond(parts.IS_HELD_BY_OTHER, rx.fragment(), _acts(line)),
            class_name="between",
        ),
        rx.cond(line.id == CHOSEN, _existing(line)),
        key=line.id.to_string(),
    )


def channels() -> rx.Component:
    """Return the unit's channels in the order of its page, each with its actions."""
    return rx.el.section(
        rx.el.div(
            rx.el.h2("Canais", id="canais"),
            rx.cond(
                (UnitEditorState.channels.length() > 0),
                forms.button(
                    "Está tudo certo: confirmar",
                    UnitEditorState.confirm_contacts,
                    look="sm pri",
                    icon="badge-check",
                ),
            ),
            class_name="between",
        ),
        rx.el.div(
            rx.cond(
                (ChannelEditorState.news != "") & (UnitEditorState.news == ""),
                feedback.callout(ChannelEditorState.news, tone="ok"),
            ),
            rx.cond(
                (CHOSEN > 0) | (CHOSEN == NEW_CHANNEL),
                rx.fragment(),
                feedback.error_message(ChannelEditorState.problem),
            ),
            role="status",
        ),
        rx.cond(
            CHANNELS.length() > 0,
            rx.el.ul(rx.foreach(CHANNELS, _channel_item), class_name="editor-channels"),
            rx.el.p("Nenhum canal publicado. O público vê só a Ouvidoria.", class_name="muted"),
        ),
        rx.cond(
            CHOSEN == NEW_CHANNEL,
            _form(
                "Novo canal",
                BLANK_FORM,
                forms.select_from_pairs(f"{PREFIX}kind", "Canal", KINDS, FORM_ERRORS),
            ),
            rx.cond(
                parts.IS_HELD_BY_OTHER,
                rx.fragment(),
                forms.button(
                    "Novo canal",
                    ChannelEditorState.open_channel(NEW_CHANNEL),
                    look="sm sec",
                    icon="plus",
                ),
            ),
        ),
        aria_labelledby="canais",
        class_name="card pad stack",
    )

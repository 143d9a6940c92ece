"""The form of a notice, beside its preview."""

from collections.abc import Sequence
from typing import Any

import reflex as rx

from canais_app.admin.draft_form import persisted_form
from canais_app.admin.notices.parts.preview import notice_preview
from canais_app.admin.notices.state import NoticesState
from canais_app.directory.channels import CHANNEL_NAMES
from canais_app.expediente.posting import NOTICE_KIND_NAMES
from canais_app.expediente.rules import NOTICE_EFFECTS
from canais_app.ui import forms
from canais_app.ui.persistence import persisted

ERRORS = NoticesState.errors
WRITING, FORM, KEY = persisted_form(NoticesState)
EVERYWHERE = persisted(NoticesState.everywhere, NoticesState.ready)
UNITS = persisted(
    NoticesState.units, (NoticesState.generation != "") | (NoticesState.units.length() > 0)
)  # pyright: ignore[reportAttributeAccessIssue]
CHANNELS = [("", "Todos os canais"), *[(kind.value, name) for kind, name in CHANNEL_NAMES.items()]]
INFORMS = [(k.value, name) for k, name in NOTICE_KIND_NAMES.items() if k not in NOTICE_EFFECTS]
ACTS = [
    (k.value, f"{name}: muda o calendário")
    for k, name in NOTICE_KIND_NAMES.items()
    if k in NOTICE_EFFECTS
]


def _select(name: str, label: str, *options: rx.Component, optional: bool = False) -> rx.Component:
    value = FORM[name]
    return forms.select(name, label, options, ERRORS, optional=optional, default_value=value)


def _field(name: str, label: str, **props: Any) -> rx.Component:  # noqa: ANN401 (a field's own)
    return forms.field(name, label, ERRORS, default_value=FORM[name], **props)


def _options(pairs: Sequence[tuple[str, str]]) -> list[rx.Component]:
    return [rx.el.option(label, value=value) for value, label in pairs]


def _row_options(rows: rx.Var) -> rx.Component:
    return rx.fragment(
        rx.el.option("Escolha", value=""),
        rx.foreach(rows, lambda row: rx.el.option(row["name"], value=row["id"].to_string())),
    )


def _kind_fields() -> rx.Component:
    kinds = rx.cond(EVERYWHERE, rx.fragment(*_options(ACTS)))
    return rx.el.div(
        _select("kind", "Tipo", *_options(INFORMS), kinds),
        _select("channel_kind", "Canal", *_options(CHANNELS), optional=True),
        class_name="fields two",
    )


def _scope_fields() -> rx.Component:
    wide = rx.cond(
        EVERYWHERE,
        rx.fragment(*_options([("estado", "Todo o Estado"), ("comarca", "Uma comarca")])),
    )
    one = rx.el.option("Uma unidade e seus setores", value="unidade")
    return rx.el.div(
        _select("where", "Onde", wide, one),
        rx.match(
            FORM["where"],
            (
                "comarca",
                _select(
                    "comarca_id",
                    "Comarca",
                    _row_options(persisted(NoticesState.comarcas, NoticesState.ready)),
                ),
            ),
            ("unidade", _unit()),
            rx.fragment(),
        ),
        class_name="fields two",
    )


def _unit() -> rx.Component:
    return rx.el.div(
        rx.cond(
            EVERYWHERE,
            forms.plain_input(
                "procura",
                "Procurar a unidade pelo nome",
                type="search",
                on_change=NoticesState.find_units.debounce(300),
                max_length=80,
            ),
        ),
        _select("unit_id", "Unidade", _row_options(UNITS)),
        class_name="stack",
    )


def _text_fields() -> rx.Component:
    return rx.el.div(
        forms.text_area(
            "text",
            "Texto",
            ERRORS,
            rows="3",
            max_length=300,
            hint="O que houve, em uma frase: “Fórum sem energia elétrica”.",
            default_value=FORM["text"],
        ),
        _field("alternative", "Por onde atender enquanto isso", optional=True, max_length=200),
        class_name="stack",
    )


def _period_fields() -> rx.Component:
    return rx.el.div(
        _field("starts_at", "Começo", type="datetime-local", hint="Horário de Cuiabá."),
        _field("ends_at", "Fim", type="datetime-local", optional=True, hint="Vazio: sem previsão."),
        _field("act", "Ato (número)", optional=True, max_length=120),
        _field(
            "act_url",
            "Link do ato",
            optional=True,
            type="url",
            max_length=300,
            hint="Começa com https://.",
        ),
        class_name="fields two",
    )


def editor() -> rx.Component:
    """Return the form beside its preview."""
    return rx.el.section(
        rx.el.h2(
            rx.cond(FORM["editing"] != "", "Alterar o aviso", "Novo aviso"),
            class_name="section-title",
        ),
        rx.el.div(
            forms.typed_form(
                *[
                    rx.el.input(type="hidden", name=name, value=FORM[name], read_only=True)
                    for name in ("editing", "seen")
                ],
                _kind_fields(),
                _scope_fields(),
                _text_fields(),
                _period_fields(),
                forms.submit_or_go_back("Publicar", NoticesState.close),
                key=KEY,
                on_change=NoticesState.update_draft,
                on_submit=NoticesState.publish,
                class_name="stack",
            ),
            notice_preview(),
            class_name="columns",
        ),
        class_name="card pad stack",
    )

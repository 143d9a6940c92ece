"""Pieces of the page of notices: the form with its live preview, and the lists."""

from collections.abc import Sequence
from typing import Any

import reflex as rx

from canais_app.admin.notices.state import Notices
from canais_app.admin.reach import NoticeLine
from canais_app.directory.models import CHANNEL_NAMES
from canais_app.expediente.posting import KIND_NAMES
from canais_app.expediente.rules import NOTICE_EFFECTS
from canais_app.ui import forms
from canais_app.ui.notices import notice

ERRORS = Notices.errors
CHANNELS = [("", "Todos os canais"), *[(kind.value, name) for kind, name in CHANNEL_NAMES.items()]]
INFORMS = [(k.value, name) for k, name in KIND_NAMES.items() if k not in NOTICE_EFFECTS]
ACTS = [
    (k.value, f"{name}: muda o calendário") for k, name in KIND_NAMES.items() if k in NOTICE_EFFECTS
]


def _now(name: str) -> dict[str, Any]:
    """Return what a field of the form needs: its value, and to tell each change."""
    return {
        "default_value": Notices.form[name],
        "on_change": lambda value: Notices.fill(name, value),
    }


def _select(name: str, label: str, *options: rx.Component, optional: bool = False) -> rx.Component:
    return rx.el.div(
        rx.el.label(
            label,
            rx.el.span(" (opcional)", class_name="muted") if optional else None,
            html_for=name,
        ),
        rx.el.select(
            *options,
            id=name,
            name=name,
            default_value=Notices.form[name],
            on_change=lambda value: Notices.fill(name, value),
            aria_invalid=rx.cond(ERRORS.contains(name), "true", "false"),
            aria_describedby=rx.cond(ERRORS.contains(name), f"{name}-erro", ""),
        ),
        rx.cond(
            ERRORS.contains(name),
            rx.el.p(
                rx.icon("circle-alert", size=16, aria_hidden=True),
                ERRORS[name],
                id=f"{name}-erro",
                class_name="err",
            ),
        ),
        class_name=rx.cond(ERRORS.contains(name), "field has-err", "field"),
    )


def _options(pairs: Sequence[tuple[str, str]]) -> list[rx.Component]:
    return [rx.el.option(words, value=value) for value, words in pairs]


def _listed(rows: rx.Var) -> rx.Component:
    return rx.foreach(rows, lambda row: rx.el.option(row["name"], value=row["id"].to_string()))


def _what() -> rx.Component:
    kinds = rx.cond(Notices.everywhere, rx.fragment(*_options(ACTS)))
    return rx.el.div(
        _select("kind", "Tipo", *_options(INFORMS), kinds),
        _select("channel_kind", "Canal", *_options(CHANNELS), optional=True),
        class_name="fields two",
    )


def _where() -> rx.Component:
    wide = rx.cond(
        Notices.everywhere,
        rx.fragment(*_options([("estado", "Todo o Estado"), ("comarca", "Uma comarca")])),
    )
    one = rx.el.option("Uma unidade e seus setores", value="unidade")
    return rx.el.div(
        _select("where", "Onde", wide, one),
        rx.match(
            Notices.form["where"],
            (
                "comarca",
                _select(
                    "comarca_id",
                    "Comarca",
                    rx.el.option("Escolha", value=""),
                    _listed(Notices.comarcas),
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
            Notices.everywhere,
            rx.el.div(
                rx.el.label("Procurar a unidade pelo nome", html_for="procura"),
                rx.el.input(
                    id="procura",
                    type="search",
                    on_change=Notices.find_units.debounce(300),
                    max_length=80,
                ),
                class_name="field",
            ),
        ),
        _select("unit_id", "Unidade", rx.el.option("Escolha", value=""), _listed(Notices.units)),
        class_name="stack",
    )


def _words() -> rx.Component:
    return rx.el.div(
        forms.area(
            "text",
            "Texto",
            ERRORS,
            rows="3",
            max_length=300,
            hint="O que houve, em uma frase: “Fórum sem energia elétrica”.",
            **_now("text"),
        ),
        forms.field(
            "alternative",
            "Por onde atender enquanto isso",
            ERRORS,
            optional=True,
            max_length=200,
            **_now("alternative"),
        ),
        class_name="stack",
    )


def _when() -> rx.Component:
    return rx.el.div(
        forms.field(
            "starts_at",
            "Começo",
            ERRORS,
            type="datetime-local",
            hint="Horário de Cuiabá.",
            **_now("starts_at"),
        ),
        forms.field(
            "ends_at",
            "Fim",
            ERRORS,
            type="datetime-local",
            optional=True,
            hint="Vazio: sem previsão.",
            **_now("ends_at"),
        ),
        forms.field("act", "Ato (número)", ERRORS, optional=True, max_length=120, **_now("act")),
        forms.field(
            "act_url",
            "Link do ato",
            ERRORS,
            optional=True,
            type="url",
            max_length=300,
            hint="Começa com https://.",
            **_now("act_url"),
        ),
        class_name="fields two",
    )


def _preview() -> rx.Component:
    card = Notices.card
    return rx.el.aside(
        rx.el.h3("Como o público verá"),
        rx.cond(
            card.name != "",
            rx.el.div(
                rx.el.p(card.name, class_name="strong"),
                rx.el.p(
                    rx.el.span(
                        rx.el.span(class_name="dot"),
                        card.open_words,
                        class_name=f"tag {card.open_tone}",
                    )
                ),
                rx.foreach(
                    card.notices, lambda words: rx.el.p(words, class_name="finder-note small")
                ),
                class_name="card pad tight",
            ),
            rx.el.p("Preencha o aviso para ver a ficha da unidade.", class_name="muted small"),
        ),
        rx.el.p(Notices.reach, role="status", class_name="strong"),
        aria_label="Prévia",
        class_name="stack",
    )


def editor() -> rx.Component:
    """Return the form beside its preview."""
    return rx.el.section(
        rx.el.h2(
            rx.cond(Notices.editing != "", "Alterar o aviso", "Novo aviso"),
            class_name="section-title",
        ),
        rx.el.div(
            rx.el.form(
                _what(),
                _where(),
                _words(),
                _when(),
                rx.el.div(
                    rx.el.button("Publicar", type="submit", class_name="btn pri"),
                    rx.el.button(
                        "Voltar", type="button", on_click=Notices.close, class_name="btn sec"
                    ),
                    class_name="row",
                ),
                key=Notices.generation,
                on_submit=Notices.publish,
                reset_on_submit=False,
                no_validate=True,
                class_name="stack",
            ),
            _preview(),
            class_name="columns",
        ),
        class_name="card pad stack",
    )


def _row(line: rx.Var[NoticeLine]) -> rx.Component:
    row = line.view
    acts = rx.el.div(
        rx.el.button(
            "Alterar",
            rx.el.span(" ", row.scope, class_name="visually-hidden"),
            type="button",
            on_click=Notices.change(row.uid),
            class_name="btn sec sm",
        ),
        rx.cond(
            Notices.asking == row.uid,
            rx.el.span(
                rx.el.button(
                    rx.cond(row.in_force, "Sim, encerrar agora", "Sim, retirar"),
                    type="button",
                    on_click=Notices.end(row.uid),
                    class_name="btn danger sm",
                ),
                rx.el.button(
                    "Não", type="button", on_click=Notices.ask(""), class_name="btn ghost sm"
                ),
                class_name="row",
            ),
            rx.el.button(
                rx.cond(row.in_force, "Encerrar", "Retirar"),
                rx.el.span(" ", row.scope, class_name="visually-hidden"),
                type="button",
                on_click=Notices.ask(row.uid),
                class_name="btn danger sm",
            ),
        ),
        class_name="row",
    )
    return rx.el.li(
        *notice(row),
        rx.cond(line.may_change & ~row.is_over, acts),
        class_name="card pad tight",
        key=row.uid,
    )


def group(title: str, rows: rx.Var, nothing: str) -> rx.Component:
    """Return a list of notices under its heading."""
    return rx.el.section(
        rx.el.h2(title),
        rx.cond(
            rows.length() > 0,
            rx.el.ul(rx.foreach(rows, _row), class_name="stack"),
            rx.el.p(nothing, class_name="muted"),
        ),
        class_name="section tight",
    )

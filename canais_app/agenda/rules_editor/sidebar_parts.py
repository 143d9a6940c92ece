"""Around the rules form: blocks, substitutes, versions, colleagues' drafts."""

import reflex as rx

from canais_app.agenda.chambers import blocks
from canais_app.agenda.parts import block_text
from canais_app.agenda.rules.editor import DraftLine, SubstituteLine, VersionLine
from canais_app.agenda.rules_editor import parts
from canais_app.agenda.rules_editor.state import RulesPageState
from canais_app.agenda.views import BlockView
from canais_app.ui import forms
from canais_app.ui.forms import button


def _button(label: str, about: rx.Var | str, event: object) -> rx.Component:
    return button(label, event, ": ", about, look="sm sec")


def _small_form(event: object, *fields: rx.Component) -> rx.Component:
    return rx.el.form(*fields, on_submit=event, no_validate=True, class_name="fields rules-small")


def _block(block: rx.Var[BlockView]) -> rx.Component:
    return parts.card_row(
        block_text(block),
        _button("Retirar", "bloqueio de " + block.words, RulesPageState.remove_block(block.id)),
    )


def _blocks() -> rx.Component:
    errors = RulesPageState.errors
    return parts.field_group(
        "Bloqueios",
        "Ninguém marca neles, a partir de já. Você escolhe o que fazer com quem já marcou.",
        rx.el.ul(rx.foreach(RulesPageState.opened.blocks, _block)),
        _small_form(
            RulesPageState.create_block,
            forms.field("block_day", "Dia", errors, type="date"),
            forms.field("block_from", "Das", errors, type="time"),
            forms.field("block_last", "Até o dia", errors, type="date", optional=True),
            forms.field("block_until", "Às", errors, type="time"),
            forms.field("block_reason", "Motivo", errors, optional=True, max_length=200),
            forms.select_from_pairs(
                "block_fallen", "Se alguém já marcou", blocks.FALLEN_CHOICES, errors
            ),
            rx.el.button("Bloquear", type="submit", class_name="btn sec"),
        ),
    )


def _substitute(row: rx.Var[SubstituteLine]) -> rx.Component:
    return parts.card_row(
        rx.el.span(
            row.words, rx.cond(row.now, rx.el.span("em curso", class_name="tag ok rules-tag"))
        ),
        _button("Retomar a agenda", row.words, RulesPageState.end_substitution(row.id)),
    )


def _substitutes() -> rx.Component:
    errors = RulesPageState.errors
    return parts.field_group(
        "Substituição",
        "No período, outro gabinete atende: a mesa e os avisos passam para ele com os "
        "atendimentos, e voltam sozinhos.",
        rx.el.ul(rx.foreach(RulesPageState.opened.substitutes, _substitute)),
        _small_form(
            RulesPageState.appoint_substitute,
            forms.plain_input(
                "procurar-gabinete",
                "Procurar gabinete",
                name="procurar-gabinete",
                type="search",
                auto_complete="off",
                on_change=RulesPageState.find_chambers.debounce(250),
            ),
            forms.select_from_pairs("unit", "Quem substitui", RulesPageState.candidates, errors),
            forms.field("first_day", "Do dia", errors, type="date"),
            forms.field("last_day", "Ao dia", errors, type="date"),
            rx.el.button("Passar a agenda", type="submit", class_name="btn sec"),
        ),
    )


def _version(version: rx.Var[VersionLine]) -> rx.Component:
    return parts.card_row(
        rx.el.div(
            rx.el.h3(version.name, rx.el.span(version.state, class_name="tag rules-tag")),
            rx.el.p(version.span, " · ", version.who, class_name="small muted"),
            rx.cond(
                version.changes.length() > 0,
                rx.el.details(
                    rx.el.summary("O que mudou"),
                    rx.el.ul(rx.foreach(version.changes, rx.el.li), class_name="rules-changes"),
                    class_name="rules-what",
                ),
            ),
        ),
        rx.cond(
            version.state == "marcada",
            _button("Retirar", version.name, RulesPageState.withdraw_version(version.id)),
        ),
    )


def _history() -> rx.Component:
    return parts.field_group(
        "Versões",
        "",
        rx.cond(
            RulesPageState.opened.versions.length() > 0,
            rx.el.ul(rx.foreach(RulesPageState.opened.versions, _version)),
            rx.el.p("Nada publicado ainda.", class_name="muted"),
        ),
        rx.cond(
            RulesPageState.opened.published,
            rx.el.div(
                rx.el.p(
                    "Despublicar tira a agenda da vista do público. Os atendimentos marcados "
                    "continuam.",
                    class_name="small muted",
                ),
                button("Despublicar", RulesPageState.unpublish, look="danger"),
                class_name="between rules-off",
            ),
        ),
        look="rules-history",
    )


def _draft(draft: rx.Var[DraftLine]) -> rx.Component:
    return parts.card_row(
        rx.el.span(draft.words),
        _button("Abrir uma cópia", draft.words, RulesPageState.copy_draft(draft.staff_id)),
    )


def colleagues() -> rx.Component:
    """Return the colleagues' drafts, which can be copied."""
    return rx.cond(
        RulesPageState.opened.drafts.length() > 0,
        parts.field_group(
            "Rascunhos de colegas", "", rx.el.ul(rx.foreach(RulesPageState.opened.drafts, _draft))
        ),
    )


def immediate_changes() -> rx.Component:
    """Return what takes effect at once: blocks, substitutes and versions."""
    return rx.el.div(_blocks(), _substitutes(), _history(), class_name="rules-around")

"""Components of the unit's editor: lock bar, fields, history."""

from typing import Any

import reflex as rx

from canais_app.directory.editing.history import ChangeRow
from canais_app.directory.editing.schemas import DAY_FIELDS
from canais_app.directory.editor.state import UnitEditorState
from canais_app.directory.errors import Clash
from canais_app.directory.models import (
    FEATURE_NAMES,
    TEXT_FIELDS,
    UNIT_KIND_NAMES,
    Feature,
    UnitKind,
)
from canais_app.directory.validation import HAS_NAMES
from canais_app.kit.text import WEEKDAYS_BARE
from canais_app.ui import feedback, forms, shell
from canais_app.ui.forms import button
from canais_app.ui.persistence import persisted

KINDS = [(kind.value, UNIT_KIND_NAMES[kind]) for kind in UnitKind]
WEEKDAY_NAMES = tuple(name.capitalize() for name in WEEKDAYS_BARE)
IS_HELD_BY_ME = (UnitEditorState.holder.staff_id != 0) & (
    UnitEditorState.holder.staff_id == UnitEditorState.me
)
IS_HELD_BY_OTHER = (UnitEditorState.holder.staff_id != 0) & (
    UnitEditorState.holder.staff_id != UnitEditorState.me
)
LABELS = (
    ("name", "Nome"),
    ("kind", "Tipo"),
    ("competences", "Competências"),
    ("aliases", "Outros nomes"),
    ("former_names", "Nomes anteriores"),
    *((field.name, field.label) for field in TEXT_FIELDS),
    ("accessibility", "Acessibilidade"),
    *zip(DAY_FIELDS, WEEKDAY_NAMES, strict=True),
)


def lock_bar() -> rx.Component:
    """Return the holder of the edit lock, and the button that takes or releases it."""
    words = rx.cond(
        IS_HELD_BY_ME,
        f"Você está editando. Reservada para você até {UnitEditorState.holder.until}; "
        "renova enquanto você trabalha.",
        rx.cond(
            IS_HELD_BY_OTHER,
            f"{UnitEditorState.holder.name} está editando até {UnitEditorState.holder.until}. "
            "Você pode ver; para editar, espere ou combine com essa pessoa.",
            "Ninguém está editando esta unidade.",
        ),
    )
    return rx.el.div(
        rx.icon("lock-keyhole", size=18, aria_hidden=True),
        rx.el.p(words, role="status"),
        rx.cond(
            IS_HELD_BY_ME,
            button("Concluir", UnitEditorState.release_lock, look="sec sm"),
            button("Editar", UnitEditorState.take_lock, look="pri sm"),
        ),
        class_name=rx.cond(
            IS_HELD_BY_ME,
            "editor-lock mine",
            rx.cond(IS_HELD_BY_OTHER, "editor-lock theirs", "editor-lock"),
        ),
    )


def clash_list(found: Any) -> rx.Component:  # noqa: ANN401 (a Var)
    """Return the fields that somebody else changed meanwhile, with both values."""

    def row(one: rx.Var[Clash]) -> rx.Component:
        return rx.el.tr(
            rx.el.th(one.name, scope="row"),
            rx.el.td(one.theirs, rx.el.span(f" por {one.who}", class_name="muted small")),
            rx.el.td(one.yours),
        )

    heads = ("Campo", "Agora está", "Você escreveu")
    return rx.cond(
        found.length() > 0,
        rx.el.table(
            rx.el.caption("O que mudou enquanto você editava", class_name="visually-hidden"),
            rx.el.thead(rx.el.tr(*[rx.el.th(head, scope="col") for head in heads])),
            rx.el.tbody(rx.foreach(found, row)),
            class_name="data editor-clashes",
        ),
    )


def base_version_fields(version: Any, seen: Any, prefix: str = "") -> rx.Component:  # noqa: ANN401 (Vars)
    """Return the hidden fields of a form's base version."""
    return rx.fragment(
        rx.el.input(type="hidden", name=f"{prefix}version", value=version, read_only=True),
        rx.el.input(type="hidden", name=f"{prefix}seen", value=seen, read_only=True),
    )


def week_fields(form: Any, errors: Any, hint: str, prefix: str = "") -> rx.Component:  # noqa: ANN401 (Vars)
    """Return a field for each weekday's hours."""
    return rx.el.fieldset(
        rx.el.legend("Horário de atendimento", class_name="legend"),
        rx.el.p(hint, class_name="muted small"),
        rx.el.div(
            *[
                forms.field(
                    f"{prefix}{name}",
                    label,
                    errors,
                    default_value=form[name],
                    placeholder="—",
                    auto_complete="off",
                    max_length=120,
                )
                for name, label in zip(DAY_FIELDS, WEEKDAY_NAMES, strict=True)
            ],
            class_name="editor-week",
        ),
    )


def _feature(feature: Feature) -> rx.Component:
    has, note, name = f"has_{feature}", f"note_{feature}", FEATURE_NAMES[feature]
    return rx.el.li(
        rx.el.label(name, html_for=has),
        rx.el.select(
            rx.el.option("Não informado", value=""),
            *[rx.el.option(words, value=value) for value, words in HAS_NAMES.items()],
            id=has,
            name=has,
            default_value=UnitEditorState.form[has],
        ),
        rx.el.input(
            type="text",
            id=note,
            name=note,
            default_value=UnitEditorState.form[note],
            aria_label=f"{name}: observação",
            placeholder="Observação (por exemplo, entrada lateral)",
            max_length=120,
        ),
        class_name="field editor-feature",
    )


def _features() -> rx.Component:
    return rx.el.fieldset(
        rx.el.legend("Acessibilidade do prédio", class_name="legend"),
        rx.el.ul(*[_feature(feature) for feature in Feature]),
        rx.cond(
            UnitEditorState.errors.contains("accessibility"),
            rx.el.p(UnitEditorState.errors["accessibility"], class_name="err"),
        ),
        id="accessibility",
        tab_index=-1,
        class_name="editor-features",
    )


def _field(name: str, label: str, hint: str = "", **props: Any) -> rx.Component:  # noqa: ANN401
    return forms.field(
        name,
        label,
        UnitEditorState.errors,
        hint=hint,
        default_value=UnitEditorState.form[name],
        **props,
    )


def unit_fields() -> rx.Component:
    """Return the form of the unit's fields, enabled for the holder of the edit lock."""
    return rx.el.form(
        rx.el.fieldset(
            rx.el.h2("Cadastro", id="cadastro"),
            base_version_fields(UnitEditorState.version, UnitEditorState.seen),
            _field("name", "Nome", "Ao mudar, o endereço antigo da página leva ao novo."),
            forms.select_from_pairs(
                "kind",
                "Tipo",
                KINDS,
                UnitEditorState.errors,
                default_value=UnitEditorState.form["kind"],
            ),
            _field("competences", "Competências", "Separe por vírgula.", max_length=600),
            rx.el.div(
                _field("aliases", "Outros nomes", "Como as pessoas chamam. Separe por vírgula."),
                _field("former_names", "Nomes anteriores", "Também servem para achar."),
                class_name="fields two",
            ),
            rx.el.div(
                *(
                    _field(field.name, field.label, max_length=field.max_length)
                    for field in TEXT_FIELDS
                ),
                class_name="fields two",
            ),
            week_fields(
                UnitEditorState.form,
                UnitEditorState.errors,
                "Como 12:00–19:00; dois períodos separados por vírgula; em branco, fechada. Os "
                "sete dias em branco: horário público do Tribunal.",
            ),
            _features(),
            clash_list(UnitEditorState.clashes),
            rx.cond(
                IS_HELD_BY_ME, rx.el.button("Salvar cadastro", type="submit", class_name="btn pri")
            ),
            disabled=~IS_HELD_BY_ME,
            on_focus=UnitEditorState.renew_lock,
            class_name="stack",
        ),
        on_submit=UnitEditorState.save,
        key=persisted(UnitEditorState.version, UnitEditorState.ready).to_string(),
        no_validate=True,
        aria_labelledby="cadastro",
        class_name="card pad editor-form",
    )


def _change(change: rx.Var[ChangeRow]) -> rx.Component:
    return rx.el.li(
        rx.el.p(change.what, class_name="strong"),
        rx.el.p(
            rx.el.del_(change.before), " → ", rx.el.ins(change.after), class_name="editor-values"
        ),
        rx.el.p(f"{change.who} · {change.at}", class_name="muted small"),
        rx.cond(change.undone, rx.el.span("Desfeito", class_name="tag off")),
        rx.cond(
            change.can_undo & ~IS_HELD_BY_OTHER,
            button(
                "Desfazer",
                UnitEditorState.undo_change(change.id),
                f" {change.what} de {change.at}",
                look="ghost sm",
            ),
        ),
        key=change.id.to_string(),
    )


def history_section() -> rx.Component:
    """Return the history of the unit and its channels."""
    return shell.card(
        "Histórico",
        rx.cond(
            UnitEditorState.history.length() > 0,
            rx.el.ol(rx.foreach(UnitEditorState.history, _change), class_name="editor-past"),
            rx.el.p("Nada mudou desde que o cadastro foi criado.", class_name="muted"),
        ),
        rx.cond(
            UnitEditorState.total > UnitEditorState.history.length(),
            button("Ver mais antigas", UnitEditorState.load_earlier_changes, look="sec sm"),
        ),
    )


def stale_fields_notice() -> rx.Component:
    """Return the notice that newer fields are stored, and the button that loads them."""
    return rx.cond(
        UnitEditorState.sheet.version != UnitEditorState.version,
        rx.el.div(
            feedback.callout("O cadastro mudou depois que você abriu esta página.", tone="warn"),
            button("Mostrar o atual", UnitEditorState.load, look="sec sm"),
            class_name="row",
        ),
    )

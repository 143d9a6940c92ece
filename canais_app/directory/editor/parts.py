"""Pieces of the unit's editor: who holds it, its fields, its history."""

from typing import Any

import reflex as rx

from canais_app.directory.drafts import DAYS
from canais_app.directory.editor.state import Editor
from canais_app.directory.errors import Clash
from canais_app.directory.history import ChangeRow
from canais_app.directory.models import FEATURE_NAMES, Feature, UnitKind
from canais_app.directory.snapshot import KIND_NAMES
from canais_app.directory.unit_fields import TEXT_FIELDS
from canais_app.directory.values import HAS
from canais_app.kit.text import WEEKDAYS_BARE
from canais_app.ui import feedback, forms
from canais_app.ui.once import kept

KINDS = [(kind.value, KIND_NAMES[kind]) for kind in UnitKind]
WEEK = tuple(name.capitalize() for name in WEEKDAYS_BARE)
MINE = (Editor.holder.staff_id != 0) & (Editor.holder.staff_id == Editor.me)
THEIRS = (Editor.holder.staff_id != 0) & (Editor.holder.staff_id != Editor.me)
LABELS = (
    ("name", "Nome"),
    ("kind", "Tipo"),
    ("competences", "Competências"),
    ("aliases", "Outros nomes"),
    ("former_names", "Nomes anteriores"),
    *((field.name, field.label) for field in TEXT_FIELDS),
    ("accessibility", "Acessibilidade"),
    *zip(DAYS, WEEK, strict=True),
)


def lock_bar() -> rx.Component:
    """Return who edits the unit, and the button that begins or ends it."""
    words = rx.cond(
        MINE,
        f"Você está editando. Reservada para você até {Editor.holder.until}; "
        "renova enquanto você trabalha.",
        rx.cond(
            THEIRS,
            f"{Editor.holder.name} está editando até {Editor.holder.until}. "
            "Você pode ver; para editar, espere ou combine com essa pessoa.",
            "Ninguém está editando esta unidade.",
        ),
    )
    return rx.el.div(
        rx.icon("lock-keyhole", size=18, aria_hidden=True),
        rx.el.p(words, role="status"),
        rx.cond(
            MINE,
            rx.el.button(
                "Concluir", type="button", on_click=Editor.finish, class_name="btn sm sec"
            ),
            rx.el.button("Editar", type="button", on_click=Editor.begin, class_name="btn sm pri"),
        ),
        class_name=rx.cond(
            MINE, "editor-lock mine", rx.cond(THEIRS, "editor-lock theirs", "editor-lock")
        ),
    )


def clashes(found: Any) -> rx.Component:  # noqa: ANN401 (a Var)
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


def basis(version: Any, seen: Any, prefix: str = "") -> rx.Component:  # noqa: ANN401 (Vars)
    """Return the hidden fields that say from which version a form was filled."""
    return rx.fragment(
        rx.el.input(type="hidden", name=f"{prefix}version", value=version, read_only=True),
        rx.el.input(type="hidden", name=f"{prefix}seen", value=seen, read_only=True),
    )


def week(form: Any, errors: Any, hint: str, prefix: str = "") -> rx.Component:  # noqa: ANN401 (Vars)
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
                for name, label in zip(DAYS, WEEK, strict=True)
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
            *[rx.el.option(words, value=value) for value, words in HAS.items()],
            id=has,
            name=has,
            default_value=Editor.form[has],
        ),
        rx.el.input(
            type="text",
            id=note,
            name=note,
            default_value=Editor.form[note],
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
            Editor.errors.contains("accessibility"),
            rx.el.p(Editor.errors["accessibility"], class_name="err"),
        ),
        id="accessibility",
        tab_index=-1,
        class_name="editor-features",
    )


def _field(name: str, label: str, hint: str = "", **props: Any) -> rx.Component:  # noqa: ANN401
    return forms.field(
        name, label, Editor.errors, hint=hint, default_value=Editor.form[name], **props
    )


def fields() -> rx.Component:
    """Return the form of the unit's own fields; it can be written by who holds the unit."""
    return rx.el.form(
        rx.el.fieldset(
            rx.el.h2("Cadastro", id="cadastro"),
            basis(Editor.version, Editor.seen),
            _field("name", "Nome", "Ao mudar, o endereço antigo da página leva ao novo."),
            forms.choice("kind", "Tipo", KINDS, Editor.errors, default_value=Editor.form["kind"]),
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
            week(
                Editor.form,
                Editor.errors,
                "Como 12:00–19:00; dois períodos separados por vírgula; em branco, fechada. Os "
                "sete dias em branco: horário público do Tribunal.",
            ),
            _features(),
            clashes(Editor.clashes),
            rx.cond(MINE, rx.el.button("Salvar cadastro", type="submit", class_name="btn pri")),
            disabled=~MINE,
            on_focus=Editor.renew,
            class_name="stack",
        ),
        on_submit=Editor.save,
        key=kept(Editor.version, Editor.ready).to_string(),
        no_validate=True,
        reset_on_submit=False,
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
            change.can_undo & ~THEIRS,
            rx.el.button(
                "Desfazer",
                rx.el.span(f" {change.what} de {change.at}", class_name="visually-hidden"),
                type="button",
                on_click=Editor.undo(change.id),
                class_name="btn sm ghost",
            ),
        ),
        key=change.id.to_string(),
    )


def past() -> rx.Component:
    """Return the history of the unit and its channels."""
    return rx.el.section(
        rx.el.h2("Histórico"),
        rx.cond(
            Editor.history.length() > 0,
            rx.el.ol(rx.foreach(Editor.history, _change), class_name="editor-past"),
            rx.el.p("Nada mudou desde que o cadastro foi criado.", class_name="muted"),
        ),
        rx.cond(
            Editor.total > Editor.history.length(),
            rx.el.button("Ver mais antigas", on_click=Editor.see_earlier, class_name="btn sm sec"),
        ),
        class_name="card pad stack",
    )


def changed_meanwhile() -> rx.Component:
    """Say that the fields are older than what is stored, and offer the newer ones."""
    return rx.cond(
        Editor.sheet.version != Editor.version,
        rx.el.div(
            feedback.note("O cadastro mudou depois que você abriu esta página.", tone="warn"),
            rx.el.button("Mostrar o atual", on_click=Editor.load, class_name="btn sm sec"),
            class_name="row",
        ),
    )

"""Who asks for an appointment, their needs, and who books for them, in the picker's form."""

from functools import partial
from typing import Any

import reflex as rx

from canais_app.agenda.models import ACCESS_NEED_NAMES, PREFERENCE_NAMES, REQUESTER_NAMES, Requester
from canais_app.agenda.parts import UFS
from canais_app.agenda.picker.state import PickerState
from canais_app.ui.forms import button, field, select_from_pairs

REQUESTERS = [(kind.value, name) for kind, name in REQUESTER_NAMES.items()]
WITHOUT_PARTIES = [pair for pair in REQUESTERS if pair[0] != Requester.PARTY]
# Vars; on a State class pyright sees the plain values.
ERRORS: Any = PickerState.errors
TYPED: Any = PickerState.typed


def requester_fields(state: Any, accepts_parties: Any) -> rx.Component:  # noqa: ANN401 (a State class, a Var)
    """Return the choice of who asks, and the fields of their registration.

    `state` has `errors`, `typed`, `requester` and `choose_requester`.
    """
    is_lawyer = Requester.LAWYER.value == state.requester
    is_party = Requester.PARTY.value == state.requester
    ask = partial(_text, errors=state.errors, typed=state.typed)

    def choose(options: list[tuple[str, str]]) -> rx.Component:
        return select_from_pairs(
            "requester",
            "Quem será atendida(o)",
            options,
            state.errors,
            default_value=state.requester,
            on_change=state.choose_requester,
        )

    return rx.el.div(
        rx.cond(accepts_parties, choose(REQUESTERS), choose(WITHOUT_PARTIES)),
        rx.el.div(
            ask("oab_number", "Nº da OAB", hint="Pode colar: OAB/MT 1.234."), hidden=~is_lawyer
        ),
        rx.el.div(
            ask("institution", "Instituição", auto_complete="organization"),
            ask("registration", "Matrícula"),
            hidden=is_lawyer | is_party,
            class_name="fields two",
        ),
        rx.el.div(
            select_from_pairs(
                "oab_uf", "UF", UFS, state.errors, default_value=state.typed.get("oab_uf", "MT")
            ),
            hidden=is_party,
        ),
        class_name="fields",
    )


def needs_fields() -> rx.Component:
    """Return the legal preference and the access needs, folded until they are wanted."""

    def check(name: str, words: str) -> rx.Component:
        return rx.el.label(
            rx.el.input(
                type="checkbox", name=name, value="true", default_checked=TYPED.get(name, "") != ""
            ),
            rx.el.span(words),
            class_name="check",
        )

    return rx.el.details(
        rx.el.summary("Preferência legal ou acessibilidade (opcional)"),
        rx.el.p("Só o gabinete vê, para preparar o atendimento.", class_name="small muted"),
        rx.el.fieldset(
            rx.el.legend("Preferência legal", class_name="legend"),
            *(check(f"pref-{code}", words) for code, words in PREFERENCE_NAMES.items()),
        ),
        rx.el.fieldset(
            rx.el.legend("Acessibilidade", class_name="legend"),
            *(check(f"need-{code}", words) for code, words in ACCESS_NEED_NAMES.items()),
        ),
        class_name="booked-more",
    )


def behalf_fields() -> rx.Component:
    """Return the fields of a person who books for a colleague, folded until they are wanted."""
    has_error = ERRORS.contains("booked_by_name") | ERRORS.contains("booked_by_email")
    return rx.el.details(
        rx.el.summary("Marco para outra pessoa (opcional)"),
        rx.el.p(
            "Acima, os dados de quem será atendida(o); aqui, os seus. As duas pessoas recebem os "
            "avisos.",
            class_name="small muted",
        ),
        rx.el.div(
            _text("booked_by_name", "Seu nome", optional=True),
            _text("booked_by_email", "Seu e-mail", optional=True, type="email"),
            class_name="fields two",
        ),
        open=has_error,
        class_name="booked-more",
    )


def dispute_card() -> rx.Component:
    """Return the way out for a person whose registration a stranger has used."""
    return rx.fragment(
        rx.cond(
            PickerState.can_dispute,
            rx.el.p(
                button("Não fui eu quem marcou", PickerState.dispute, look="sec"), class_name="row"
            ),
        ),
        rx.el.div(
            rx.cond(
                PickerState.news_of_dispute != "",
                rx.el.p(PickerState.news_of_dispute, class_name="note ok"),
            ),
            id="contestacao",
            role="status",
            tab_index=-1,
        ),
    )


def _text(  # a Var of errors, a Var of what was typed
    name: str,
    label: str,
    *,
    errors: Any = ERRORS,  # noqa: ANN401
    typed: Any = TYPED,  # noqa: ANN401
    **props: object,
) -> rx.Component:
    value = typed.get(name, "")
    defaults = {"auto_complete": "off", "max_length": 200, "default_value": value}
    return field(name, label, errors, **{**defaults, **props})

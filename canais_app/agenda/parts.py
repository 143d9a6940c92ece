"""Pieces that several screens of the agenda draw: frame, brief registration, countdown."""

from typing import Any

import reflex as rx

from canais_app import routes
from canais_app.kit.contacts import OAB_SECTIONS
from canais_app.settings import settings
from canais_app.ui import shell
from canais_app.ui.feedback import skeleton
from canais_app.ui.forms import consent_checkbox, field, select_from_pairs
from canais_app.ui.persistence import show_once_ready

# A Var of {field: words}; on a State class pyright sees the plain dict.
ErrorsByField = Any
UFS = sorted(OAB_SECTIONS)
LABELS = (
    ("name", "nome completo"),
    ("oab_number", "nº da OAB"),
    ("oab_uf", "UF da OAB"),
    ("email", "e-mail"),
    ("phone", "telefone"),
    ("case_number", "nº do processo"),
    ("subject", "assunto"),
    ("modality", "modalidade"),
    ("consent", "uso dos dados"),
)


def agenda_breadcrumbs(here: rx.Var[str] | str) -> rx.Component:
    """Return the way to a page below the list of agendas."""
    return shell.breadcrumbs(
        ("Início", routes.HOME), ("Agendar com magistrado", routes.AGENDAS), (here, "")
    )


def status_frame(
    state: Any,  # noqa: ANN401 (a State class with `ready` and `missing`)
    drawn: rx.Component,
    *,
    title: str,
    gone: tuple[str, str],
    other: tuple[str, str],
) -> rx.Component:
    """Return a page that waits under its `title`, or says what is `gone` and why.

    `other` is a second way on (words, path) beside the list of agendas.
    """
    what, why = gone
    missing = rx.el.div(
        agenda_breadcrumbs(what),
        shell.page_heading(what),
        rx.el.p(why),
        rx.el.p(
            rx.el.a("Ver todas as agendas", href=routes.AGENDAS, class_name="btn pri"),
            rx.el.a(other[0], href=other[1], class_name="btn sec"),
            class_name="row",
        ),
        class_name="stack",
    )
    waiting = rx.el.div(
        agenda_breadcrumbs(title), shell.page_heading(title), skeleton(4), class_name="stack"
    )
    return shell.page(
        show_once_ready(state.ready, rx.cond(state.missing, missing, drawn), waiting),
        here=routes.AGENDAS,
    )


def lawyer_fields(errors: ErrorsByField, typed: ErrorsByField) -> tuple[rx.Component, ...]:
    """Ask who comes, and about what; `errors` and `typed` are Vars by field."""

    def ask(name: str, label: str, **props: object) -> rx.Component:
        given = typed.get(name, "")
        return field(name, label, errors, default_value=given, max_length=200, **props)

    return (
        ask(
            "name",
            "Nome completo",
            auto_complete="name",
            hint="Como consta na OAB. Não pode ser mudado depois de confirmar.",
        ),
        rx.el.div(
            ask("oab_number", "Nº da OAB", auto_complete="off"),
            select_from_pairs(
                "oab_uf",
                "UF da OAB",
                [(uf, uf) for uf in UFS],
                errors,
                default_value=typed.get("oab_uf", "MT"),
            ),
            class_name="fields two",
        ),
        rx.el.div(
            ask("email", "E-mail", type="email", auto_complete="email"),
            ask("phone", "Telefone", type="tel", auto_complete="tel"),
            class_name="fields two",
        ),
        ask(
            "case_number",
            "Nº do processo",
            optional=True,
            auto_complete="off",
            input_mode="numeric",
            hint="Formato 0000000-00.0000.8.11.0000. Sem processo, deixe em branco.",
        ),
        ask(
            "subject",
            "Assunto",
            auto_complete="off",
            hint="Uma linha basta. Não escreva dados sigilosos.",
        ),
    )


def consent_field(errors: ErrorsByField, typed: ErrorsByField) -> rx.Component:
    """Ask for the agreement to use the data, and say for how long they are kept."""
    days = settings().appointment_retention_days
    words = rx.fragment(
        "Concordo com o uso destes dados só para este atendimento. "
        f"São anonimizados após {days} dias. ",
        rx.el.a("Privacidade", href=routes.PRIVACY),
    )
    given = typed.get("consent", "") != ""
    return consent_checkbox("consent", words, errors, value="true", default_checked=given)


def substitute_notice(name: Any) -> rx.Component:  # noqa: ANN401 (a Var of str, or a State's plain str)
    """Say which gabinete attends in the place of the agenda's own; nothing when none does."""
    return rx.cond(
        name != "",
        rx.el.p("Quem atende: ", name, ", em substituição", class_name="small stands-in"),
    )


def countdown(seconds: Any) -> rx.Component:  # noqa: ANN401 (a Var of int, or a State's plain int)
    """Count the last hour down from a Var of seconds; the style sheet counts them."""
    return rx.cond(
        seconds > 0,
        rx.el.p(
            rx.icon("clock", size=18, aria_hidden=True),
            "Faltam ",
            rx.el.span(role="timer", aria_live="off", class_name="picker-count"),
            key=seconds.to_string(),
            custom_attrs={"style": {"--picker-from": seconds}},
            class_name="booked-count",
        ),
    )

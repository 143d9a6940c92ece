"""Components shared by the agenda's screens: frame, buttons, lawyer's fields, countdown."""

from typing import Any

import reflex as rx

from canais_app import routes
from canais_app.agenda.views import BlockView
from canais_app.kit.contacts import OAB_SECTIONS
from canais_app.settings import settings
from canais_app.ui import shell
from canais_app.ui.feedback import skeleton
from canais_app.ui.forms import consent_checkbox, field, select_from_pairs
from canais_app.ui.persistence import show_once_ready

# A Var of {field: text}; on a State class pyright sees the plain dict.
ErrorsByField = Any
UFS = [(uf, uf) for uf in sorted(OAB_SECTIONS)]
LABELS = (
    ("name", "nome completo"),
    ("oab_number", "nº da OAB"),
    ("oab_uf", "UF da OAB"),
    ("requester", "quem será atendida(o)"),
    ("institution", "instituição"),
    ("registration", "matrícula"),
    ("booked_by_name", "seu nome"),
    ("booked_by_email", "seu e-mail"),
    ("email", "e-mail"),
    ("phone", "telefone"),
    ("case_number", "nº do processo"),
    ("subject", "assunto"),
    ("modality", "modalidade"),
    ("kind", "tipo de atendimento"),
    ("consent", "uso dos dados"),
)


def agenda_breadcrumbs(here: rx.Var[str] | str) -> rx.Component:
    """Return the breadcrumbs of a page below the list of agendas."""
    return shell.breadcrumbs(
        ("Início", routes.HOME), ("Agendar com magistrado", routes.AGENDAS), (here, "")
    )


def status_frame(  # noqa: PLR0913 (a frame and its words)
    state: Any,  # noqa: ANN401 (a State class with `ready` and `missing`)
    content: rx.Component,
    *,
    title: str,
    gone: tuple[str, str],
    other: tuple[str, str],
    is_form: bool = False,
) -> rx.Component:
    """Return a page with a skeleton under `title` while it loads, and a not-found state.

    `gone` is that state's heading and explanation; `other` a link (label, path) beside the one
    to the list of agendas. `is_form`: see `shell.page`.
    """
    heading, explanation = gone
    missing = rx.el.div(
        agenda_breadcrumbs(heading),
        shell.page_heading(heading),
        rx.el.p(explanation),
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
        show_once_ready(state.ready, rx.cond(state.missing, missing, content), waiting),
        here=routes.AGENDAS,
        is_form=is_form,
    )


def fact(term: str, *words: rx.Component | rx.Var | str) -> rx.Component:
    """Return a term and its words, for a definition list."""
    return rx.el.div(rx.el.dt(term), rx.el.dd(*words))


def block_text(block: rx.Var[BlockView]) -> rx.Component:
    """Return a blocked period and its reason."""
    reason = rx.cond(block.reason != "", rx.el.span(" · ", block.reason, class_name="muted"))
    return rx.el.span(block.words, reason)


def public_agenda_link(slug: rx.Var[str] | str) -> rx.Component:
    """Return the link from a staff page to the agenda's public page."""
    return rx.el.a("Ver a agenda pública", href="/agenda/" + slug, class_name="btn sec")


def hidden_text(*content: rx.Var | str) -> rx.Component:
    """Return text that only screen readers get."""
    return rx.el.span(*content, class_name="visually-hidden")


def status_message(news: rx.Var[str] | str, **props: object) -> rx.Component:
    """Return a live region with the message of the last action."""
    message = rx.el.p(news, **({"class_name": "note ok"} | props))
    return rx.el.div(rx.cond(news != "", message), role="status")


def lawyer_fields(
    errors: ErrorsByField, typed: ErrorsByField, *, card: bool = True
) -> tuple[rx.Component, ...]:
    """Return the fields on the lawyer and the subject; `errors` and `typed` are Vars by field.

    Without `card` the OAB is left out: the caller asks for the registration.
    """

    def ask(name: str, label: str, **props: object) -> rx.Component:
        value = typed.get(name, "")
        return field(name, label, errors, default_value=value, max_length=200, **props)

    oab_card = rx.el.div(
        ask("oab_number", "Nº da OAB", auto_complete="off"),
        select_from_pairs(
            "oab_uf", "UF da OAB", UFS, errors, default_value=typed.get("oab_uf", "MT")
        ),
        class_name="fields two",
    )
    return (
        ask(
            "name",
            "Nome completo",
            auto_complete="name",
            hint="Como consta no registro. Não pode ser mudado depois de confirmar.",
        ),
        *([oab_card] if card else []),
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
    """Return the consent checkbox, which states how long the data are stored."""
    days = settings().appointment_retention_days
    label = rx.fragment(
        "Concordo com o uso destes dados só para este atendimento. "
        f"São anonimizados após {days} dias. ",
        rx.el.a("Privacidade", href=routes.PRIVACY),
    )
    checked = typed.get("consent", "") != ""
    return consent_checkbox("consent", label, errors, value="true", default_checked=checked)


def substitute_notice(name: Any) -> rx.Component:  # noqa: ANN401 (a Var of str, or a State's plain str)
    """Return who attends as a substitute; nothing for an empty name."""
    return rx.cond(
        name != "",
        rx.el.p("Quem atende: ", name, ", em substituição", class_name="small stands-in"),
    )


def countdown(seconds: Any) -> rx.Component:  # noqa: ANN401 (a Var of int, or a State's plain int)
    """Return a countdown from a Var of seconds, animated by the style sheet."""
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

"""The waiting list's two pages: entering it, and one's place in it."""

import reflex as rx

from canais_app import routes
from canais_app.agenda import parts
from canais_app.agenda.models import MODALITY_NAMES
from canais_app.agenda.waitlist.state import PlaceState, WaitlistState
from canais_app.ui import shell
from canais_app.ui.feedback import problem, skeleton
from canais_app.ui.forms import error_summary, field

IT = PlaceState.it
LABELS = (("from", "de"), ("to", "até"), *parts.LABELS)


def _crumbs(here: rx.Var[str] | str) -> rx.Component:
    return shell.crumbs(
        ("Início", routes.HOME), ("Agendar com magistrado", routes.AGENDAS), (here, "")
    )


def _day(name: str, label: str, usual: rx.Var[str]) -> rx.Component:
    return field(
        name,
        label,
        WaitlistState.errors,
        type="date",
        default_value=WaitlistState.typed.get(name, usual),
        min=WaitlistState.today,
    )


def _modality() -> rx.Component:
    return rx.el.div(
        rx.el.label("Modalidade", html_for="modality"),
        rx.el.select(
            rx.el.option("Qualquer uma", value=""),
            rx.foreach(
                WaitlistState.modalities,
                lambda value: rx.el.option(
                    rx.match(value, *((m.value, n) for m, n in MODALITY_NAMES.items()), value),
                    value=value,
                ),
            ),
            id="modality",
            name="modality",
            default_value=WaitlistState.typed.get("modality", ""),
        ),
        class_name="field",
    )


def _form() -> rx.Component:
    return rx.el.form(
        rx.el.fieldset(
            rx.el.legend("Em que dias você pode ir", class_name="legend"),
            rx.el.div(
                _day("from", "De", WaitlistState.today),
                _day("to", "Até", WaitlistState.last_day),
                class_name="fields two",
            ),
        ),
        _modality(),
        *parts.lawyer_fields(WaitlistState.errors, WaitlistState.typed),
        parts.agreement(WaitlistState.errors, WaitlistState.typed),
        rx.el.div(
            rx.el.button("Entrar na fila", type="submit", class_name="btn pri"),
            rx.el.a("Voltar à agenda", href=WaitlistState.agenda_path, class_name="btn sec"),
            class_name="row",
        ),
        no_validate=True,
        reset_on_submit=False,
        on_submit=WaitlistState.join,
        class_name="fields",
    )


def _enter() -> rx.Component:
    return rx.el.div(
        _crumbs("Fila de espera"),
        shell.h1("Fila de espera: " + WaitlistState.title),
        rx.el.p(
            "Quando vagar um horário nestes dias, guardamos para quem entrou primeiro e avisamos "
            "por e-mail. Cada OAB tem um lugar por agenda; sair é pelo link do e-mail.",
            class_name="picker-lead",
        ),
        rx.el.section(
            error_summary(WaitlistState.said, WaitlistState.errors, LABELS),
            _form(),
            class_name="card picker-pad waitlist-card",
        ),
    )


def _missing(what: str, why: str) -> rx.Component:
    return rx.el.div(
        _crumbs(what),
        shell.h1(what),
        rx.el.p(why),
        rx.el.p(
            rx.el.a("Ver todas as agendas", href=routes.AGENDAS, class_name="btn pri"),
            class_name="row",
        ),
        class_name="stack",
    )


def _waiting(title: str) -> rx.Component:
    return rx.el.div(_crumbs(title), shell.h1(title), skeleton(4), class_name="stack")


def enter() -> rx.Component:
    """Draw the form of an agenda's line, or say that there is none."""
    gone = _missing("Agenda não encontrada", "O gabinete pode não publicar mais esta agenda.")
    return shell.page(
        rx.cond(
            WaitlistState.ready,
            rx.cond(WaitlistState.missing, gone, _enter()),
            _waiting("Fila de espera"),
        ),
        here=routes.AGENDAS,
    )


def _offer() -> rx.Component:
    return rx.fragment(
        rx.el.p(
            rx.el.strong(IT.offer),
            rx.el.span("guardado para você até ", IT.offer_until),
            class_name="waitlist-offer",
        ),
        rx.el.p(
            rx.el.a("Aceitar ou recusar", href=IT.offer_path, class_name="btn pri"),
            class_name="row",
        ),
    )


def _facts() -> rx.Component:
    def fact(term: str, words: rx.Var[str]) -> rx.Component:
        return rx.el.div(rx.el.dt(term), rx.el.dd(words))

    return rx.el.dl(
        fact("Agenda", IT.agenda),
        fact("Dias", IT.days),
        fact("Modalidade", IT.modality),
        rx.cond(IT.status == "waiting", fact("Antes de você", IT.ahead)),
        class_name="picker-answers",
    )


def _leave() -> rx.Component:
    return rx.cond(
        PlaceState.asking,
        rx.el.div(
            rx.el.h2("Sair da fila?", id="pergunta", tab_index=-1),
            rx.el.p("Seu lugar passa para quem vem depois."),
            rx.el.div(
                rx.el.button(
                    "Sim, sair", type="button", on_click=PlaceState.leave, class_name="btn danger"
                ),
                rx.el.button(
                    "Não, ficar", type="button", on_click=PlaceState.stay, class_name="btn sec"
                ),
                class_name="row",
            ),
            role="group",
            aria_labelledby="pergunta",
            class_name="tight",
        ),
        rx.el.div(
            rx.el.button(
                "Sair da fila", type="button", on_click=PlaceState.ask_leave, class_name="btn sec"
            ),
            class_name="row",
        ),
    )


def _place() -> rx.Component:
    in_line = (IT.status == "waiting") | (IT.status == "offered")
    return rx.el.div(
        _crumbs("Seu lugar na fila"),
        shell.h1(IT.heading),
        rx.el.div(
            rx.cond(PlaceState.done != "", rx.el.p(PlaceState.done, class_name="note ok")),
            role="status",
        ),
        problem(PlaceState.problem),
        rx.el.section(
            rx.el.div(rx.cond(IT.offer_path != "", _offer()), aria_live="polite"),
            _facts(),
            rx.cond(
                in_line,
                _leave(),
                rx.el.p(
                    rx.el.a("Ver a agenda", href=IT.agenda_path, class_name="btn sec"),
                    class_name="row",
                ),
            ),
            class_name="card picker-pad stack waitlist-card",
        ),
        rx.el.p(
            "Você também pode ser recebido por ordem de chegada, sem agendar: Lei 8.906/94, "
            "art. 7º, VIII.",
            class_name="small muted",
        ),
        class_name="stack",
    )


def place() -> rx.Component:
    """Draw the place of the link, or say that there is none."""
    gone = _missing("Lugar não encontrado", "Confira se o link veio inteiro do e-mail.")
    return shell.page(
        rx.cond(
            PlaceState.ready,
            rx.cond(PlaceState.missing, gone, _place()),
            _waiting("Seu lugar na fila"),
        ),
        here=routes.AGENDAS,
    )

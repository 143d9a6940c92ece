"""The picker's page: choose, say who you are, look it over, confirm."""

import reflex as rx

from canais_app import routes
from canais_app.agenda.parts import crumbs, frame
from canais_app.agenda.picker import parts
from canais_app.agenda.picker.form import check_answers, registration
from canais_app.agenda.picker.state import PickerState
from canais_app.ui import shell
from canais_app.ui.feedback import problem

_ZONE = rx.Var("Intl.DateTimeFormat().resolvedOptions().timeZone")  # bundled, never evaluated


def _facts() -> rx.Component:
    def fact(icon: str, term: str, *words: rx.Component | rx.Var | str) -> rx.Component:
        return rx.el.div(rx.icon(icon, size=20, aria_hidden=True), rx.el.dt(term), rx.el.dd(*words))

    return rx.el.dl(
        fact("video", "Modalidades", PickerState.modality_words),
        fact("clock", "Duração", PickerState.minutes.to_string() + " minutos"),
        fact("globe", "Fuso dos horários", "Cuiabá (UTC−4)"),
        fact(
            "door-open",
            "Agendar é opcional",
            "Ordem de chegada, " + PickerState.hours,
            rx.el.small("Lei 8.906/94, art. 7º, VIII"),
        ),
        class_name="card picker-facts",
    )


def _choose() -> rx.Component:
    return rx.el.section(
        rx.el.h2(
            rx.el.b("1", aria_hidden="true"),
            "Escolha o dia e o horário",
            id="escolha",
            tab_index=-1,
            class_name="picker-step",
        ),
        problem(PickerState.problem),
        rx.el.div(parts.calendar(), parts.times(), class_name="picker-pick"),
        parts.live_news(),
        hidden=PickerState.step == "check",
        aria_labelledby="escolha",
        class_name="card picker-pad picker-choose",
    )


def _nothing_free() -> rx.Component:
    return rx.el.section(
        rx.el.h2("Nenhum horário livre até " + PickerState.until, id="nada-livre"),
        rx.el.p("Você ainda pode ser atendido. Escolha um caminho:"),
        rx.el.div(
            rx.el.div(
                rx.icon("door-open", size=24, aria_hidden=True),
                rx.el.h3("Ordem de chegada"),
                rx.el.p(
                    "Vá ao gabinete sem agendar, ",
                    PickerState.hours,
                    ". É direito seu: Lei 8.906/94, art. 7º, VIII.",
                ),
                rx.el.a(
                    "Como chegar e outros canais",
                    href=PickerState.unit_path,
                    class_name="btn sm pri",
                ),
                class_name="picker-way",
            ),
            rx.el.div(
                rx.icon("list-ordered", size=24, aria_hidden=True),
                rx.el.h3("Fila de espera"),
                rx.el.p(
                    "Quando vagar um horário, guardamos para quem entrou primeiro e avisamos por "
                    "e-mail."
                ),
                rx.el.a("Entrar na fila", href=PickerState.waitlist_path, class_name="btn sm pri"),
                class_name="picker-way",
            ),
            rx.el.div(
                rx.icon("calendar-search", size=24, aria_hidden=True),
                rx.el.h3("Outras agendas"),
                rx.el.p("Veja quem tem horário livre. Esta página também mostra o que vagar."),
                rx.el.a("Ver agendas", href=routes.AGENDAS, class_name="btn sm sec"),
                class_name="picker-way",
            ),
            class_name="picker-ways",
        ),
        aria_labelledby="nada-livre",
        class_name="card picker-pad picker-none",
    )


def _summary() -> rx.Component:
    return rx.el.aside(
        rx.el.h2("Resumo", id="resumo"),
        rx.cond(
            PickerState.mine_words != "",
            rx.el.div(
                rx.el.span(
                    rx.el.small(PickerState.mine_month),
                    PickerState.mine_number,
                    aria_hidden="true",
                    class_name="picker-leaf",
                ),
                rx.el.p(
                    PickerState.mine_words,
                    rx.el.span(PickerState.mine_date),
                    rx.cond(PickerState.mine_own != "", rx.el.span(PickerState.mine_own)),
                ),
                class_name="picker-when",
            ),
            rx.el.p("Nenhum horário escolhido ainda.", class_name="muted"),
        ),
        rx.el.dl(
            rx.el.div(rx.el.dt("Com"), rx.el.dd(PickerState.title)),
            rx.el.div(rx.el.dt("Duração"), rx.el.dd(PickerState.minutes.to_string() + " minutos")),
            class_name="facts",
        ),
        rx.cond(
            PickerState.step == "fill",
            rx.fragment(
                rx.el.button(
                    "Conferir e confirmar",
                    type="submit",
                    class_name="btn pri",
                    custom_attrs={"form": "dados"},
                ),
                rx.el.p(
                    "Nada é enviado ainda: você revê tudo antes. Mudar ou cancelar é pelo link "
                    "do e-mail.",
                    class_name="small muted",
                ),
            ),
        ),
        aria_labelledby="resumo",
        class_name="card picker-pad picker-sum",
    )


def _agenda() -> rx.Component:
    bookable = PickerState.any_free | (PickerState.mine != "")
    return rx.el.div(
        crumbs(PickerState.title),
        shell.h1(PickerState.title),
        rx.el.p(
            "Atendimento a advogadas e advogados. Escolha o horário, informe seus dados e "
            "confirme: leva cerca de um minuto.",
            class_name="picker-lead",
        ),
        _facts(),
        rx.el.div(
            rx.el.div(
                rx.cond(bookable, None, _nothing_free()),
                _choose(),
                parts.hold(),
                rx.cond(bookable, registration()),
                rx.cond(PickerState.step == "check", check_answers()),
                class_name="picker-stack",
            ),
            rx.cond(bookable, _summary()),
            class_name=rx.cond(bookable, "picker-cols", "picker-cols alone"),
        ),
        on_mount=PickerState.tell_zone(_ZONE),
    )


def page() -> rx.Component:
    """Draw the agenda of the address, or say that there is none."""
    return frame(
        PickerState,
        _agenda(),
        title="Agendar com magistrado",
        gone=(
            "Agenda não encontrada",
            "O endereço pode ter mudado, ou o gabinete não publica mais esta agenda.",
        ),
        other=("Buscar unidade", routes.HOME),
    )

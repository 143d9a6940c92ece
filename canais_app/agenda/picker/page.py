"""The picker's page: choose a slot, register, review, confirm."""

import reflex as rx

from canais_app import routes
from canais_app.agenda.parts import agenda_breadcrumbs, fact, status_frame
from canais_app.agenda.picker import parts
from canais_app.agenda.picker.calendar_parts import calendar_table, day_times
from canais_app.agenda.picker.form import check_answers, registration
from canais_app.agenda.picker.parts import IS_BOOKABLE, IS_PUBLISHED
from canais_app.agenda.picker.state import PickerState
from canais_app.ui import shell
from canais_app.ui.feedback import error_message
from canais_app.ui.forms import button

_ZONE = rx.Var("Intl.DateTimeFormat().resolvedOptions().timeZone")  # compiled, no eval


def _facts() -> rx.Component:
    def icon_fact(icon: str, term: str, *words: rx.Component | rx.Var | str) -> rx.Component:
        return rx.el.div(rx.icon(icon, size=20, aria_hidden=True), rx.el.dt(term), rx.el.dd(*words))

    return rx.el.dl(
        icon_fact("video", "Modalidades", PickerState.about.modality_words),
        icon_fact("clock", "Duração", PickerState.about.minutes.to_string() + " minutos"),
        icon_fact("globe", "Fuso dos horários", "Cuiabá (UTC−4)"),
        icon_fact(
            "door-open",
            "Agendar é opcional",
            "Ordem de chegada, " + PickerState.about.hours,
            rx.el.small("Lei 8.906/94, art. 7º, VIII"),
        ),
        class_name="card picker-facts",
    )


def _choose() -> rx.Component:
    return rx.el.section(
        parts.step_heading("1", "Escolha o dia e o horário", "escolha"),
        error_message(PickerState.problem),
        parts.kind_choice(),
        rx.el.div(
            calendar_table(PickerState),
            day_times(PickerState, parts.draw_time),
            class_name="picker-pick",
        ),
        parts.change_announcement(),
        hidden=(PickerState.step == "check") | (PickerState.ready & ~IS_PUBLISHED),
        aria_labelledby="escolha",
        class_name="card picker-pad picker-choose",
    )


def _none_fits() -> rx.Component:
    def way(icon: str, words: str, path: rx.Var[str], *more: rx.Component | str) -> rx.Component:
        return rx.el.li(
            rx.icon(icon, size=20, aria_hidden=True),
            rx.el.div(rx.el.a(words, href=path), rx.el.p(*more, class_name="small muted")),
        )

    return rx.el.section(
        rx.el.h2("Nenhum serve?", id="nenhum-serve"),
        rx.el.ul(
            way(
                "bell",
                "Entre na fila de espera",
                PickerState.about.waitlist_path,
                "Avisamos quando alguém cancelar.",
            ),
            way(
                "door-open",
                "Vá por ordem de chegada ou use outro canal",
                PickerState.about.unit_path,
                PickerState.about.hours,
                ". Agendar é opcional (Lei 8.906/94, art. 7º, VIII).",
            ),
        ),
        hidden=PickerState.step == "check",
        aria_labelledby="nenhum-serve",
        class_name="card picker-pad picker-else",
    )


def _link_card(icon: str, title: str, on: rx.Component, *words: rx.Var | str) -> rx.Component:
    return rx.el.div(
        rx.icon(icon, size=24, aria_hidden=True),
        rx.el.h3(title),
        rx.el.p(*words),
        on,
        class_name="picker-way",
    )


def _continue_link(words: str, path: rx.Var[str] | str, look: str = "pri") -> rx.Component:
    return rx.el.a(words, href=path, class_name=f"btn sm {look}")


def _alternatives() -> rx.Component:
    """Return other options when the agenda is full or no longer published."""
    none_free = "Nenhum horário livre até " + PickerState.weeks.until
    return rx.el.section(
        rx.el.h2(
            rx.cond(IS_PUBLISHED, none_free, "O gabinete tirou esta agenda do ar"),
            id="nada-livre",
            tab_index=-1,
        ),
        rx.el.p(
            "Você ainda pode ser atendido. Escolha um caminho.",
            rx.cond(
                IS_PUBLISHED, "", " Se a agenda voltar, o que você digitou continua nesta página."
            ),
        ),
        rx.el.div(
            _link_card(
                "door-open",
                "Ordem de chegada",
                _continue_link("Como chegar e outros canais", PickerState.about.unit_path),
                "Vá ao gabinete sem agendar, ",
                PickerState.about.hours,
                ". É direito seu: Lei 8.906/94, art. 7º, VIII.",
            ),
            rx.cond(
                IS_PUBLISHED,
                _link_card(
                    "list-ordered",
                    "Fila de espera",
                    _continue_link("Entrar na fila", PickerState.about.waitlist_path),
                    "Quando vagar um horário, guardamos para quem entrou primeiro e avisamos por "
                    "e-mail.",
                ),
            ),
            _link_card(
                "calendar-search",
                "Outras agendas",
                _continue_link("Ver agendas", routes.AGENDAS, "sec"),
                "Veja quem tem horário livre. Esta página também mostra o que vagar.",
            ),
            rx.cond(
                IS_PUBLISHED,
                _link_card(
                    "file-check",
                    "Comprovante",
                    button("Guardar o comprovante", PickerState.prove_full, look="sec sm"),
                    "Um PDF com código que qualquer pessoa confere: agora não há horário livre.",
                ),
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
            PickerState.mine.words != "",
            rx.el.div(
                rx.el.span(
                    rx.el.small(PickerState.mine.month),
                    PickerState.mine.number,
                    aria_hidden="true",
                    class_name="picker-leaf",
                ),
                rx.el.p(
                    PickerState.mine.words,
                    rx.el.span(PickerState.mine.date),
                    rx.cond(PickerState.mine.own != "", rx.el.span(PickerState.mine.own)),
                ),
                class_name="picker-when",
            ),
            rx.el.p("Nenhum horário escolhido ainda.", class_name="muted"),
        ),
        rx.el.dl(
            fact("Com", PickerState.about.title),
            rx.cond(
                PickerState.about.kinds.length() > 0,
                fact("Tipo de atendimento", PickerState.about.kind_name),
            ),
            fact("Duração", PickerState.about.minutes.to_string() + " minutos"),
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
                rx.el.p("Nada é enviado ainda: você revê tudo antes.", class_name="small muted"),
                rx.el.p(PickerState.about.told, class_name="small muted"),
            ),
        ),
        aria_labelledby="resumo",
        class_name="card picker-pad picker-sum",
    )


def _agenda() -> rx.Component:
    return rx.el.div(
        agenda_breadcrumbs(PickerState.about.title),
        shell.page_heading(PickerState.about.title),
        rx.el.p(
            "Atendimento a advocacia, Defensoria, Ministério Público e procuradorias. "
            "Escolha o horário, informe seus dados e confirme: leva cerca de um minuto.",
            class_name="picker-lead",
        ),
        rx.el.p(
            PickerState.about.minutes,
            " minutos · ",
            PickerState.about.modality_words,
            " · horário de Cuiabá",
            rx.cond(
                PickerState.about.short_promise != "", rx.el.strong(PickerState.about.short_promise)
            ),
            class_name="picker-line",
        ),
        _facts(),
        rx.el.ul(
            rx.foreach(PickerState.about.promises, rx.el.li),
            id="como-funciona",
            class_name="picker-key",
        ),
        rx.el.div(
            rx.el.div(
                rx.cond(IS_BOOKABLE, None, _alternatives()),
                _choose(),
                rx.cond(IS_BOOKABLE, _none_fits()),
                parts.hold_countdown(),
                registration(),
                rx.cond(PickerState.step == "check", check_answers()),
                rx.cond(IS_BOOKABLE & (PickerState.step == "fill"), parts.action_bar()),
                class_name=rx.cond(
                    PickerState.on_form, "picker-stack at-form", "picker-stack at-pick"
                ),
            ),
            rx.cond(IS_BOOKABLE, _summary()),
            class_name=rx.cond(IS_BOOKABLE, "picker-cols", "picker-cols alone"),
        ),
        on_mount=PickerState.use_timezone(_ZONE),
        class_name="picker-page",
    )


def page() -> rx.Component:
    """Return the page of an agenda."""
    return status_frame(
        PickerState,
        _agenda(),
        title="Agendar com magistrado",
        gone=(
            "Agenda não encontrada",
            "O endereço pode ter mudado, ou o gabinete não publica mais esta agenda.",
        ),
        other=("Buscar unidade", routes.HOME),
        is_form=True,
    )

"""The private page: what is booked, what was sent, and the way to change it."""

import reflex as rx

from canais_app import routes
from canais_app.agenda.appointment.state import AppointmentState
from canais_app.agenda.appointment.view import Sent, Step
from canais_app.settings import settings
from canais_app.ui import shell
from canais_app.ui.feedback import problem, skeleton

IT = AppointmentState.it
_OUTSIDE = {"reloadDocument": True}


def _head() -> rx.Component:
    return rx.el.div(
        rx.cond(
            IT.is_on,
            rx.el.span(rx.icon("check", size=26, aria_hidden=True), class_name="booked-seal"),
            rx.el.span(rx.icon("x", size=26, aria_hidden=True), class_name="booked-seal off"),
        ),
        rx.el.div(
            shell.h1(IT.heading),
            rx.el.p(
                "Agendamento ",
                rx.el.strong(IT.code),
                rx.el.span(" · feito em ", IT.booked, class_name="muted"),
            ),
        ),
        class_name="booked-head",
    )


def _when() -> rx.Component:
    return rx.el.div(
        rx.el.div(rx.el.small(IT.month), IT.number, aria_hidden="true", class_name="picker-leaf"),
        rx.el.div(
            rx.el.h2(IT.day, id="quando"),
            rx.el.p(
                rx.el.strong(IT.time),
                rx.el.span(" · horário de Cuiabá (UTC−4)", class_name="muted"),
            ),
            rx.el.p(IT.agenda),
        ),
        class_name="booked-when",
    )


def _how() -> rx.Component:
    return rx.el.div(
        rx.el.span(
            rx.match(
                IT.modality,
                ("video", rx.icon("video", size=20, aria_hidden=True)),
                ("telefone", rx.icon("phone", size=20, aria_hidden=True)),
                rx.icon("map-pin", size=20, aria_hidden=True),
            ),
            class_name="picker-ring",
        ),
        rx.el.div(
            rx.el.h3("Atendimento: ", IT.how),
            rx.match(
                IT.modality,
                (
                    "video",
                    rx.cond(
                        IT.video_url != "",
                        rx.el.p(
                            "A sala abre em ",
                            IT.video_opens,
                            ", em outro site: ",
                            rx.el.a(IT.video_url, href=IT.video_url, custom_attrs=_OUTSIDE),
                            class_name="small",
                        ),
                        rx.el.p("O gabinete envia o link da sala por e-mail.", class_name="small"),
                    ),
                ),
                (
                    "telefone",
                    rx.el.p("O gabinete liga para ", IT.phone, ".", class_name="small"),
                ),
                rx.el.p(
                    rx.cond(
                        IT.place != "",
                        IT.place,
                        "No gabinete. Veja o endereço na página da unidade.",
                    ),
                    class_name="small",
                ),
            ),
        ),
        rx.cond(
            IT.video_url != "",
            rx.el.a(
                "Entrar na sala", href=IT.video_url, class_name="btn pri", custom_attrs=_OUTSIDE
            ),
        ),
        class_name="booked-how",
    )


def _actions() -> rx.Component:
    return rx.fragment(
        rx.el.div(
            rx.el.a(
                rx.icon("calendar-plus", size=20, aria_hidden=True),
                "Adicionar ao calendário (.ics)",
                href=AppointmentState.invite_path,
                class_name="btn sec",
                custom_attrs={**_OUTSIDE, "download": "agendamento.ics"},
            ),
            rx.cond(
                IT.can_change,
                rx.fragment(
                    rx.el.button(
                        rx.icon("refresh-cw", size=20, aria_hidden=True),
                        "Mudar horário",
                        type="button",
                        on_click=AppointmentState.ask_move,
                        class_name="btn sec",
                    ),
                    rx.el.button(
                        rx.icon("x", size=20, aria_hidden=True),
                        "Cancelar",
                        type="button",
                        on_click=AppointmentState.ask_cancel,
                        class_name="btn danger",
                    ),
                ),
            ),
            class_name="booked-acts",
        ),
        rx.el.p(
            "Mudar e cancelar: até ",
            IT.change_until,
            ". Antes de cancelar, pedimos que confirme.",
            class_name="small muted",
        ),
    )


def _confirm_button(words: str) -> rx.Component:
    return rx.el.button(
        words, type="button", on_click=AppointmentState.confirm, class_name="btn pri"
    )


def _kept(words: str, *more: rx.Component) -> rx.Component:
    return rx.el.div(
        rx.el.p(words, " até ", rx.el.strong(IT.kept_until), "."),
        rx.el.div(
            *more,
            rx.el.button(
                "Não quero este horário",
                type="button",
                on_click=AppointmentState.cancel,
                class_name="btn sec",
            ),
            class_name="row",
        ),
        class_name="picker-pad tight",
    )


def _to_confirm() -> rx.Component:
    return rx.cond(
        AppointmentState.has_key,
        _kept("Falta um passo: confirme", _confirm_button("Confirmar o horário")),
        _kept("Abra o link que enviamos ao seu e-mail e confirme"),
    )


def _offered() -> rx.Component:
    return rx.cond(
        IT.is_alternative,
        _kept(
            "O gabinete guarda este horário para você, no lugar do que cancelou,",
            _confirm_button("Aceitar este horário"),
        ),
        _kept(
            "Vagou um horário, e ele é seu se você aceitar",
            _confirm_button("Aceitar este horário"),
        ),
    )


def _requested() -> rx.Component:
    return rx.fragment(
        rx.el.p(
            "O gabinete responde ao pedido, e avisamos por e-mail. Até lá, o horário ainda não é "
            "seu.",
            class_name="picker-pad",
        ),
        _actions(),
    )


def _alternatives() -> rx.Component:
    return rx.cond(
        IT.alternatives.length() > 0,
        rx.fragment(
            rx.el.h3("O gabinete guarda outros horários para você"),
            rx.el.ul(
                rx.foreach(
                    IT.alternatives,
                    lambda other: rx.el.li(
                        rx.el.a("Aceitar " + other.words, href=other.path),
                        rx.el.small(" guardado até ", other.until, class_name="muted"),
                    ),
                )
            ),
        ),
    )


def _ask_cancel() -> rx.Component:
    return rx.el.div(
        rx.el.h3("Cancelar este atendimento?", id="pergunta", tab_index=-1),
        rx.el.p("O horário volta para a agenda. O gabinete e a secretaria são avisados."),
        rx.el.div(
            rx.el.button(
                "Sim, cancelar",
                type="button",
                on_click=AppointmentState.cancel,
                class_name="btn danger",
            ),
            rx.el.button(
                "Não, manter", type="button", on_click=AppointmentState.keep, class_name="btn sec"
            ),
            class_name="row",
        ),
        role="group",
        aria_labelledby="pergunta",
        class_name="booked-ask tight",
    )


def _move_form() -> rx.Component:
    return rx.el.form(
        rx.el.div(
            rx.el.div(
                rx.el.label("Novo dia", html_for="novo-dia"),
                rx.el.select(
                    rx.foreach(
                        AppointmentState.move_days,
                        lambda day: rx.el.option(day.words, value=day.iso),
                    ),
                    id="novo-dia",
                    name="day",
                    value=AppointmentState.move_day,
                    on_change=AppointmentState.choose_day,
                ),
                class_name="field",
            ),
            rx.el.div(
                rx.el.label("Novo horário (Cuiabá)", html_for="novo-horario"),
                rx.el.select(
                    rx.foreach(
                        AppointmentState.move_times,
                        lambda time: rx.el.option(time, value=time),
                    ),
                    id="novo-horario",
                    name="time",
                ),
                class_name="field",
            ),
            class_name="fields two",
        ),
        rx.el.div(
            rx.el.button("Confirmar mudança", type="submit", class_name="btn pri"),
            rx.el.button(
                "Manter como está",
                type="button",
                on_click=AppointmentState.keep,
                class_name="btn sec",
            ),
            class_name="row",
        ),
        on_submit=AppointmentState.move,
        reset_on_submit=False,
        class_name="stack",
    )


def _ask_move() -> rx.Component:
    return rx.el.div(
        rx.el.h3("Para quando?", id="pergunta", tab_index=-1),
        rx.cond(
            AppointmentState.move_days.length() > 0,
            _move_form(),
            rx.fragment(
                rx.el.p("Não há outro horário livre. O seu continua marcado."),
                rx.el.button(
                    "Entendi", type="button", on_click=AppointmentState.keep, class_name="btn sec"
                ),
            ),
        ),
        role="group",
        aria_labelledby="pergunta",
        class_name="booked-ask tight",
    )


def _main() -> rx.Component:
    return rx.el.section(
        _when(),
        rx.cond(
            IT.is_on,
            rx.match(
                IT.status,
                ("offered", _offered()),
                ("preconfirmed", _to_confirm()),
                ("pending", _requested()),
                rx.fragment(_how(), _actions()),
            ),
            rx.el.div(
                rx.cond(IT.cancelled != "", rx.el.p(IT.heading, ": ", IT.cancelled)),
                rx.cond(IT.reason != "", rx.el.p("Motivo: ", IT.reason)),
                _alternatives(),
                rx.el.p(
                    rx.el.a("Marcar outro horário", href=IT.agenda_path, class_name="btn pri"),
                    class_name="row",
                ),
                class_name="picker-pad tight",
            ),
        ),
        rx.match(
            AppointmentState.asking,
            ("cancel", _ask_cancel()),
            ("move", _ask_move()),
            rx.fragment(),
        ),
        aria_labelledby="quando",
        class_name="card booked-main",
    )


def _sent(one: rx.Var[Sent]) -> rx.Component:
    return rx.el.li(
        rx.el.span(
            rx.match(
                one.icon,
                ("user", rx.icon("user", size=20, aria_hidden=True)),
                ("landmark", rx.icon("landmark", size=20, aria_hidden=True)),
                ("inbox", rx.icon("inbox", size=20, aria_hidden=True)),
                rx.icon("mail", size=20, aria_hidden=True),
            ),
            class_name="booked-icon",
        ),
        rx.el.div(rx.el.b(one.party), rx.el.p(one.what, class_name="small muted")),
        rx.el.div(
            rx.el.span(one.state, class_name=f"tag {one.tone}"),
            rx.el.small(one.words),
            class_name="booked-state",
        ),
    )


def _messages() -> rx.Component:
    return rx.el.section(
        rx.el.h2("O que enviamos, e a quem", id="enviado"),
        rx.el.ul(
            rx.foreach(AppointmentState.sent, _sent), aria_live="polite", class_name="booked-sent"
        ),
        aria_labelledby="enviado",
        class_name="card picker-pad",
    )


def _data() -> rx.Component:
    def row(term: str, words: rx.Var | str) -> rx.Component:
        return rx.el.div(rx.el.dt(term), rx.el.dd(words))

    days = settings().appointment_retention_days
    return rx.el.section(
        rx.el.h2("Seus dados", id="dados"),
        rx.el.dl(
            row("Nome", IT.name),
            row("OAB", IT.oab),
            row("E-mail", IT.email),
            row("Telefone", IT.phone),
            row("Assunto", IT.subject),
            row("Nº do processo", rx.cond(IT.case_number != "", IT.case_number, "sem processo")),
            class_name="picker-answers",
        ),
        rx.el.p(
            f"Nome e OAB não mudam depois de confirmar. Anonimizamos tudo após {days} dias. ",
            rx.el.a("Privacidade", href=routes.PRIVACY),
            class_name="small muted",
        ),
        aria_labelledby="dados",
        class_name="card picker-pad tight",
    )


def _step(step: rx.Var[Step]) -> rx.Component:
    return rx.el.li(
        rx.el.b(
            step.name, rx.cond(step.done, rx.el.span(" (feito)", class_name="visually-hidden"))
        ),
        rx.el.span(step.words, class_name="small muted"),
        class_name=rx.cond(step.done, "done", ""),
    )


def _aside() -> rx.Component:
    def tip(icon: str, title: str, *children: rx.Component) -> rx.Component:
        return rx.el.section(
            rx.icon(icon, size=24, aria_hidden=True),
            rx.el.h2(title),
            *children,
            class_name="card picker-pad booked-tip",
        )

    return rx.el.aside(
        rx.el.section(
            rx.el.h2("Até o atendimento"),
            rx.el.ol(rx.foreach(AppointmentState.steps, _step), class_name="booked-line"),
            class_name="card picker-pad",
        ),
        tip(
            "door-open",
            "Também por ordem de chegada",
            rx.el.p(
                "Vá ao gabinete sem agendar, de segunda a sexta, ",
                IT.hours,
                ". Agendar é opcional: Lei 8.906/94, art. 7º, VIII.",
                class_name="small",
            ),
            rx.el.a("Como chegar e contatos", href=IT.unit_path, class_name="btn sm sec"),
        ),
        tip(
            "lock",
            "Este link é só seu",
            rx.el.p(
                "Quem abrir este endereço pode mudar ou cancelar o horário. Não o compartilhe. "
                "Ele também está no e-mail de confirmação.",
                class_name="small",
            ),
        ),
        aria_label="Orientações",
    )


def _appointment() -> rx.Component:
    return rx.el.div(
        shell.crumbs(
            ("Início", routes.HOME),
            ("Agendar com magistrado", routes.AGENDAS),
            ("Seu agendamento", ""),
        ),
        _head(),
        rx.el.div(
            rx.cond(
                AppointmentState.done != "",
                rx.el.p(AppointmentState.done, class_name="note ok booked-done"),
            ),
            role="status",
        ),
        problem(AppointmentState.problem),
        rx.el.div(
            rx.el.div(_main(), _messages(), _data()),
            _aside(),
            class_name="booked-cols",
        ),
    )


def _missing() -> rx.Component:
    return rx.el.div(
        shell.crumbs(
            ("Início", routes.HOME),
            ("Agendar com magistrado", routes.AGENDAS),
            ("Agendamento não encontrado", ""),
        ),
        shell.h1("Agendamento não encontrado"),
        rx.el.p(
            "Confira se o link veio inteiro do e-mail de confirmação. Agendamentos antigos são "
            "anonimizados e deixam de ter página."
        ),
        rx.el.p(
            rx.el.a("Ver agendas", href=routes.AGENDAS, class_name="btn pri"),
            rx.el.a("Buscar unidade", href=routes.HOME, class_name="btn sec"),
            class_name="row",
        ),
        class_name="stack",
    )


def page() -> rx.Component:
    """Draw the appointment of the link, or say that there is none."""
    return shell.page(
        rx.cond(
            AppointmentState.ready,
            rx.cond(AppointmentState.missing, _missing(), _appointment()),
            rx.el.div(
                shell.crumbs(("Início", routes.HOME), ("Seu agendamento", "")),
                shell.h1("Seu agendamento"),
                skeleton(4),
                class_name="stack",
            ),
        ),
        here=routes.AGENDAS,
    )

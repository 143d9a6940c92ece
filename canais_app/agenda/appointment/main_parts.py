"""An appointment's date, modality and actions."""

import reflex as rx

from canais_app.agenda.appointment.state import AppointmentState
from canais_app.agenda.parts import substitute_notice
from canais_app.ui.forms import button

APPOINTMENT = AppointmentState.it
RELOAD_DOCUMENT = {"reloadDocument": True}


def date_and_time() -> rx.Component:
    """Return the date, the time and the gabinete."""
    return rx.el.div(
        rx.el.div(
            rx.el.small(APPOINTMENT.month),
            APPOINTMENT.number,
            aria_hidden="true",
            class_name="picker-leaf",
        ),
        rx.el.div(
            rx.el.h2(APPOINTMENT.day, id="quando"),
            rx.el.p(
                rx.el.strong(APPOINTMENT.time_words),
                rx.el.span(" · horário de Cuiabá (UTC−4)", class_name="muted"),
            ),
            rx.el.p(APPOINTMENT.agenda),
            substitute_notice(APPOINTMENT.attended_by),
        ),
        class_name="booked-when",
    )


def how_to_attend() -> rx.Component:
    """Return the modality, with the video room's link when there is one."""
    return rx.el.div(
        rx.el.span(
            rx.match(
                APPOINTMENT.modality,
                ("video", rx.icon("video", size=20, aria_hidden=True)),
                ("telefone", rx.icon("phone", size=20, aria_hidden=True)),
                rx.icon("map-pin", size=20, aria_hidden=True),
            ),
            class_name="picker-ring",
        ),
        rx.el.div(
            rx.el.h3("Atendimento: ", APPOINTMENT.modality_words),
            _location(),
            rx.cond(
                APPOINTMENT.instructions != "",
                rx.el.p(rx.el.strong("O gabinete pede: "), APPOINTMENT.instructions),
            ),
        ),
        rx.cond(
            APPOINTMENT.video_url != "",
            rx.el.a(
                "Entrar na sala",
                href=APPOINTMENT.video_url,
                class_name="btn pri",
                custom_attrs=RELOAD_DOCUMENT,
            ),
        ),
        class_name="booked-how",
    )


def _location() -> rx.Component:
    video = rx.cond(
        APPOINTMENT.video_url != "",
        rx.el.p(
            "A sala abre em ",
            APPOINTMENT.video_opens_words,
            ", em outro site: ",
            rx.el.a(
                APPOINTMENT.video_url, href=APPOINTMENT.video_url, custom_attrs=RELOAD_DOCUMENT
            ),
            class_name="small",
        ),
        rx.el.p("O gabinete envia o link da sala por e-mail.", class_name="small"),
    )
    place = rx.cond(
        APPOINTMENT.place != "",
        APPOINTMENT.place,
        "No gabinete. Veja o endereço na página da unidade.",
    )
    return rx.match(
        APPOINTMENT.modality,
        ("video", video),
        ("telefone", rx.el.p("O gabinete liga para ", APPOINTMENT.phone, ".", class_name="small")),
        rx.el.p(place, class_name="small"),
    )


def actions() -> rx.Component:
    """Return the calendar file, moving and cancelling."""
    return rx.fragment(
        rx.cond(
            APPOINTMENT.move_asked_words != "",
            rx.el.p(
                "Você pediu para mudar para ",
                APPOINTMENT.move_asked_words,
                ". Até o gabinete responder, este horário continua seu.",
                class_name="note",
            ),
        ),
        rx.el.div(
            rx.cond(APPOINTMENT.stage == "on", _invite()),
            rx.cond(APPOINTMENT.can_change, rx.fragment(_move(), _earlier(), _cancel())),
            class_name="booked-acts",
        ),
        rx.cond(
            APPOINTMENT.can_change,
            rx.el.p(
                "Mudar e cancelar: até ",
                APPOINTMENT.change_until_words,
                ". Antes de cancelar, pedimos que confirme.",
                class_name="small muted",
            ),
            rx.el.p(
                "O prazo para mudar ou cancelar por aqui terminou. Não vai poder ir? ",
                rx.el.a("Avise o gabinete", href=APPOINTMENT.unit_path),
                ".",
                class_name="small",
            ),
        ),
        rx.cond(APPOINTMENT.stage == "on", _other_calendars()),
    )


def _invite() -> rx.Component:
    return rx.el.a(
        rx.icon("calendar-plus", size=20, aria_hidden=True),
        "Adicionar ao calendário (.ics)",
        href=AppointmentState.invite_path,
        class_name="btn sec",
        custom_attrs={**RELOAD_DOCUMENT, "download": "agendamento.ics"},
    )


def _move() -> rx.Component:
    return rx.el.a(
        rx.icon("refresh-cw", size=20, aria_hidden=True),
        "Mudar horário",
        href=AppointmentState.move_path,
        id="mudar",
        class_name="btn sec",
    )


def _earlier() -> rx.Component:
    return rx.cond(
        (APPOINTMENT.stage == "on") & ~APPOINTMENT.needs_approval,
        button(
            rx.fragment(rx.icon("bell", size=20, aria_hidden=True), "Avise-me se abrir antes"),
            AppointmentState.ask_earlier,
            look="sec",
            id="antes",
        ),
    )


def _cancel() -> rx.Component:
    label = rx.fragment(
        rx.icon("x", size=20, aria_hidden=True),
        rx.cond(APPOINTMENT.stage == "pending", "Retirar o pedido", "Cancelar"),
    )
    return button(label, AppointmentState.ask_cancel, look="danger", id="cancelar")


def _other_calendars() -> rx.Component:
    def link(words: str, address: rx.Var[str]) -> rx.Component:
        return rx.el.li(
            rx.el.a(words, href=address, rel="noreferrer", custom_attrs=RELOAD_DOCUMENT)
        )

    return rx.el.details(
        rx.el.summary("Adicionar ao Google ou ao Outlook"),
        rx.el.p(
            "Estes links saem do portal e levam o horário e o gabinete, sem seu nome, o assunto "
            "ou o processo.",
            class_name="small muted",
        ),
        rx.el.ul(
            link("Google Agenda", APPOINTMENT.google),
            link("Outlook.com", APPOINTMENT.outlook),
            link("Outlook do trabalho (Microsoft 365)", APPOINTMENT.office),
            class_name="row",
        ),
        class_name="booked-more",
    )


def past_notice() -> rx.Component:
    """Return the attendance of a past appointment, and a link to book another."""
    return rx.el.div(
        rx.match(
            APPOINTMENT.status,
            ("attended", rx.el.p("O gabinete anotou a sua presença.")),
            (
                "missed",
                rx.el.p(
                    "O gabinete anotou ausência. Não foi assim? ",
                    rx.el.a("Fale com a unidade", href=APPOINTMENT.unit_path),
                    ".",
                ),
            ),
            rx.el.p("O gabinete ainda não anotou se o atendimento aconteceu."),
        ),
        rx.el.p(
            rx.el.a("Marcar outro horário", href=APPOINTMENT.agenda_path, class_name="btn pri"),
            class_name="row",
        ),
        class_name="picker-pad tight",
    )


def confirmation_dialog() -> rx.Component:
    """Return the open dialog: confirming or cancelling."""
    return rx.match(
        AppointmentState.asking,
        ("cancel", _ask_cancel()),
        ("confirm", _ask_confirm()),
        rx.fragment(),
    )


def _dialog(title: rx.Var[str] | str, *children: rx.Component) -> rx.Component:
    return rx.el.div(
        rx.el.h3(title, id="pergunta", tab_index=-1),
        *children,
        role="group",
        aria_labelledby="pergunta",
        class_name="booked-ask tight",
    )


def _dismiss_button(label: str) -> rx.Component:
    return button(label, AppointmentState.dismiss, look="sec")


def _ask_confirm() -> rx.Component:
    return _dialog(
        "Este horário é para você?",
        rx.el.div(
            button("Não agora", AppointmentState.dismiss, look="sec"),
            button("Sim, quero este horário", AppointmentState.confirm, look="pri"),
            class_name="row",
        ),
    )


def _ask_cancel() -> rx.Component:
    title, consequence, yes = (
        rx.match(APPOINTMENT.stage, ("pending", asked), ("on", booked), kept)
        for asked, booked, kept in (
            ("Retirar este pedido?", "Cancelar este atendimento?", "Soltar este horário?"),
            (
                "O gabinete é avisado de que não precisa mais responder.",
                "O horário volta para a agenda. O gabinete e a secretaria são avisados.",
                "Ele deixa de ser guardado para você.",
            ),
            ("Sim, retirar", "Sim, cancelar", "Sim, soltar"),
        )
    )
    return _dialog(
        title,
        rx.el.p(consequence),
        rx.el.div(
            button(yes, AppointmentState.cancel, look="danger"),
            _dismiss_button("Não, manter"),
            class_name="row",
        ),
    )

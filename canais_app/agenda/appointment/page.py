"""The private page: what is booked or asked for, what was sent, and the way to change it."""

import reflex as rx

from canais_app import routes
from canais_app.agenda.appointment import aside_parts as aside
from canais_app.agenda.appointment import kept_parts as kept
from canais_app.agenda.appointment import main_parts as main
from canais_app.agenda.appointment.state import AppointmentState
from canais_app.agenda.parts import crumbs, frame
from canais_app.ui import shell
from canais_app.ui.feedback import problem

IT = AppointmentState.it


def _head() -> rx.Component:
    def seal(icon: str, look: str) -> rx.Component:
        return rx.el.span(rx.icon(icon, size=26, aria_hidden=True), class_name=f"booked-seal{look}")

    return rx.el.div(
        rx.match(
            IT.seal, ("ok", seal("check", "")), ("off", seal("x", " off")), seal("clock", " wait")
        ),
        rx.el.div(
            shell.h1(IT.heading),
            rx.el.p(
                rx.cond(IT.code != "", rx.fragment("Agendamento ", rx.el.strong(IT.code), " · ")),
                rx.el.span("feito em ", IT.booked, class_name="muted"),
            ),
        ),
        class_name="booked-head",
    )


def _main() -> rx.Component:
    return rx.el.section(
        main.when(),
        rx.el.div(
            rx.match(
                IT.stage,
                ("on", rx.fragment(main.how(), main.actions())),
                ("pending", rx.fragment(kept.requested(), main.actions())),
                ("to_confirm", kept.to_confirm()),
                ("offered", kept.offered()),
                ("past", main.over()),
                kept.ended(),
            ),
            aria_live="polite",
        ),
        main.question(),
        aria_labelledby="quando",
        class_name="card booked-main",
    )


def _appointment() -> rx.Component:
    return rx.el.div(
        crumbs("Seu agendamento"),
        _head(),
        rx.el.div(
            rx.cond(
                AppointmentState.news != "",
                rx.el.p(AppointmentState.news, class_name="note ok booked-done"),
            ),
            role="status",
        ),
        rx.el.div(problem(AppointmentState.problem), class_name="booked-problem"),
        rx.el.div(
            rx.el.div(_main(), aside.messages(), aside.data()),
            aside.orientation(),
            class_name="booked-cols",
        ),
    )


def page() -> rx.Component:
    """Draw the appointment of the link, or say that there is none."""
    return frame(
        AppointmentState,
        _appointment(),
        title="Seu agendamento",
        gone=(
            "Agendamento não encontrado",
            "Confira se o link veio inteiro do e-mail. Agendamentos antigos deixam de ter página.",
        ),
        other=("Meus agendamentos", routes.MINE),
    )

"""What a page says when something of ours failed: one sentence, and nothing typed is lost."""

import reflex as rx

from canais_app.kit import clock
from canais_app.kit.errors import BusyError
from canais_app.kit.text import format_hour


class ErrorBannerState(rx.State):
    """Each tab's own. A failed event is followed by one of the `say…`, in the same connection."""

    said: str = ""

    @rx.event
    async def show_error(self) -> None:
        """Say that it was us; the time makes a second failure another sentence."""
        self.said = (
            f"Algo falhou do nosso lado às {format_hour(clock.now())}. "
            "O que você digitou continua aqui: tente de novo em instantes."
        )

    @rx.event
    async def show_busy(self) -> None:
        """Say that the database did not answer in time."""
        self.said = f"{BusyError.message} ({format_hour(clock.now())})"

    @rx.event
    async def dismiss(self) -> None:
        """Take the sentence away."""
        self.said = ""


def error_banner() -> rx.Component:
    """Return the place of the sentence; a screen reader hears it at once."""
    return rx.el.div(
        rx.cond(
            ErrorBannerState.said != "",
            rx.el.div(
                rx.icon("circle-alert", size=20, aria_hidden=True),
                rx.el.p(ErrorBannerState.said),
                rx.el.button(
                    "Fechar",
                    type="button",
                    on_click=ErrorBannerState.dismiss,
                    class_name="btn sec sm",
                ),
                class_name="note bad trouble",
            ),
        ),
        role="alert",
        class_name="stay",
    )

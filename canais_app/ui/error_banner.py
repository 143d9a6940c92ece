"""The banner of internal errors and timeouts; the input stays."""

import reflex as rx

from canais_app.kit import clock
from canais_app.kit.errors import BusyError
from canais_app.kit.text import format_hour


class ErrorBannerState(rx.State):
    """The banner's sentence in one tab; set by the app's exception handler."""

    said: str = ""

    @rx.event
    async def show_error(self) -> None:
        """Show an internal error, with the time so that a repeat is announced again."""
        self.said = (
            f"Algo falhou do nosso lado às {format_hour(clock.now())}. "
            "O que você digitou continua aqui: tente de novo em instantes."
        )

    @rx.event
    async def show_busy(self) -> None:
        """Show that the database did not answer in time."""
        self.said = f"{BusyError.message} ({format_hour(clock.now())})"

    @rx.event
    async def dismiss(self) -> None:
        """Hide the banner."""
        self.said = ""


def error_banner() -> rx.Component:
    """Return the banner; screen readers announce it at once."""
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

"""State of the page that asks for the code: return path, reason of a refusal."""

import reflex as rx

from canais_app import routes
from canais_app.accounts import cookies
from canais_app.accounts.staff_state import load_event_presence
from canais_app.kit import clock
from canais_app.kit.events import EventResult


class SecondStepState(rx.State):
    """The form is posted to the server, whose response sets the new cookie."""

    problem: str = ""
    back: str = ""

    @rx.event
    async def load(self) -> EventResult:
        """Show the form, if a sign-in waits for its code."""
        query = self.router.url.query_parameters
        self.back = routes.safe_return_path(query.get("voltar", ""))
        note = cookies.read_cookie(str(self.router.headers.cookie or ""), cookies.LOGIN_NOTE_COOKIE)
        self.problem = (
            cookies.decode_login_note(note, now=clock.now())[1] if "erro" in query else ""
        )
        if not (await load_event_presence(self)).waits_for_code:
            return rx.redirect(routes.SIGN_IN, replace=True)
        return None

"""State of the sign-in page: return path, e-mail typed, reason of a refusal."""

from urllib.parse import quote

import reflex as rx

from canais_app import routes
from canais_app.accounts import cookies
from canais_app.accounts.roles import landing_path
from canais_app.accounts.staff_state import current_actor
from canais_app.kit import clock
from canais_app.kit.events import EventResult
from canais_app.settings import settings


class LoginState(rx.State):
    """The form is posted to the server, because only an HTTP response can set the cookie."""

    email: str = ""
    problem: str = ""
    back: str = ""
    provider: str = ""  # URL of the provider's button; empty without a provider

    @rx.event
    async def load(self) -> EventResult:
        """Show why a sign-in was refused; redirect a person who is signed in already."""
        query = self.router.url.query_parameters
        self.back = routes.safe_return_path(query.get("voltar", ""))
        query_string = f"?voltar={quote(self.back, safe='')}" if self.back else ""
        self.provider = routes.PROVIDER_SIGN_IN + query_string if settings().has_provider else ""
        note = cookies.read_cookie(str(self.router.headers.cookie or ""), cookies.LOGIN_NOTE_COOKIE)
        was_refused = "erro" in query
        self.email, self.problem = (
            cookies.decode_login_note(note, now=clock.now()) if was_refused and note else ("", "")
        )
        if was_refused:
            return None
        actor = await current_actor(self)
        if actor.staff_id is None:
            return None
        return rx.redirect(landing_path(actor, self.back), replace=True)

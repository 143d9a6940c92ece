"""What the sign-in page shows: where to go back to, what was typed, why it was refused."""

from urllib.parse import quote

import reflex as rx

from canais_app import routes
from canais_app.accounts import cookies, guard, policies
from canais_app.accounts.roles import landing_path
from canais_app.kit import clock
from canais_app.kit.events import EventResult
from canais_app.settings import settings


class LoginState(rx.State):
    """The form itself goes to the server as a form: only an answer to it can set the cookie."""

    email: str = ""
    problem: str = ""
    back: str = ""
    provider: str = ""  # where the provider's button leads; empty without a provider

    @rx.event
    async def load(self) -> EventResult:
        """Show the note of a refused try; somebody signed in already goes to their place."""
        query = self.router.url.query_parameters
        self.back = policies.safe_return_path(query.get("voltar", ""))
        there = f"?voltar={quote(self.back, safe='')}" if self.back else ""
        self.provider = routes.PROVIDER_SIGN_IN + there if settings().has_provider else ""
        note = cookies.read_cookie(str(self.router.headers.cookie or ""), cookies.LOGIN_NOTE_COOKIE)
        known = "erro" in query
        self.email, self.problem = (
            cookies.decode_login_note(note, now=clock.now()) if known and note else ("", "")
        )
        if known:
            return None
        actor = await guard.current_actor(self)
        if actor.staff_id is None:
            return None
        return rx.redirect(landing_path(actor, self.back), replace=True)

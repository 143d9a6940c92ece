"""Setting up the second step: the secret as a QR code, a code of it, the recovery codes."""

from typing import Annotated, Any

import reflex as rx
from pydantic import BaseModel, StringConstraints

from canais_app.accounts import guard, own
from canais_app.accounts.guarded import Guarded, read, staff_event, write
from canais_app.accounts.roles import Actor
from canais_app.kit.errors import ConflictError
from canais_app.kit.events import EventResult
from canais_app.kit.forms import parse


class CodeForm(BaseModel):
    """A code of the app."""

    code: Annotated[str, StringConstraints(max_length=1000)] = ""


class Enrolment(Guarded, rx.State):
    """The secret stays on the server, and only for the session that asked for it.

    A reconnecting page loads again: the secret, or the recovery codes, must then be the same.
    """

    qr: str = ""
    secret_words: str = ""
    codes: list[str] = []
    required: bool = False
    has_already: bool = False
    _secret: str = ""
    _session: int | None = None

    @staff_event(None, admit=guard.admit_to_enrol)
    async def load(self, actor: Actor) -> None:
        """Show a secret as a QR code."""
        try:
            if actor.session_id != self._session or not (self._secret or self.codes):
                self.reset()
                made = await read(own.begin_second_step, actor)
                self._session, self._secret, self.qr = actor.session_id, made.secret, made.qr
                self.secret_words = own.secret_words(made.secret)
            self.required = actor.owes_second_step
        except ConflictError:
            self.has_already = True

    @staff_event(None, admit=guard.admit_to_enrol, temporal=True)
    async def finish(self, actor: Actor, form: dict[str, Any]) -> EventResult:
        """Turn the second step on and show the recovery codes, once."""
        code = parse(CodeForm, form).code
        codes = await write(own.finish_second_step, actor, self._secret, code)
        self.reset()
        self._session, self.codes = actor.session_id, codes
        return rx.set_focus("titulo")

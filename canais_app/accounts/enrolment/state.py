"""State of the page that sets up the second step: QR code, first code, recovery codes."""

from typing import Annotated, Any

import reflex as rx
from pydantic import BaseModel, StringConstraints

from canais_app.accounts import totp
from canais_app.accounts.roles import Actor
from canais_app.accounts.staff_state import (
    StaffState,
    read_as_actor,
    require_actor_for_enrolment,
    staff_event,
    write_as_actor,
)
from canais_app.kit.errors import ConflictError
from canais_app.kit.events import EventResult
from canais_app.kit.forms import parse_form


class CodeForm(BaseModel):
    """A code of the authenticator app."""

    code: Annotated[str, StringConstraints(max_length=1000)] = ""


class EnrolmentState(StaffState, rx.State):
    """The secret stays on the server, for the session that it was generated for.

    A page that reconnects loads again and must get the same secret or recovery codes.
    """

    qr: str = ""
    secret_words: str = ""
    codes: list[str] = []
    required: bool = False
    has_already: bool = False
    _secret: str = ""
    _session: int | None = None

    @staff_event(None, admit=require_actor_for_enrolment)
    async def load(self, actor: Actor) -> None:
        """Show the secret as a QR code."""
        try:
            if actor.session_id != self._session or not (self._secret or self.codes):
                self.reset()
                made = await read_as_actor(totp.start_second_step, actor)
                self._session, self._secret, self.qr = actor.session_id, made.secret, made.qr
                self.secret_words = totp.format_secret(made.secret)
            self.required = actor.owes_second_step
        except ConflictError:
            self.has_already = True

    @staff_event(None, admit=require_actor_for_enrolment, temporal=True)
    async def finish(self, actor: Actor, form: dict[str, Any]) -> EventResult:
        """Turn the second step on and show the recovery codes, once."""
        code = parse_form(CodeForm, form).code
        codes = await write_as_actor(totp.enable_second_step, actor, self._secret, code)
        self.reset()
        self._session, self.codes = actor.session_id, codes
        return rx.set_focus("titulo")

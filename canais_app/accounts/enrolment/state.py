"""Setting up the second step: the secret as a QR code, a code of it, the recovery codes."""

from typing import Annotated, Any

import reflex as rx
from pydantic import BaseModel, StringConstraints

from canais_app.accounts import guard, own
from canais_app.kit import clock, db
from canais_app.kit.errors import AppError, ConflictError, NotSignedInError
from canais_app.kit.forms import parse


class CodeForm(BaseModel):
    """A code of the app."""

    code: Annotated[str, StringConstraints(max_length=1000)] = ""


class Enrolment(rx.State):
    """The secret stays on the server, and only for the session that asked for it.

    A reconnecting page loads again: the secret, or the recovery codes, must then be the same.
    """

    problem: str = ""
    errors: dict[str, str] = {}
    qr: str = ""
    secret_words: str = ""
    codes: list[str] = []
    required: bool = False
    has_already: bool = False
    _secret: str = ""
    _session: int | None = None

    @rx.event
    async def load(self):  # noqa: ANN201 (Reflex's own event type)
        """Show a secret as a QR code."""
        try:
            actor = await guard.admit_to_enrol(self)
            if actor.session_id != self._session or not (self._secret or self.codes):
                self.reset()
                made = await db.in_reading(own.begin_second_step, actor=actor)
                self._session, self._secret, self.qr = actor.session_id, made.secret, made.qr
                self.secret_words = own.secret_words(made.secret)
            self.required = actor.owes_second_step
        except ConflictError:
            self.has_already = True
        except AppError as refusal:
            self.reset()
            return guard.turn_away(self, refusal)
        return None

    @rx.event(temporal=True)
    async def finish(self, form: dict[str, Any]):  # noqa: ANN201 (Reflex's own)
        """Turn the second step on and show the recovery codes, once."""
        self.problem, self.errors = "", {}
        try:
            actor = await guard.admit_to_enrol(self)
            sent = parse(CodeForm, form)
            codes = await db.in_session(
                own.finish_second_step, self._secret, sent.code, actor=actor, now=clock.now()
            )
        except NotSignedInError as refusal:
            self.reset()
            return guard.turn_away(self, refusal)
        except AppError as refusal:
            self.problem, self.errors = refusal.message, refusal.errors
            return None
        self.reset()
        self._session, self.codes = actor.session_id, codes
        return rx.set_focus("titulo")

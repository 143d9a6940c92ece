"""One's own account. Every event asks the services, which act for whoever is signed in."""

from collections.abc import Callable
from dataclasses import asdict
from typing import Annotated, Any

import reflex as rx
from pydantic import BaseModel, StringConstraints

from canais_app.accounts import guard, own
from canais_app.kit import clock, db
from canais_app.kit.errors import AppError, NotSignedInError
from canais_app.kit.forms import parse

Typed = Annotated[str, StringConstraints(max_length=1000)]


class PasswordForm(BaseModel):
    """The current password, and the new one twice."""

    current: Typed = ""
    password: Typed = ""
    repeated: Typed = ""


class CodeForm(BaseModel):
    """A code of the app."""

    code: Typed = ""


class StopForm(BaseModel):
    """The password, asked again before the second step is turned off."""

    current_off: Typed = ""


class SessionChoice(BaseModel):
    """One session of the list."""

    id: int


class Account(rx.State):
    """What the page shows; the secret of a second step about to be set stays on the server."""

    name: str = ""
    problem: str = ""
    errors: dict[str, str] = {}
    news: str = ""
    sessions: list[dict[str, Any]] = []
    has_second_step: bool = False
    qr: str = ""
    secret_words: str = ""
    codes: list[str] = []
    _secret: str = ""

    async def _show(self) -> None:
        actor = await guard.admit(self)
        self.name = actor.name
        rows = await db.in_reading(own.my_sessions, actor=actor, now=clock.now())
        self.sessions = [asdict(row) for row in rows]
        self.has_second_step = await db.in_reading(own.has_second_step, actor=actor)

    async def _try(self, work: Callable[..., Any], said: str, *args: object) -> Any:  # noqa: ANN401 (Reflex's event, or nothing)
        self.problem, self.errors, self.news = "", {}, ""
        try:
            actor = await guard.admit(self)
            await db.in_session(work, *args, actor=actor, now=clock.now())
            await self._show()
        except NotSignedInError as refusal:
            self.reset()
            return guard.turn_away(self, refusal)
        except AppError as refusal:
            self.problem, self.errors = refusal.message, refusal.errors
            return None
        self.news = said
        return None

    @rx.event
    async def load(self):  # noqa: ANN201 (Reflex's own event type)
        """Show the account of whoever is signed in."""
        self.reset()
        try:
            await self._show()
        except AppError as refusal:
            return guard.turn_away(self, refusal)
        return None

    @rx.event(temporal=True)
    async def change_password(self, form: dict[str, Any]):  # noqa: ANN201 (Reflex's own)
        """Set a new password; the other browsers are signed out."""
        try:
            sent = parse(PasswordForm, form)
        except AppError as refusal:
            return await self._refuse(refusal)
        return await self._try(
            own.change_password,
            "Senha mudada. As outras sessões foram encerradas.",
            sent.current,
            sent.password,
            sent.repeated,
        )

    @rx.event(temporal=True)
    async def end_session(self, session: int):  # noqa: ANN201 (Reflex's own)
        """Sign another browser out."""
        try:
            chosen = parse(SessionChoice, {"id": session})
        except AppError as refusal:
            return await self._refuse(refusal)
        return await self._try(own.end_my_session, "Sessão encerrada.", chosen.id)

    @rx.event(temporal=True)
    async def begin_second_step(self):  # noqa: ANN201 (Reflex's own)
        """Show a new secret as a QR code."""
        try:
            actor = await guard.admit(self)
            made = await db.in_reading(own.begin_second_step, actor=actor)
        except AppError as refusal:
            return guard.turn_away(self, refusal)
        self.problem, self.errors, self.news, self.codes = "", {}, "", []
        self._secret, self.qr = made.secret, made.qr
        self.secret_words = " ".join(made.secret[i : i + 4] for i in range(0, len(made.secret), 4))
        return rx.set_focus("code")

    @rx.event(temporal=True)
    async def finish_second_step(self, form: dict[str, Any]):  # noqa: ANN201 (Reflex's own)
        """Turn the second step on and show the recovery codes, once."""
        self.problem, self.errors, self.news = "", {}, ""
        try:
            actor = await guard.admit(self)
            sent = parse(CodeForm, form)
            codes = await db.in_session(
                own.finish_second_step, self._secret, sent.code, actor=actor, now=clock.now()
            )
            await self._show()
        except NotSignedInError as refusal:
            return guard.turn_away(self, refusal)
        except AppError as refusal:
            self.problem, self.errors = refusal.message, refusal.errors
            return None
        self.codes, self._secret, self.qr, self.secret_words = codes, "", "", ""
        self.news = "Segunda etapa ligada."
        return None

    @rx.event(temporal=True)
    async def stop_second_step(self, form: dict[str, Any]):  # noqa: ANN201 (Reflex's own)
        """Turn the second step off."""
        try:
            sent = parse(StopForm, form)
        except AppError as refusal:
            return await self._refuse(refusal)
        return await self._try(own.stop_second_step, "Segunda etapa desligada.", sent.current_off)

    async def _refuse(self, refusal: AppError) -> Any:  # noqa: ANN401 (Reflex's event, or nothing)
        try:
            await guard.admit(self)
        except AppError as unknown:
            return guard.turn_away(self, unknown)
        self.problem, self.errors = refusal.message, refusal.errors
        return None

"""One's own account. Every event asks the services, which act for whoever is signed in."""

from collections.abc import Callable
from dataclasses import asdict
from typing import Annotated, Any

import reflex as rx
from pydantic import BaseModel, StringConstraints

from canais_app.accounts import guard, own, proof
from canais_app.kit import clock, db
from canais_app.kit.errors import AppError, NotSignedInError
from canais_app.kit.forms import parse

Typed = Annotated[str, StringConstraints(max_length=1000)]


class PasswordForm(BaseModel):
    """The current password, and the new one twice."""

    current: Typed = ""
    password: Typed = ""
    repeated: Typed = ""


class StopForm(BaseModel):
    """The password, asked again before the second step is turned off."""

    current_off: Typed = ""


class SessionChoice(BaseModel):
    """One session of the list."""

    id: int


class Account(rx.State):
    """What the page shows, rebuilt from the database at every change."""

    name: str = ""
    problem: str = ""
    errors: dict[str, str] = {}
    news: str = ""
    sessions: list[dict[str, Any]] = []
    has_password: bool = True
    has_second_step: bool = False
    needs_second_step: bool = False

    async def _show(self) -> None:
        actor = await guard.admit(self)
        self.name = actor.name
        rows = await db.in_reading(own.my_sessions, actor=actor, now=clock.now())
        self.sessions = [asdict(row) for row in rows]
        means = await db.in_reading(own.my_means, actor=actor)
        self.has_password, self.has_second_step = means.password, means.second_step
        self.needs_second_step = means.second_step_required

    async def _try(
        self, work: Callable[..., Any], said: str, *args: object, proven: bool = False
    ) -> Any:  # noqa: ANN401 (Reflex's event, or nothing)
        """Do `work`; where it asks for the password (`proven`), the try is counted first."""
        self.problem, self.errors, self.news = "", {}, ""
        try:
            actor = await guard.admit(self)
            if proven:
                await db.in_session(proof.take_try, actor=actor, now=clock.now())
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
            proven=True,
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
    async def stop_second_step(self, form: dict[str, Any]):  # noqa: ANN201 (Reflex's own)
        """Turn the second step off."""
        try:
            sent = parse(StopForm, form)
        except AppError as refusal:
            return await self._refuse(refusal)
        said = "Segunda etapa desligada."
        return await self._try(own.stop_second_step, said, sent.current_off, proven=True)

    async def _refuse(self, refusal: AppError) -> Any:  # noqa: ANN401 (Reflex's event, or nothing)
        try:
            await guard.admit(self)
        except AppError as unknown:
            return guard.turn_away(self, unknown)
        self.problem, self.errors = refusal.message, refusal.errors
        return None

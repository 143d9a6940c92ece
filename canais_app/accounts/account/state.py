"""State of the account page."""

from dataclasses import asdict
from typing import Annotated, Any

import reflex as rx
from pydantic import BaseModel, StringConstraints

from canais_app.accounts import reauthentication, self_service, totp
from canais_app.accounts.roles import Actor
from canais_app.accounts.staff_state import StaffState, read_as_actor, staff_event, write_as_actor
from canais_app.kit import clock
from canais_app.kit.forms import parse_form, parse_id

PasswordInput = Annotated[str, StringConstraints(max_length=1000)]


class PasswordForm(BaseModel):
    """The current password and the new one, twice."""

    current: PasswordInput = ""
    password: PasswordInput = ""
    repeated: PasswordInput = ""


class DisableSecondStepForm(BaseModel):
    """The password that confirms turning the second step off."""

    current_off: PasswordInput = ""


class AccountState(StaffState, rx.State):
    """The account of the signed-in person, loaded again after every change."""

    name: str = ""
    sessions: list[dict[str, Any]] = []
    has_password: bool = True
    has_second_step: bool = False
    needs_second_step: bool = False

    async def _show(self, actor: Actor) -> None:
        self.name = actor.name
        rows = await read_as_actor(self_service.list_own_sessions, actor, now=clock.now())
        self.sessions = [asdict(row) for row in rows]
        methods = await read_as_actor(totp.load_sign_in_methods, actor)
        self.has_password, self.has_second_step = methods.password, methods.second_step
        self.needs_second_step = methods.second_step_required

    @staff_event(None)
    async def load(self, actor: Actor) -> None:
        """Show the account."""
        self.reset()
        await self._show(actor)

    @staff_event(None, temporal=True)
    async def change_password(self, actor: Actor, form: dict[str, Any]) -> None:
        """Set a new password and sign the other browsers out."""
        sent = parse_form(PasswordForm, form)
        await self_service.set_password(
            sent.current, sent.password, sent.repeated, actor=actor, now=clock.now()
        )
        await self._show(actor)
        self.news = "Senha mudada. As outras sessões foram encerradas."

    @staff_event(None, temporal=True)
    async def end_session(self, actor: Actor, session: int) -> None:
        """Sign another browser out."""
        await write_as_actor(self_service.end_own_session, actor, parse_id(session))
        await self._show(actor)
        self.news = "Sessão encerrada."

    @staff_event(None, temporal=True)
    async def stop_second_step(self, actor: Actor, form: dict[str, Any]) -> None:
        """Turn the second step off."""
        sent = parse_form(DisableSecondStepForm, form)
        proof = await reauthentication.prove(sent.current_off, actor=actor, now=clock.now())
        await write_as_actor(totp.disable_second_step, actor, proof)
        await self._show(actor)
        self.news = "Segunda etapa desligada."

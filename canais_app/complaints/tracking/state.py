"""What the tracking page knows: one report, opened with its code, never in the address."""

from collections.abc import Callable
from typing import Annotated, Any

import reflex as rx
from pydantic import BaseModel, StringConstraints

from canais_app.complaints import queries, service
from canais_app.complaints.reports import Message
from canais_app.complaints.views import Tracked
from canais_app.kit import clock, db, limits
from canais_app.kit.errors import AppError
from canais_app.kit.events import EventResult
from canais_app.kit.forms import parse

RULE = "30/minute"  # guesses at a secret code from one address
Code = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=40)]


class Keys(BaseModel):
    """What opens a report."""

    protocol: Code
    secret: Code


class Tracking(rx.State):
    """A report while its page is open. The code stays on the server's side of the tab."""

    report: dict[str, str] = {}
    steps: list[dict[str, str]] = []
    may_reopen: bool = False
    may_confirm: bool = False
    done: str = ""
    problem: str = ""
    errors: dict[str, str] = {}
    _protocol: str = ""
    _secret: str = ""

    @rx.event
    async def load(self) -> None:
        """Read the open report anew, or show the form that opens one."""
        self.problem, self.errors, self.done = "", {}, ""
        if self._protocol:
            await self._read()

    @rx.event
    async def open_report(self, form: dict[str, Any]) -> EventResult:
        """Open a report with its protocol and code; what was typed stays when they do not fit."""
        self.problem, self.errors, self.done = "", {}, ""
        try:
            keys = parse(Keys, form)
            limits.check(RULE, "track", str(self.router.session.client_ip))
            self._show(
                await db.in_reading(
                    queries.by_protocol, keys.protocol, keys.secret, now=clock.now()
                )
            )
        except AppError as refusal:
            self.problem, self.errors = refusal.message, refusal.errors
            return rx.set_focus("resumo-de-erros")
        self._protocol, self._secret = keys.protocol, keys.secret
        return rx.set_focus("relato")

    @rx.event(temporal=True)
    async def write(self, form: dict[str, Any]) -> EventResult:
        """Add a message to the open report; one that was closed goes back to be looked at."""
        if self.may_reopen:
            return await self._do(service.reopen, "Relato reaberto.", form)
        return await self._do(service.add_message, "Mensagem enviada.", form)

    @rx.event(temporal=True)
    async def confirm(self) -> EventResult:
        """Say that it was solved."""
        return await self._do(service.confirm_solved, "Obrigado por confirmar.", None)

    @rx.event
    async def close(self) -> EventResult:
        """Forget the report, so that the next person at this computer does not see it."""
        self.reset()
        return [rx.set_value(name, "") for name in ("protocol", "secret", "text")]

    async def _do(self, work: Callable[..., None], done: str, form: object) -> Any:  # noqa: ANN401
        self.problem, self.errors, self.done = "", {}, ""
        if not self._protocol:
            self.problem = "Abra o relato com o protocolo e o código."
            return None
        try:
            said = () if form is None else (parse(Message, form).text,)
            limits.check(RULE, "track", str(self.router.session.client_ip))
            await db.in_session(work, self._protocol, self._secret, *said, now=clock.now())
        except AppError as refusal:
            self.problem, self.errors = refusal.message, refusal.errors
            return rx.set_focus("resumo-de-erros")
        await self._read()
        self.done = done
        return rx.set_value("text", "") if form is not None else None

    async def _read(self) -> None:
        try:
            self._show(
                await db.in_reading(
                    queries.by_protocol, self._protocol, self._secret, now=clock.now()
                )
            )
        except AppError:
            self.reset()

    def _show(self, seen: Tracked) -> None:
        names = (
            "protocol",
            "status_words",
            "unit",
            "comarca",
            "channel_words",
            "kind_words",
            "text",
            "occurred",
            "received",
            "due",
            "deadline",
        )
        self.report = {name: getattr(seen, name) for name in names}
        self.steps = [
            {"at": s.at, "title": s.title, "who": "Você" if s.mine else s.who, "text": s.text}
            for s in seen.steps
        ]
        self.may_reopen, self.may_confirm = seen.may_reopen, seen.may_confirm

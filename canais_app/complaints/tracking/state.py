"""State of the tracking page: one report, opened with its code; neither is in the address."""

from collections.abc import Callable
from dataclasses import asdict
from typing import Annotated, Any

import reflex as rx
from pydantic import BaseModel, StringConstraints

from canais_app.complaints import queries, reporter
from canais_app.complaints.schemas import ComplaintMessageForm
from canais_app.complaints.views import ReporterView
from canais_app.kit import clock, db, limits
from canais_app.kit.errors import AppError, InvalidError
from canais_app.kit.events import EventResult, EventState, public_event
from canais_app.kit.forms import parse_form

SUMMARY = "resumo-de-erros"
RATE_LIMIT = "30/minute"  # guesses at a secret code from one address
Code = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=40)]


class AccessForm(BaseModel):
    """The two codes that open a report."""

    protocol: Code
    secret: Code


class TrackingState(EventState, rx.State):
    """The open report. Its code stays in the backend vars."""

    report: dict[str, str] = {}
    steps: list[dict[str, str]] = []
    may_reopen: bool = False
    may_confirm: bool = False
    _protocol: str = ""
    _secret: str = ""

    @public_event()
    async def load(self) -> None:
        """Refresh the open report, or show the form that opens one."""
        if self._protocol:
            await self._read()

    @public_event(focus=SUMMARY)
    async def open_report(self, form: dict[str, Any]) -> EventResult:
        """Open a report with its protocol and code; on a refusal the typed values stay."""
        sent = parse_form(AccessForm, form)
        keys = (sent.protocol, sent.secret)
        self._check_rate_limit()
        self._show(await db.read(queries.load_reporter_view, *keys, now=clock.now()))
        self._protocol, self._secret = keys
        return rx.set_focus("relato")

    @public_event(temporal=True, focus=SUMMARY)
    async def write_message(self, form: dict[str, Any]) -> EventResult:
        """Add a message to the open report; reopen it if it is answered or closed."""
        self._check_open()
        text = parse_form(ComplaintMessageForm, form).text
        if self.may_reopen:
            await self._call("Relato reaberto.", reporter.reopen_complaint, text)
        else:
            await self._call("Mensagem enviada.", reporter.add_reporter_message, text)
        return rx.set_value("text", "")

    @public_event(temporal=True, focus=SUMMARY)
    async def confirm_solved(self) -> None:
        """Confirm that the failure was solved."""
        self._check_open()
        await self._call("Obrigado por confirmar.", reporter.confirm_complaint_solved)

    @rx.event
    async def close(self) -> EventResult:
        """Clear the report, so that the next person at this computer does not see it."""
        self.reset()
        return [rx.set_value(name, "") for name in ("protocol", "secret", "text")]

    def _check_open(self) -> None:
        if not self._protocol:
            raise InvalidError("Abra o relato com o protocolo e o código.")

    def _check_rate_limit(self) -> None:
        limits.check_rate_limit(RATE_LIMIT, "track", str(self.router.session.client_ip))

    async def _call(self, news: str, write: Callable[..., None], *text: str) -> None:
        self._check_rate_limit()
        await db.write(write, self._protocol, self._secret, *text, now=clock.now())
        await self._read()
        self.news = news

    async def _read(self) -> None:
        try:
            keys = (self._protocol, self._secret)
            self._show(await db.read(queries.load_reporter_view, *keys, now=clock.now()))
        except AppError:
            self.reset()

    def _show(self, view: ReporterView) -> None:
        fields = asdict(view)
        self.report = {name: value for name, value in fields.items() if isinstance(value, str)}
        self.steps = [
            {
                "at": step.at,
                "title": step.title,
                "who": "Você" if step.by_reporter else step.who,
                "text": step.text,
            }
            for step in view.steps
        ]
        self.may_reopen, self.may_confirm = view.may_reopen, view.may_confirm

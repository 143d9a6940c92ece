"""What every event of the desk does: let in, work, show what came of it, or say why not."""

from collections.abc import Awaitable, Callable
from typing import Any

import reflex as rx

from canais_app.accounts import guard
from canais_app.accounts.roles import Actor, Permission
from canais_app.kit import clock
from canais_app.kit.db import in_session
from canais_app.kit.errors import AppError, NotSignedInError


class Work(rx.State, mixin=True):
    """The agenda at hand, what is being asked, and what the last event came to."""

    agenda_id: int = 0
    asking: int = 0
    refusing: int = 0
    problem: str = ""
    done: str = ""
    errors: dict[str, str] = {}  # noqa: RUF012 (Reflex copies defaults at class creation)

    async def _do(self, work: Callable[[Actor], Awaitable[str]]) -> Any:  # noqa: ANN401 (Reflex's own event types)
        """Let in, do it, show what came of it; or say why not."""
        before = self.agenda_id
        self._clear()
        try:
            actor = await guard.admit(self, Permission.EDIT_AGENDA)  # pyright: ignore[reportArgumentType]
            said = await work(actor)
            await self._show(self.agenda_id)
        except NotSignedInError as refusal:
            return guard.turn_away(self, refusal)  # pyright: ignore[reportArgumentType]
        except AppError as refusal:
            self.agenda_id = before
            self.problem, self.errors = refusal.message, refusal.errors
        else:
            self.done = said
        return None

    async def _call(self, said: str, verb: Callable[..., object], *given: object) -> Any:  # noqa: ANN401 (Reflex's own event types)
        """Do what a service's verb does with what was given; `said` is shown when it is done."""

        async def work(actor: Actor) -> str:
            await in_session(verb, actor, *given, now=clock.now())
            return said

        return await self._do(work)

    async def _show(self, agenda_id: int) -> None:
        """Read the desk of an agenda for whoever is behind this event."""
        raise NotImplementedError

    def _clear(self) -> None:
        self.asking = self.refusing = 0
        self.problem, self.done, self.errors = "", "", {}


def number(sent: object) -> int:
    """Return an id as a browser sends it; 0, which nothing has, for anything else."""
    if isinstance(sent, int):
        return sent
    return int(sent) if isinstance(sent, str) and sent.isascii() and sent.isdigit() else 0


def words(sent: object) -> str:
    """Return a text as sent, or an empty one."""
    return sent if isinstance(sent, str) else ""


def form_of(sent: object) -> dict[str, Any]:
    """Return a form as sent, or an empty one."""
    return sent if isinstance(sent, dict) else {}

"""What the events of the desk share: the agenda at hand, and what comes after an act."""

from collections.abc import Callable
from typing import Any

from canais_app.accounts.roles import Actor
from canais_app.accounts.staff_state import StaffState
from canais_app.kit import clock
from canais_app.kit.db import write


class DeskState(StaffState, mixin=True):
    """The agenda at hand, and what is being asked: 0 for nothing."""

    agenda_id: int = 0
    asking: int = 0
    refusing: int = 0

    async def _call_service(
        self, actor: Actor, said: str, verb: Callable[..., object], *given: object
    ) -> None:
        """Do what a service's verb does with what was given; `said` is shown when it is done."""
        await write(verb, actor, *given, now=clock.now())
        await self._after(actor, said)

    async def _after(self, actor: Actor, said: str = "") -> None:
        """Close what was asked, read the desk anew, and say what was done."""
        self.asking = self.refusing = 0
        await self._show(actor, self.agenda_id)
        self.news = said

    async def _show(self, actor: Actor, agenda_id: int) -> None:
        """Read the desk of an agenda."""
        raise NotImplementedError


def parse_text(sent: object) -> str:
    """Return a text as sent, or an empty one."""
    return sent if isinstance(sent, str) else ""


def parse_form_data(sent: object) -> dict[str, Any]:
    """Return a form as sent, or an empty one."""
    return sent if isinstance(sent, dict) else {}

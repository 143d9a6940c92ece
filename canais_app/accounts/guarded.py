"""What the States of staff pages share: who may come in, and how a refusal is shown."""

from collections.abc import Awaitable, Callable
from typing import Annotated, Any, ClassVar

import reflex as rx
from pydantic import BaseModel, Field

from canais_app.accounts import guard
from canais_app.accounts.roles import PUBLIC, Actor, Permission
from canais_app.kit import clock, db
from canais_app.kit.errors import AppError, NotPermittedError, NotSignedInError


class Choice(BaseModel):
    """One row of a list, by a number that both databases hold."""

    id: Annotated[int, Field(ge=-(2**31), lt=2**31)]


class Guarded(rx.State, mixin=True):
    """Every event first asks the database who is behind it; the services ask again."""

    problem: str = ""
    errors: dict[str, str] = {}  # noqa: RUF012 (Reflex copies defaults at class creation)
    news: str = ""
    ready: bool = False

    _needs: ClassVar[Permission]

    async def _run(self, *steps: Callable[[Actor], Awaitable[None]]) -> Any:  # noqa: ANN401 (Reflex's event, or nothing)
        """Take the steps for whoever is signed in, or say why not, keeping what was typed."""
        self.problem, self.errors, self.news = "", {}, ""
        actor = PUBLIC
        try:
            actor = await guard.admit(self, self._needs)  # pyright: ignore[reportArgumentType]
            for step in steps:
                await step(actor)
        except (NotSignedInError, NotPermittedError) as refusal:
            self.reset()  # pyright: ignore[reportAttributeAccessIssue]
            return guard.turn_away(self, refusal)  # pyright: ignore[reportArgumentType]
        except AppError as refusal:
            self.problem, self.errors = refusal.message, refusal.errors
        self.ready = True
        return None


async def read(work: Callable[..., Any], actor: Actor, *args: Any, **more: Any) -> Any:  # noqa: ANN401 (whatever the query returns)
    """Ask a query for this person."""
    return await db.in_reading(work, *args, actor=actor, **more)


async def write(work: Callable[..., Any], actor: Actor, *args: Any) -> Any:  # noqa: ANN401 (whatever the service returns)
    """Ask a service for this person, now."""
    return await db.in_session(work, *args, actor=actor, now=clock.now())

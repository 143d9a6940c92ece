"""Events of staff pages: who may send them, and how a refusal is shown.

    class Keys(Guarded, rx.State):
        @staff_event(Permission.MANAGE_STAFF, temporal=True)
        async def revoke(self, actor: Actor, key: int) -> EventResult:
            await write(api_keys.revoke, actor, parse(Choice, {"id": key}).id)
            self.news = "Chave revogada."

The browser sends `key`; `actor` comes from the database at every event, and the services check
again what it may do.
"""

from collections.abc import Awaitable, Callable
from typing import Annotated, Any, TypeVarTuple

import reflex as rx
from pydantic import BaseModel, Field
from reflex.event import EventCallback

from canais_app.accounts import guard
from canais_app.accounts.roles import Actor, Permission
from canais_app.kit import clock, db, live
from canais_app.kit.errors import AppError, AuthenticationRequiredError, PermissionDeniedError
from canais_app.kit.events import EventResult, EventState, as_event

Ts = TypeVarTuple("Ts")


class RowChoice(BaseModel):
    """One row of a list, by a number that both databases hold."""

    id: Annotated[int, Field(ge=-(2**31), lt=2**31)]


class StaffState(EventState, mixin=True):
    """The State of a staff page: it shows nothing to those who may not see it."""

    async def _refuse(self, refusal: AppError) -> EventResult:
        if not isinstance(refusal, AuthenticationRequiredError | PermissionDeniedError):
            return await super()._refuse(refusal)
        await live.unsubscribe(self)
        self.reset()
        return guard.redirect_refusal(self, refusal)


def staff_event(
    needs: Permission | None,
    *,
    quiet: bool = False,
    focus: str = "",
    admit: Callable[[rx.State, Permission | None], Awaitable[Actor]] = guard.require_actor,
    **options: bool,
) -> Callable[[Callable[[Any, Actor, *Ts], Any]], EventCallback[*Ts]]:
    """Make a handler that is handed the `actor`, a person whose role allows `needs` somewhere.

    None lets in whoever is signed in. A person who is not let in is led away and the State reset;
    another `AppError` is shown as `problem` and `errors`, and what was typed stays. `quiet` leaves
    what the last event said; `focus` is the id that gets the focus after a refusal; `options` are
    those of `rx.event`.
    """

    async def enter(state: StaffState) -> tuple[Actor]:
        if not quiet:
            state._clear()  # noqa: SLF001 # pyright: ignore[reportPrivateUsage]
        return (await admit(state, needs),)

    def decorate(handler: Callable[[Any, Actor, *Ts], Any]) -> EventCallback[*Ts]:
        event = as_event(handler, enter, focus, options)
        event.needs = needs
        return event

    return decorate


async def read_as_actor(work: Callable[..., Any], actor: Actor, *args: Any, **more: Any) -> Any:  # noqa: ANN401 (whatever the query returns)
    """Ask a query for this person."""
    return await db.read(work, *args, actor=actor, **more)


async def write_as_actor(work: Callable[..., Any], actor: Actor, *args: Any) -> Any:  # noqa: ANN401 (whatever the service returns)
    """Ask a service for this person, now."""
    return await db.write(work, *args, actor=actor, now=clock.now())

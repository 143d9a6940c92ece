"""Authorise the events of staff pages and show their refusals.

    class ApiKeysState(StaffState, rx.State):
        @staff_event(Permission.MANAGE_STAFF, temporal=True)
        async def revoke(self, actor: Actor, key: int) -> None:
            await write_as_actor(api_keys.revoke_api_key, actor, key)
            self.news = "Chave revogada."

The browser sends `key`; `actor` is loaded from the database at every event. The services check
permissions again.
"""

from collections.abc import Awaitable, Callable
from typing import Any, TypeVarTuple

import reflex as rx
from reflex.event import EventCallback

from canais_app.accounts import guard
from canais_app.accounts.roles import Actor, Permission
from canais_app.kit import clock, db, live
from canais_app.kit.errors import AppError, AuthenticationRequiredError, PermissionDeniedError
from canais_app.kit.events import EventResult, EventState, as_event

Ts = TypeVarTuple("Ts")


class StaffState(EventState, mixin=True):
    """Base of the States of staff pages; a person without access is redirected."""

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
    """Make a handler of a staff page, called with the `actor` before what the browser sent.

    `needs` is the permission required in some unit; None admits every signed-in person. Without
    access the State is reset and the browser redirected; another `AppError` is shown as `problem`
    and `errors`. `quiet` keeps the messages of the last event; `focus` is the id to focus after a
    refusal; `options` are those of `rx.event`.
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


async def read_as_actor(query: Callable[..., Any], actor: Actor, *args: Any, **named: Any) -> Any:  # noqa: ANN401 (the query's result)
    """Run a query with `actor` in a read transaction."""
    return await db.read(query, *args, actor=actor, **named)


async def write_as_actor(service: Callable[..., Any], actor: Actor, *args: Any) -> Any:  # noqa: ANN401 (the service's result)
    """Run a service with `actor` and the current time in a write transaction."""
    return await db.write(service, *args, actor=actor, now=clock.now())

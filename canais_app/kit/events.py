"""Event handlers of pages: a decorator that shows refusals.

A handler raises `AppError`; the decorator catches it:

    @public_event(limit=("30/minute", "appointment-act"), temporal=True)
    async def cancel(self) -> EventResult:
        await db.write(cancellation.cancel_by_link, self._token, now=clock.now())
        self.news = "Cancelado."

Staff pages use `staff_event` (accounts/staff_state.py), which also checks the permission.
"""

import inspect
from collections.abc import Awaitable, Callable, Sequence
from functools import wraps
from typing import Any, TypeVarTuple

import reflex as rx
from reflex.event import EventCallback, EventSpec

from canais_app.kit import limits
from canais_app.kit.errors import AppError

Ts = TypeVarTuple("Ts")
ACTOR = ("actor", "_actor")  # names of the argument that the decorator adds

# What a handler may return: nothing, or the next events.
EventResult = EventSpec | Sequence[EventSpec] | EventCallback[()] | None


class EventState(rx.State, mixin=True):
    """What a page shows of its last event: refusal, field errors, news."""

    problem: str = ""
    errors: dict[str, str] = {}  # noqa: RUF012 (Reflex copies defaults at class creation)
    news: str = ""
    ready: bool = False

    def _clear(self) -> None:
        """Clear what the last event showed."""
        self.problem, self.errors, self.news = "", {}, ""

    async def _refuse(self, refusal: AppError) -> EventResult:
        """Show why an event was refused; the input stays."""
        self.problem, self.errors, self.ready = refusal.message, refusal.errors, True
        return None


def public_event(
    *, limit: tuple[str, str] | None = None, focus: str = "", **options: bool
) -> Callable[[Callable[[Any, *Ts], Any]], EventCallback[*Ts]]:
    """Decorate a handler of a public page: it shows an `AppError` as the page's `problem`.

    `limit` is a rate and its name (`kit/limits.py`), counted per address; `focus` is the id that
    gets the focus after a refusal; `options` are those of `rx.event`.
    """

    async def enter(state: EventState) -> tuple[()]:
        if limit:
            limits.check_rate_limit(*limit, state.router.session.client_ip)
        state._clear()  # noqa: SLF001 # pyright: ignore[reportPrivateUsage]
        return ()

    def decorate(handler: Callable[[Any, *Ts], Any]) -> EventCallback[*Ts]:
        return as_event(handler, enter, focus, options)

    return decorate


def as_event(
    handler: Callable[..., Any],
    enter: Callable[[Any], Awaitable[tuple[Any, ...]]],
    focus: str,
    options: dict[str, bool],
) -> Any:  # noqa: ANN401 (each decorator has the precise type)
    """Wrap a handler, coroutine or async generator, and register it with Reflex.

    `enter` runs first and returns the arguments before those that the browser sends.
    """

    async def refuse(state: EventState, refusal: AppError) -> EventResult:
        answer = await state._refuse(refusal)  # noqa: SLF001 # pyright: ignore[reportPrivateUsage]
        return answer or (rx.set_focus(focus) if focus else None)

    async def run(self: EventState, *args: Any, **sent: Any) -> EventResult:  # noqa: ANN401
        try:
            answer = await handler(self, *await enter(self), *args, **sent)
        except AppError as refusal:
            return await refuse(self, refusal)
        self.ready = True
        return answer

    async def stream(self: EventState, *args: Any, **sent: Any) -> Any:  # noqa: ANN401
        try:
            async for answer in handler(self, *await enter(self), *args, **sent):
                yield answer
        except AppError as refusal:
            yield await refuse(self, refusal)
        else:
            self.ready = True

    outer = stream if inspect.isasyncgenfunction(handler) else run
    register: Any = rx.event
    return register(**options)(_without_actor(handler, outer))


def _without_actor(handler: Callable[..., Any], outer: Callable[..., Any]) -> Callable[..., Any]:
    """Give the wrapper the handler's name and signature without `actor`, as Reflex reads both."""
    event: Any = wraps(handler)(outer)
    signature = inspect.signature(handler)
    sent = [p for p in signature.parameters.values() if p.name not in ACTOR]
    event.__signature__ = signature.replace(parameters=sent)
    event.__annotations__ = {k: v for k, v in handler.__annotations__.items() if k not in ACTOR}
    return event

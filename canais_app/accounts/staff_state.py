"""Authorise the events of staff pages and show their refusals.

    class ApiKeysState(StaffState, rx.State):
        @staff_event(Permission.MANAGE_STAFF, temporal=True)
        async def revoke(self, actor: Actor, key: int) -> None:
            await write_as_actor(api_keys.revoke_api_key, actor, key)
            self.news = "Chave revogada."

The browser sends `key`; `actor` is looked up in the database by the cookie at every event. The
services check permissions again.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVarTuple
from urllib.parse import quote

import reflex as rx
from reflex.event import EventCallback
from sqlmodel import Session

from canais_app import routes
from canais_app.accounts import cookies, queries, sessions
from canais_app.accounts.queries import SessionPresence
from canais_app.accounts.roles import (
    Actor,
    Permission,
    SecondStepMissingError,
    require_permission,
    require_signed_in,
)
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
        return redirect_refusal(self, refusal)


async def require_actor(state: rx.State, permission: Permission | None = None) -> Actor:
    """Return the actor of this event if a role of theirs allows `permission` in some unit.

    Raises:
        AuthenticationRequiredError: nobody is signed in, or the session is over.
        SecondStepMissingError: the role's second step is not set up yet.
        PermissionDeniedError: no role of this person allows it.
    """
    actor = await current_actor(state)
    if permission is not None:
        require_permission(actor, permission)
    else:
        require_signed_in(actor)
    return actor


async def require_actor_for_enrolment(
    state: rx.State, _permission: Permission | None = None
) -> Actor:
    """Return the actor of this event, also one who has yet to set up the second step.

    Raises:
        AuthenticationRequiredError: nobody is signed in, or the session is over.
    """
    actor = await current_actor(state)
    if not actor.owes_second_step:
        require_signed_in(actor)
    return actor


def staff_event(
    needs: Permission | None,
    *,
    quiet: bool = False,
    focus: str = "",
    admit: Callable[[rx.State, Permission | None], Awaitable[Actor]] = require_actor,
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


async def peek_presence(state: rx.State) -> SessionPresence:
    """Return what `load_event_presence` returns, without prolonging the session."""
    # The browser sent its cookies when its socket opened.
    token = cookies.read_cookie(str(state.router.headers.cookie or ""), cookies.SESSION_COOKIE)
    if not token:
        return queries.NO_PRESENCE
    return await db.read(queries.load_presence, token, now=clock.now())


async def load_event_presence(state: rx.State) -> SessionPresence:
    """Return the signed-in person of this event; NO_PRESENCE without an open session."""
    found = await peek_presence(state)
    if found.needs_last_seen_update and found.session_id is not None:
        await db.write(sessions.update_last_seen, found.session_id, now=clock.now())
    return found


async def current_actor(state: rx.State) -> Actor:
    """Return the actor of this event; PUBLIC when nobody is signed in."""
    return (await load_event_presence(state)).actor


@dataclass(frozen=True)
class _AccessCheck:
    """Whether a signed-in person may still see a page; checks of one session are equal."""

    actor: Actor
    check: Callable[[Session, Actor, datetime], object]

    def __call__(self, session: Session, now: datetime) -> bool:
        try:
            self.check(session, queries.refresh_actor(session, self.actor, now=now), now)
        except AppError:
            return False
        return True


def recheck_access(
    actor: Actor, check: Callable[[Session, Actor, datetime], object]
) -> live.RecheckAccess:
    """Return the check that a live page runs before each update.

    `check(session, actor, now)` raises the refusal that loading the page would raise.
    """
    return _AccessCheck(actor, check)


def recheck_permission(actor: Actor, permission: Permission) -> live.RecheckAccess:
    """Return the check of a live page that one permission opens."""
    return recheck_access(actor, lambda _session, who, _now: require_permission(who, permission))


def redirect_refusal(state: rx.State, refusal: AppError) -> EventResult:
    """Return the redirect for a refusal: to sign-in, the second step, or the home page."""
    if isinstance(refusal, SecondStepMissingError):
        return rx.redirect(routes.ENROL, replace=True)
    if isinstance(refusal, AuthenticationRequiredError):
        url = state.router.url
        path = routes.safe_return_path(url.path + (f"?{url.query}" if url.query else ""))
        back = f"?voltar={quote(path, safe='')}" if path else ""
        return rx.redirect(routes.SIGN_IN + back, replace=True)
    return rx.redirect(f"{routes.STAFF_HOME}?recusado=1", replace=True)

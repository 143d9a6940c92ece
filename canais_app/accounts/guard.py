"""Authenticate the events of pages: the cookie is looked up in the database at every event.

Screens use it through `staff_state.staff_event`. The services check permissions again.
"""

from collections.abc import Callable
from datetime import datetime
from urllib.parse import quote

import reflex as rx
from sqlmodel import Session

from canais_app import routes
from canais_app.accounts import cookies, policies, queries, sessions
from canais_app.accounts.queries import SessionPresence
from canais_app.accounts.roles import (
    Actor,
    Permission,
    SecondStepMissingError,
    require_permission,
    require_signed_in,
)
from canais_app.kit import clock, db, live
from canais_app.kit.errors import AppError, AuthenticationRequiredError
from canais_app.kit.events import EventResult


def read_session_cookie(state: rx.State) -> str:
    """Return the session token that the browser sent when its socket opened."""
    return cookies.read_cookie(str(state.router.headers.cookie or ""), cookies.SESSION_COOKIE)


async def load_event_presence(state: rx.State) -> SessionPresence:
    """Return the signed-in person of this event; NO_PRESENCE without an open session."""
    token = read_session_cookie(state)
    if not token:
        return queries.NO_PRESENCE
    now = clock.now()
    found = await db.read(queries.load_presence, token, now=now)
    if found.needs_last_seen_update and found.session_id is not None:
        await db.write(sessions.update_last_seen, found.session_id, now=now)
    return found


async def current_actor(state: rx.State) -> Actor:
    """Return the actor of this event; PUBLIC when nobody is signed in."""
    return (await load_event_presence(state)).actor


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


def recheck_access(
    actor: Actor, check: Callable[[Session, Actor, datetime], object]
) -> live.RecheckAccess:
    """Return the check that a live page runs before each update.

    `check(session, actor, now)` raises the refusal that loading the page would raise.
    """

    def has_access(session: Session, now: datetime) -> bool:
        try:
            check(session, queries.refresh_actor(session, actor, now=now), now)
        except AppError:
            return False
        return True

    return has_access


def redirect_refusal(state: rx.State, refusal: AppError) -> EventResult:
    """Return the redirect for a refusal: to sign-in, the second step, or the home page."""
    if isinstance(refusal, SecondStepMissingError):
        return rx.redirect(routes.ENROL, replace=True)
    if isinstance(refusal, AuthenticationRequiredError):
        path = policies.safe_return_path(_current_path(state))
        back = f"?voltar={quote(path, safe='')}" if path else ""
        return rx.redirect(routes.SIGN_IN + back, replace=True)
    return rx.redirect(f"{routes.STAFF_HOME}?recusado=1", replace=True)


def _current_path(state: rx.State) -> str:
    url = state.router.url
    return str(url.path) + (f"?{url.query}" if url.query else "")

"""Who is behind an event of a page. The cookie is checked in the database at every event.

Screens use it through `guarded.staff_event`. They only reflect permissions: the service that is
called checks them again.
"""

from collections.abc import Callable
from datetime import datetime
from urllib.parse import quote

import reflex as rx
from sqlmodel import Session

from canais_app import routes
from canais_app.accounts import cookies, policies, queries, sessions
from canais_app.accounts.queries import Presence
from canais_app.accounts.roles import (
    Actor,
    Permission,
    SecondStepMissingError,
    require,
    require_person,
)
from canais_app.kit import clock, db, live
from canais_app.kit.errors import AppError, NotSignedInError
from canais_app.kit.events import EventResult


def cookie_of(state: rx.State) -> str:
    """Return the session's token as the browser sent it when its socket opened."""
    return cookies.read(str(state.router.headers.cookie or ""), cookies.SESSION)


async def presence_of(state: rx.State) -> Presence:
    """Return who is behind this event; nobody once the session is over."""
    token = cookie_of(state)
    if not token:
        return queries.NOBODY
    now = clock.now()
    found = await db.in_reading(queries.presence, token, now=now)
    if found.stale and found.session_id is not None:
        await db.in_session(sessions.mark_seen, found.session_id, now=now)
    return found


async def actor_of(state: rx.State) -> Actor:
    """Return who is behind this event; the public when nobody is signed in."""
    return (await presence_of(state)).actor


async def admit(state: rx.State, permission: Permission | None = None) -> Actor:
    """Return who is behind this event if a role of theirs allows `permission` somewhere.

    Raises:
        NotSignedInError: nobody is signed in, or the session is over.
        SecondStepMissingError: the role's second step is not set up yet.
        NotPermittedError: no role of this person allows it.
    """
    actor = await actor_of(state)
    if permission is not None:
        require(actor, permission)
    else:
        require_person(actor)
    return actor


async def admit_to_enrol(state: rx.State, _permission: Permission | None = None) -> Actor:
    """Return who is behind this event, the second step owed or not: here it is set up.

    Raises:
        NotSignedInError: nobody is signed in, or the session is over.
    """
    actor = await actor_of(state)
    if not actor.owes_second_step:
        require_person(actor)
    return actor


def still(actor: Actor, check: Callable[[Session, Actor, datetime], object]) -> live.Still:
    """Return what a live page asks before each update: may this browser go on watching?

    `check(session, actor, now)` raises the refusal that the page's own reading would meet.
    """

    def may(session: Session, now: datetime) -> bool:
        try:
            check(session, queries.actor_now(session, actor, now=now), now)
        except AppError:
            return False
        return True

    return may


def turn_away(state: rx.State, refusal: AppError) -> EventResult:
    """Return the event that leads away: to sign in, to the second step, or to one's own desk."""
    if isinstance(refusal, SecondStepMissingError):
        return rx.redirect(routes.ENROL, replace=True)
    if isinstance(refusal, NotSignedInError):
        here = policies.safe_return(_here(state))
        back = f"?voltar={quote(here, safe='')}" if here else ""
        return rx.redirect(routes.SIGN_IN + back, replace=True)
    return rx.redirect(f"{routes.DESK}?recusado=1", replace=True)


def _here(state: rx.State) -> str:
    url = state.router.url
    return str(url.path) + (f"?{url.query}" if url.query else "")

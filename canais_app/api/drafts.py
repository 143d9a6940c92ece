"""Drafts of staff, read and saved by the page's script with the session cookie."""

from typing import Any

from fastapi import APIRouter, Request
from sqlmodel import Session

from canais_app import routes
from canais_app.accounts import cookies, drafts, queries, sessions
from canais_app.accounts.drafts import DraftForm, SavedDraft
from canais_app.accounts.queries import SessionPresence
from canais_app.accounts.roles import require_signed_in
from canais_app.api.deps import RequireOwnOrigin, sent_cookie
from canais_app.kit import clock, db
from canais_app.kit.errors import InvalidError
from canais_app.kit.forms import parse_form
from canais_app.kit.text import format_hour

MAX_BODY_BYTES = 64 * 1024
router = APIRouter(include_in_schema=False)


@router.post(routes.DRAFT, dependencies=[RequireOwnOrigin])
async def read_or_save_draft(request: Request) -> dict[str, Any]:
    """Return the draft of a field; with a text, save it first. Typing prolongs the session."""
    now = clock.now()
    token = sent_cookie(request, cookies.SESSION_COOKIE)
    presence = await db.read(queries.load_presence, token, now=now)
    require_signed_in(presence.actor)
    sent = parse_form(DraftForm, await _read_json(request))
    if sent.text is None:
        found = await db.read(drafts.load_draft, sent.key, actor=presence.actor)
    else:
        found = await db.write(_save, sent, presence)
    saved = found.saved_at
    return {
        "text": found.text,
        "saved_at": saved.isoformat() if saved else None,
        "at": format_hour(saved) if saved else "",
        "now": now.isoformat(),
    }


async def _read_json(request: Request) -> object:
    """Return the body of a request.

    Raises:
        InvalidError: it is too long, or no JSON.
    """
    length = request.headers.get("content-length", "")
    if not length.isdecimal() or int(length) > MAX_BODY_BYTES:
        raise InvalidError("O texto é longo demais para um rascunho.")
    try:
        return await request.json()
    except (ValueError, RecursionError):
        raise InvalidError("Envie JSON.") from None


def _save(session: Session, sent: DraftForm, presence: SessionPresence) -> SavedDraft:
    now = clock.now()
    if presence.needs_last_seen_update and presence.session_id is not None:
        sessions.update_last_seen(session, presence.session_id, now=now)
    return drafts.save_draft(session, sent, actor=presence.actor, now=now)

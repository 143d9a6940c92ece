"""Drafts of staff: what is typed survives the end of the session, a crash and a change of desk.

`assets/staff.js` saves the fields marked `data-draft` every five seconds and restores them; the
service that sends the text calls `discard_draft` in its transaction.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated

from pydantic import AwareDatetime, BaseModel, StringConstraints
from sqlmodel import Session, col, delete, func, select

from canais_app.accounts.models import Draft
from canais_app.accounts.roles import Actor, require_signed_in
from canais_app.kit import db, encryption
from canais_app.kit.errors import TooManyRequestsError

MAX_DRAFTS = 300  # of one person
RETENTION = timedelta(days=30)


class DraftForm(BaseModel):
    """What a browser sends: a key to read, and with `text` a draft typed at `typed_at`."""

    key: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9:_-]{1,80}$")]
    text: Annotated[str, StringConstraints(max_length=10_000)] | None = None
    typed_at: AwareDatetime | None = None


@dataclass(frozen=True)
class SavedDraft:
    """A draft; without text, when the last one was sent or emptied."""

    text: str = ""
    saved_at: datetime | None = None


def load_draft(session: Session, key: str, *, actor: Actor) -> SavedDraft:
    """Return the actor's draft of a field."""
    require_signed_in(actor)
    row = session.get(Draft, (actor.staff_id, key))
    if row is None:
        return SavedDraft()
    try:
        text = encryption.decrypt(row.sealed) if row.sealed else ""
    except encryption.DecryptionError:
        text = ""
    return SavedDraft(text, row.saved_at)


def save_draft(session: Session, sent: DraftForm, *, actor: Actor, now: datetime) -> SavedDraft:
    """Save the actor's draft, unless a later one was saved or it was sent since.

    Raises:
        TooManyRequestsError: the actor has too many drafts.
    """
    require_signed_in(actor)
    typed_at = min(sent.typed_at or now, now)
    _put(session, actor, sent.key, encryption.encrypt(sent.text) if sent.text else "", typed_at)
    return SavedDraft(sent.text or "", typed_at)


def discard_draft(session: Session, key: str, *, actor: Actor, now: datetime) -> None:
    """Mark the actor's draft as sent."""
    if actor.staff_id is not None:
        _put(session, actor, key, "", now)


def delete_old_drafts(session: Session, *, now: datetime) -> None:
    """Delete drafts that nobody has touched for `RETENTION`."""
    session.exec(delete(Draft).where(col(Draft.saved_at) < now - RETENTION))


def _put(session: Session, actor: Actor, key: str, sealed: str, at: datetime) -> None:
    mine = col(Draft.staff_id) == actor.staff_id
    known = session.get(Draft, (actor.staff_id, key))
    if known is None and session.exec(select(func.count()).where(mine)).one() >= MAX_DRAFTS:
        raise TooManyRequestsError("Há rascunhos demais: envie ou apague algum.", 60)
    row = {"sealed": sealed, "saved_at": at}
    session.connection().execute(
        db.dialect_insert(session)(Draft)
        .values(staff_id=actor.staff_id, key=key, **row)
        .on_conflict_do_update(
            index_elements=["staff_id", "key"], set_=row, where=col(Draft.saved_at) <= at
        )
    )
    if known is not None:
        session.expire(known)

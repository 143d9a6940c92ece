"""Drafts of an agenda's rules: one per person and agenda.

Every function checks that the actor may edit the agenda's rules and raises `NotFoundError` when
the agenda is another unit's.
"""

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import Session, col, select

from canais_app.accounts.models import Staff
from canais_app.accounts.roles import Actor
from canais_app.agenda import access
from canais_app.agenda.models import AgendaDraft
from canais_app.agenda.rules.form_values import Form
from canais_app.kit.errors import NotFoundError


def save_draft(  # noqa: PLR0913 (a form, its author and its base)
    session: Session, actor: Actor, agenda_id: int, form: Form, base: int, *, now: datetime
) -> None:
    """Save the actor's form; `base` is the number of the newest version they have seen."""
    access.require_rules_access(session, actor, agenda_id)
    if actor.staff_id is None:
        return
    draft = AgendaDraft(
        agenda_id=agenda_id, staff_id=actor.staff_id, base=base, form=form, saved_at=now
    )
    session.merge(draft)


def copy_draft(
    session: Session, actor: Actor, agenda_id: int, staff_id: int, *, now: datetime
) -> None:
    """Copy a colleague's draft into the actor's own; theirs stays.

    Raises:
        NotFoundError: there is no such draft.
    """
    access.require_rules_access(session, actor, agenda_id)
    theirs = session.get(AgendaDraft, (agenda_id, staff_id))
    if theirs is None:
        raise NotFoundError("Este rascunho já não existe.")
    save_draft(session, actor, agenda_id, theirs.form, theirs.base, now=now)


def discard_draft(session: Session, actor: Actor, agenda_id: int) -> None:
    """Delete the actor's draft, if any."""
    draft = load_own_draft(session, actor, agenda_id)
    if draft is not None:
        session.delete(draft)


def load_own_draft(session: Session, actor: Actor, agenda_id: int) -> AgendaDraft | None:
    """Return the actor's own draft."""
    access.require_rules_access(session, actor, agenda_id)
    return session.get(AgendaDraft, (agenda_id, actor.staff_id)) if actor.staff_id else None


def list_colleagues_drafts(
    session: Session, actor: Actor, agenda_id: int
) -> Sequence[tuple[AgendaDraft, str]]:
    """Return colleagues' drafts with their authors' names, newest first."""
    access.require_rules_access(session, actor, agenda_id)
    found = session.exec(
        select(AgendaDraft, Staff.name)
        .join(Staff, col(Staff.id) == col(AgendaDraft.staff_id))
        .where(
            col(AgendaDraft.agenda_id) == agenda_id,
            col(AgendaDraft.staff_id) != (actor.staff_id or 0),
        )
        .order_by(col(AgendaDraft.saved_at).desc())
    )
    return list(found)

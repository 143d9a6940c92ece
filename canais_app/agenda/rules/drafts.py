"""What people have typed into an agenda's rules and not published: one draft each."""

from collections.abc import Sequence
from datetime import datetime

from sqlmodel import Session, col, select

from canais_app.accounts.models import Staff
from canais_app.accounts.roles import Actor
from canais_app.agenda import access
from canais_app.agenda.models import AgendaDraft
from canais_app.agenda.rules.form_values import Form
from canais_app.kit.errors import NotFoundError


def save_draft(  # noqa: PLR0913 (what, whose, and what they had seen)
    session: Session, actor: Actor, agenda_id: int, form: Form, base: int, *, now: datetime
) -> None:
    """Keep a person's form; `base` is the number of the newest version they have seen.

    Raises:
        NotFoundError: it is another unit's agenda.
    """
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
    """Copy a colleague's draft into one's own; theirs stays.

    Raises:
        NotFoundError: it is another unit's agenda, or there is no such draft.
    """
    access.require_rules_access(session, actor, agenda_id)
    theirs = session.get(AgendaDraft, (agenda_id, staff_id))
    if theirs is None:
        raise NotFoundError("Este rascunho já não existe.")
    save_draft(session, actor, agenda_id, theirs.form, theirs.base, now=now)


def discard_draft(session: Session, actor: Actor, agenda_id: int) -> None:
    """Forget a person's draft.

    Raises:
        NotFoundError: it is another unit's agenda.
    """
    access.require_rules_access(session, actor, agenda_id)
    draft = load_own_draft(session, actor, agenda_id)
    if draft is not None:
        session.delete(draft)


def load_own_draft(session: Session, actor: Actor, agenda_id: int) -> AgendaDraft | None:
    """Return a person's own draft.

    Raises:
        NotFoundError: it is another unit's agenda.
    """
    access.require_rules_access(session, actor, agenda_id)
    return session.get(AgendaDraft, (agenda_id, actor.staff_id)) if actor.staff_id else None


def list_colleagues_drafts(
    session: Session, actor: Actor, agenda_id: int
) -> Sequence[tuple[AgendaDraft, str]]:
    """Return the drafts of colleagues with their names, the newest first.

    Raises:
        NotFoundError: it is another unit's agenda.
    """
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

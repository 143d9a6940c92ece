"""The numbers of complaints in the menu of staff."""

from datetime import datetime, timedelta

from sqlalchemy import case
from sqlmodel import Session, col, func, select

from canais_app.accounts.roles import Actor, Permission
from canais_app.complaints.lifecycle import CLOSED_STATUSES, ComplaintStatus
from canais_app.complaints.models import Complaint
from canais_app.kit import clock

_OPEN = [status.value for status in ComplaintStatus if status not in CLOSED_STATUSES]


def read_counts(session: Session, actor: Actor, now: datetime) -> dict[str, int]:
    """Return the open complaints, and those due today or overdue; nothing without permission."""
    if not actor.can(Permission.TRIAGE_COMPLAINTS):
        return {}
    tomorrow = clock.from_wall_clock(clock.to_local_day(now) + timedelta(days=1), 0)
    is_due = case((col(Complaint.due_at) < tomorrow, 1), else_=0)
    count, due = session.exec(
        select(func.count(), func.sum(is_due)).where(col(Complaint.status).in_(_OPEN))
    ).one()
    return {"complaints": count, "due_today": due or 0}

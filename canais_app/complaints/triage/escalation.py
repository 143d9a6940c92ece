"""Warn once of complaints whose deadline is missed or near: a job of the worker.

A unit that has not answered within its term gets a letter; of a final deadline in two days or
less the owner gets one (without an owner: everybody who triages). `Complaint.escalated_at` is the
deadline that was last warned of, so that a later one is warned of again.
"""

from collections import defaultdict
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, or_
from sqlalchemy.orm import Mapped
from sqlmodel import Session, col, select

from canais_app.complaints import lifecycle, queries
from canais_app.complaints.lifecycle import PENDING_STATUSES, ComplaintStatus
from canais_app.complaints.models import Complaint, ComplaintEvent
from canais_app.complaints.service import TOPIC, add_event
from canais_app.complaints.triage import letters
from canais_app.directory.models import Unit
from canais_app.kit import live

NOTICE = timedelta(days=2)  # before the final deadline
BATCH = 20  # others wait for the writer meanwhile
SYSTEM_NAME = "Portal"


def warn_of_deadlines(session: Session, *, now: datetime, limit: int = BATCH) -> int:
    """Write a batch of warnings; return how many complaints they concern (0: none is left)."""
    late = _lock_late_at_unit(session, now, limit)
    for row in late:
        event = _mark(session, row, row.unit_due_at or now, "O prazo da unidade passou.", now)
        letters.write_unit(session, row, event, "O prazo da sua unidade passou", now=now)
    near = [row for row in _lock_near_the_end(session, now, limit) if row not in late]
    lines: defaultdict[int | None, list[dict[str, str]]] = defaultdict(list)
    for row in (*late, *near):
        words = queries.format_deadline_of(row, now)
        if row in near:
            _mark(session, row, row.due_at, words, now)
        unit = session.get_one(Unit, row.unit_id)
        lines[row.owner_id].append({"protocol": row.protocol, "unit": unit.name, "deadline": words})
    for owner_id, found in lines.items():
        for owner in letters.staff_to_warn(session, owner_id):
            letters.write_owner(session, owner, found, now=now)
    if late or near:
        live.emit(session, TOPIC)
    return len(late) + len(near)


def _lock_late_at_unit(session: Session, now: datetime, limit: int) -> list[Complaint]:
    query = select(Complaint).where(
        col(Complaint.status) == ComplaintStatus.FORWARDED,
        col(Complaint.unit_answered_at).is_(None),
        col(Complaint.unit_due_at) < now,
        *_unwarned(col(Complaint.unit_due_at)),
    )
    ordered = query.order_by(col(Complaint.unit_due_at), col(Complaint.id)).limit(limit)
    return list(session.exec(ordered.with_for_update(skip_locked=True)))


def _lock_near_the_end(session: Session, now: datetime, limit: int) -> list[Complaint]:
    query = select(Complaint).where(
        col(Complaint.status).in_([str(status) for status in PENDING_STATUSES]),
        col(Complaint.due_at) < now + NOTICE,
        *_unwarned(col(Complaint.due_at)),
    )
    ordered = query.order_by(col(Complaint.due_at), col(Complaint.id)).limit(limit)
    return list(session.exec(ordered.with_for_update(skip_locked=True)))


def _unwarned(deadline: Mapped[Any]) -> tuple[ColumnElement[bool], ...]:
    warned = col(Complaint.escalated_at)
    return col(Complaint.waiting_since).is_(None), or_(warned.is_(None), warned < deadline)


def _mark(
    session: Session, row: Complaint, deadline: datetime, words: str, now: datetime
) -> ComplaintEvent:
    row.escalated_at = deadline
    session.add(row)
    return add_event(
        session,
        row,
        SYSTEM_NAME,
        to=lifecycle.ESCALATED,
        text=words,
        public=False,
        author="system",
        now=now,
    )
